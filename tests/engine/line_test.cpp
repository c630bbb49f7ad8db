#include "engine/line.hpp"

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::failure;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Kind = Budget::Kind;

struct Bed {
    Outbox outbox;
    Line line{{"main", LimitsSource::upstream, {}, 0.8}, outbox};
    Instant now{UtcTime{seconds{1'000'000}}, SteadyTime{seconds{1000}}};
    std::vector<CallId> sent;
    std::vector<std::string> notes;

    void look() {
        for (auto& action : outbox.take())
            if (auto* const call = std::get_if<Call>(&action)) {
                sent.push_back(call->id);
            } else {
                for (const auto& record : std::get<Commit>(action).batch)
                    notes.push_back(std::get<Noted>(record).kind);
            }
    }
    CallId read() {
        line.send(ReadDevice{DeviceUid{"d1"}}, [](const ApiResult&, Instant) {});
        look();
        return sent.back();
    }
    CallId create() {
        line.reserve_create();
        line.send_reserved(CreateQuickJob{}, [](const ApiResult&, Instant) {});
        look();
        return sent.back();
    }
    void reply(CallId id, ApiResult result) {
        line.on_reply(id, std::move(result), now);
        look();
    }
    void pass(Millis span) {
        now.utc += span;
        now.steady += span;
    }
    void open() {
        line.pump(now);
        look();
        RequestRate rate;
        rate.write_limit = 600;
        reply(sent.back(), rate);
    }
    /// Whether a rate check goes out now.
    bool checks() {
        const auto before = sent.size();
        line.pump(now);
        look();
        return sent.size() > before;
    }
};

}  // namespace

TEST_CASE("nothing but the rate check goes out before it is answered", "[engine][line]") {
    Bed bed;
    CHECK_FALSE(bed.line.is_open(Kind::read, bed.now));
    CHECK_FALSE(bed.line.is_open(Kind::create, bed.now));
    bed.open();
    CHECK(bed.line.is_open(Kind::read, bed.now));
    CHECK(bed.line.is_open(Kind::create, bed.now));
    CHECK(bed.sent.size() == 1);
    bed.line.pump(bed.now);
    bed.look();
    CHECK(bed.sent.size() == 1);
}

TEST_CASE("what the API reports at the start is taken off the budget", "[engine][line]") {
    Bed bed;
    bed.line.pump(bed.now);
    bed.look();
    RequestRate rate;
    rate.read_count = 10;
    rate.write_limit = 600;
    rate.write_count = rate.create_count = 79;
    bed.reply(bed.sent.back(), rate);
    CHECK(bed.line.budget().reads(bed.now.steady).used == 10);
    CHECK(bed.line.is_open(Kind::create, bed.now));
    bed.line.reserve_create();
    CHECK_FALSE(bed.line.is_open(Kind::create, bed.now));
}

TEST_CASE("a rate check that is refused for good is not sent again at once", "[engine][line]") {
    for (const auto kind : {FailureKind::forbidden, FailureKind::not_found, FailureKind::rejected}) {
        Bed bed;
        bed.line.pump(bed.now);
        bed.look();
        bed.reply(bed.sent.back(), failure(kind, 403));
        bed.line.pump(bed.now);
        bed.look();
        CHECK(bed.sent.size() == 1);
        CHECK_FALSE(bed.line.problem().empty());
        CHECK(bed.line.opens_at(Kind::rate_check, bed.now) == bed.now.steady + seconds{60});
        bed.pass(seconds{60});
        bed.open();
        CHECK(bed.line.is_answered());
        CHECK(bed.line.problem().empty());
    }
}

TEST_CASE("no answer backs off step by step, calls that fail together count once", "[engine][line]") {
    Bed bed;
    bed.open();
    for (const int pause : {1, 2, 4, 8, 16, 32, 60, 60}) {
        const auto a = bed.read();
        const auto b = bed.read();
        bed.reply(a, failure(FailureKind::lost));
        bed.reply(b, failure(FailureKind::lost));
        CHECK(bed.line.is_held(bed.now));
        CHECK(bed.line.opens_at(Kind::read, bed.now) == bed.now.steady + seconds{pause});
        bed.pass(seconds{pause});
        CHECK_FALSE(bed.line.is_held(bed.now));
    }
    CHECK(bed.notes == std::vector<std::string>{"account.unreachable"});
    bed.reply(bed.read(), Device{});
    bed.reply(bed.read(), Device{});
    CHECK(bed.notes == std::vector<std::string>{"account.unreachable", "account.recovered"});
    CHECK(bed.line.problem().empty());
}

