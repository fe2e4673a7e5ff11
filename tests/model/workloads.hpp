// Lists workloads. Most of them break a rule.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <gigaspot/values/workload.hpp>

namespace model {

template <std::size_t size>
inline constexpr std::array<char, size> letters = [] {
    std::array<char, size> text{};
    for (char& c : text) c = 'x';
    return text;
}();
template <std::size_t size>
inline constexpr std::string_view long_text{letters<size>.data(), size};

using gigaspot::EnvironmentVariable;
using gigaspot::Workload;

inline constexpr EnvironmentVariable plain[] = {{"KEY", "a \"quoted\"\tvalue"}, {"B", ""}};
inline constexpr EnvironmentVariable longest[] = {{long_text<128>, long_text<1'536>}};
inline constexpr EnvironmentVariable too_long[] = {{long_text<129>, "v"}, {"K", long_text<1'537>}};
inline constexpr EnvironmentVariable too_many[] = {
    {"A", long_text<1'536>}, {"B", long_text<1'536>}, {"C", long_text<1'536>},
    {"D", long_text<1'536>}, {"E", long_text<1'536>}, {"F", long_text<1'536>},
    {"G", long_text<1'536>}, {"H", long_text<1'536>}};
inline constexpr EnvironmentVariable nameless[] = {{"", "v"}};

inline constexpr Workload workloads[] = {
    {.image = "c9a4e2f6b7d488d8f0bab0ff", .environment = plain},
    {.environment = longest},
    {.environment = too_long},
    {.environment = too_many},
    {.environment = nameless},
    {.image = "c9a4e2f6b7d488d8f0bab0f"},
};
inline constexpr std::size_t valid_workloads = 2;  ///< they come first

}  // namespace model
