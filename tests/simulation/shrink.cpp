#include "simulation/shrink.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <utility>

namespace runbookd::simulation {
namespace {

using std::chrono::hours;

class Shrinker {
public:
    Shrinker(World world, Mutation mutation, std::string rule, std::size_t lives)
        : world_(std::move(world)), mutation_(mutation), rule_(std::move(rule)), lives_left_(lives) {}

    World shrink() {
        for (bool has_changed = true; has_changed && lives_left_ > 0;) {
            has_changed = shorten();
            has_changed = without_trouble() || has_changed;
            has_changed = without_events() || has_changed;
            has_changed = without_runbooks() || has_changed;
            has_changed = without_lines() || has_changed;
            has_changed = without_people_and_things() || has_changed;
        }
        return std::move(world_);
    }

private:
    /// Whether the smaller one still breaks the promise; it is the world then.
    bool keep(World smaller) {
        if (lives_left_ == 0) return false;
        --lives_left_;
        try {
            const auto outcome = live(smaller, mutation_);
            if (std::none_of(outcome.findings.begin(), outcome.findings.end(),
                             [&](const auto& finding) { return finding.rule == rule_; }))
                return false;
        } catch (const std::exception&) {
            return false;  // it is not a world any more: a text was refused
        }
        world_ = std::move(smaller);
        return true;
    }
    bool try_without(const std::function<void(World&)>& take_away) {
        auto smaller = world_;
        take_away(smaller);
        return keep(std::move(smaller));
    }

    bool shorten() {
        bool has_changed = false;
        while (world_.length > hours{2} && try_without([](World& world) { world.length /= 2; }))
            has_changed = true;
        return has_changed;
    }

    bool without_trouble() {
        bool has_changed = false;
        const auto calm = [&](auto World::* what, auto value) {
            if (world_.*what == value) return;
            has_changed = try_without([&](World& world) { world.*what = value; }) || has_changed;
        };
        calm(&World::kill_every, std::uint64_t{0});
        calm(&World::kill_by_chance, 0);
        calm(&World::slow_commits, 0);
        calm(&World::on_sqlite, false);
        calm(&World::page, std::size_t{250});
        calm(&World::blackout_cron, std::string());
        calm(&World::limits, engine::Limits{600, 600, 100});
        for (auto rate :
             {&fakes::FaultRates::not_sent, &fakes::FaultRates::lost_before, &fakes::FaultRates::lost_after,
              &fakes::FaultRates::server_error, &fakes::FaultRates::throttled, &fakes::FaultRates::late_log})
            if (world_.faults.*rate != 0)
                has_changed = try_without([&](World& world) { world.faults.*rate = 0; }) || has_changed;
        for (auto most = world_.kills_at_most / 2;
             most > 0 && world_.kill_every + static_cast<std::uint64_t>(world_.kill_by_chance) != 0;
             most /= 2) {
            if (!try_without([&](World& world) { world.kills_at_most = most; })) break;
            has_changed = true;
        }
        return has_changed;
    }

    bool without_events() { return thin_out(&World::events); }

    /// First half of the list, then single ones.
    template <class T>
    bool thin_out(std::vector<T> World::* list) {
        bool has_changed = false;
        for (auto size = std::max<std::size_t>((world_.*list).size() / 2, 1); size > 0; size /= 2)
            for (std::size_t at = 0; at < (world_.*list).size();) {
                const bool is_gone = try_without([&](World& world) {
                    auto& all = world.*list;
                    const auto from = all.begin() + static_cast<std::ptrdiff_t>(at);
                    all.erase(from, from + static_cast<std::ptrdiff_t>(std::min(size, all.size() - at)));
                });
                has_changed = is_gone || has_changed;
                if (!is_gone) at += size;
            }
        return has_changed;
    }

    bool without_runbooks() {
        bool has_changed = false;
        const auto names = world_.versions.front();
        for (const auto& [name, text] : names)
            has_changed = try_without([&, &runbook = name](World& world) {
                              for (auto& version : world.versions) version.erase(runbook);
                          }) ||
                          has_changed;
        return has_changed;
    }

    /// Of the runbooks: each line that is a key of its own, with those below it.
    bool without_lines() {
        bool has_changed = false;
        for (std::size_t number = 0; number < world_.versions.size(); ++number) {
            const auto version = world_.versions[number];
            for (const auto& [name, text] : version)
                has_changed = without_lines_of(number, name) || has_changed;
        }
        return has_changed;
    }
    bool without_lines_of(std::size_t number, const std::string& name) {
        bool has_changed = false;
        for (std::size_t at = 0; at < world_.versions[number].at(name).size();) {
            const auto& text = world_.versions[number].at(name);
            auto end = text.find('\n', at);
            while (end != std::string::npos && end + 1 < text.size() && text[end + 1] == ' ')
                end = text.find('\n', end + 1);
            const auto next = end == std::string::npos ? text.size() : end + 1;
            const auto key = text.substr(at, text.find(':', at) - at);
            const bool is_needed = key == "name" || key == "targets" || key == "component";
            const bool is_gone = !is_needed && try_without([&](World& world) {
                world.versions[number].at(name).erase(at, next - at);
            });
            has_changed = is_gone || has_changed;
            if (!is_gone) at = next;
        }
        return has_changed;
    }

    bool without_people_and_things() {
        bool has_changed = thin_out(&World::alerts);
        has_changed = thin_out(&World::customers) || has_changed;
        for (std::size_t place = world_.devices.size(); place-- > 1;) {
            // Alerts and people name devices by their place: only the last one can go.
            const bool is_named = std::any_of(world_.alerts.begin(), world_.alerts.end(),
                                              [&](const auto& alert) { return alert.device >= place; });
            if (is_named) break;
            if (!try_without([](World& world) { world.devices.pop_back(); })) break;
            has_changed = true;
        }
        for (std::size_t place = 0; place < world_.devices.size(); ++place)
            if (!world_.devices[place].offline.empty())
                has_changed =
                    try_without([&](World& world) { world.devices[place].offline.clear(); }) || has_changed;
        return has_changed;
    }

    World world_;
    Mutation mutation_;
    std::string rule_;
    std::size_t lives_left_;
};

}  // namespace

World shrink(World world, Mutation mutation, const std::string& broken_rule, std::size_t lives_at_most) {
    return Shrinker(std::move(world), mutation, broken_rule, lives_at_most).shrink();
}

}  // namespace runbookd::simulation
