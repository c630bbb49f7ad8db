#include "datto/client.hpp"

#include <array>
#include <boost/asio/this_coro.hpp>

#include "datto/addresses.hpp"
#include "datto/dialect.hpp"
#include "datto/failures.hpp"
#include "datto/http.hpp"
#include "datto/redact.hpp"
#include "datto/replies.hpp"
#include "datto/requests.hpp"
#include "datto/token_keeper.hpp"
#include "engine/failure_class.hpp"

namespace runbookd::datto {

namespace asio = boost::asio;
using engine::ApiFailure;
using engine::ApiResult;
using engine::FailureKind;

namespace {

/// "public-client:public" in base 64: the client that the token call names, the same for everybody
/// (reference, 1.2).
constexpr const char* kPublicClient = "Basic cHVibGljLWNsaWVudDpwdWJsaWM=";
/// A block follows throttling within this time, and lasts as long (reference, 6).
constexpr Millis kThrottleMemory = std::chrono::minutes{5};

tl::unexpected<ApiFailure> failed(ApiFailure failure) {
    return tl::unexpected<ApiFailure>(std::move(failure));
}

bool is_success(const Response& answer) { return answer.status >= 200 && answer.status < 300; }

/// A failure of the token call, told of a call that was never sent.
ApiFailure before_sending(ApiFailure failure, const engine::ApiCall& call) {
    const auto effect = engine::effect_of(call);
    if (engine::class_of(failure.kind, effect) == engine::FailureClass::ambiguous)
        failure.kind = FailureKind::not_sent;
    failure.message = std::string(describe(call)) + ": not sent; " + failure.message;
    return failure;
}

}  // namespace

Result<std::unique_ptr<Client>> Client::create(async::Timers& timers, const Clock& clock,
                                               ClientSettings settings) {
    auto base = parse_base_url(settings.url);
    if (!base) return tl::unexpected<Error>(base.error());
    if (settings.api == Api::datto && (settings.key.empty() || settings.secret.empty()))
        return fail(ErrorCode::invalid_input, "the account's key and secret must not be empty");
    if (settings.api == Api::seed && !is_usable_token(settings.token))
        return fail(ErrorCode::invalid_input,
                    "the account's token is empty, or not one of printable letters");
    auto proxy = choose_proxy(*base, settings.proxy, settings.environment);
    if (!proxy) return tl::unexpected<Error>(proxy.error());
    TransportSettings how;
    how.ca_file = settings.ca_file;
    how.proxy = std::move(*proxy);
    how.lookup = settings.lookup ? settings.lookup : system_lookup(timers.executor());
    how.connect_timeout = settings.connect_timeout;
    how.tls_timeout = settings.tls_timeout;
    how.first_byte_timeout = settings.first_byte_timeout;
    how.idle_timeout = settings.idle_timeout;
    how.max_response_bytes = settings.max_response_bytes;
    how.idle_connections = settings.idle_connections;
    auto transport = Transport::create(timers, clock, *base, std::move(how));
    if (!transport) return tl::unexpected<Error>(transport.error());
    return std::unique_ptr<Client>(
        new Client(timers, clock, std::move(*base), std::move(settings), std::move(*transport)));
}

Client::Client(async::Timers& timers, const Clock& clock, BaseUrl base, ClientSettings settings,
               std::unique_ptr<Transport> transport)
    : clock_(clock),
      base_(std::move(base)),
      settings_(std::move(settings)),
      vault_(settings_.vault == nullptr ? no_secrets_ : *settings_.vault),
      transport_(std::move(transport)) {
    if (settings_.api == Api::seed) {
        dialect_ = make_seed_dialect(base_);
        return;
    }
    dialect_ = make_datto_dialect(base_);
    tokens_ =
        std::make_unique<TokenKeeper>(timers, clock, [this](SteadyTime until) { return fetch_token(until); });
}

Client::~Client() = default;

asio::awaitable<ApiResult> Client::perform(engine::ApiCall call) {
    auto request = dialect_->request(call, vault_);
    if (!request) {
        ApiFailure failure;
        failure.kind = FailureKind::rejected;
        failure.message = std::string(describe(call)) + ": not sent; " + request.error().message;
        co_return failed(std::move(failure));
    }
    const auto until = clock_.now().steady + settings_.call_timeout;
    // A cancelled call still has to say whether it was sent.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    auto result = co_await perform_until(std::move(call), std::move(*request), until);
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (result)
        redact(*result, vault_);
    else
        result.error().message = vault_.redact(std::move(result.error().message));
    co_return result;
}

asio::awaitable<tl::expected<std::string, ApiFailure>> Client::authorize(SteadyTime until) {
    if (!tokens_) co_return settings_.token;
    co_return co_await tokens_->get(until);
}

asio::awaitable<ApiResult> Client::perform_until(engine::ApiCall call, Request request, SteadyTime until) {
    const auto token = co_await authorize(until);
    if (!token) co_return failed(before_sending(token.error(), call));
    const auto target = request.target;
    const auto authorization = "Bearer " + *token;
    auto answer = co_await transport_->send(std::move(request), authorization, until);
    if (!answer) co_return failed(classify_transport(answer.error(), describe(call)));
    if (!is_success(*answer)) {
        answer->body = vault_.redact(std::move(answer->body));  // whole: a message is a cut of it
        auto failure = refused(*answer, describe(call));
        dialect_->judge(failure, call, answer->body);
        if (failure.kind == FailureKind::unauthenticated && tokens_) tokens_->drop(*token);
        co_return failed(std::move(failure));
    }
    auto reply = dialect_->reply(call, target, answer->body);
    if (reply) co_return std::move(*reply);
    ApiFailure unreadable;
    unreadable.kind = FailureKind::server_error;
    unreadable.http_status = answer->status;
    unreadable.message = std::string(describe(call)) + ": " + reply.error().message;
    co_return failed(std::move(unreadable));
}

asio::awaitable<TokenKeeper::Fetched> Client::fetch_token(SteadyTime until) {
    constexpr std::string_view kDoing = "fetching the token";
    auto request = token_request(base_, settings_.key, settings_.secret);
    auto answer = co_await transport_->send(std::move(request), kPublicClient, until);
    if (!answer) co_return failed(classify_transport(answer.error(), kDoing));
    if (!is_success(*answer)) {
        answer->body = vault_.redact(std::move(answer->body));
        co_return failed(refused(*answer, std::nullopt));
    }
    auto token = read_token(answer->body);
    if (token) co_return std::move(*token);
    ApiFailure unreadable;
    unreadable.kind = FailureKind::server_error;
    unreadable.http_status = answer->status;
    unreadable.message = token.error().message;
    co_return failed(std::move(unreadable));
}

ApiFailure Client::refused(const Response& answer, std::optional<std::string_view> doing) {
    const auto now = clock_.now();
    const bool recent = throttled_at_ && now.steady - *throttled_at_ < kThrottleMemory;
    const auto memory = recent ? ThrottleMemory::recently_throttled : ThrottleMemory::calm;
    const std::array<std::string, 4> secrets{settings_.key, settings_.secret, settings_.token,
                                             tokens_ ? tokens_->held() : std::string()};
    auto failure = doing ? classify_answer(answer, *doing, memory, now.utc, secrets)
                         : classify_token_answer(answer, memory, now.utc, secrets);
    if (failure.kind == FailureKind::throttled) throttled_at_ = now.steady;
    return failure;
}

}  // namespace runbookd::datto