TEST_CASE("one read without an answer holds up nothing, two in a row do", "[engine][line]") {
    Bed bed;
    bed.open();
    for (int round = 0; round < 3; ++round) {
        bed.reply(bed.read(), failure(round == 1 ? FailureKind::server_error : FailureKind::lost));
        CHECK_FALSE(bed.line.is_held(bed.now));
        bed.reply(bed.read(), Device{});
    }
    CHECK(bed.notes.empty());
    bed.reply(bed.read(), failure(FailureKind::not_sent));
    CHECK_FALSE(bed.line.is_held(bed.now));
    bed.reply(bed.read(), failure(FailureKind::lost));
    CHECK(bed.line.is_held(bed.now));
    // Of a create that got no answer nobody knows anything: that one is not waved through.
    Bed other;
    other.open();
    other.reply(other.create(), failure(FailureKind::lost));
    CHECK(other.line.is_held(other.now));
}

TEST_CASE("a 429 pauses the account for as long as it says, and is recorded", "[engine][line]") {
    Bed bed;
    bed.open();
    const auto meant_for_long = bed.read();
    const auto under_way = bed.read();
    bed.reply(meant_for_long, tl::unexpected<ApiFailure>({FailureKind::throttled, 429, "", seconds{17}}));
    CHECK(bed.line.opens_at(Kind::create, bed.now) == bed.now.steady + seconds{17});
    bed.reply(under_way, Device{});  // one that was let through ends no pause
    CHECK(bed.line.is_held(bed.now));
    CHECK(bed.notes == std::vector<std::string>{"account.throttled"});
    bed.pass(seconds{17});
    bed.open();
    bed.reply(bed.read(), failure(FailureKind::throttled, 429));
    CHECK(bed.line.opens_at(Kind::read, bed.now) == bed.now.steady + seconds{60});
    bed.pass(seconds{60});
    bed.open();
    bed.reply(bed.read(), tl::unexpected<ApiFailure>({FailureKind::throttled, 429, "", Millis{0}}));
    CHECK(bed.line.is_held(bed.now));  // also where it says 0 s: no call goes out in the same instant
    bed.pass(seconds{1});
    bed.open();
    bed.reply(bed.read(), tl::unexpected<ApiFailure>({FailureKind::throttled, 429, "", hours{24 * 365}}));
    CHECK(bed.line.opens_at(Kind::read, bed.now) == bed.now.steady + hours{1});  // then it is asked again
}

TEST_CASE("a pause that the API asked for ends with a rate check, before anything else goes out",
          "[engine][line]") {
    for (const auto kind : {FailureKind::throttled, FailureKind::blocked}) {
        Bed bed;
        bed.open();
        bed.reply(bed.read(), failure(kind, 429));
        CHECK_FALSE(bed.checks());
        const auto ends = *bed.line.held_until(bed.now);
        CHECK(bed.line.wakes_at(bed.now) == ends);
        bed.pass(ends - bed.now.steady);
        CHECK_FALSE(bed.line.is_open(Kind::read, bed.now));
        CHECK_FALSE(bed.line.is_open(Kind::create, bed.now));
        REQUIRE(bed.checks());
        CHECK_FALSE(bed.line.is_open(Kind::read, bed.now));
        bed.reply(bed.sent.back(), failure(kind, 429));  // it goes on
        CHECK_FALSE(bed.line.is_open(Kind::read, bed.now));
        bed.pass(*bed.line.held_until(bed.now) - bed.now.steady);
        REQUIRE(bed.checks());
        RequestRate rate;
        rate.write_limit = 600;
        rate.write_count = rate.create_count = 80;  // others have used it all
        bed.reply(bed.sent.back(), rate);
        CHECK(bed.line.is_open(Kind::read, bed.now));
        CHECK_FALSE(bed.line.is_open(Kind::create, bed.now));
        CHECK(bed.line.last_check()->others.creates == 80);
        CHECK(bed.notes.back() == "account.recovered");
        CHECK_FALSE(bed.line.held_until(bed.now));
    }
}

