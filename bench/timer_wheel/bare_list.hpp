#pragma once
// The yardstick: one intrusive list that is told the right order in advance. It does none of a timer's work;
// what it costs is touching the timers.
#include <boost/intrusive/list.hpp>
#include <memory>

#include "workload.hpp"

namespace runbookd::bench {

class BareList {
public:
    static constexpr const char* kName = "bare list";
    static constexpr bool kVirtualTime = true;

    explicit BareList(const Workload& load)
        : nodes_(std::make_unique<Node[]>(load.timers)), count_(load.timers) {}
    ~BareList() { list_.clear(); }
    void schedule(std::size_t n, Tick after) {
        cancel(n);
        nodes_[n].due = after;
        list_.push_back(nodes_[n]);
    }
    void move(std::size_t n, Tick after) { schedule(n, after); }
    void cancel(std::size_t n) {
        if (nodes_[n].is_linked()) list_.erase(list_.iterator_to(nodes_[n]));
    }
    void advance(Tick now) {
        while (!list_.empty() && list_.front().due <= now) {
            auto& node = list_.front();
            list_.pop_front();
            node.on_fire(node);
        }
    }
    void start_over(Tick) {}
    [[nodiscard]] double bytes() const { return static_cast<double>(count_ * sizeof(Node)); }

private:
    struct Node : boost::intrusive::list_base_hook<> {
        Tick due = 0;
        void (*on_fire)(Node&) = [](Node&) { ++fired_count; };
    };
    std::unique_ptr<Node[]> nodes_;
    std::size_t count_;
    boost::intrusive::list<Node, boost::intrusive::constant_time_size<false>> list_;
};

}  // namespace runbookd::bench
