#include "sandbox/sandbox.hpp"

#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <exception>

namespace runbookd::sandbox {

namespace asio = boost::asio;

namespace {

Result<JsonLines> open_if_wanted(const std::optional<std::filesystem::path>& file) {
    if (!file) return JsonLines{};
    return JsonLines::open(*file);
}

tl::unexpected<Error> not_an_address(const std::string& text) {
    return fail(
        ErrorCode::invalid_input,
        "--listen " + text + ": expected a loopback address and a port, such as 127.0.0.1:8781 or [::1]:0");
}

}  // namespace

Result<asio::ip::tcp::endpoint> parse_loopback(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0) return not_an_address(text);
    auto host = text.substr(0, colon);
    if (host == "localhost") host = "127.0.0.1";
    if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    unsigned short port = 0;
    const char* end_of_text = text.data() + text.size();
    const auto [end, bad_port] = std::from_chars(text.data() + colon + 1, end_of_text, port);
    boost::system::error_code bad_address;
    const auto address = asio::ip::make_address(host, bad_address);
    if (bad_address || bad_port != std::errc{} || end != end_of_text || !address.is_loopback()) {
        return not_an_address(text);
    }
    return asio::ip::tcp::endpoint(address, port);
}

Result<std::unique_ptr<Sandbox>> Sandbox::open(asio::io_context& loop, const Clock& clock, Fleet fleet,
                                               const Settings& settings, OnProblem on_problem) {
    const auto endpoint = parse_loopback(settings.listen);
    if (!endpoint) return tl::unexpected<Error>(endpoint.error());
    if (!(settings.speed > 0))
        return fail(ErrorCode::invalid_input, "--speed: expected a number greater than 0");
    auto files = open_files(settings);
    if (!files) return tl::unexpected<Error>(files.error());
    // The constructor is private, so make_unique cannot be used.
    std::unique_ptr<Sandbox> sandbox(new Sandbox(loop, clock, at_speed(std::move(fleet), settings.speed),
                                                 std::move(*files), std::move(on_problem)));
    const auto listening = sandbox->server_.listen(*endpoint);
    if (!listening) return tl::unexpected<Error>(listening.error());
    return sandbox;
}

Result<Sandbox::Files> Sandbox::open_files(const Settings& settings) {
    auto ledger = open_if_wanted(settings.ledger);
    if (!ledger) return tl::unexpected<Error>(ledger.error());
    auto access_log = open_if_wanted(settings.access_log);
    if (!access_log) return tl::unexpected<Error>(access_log.error());
    auto traffic = open_if_wanted(settings.traffic);
    if (!traffic) return tl::unexpected<Error>(traffic.error());
    return Files{std::move(*ledger), std::move(*access_log), std::move(*traffic)};
}

Sandbox::Sandbox(asio::io_context& loop, const Clock& clock, Fleet fleet, Files files, OnProblem on_problem)
    : clock_(clock),
      on_problem_(std::move(on_problem)),
      ledger_(std::move(files.ledger)),
      access_log_(std::move(files.access_log)),
      traffic_(std::move(files.traffic)),
      world_(std::move(fleet), clock.now(), ledger_),
      api_(world_, access_log_, traffic_),
      scripts_(loop.get_executor()),
      timer_(loop),
      server_(
          loop,
          [this](const Request& request) {
              auto reply = api_.handle(request, clock_.now());
              pump();
              return reply;
          },
          [this](std::exception_ptr error) { report(error); }) {}

std::string Sandbox::url() const {
    const auto endpoint = server_.endpoint();
    const auto address = endpoint.address().to_string();
    const auto host = endpoint.address().is_v6() ? '[' + address + ']' : address;
    return "http://" + host + ':' + std::to_string(endpoint.port());
}

void Sandbox::stop() {
    stopped_ = true;
    timer_.cancel();
    server_.stop();
    scripts_.stop();
}

void Sandbox::pump() {
    if (stopped_) return;
    try {
        world_.advance(clock_.now());
        start_scripts();
    } catch (...) {
        report(std::current_exception());
    }
    wait_for_next_due();
}

void Sandbox::start_scripts() {
    while (scripts_.has_room()) {
        const auto index = world_.take_script(clock_.now());
        if (!index) return;
        const auto& job = world_.job(*index);
        const auto& script = std::get<Script>(world_.component_of(job).work);
        scripts_.run(ScriptCall{script.text, world_.environment_of(job), script.timeout},
                     [this, index = *index](ScriptResult result) {
                         if (stopped_) return;
                         world_.script_ended(index, std::move(result), clock_.now());
                         pump();
                     });
    }
}

void Sandbox::wait_for_next_due() {
    const auto due = world_.next_due();
    if (!due || armed_for_ == due) return;
    armed_for_ = due;
    timer_.expires_at(*due);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error || stopped_) return;
        armed_for_.reset();
        pump();
    });
}

void Sandbox::report(std::exception_ptr error) const {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& thrown) {
        on_problem_(thrown.what());
    }
}

}  // namespace runbookd::sandbox