TEST_CASE("the account's counters are read again every three minutes, while anything is sent",
          "[engine][line]") {
    Bed bed;
    bed.open();
    bed.pass(hours{1});
    CHECK_FALSE(bed.checks());
    CHECK_FALSE(bed.line.wakes_at(bed.now));
    bed.reply(bed.read(), Device{});
    CHECK(bed.checks());  // the last one is long ago
    RequestRate rate;
    rate.read_count = 2;
    rate.write_limit = 600;
    bed.reply(bed.sent.back(), rate);
    CHECK(bed.line.last_check()->others == Counts{});  // both are ours
    bed.reply(bed.read(), Device{});
    CHECK_FALSE(bed.checks());
    CHECK(bed.line.wakes_at(bed.now) == bed.now.steady + minutes{3});
    bed.pass(minutes{3});
    CHECK(bed.checks());
    rate.read_count = 101;
    bed.reply(bed.sent.back(), rate);
    CHECK(bed.line.last_check()->others.reads == 100);
    CHECK(bed.line.last_check()->at == bed.now.utc);
    CHECK(bed.line.budget().reads(bed.now.steady).used == 101);
}

TEST_CASE("a check that fails later on stops nothing and is made again a minute later", "[engine][line]") {
    Bed bed;
    bed.open();
    for (const auto kind : {FailureKind::forbidden, FailureKind::not_found, FailureKind::rejected}) {
        bed.pass(minutes{3});
        bed.reply(bed.read(), Device{});
        REQUIRE(bed.checks());
        bed.reply(bed.sent.back(), failure(kind, 403));
        CHECK(bed.line.is_open(Kind::read, bed.now));
        CHECK(bed.line.problem().empty());
        CHECK_FALSE(bed.checks());
        CHECK(bed.line.wakes_at(bed.now) == bed.now.steady + seconds{60});
        bed.pass(seconds{60});
        REQUIRE(bed.checks());
        RequestRate rate;
        rate.write_limit = 600;
        bed.reply(bed.sent.back(), rate);
    }
}

TEST_CASE("limits that change upstream are taken and recorded, where the configuration does not say",
          "[engine][line]") {
    Bed bed;
    bed.open();
    bed.reply(bed.read(), Device{});
    bed.pass(minutes{3});
    REQUIRE(bed.checks());
    RequestRate rate;
    rate.read_limit = 300;
    rate.create_limit = 50;
    bed.reply(bed.sent.back(), rate);  // and without the write fields: 100
    CHECK(bed.line.budget().limits() == Limits{300, 100, 50});
    CHECK(bed.notes == std::vector<std::string>{"account.limits"});
    Outbox outbox;
    Line fixed{{"main", LimitsSource::fixed, {20, 10, 10}, 1.0}, outbox};
    fixed.pump(bed.now);
    auto actions = outbox.take();
    fixed.on_reply(std::get<Call>(actions.at(0)).id, rate, bed.now);
    CHECK(fixed.budget().limits() == Limits{20, 10, 10});
}

TEST_CASE("at a start the creates that are recorded and those that the account counts are not added up",
          "[engine][line]") {
    Bed bed;
    bed.line.restore(60, bed.now);
    bed.line.pump(bed.now);
    bed.look();
    RequestRate rate;
    rate.read_count = 1;
    rate.write_limit = 600;
    rate.write_count = rate.create_count = 55;
    bed.reply(bed.sent.back(), rate);
    CHECK(bed.line.budget().creates(bed.now.steady).used == 60);
    CHECK(bed.line.last_check()->others == Counts{});
}

TEST_CASE("at most four other writes are under way, and a conflict is an answer to one", "[engine][line]") {
    Bed bed;
    bed.open();
    for (int i = 0; i < 4; ++i) {
        CHECK(bed.line.is_open(Kind::write, bed.now));
        bed.line.send_write(ReadSites{}, [](const ApiResult&, Instant) {});
    }
    bed.look();
    CHECK_FALSE(bed.line.is_open(Kind::write, bed.now));
    CHECK(bed.line.is_open(Kind::create, bed.now));
    bed.reply(bed.sent.back(), failure(FailureKind::conflict, 409));
    CHECK_FALSE(bed.line.is_held(bed.now));
    CHECK(bed.line.is_open(Kind::write, bed.now));
    CHECK(bed.line.budget().writes(bed.now.steady).used == 4);
    CHECK(bed.line.budget().creates(bed.now.steady).used == 0);
}

