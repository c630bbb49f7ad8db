#include "config/control_reader.hpp"

#include <filesystem>

#include "config/base_url.hpp"

namespace runbookd::config {
namespace {

/// sun_path holds 108 bytes with the closing zero. Source: unix(7).
constexpr std::size_t kLongestSocketPath = 107;

void read_socket(const Field& field, const Surroundings& around, Settings& settings) {
    const auto text = read_text(field);
    if (!text) return;
    settings.socket_path = (around.folder / *text).lexically_normal();
    const auto length = settings.socket_path.native().size();
    if (length <= kLongestSocketPath) return;
    field.error({.code = "bad_value",
                 .message = "the socket's whole path has " + std::to_string(length) + " bytes",
                 .expected = "a path of at most " + std::to_string(kLongestSocketPath) + " bytes"});
}

void check_tls(const Field& field) {
    static const Vocabulary keys{{"cert", "key"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    for (const auto* key : {"cert", "key"}) {
        if (const auto file = map->get(key))
            (void)read_text(*file);
        else
            map->missing(key, "the path of a PEM file");
    }
}

void check_listen(const Field& field, bool has_tls) {
    const auto text = read_text(field);
    const std::string expected = "a host and a port, such as 127.0.0.1:8780";
    if (text) {
        const auto address = check_listen_address(*text);
        if (!address)
            field.error({.code = "bad_value", .message = address.error().message, .expected = expected});
        else if (!address->is_loopback && !has_tls)
            field.error(
                {.code = "bad_value",
                 .message = "tokens would pass the network in clear text",
                 .expected = "tls: {cert: /path, key: /path} beside it, or an address of this machine"});
    }
    field.not_supported("'listen'");
}

}  // namespace

void read_control(const Field& field, const Surroundings& around, Settings& settings) {
    static const Vocabulary keys{{"socket", "listen", "tls"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    if (const auto socket = map->get("socket")) read_socket(*socket, around, settings);
    const auto tls = map->get("tls");
    if (const auto listen = map->get("listen")) check_listen(*listen, tls.has_value());
    if (!tls) return;
    check_tls(*tls);
    tls->not_supported("'tls'");
}

}  // namespace runbookd::config
