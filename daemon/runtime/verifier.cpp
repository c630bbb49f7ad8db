#include "runtime/verifier.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "runtime/answer.hpp"

namespace runbookd::runtime {

namespace asio = boost::asio;

namespace {

constexpr Millis kSliceSpan = std::chrono::hours{24 * 31};

using Text = std::optional<std::string>;

}  // namespace

/// One question under way. The thread and the loop take turns with it.
struct Verifier::Work {
    verify::Present present;
    std::optional<UtcTime> from;  ///< instants after this
    std::vector<runbook::ZoneRules> rules;
    std::vector<verify::Revision> revisions;  ///< of the runbook at hand
    verify::Slice slice;
    verify::Report report;
};

Verifier::Verifier(ports::RecordedFacts& facts, ReadText read, const Clock& clock, asio::any_io_executor loop)
    : facts_(facts),
      read_(std::move(read)),
      clock_(clock),
      loop_(std::move(loop)),
      up_since_(clock.now().utc) {}

Verifier::~Verifier() { thread_.join(); }

asio::awaitable<Result<void>> Verifier::on_thread(std::function<void()> what) {
    const Answer<Text> answer(loop_);
    auto task = [what = std::move(what), loop = loop_, tell = answer.callback()] {
        Text trouble;
        try {
            what();
        } catch (const std::exception& error) {
            trouble = error.what();
        }
        asio::post(loop, [tell, trouble] { tell(trouble); });
    };
    asio::post(thread_, std::move(task));
    const auto told = co_await answer.wait();
    if (!told) co_return fail(ErrorCode::unavailable, "the daemon is stopping");
    if (*told) co_return fail(ErrorCode::internal, "verify failed: " + **told);
    co_return Result<void>{};
}

asio::awaitable<Result<verify::Report>> Verifier::verify(std::optional<UtcTime> since) {
    // What retention has removed needs no explanation.
    const auto pruned = co_await facts_.pruned_until();
    if (!pruned) co_return tl::unexpected<Error>(pruned.error());
    if (*pruned) since = std::max(since.value_or(**pruned), **pruned);
    const auto work = std::make_shared<Work>();
    work->present = {clock_.now().utc, up_since_};
    if (since) work->from = *since - Millis{1};
    work->report.since = since.value_or(work->present.now);
    work->report.until = work->present.now;
    auto rules = co_await facts_.zone_rules();
    if (!rules) co_return tl::unexpected<Error>(rules.error());
    work->rules = std::move(*rules);
    const auto names = co_await facts_.runbook_names();
    if (!names) co_return tl::unexpected<Error>(names.error());
    for (const auto& name : *names) {
        const auto done = co_await verify_runbook(work, name);
        if (!done) co_return tl::unexpected<Error>(done.error());
    }
    co_return std::move(work->report);
}

asio::awaitable<Result<void>> Verifier::verify_runbook(std::shared_ptr<Work> work, std::string runbook) {
    auto found = co_await facts_.revisions(runbook);
    if (!found) co_return tl::unexpected<Error>(found.error());
    // Shared: the thread may still read it when this is cancelled.
    const auto texts = std::make_shared<const std::vector<verify::RevisionText>>(std::move(*found));
    const auto now = work->present.now;
    if (texts->empty() || texts->front().from >= now) co_return Result<void>{};
    const auto last = texts->back().until.value_or(now);
    auto from = std::max(work->from.value_or(UtcTime::min()), texts->front().from);
    if (!work->from) work->report.since = std::min(work->report.since, from);
    const auto until = std::min(last, now);
    if (from >= until) co_return Result<void>{};
    ++work->report.runbooks;
    std::function<void()> read = [this, work, runbook, from, until, texts] {
        work->revisions.clear();
        for (const auto& text : *texts) work->revisions.push_back(read_(runbook, text, work->rules));
        verify::check_texts(runbook, work->revisions, from, until, work->report);
    };
    auto done = co_await on_thread(std::move(read));
    while (done && from < until) {
        auto slice = co_await facts_.slice(runbook, from, std::min(until, from + kSliceSpan));
        if (!slice) co_return tl::unexpected<Error>(slice.error());
        from = slice->until;
        work->slice = std::move(*slice);
        std::function<void()> compare = [work, runbook] {
            verify::check(runbook, work->revisions, work->slice, work->present, work->report);
        };
        done = co_await on_thread(std::move(compare));
    }
    co_return done;
}

}  // namespace runbookd::runtime
