#pragma once
// A program of ours as a child process: started with arguments, its outputs kept in files, ended by its own
// pid and no other.
#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "end_to_end/harness/wait_for.hpp"

namespace runbookd::end_to_end {

class Process {
public:
    /// Starts argv[0]. `outputs` is the stem of the files that take stdout (.out) and stderr (.err).
    /// `environment` is added to our own, as NAME=VALUE.
    Process(const std::vector<std::string>& argv, std::filesystem::path outputs,
            const std::vector<std::string>& environment = {});
    /// Kills what still runs.
    ~Process();
    Process(Process&& other) noexcept;
    Process& operator=(Process&&) = delete;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    void signal(int number) const;
    /// SIGKILL, and gone when this returns.
    void kill();
    /// The exit status (128 + signal where one ended it); absent: still running after `limit`.
    [[nodiscard]] std::optional<int> wait(Limit limit = kPatience);
    [[nodiscard]] bool is_running();
    [[nodiscard]] std::string out() const;
    [[nodiscard]] std::string err() const;

private:
    void reap(int options);

    pid_t pid_ = -1;
    std::optional<int> status_;
    std::filesystem::path outputs_;
};

}  // namespace runbookd::end_to_end
