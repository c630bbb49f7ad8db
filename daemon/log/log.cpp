#include "log/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace runbookd::log {
namespace {

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) < 0x20) {
            std::array<char, 8> code{};
            std::snprintf(code.data(), code.size(), "\\u%04x",
                          static_cast<unsigned>(static_cast<unsigned char>(c)));
            out += code.data();
        } else {
            out += c;
        }
    }
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    append_escaped(out, text);
    out += '"';
}

bool is_plain(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '=' || c == '\\') return false;
    return !text.empty();
}

std::string to_json(std::string_view level, std::string_view name, const Fields& fields) {
    std::string line = "\"level\":\"" + std::string(level) + "\",\"event\":";
    append_quoted(line, name);
    for (const auto& [key, value] : fields) {
        line += ',';
        append_quoted(line, key);
        line += ':';
        append_quoted(line, value);
    }
    return line + '}';
}

spdlog::level::level_enum spdlog_level(Level level) {
    switch (level) {
        case Level::debug: return spdlog::level::debug;
        case Level::info: return spdlog::level::info;
        case Level::warning: return spdlog::level::warn;
        case Level::error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

std::string_view level_name(Level level) {
    constexpr std::array<std::string_view, 4> kNames{"debug", "info", "warning", "error"};
    return kNames.at(static_cast<std::size_t>(level));
}

bool is_under_journal() { return std::getenv("JOURNAL_STREAM") != nullptr; }

/// sd-daemon(3): "<6>" before a line gives its priority to the journal.
std::string_view journal_priority(Level level) {
    constexpr std::array<std::string_view, 4> kPriorities{"<7>", "<6>", "<4>", "<3>"};
    return kPriorities.at(static_cast<std::size_t>(level));
}

}  // namespace

std::string to_line(std::string_view name, const Fields& fields) {
    std::string line(name);
    for (const auto& [key, value] : fields) {
        line += ' ';
        line += key;
        line += '=';
        if (is_plain(value))
            line += value;
        else
            append_quoted(line, value);
    }
    return line;
}

Log::Log(Level least, Format format)
    : logger_(
          std::make_unique<spdlog::logger>("runbookd", std::make_shared<spdlog::sinks::stderr_sink_mt>())),
      format_(format) {
    logger_->set_level(spdlog_level(least));
    logger_->flush_on(spdlog::level::debug);
    if (format_ == Format::json)
        logger_->set_pattern(R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ",%v)", spdlog::pattern_time_type::utc);
    else if (format_ == Format::automatic && is_under_journal())
        logger_->set_pattern("%v");
    else
        logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %-7l %v", spdlog::pattern_time_type::utc);
}

Log::~Log() = default;

void Log::event(Level level, std::string_view name, const Fields& fields) const {
    const auto at = spdlog_level(level);
    if (!logger_->should_log(at)) return;
    std::string line;
    if (format_ == Format::json)
        line = to_json(level_name(level), name, fields);
    else if (format_ == Format::automatic && is_under_journal())
        line = std::string(journal_priority(level)) + to_line(name, fields);
    else
        line = to_line(name, fields);
    if (redact_) line = redact_(std::move(line));
    logger_->log(at, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace runbookd::log
