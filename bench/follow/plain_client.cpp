#include "follow/plain_client.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace runbookd::bench {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Millis kBetweenCreates{100};
constexpr Millis kBetweenLooks = seconds{10};
constexpr Millis kAfterRefusal = seconds{60};
constexpr Millis kAfterBlock = seconds{300};
constexpr Millis kRoundTrip{50};
constexpr int kCreatesAMinute = 80;

class PlainClient {
public:
    PlainClient(std::size_t devices, Shape shape)
        : start_{*parse_utc("2026-03-01T02:00:00Z"), SteadyTime{hours{1}}}, account_(devices, shape, start_) {
        followed_.began = start_.utc;
        due_.emplace(start_.steady, Call{0, ""});
    }

    FollowFigures run() {
        while (!due_.empty() && due_.begin()->first < start_.steady + hours{6}) {
            const auto [at, call] = *due_.begin();
            due_.erase(due_.begin());
            if (at < stands_still_until_) {
                due_.emplace(stands_still_until_, call);
                continue;
            }
            now_ = {start_.utc + (at - start_.steady), at};
            account_.advance(now_);
            call.job.empty() ? create(call) : look(call);
        }
        return figures_of(followed_, account_.ends(), kCreatesAMinute);
    }

private:
    struct Call {
        std::size_t device = 0;
        std::string job;  // empty: it is to be created
    };

    [[nodiscard]] const std::string& device_uid(const Call& call) const {
        return account_.fleet().devices[call.device].uid;
    }

    void create(Call call) {
        const nlohmann::json body{{"jobName", "sweep " + std::to_string(call.device)},
                                  {"jobComponent", {{"componentUid", account_.fleet().components[0].uid}}}};
        const auto reply =
            account_.request("PUT", "/api/v2/device/" + device_uid(call) + "/quickjob", body.dump(), now_);
        if (reply.status != 200) return again(std::move(call), reply.status);
        if (call.device + 1 < account_.fleet().devices.size())
            due_.emplace(now_.steady + kBetweenCreates, Call{call.device + 1, ""});
        call.job = nlohmann::json::parse(reply.body)["job"]["uid"];
        due_.emplace(now_.steady + kBetweenLooks, std::move(call));
    }

    void look(Call call) {
        const auto results = "/api/v2/job/" + call.job + "/results/" + device_uid(call);
        ++followed_.result_reads;
        const auto reply = account_.request("GET", results, "", now_);
        if (reply.status != 200) return again(std::move(call), reply.status);
        const auto body = nlohmann::json::parse(reply.body);
        const auto status = body["jobDeploymentStatus"].get<std::string>();
        if (status == "Pending" || status == "Running") {
            due_.emplace(now_.steady + kBetweenLooks, std::move(call));
            return;
        }
        ++followed_.output_reads;
        const auto output = account_.request("GET", results + "/stdout", "", now_);
        if (output.status != 200) return again(std::move(call), output.status);
        followed_.recorded[call.job] = now_.utc + kRoundTrip * 2;
    }

    void again(Call call, int status) {
        ++followed_.refused;
        stands_still_until_ = now_.steady + (status == 403 ? kAfterBlock : kAfterRefusal);
        due_.emplace(stands_still_until_, std::move(call));
    }

    Instant start_;
    Instant now_{};
    SteadyTime stands_still_until_{};
    Account account_;
    std::multimap<SteadyTime, Call> due_;
    Followed followed_;
};

}  // namespace

FollowFigures follow_with_plain_client(std::size_t devices, Shape shape) {
    return PlainClient(devices, shape).run();
}

}  // namespace runbookd::bench
