// Section 9: which field of a command a reason of its rejection is about.
#include <gigaspot/json/reason_field.hpp>

#include "support/market.hpp"

namespace {

using namespace market;
using enum Code;

struct Case {
    const char* rule;
    Violation reason;
    std::string_view list;
    std::string_view name;
};

constexpr Case cases[] = {
    {"a time", {.code = time_went_backwards}, "", "time"},
    {"a close too soon", {.code = close_too_soon}, "", "time"},
    {"an id that is taken", {.code = bid_exists}, "", "id"},
    {"an owner", {.code = not_owner}, "", "owner"},
    {"a fee", {.code = fee_changed}, "", "fee_ppm"},
    {"all GPUs of a host", {.code = gpus_changed}, "", "gpus"},
    {"all profiles of a bid", {.code = overclock_missing}, "", "oc"},
    {"a power limit of one GPU", {.code = power_limit_missing, .gpu = 3}, "oc", "pl"},
    {"a lock of one GPU", {.code = core_lock_above_maximum, .gpu = 0}, "oc", "core_lock"},
    {"the other lock", {.code = mem_lock_not_supported, .gpu = 0}, "oc", "mem_lock"},
    {"an offset of one GPU", {.code = core_offset_below_minimum, .gpu = 0}, "oc", "core_offset"},
    {"the other offset", {.code = mem_offset_above_maximum, .gpu = 0}, "oc", "mem_offset"},
    {"a price", {.code = price_below_host_minimum}, "", "price"},
    {"an environment", {.code = environment_key_empty}, "", "env"},
    {"an image", {.code = image_malformed}, "", "image"},
    {"a range of one GPU, whichever it is", {.code = range_inverted, .gpu = 1}, "gpus", ""},
    {"a currency too many", {.code = limit_reached, .unit = Unit::currency}, "", "currency"},
    {"a GPU too many", {.code = limit_reached, .unit = Unit::gpu}, "", "gpus"},
    {"a bid too many is about no field", {.code = limit_reached, .unit = Unit::bid}, "", ""},
    {"a reason of section 5 is about no field", {.code = below_reserve}, "", ""},
};

constexpr bool agrees(const Case& row) {
    const ReasonField field = field_of(row.reason);
    return field.list == row.list && field.name == row.name;
}

GIGASPOT_TABLE("section 9: the field of a reason", cases, agrees)

constexpr table::Fact names[] = {
    {"a bid names its host as `host`",
     [] { return field_of({.code = host_unknown}).name == "host"; }},
    {"a command about a host names it as `id`",
     [] { return field_of({.code = host_unknown}, "id").name == "id"; }},
};

GIGASPOT_TABLE("section 9: the name of a host's field", names, table::is_so)

}  // namespace
