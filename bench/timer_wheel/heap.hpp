#pragma once
// An indexed 4-ary heap: the usual alternative to a wheel. It keeps no order among equal due ticks, which
// would cost it eight more bytes and a comparison.
#include <memory>
#include <vector>

#include "workload.hpp"

namespace runbookd::bench {

class FourAryHeap {
public:
    static constexpr const char* kName = "4-ary heap";
    static constexpr bool kVirtualTime = true;

    explicit FourAryHeap(const Workload& load)
        : nodes_(std::make_unique<Node[]>(load.timers)), count_(load.timers) {}
    void schedule(std::size_t n, Tick after) {
        auto& node = nodes_[n];
        const Entry entry{after, &node};
        if (node.index == kNowhere) {
            heap_.push_back({});
            rise(heap_.size() - 1, entry);
        } else if (after < heap_[node.index].due) {
            rise(node.index, entry);
        } else {
            sink(node.index, entry);
        }
    }
    void move(std::size_t n, Tick after) { schedule(n, after); }
    void cancel(std::size_t n) {
        if (nodes_[n].index != kNowhere) remove(nodes_[n].index);
    }
    void advance(Tick now) {
        while (!heap_.empty() && heap_.front().due <= now) {
            auto& node = *heap_.front().node;
            remove(0);
            node.on_fire(node);
        }
    }
    void start_over(Tick) {}
    [[nodiscard]] double bytes() const {
        return static_cast<double>(count_ * sizeof(Node) + heap_.capacity() * sizeof(Entry));
    }

private:
    static constexpr std::size_t kNowhere = SIZE_MAX;
    struct Node {
        std::size_t index = kNowhere;
        void (*on_fire)(Node&) = [](Node&) { ++fired_count; };
    };
    struct Entry {
        Tick due;
        Node* node;
    };
    void put(std::size_t at, Entry entry) {
        heap_[at] = entry;
        entry.node->index = at;
    }
    void rise(std::size_t at, Entry entry) {
        for (; at > 0 && entry.due < heap_[(at - 1) / 4].due; at = (at - 1) / 4) put(at, heap_[(at - 1) / 4]);
        put(at, entry);
    }
    void sink(std::size_t at, Entry entry) {
        for (;;) {
            const auto first = 4 * at + 1;
            if (first >= heap_.size()) break;
            auto least = first;
            for (auto child = first + 1; child < std::min(first + 4, heap_.size()); ++child)
                if (heap_[child].due < heap_[least].due) least = child;
            if (entry.due <= heap_[least].due) break;
            put(at, heap_[least]);
            at = least;
        }
        put(at, entry);
    }
    void remove(std::size_t at) {
        const auto last = heap_.back();
        const auto removed = heap_[at].due;
        heap_[at].node->index = kNowhere;
        heap_.pop_back();
        if (at == heap_.size()) return;
        if (last.due < removed) {
            rise(at, last);
        } else {
            sink(at, last);
        }
    }
    std::unique_ptr<Node[]> nodes_;
    std::size_t count_;
    std::vector<Entry> heap_;
};

}  // namespace runbookd::bench