TEST_CASE("a shorter pause does not take the place of a longer one", "[engine][line]") {
    Bed bed;
    bed.open();
    const auto slow = bed.read();
    bed.reply(bed.read(), failure(FailureKind::blocked, 403));
    bed.reply(slow, failure(FailureKind::throttled, 429));
    CHECK(bed.line.opens_at(Kind::read, bed.now) == bed.now.steady + minutes{5});
    CHECK(bed.notes == std::vector<std::string>{"account.blocked"});
    CHECK(bed.line.problem().find("blocked") != std::string::npos);
}

TEST_CASE("a block pauses everything for five minutes at least", "[engine][line]") {
    Bed bed;
    bed.open();
    bed.reply(bed.read(), tl::unexpected<ApiFailure>({FailureKind::blocked, 403, "", seconds{5}}));
    CHECK(bed.line.opens_at(Kind::read, bed.now) == bed.now.steady + minutes{5});
}

TEST_CASE("a token that ran out holds nothing up, a fresh one that is refused does", "[engine][line]") {
    Bed bed;
    bed.open();
    std::vector<CallId> together;
    for (int i = 0; i < 8; ++i) together.push_back(bed.read());
    for (const auto id : together) bed.reply(id, failure(FailureKind::unauthenticated, 401));
    CHECK_FALSE(bed.line.is_held(bed.now));  // all eight went out with the old token
    bed.reply(bed.read(), failure(FailureKind::unauthenticated, 401));
    CHECK(bed.line.opens_at(Kind::read, bed.now) == bed.now.steady + seconds{60});
    CHECK(bed.notes == std::vector<std::string>{"account.refused"});
    bed.pass(seconds{60});
    bed.reply(bed.read(), failure(FailureKind::unauthenticated, 401));
    CHECK(bed.line.is_held(bed.now));
    bed.pass(seconds{60});
    bed.reply(bed.read(), Device{});
    CHECK(bed.notes.back() == "account.recovered");
    bed.reply(bed.read(), failure(FailureKind::unauthenticated, 401));
    CHECK_FALSE(bed.line.is_held(bed.now));  // the next token that ran out, days later
}

TEST_CASE("an answer about one call says nothing about the account", "[engine][line]") {
    for (const auto kind : {FailureKind::forbidden, FailureKind::not_found, FailureKind::rejected}) {
        Bed bed;
        bed.open();
        bed.reply(bed.read(), failure(kind, 404));
        CHECK_FALSE(bed.line.is_held(bed.now));
        CHECK(bed.line.problem().empty());
    }
}

TEST_CASE("a conflict backs a read off, and is an answer to a create", "[engine][line]") {
    Bed bed;
    bed.open();
    bed.line.reserve_create();
    bed.line.send_reserved({}, [](const ApiResult&, Instant) {});
    bed.look();
    bed.reply(bed.sent.back(), failure(FailureKind::conflict, 409));
    CHECK_FALSE(bed.line.is_held(bed.now));
    for (int i = 0; i < 2; ++i) bed.reply(bed.read(), failure(FailureKind::conflict, 409));
    CHECK(bed.line.is_held(bed.now));
}

TEST_CASE("at most eight creates are under way, reserved ones too", "[engine][line]") {
    Bed bed;
    bed.open();
    for (int i = 0; i < 8; ++i) {
        CHECK(bed.line.is_open(Kind::create, bed.now));
        bed.line.reserve_create();
    }
    CHECK_FALSE(bed.line.is_open(Kind::create, bed.now));
    CHECK_FALSE(bed.line.opens_at(Kind::create, bed.now));  // a reply will tell
    bed.line.give_back(bed.now);
    CHECK(bed.line.is_open(Kind::create, bed.now));
    CHECK(bed.line.budget().creates(bed.now.steady).used == 7);
}

TEST_CASE("a call that never left counts for nothing", "[engine][line]") {
    Bed bed;
    bed.open();
    const auto before = bed.line.budget().reads(bed.now.steady).used;
    bed.reply(bed.read(), failure(FailureKind::not_sent));
    CHECK(bed.line.budget().reads(bed.now.steady).used == before);
    bed.pass(seconds{1});
    bed.reply(bed.read(), failure(FailureKind::lost));
    CHECK(bed.line.budget().reads(bed.now.steady).used == before + 1);
}

}  // namespace runbookd::engine
