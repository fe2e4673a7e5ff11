// gigaspot: the codes of everything that can be wrong, each with a permanent number, a name and a
// sentence. Layer: values. Rules of the market, sections 3, 5, 9, 10 and 11.
#pragma once

#include <cstdint>
#include <string_view>

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Says what is wrong with an input, or why a bid cannot run. A number never gets another meaning;
/// gaps leave room for new codes. Hundreds below 800 follow the stages of section 9. Within a
/// hundred, codes are in order of precedence, except those that came later: `currency_unknown`
/// comes directly after `host_unknown`.
enum class Code : std::uint16_t {
    none = 0,  ///< nothing is wrong

    // Stage 1: the text.
    malformed = 100,      ///< the text does not have the expected form
    missing = 110,        ///< a required field is missing
    wrong_type = 111,     ///< a field has the wrong type
    unknown_field = 112,  ///< the field is unknown
    duplicate = 113,      ///< the same id appears twice

    // Stages 2 and 3: numbers (section 2).
    number_out_of_range = 200,  ///< the number is outside the accepted range
    number_too_precise = 201,   ///< the number has more digits than its unit can hold
    time_went_backwards = 210,  ///< the time is earlier than that of the previous command
    time_too_far = 211,         ///< the time is too long after that of the previous command
    price_too_precise = 300,    ///< the price has more than 8 decimal places

    // Stage 4: what a command refers to.
    bid_exists = 400,        ///< a bid with this id already exists
    host_unknown = 401,      ///< there is no host with this id
    bid_unknown = 402,       ///< there is no bid with this id
    not_owner = 403,         ///< the bid belongs to another owner
    fee_changed = 404,       ///< the first rate of a currency fixes its fee
    gpus_changed = 405,      ///< the number and the models of a host's GPUs cannot change
    close_too_soon = 406,    ///< the previous close is less than the minimum interval ago
    currency_unknown = 407,  ///< the marketplace has not named this currency

    // Stage 5: the state of the host.
    host_unavailable = 500,  ///< the host accepts no bids while it is unavailable

    // Stage 6: a bid against a host (section 3).
    overclock_missing = 600,               ///< the bid has no overclock profile
    overclock_count_mismatch = 601,        ///< the bid needs exactly one overclock profile per GPU
    power_limit_missing = 602,             ///< the profile has no power limit
    power_limit_below_card_minimum = 603,  ///< the power limit is below the card's minimum
    power_limit_above_host_maximum = 604,  ///< the power limit is above the host's maximum
    core_lock_not_supported = 605,         ///< this GPU does not support a core lock
    core_lock_below_minimum = 606,         ///< the core lock is below the allowed range
    core_lock_above_maximum = 607,         ///< the core lock is above the allowed range
    mem_lock_not_supported = 608,          ///< this GPU does not support a memory lock
    mem_lock_below_minimum = 609,          ///< the memory lock is below the allowed range
    mem_lock_above_maximum = 610,          ///< the memory lock is above the allowed range
    core_offset_not_supported = 611,       ///< this GPU does not support a core offset
    core_offset_below_minimum = 612,       ///< the core offset is below the allowed range
    core_offset_above_maximum = 613,       ///< the core offset is above the allowed range
    mem_offset_not_supported = 614,        ///< this GPU does not support a memory offset
    mem_offset_below_minimum = 615,        ///< the memory offset is below the allowed range
    mem_offset_above_maximum = 616,        ///< the memory offset is above the allowed range
    price_not_positive = 620,              ///< the price must be above 0
    price_below_market_minimum = 621,      ///< the price is below the market's minimum
    price_above_market_maximum = 622,      ///< the price is above the market's maximum
    price_below_host_minimum = 623,        ///< the price is below the host's minimum bid
    environment_too_long = 630,            ///< the environment is too long as JSON text
    environment_key_too_long = 631,        ///< a key of the environment is too long
    environment_value_too_long = 632,      ///< a value of the environment is too long
    environment_key_empty = 633,           ///< a key of the environment is empty
    image_malformed = 640,                 ///< the image id must be 24 hexadecimal digits

    // Stage 6: a host.
    gpus_missing = 650,    ///< the host has no GPU
    range_inverted = 651,  ///< the minimum of a range is above its maximum

    // Stage 7: limits.
    limit_reached = 700,  ///< a limit of the market has been reached

    // Why a bid is not eligible (section 5); codes of its overclock and price above are possible
    // too.
    host_offline = 800,           ///< the host is offline
    host_on_demand_rented = 801,  ///< the host is rented on demand
    host_malfunctioning = 802,    ///< the host is not working properly
    bid_expired = 803,            ///< the bid has expired
    overclock_invalid = 804,      ///< the host's current limits do not allow the bid's overclock
    not_cached = 805,             ///< the bid's image is not cached on the host
    rate_missing = 806,           ///< a required exchange rate is missing or too old
    below_reserve = 807,          ///< the profit is below the reserve

