#include "sandbox/script_runner.hpp"

#include <signal.h>
#include <stdlib.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "sandbox/process.hpp"

namespace runbookd::sandbox {
namespace {

constexpr int kCannotStart = 126;  // the shell's own code for a command that cannot be executed

std::filesystem::path make_own_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "runbookd-sandbox-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), pattern);
    return pattern;
}

/// Blocking calls of other threads, such as those of a test's client, must not end with EINTR at every
/// script's end. (Asio has a flag for it only since Boost 1.82.)
void restart_calls_after(int signal_number) {
    struct sigaction action{};
    if (::sigaction(signal_number, nullptr, &action) != 0) return;
    action.sa_flags |= SA_RESTART;
    ::sigaction(signal_number, &action, nullptr);
}

}  // namespace

ScriptRunner::ScriptRunner(boost::asio::any_io_executor loop)
    : loop_(std::move(loop)), child_ended_(loop_, SIGCHLD) {
    restart_calls_after(SIGCHLD);
    watch_children();
}

ScriptRunner::~ScriptRunner() { stop(); }

bool ScriptRunner::has_room() const { return !stopped_ && running_.size() < kMostAtOnce; }

void ScriptRunner::run(ScriptCall call, Done done) {
    if (folder_.empty()) folder_ = make_own_folder();
    const int id = ++last_id_;
    auto process = std::make_shared<Process>(loop_, folder_ / std::to_string(id), std::move(done));
    const auto started = process->start(call);
    if (started) {
        running_.emplace(id, std::move(process));
        return;
    }
    ScriptResult result;
    result.exit_code = kCannotStart;
    result.stderr_text = started.error().message + '\n';
    boost::asio::post(loop_, [callback = std::move(process->done), result = std::move(result)]() mutable {
        callback(std::move(result));
    });
}

void ScriptRunner::stop() {
    stopped_ = true;
    boost::system::error_code ignored;
    child_ended_.cancel(ignored);
    for (const auto& [id, process] : running_) process->kill_group();
    running_.clear();
    if (folder_.empty()) return;
    std::error_code unremovable;
    std::filesystem::remove_all(folder_, unremovable);
    folder_.clear();
}

void ScriptRunner::watch_children() {
    child_ended_.async_wait([this](const boost::system::error_code& error, int) {
        if (error || stopped_) return;
        reap();
        watch_children();
    });
}

void ScriptRunner::reap() {
    std::vector<int> ended;
    for (const auto& [id, process] : running_) {
        if (process->has_ended()) ended.push_back(id);
    }
    for (const int id : ended) finish(id);
}

void ScriptRunner::finish(int id) {
    const auto process = std::move(running_.at(id));
    running_.erase(id);
    auto result = process->result();
    process->done(std::move(result));
}

}  // namespace runbookd::sandbox
