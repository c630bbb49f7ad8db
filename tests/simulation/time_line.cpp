#include "simulation/time_line.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <vector>

namespace runbookd::simulation {
namespace {

constexpr double kLeft = 110, kWidth = 1400, kRow = 22, kTop = 44;

class Drawing {
public:
    Drawing(const World& world, const Picture& picture) : from_(world.start), until_(world.start) {
        for (const auto& run : picture.runs) {
            rows_.try_emplace(run.runbook, 0.0);
            until_ = std::max({until_, run.window_end, run.finished_at.value_or(until_)});
        }
        until_ = std::min(std::max(until_, from_ + Millis{1}), from_ + world.length + std::chrono::hours{72});
        double y = kTop + kRow;
        for (auto& [name, place] : rows_) {
            place = y;
            y += 2 * kRow;
        }
        height_ = y + kRow;
    }

    [[nodiscard]] double x(UtcTime at) const {
        const auto share =
            static_cast<double>((at - from_).count()) / static_cast<double>((until_ - from_).count());
        return kLeft + kWidth * std::clamp(share, 0.0, 1.0);
    }
    [[nodiscard]] double y(const std::string& runbook) const { return rows_.at(runbook); }
    [[nodiscard]] double height() const { return height_; }
    [[nodiscard]] const std::map<std::string, double>& rows() const { return rows_; }
    [[nodiscard]] UtcTime from() const { return from_; }
    [[nodiscard]] UtcTime until() const { return until_; }

private:
    UtcTime from_, until_;
    std::map<std::string, double> rows_;
    double height_ = 0;
};

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '<')
            out += "&lt;";
        else if (c == '&')
            out += "&amp;";
        else
            out += c;
    }
    return out;
}

void bar(std::ostringstream& out, double from, double until, double y, double height, const char* colour,
         const std::string& title) {
    out << "<rect x='" << from << "' y='" << y << "' width='" << std::max(until - from, 1.0) << "' height='"
        << height << "' fill='" << colour << "'><title>" << escaped(title) << "</title></rect>\n";
}

void text(std::ostringstream& out, double x, double y, const std::string& what) {
    out << "<text x='" << x << "' y='" << y << "'>" << escaped(what) << "</text>\n";
}

}  // namespace

std::string to_svg(const World& world, const Outcome& outcome) {
    const auto& picture = outcome.picture;
    const Drawing drawing(world, picture);
    std::ostringstream out;
    out << "<svg xmlns='http://www.w3.org/2000/svg' width='" << kLeft + kWidth + 20 << "' height='"
        << drawing.height() + kRow * static_cast<double>(outcome.findings.size())
        << "' font-family='sans-serif' font-size='11'>\n<rect width='100%' height='100%' fill='white'/>\n";
    text(out, 4, 16,
         "seed " + std::to_string(world.seed) + ", " + format_utc(drawing.from()) + " to " +
             format_utc(drawing.until()));
    for (const auto& trouble : picture.troubles)
        bar(out, drawing.x(trouble.from), drawing.x(trouble.until), kTop - kRow / 2, drawing.height() - kTop,
            "#f4c7c3", trouble.what + " at " + format_utc(trouble.from));
    for (const auto& [name, y] : drawing.rows()) text(out, 4, y + 12, name);
    for (const auto& run : picture.runs) {
        const auto y = drawing.y(run.runbook);
        bar(out, drawing.x(run.from), drawing.x(run.window_end), y, 16, "#dbe7f6",
            "window of " + run.runbook + " from " + format_utc(run.from) + " to " +
                format_utc(run.window_end));
        if (run.started_at)
            bar(out, drawing.x(*run.started_at), drawing.x(run.finished_at.value_or(drawing.until())), y + 4,
                8, "#4a7ab8", "run, " + run.status + ", from " + format_utc(*run.started_at));
    }
    for (const auto& [runbook, at] : picture.jobs)
        if (drawing.rows().contains(runbook))
            bar(out, drawing.x(at), drawing.x(at), drawing.y(runbook) + 17, 6, "#1b3a5c",
                "job accepted at " + format_utc(at));
    auto y = drawing.height();
    for (const auto& finding : outcome.findings) text(out, 4, y += kRow, finding.rule + ": " + finding.what);
    out << "</svg>\n";
    return out.str();
}

}  // namespace runbookd::simulation
