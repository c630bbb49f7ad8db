#pragma once
// Whether the account has a device, for whoever serves several accounts and was given a name that no list
// shows yet: a list that is read after the question has the last word.
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "base/result.hpp"
#include "engine/alarm.hpp"
#include "engine/fleet.hpp"
#include "engine/fleet_reader.hpp"
#include "engine/line.hpp"

namespace runbookd::engine {

class DeviceLookups {
public:
    using Answer = std::function<void(Result<bool>)>;
    /// All outlive this.
    DeviceLookups(AlarmClock& clock, const Fleet& fleet, FleetReader& reader, const Line& line)
        : clock_(clock), fleet_(fleet), reader_(reader), line_(line) {}

    /// `device` is a uid, or a hostname that may be that of several. Answers at once where it is known.
    /// Errors: unavailable (no list has come in within a minute).
    void ask(std::string device, Answer answer, Instant now);
    void pump();

private:
    struct Asked {
        Asked(AlarmClock& clock, Alarm::Ring ring) : gives_up(clock, std::move(ring)) {}
        std::string device;
        Answer answer;
        SteadyTime at{};
        Alarm gives_up;
    };
    [[nodiscard]] bool is_known(const std::string& device) const;
    /// False: nobody can say yet.
    [[nodiscard]] bool try_to_answer(const Asked& asked) const;
    void give_up(std::uint64_t number);

    AlarmClock& clock_;
    const Fleet& fleet_;
    FleetReader& reader_;
    const Line& line_;
    std::map<std::uint64_t, Asked> asked_;
    std::uint64_t last_number_ = 0;
};

}  // namespace runbookd::engine
