#pragma once
// The account's client: one call, one HTTP request, one answer (and the token's request where none is held).
// What is known of the API is in the reference; what each failure means is in failures.hpp.
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "async/timers.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "datto/http.hpp"
#include "ports/rmm_api.hpp"
#include "secrets/vault.hpp"

namespace runbookd::datto {

class Dialect;
class TokenKeeper;
struct Token;

/// Which API the account speaks.
enum class Api : std::uint8_t {
    datto,  ///< the real one; key and secret buy a token
    seed    ///< the job API that runbookd itself serves; the token is given
};

struct ClientSettings {
    Api api = Api::datto;
    std::string url;      ///< the account's `url:`
    std::string key;      ///< API key; never in a message
    std::string secret;   ///< API secret; never in a message
    std::string token;    ///< of the seed's API; never in a message
    std::string ca_file;  ///< PEM certificates to trust instead of the system's; empty: the system's
    std::string proxy;    ///< the account's `proxy:`; empty: as the environment says. Never in a message
    ProxyEnvironment environment;
    Lookup lookup;                                      ///< of host names; empty: the system's
    Millis connect_timeout = std::chrono::seconds{10};  ///< name resolution, TCP and a proxy's tunnel, each
    Millis tls_timeout = std::chrono::seconds{10};
    Millis first_byte_timeout = std::chrono::seconds{30};  ///< from the end of the request
    Millis call_timeout = std::chrono::seconds{60};        ///< all of a call, its token included
    Millis idle_timeout = std::chrono::seconds{15};        ///< a connection idle for longer is not used again
    std::size_t max_response_bytes = std::size_t{64} * 1024 * 1024;
    std::size_t idle_connections = 16;  ///< kept open between calls
    /// Puts the secrets into creates, and takes them out of whatever comes back. Borrowed; null: there are
    /// none.
    const secrets::Vault* vault = nullptr;
};

class Client final : public ports::RmmApi {
public:
    /// `timers` and `clock` outlive the client, and the client its calls; everything runs on the loop of
    /// `timers`. Errors: invalid_input for the address, for an empty key, secret or token, for a proxy that
    /// cannot be one, and for a CA file that cannot be read.
    [[nodiscard]] static Result<std::unique_ptr<Client>> create(async::Timers& timers, const Clock& clock,
                                                                ClientSettings settings);
    ~Client() override;

    /// May run any number of times at once. When the calling coroutine is cancelled it ends soon, with
    /// `not_sent` or `lost`, and the caller's next await throws as usual.
    boost::asio::awaitable<engine::ApiResult> perform(engine::ApiCall call) override;

private:
    Client(async::Timers& timers, const Clock& clock, BaseUrl base, ClientSettings settings,
           std::unique_ptr<Transport> transport);

    boost::asio::awaitable<engine::ApiResult> perform_until(engine::ApiCall call, Request request,
                                                            SteadyTime until);
    /// The Authorization header's value.
    boost::asio::awaitable<tl::expected<std::string, engine::ApiFailure>> authorize(SteadyTime until);
    boost::asio::awaitable<tl::expected<Token, engine::ApiFailure>> fetch_token(SteadyTime until);
    /// What an answer other than 2xx means; `doing` is empty for the token call.
    [[nodiscard]] engine::ApiFailure refused(const Response& answer, std::optional<std::string_view> doing);

    const Clock& clock_;
    BaseUrl base_;
    ClientSettings settings_;
    const secrets::Vault no_secrets_;
    const secrets::Vault& vault_;
    std::unique_ptr<Dialect> dialect_;
    std::unique_ptr<Transport> transport_;
    std::unique_ptr<TokenKeeper> tokens_;  // of the real API
    std::optional<SteadyTime> throttled_at_;
};

}  // namespace runbookd::datto
