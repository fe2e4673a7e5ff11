// Numbers of a measurement and the tables that show them.
#pragma once

#include <string>
#include <vector>

#include "setup.hpp"

namespace market_load {

/// The value below which this share of the samples lies, from 0 to 1. 0 if there are none.
[[nodiscard]] double quantile(std::vector<double> samples, double share);
[[nodiscard]] inline double median(std::vector<double> samples) {
    return quantile(std::move(samples), 0.5);
}

/// The median of several rounds, with the lowest and the highest one: "5.2 (4.8 to 5.9)".
[[nodiscard]] std::string with_spread(const std::vector<double>& rounds, int digits);

/// A duration in seconds as milliseconds, with two digits after the point.
[[nodiscard]] std::string milliseconds(double seconds);
/// A whole number with commas between groups of three digits.
[[nodiscard]] std::string grouped(double number);

/// A table in plain text. The first column is aligned to the left, all others to the right.
class Table {
public:
    explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    void print() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

/// Prints the heading of a section, the command that measures it again, and how busy the machine
/// is.
void print_section(const Setup& setup, const std::string& title, const std::string& command);

}  // namespace market_load
