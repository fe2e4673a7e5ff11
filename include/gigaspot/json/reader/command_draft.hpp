// gigaspot: a command while its line is read: its operation, its fields and what is wrong with its
// numbers. Layer: json/reader. Rules of the market, section 9, stages 1 to 3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <gigaspot/base/config.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/reader/tokens.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/workload.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The operations, in the order of `op_names`.
enum class Op : std::uint8_t {
    rate,
    host,
    host_status,
    energy_price,
    remove_host,
    bid,
    edit,
    cached,
    cancel,
    revoke,
    close
};

/// The names of the operations in a line's `op`.
inline constexpr JsonName op_names[] = {"rate",        "host",   "host_status", "energy_price",
                                        "remove_host", "bid",    "edit",        "cached",
                                        "cancel",      "revoke", "close"};

/// The first number, in the order of the rules, that its row does not take. It waits until all of
/// the text has been read: a malformed field comes first, and the order of the text does not count.
class NumberProblems {
public:
    /// Where a number is: the field, and within `oc` or `gpus` the entry, its field, and the end of
    /// a range.
    struct Place {
        std::uint32_t field = 0xffff'ffff;
        std::uint32_t entry = 0;
        std::uint32_t inner = 0;
        std::uint32_t end = 0;

        friend constexpr auto operator<=>(const Place&, const Place&) = default;
    };

    void add(Place place, FieldProblem problem) {
        if (place < place_) {
            place_ = place;
            problem_ = std::move(problem);
        }
    }
    void clear() {
        place_ = {};
        problem_.reset();
    }
    /// Nothing if all numbers are right.
    [[nodiscard]] std::optional<FieldProblem>& problem() { return problem_; }
    [[nodiscard]] const Place& place() const { return place_; }

private:
    Place place_{};
    std::optional<FieldProblem> problem_{};
};

using Place = NumberProblems::Place;

/// The fields of any command that need no memory of their own.
template <class Traits>
struct CommandFields {
    Op op = Op::close;
    Timestamp time{};
    typename Traits::HostId host{};  ///< `host` of a bid, `id` of a command for a host
    typename Traits::BidId bid{};    ///< `id` of a command for a bid
    std::optional<typename Traits::OwnerId> owner{};
    Price price{};
    Currency currency{};
    std::optional<ExchangeRate> rate{};
    std::optional<Ppm> fee{};
    EnergyPrice energy_price{};
    Price min_bid{};
    Power base_power{};
    std::optional<RentalLength> max_rental_length{};
    std::optional<bool> online{};
    std::optional<bool> on_demand_rented{};
    std::optional<bool> working_properly{};
    bool cached = false;
    bool has_overclock = false;
    std::optional<std::string_view> image{};
};

/// The fields of any command; `op` decides which of them mean something. Texts live as long as the
/// line that they were read from.
template <class Traits>
struct CommandDraft : CommandFields<Traits> {
    std::vector<BasicOverclockProfile<Traits>> overclock{};
    std::vector<BasicGpuLimits<Traits>> gpus{};
    std::vector<EnvironmentVariable> environment{};
    NumberProblems time_problem{};
    NumberProblems problems{};
    std::optional<FieldProblem> name_problem{};  ///< of the first name that the table does not take

    /// Makes the draft empty and keeps the memory of its lists.
    void clear() {
        static_cast<CommandFields<Traits>&>(*this) = {};
        overclock.clear();
        gpus.clear();
        environment.clear();
        time_problem.clear();
        problems.clear();
        name_problem.reset();
    }

    /// Keeps why a name has no number. The engine rejects the command in a later stage.
    void add_name_problem(std::string_view field, FieldProblem problem) {
        if (name_problem) return;
        problem.field = field;
        name_problem = std::move(problem);
    }
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
