#include "store/acknowledged_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <utility>

namespace runbookd::store {
namespace {

// One record of a fixed size at the file's beginning, inside one sector: it is replaced as a whole.
constexpr std::size_t kSeqDigits = 19;
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kCheckDigits = 16;
constexpr std::size_t kRecord = kSeqDigits + 1 + kHashDigits + 1 + kCheckDigits + 1;

/// What stands before the check sum, and it: a record that was written in part is seen.
std::string checked(const std::string& text) {
    return text + " " + sha256_hex(text).substr(0, kCheckDigits) + "\n";
}

std::string record_of(const ChainEnd& end) {
    auto seq = std::to_string(end.seq);
    seq.insert(0, kSeqDigits - seq.size(), '0');
    return checked(seq + " " + to_hex(end.hash));
}

}  // namespace

Result<AcknowledgedFile> AcknowledgedFile::open(const std::string& database) {
    constexpr mode_t kMode = 0640;
    const auto path = database + ".acknowledged";
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode);
    if (descriptor >= 0) return AcknowledgedFile(descriptor);
    const int error = errno;
    return fail(
        error == EACCES || error == EPERM || error == EROFS ? ErrorCode::permission : ErrorCode::unavailable,
        "cannot open " + path +
            " (it notes the newest event that is durable): " + std::generic_category().message(error));
}

AcknowledgedFile::AcknowledgedFile(AcknowledgedFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

AcknowledgedFile& AcknowledgedFile::operator=(AcknowledgedFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

AcknowledgedFile::~AcknowledgedFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<ChainEnd> AcknowledgedFile::read() const {
    std::array<char, kRecord> bytes{};
    if (::pread(descriptor_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        return std::nullopt;
    const std::string record(bytes.data(), bytes.size());
    const auto text = record.substr(0, kSeqDigits + 1 + kHashDigits);
    if (record != checked(text)) return std::nullopt;
    return ChainEnd{std::stoll(text.substr(0, kSeqDigits)), sha256_from_hex(text.substr(kSeqDigits + 1))};
}

void AcknowledgedFile::note(const ChainEnd& end) noexcept {
    try {
        const auto record = record_of(end);
        [[maybe_unused]] const auto written = ::pwrite(descriptor_, record.data(), record.size(), 0);
    } catch (const std::exception&) {
        return;  // out of memory: the note before stays
    }
}

std::string older_than_acknowledged(Connection& connection, const AcknowledgedFile& file) {
    const auto noted = file.read();
    if (!noted || noted->seq == 0) return {};
    Execution find(connection.statement("write_event_hash"));
    find.bind(":seq", noted->seq);
    const auto seq = std::to_string(noted->seq);
    if (!find.step())
        return "event " + seq + " was acknowledged, and the store ends with event " +
               std::to_string(read_chain_end(connection).seq) +
               ": it was put back to an earlier state (a restored backup, a reverted machine)";
    if (find.text(0) != to_hex(noted->hash))
        return "event " + seq +
               " is not the one that was acknowledged: the store was put back to an earlier state and went "
               "on from there, or is another one";
    return {};
}

}  // namespace runbookd::store
