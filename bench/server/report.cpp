#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <thread>

#include <fmt/format.h>

namespace market_load {

double quantile(std::vector<double> samples, double share) {
    if (samples.empty()) return 0;
    const auto place =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(samples.size())));
    const std::size_t index = std::clamp<std::size_t>(place, 1, samples.size()) - 1;
    const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(index);
    std::nth_element(samples.begin(), middle, samples.end());
    return *middle;
}

std::string with_spread(const std::vector<double>& rounds, int digits) {
    if (rounds.empty()) return "none";
    const auto [low, high] = std::minmax_element(rounds.begin(), rounds.end());
    return fmt::format("{:.{}f} ({:.{}f} to {:.{}f})", median(rounds), digits, *low, digits, *high,
                       digits);
}

std::string milliseconds(double seconds) { return fmt::format("{:.2f}", seconds * 1'000); }

std::string grouped(double number) {
    std::string text = fmt::format("{:.0f}", number);
    for (std::size_t end = text.size(); end > 3; end -= 3) text.insert(end - 3, 1, ',');
    return text;
}

void Table::print() const {
    std::vector<std::size_t> widths(rows_.front().size(), 0);
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    for (const auto& row : rows_) {
        std::string line = fmt::format("  {:<{}}", row.front(), widths.front());
        for (std::size_t i = 1; i < row.size(); ++i)
            line += fmt::format("  {:>{}}", row[i], widths[i]);
        fmt::print("{}\n", line);
    }
    std::fflush(stdout);
}

void print_section(const Setup& setup, const std::string& title, const std::string& command) {
    std::ifstream file{"/proc/loadavg"};
    std::string load;
    file >> load;
    fmt::print("\n{}\n  again: gigaspot_load {}{}\n", title, command, setup.options);
    fmt::print("  {} cores, shared by server and clients; load average of the last minute: {}\n",
               std::thread::hardware_concurrency(), load.empty() ? "unknown" : load);
    std::fflush(stdout);
}

}  // namespace market_load
