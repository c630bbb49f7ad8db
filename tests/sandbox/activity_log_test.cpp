#include "sandbox/activity_log.hpp"

#include "catch.hpp"

namespace runbookd::sandbox {
namespace {

/// Entries a second apart, each visible five seconds after its date.
ActivityLog log_of(int entries) {
    ActivityLog log;
    for (int i = 0; i < entries; ++i) {
        ActivityEntry entry;
        entry.date = from_unix_ms(i * 1000);
        entry.visible_from = SteadyTime{Millis{i * 1000 + 5000}};
        entry.job = static_cast<JobIndex>(i);
        log.add(entry);
    }
    return log;
}

constexpr SteadyTime kMuchLater{Millis{1'000'000}};

std::vector<std::int64_t> ids(const ActivityPage& page) {
    std::vector<std::int64_t> found;
    for (const auto& entry : page.entries) found.push_back(entry.id);
    return found;
}

ActivityQuery everything(Order order, std::size_t size) {
    ActivityQuery query;
    query.until = from_unix_ms(1'000'000);
    query.order = order;
    query.size = size;
    return query;
}

TEST_CASE("an entry is seen only after its lag", "[sandbox]") {
    const auto log = log_of(10);
    const auto query = everything(Order::ascending, 100);
    CHECK(log.find(query, SteadyTime{Millis{4999}}).entries.empty());
    CHECK(log.find(query, SteadyTime{Millis{7000}}).entries.size() == 3);
}

TEST_CASE("both ends of the asked span belong to it", "[sandbox]") {
    auto query = everything(Order::ascending, 100);
    query.from = from_unix_ms(2000);
    query.until = from_unix_ms(4000);
    CHECK(ids(log_of(10).find(query, kMuchLater)) == std::vector<std::int64_t>{3, 4, 5});
}

TEST_CASE("pages follow the cursor in both orders and both ways", "[sandbox]") {
    const auto log = log_of(5);
    auto query = everything(Order::descending, 2);
    auto page = log.find(query, kMuchLater);
    CHECK(ids(page) == std::vector<std::int64_t>{5, 4});
    CHECK(page.has_next);
    CHECK_FALSE(page.has_previous);
    query.cursor = 4;
    page = log.find(query, kMuchLater);
    CHECK(ids(page) == std::vector<std::int64_t>{3, 2});
    CHECK(page.has_previous);
    query.cursor = 2;
    page = log.find(query, kMuchLater);
    CHECK(ids(page) == std::vector<std::int64_t>{1});
    CHECK_FALSE(page.has_next);
    query.cursor = 1;
    query.step = Step::previous;
    CHECK(ids(log.find(query, kMuchLater)) == std::vector<std::int64_t>{3, 2});
    query = everything(Order::ascending, 2);
    query.cursor = 2;
    CHECK(ids(log.find(query, kMuchLater)) == std::vector<std::int64_t>{3, 4});
}

TEST_CASE("other conditions hold before the paging", "[sandbox]") {
    auto query = everything(Order::ascending, 2);
    query.matches = [](const ActivityEntry& entry) { return entry.job % 2 == 1; };
    const auto page = log_of(6).find(query, kMuchLater);
    CHECK(ids(page) == std::vector<std::int64_t>{2, 4});
    CHECK(page.has_next);
}

}  // namespace
}  // namespace runbookd::sandbox
