#pragma once
// libevent, libev and libuv. Their clocks cannot be turned, so of expiring only one sweep is measured: all
// timers are scheduled within kRealRange of real time, in the same order as elsewhere, and run after it has
// passed.
#include <ev.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <uv.h>

#include <chrono>
#include <memory>
#include <thread>

#include "workload.hpp"

namespace runbookd::bench {

constexpr double kRealRangeSeconds = 0.02;
inline void wait_real_range() {
    std::this_thread::sleep_for(std::chrono::duration<double>(2 * kRealRangeSeconds));
}

class Libevent {
public:
    static constexpr const char* kName = "libevent";
    static constexpr bool kVirtualTime = false;

    explicit Libevent(const Workload& load)
        : config_(event_config_new()),
          events_(std::make_unique<event[]>(load.timers)),
          count_(load.timers),
          range_(load.range) {
        event_config_set_flag(config_, EVENT_BASE_FLAG_NOLOCK);
        base_ = event_base_new_with_config(config_);
        for (std::size_t n = 0; n < load.timers; ++n)
            event_assign(
                &events_[n], base_, -1, 0, [](evutil_socket_t, short, void*) { ++fired_count; }, nullptr);
    }
    Libevent(const Libevent&) = delete;
    Libevent& operator=(const Libevent&) = delete;
    ~Libevent() {
        event_base_free(base_);
        event_config_free(config_);
    }
    void schedule(std::size_t n, Tick after) { add(n, static_cast<double>(after) / 1000); }
    void move(std::size_t n, Tick after) { schedule(n, after); }
    void cancel(std::size_t n) { event_del(&events_[n]); }
    void schedule_soon(std::size_t n, Tick after) {
        add(n, kRealRangeSeconds * static_cast<double>(after) / static_cast<double>(range_));
    }
    /// In a callback, where libevent has the time cached.
    template <class Work>
    void in_loop(Work work) {
        const timeval at_once{};
        event_base_once(
            base_, -1, EV_TIMEOUT, [](evutil_socket_t, short, void* what) { (*static_cast<Work*>(what))(); },
            &work, &at_once);
        run();
    }
    /// The event, and its place in libevent's heap.
    [[nodiscard]] double bytes() const {
        return static_cast<double>(count_ * (sizeof(event) + sizeof(event*)));
    }
    void run() { event_base_loop(base_, EVLOOP_ONCE | EVLOOP_NONBLOCK); }

private:
    void add(std::size_t n, double seconds) {
        timeval after{};
        after.tv_sec = static_cast<time_t>(seconds);
        after.tv_usec = static_cast<suseconds_t>((seconds - static_cast<double>(after.tv_sec)) * 1e6);
        event_add(&events_[n], &after);
    }
    event_config* config_;
    event_base* base_ = nullptr;
    std::unique_ptr<event[]> events_;
    std::size_t count_;
    Tick range_;
};

class Libev {
public:
    static constexpr const char* kName = "libev";
    static constexpr bool kVirtualTime = false;

    explicit Libev(const Workload& load)
        : loop_(ev_loop_new(EVFLAG_AUTO)),
          count_(load.timers),
          timers_(std::make_unique<ev_timer[]>(load.timers)),
          range_(load.range) {
        for (std::size_t n = 0; n < load.timers; ++n)
            ev_timer_init(&timers_[n], ([](struct ev_loop*, ev_timer*, int) { ++fired_count; }), 0., 0.);
    }
    Libev(const Libev&) = delete;
    Libev& operator=(const Libev&) = delete;
    ~Libev() { ev_loop_destroy(loop_); }
    void schedule(std::size_t n, Tick after) { start(n, static_cast<double>(after) / 1000); }
    void move(std::size_t n, Tick after) {
        timers_[n].repeat = static_cast<double>(after) / 1000;  // what libev recommends for time-outs
        ev_timer_again(loop_, &timers_[n]);
        timers_[n].repeat = 0.;
    }
    void cancel(std::size_t n) { ev_timer_stop(loop_, &timers_[n]); }
    void schedule_soon(std::size_t n, Tick after) {
        start(n, kRealRangeSeconds * static_cast<double>(after) / static_cast<double>(range_));
    }
    template <class Work>
    void in_loop(Work work) {
        ev_now_update(loop_);
        work();
    }
    /// The timer, and its place in libev's heap with the time beside it.
    [[nodiscard]] double bytes() const {
        return static_cast<double>(count_ * (sizeof(ev_timer) + sizeof(ev_timer*) + sizeof(double)));
    }
    void run() { ev_run(loop_, EVRUN_NOWAIT); }

private:
    void start(std::size_t n, double seconds) {
        ev_timer_set(&timers_[n], seconds, 0.);
        ev_timer_start(loop_, &timers_[n]);
    }
    struct ev_loop* loop_;
    std::size_t count_;
    std::unique_ptr<ev_timer[]> timers_;
    Tick range_;
};

class Libuv {
public:
    static constexpr const char* kName = "libuv";
    static constexpr bool kVirtualTime = false;

    explicit Libuv(const Workload& load)
        : timers_(std::make_unique<uv_timer_t[]>(load.timers)), range_(load.range) {
        uv_loop_init(&loop_);
        for (std::size_t n = 0; n < load.timers; ++n) uv_timer_init(&loop_, &timers_[n]);
        count_ = load.timers;
    }
    Libuv(const Libuv&) = delete;
    Libuv& operator=(const Libuv&) = delete;
    ~Libuv() {
        for (std::size_t n = 0; n < count_; ++n)
            uv_close(reinterpret_cast<uv_handle_t*>(&timers_[n]), nullptr);
        uv_run(&loop_, UV_RUN_DEFAULT);
        uv_loop_close(&loop_);
    }
    void schedule(std::size_t n, Tick after) {
        uv_timer_start(&timers_[n], [](uv_timer_t*) { ++fired_count; }, after, 0);
    }
    void move(std::size_t n, Tick after) { schedule(n, after); }
    void cancel(std::size_t n) { uv_timer_stop(&timers_[n]); }
    void schedule_soon(std::size_t n, Tick after) {
        const auto share = static_cast<double>(after) / static_cast<double>(range_);
        schedule(n, static_cast<Tick>(1000 * kRealRangeSeconds * share));
    }
    template <class Work>
    void in_loop(Work work) {
        uv_update_time(&loop_);
        work();
    }
    [[nodiscard]] double bytes() const { return static_cast<double>(count_ * sizeof(uv_timer_t)); }
    void run() { uv_run(&loop_, UV_RUN_NOWAIT); }

private:
    uv_loop_t loop_{};
    std::unique_ptr<uv_timer_t[]> timers_;
    std::size_t count_ = 0;
    Tick range_;
};

}  // namespace runbookd::bench
