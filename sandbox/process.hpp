#pragma once
// One bash process with its two pipes, folder and process group. What script_runner.cpp is made of.
#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "sandbox/script_runner.hpp"

namespace runbookd::sandbox {

/// One end of a pipe that is read as far as there is something, and kept up to a limit.
class OutputPipe {
public:
    explicit OutputPipe(const boost::asio::any_io_executor& loop) : end_(loop) {}
    /// Makes the pipe; returns the end to write into, which the caller closes. Errors: unavailable.
    Result<int> open();
    /// Reads whenever something arrives, until the pipe closes or `owner` (whose part this is) is gone.
    void follow(std::weak_ptr<const void> owner);
    /// Reads what is there at this moment.
    void drain();
    void close();
    /// What was read so far, which is given away.
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    boost::asio::posix::stream_descriptor end_;
    std::string text_;
};

/// Shared only so that what was queued for it on the loop can tell that it is gone.
class ScriptRunner::Process : public std::enable_shared_from_this<ScriptRunner::Process> {
public:
    Process(boost::asio::any_io_executor loop, std::filesystem::path folder, Done on_done);
    /// Kills the group if it still runs, and removes the folder.
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// Errors: unavailable, saying what the system refused.
    Result<void> start(const ScriptCall& call);
    /// True once the process has ended; it stays to be reaped by result().
    [[nodiscard]] bool has_ended() const;
    /// Reaps the ended process, kills what is left of its group, and gathers what it printed.
    [[nodiscard]] ScriptResult result();
    void kill_group() const;

    Done done;

private:
    Result<void> spawn(const ScriptCall& call, int stdout_end, int stderr_end);
    void watch_time(Millis timeout);

    std::filesystem::path folder_;  // the script's; the script itself lies beside it
    std::filesystem::path script_;
    OutputPipe stdout_;
    OutputPipe stderr_;
    boost::asio::steady_timer deadline_;
    pid_t pid_ = 0;  // also the group; 0 when there is none (any more)
    Millis timeout_{0};
    bool timed_out_ = false;
};

}  // namespace runbookd::sandbox
