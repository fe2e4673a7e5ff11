#include "report/findings.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "report/text.hpp"

namespace simulator::report {

namespace {

double size_of(const Estimate& estimate) {
    return estimate.mean < 0 ? -estimate.mean : estimate.mean;
}

/// How a measure changes along the horizontal axis, with all other options kept.
struct Trend {
    std::size_t first = 0;
    std::size_t last = 0;
    std::optional<std::size_t> turn{};  ///< a cell in between that is above both ends or below both
    Estimate change{};                  ///< last - first

    [[nodiscard]] bool is_clear() const { return turn || change.is_clear(); }
};

/// The cells along the horizontal axis that were simulated, in the order of their positions.
std::vector<std::size_t> along(const Figures& figures, Measure measure, std::size_t cell) {
    const Roles& roles = figures.roles;
    std::vector<std::size_t> options(roles.positions.size());
    for (std::size_t i = 0; i < options.size(); ++i) options[i] = i;
    std::sort(options.begin(), options.end(), [&](std::size_t a, std::size_t b) {
        return roles.positions[a] < roles.positions[b];
    });
    std::vector<std::size_t> cells;
    for (const std::size_t option : options) {
        const std::size_t other = figures.with(cell, *roles.x, option);
        if (figures.mean(other, measure).n > 0) cells.push_back(other);
    }
    return cells;
}

Trend trend_from(const Figures& figures, Measure measure, std::size_t cell) {
    const std::vector<std::size_t> cells = along(figures, measure, cell);
    if (cells.empty()) return {};
    Trend trend{.first = cells.front(), .last = cells.back()};
    trend.change = difference(figures.study, trend.last, trend.first, measure);
    double farthest = size_of(trend.change);
    for (const std::size_t other : cells) {
        if (other == trend.first || other == trend.last) continue;
        const Estimate to_first = difference(figures.study, other, trend.first, measure);
        const Estimate to_last = difference(figures.study, other, trend.last, measure);
        const bool is_turn =
            to_first.is_clear() && to_last.is_clear() && (to_first.mean > 0) == (to_last.mean > 0);
        const double size = std::max(size_of(to_first), size_of(to_last));
        // A wobble of less than a twentieth of the whole change is not a turn.
        const double least = std::min(size_of(to_first), size_of(to_last));
        if (!is_turn || size < farthest || least * 20 < size) continue;
        farthest = size;
        trend.turn = other;
    }
    return trend;
}

/// The clear trend that the report tells: of the baseline if it has one, otherwise the largest.
std::optional<Trend> told_trend(const Figures& figures, Measure measure) {
    if (!figures.roles.is_numeric) return std::nullopt;
    std::optional<Trend> best;
    for (std::size_t cell = 0; cell < figures.study.cells.size(); ++cell) {
        if (figures.study.cells[cell].options[*figures.roles.x] != 0) continue;
        const Trend trend = trend_from(figures, measure, cell);
        if (!trend.is_clear()) continue;
        if (figures.roles.x != figures.study.compare && figures.is_baseline(cell)) return trend;
        if (!best || size_of(trend.change) > size_of(best->change)) best = trend;
    }
    return best;
}

std::string with_the(std::string_view label) {
    const bool has_article = label.starts_with("the ") || label.starts_with("The ");
    return (has_article ? "" : "the ") + std::string(label);
}

/// Whether a label is a plural, by the last letter of its noun: "hosts", but not "number of hosts".
bool is_plural(std::string_view label) {
    for (const std::string_view end : {" of ", " that ", " in ", " per ", " with ", " for "})
        label = label.substr(0, label.find(end));
    for (const std::string_view end : {"ss", "us", "is"})
        if (label.ends_with(end)) return false;
    return label.ends_with('s');
}

std::string in_brackets(const std::string& text) { return text.empty() ? "" : " (" + text + ")"; }

/// A difference of percentages counts in percentage points.
std::string_view difference_unit(Measure measure) {
    const std::string_view unit = info(measure).unit;
    return unit.starts_with('%') ? "percentage points" : unit;
}

const std::string& option_of(const Figures& figures, std::size_t cell, std::size_t axis) {
    return figures.study.axes[axis].options[figures.study.cells[cell].options[axis]];
}

std::string mean_text(const Figures& figures, std::size_t cell, Measure measure) {
    return number(figures.mean(cell, measure).mean, figures.decimals(cell, measure));
}

/// "0 to 100 %", from the options of two cells.
std::string range_text(const Figures& figures, std::size_t first, std::size_t last) {
    const std::string& from = option_of(figures, first, *figures.roles.x);
    const std::string& to = option_of(figures, last, *figures.roles.x);
    const auto a = numeric_option(from);
    const auto b = numeric_option(to);
    if (!a || !b || (a->unit != b->unit && a->value != 0)) return from + " to " + to;
    return fmt::format("{} to {}", a->number, with_unit(b->number, b->unit));
}

/// What a measure does along the horizontal axis, with the uncertainty of its change or without.
std::string trend_sentence(const Figures& figures, Measure measure, const Trend& trend,
                           bool has_change) {
    const std::size_t x = *figures.roles.x;
    const std::array<std::size_t, 1> axes{x};
    const std::string_view unit = info(measure).unit;
    const std::string context = in_brackets(figures.settings_except(trend.first, axes));
    const auto value = [&](std::size_t cell) { return mean_text(figures, cell, measure); };
    if (trend.turn) {
        const bool is_peak =
            figures.mean(*trend.turn, measure).mean > figures.mean(trend.first, measure).mean;
        return fmt::format("{} is {} at {}: {}, against {} at {} and {} at {}{}",
                           capital(subject(measure)), is_peak ? "highest" : "lowest",
                           option_of(figures, *trend.turn, x), with_unit(value(*trend.turn), unit),
                           value(trend.first), option_of(figures, trend.first, x),
                           value(trend.last), option_of(figures, trend.last, x), context);
    }
    const std::string& label = figures.study.axes[x].label;
    std::string by;
    if (has_change) {
        Estimate change = trend.change;
        change.mean = size_of(change);
        by = fmt::format(" by {},", estimate_text(change, figures.decimals(measure, change)));
    }
    return fmt::format("{} {}{} from {} to {} as {} {} from {}{}", capital(subject(measure)),
                       trend.change.mean > 0 ? "rises" : "falls", by, value(trend.first),
                       with_unit(value(trend.last), unit) + (has_change ? "," : ""),
                       with_the(label), is_plural(label) ? "grow" : "grows",
                       range_text(figures, trend.first, trend.last), context);
}

std::string contrast_sentence(const Figures& figures, Measure measure, std::size_t cell,
                              std::string_view what, bool has_half) {
    const Study& study = figures.study;
    const std::size_t baseline = baseline_of(study, cell);
    Estimate change = figures.against_baseline(cell, measure);
    const bool is_higher = change.mean > 0;
    change.mean = size_of(change);
    const int decimals = figures.decimals(measure, change);
    const std::array<std::size_t, 1> axes{study.compare};
    const std::string others = figures.settings_except(cell, axes);
    const std::string amount =
        has_half ? estimate_text(change, decimals) : number(change.mean, decimals);
    return fmt::format(
        "{} is {} {} with {} “{}” than with “{}”: {} against {}{}", what,
        with_unit(amount, difference_unit(measure)), is_higher ? "higher" : "lower",
        with_the(study.axes[study.compare].label), option_of(figures, cell, study.compare),
        option_of(figures, baseline, study.compare), mean_text(figures, cell, measure),
        mean_text(figures, baseline, measure), in_brackets(others));
}

bool are_all_equal(const Figures& figures, Measure measure) {
    const Estimate& first = figures.mean(0, measure);
    for (std::size_t cell = 0; cell < figures.study.cells.size(); ++cell)
        if (!(figures.mean(cell, measure) == first)) return false;
    return true;
}

/// What can be said if no difference is clear.
std::string no_difference(const Figures& figures, Measure measure) {
    if (are_all_equal(figures, measure) && figures.most_seeds() > 1) {
        return fmt::format("{} is the same everywhere: {}", capital(subject(measure)),
                           with_unit(mean_text(figures, 0, measure), info(measure).unit));
    }
    return fmt::format("No difference in {} can be seen", subject(measure));
}

/// What can be said without comparing cells: of one cell or one seed.
std::optional<std::string> plain_title(const Figures& figures, Measure measure) {
    if (figures.study.cells.size() == 1) {
        return fmt::format("{} is {}", capital(subject(measure)),
                           with_unit(mean_text(figures, 0, measure), info(measure).unit));
    }
    if (figures.most_seeds() > 1) return std::nullopt;
    return fmt::format("{}, with one seed and so without an interval", capital(subject(measure)));
}

/// "minute" or "5 minutes".
std::string every_text(std::int64_t milliseconds) {
    const std::string text = duration_text(milliseconds);
    return text.starts_with("1 ") ? text.substr(2) : text;
}

/// How many variants differ from their baselines, if there are several.
std::string clear_count(const Figures& figures, Measure measure) {
    std::size_t all = 0;
    std::size_t clear = 0;
    for (std::size_t cell = 0; cell < figures.study.cells.size(); ++cell) {
        const Estimate& change = figures.against_baseline(cell, measure);
        if (change.n > 1) ++all;
        if (change.is_clear()) ++clear;
    }
    if (all < 2) return "";
    return fmt::format(" In all, {} of {} variants differ from their baseline{}.", clear, all,
                       all > 20 ? ", and the largest of many differences is often overestimated"
                                : "");
}

std::string range_of(std::int64_t low, std::int64_t high) {
    return low == high ? fmt::format("{}", low) : fmt::format("{} to {}", low, high);
}

/// The lowest and the highest value of something of all cells.
template <typename Get>
std::pair<std::int64_t, std::int64_t> bounds(const Study& study, Get get) {
    std::pair<std::int64_t, std::int64_t> out{get(study.cells[0].scenario),
                                              get(study.cells[0].scenario)};
    for (const Cell& cell : study.cells) {
        out.first = std::min(out.first, get(cell.scenario));
        out.second = std::max(out.second, get(cell.scenario));
    }
    return out;
}

}  // namespace

std::string_view subject(Measure measure) {
    switch (measure) {
    case Measure::paid: return "what renters pay";
    case Measure::kwh_per_work: return "energy per work";
    case Measure::switches: return "the number of switches";
    case Measure::outage_stops: return "the number of stops by hosts";
    case Measure::work_lost: return "the work lost";
    case Measure::starting_up: return "the time spent on starting up";
    case Measure::finished: return "the number of jobs finished";
    case Measure::given_up: return "the share of jobs given up";
    case Measure::wait: return "the wait";
    case Measure::gini: return "the inequality of hosts";
    case Measure::settle: return "the time to settle";
    default: return info(measure).label;
    }
}

std::optional<std::size_t> largest_difference(const Figures& figures, Measure measure) {
    std::optional<std::size_t> best;
    for (std::size_t cell = 0; cell < figures.study.cells.size(); ++cell) {
        const Estimate& estimate = figures.against_baseline(cell, measure);
        if (!estimate.is_clear()) continue;
        if (!best || size_of(estimate) > size_of(figures.against_baseline(*best, measure)))
            best = cell;
    }
    return best;
}

std::string chart_title(const Figures& figures, Measure measure) {
    if (const auto title = plain_title(figures, measure)) return *title;
    if (const auto trend = told_trend(figures, measure))
        return trend_sentence(figures, measure, *trend, false);
    if (const auto cell = largest_difference(figures, measure))
        return contrast_sentence(figures, measure, *cell, capital(subject(measure)), false);
    return no_difference(figures, measure);
}

std::string answer(const Figures& figures, Measure measure) {
    if (figures.runs_done == 0) return "No run has been simulated yet, so there is no answer.";
    if (figures.study.cells.size() == 1) {
        const std::string text =
            with_unit(estimate_text(figures.mean(0, measure), figures.decimals(0, measure)),
                      info(measure).unit);
        return fmt::format(
            "{} is {}.{}", capital(subject(measure)), text,
            figures.most_seeds() < 2 ? " With one seed, nothing is known of its uncertainty." : "");
    }
    if (figures.most_seeds() < 2)
        return "With one seed, nothing is known of the uncertainty, so no difference is claimed.";
    const auto trend = told_trend(figures, measure);
    const auto contrast = largest_difference(figures, measure);
    std::string out;
    if (trend) out = trend_sentence(figures, measure, *trend, true) + ".";
    const bool has_second = !trend || figures.roles.x != figures.study.compare;
    if (contrast && has_second) {
        const std::string what = trend ? "It" : capital(subject(measure));
        out += (out.empty() ? "" : " ") +
               contrast_sentence(figures, measure, *contrast, what, true) + ".";
        if (!trend) out += clear_count(figures, measure);
    } else if (has_second && trend && figures.has_baselines()) {
        out += fmt::format(" Between the options of {}, no difference can be seen.",
                           with_the(figures.study.axes[figures.study.compare].label));
    }
    if (!out.empty()) return out;
    out = no_difference(figures, measure);
    return out + (are_all_equal(figures, measure) ? "." : ": each 95\u202f% interval contains 0.");
}

std::string duration_text(std::int64_t milliseconds) {
    constexpr std::array<std::pair<std::int64_t, std::string_view>, 3> units{
        {{ms_per_day, "day"}, {ms_per_hour, "hour"}, {60'000, "minute"}}};
    for (const auto& [size, name] : units) {
        if (milliseconds >= size && milliseconds % size == 0)
            return counted(static_cast<std::size_t>(milliseconds / size), name);
    }
    if (milliseconds % 1000 != 0) return fmt::format("{} ms", milliseconds);
    return counted(static_cast<std::size_t>(milliseconds / 1000), "second");
}

std::string counted(std::size_t count, std::string_view singular) {
    return fmt::format("{} {}{}", number(static_cast<double>(count), 0), singular,
                       count == 1 ? "" : "s");
}

std::string seeds_text(const Study& study) {
    const auto& seeds = study.seeds;
    if (seeds.empty()) return "none";
    bool is_row = true;
    for (std::size_t i = 1; i < seeds.size(); ++i) is_row = is_row && seeds[i] == seeds[i - 1] + 1;
    if (is_row && seeds.size() > 2) return fmt::format("{} to {}", seeds.front(), seeds.back());
    return fmt::format("{}", fmt::join(seeds, ", "));
}

std::string what_was_simulated(const Figures& figures) {
    const Study& study = figures.study;
    if (study.cells.empty()) return "This study has no cell.";
    const auto hosts = bounds(study, [](const Scenario& cell) { return std::int64_t{cell.hosts}; });
    const auto days = bounds(study, [](const Scenario& cell) { return cell.days; });
    const auto warm_up = bounds(study, [](const Scenario& cell) { return cell.warm_up.count(); });
    const auto interval = bounds(study, [](const Scenario& cell) { return cell.interval.count(); });
    std::string out = fmt::format("{} host{}, {} day{}", range_of(hosts.first, hosts.second),
                                  hosts.second == 1 ? "" : "s", range_of(days.first, days.second),
                                  days.second == 1 ? "" : "s");
    if (warm_up.first == warm_up.second && warm_up.first > 0)
        out += fmt::format(" (not measured: the first {})", duration_text(warm_up.first));
    if (interval.first == interval.second) out += ", a close every " + every_text(interval.first);
    const std::size_t fewest = figures.fewest_seeds();
    const std::size_t most = figures.most_seeds();
    if (most == 0) return out + ". Nothing has been simulated yet.";
    const std::string seeds =
        fewest == most ? counted(most, "seed") : fmt::format("{} to {} seeds", fewest, most);
    if (study.cells.size() == 1) return out + ": one market, simulated with " + seeds + ".";
    return out + fmt::format(": {} variants of one market, each simulated with {}. What no "
                             "axis changes is drawn alike for all.",
                             study.cells.size(), seeds);
}

}  // namespace simulator::report
