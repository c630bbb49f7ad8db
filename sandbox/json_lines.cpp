#include "sandbox/json_lines.hpp"

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace runbookd::sandbox {
namespace {

using nlohmann::ordered_json;

std::string one_line(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

Result<JsonLines> JsonLines::open(const std::filesystem::path& file) {
    JsonLines lines;
    lines.file_ = file;
    errno = 0;
    lines.out_.open(file, std::ios::app | std::ios::binary);
    if (!lines.out_) {
        return fail(ErrorCode::unavailable,
                    file.string() + ": cannot be written (" + std::strerror(errno) + ")");
    }
    return lines;
}

void JsonLines::write(std::string_view line) {
    if (!is_open()) return;
    out_ << line << '\n' << std::flush;
    if (!out_) throw std::runtime_error(file_.string() + ": a line could not be written");
}

void Ledger::accepted(UtcTime at, const Job& job, const std::string& device_uid,
                      const std::string& component_uid) {
    ordered_json variables = ordered_json::object();
    for (const auto& [name, value] : job.variables) variables[name] = value;
    lines_.write(one_line({{"event", "accepted"},
                           {"at", to_unix_ms(at)},
                           {"job_uid", job.uid},
                           {"device_uid", device_uid},
                           {"component_uid", component_uid},
                           {"job_name", job.name},
                           {"variables", variables}}));
}

void Ledger::finished(UtcTime at, const Job& job, const std::string& device_uid) {
    const ordered_json exit_code = job.exit_code ? ordered_json(*job.exit_code) : ordered_json();
    lines_.write(one_line({{"event", "finished"},
                           {"at", to_unix_ms(at)},
                           {"job_uid", job.uid},
                           {"device_uid", device_uid},
                           {"status", name_of(job.status)},
                           {"exit_code", exit_code}}));
}

void AccessLog::request(UtcTime arrival, std::string_view method, std::string_view path,
                        std::string_view query, Operation operation, int status) {
    if (!lines_.is_open()) return;
    ordered_json line{{"at", to_unix_ms(arrival)}, {"method", method}, {"path", path}};
    if (!query.empty()) line["query"] = query;
    line["operation"] = name_of(operation);
    line["status"] = status;
    lines_.write(one_line(line));
}

void TrafficLog::exchange(UtcTime arrival, const Request& request, Operation operation, const Reply& reply,
                          std::string_view fault) {
    if (!lines_.is_open()) return;
    ordered_json asked{{"method", request.method},
                       {"path", request.path},
                       {"query", request.query},
                       {"content_type", request.content_type},
                       {"body", request.body}};
    ordered_json answered;  // null: the connection was reset
    if (reply.ending != Ending::reset) {
        answered = {{"status", reply.status},
                    {"content_type", reply.content_type},
                    {"headers", reply.headers},
                    {"body", reply.body}};
    }
    lines_.write(one_line({{"at", to_unix_ms(arrival)},
                           {"operation", name_of(operation)},
                           {"fault", fault.empty() ? ordered_json() : ordered_json(fault)},
                           {"request", std::move(asked)},
                           {"reply", std::move(answered)}}));
}

}  // namespace runbookd::sandbox
