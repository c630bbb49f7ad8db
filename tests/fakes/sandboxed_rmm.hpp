#pragma once
// The sandbox behind the daemon's own requests and replies, without sockets and on virtual time: what the
// engine asks for becomes the request that the client would send, and the sandbox's reply what the client
// would read. Broken connections, cut bodies and slow replies are sorted as the client sorts them.
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "datto/http.hpp"
#include "fakes/upstream.hpp"
#include "sandbox/api.hpp"
#include "sandbox/world.hpp"
#include "secrets/vault.hpp"

namespace runbookd::fakes {

class SandboxedRmm final : public Upstream {
public:
    /// `fleet` is a fleet file's text; its components must be simulated ones. `start` is the other side's
    /// clock when the account begins.
    SandboxedRmm(const std::string& fleet, UtcTime start);
    ~SandboxedRmm() override;

    [[nodiscard]] engine::ApiResult arrive(const engine::ApiCall& call, UtcTime now) override;
    [[nodiscard]] const std::vector<Accepted>& ledger() const override;
    [[nodiscard]] std::optional<std::string> output_of(const std::string& job_name) const override;
    [[nodiscard]] std::optional<engine::DeploymentStatus> end_of(const std::string& job_name) const override;
    [[nodiscard]] std::size_t most_reads_in_a_window() const override { return reads_.most; }
    [[nodiscard]] std::size_t most_creates_in_a_window() const override { return creates_.most; }

    /// How many requests of each operation have arrived, tokens' among them.
    [[nodiscard]] const std::map<sandbox::Operation, int>& arrivals() const { return arrivals_; }
    [[nodiscard]] const sandbox::World& world() const { return *world_; }

private:
    class Ledger;
    struct Window {
        std::deque<UtcTime> arrivals;
        std::size_t most = 0;
        void count(UtcTime now);
    };

    [[nodiscard]] Instant instant(UtcTime now) const;
    [[nodiscard]] datto::Exchange exchange(const datto::Request& request, const std::string& authorization,
                                           UtcTime now);
    [[nodiscard]] std::optional<engine::ApiFailure> log_in(bool for_create, UtcTime now);
    [[nodiscard]] engine::ApiFailure refused(const datto::Response& answer, std::string_view doing,
                                             UtcTime now);
    [[nodiscard]] const sandbox::Job& job_named(const std::string& job_name) const;

    UtcTime start_;
    std::unique_ptr<Ledger> ledger_;
    std::unique_ptr<sandbox::World> world_;
    sandbox::AccessLog access_log_{sandbox::JsonLines{}};
    sandbox::TrafficLog traffic_{sandbox::JsonLines{}};
    std::unique_ptr<sandbox::Api> api_;
    datto::BaseUrl base_;
    secrets::Vault no_secrets_;
    std::string token_;
    std::optional<UtcTime> throttled_at_;
    Window reads_, creates_;
    std::map<sandbox::Operation, int> arrivals_;
};

}  // namespace runbookd::fakes
