#include "config/customers_reader.hpp"

#include <algorithm>
#include <utility>

#include "base/glob.hpp"
#include "config/blackout_reader.hpp"
#include "config/cron_reader.hpp"
#include "config/document.hpp"
#include "config/quantities.hpp"
#include "config/text_file.hpp"
#include "config/zone_reader.hpp"

namespace runbookd::config {
namespace {

namespace fs = std::filesystem;
using runbook::Customer;
using runbook::MaintenanceWindow;

constexpr Range<Millis> kWindowSpans{std::chrono::minutes{1}, std::chrono::hours{31 * 24}};
constexpr std::size_t kMostSites = 10'000;

class CustomersReader {
public:
    enum class From { settings, record };

    CustomersReader(const std::string& account_zone, const Surroundings& around, From from = From::settings)
        : account_zone_(account_zone), around_(around), from_(from) {}

    /// `field` is a map of customers.
    void read_map(const Field& field) {
        report_duplicates(field);
        for (const auto& entry : field.node->entries) {
            const auto path = (field.path.empty() ? "" : field.path + ".") + clipped(entry.key);
            if (from_ == From::settings && !is_plain_name(entry.key))
                field.report->error(entry.key_mark, path,
                                    {.code = "bad_value",
                                     .message = shown(entry.key) + " cannot be a customer's name",
                                     .expected = "small letters, digits and -"});
            if (customers_.count(entry.key) > 0)
                field.report->error(
                    entry.key_mark, path,
                    {.code = "duplicate_name",
                     .message = "another file has the customer " + shown(entry.key) + " already",
                     .expected = "each customer once"});
            const Field one{entry.value.get(), path, field.report};
            customers_[entry.key] = read_customer(entry.key, one);
        }
    }

    void read_folder(const Field& field) {
        const auto folder = (around_.folder / field.node->text).lexically_normal();
        std::vector<fs::path> files;
        std::error_code failed;
        for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end;
             entry.increment(failed)) {
            const auto& path = entry->path();
            if (path.extension() == ".yaml" && !path.filename().native().starts_with('.'))
                files.push_back(path);
        }
        if (failed)
            return field.error(
                {.code = "unreadable",
                 .message = "the folder " + folder.string() + " cannot be read: " + failed.message(),
                 .expected = "a map of customers, or a folder with files of such maps"});
        std::sort(files.begin(), files.end());
        for (const auto& file : files) read_file(file, *field.report);
    }

    runbook::Customers take() { return std::move(customers_); }

private:
    void read_file(const fs::path& file, Report& all) {
        Report report(file.string());
        const auto text = read_text_file(file, kMaxFileBytes);
        if (!text) {
            report.error({}, "", {.code = "unreadable", .message = "the file " + text.error().message});
        } else {
            auto document = parse_document(*text, file.string());
            report.add(std::move(document.diagnostics));
            const Field root{document.root.get(), "", &report};
            if (document.root && root.is_map())
                read_map(root);
            else if (document.root)
                root.wrong_type("a map of customers");
        }
        all.add(report.take());
    }

    Customer read_customer(const std::string& name, const Field& field) {
        static const Vocabulary keys{{"sites", "timezone", "windows", "not_during"}, {}};
        Customer customer;
        customer.name = name;
        const auto map = MapReader::open(field, keys);
        if (!map) return customer;
        if (const auto sites = map->get("sites")) {
            const auto items = read_full_list(*sites, R"(["Acme *"])", kMostSites);
            for (const auto& item : items)
                if (auto site = read_text(item)) customer.sites.push_back(take_site(name, item, *site));
            report_repeats(items);
        } else if (from_ == From::settings) {
            map->missing("sites", R"(names, globs or uids of sites, such as sites: ["Acme *"])");
        }
        if (const auto zone = map->get("timezone")) customer.timezone = read_zone_name(*zone);
        if (const auto windows = map->get("windows")) customer.windows = read_windows(*windows, name);
        if (const auto blackouts = map->get("not_during"))
            customer.not_during =
                read_blackouts(*blackouts, name, [&] { return zone_of(*blackouts, customer); });
        return customer;
    }

