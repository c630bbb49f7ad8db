#include "store/notices_writer.hpp"

#include <variant>

#include "store/visible_text.hpp"

namespace runbookd::store {

void NoticesWriter::write(const ports::NoticeRecord& record_of_any_kind) {
    std::visit([this](const auto& one) { record(one); }, record_of_any_kind);
}

void NoticesWriter::record(const ports::NoticesMade& made) {
    use("write_notice_cursor").bind(":seq", made.through).run();
    for (const auto& notice : made.notices) {
        auto insert = use("write_notice");
        insert.bind(":uid", notice.uid).bind(":event", notice.event).bind(":target", notice.to);
        insert.bind(":per", runbook::to_text(notice.per)).bind(":subject", notice.subject);
        insert.bind(":runbook", notice.runbook).bind(":run", notice.run_uid);
        insert.bind(":payload", notice.payload).bind(":at", made.at).run();
    }
}

void NoticesWriter::record(const ports::NoticeDelivered& delivered) {
    use("write_notice_delivered").bind(":uid", delivered.uid).bind(":at", delivered.at).run();
}

void NoticesWriter::record(const ports::NoticeFailed& failed) {
    const auto error = visible_text(failed.error);
    use("write_notice_failed")
        .bind(":uid", failed.uid)
        .bind(":next", failed.next_at)
        .bind(":error", error)
        .run();
}

void NoticesWriter::record(const ports::NoticeGivenUp& given_up) {
    engine::Noted note;
    {
        auto update = use("write_notice_given_up");
        const auto error = visible_text(given_up.error);
        update.bind(":uid", given_up.uid).bind(":error", error).bind(":at", given_up.at);
        if (!update.step()) return;
        note.data = {{"target", update.text(0)},
                     {"runbook", update.text(1)},
                     {"attempts", std::to_string(update.integer(3))},
                     {"error", error}};
        if (auto run = update.text(2); !run.empty()) note.data["run_uid"] = std::move(run);
    }
    note.subject = "notice";
    note.subject_uid = given_up.uid;
    note.kind = "notice.given_up";
    note.at = given_up.at;
    records_.write(note);
}

void NoticesWriter::record(const ports::NoticesForgotten& forgotten) {
    use("write_notices_forgotten").bind(":before", forgotten.before).run();
}

}  // namespace runbookd::store
