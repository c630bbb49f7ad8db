#pragma once
// Names and uids as types of their own, so that a device's uid cannot stand where a job's belongs.
#include <compare>
#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <utility>

#include "base/shared_text.hpp"

namespace runbookd {

/// A text id. Datto's uids are usually GUIDs, but not always ("Deleted Devices"), so all are kept as text.
template <class Tag>
class Id {
public:
    Id() = default;
    explicit Id(std::string text) : text_(std::move(text)) {}

    [[nodiscard]] const std::string& str() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

    friend auto operator<=>(const Id&, const Id&) = default;
    friend bool operator==(const Id&, const Id&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Id& id) { return out << id.text_; }

private:
    std::string text_;
};

/// The same for what is named at many places at once (a device in the fleet, its history and every run): its
/// copies share one text.
template <class Tag>
class SharedId {
public:
    SharedId() = default;
    explicit SharedId(std::string text) : text_(std::move(text)) {}

    [[nodiscard]] const std::string& str() const { return text_.str(); }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    /// Lets this one share the text that the pool has.
    void share(TextPool& pool) { pool.share(text_); }

    friend std::strong_ordering operator<=>(const SharedId& a, const SharedId& b) {
        return a.str().compare(b.str()) <=> 0;
    }
    friend bool operator==(const SharedId&, const SharedId&) = default;
    friend std::ostream& operator<<(std::ostream& out, const SharedId& id) { return out << id.str(); }

private:
    SharedText text_;
};

using DeviceUid = SharedId<struct DeviceUidTag>;  ///< Datto's
using SiteUid = SharedId<struct SiteUidTag>;      ///< Datto's
using ComponentUid = Id<struct ComponentUidTag>;  ///< Datto's
using DattoJobUid = Id<struct DattoJobUidTag>;    ///< Datto's uid of a quick job
using AlertUid = Id<struct AlertUidTag>;          ///< Datto's
using RunUid = Id<struct RunUidTag>;              ///< ours, a ULID
using JobUid = Id<struct JobUidTag>;              ///< ours, a ULID; the token in the job's name
using ApprovalUid = Id<struct ApprovalUidTag>;    ///< ours, a ULID: a request ahead of its run, or the run's

}  // namespace runbookd

template <class Tag>
struct std::hash<runbookd::SharedId<Tag>> {
    std::size_t operator()(const runbookd::SharedId<Tag>& id) const noexcept {
        return std::hash<std::string>{}(id.str());
    }
};
template <class Tag>
struct std::hash<runbookd::Id<Tag>> {
    std::size_t operator()(const runbookd::Id<Tag>& id) const noexcept {
        return std::hash<std::string>{}(id.str());
    }
};
