#include "folder_watch/folder_watch.hpp"

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace runbookd::folder_watch {
namespace {

namespace asio = boost::asio;

/// A descriptor that the loop waits for and does not close.
struct Borrowed {
    Borrowed(const asio::any_io_executor& loop, int descriptor) : stream(loop, descriptor) {}
    ~Borrowed() { stream.release(); }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    asio::posix::stream_descriptor stream;
};

}  // namespace

FolderWatch::FolderWatch(async::Timers& timers, const Clock& clock, std::filesystem::path folder,
                         Callbacks callbacks, Patience patience)
    : timers_(timers),
      clock_(clock),
      folder_(std::move(folder)),
      callbacks_(std::move(callbacks)),
      patience_(patience),
      told_(look_at(folder_)),
      seen_(told_),
      next_look_(now() + patience_.look) {}

void FolderWatch::start(async::TaskGroup& tasks) {
    tasks.spawn("folder watch", [this] { return listen(); });
    tasks.spawn("folder looks", [this] { return judge(); });
}

/// Opens inotify anew whenever the way to the folder has changed.
asio::awaitable<void> FolderWatch::listen() {
    for (;;) {
        auto opened = Inotify::open(folder_);
        if (!opened) {
            inotify_.reset();
            callbacks_.on_deaf(opened.error().message);
            co_return;
        }
        inotify_.emplace(std::move(*opened));
        stir();  // what changed before it listened
        Borrowed descriptor(timers_.executor(), inotify_->descriptor());
        for (bool is_way_changed = false; !is_way_changed;) {
            boost::system::error_code failed;
            co_await descriptor.stream.async_wait(asio::posix::stream_descriptor::wait_read,
                                                  asio::redirect_error(asio::use_awaitable, failed));
            if (failed) co_return;  // cancelled
            is_way_changed = hear();
        }
    }
}

bool FolderWatch::hear() {
    const auto heard = inotify_->hear();
    for (const auto& name : heard.begun) writing_[name] = now();
    for (const auto& name : heard.closed) writing_.erase(name);
    // What it was told of a folder that is another one now, or could not be told, holds no more.
    if (heard.is_way_changed) writing_.clear();
    if (heard.has_news) stir();
    return heard.is_way_changed;
}

void FolderWatch::stir() {
    heard_at_ = now();
    if (!stirred_since_) stirred_since_ = heard_at_;
    next_look_ = std::min(next_look_, heard_at_ + patience_.quiet);
    if (wake_) wake_();
}

asio::awaitable<void> FolderWatch::judge() {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    for (;;) {
        asio::steady_timer parked(timers_.executor(), asio::steady_timer::time_point::max());
        wake_ = [&parked] { parked.cancel(); };
        const auto span = std::max(next_look_ - now(), Millis{0});
        const async::Deadline due(timers_, span, [&parked] { parked.cancel(); });
        boost::system::error_code woken;
        co_await parked.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        wake_ = nullptr;
        if (cancellation.cancelled() != asio::cancellation_type::none) co_return;
        if (now() >= next_look_) look();
    }
}

void FolderWatch::look() {
    auto seen = look_at(folder_);
    if (seen != seen_) {
        seen_ = std::move(seen);
        changed_at_ = now();
        if (!stirred_since_) stirred_since_ = changed_at_;
    }
    const bool is_over = stirred_since_ && is_settled();
    if (is_over) stirred_since_.reset();
    next_look_ = now() + (stirred_since_ ? patience_.quiet : patience_.look);
    if (!is_over || seen_ == told_) return;
    told_ = seen_;
    callbacks_.on_changed();
}

bool FolderWatch::is_settled() const {
    const bool is_quiet =
        now() - heard_at_ >= patience_.quiet || now() - *stirred_since_ >= patience_.restless;
    return is_quiet && now() - changed_at_ >= patience_.quiet && !is_being_written();
}

bool FolderWatch::is_being_written() const {
    return std::any_of(writing_.begin(), writing_.end(),
                       [&](const auto& one) { return now() - one.second < patience_.writing; });
}

}  // namespace runbookd::folder_watch
