#include "messages.hpp"

#include <fmt/format.h>

#include <gigaspot/base/decimal.hpp>
#include <gigaspot/json/reason_field.hpp>

namespace market_server {
namespace {

using gigaspot::Code;
using gigaspot::Violation;

/// Returns what to do, if the limit alone does not say it.
std::string_view next_step(const Violation& violation) {
    switch (violation.code) {
    case Code::host_unknown: return "choose a server of the newest snapshot";
    case Code::host_unavailable: return "bid when it is available, or choose another server";
    case Code::bid_unknown: return "the bid has ended, or ends at the next close; place a new one";
    case Code::currency_unknown: return "get_gigaspot lists the currencies";
    case Code::fee_changed: return "omit fee_ppm, or send the fee of the first rate";
    case Code::gpus_changed:
        return "use another id, or remove the machine first, which ends all bids on it";
    case Code::gpus_missing: return "list at least one GPU";
    case Code::overclock_missing:
    case Code::overclock_count_mismatch: return "give one entry with pl for each GPU of the server";
    case Code::power_limit_missing: return "add pl, a whole number of W";
    case Code::core_lock_not_supported:
    case Code::mem_lock_not_supported:
    case Code::core_offset_not_supported:
    case Code::mem_offset_not_supported: return "omit it";
    case Code::environment_key_empty: return "give each variable a name";
    case Code::image_malformed: return "use the id of an image, such as 6771db990479c1fac87da6cc";
    case Code::range_inverted: return "write the minimum first";
    case Code::limit_reached:
        return violation.unit == gigaspot::Unit::bid ? "cancel a bid first"
                                                     : "ask the market's operator";
    default: return {};
    }
}

std::string field(const Violation& violation, std::string_view host_field) {
    const auto [list, name] = gigaspot::field_of(violation, host_field);
    std::string text{list};
    if (!list.empty() && violation.gpu) text += fmt::format("[{}]", *violation.gpu);
    if (!text.empty() && !name.empty()) text += '.';
    text += name;
    return text;
}

/// "2 GPUs", "1 GPU"
std::string amount(gigaspot::Int128 value, gigaspot::Unit unit) {
    std::string_view noun = symbol(unit);
    const bool is_counted = unit == gigaspot::Unit::gpu || unit == gigaspot::Unit::bid ||
                            unit == gigaspot::Unit::host || unit == gigaspot::Unit::byte;
    if (value == 1 && is_counted) noun.remove_suffix(1);
    return fmt::format("{} {}", gigaspot::to_decimal(value, decimals(unit)).view(), noun);
}

/// "; got 480 W, at most 450 W"
std::string numbers(const Violation& violation) {
    if (violation.unit == gigaspot::Unit::none) return {};
    const bool is_exact = violation.code == Code::overclock_count_mismatch ||
                          violation.code == Code::fee_changed ||
                          violation.code == Code::gpus_changed;
    const std::string_view relation = is_exact                            ? "expected"
                                      : violation.value < violation.bound ? "at least"
                                                                          : "at most";
    return fmt::format("; got {}, {} {}", amount(violation.value, violation.unit), relation,
                       amount(violation.bound, violation.unit));
}

}  // namespace

std::string message(const Violation& violation, std::string_view host_field) {
    const std::string where = field(violation, host_field);
    const std::string_view step = next_step(violation);
    return fmt::format("{}{}{}{}{}{} ({})", where, where.empty() ? "" : ": ",
                       sentence(violation.code), numbers(violation), step.empty() ? "" : "; ", step,
                       name(violation.code));
}

}  // namespace market_server
