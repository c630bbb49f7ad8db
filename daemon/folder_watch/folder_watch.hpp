#pragma once
// Tells when the runbooks of a folder have changed and nobody writes them any more. Loop thread only.
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "async/task_group.hpp"
#include "async/timers.hpp"
#include "base/clock.hpp"
#include "folder_watch/inotify.hpp"
#include "folder_watch/snapshot.hpp"

namespace runbookd::folder_watch {

/// Spans; tests bring shorter ones.
struct Patience {
    Millis quiet{500};                          ///< nothing heard and nothing changed for so long
    Millis writing{std::chrono::seconds{30}};   ///< a file that is open and not written to is waited for
    Millis restless{std::chrono::seconds{10}};  ///< hints that change nothing are not waited out longer
    Millis look{std::chrono::seconds{60}};      ///< what inotify does not tell of: links, network folders
};

class FolderWatch {
public:
    struct Callbacks {
        std::function<void()> on_changed;
        /// inotify is not to be had: from now on the folder is looked at every `Patience::look`.
        std::function<void(const std::string& why)> on_deaf;
    };
    /// Looks at the folder (absolute) now: what changes from here on is told. `timers` and `clock` outlive
    /// it.
    FolderWatch(async::Timers& timers, const Clock& clock, std::filesystem::path folder, Callbacks callbacks,
                Patience patience = {});

    /// The tasks end with their group.
    void start(async::TaskGroup& tasks);

private:
    boost::asio::awaitable<void> listen();
    boost::asio::awaitable<void> judge();
    /// Whether inotify has to be opened anew.
    [[nodiscard]] bool hear();
    /// Something may have changed.
    void stir();
    void look();
    [[nodiscard]] bool is_settled() const;
    [[nodiscard]] bool is_being_written() const;
    [[nodiscard]] SteadyTime now() const { return clock_.now().steady; }

    async::Timers& timers_;
    const Clock& clock_;
    std::filesystem::path folder_;
    Callbacks callbacks_;
    Patience patience_;
    Snapshot told_;  // as it was when it was told of last
    Snapshot seen_;  // at the last look
    std::optional<Inotify> inotify_;
    std::map<std::string, SteadyTime> writing_;  // when each was last written to
    std::optional<SteadyTime> stirred_since_;    // something may have changed since
    SteadyTime heard_at_{};                      // the newest hint
    SteadyTime changed_at_{};                    // the newest look that saw something new
    SteadyTime next_look_{};
    std::function<void()> wake_;  // judge(), while it waits
};

}  // namespace runbookd::folder_watch
