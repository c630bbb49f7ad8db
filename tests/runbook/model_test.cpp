#include "runbook/model.hpp"

#include "catch.hpp"

using runbookd::DeviceUid;
using runbookd::SiteUid;
using runbookd::runbook::DeviceFacts;
using runbookd::runbook::Selector;
using runbookd::runbook::TextMatch;

namespace {

const DeviceUid kDevice("D4E5F6A7-b8c9");
const SiteUid kSite("Site-Uid-1");

DeviceFacts facts() { return {kDevice, kSite, "Acme HQ", "ACME-DC01", "Microsoft Windows Server 2022"}; }

TextMatch any_of(std::vector<std::string> patterns) { return {std::move(patterns), false}; }
TextMatch none_of(std::vector<std::string> patterns) { return {std::move(patterns), true}; }

}  // namespace

TEST_CASE("a list matches when any of its globs does, a negated one when none does", "[runbook]") {
    CHECK(any_of({"x*", "ACME-*"}).matches("acme-1"));
    CHECK_FALSE(any_of({"x*", "y*"}).matches("acme-1"));
    CHECK_FALSE(none_of({"x*", "ACME-*"}).matches("acme-1"));
    CHECK(none_of({"x*", "y*"}).matches("acme-1"));
    CHECK_FALSE(any_of({}).matches("acme-1"));
    CHECK(none_of({}).matches("acme-1"));
}

TEST_CASE("a site is selected by the glob of its name or by its uid", "[runbook]") {
    Selector selector;
    selector.site = any_of({"acme *"});
    CHECK(selector.matches(facts()));
    selector.site = any_of({"site-UID-1"});
    CHECK(selector.matches(facts()));
    selector.site = any_of({"site-*"});  // a glob is for names only
    CHECK_FALSE(selector.matches(facts()));
    selector.site = none_of({"Site-Uid-1"});
    CHECK_FALSE(selector.matches(facts()));
    selector.site = none_of({"Other"});
    CHECK(selector.matches(facts()));
}

TEST_CASE("all keys of a selector must match", "[runbook]") {
    Selector selector;
    selector.os = any_of({"*Windows*"});
    selector.hostname = any_of({"ACME-*"});
    CHECK(selector.matches(facts()));
    selector.hostname = any_of({"OTHER-*"});
    CHECK_FALSE(selector.matches(facts()));
    selector.hostname = none_of({"*-LAB-*", "*SQL*"});
    CHECK(selector.matches(facts()));
    selector.site = any_of({"Elsewhere"});
    CHECK_FALSE(selector.matches(facts()));
}

TEST_CASE("a device is selected by its uid, whatever its case", "[runbook]") {
    Selector selector;
    selector.device = any_of({"d4e5f6a7-B8C9"});
    CHECK(selector.matches(facts()));
    selector.device = any_of({"another"});
    CHECK_FALSE(selector.matches(facts()));
}

TEST_CASE("a selector for all takes every device", "[runbook]") {
    Selector selector;
    selector.all = true;
    CHECK(selector.matches(facts()));
}
