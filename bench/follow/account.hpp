#pragma once
// The sandbox on virtual time: the same account, limits and answers as the program's, without sockets.
#include <map>
#include <optional>
#include <string>

#include "sandbox/api.hpp"
#include "sandbox/world.hpp"

namespace runbookd::bench {

/// When jobs ended, by the sandbox's own word.
class Ends final : public sandbox::Witness {
public:
    struct Job {
        UtcTime accepted{};
        std::optional<UtcTime> ended;
    };
    void accepted(UtcTime at, const sandbox::Job& job, const std::string&, const std::string&) override {
        jobs_[job.uid].accepted = at;
    }
    void finished(UtcTime at, const sandbox::Job& job, const std::string&) override {
        jobs_[job.uid].ended = at;
    }
    [[nodiscard]] const std::map<std::string, Job>& jobs() const { return jobs_; }
    /// Those that were accepted since then.
    [[nodiscard]] Ends since(UtcTime begin) const {
        Ends later;
        for (const auto& [uid, job] : jobs_)
            if (job.accepted >= begin) later.jobs_.emplace(uid, job);
        return later;
    }

private:
    std::map<std::string, Job> jobs_;  // by their uid upstream
};

/// How the times that jobs take spread between one and ten minutes.
enum class Shape { uniform, log_normal };

class Account {
public:
    /// `devices` that are all online, on one site, and one component.
    Account(std::size_t devices, Shape shape, Instant start);

    /// Lets everything happen that is due by then.
    void advance(Instant now) { world_.advance(now); }
    [[nodiscard]] std::optional<SteadyTime> next_due() const { return world_.next_due(); }
    /// `target` is path and query, as of a request line.
    [[nodiscard]] sandbox::Reply request(const std::string& method, const std::string& target,
                                         const std::string& body, Instant now);
    [[nodiscard]] const Ends& ends() const { return ends_; }
    [[nodiscard]] const sandbox::Fleet& fleet() const { return world_.fleet(); }

private:
    [[nodiscard]] std::string log_in(Instant now);

    Ends ends_;
    sandbox::World world_;
    sandbox::AccessLog access_log_{sandbox::JsonLines{}};
    sandbox::TrafficLog traffic_{sandbox::JsonLines{}};
    sandbox::Api api_{world_, access_log_, traffic_};
    std::string bearer_;
};

}  // namespace runbookd::bench
