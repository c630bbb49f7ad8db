#pragma once
// Runs component scripts with bash: each in a folder and a process group of its own, bounded in time and
// output. Nothing blocks the loop. Loop thread only.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/signal_set.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "sandbox/job.hpp"

namespace runbookd::sandbox {

struct ScriptCall {
    std::string text;
    Variables environment;
    Millis timeout{60'000};
};

class ScriptRunner {
public:
    using Done = std::function<void(ScriptResult)>;

    static constexpr std::size_t kMostAtOnce = 8;
    static constexpr std::size_t kMostOutput =
        1024 * 1024;  ///< bytes kept of each stream; the rest is dropped

    explicit ScriptRunner(boost::asio::any_io_executor loop);
    /// Kills what still runs, without calling back.
    ~ScriptRunner();
    ScriptRunner(const ScriptRunner&) = delete;
    ScriptRunner& operator=(const ScriptRunner&) = delete;

    [[nodiscard]] bool has_room() const;
    /// Starts a script; `done` is called from the loop, never from here. A script that cannot be started ends
    /// with 126; one over its time is killed and ends with 137; both say so on stderr.
    void run(ScriptCall call, Done done);
    /// Kills every script by its process group, without calling back; no more can be run.
    void stop();

private:
    class Process;

    void watch_children();
    void reap();
    void finish(int id);

    boost::asio::any_io_executor loop_;
    boost::asio::signal_set child_ended_;
    std::filesystem::path folder_;  // of all scripts; made with the first, removed at the end
    std::map<int, std::shared_ptr<Process>> running_;
    int last_id_ = 0;
    bool stopped_ = false;
};

}  // namespace runbookd::sandbox