    // Why no price wins (section 10).
    incumbent_protected = 820,  ///< the running bid is protected until its minimum dwell is over

    // Why a run stops (section 9); the reasons of section 5 are possible too.
    outbid = 840,        ///< another bid is more profitable for the host
    cancelled = 841,     ///< the bid was cancelled
    expired = 842,       ///< the bid has expired
    host_removed = 843,  ///< the host was removed
    revoked = 844,       ///< the marketplace revoked the bid

    // Why saved bytes cannot be restored.
    save_malformed = 900,         ///< the bytes are not a saved market
    save_of_other_version = 901,  ///< the market was saved in the format of another version
    save_of_other_types = 902,    ///< the market was saved by an engine with other types
    save_damaged = 903,           ///< the saved market was changed or cut off
};

/// The unit of `value` and `bound` of a violation.
enum class Unit : std::uint8_t {
    none,          ///< no numbers: `value` and `bound` have no meaning
    watt,          ///< watts, W
    megahertz,     ///< megahertz, MHz
    coin_per_day,  ///< counts of 1e-8 coin per day
    byte,          ///< bytes of UTF-8
    gpu,           ///< a number of GPUs
    millisecond,   ///< milliseconds, ms
    ppm,           ///< parts per million
    host,          ///< a number of hosts
    bid,           ///< a number of bids
    currency       ///< a number of currencies
};

/// The name and the sentence of a code. Both views are valid forever.
struct CodeText {
    std::string_view name;      ///< as in the market's texts: `power_limit_missing`
    std::string_view sentence;  ///< for people, without a full stop
};

