// gigaspot-simulate: what a scenario file and the command line ask for, before anything runs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/read.hpp"
#include "scenario/table.hpp"
#include "study/study.hpp"

namespace simulator {

inline constexpr std::size_t cells_max = 1'000;
inline constexpr std::size_t seeds_max = 100'000;
inline constexpr std::size_t runs_max = 1'000'000;

/// A search for the best value of a key, for one cell.
struct Search {
    std::size_t cell = 0;
    std::string key{};
    std::vector<Node> values{};
    /// The measure whose mean is maximised, or minimised if less is better. Nothing: the surplus of
    /// a renter who deviates, until nobody of its kind gains by that.
    std::optional<Measure> measure{};
    std::string kind{};  ///< for a best reply: the kind of renters that the key belongs to
    Node table{};        ///< the cell's scenario without the searched value
    Node at{};           ///< where the file asks for it
};

/// A study before its runs.
struct Plan {
    Study study{};  ///< a cell with a search has the first value until it is found
    std::vector<Search> searches{};
    bool has_hours = false;  ///< whether results keep their hours, and hours.csv is written
    /// The whole file with every default and what --set changed. Reading it gives this plan again.
    std::string resolved{};
    std::map<std::string, std::string> files{};  ///< the data files that scenarios name
};

/// What the command line changes.
struct PlanOptions {
    std::vector<std::string> settings{};  ///< each "key=value"
    std::optional<std::size_t> seeds{};
};

/// Reads a study. Throws `InputError`.
[[nodiscard]] Plan make_plan(std::string_view text, const std::string& file,
                             const PlanOptions& options, const LoadFile& load);

/// The resolved text without the number of seeds. Results of two plans can be put together if their
/// identities and first seeds are equal.
[[nodiscard]] std::string identity_of(std::string_view resolved);

/// A hash of everything that decides a run, except the seed.
[[nodiscard]] std::uint64_t digest_of(const Scenario& scenario);
/// FNV-1a of a text, 64 bits.
[[nodiscard]] std::uint64_t digest_of(std::string_view text);

/// The scenario of a search's cell in which the key has a value. For a best reply, a tenth of the
/// kind, the last kind of all, has `deviation` instead.
[[nodiscard]] Scenario searched_scenario(const Search& search, const Node& value,
                                         const Node* deviation, const LoadFile& load);
/// The name of the kind that deviates.
inline constexpr std::string_view deviator = "deviator";

}  // namespace simulator