    /// What two customers name is certainly a mistake; whose patterns overlap only the sites can tell.
    std::string take_site(const std::string& customer, const Field& field, const std::string& site) {
        const auto [known, is_new] = sites_.emplace(ascii_lower(site), customer);
        if (!is_new && known->second != customer)
            field.warning({.code = "shared_site",
                           .message = shown(site) + " stands in customer " + shown(known->second) +
                                      " too; the first by name has its sites",
                           .expected = "each site in one customer"});
        return site;
    }

    [[nodiscard]] std::string read_zone_name(const Field& field) const {
        if (around_.zones == nullptr) return read_text(field).value_or("");
        const auto zone = read_zone(field, *around_.zones);
        return zone ? zone->name() : std::string();
    }

    [[nodiscard]] std::shared_ptr<const cron::Zone> zone_of(const Field& field,
                                                            const Customer& customer) const {
        if (around_.zones == nullptr) return nullptr;
        return find_account_zone(field, customer.timezone.empty() ? account_zone_ : customer.timezone,
                                 *around_.zones);
    }

    static std::map<std::string, MaintenanceWindow> read_windows(const Field& field,
                                                                 const std::string& customer) {
        std::map<std::string, MaintenanceWindow> windows;
        if (!field.is_map()) {
            field.wrong_type(R"(a map such as {patch: {cron: "0 2 * * SUN", for: 3h}})");
            return windows;
        }
        report_duplicates(field);
        for (const auto& entry : field.node->entries) {
            const auto path = field.path + "." + clipped(entry.key);
            if (!is_plain_name(entry.key))
                field.report->error(entry.key_mark, path,
                                    {.code = "bad_value",
                                     .message = shown(entry.key) + " cannot be a window's name",
                                     .expected = "small letters, digits and -"});
            if (auto window = read_window(Field{entry.value.get(), path, field.report}, customer))
                windows.emplace(entry.key, std::move(*window));
        }
        return windows;
    }

    static std::optional<MaintenanceWindow> read_window(const Field& field, const std::string& customer) {
        static const Vocabulary keys{{"cron", "for"}, {}};
        const auto map = MapReader::open(field, keys);
        if (!map) return std::nullopt;
        const auto cron = map->get("cron");
        const auto span = map->get("for");
        if (!cron) map->missing("cron", R"(when it begins, such as cron: "0 2 * * SUN")");
        if (!span) map->missing("for", "how long it lasts, such as for: 3h");
        cron::Options options;
        options.scope = customer;
        auto begins = cron ? read_cron(*cron, options) : std::nullopt;
        const auto length = span ? read_duration(*span, kWindowSpans) : std::nullopt;
        if (!begins || !length) return std::nullopt;
        return MaintenanceWindow{std::move(*begins), *length};
    }

    const std::string& account_zone_;
    const Surroundings& around_;
    From from_;
    runbook::Customers customers_;
    std::map<std::string, std::string> sites_;  // in small letters, and who named each first
};

}  // namespace

runbook::Customers read_customers(const Field& field, const std::string& account_zone,
                                  const Surroundings& around) {
    CustomersReader reader(account_zone, around);
    if (field.is_map())
        reader.read_map(field);
    else if (field.is_scalar() && !field.node->text.empty())
        reader.read_folder(field);
    else
        field.wrong_type("a map of customers, or a folder with files of such maps");
    return reader.take();
}

runbook::Customers read_recorded_customers(const Field& field, zones::ZoneSource& zones) {
    const std::string every_zone_is_written;
    Surroundings around;
    around.zones = &zones;
    CustomersReader reader(every_zone_is_written, around, CustomersReader::From::record);
    if (field.is_map()) reader.read_map(field);
    return reader.take();
}

}  // namespace runbookd::config