/// Returns the name and the sentence of a code. A number that is not a code is named "unknown".
constexpr CodeText describe(Code code) {
    switch (code) {
    case Code::none: return {"none", "nothing is wrong"};
    case Code::malformed: return {"malformed", "the text does not have the expected form"};
    case Code::missing: return {"missing", "a required field is missing"};
    case Code::wrong_type: return {"wrong_type", "a field has the wrong type"};
    case Code::unknown_field: return {"unknown_field", "the field is unknown"};
    case Code::duplicate: return {"duplicate", "the same id appears twice"};
    case Code::number_out_of_range:
        return {"number_out_of_range", "the number is outside the accepted range"};
    case Code::number_too_precise:
        return {"number_too_precise", "the number has more digits than its unit can hold"};
    case Code::price_too_precise:
        return {"price_too_precise", "the price has more than 8 decimal places"};
    case Code::time_went_backwards:
        return {"time_went_backwards", "the time is earlier than that of the previous command"};
    case Code::time_too_far:
        return {"time_too_far", "the time is too long after that of the previous command"};
    case Code::bid_exists: return {"bid_exists", "a bid with this id already exists"};
    case Code::host_unknown: return {"host_unknown", "there is no host with this id"};
    case Code::bid_unknown: return {"bid_unknown", "there is no bid with this id"};
    case Code::not_owner: return {"not_owner", "the bid belongs to another owner"};
    case Code::fee_changed: return {"fee_changed", "the first rate of a currency fixes its fee"};
    case Code::gpus_changed:
        return {"gpus_changed", "the number and the models of a host's GPUs cannot change"};
    case Code::close_too_soon:
        return {"close_too_soon", "the previous close is less than the minimum interval ago"};
    case Code::currency_unknown:
        return {"currency_unknown", "the marketplace has not named this currency"};
    case Code::host_unavailable:
        return {"host_unavailable", "the host accepts no bids while it is unavailable"};
    case Code::overclock_missing: return {"overclock_missing", "the bid has no overclock profile"};
    case Code::overclock_count_mismatch:
        return {"overclock_count_mismatch", "the bid needs exactly one overclock profile per GPU"};
    case Code::power_limit_missing:
        return {"power_limit_missing", "the profile has no power limit"};
    case Code::power_limit_below_card_minimum:
        return {"power_limit_below_card_minimum", "the power limit is below the card's minimum"};
    case Code::power_limit_above_host_maximum:
        return {"power_limit_above_host_maximum", "the power limit is above the host's maximum"};
    case Code::core_lock_not_supported:
        return {"core_lock_not_supported", "this GPU does not support a core lock"};
    case Code::core_lock_below_minimum:
        return {"core_lock_below_minimum", "the core lock is below the allowed range"};
    case Code::core_lock_above_maximum:
        return {"core_lock_above_maximum", "the core lock is above the allowed range"};
    case Code::mem_lock_not_supported:
        return {"mem_lock_not_supported", "this GPU does not support a memory lock"};
    case Code::mem_lock_below_minimum:
        return {"mem_lock_below_minimum", "the memory lock is below the allowed range"};
    case Code::mem_lock_above_maximum:
        return {"mem_lock_above_maximum", "the memory lock is above the allowed range"};
    case Code::core_offset_not_supported:
        return {"core_offset_not_supported", "this GPU does not support a core offset"};
    case Code::core_offset_below_minimum:
        return {"core_offset_below_minimum", "the core offset is below the allowed range"};
    case Code::core_offset_above_maximum:
        return {"core_offset_above_maximum", "the core offset is above the allowed range"};
    case Code::mem_offset_not_supported:
        return {"mem_offset_not_supported", "this GPU does not support a memory offset"};
    case Code::mem_offset_below_minimum:
        return {"mem_offset_below_minimum", "the memory offset is below the allowed range"};
    case Code::mem_offset_above_maximum:
        return {"mem_offset_above_maximum", "the memory offset is above the allowed range"};
    case Code::price_not_positive: return {"price_not_positive", "the price must be above 0"};
    case Code::price_below_market_minimum:
        return {"price_below_market_minimum", "the price is below the market's minimum"};
    case Code::price_above_market_maximum:
        return {"price_above_market_maximum", "the price is above the market's maximum"};
    case Code::price_below_host_minimum:
        return {"price_below_host_minimum", "the price is below the host's minimum bid"};
    case Code::environment_too_long:
        return {"environment_too_long", "the environment is too long as JSON text"};
    case Code::environment_key_too_long:
        return {"environment_key_too_long", "a key of the environment is too long"};
    case Code::environment_value_too_long:
        return {"environment_value_too_long", "a value of the environment is too long"};
    case Code::environment_key_empty:
        return {"environment_key_empty", "a key of the environment is empty"};
    case Code::image_malformed:
        return {"image_malformed", "the image id must be 24 hexadecimal digits"};
    case Code::gpus_missing: return {"gpus_missing", "the host has no GPU"};
    case Code::range_inverted:
        return {"range_inverted", "the minimum of a range is above its maximum"};
    case Code::limit_reached: return {"limit_reached", "a limit of the market has been reached"};
    case Code::host_offline: return {"host_offline", "the host is offline"};
    case Code::host_on_demand_rented:
        return {"host_on_demand_rented", "the host is rented on demand"};
    case Code::host_malfunctioning:
        return {"host_malfunctioning", "the host is not working properly"};
    case Code::bid_expired: return {"bid_expired", "the bid has expired"};
    case Code::overclock_invalid:
        return {"overclock_invalid", "the host's current limits do not allow the bid's overclock"};
    case Code::not_cached: return {"not_cached", "the bid's image is not cached on the host"};
    case Code::rate_missing:
        return {"rate_missing", "a required exchange rate is missing or too old"};
    case Code::below_reserve: return {"below_reserve", "the profit is below the reserve"};
    case Code::incumbent_protected:
        return {"incumbent_protected",
                "the running bid is protected until its minimum dwell is over"};
    case Code::outbid: return {"outbid", "another bid is more profitable for the host"};
    case Code::cancelled: return {"cancelled", "the bid was cancelled"};
    case Code::expired: return {"expired", "the bid has expired"};
    case Code::host_removed: return {"host_removed", "the host was removed"};
    case Code::revoked: return {"revoked", "the marketplace revoked the bid"};
    case Code::save_malformed: return {"save_malformed", "the bytes are not a saved market"};
    case Code::save_of_other_version:
        return {"save_of_other_version", "the market was saved in the format of another version"};
    case Code::save_of_other_types:
        return {"save_of_other_types", "the market was saved by an engine with other types"};
    case Code::save_damaged: return {"save_damaged", "the saved market was changed or cut off"};
    }
    return {"unknown", "not a code of gigaspot"};
}

/// Returns the name of a code, as in the market's texts. It is valid forever.
constexpr std::string_view name(Code code) { return describe(code).name; }

/// Returns a sentence for people that says what is wrong, without a full stop. It is valid forever.
constexpr std::string_view sentence(Code code) { return describe(code).sentence; }

/// Returns the symbol of a unit, such as "W"; empty for `Unit::none`.
constexpr std::string_view symbol(Unit unit) {
    switch (unit) {
    case Unit::none: return "";
    case Unit::watt: return "W";
    case Unit::megahertz: return "MHz";
    case Unit::coin_per_day: return "coin/day";
    case Unit::byte: return "bytes";
    case Unit::gpu: return "GPUs";
    case Unit::millisecond: return "ms";
    case Unit::ppm: return "ppm";
    case Unit::host: return "hosts";
    case Unit::bid: return "bids";
    case Unit::currency: return "currencies";
    }
    return "";
}

/// Returns the decimal places of one count of a unit: a price counts 1e-8 coin per day, so it
/// has 8.
constexpr int decimals(Unit unit) { return unit == Unit::coin_per_day ? 8 : 0; }

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
