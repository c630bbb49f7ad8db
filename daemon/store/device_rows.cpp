// The fleet in the record: who was in the account's list, since when, and who is gone.
#include "store/event_fields.hpp"
#include "store/record_writer.hpp"

namespace runbookd::store {
namespace {

using nlohmann::json;
using Change = engine::FleetRow::Change;

std::int64_t flag(bool value) { return value ? 1 : 0; }

void bind_device(Execution& statement, const std::string& account, const engine::Device& device) {
    statement.bind(":account", account);
    statement.bind(":device", device.uid.str()).bind(":hostname", device.hostname);
    statement.bind(":site_uid", device.site_uid.str()).bind(":site_name", device.site_name.str());
    statement.bind(":os", device.os.str()).bind(":device_type", device.device_type.str());
    statement.bind(":class", device.device_class.str()).bind(":online", flag(device.online));
    statement.bind(":suspended", flag(device.suspended)).bind(":deleted", flag(device.deleted));
    statement.bind(":last_seen_at", device.last_seen);
}

}  // namespace

void RecordWriter::record(const engine::FleetChanged& fleet) {
    json data = json::object();
    for (const auto& row : fleet.rows) {
        const auto& uid = row.device.uid.str();
        if (row.change == Change::known_before || row.change == Change::appeared) {
            auto insert = use("write_device");
            bind_device(insert, fleet.account, row.device);
            insert.bind(":known_before", flag(row.change == Change::known_before));
            insert.bind(":first_seen_at", row.first_seen).run();
        } else {
            auto update = use("write_device_change");
            bind_device(update, fleet.account, row.device);
            if (update.run() != 1)
                throw ContradictingRecord("fleet.changed: device " + uid + " was never seen before");
        }
        if (row.change == Change::appeared) data["appeared"].push_back(uid);
        if (row.change == Change::returned) data["returned"].push_back(uid);
    }
    for (const auto& device : fleet.gone) {
        auto leave = use("write_device_gone");
        leave.bind(":account", fleet.account);
        if (leave.bind(":device", device.str()).bind(":at", fleet.at).run() != 1)
            throw ContradictingRecord("fleet.changed: device " + device.str() + " was not there");
        data["gone"].push_back(device.str());
    }
    if (!data.empty()) event({fleet.at, "account", fleet.account, "fleet.changed", "", std::move(data)});
    if (fleet.first_list)
        event({fleet.at, "account", fleet.account, "fleet.first_list", "", {{"devices", *fleet.first_list}}});
}

void RecordWriter::record(const engine::SitesAssigned& sites) {
    json data{{"sites", json::object()}};
    for (const auto& row : sites.rows) {
        const auto& uid = row.site.str();
        if (row.customer.empty())
            use("write_site_of_nobody").bind(":site", uid).bind(":account", sites.account).run();
        else
            use("write_site_customer")
                .bind(":site", uid)
                .bind(":customer", row.customer)
                .bind(":account", sites.account)
                .run();
        data["sites"][uid] = row.customer;
    }
    event({sites.at, "account", sites.account, "customers.sites", "", std::move(data)});
}

}  // namespace runbookd::store
