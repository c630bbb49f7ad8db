#include "end_to_end/harness/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "temp_folder.hpp"

namespace runbookd::end_to_end {

using testing::text_of;
namespace {

constexpr mode_t kFileMode = 0644;
constexpr int kSignalBase = 128;  // as the shell counts

std::filesystem::path with(const std::filesystem::path& stem, const char* ending) {
    auto path = stem;
    return path += ending;
}

class FileActions {
public:
    FileActions() { ::posix_spawn_file_actions_init(&actions_); }
    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    void open(int descriptor, const std::string& path, int flags) {
        ::posix_spawn_file_actions_addopen(&actions_, descriptor, path.c_str(), flags, kFileMode);
    }
    [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

Process::Process(const std::vector<std::string>& argv, std::filesystem::path outputs,
                 const std::vector<std::string>& environment)
    : outputs_(std::move(outputs)) {
    FileActions actions;
    actions.open(STDIN_FILENO, "/dev/null", O_RDONLY);
    actions.open(STDOUT_FILENO, with(outputs_, ".out").string(), O_WRONLY | O_CREAT | O_TRUNC);
    actions.open(STDERR_FILENO, with(outputs_, ".err").string(), O_WRONLY | O_CREAT | O_TRUNC);
    auto arguments = argv;
    // Of two values of a name, programs see the first.
    auto variables = environment;
    for (char** entry = environ; *entry != nullptr; ++entry) variables.emplace_back(*entry);
    const auto argument_pointers = pointers_to(arguments);
    const auto variable_pointers = pointers_to(variables);
    const int error = ::posix_spawn(&pid_, argv.at(0).c_str(), actions.get(), nullptr,
                                    argument_pointers.data(), variable_pointers.data());
    if (error != 0) throw std::system_error(error, std::generic_category(), "cannot start " + argv.at(0));
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), status_(other.status_), outputs_(std::move(other.outputs_)) {}

Process::~Process() { kill(); }

void Process::signal(int number) const {
    if (pid_ > 0 && !status_) ::kill(pid_, number);
}

void Process::kill() {
    if (pid_ <= 0 || status_) return;
    ::kill(pid_, SIGKILL);
    reap(0);
}

void Process::reap(int options) {
    int how = 0;
    pid_t ended = 0;
    do {
        ended = ::waitpid(pid_, &how, options);
    } while (ended < 0 && errno == EINTR);
    if (ended != pid_) return;
    status_ = WIFEXITED(how) ? WEXITSTATUS(how) : kSignalBase + WTERMSIG(how);
}

bool Process::is_running() {
    if (pid_ <= 0) return false;
    if (!status_) reap(WNOHANG);
    return !status_;
}

std::optional<int> Process::wait(Limit limit) {
    if (!wait_for([this] { return !is_running(); }, limit)) return std::nullopt;
    return status_;
}

std::string Process::out() const { return text_of(with(outputs_, ".out")); }
std::string Process::err() const { return text_of(with(outputs_, ".err")); }

}  // namespace runbookd::end_to_end
