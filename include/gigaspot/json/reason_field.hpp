// gigaspot: the field of a command that a reason of its rejection is about. Layer: json. Rules of
// the market, section 9.
#pragma once

#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/violation.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// The path of a field of a command in JSON, by its parts: `oc[0].pl` is `pl` in the list `oc`, in
/// the entry of the GPU that the reason names. Both views are valid forever.
struct ReasonField {
    std::string_view list{};  ///< "oc" or "gpus", if the field is in the entry of one GPU
    std::string_view name{};  ///< the name of the field; empty: no field, or the whole entry
};

/// Finds the field that a reason is about; both parts are empty if it is not about one field. A
/// command that adds or changes a host names it as `id`, a bid as `host`: pass this name as
/// `host_field`. Costs O(1).
[[nodiscard]] constexpr ReasonField field_of(const Violation& reason,
                                             std::string_view host_field = "host") {
    switch (reason.code) {
    case Code::time_went_backwards:
    case Code::time_too_far:
    case Code::close_too_soon: return {.name = "time"};
    case Code::bid_exists:
    case Code::bid_unknown: return {.name = "id"};
    case Code::host_unknown:
    case Code::host_unavailable: return {.name = host_field};
    case Code::currency_unknown: return {.name = "currency"};
    case Code::not_owner: return {.name = "owner"};
    case Code::fee_changed: return {.name = "fee_ppm"};
    case Code::gpus_changed:
    case Code::gpus_missing: return {.name = "gpus"};
    case Code::overclock_missing:
    case Code::overclock_count_mismatch: return {.name = "oc"};
    case Code::power_limit_missing:
    case Code::power_limit_below_card_minimum:
    case Code::power_limit_above_host_maximum: return {"oc", "pl"};
    case Code::core_lock_not_supported:
    case Code::core_lock_below_minimum:
    case Code::core_lock_above_maximum: return {"oc", "core_lock"};
    case Code::mem_lock_not_supported:
    case Code::mem_lock_below_minimum:
    case Code::mem_lock_above_maximum: return {"oc", "mem_lock"};
    case Code::core_offset_not_supported:
    case Code::core_offset_below_minimum:
    case Code::core_offset_above_maximum: return {"oc", "core_offset"};
    case Code::mem_offset_not_supported:
    case Code::mem_offset_below_minimum:
    case Code::mem_offset_above_maximum: return {"oc", "mem_offset"};
    case Code::price_not_positive:
    case Code::price_below_market_minimum:
    case Code::price_above_market_maximum:
    case Code::price_below_host_minimum: return {.name = "price"};
    case Code::environment_too_long:
    case Code::environment_key_too_long:
    case Code::environment_value_too_long:
    case Code::environment_key_empty: return {.name = "env"};
    case Code::image_malformed: return {.name = "image"};
    case Code::range_inverted: return {.list = "gpus"};
    case Code::limit_reached:
        if (reason.unit == Unit::currency) return {.name = "currency"};
        if (reason.unit == Unit::gpu) return {.name = "gpus"};
        return {};
    default: return {};
    }
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
