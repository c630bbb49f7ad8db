#include "sandbox/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <vector>

namespace runbookd::sandbox {
namespace {

namespace asio = boost::asio;

tl::unexpected<Error> refused(const std::string& what, int error) {
    return fail(ErrorCode::unavailable, what + ": " + std::strerror(error));
}

/// The environment of a script: a plain base, then what the component defines. "NAME=value" each.
std::vector<std::string> environment_of(const ScriptCall& call, const std::string& folder) {
    const char* path = std::getenv("PATH");
    std::vector<std::string> lines{std::string("PATH=") + (path ? path : "/usr/local/bin:/usr/bin:/bin"),
                                   "HOME=" + folder, "TMPDIR=" + folder, "LANG=C.UTF-8"};
    for (const auto& [name, value] : call.environment) lines.push_back(name + '=' + value);
    return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& lines) {
    std::vector<char*> pointers;
    pointers.reserve(lines.size() + 1);
    for (auto& line : lines) pointers.push_back(line.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// What happens in the child between fork and exec.
class SpawnPlan {
public:
    SpawnPlan(const std::string& folder, int stdout_end, int stderr_end) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
        posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
        posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions_, stdout_end, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions_, stderr_end, STDERR_FILENO);
        // Sockets of Asio are inherited otherwise, and a connection would outlive its reset.
        posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
        posix_spawnattr_setpgroup(&attributes_, 0);
        sigset_t none;
        sigemptyset(&none);
        posix_spawnattr_setsigmask(&attributes_, &none);
        sigset_t all;
        sigemptyset(&all);
        for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGCHLD, SIGHUP}) sigaddset(&all, number);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setflags(&attributes_,
                                 POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    /// 0, or the error.
    int spawn(pid_t& pid, char* const* arguments, char* const* environment) const {
        return posix_spawnp(&pid, arguments[0], &actions_, &attributes_, arguments, environment);
    }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

}  // namespace

Result<int> OutputPipe::open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return refused("no pipe for the output", errno);
    end_.assign(ends[0]);
    end_.non_blocking(true);
    return ends[1];
}

void OutputPipe::follow(std::weak_ptr<const void> owner) {
    // Only the readiness is awaited: bytes already read but not yet delivered could otherwise be overtaken by
    // drain().
    end_.async_wait(asio::posix::stream_descriptor::wait_read,
                    [this, owner](const boost::system::error_code& error) {
                        if (error || owner.expired()) return;
                        drain();
                        if (end_.is_open()) follow(owner);
                    });
}

void OutputPipe::drain() {
    std::array<char, 16 * 1024> bytes;
    while (end_.is_open()) {
        const auto got = ::read(end_.native_handle(), bytes.data(), bytes.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return;
        if (got == 0) return close();
        const auto room = ScriptRunner::kMostOutput - text_.size();
        text_.append(bytes.data(), std::min(static_cast<std::size_t>(got), room));
    }
}

void OutputPipe::close() {
    boost::system::error_code ignored;
    end_.close(ignored);
}

ScriptRunner::Process::Process(asio::any_io_executor loop, std::filesystem::path folder, Done on_done)
    : done(std::move(on_done)),
      folder_(std::move(folder)),
      script_(folder_.string() + ".sh"),
      stdout_(loop),
      stderr_(loop),
      deadline_(loop) {}

ScriptRunner::Process::~Process() {
    if (pid_ != 0) {
        kill_group();
        while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
    std::filesystem::remove(script_, ignored);
}

Result<void> ScriptRunner::Process::start(const ScriptCall& call) {
    std::error_code error;
    std::filesystem::create_directory(folder_, error);
    if (error) return refused(folder_.string() + " cannot be made", error.value());
    if (!(std::ofstream(script_, std::ios::binary) << call.text << std::flush)) {
        return refused(script_.string() + " cannot be written", errno);
    }
    const auto stdout_end = stdout_.open();
    if (!stdout_end) return tl::unexpected<Error>(stdout_end.error());
    const auto stderr_end = stderr_.open();
    if (!stderr_end) {
        ::close(*stdout_end);
        return tl::unexpected<Error>(stderr_end.error());
    }
    auto spawned = spawn(call, *stdout_end, *stderr_end);
    ::close(*stdout_end);
    ::close(*stderr_end);
    if (!spawned) return spawned;
    stdout_.follow(weak_from_this());
    stderr_.follow(weak_from_this());
    watch_time(call.timeout);
    return {};
}

Result<void> ScriptRunner::Process::spawn(const ScriptCall& call, int stdout_end, int stderr_end) {
    const SpawnPlan plan(folder_.string(), stdout_end, stderr_end);
    std::vector<std::string> arguments{"bash", script_.string()};
    auto environment = environment_of(call, folder_.string());
    const int error = plan.spawn(pid_, pointers_to(arguments).data(), pointers_to(environment).data());
    if (error == 0) return {};
    pid_ = 0;
    return refused("bash cannot be started", error);
}

void ScriptRunner::Process::watch_time(Millis timeout) {
    timeout_ = timeout;
    deadline_.expires_after(timeout);
    deadline_.async_wait([this, owner = weak_from_this()](const boost::system::error_code& error) {
        if (error || owner.expired()) return;
        timed_out_ = true;
        kill_group();
    });
}

bool ScriptRunner::Process::has_ended() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == pid_;
}

ScriptResult ScriptRunner::Process::result() {
    // Before the leader is reaped: until then its number cannot belong to somebody else.
    kill_group();
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    deadline_.cancel();
    stdout_.drain();
    stderr_.drain();
    stdout_.close();
    stderr_.close();
    ScriptResult result;
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result.stdout_text = stdout_.take();
    result.stderr_text = stderr_.take();
    if (timed_out_) {
        result.timed_out = true;
        result.stderr_text +=
            "the script was ended: it ran longer than its timeout of " + format_duration(timeout_) + '\n';
    }
    return result;
}

void ScriptRunner::Process::kill_group() const { ::kill(-pid_, SIGKILL); }

}  // namespace runbookd::sandbox
