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

ActivityPlace place_of(std::int64_t id) { return {from_unix_ms((id - 1) * 1000), id}; }

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
    query.cursor = place_of(4);
    page = log.find(query, kMuchLater);
    CHECK(ids(page) == std::vector<std::int64_t>{3, 2});
    CHECK(page.has_previous);
    query.cursor = place_of(2);
    page = log.find(query, kMuchLater);
    CHECK(ids(page) == std::vector<std::int64_t>{1});
    CHECK_FALSE(page.has_next);
    query.cursor = place_of(1);
    query.step = Step::previous;
    CHECK(ids(log.find(query, kMuchLater)) == std::vector<std::int64_t>{3, 2});
    query = everything(Order::ascending, 2);
    query.cursor = place_of(2);
    CHECK(ids(log.find(query, kMuchLater)) == std::vector<std::int64_t>{3, 4});
}

TEST_CASE("other conditions hold before the paging", "[sandbox]") {
    auto query = everything(Order::ascending, 2);
    query.matches = [](const ActivityEntry& entry) { return entry.job % 2 == 1; };
    const auto page = log_of(6).find(query, kMuchLater);
    CHECK(ids(page) == std::vector<std::int64_t>{2, 4});
    CHECK(page.has_next);
}

TEST_CASE("a page of a long log looks at no more entries than it holds, and one", "[sandbox]") {
    const auto log = log_of(100'000);
    constexpr SteadyTime kAfterAll{Millis{200'000'000}};
    std::size_t looked_at = 0;
    ActivityQuery query;
    query.from = from_unix_ms(50'000'000);
    query.until = from_unix_ms(90'000'000);
    query.size = 250;
    query.matches = [&](const ActivityEntry&) { return ++looked_at > 0; };
    for (const auto order : {Order::ascending, Order::descending}) {
        looked_at = 0;
        query.order = order;
        const auto page = log.find(query, kAfterAll);
        CHECK(page.entries.front().id == (order == Order::ascending ? 50'001 : 90'001));
        CHECK(looked_at == 251);
    }
    query.cursor = place_of(70'000);
    looked_at = 0;
    CHECK(log.find(query, kAfterAll).entries.front().id == 69'999);
    CHECK(looked_at == 251);
}

TEST_CASE("an entry of a clock that was set back stands at its date", "[sandbox]") {
    auto log = log_of(5);
    ActivityEntry early;
    early.date = from_unix_ms(1500);
    log.add(early);
    auto query = everything(Order::ascending, 2);
    CHECK(ids(log.find(query, kMuchLater)) == std::vector<std::int64_t>{1, 2});
    query.cursor = place_of(2);
    CHECK(ids(log.find(query, kMuchLater)) == std::vector<std::int64_t>{6, 3});
}

TEST_CASE("what is forgotten is gone, and a cursor into it still works", "[sandbox]") {
    auto log = log_of(5);
    log.forget_before(from_unix_ms(2000));
    CHECK(log.size() == 3);
    auto query = everything(Order::ascending, 2);
    query.cursor = place_of(1);
    CHECK(ids(log.find(query, kMuchLater)) == std::vector<std::int64_t>{3, 4});
    log.add(ActivityEntry{});
    CHECK(log.find(everything(Order::ascending, 1), kMuchLater).entries.front().id == 6);
}

}  // namespace
}  // namespace runbookd::sandbox
