// Codes keep their numbers forever. The table is golden: rows may be added, but existing rows never
// change.
#include <gigaspot/values/error.hpp>

#include <string_view>

#include "support/table.hpp"

namespace {

using namespace gigaspot;

struct Golden {
    const char* rule;  // the code's name, as in the market's texts
    Code code;
    int number;
};

constexpr Golden codes[] = {
    {"none", Code::none, 0},
    {"malformed", Code::malformed, 100},
    {"missing", Code::missing, 110},
    {"wrong_type", Code::wrong_type, 111},
    {"unknown_field", Code::unknown_field, 112},
    {"duplicate", Code::duplicate, 113},
    {"number_out_of_range", Code::number_out_of_range, 200},
    {"number_too_precise", Code::number_too_precise, 201},
    {"time_went_backwards", Code::time_went_backwards, 210},
    {"time_too_far", Code::time_too_far, 211},
    {"price_too_precise", Code::price_too_precise, 300},
    {"bid_exists", Code::bid_exists, 400},
    {"host_unknown", Code::host_unknown, 401},
    {"bid_unknown", Code::bid_unknown, 402},
    {"not_owner", Code::not_owner, 403},
    {"fee_changed", Code::fee_changed, 404},
    {"gpus_changed", Code::gpus_changed, 405},
    {"close_too_soon", Code::close_too_soon, 406},
    {"currency_unknown", Code::currency_unknown, 407},
    {"host_unavailable", Code::host_unavailable, 500},
    {"overclock_missing", Code::overclock_missing, 600},
    {"overclock_count_mismatch", Code::overclock_count_mismatch, 601},
    {"power_limit_missing", Code::power_limit_missing, 602},
    {"power_limit_below_card_minimum", Code::power_limit_below_card_minimum, 603},
    {"power_limit_above_host_maximum", Code::power_limit_above_host_maximum, 604},
    {"core_lock_not_supported", Code::core_lock_not_supported, 605},
    {"core_lock_below_minimum", Code::core_lock_below_minimum, 606},
    {"core_lock_above_maximum", Code::core_lock_above_maximum, 607},
    {"mem_lock_not_supported", Code::mem_lock_not_supported, 608},
    {"mem_lock_below_minimum", Code::mem_lock_below_minimum, 609},
    {"mem_lock_above_maximum", Code::mem_lock_above_maximum, 610},
    {"core_offset_not_supported", Code::core_offset_not_supported, 611},
    {"core_offset_below_minimum", Code::core_offset_below_minimum, 612},
    {"core_offset_above_maximum", Code::core_offset_above_maximum, 613},
    {"mem_offset_not_supported", Code::mem_offset_not_supported, 614},
    {"mem_offset_below_minimum", Code::mem_offset_below_minimum, 615},
    {"mem_offset_above_maximum", Code::mem_offset_above_maximum, 616},
    {"price_not_positive", Code::price_not_positive, 620},
    {"price_below_market_minimum", Code::price_below_market_minimum, 621},
    {"price_above_market_maximum", Code::price_above_market_maximum, 622},
    {"price_below_host_minimum", Code::price_below_host_minimum, 623},
    {"environment_too_long", Code::environment_too_long, 630},
    {"environment_key_too_long", Code::environment_key_too_long, 631},
    {"environment_value_too_long", Code::environment_value_too_long, 632},
    {"environment_key_empty", Code::environment_key_empty, 633},
    {"image_malformed", Code::image_malformed, 640},
    {"gpus_missing", Code::gpus_missing, 650},
    {"range_inverted", Code::range_inverted, 651},
    {"limit_reached", Code::limit_reached, 700},
    {"host_offline", Code::host_offline, 800},
    {"host_on_demand_rented", Code::host_on_demand_rented, 801},
    {"host_malfunctioning", Code::host_malfunctioning, 802},
    {"bid_expired", Code::bid_expired, 803},
    {"overclock_invalid", Code::overclock_invalid, 804},
    {"not_cached", Code::not_cached, 805},
    {"rate_missing", Code::rate_missing, 806},
    {"below_reserve", Code::below_reserve, 807},
    {"incumbent_protected", Code::incumbent_protected, 820},
    {"outbid", Code::outbid, 840},
    {"cancelled", Code::cancelled, 841},
    {"expired", Code::expired, 842},
    {"host_removed", Code::host_removed, 843},
    {"revoked", Code::revoked, 844},
    {"save_malformed", Code::save_malformed, 900},
    {"save_of_other_version", Code::save_of_other_version, 901},
    {"save_of_other_types", Code::save_of_other_types, 902},
    {"save_damaged", Code::save_damaged, 903},
};

constexpr bool is_unchanged(const Golden& row) {
    return static_cast<int>(row.code) == row.number && name(row.code) == row.rule;
}

constexpr bool has_sentence(const Golden& row) {
    const std::string_view text = sentence(row.code);
    return text.size() > 10 && !text.ends_with('.') && text != sentence(Code{65'535});
}

struct Symbol {
    const char* rule;
    Unit unit;
    std::string_view symbol;
    int decimals;
};

constexpr Symbol symbols[] = {
    {"no unit", Unit::none, "", 0},
    {"power", Unit::watt, "W", 0},
    {"frequency", Unit::megahertz, "MHz", 0},
    {"a price counts 1e-8 coin per day", Unit::coin_per_day, "coin/day", 8},
    {"bytes of a text", Unit::byte, "bytes", 0},
    {"a number of GPUs", Unit::gpu, "GPUs", 0},
    {"time", Unit::millisecond, "ms", 0},
    {"a fee", Unit::ppm, "ppm", 0},
    {"a number of hosts", Unit::host, "hosts", 0},
    {"a number of bids", Unit::bid, "bids", 0},
    {"a number of currencies", Unit::currency, "currencies", 0},
};

constexpr bool is_symbol_as_expected(const Symbol& row) {
    return symbol(row.unit) == row.symbol && decimals(row.unit) == row.decimals;
}

constexpr table::Fact facts[] = {
    {"every code with a name is in the golden table",
     [] {
         std::size_t named = 0;
         for (int number = 0; number < 1'000; ++number) {
             if (name(static_cast<Code>(number)) != "unknown") ++named;
         }
         return named == std::size(codes);
     }},
    {"the golden table has each name and number only once",
     [] {
         for (std::size_t i = 1; i < std::size(codes); ++i) {
             if (codes[i - 1].number >= codes[i].number) return false;
             for (std::size_t other = 0; other < i; ++other) {
                 if (std::string_view{codes[i].rule} == codes[other].rule) return false;
             }
         }
         return true;
     }},
    {"a number without a code is named unknown",
     [] { return name(Code{65'535}) == "unknown" && !sentence(Code{65'535}).empty(); }},
    {"a number without a unit has an empty symbol",
     [] { return symbol(static_cast<Unit>(200)).empty(); }},
};

GIGASPOT_TABLE("section 3, codes keep their numbers and names forever", codes, is_unchanged)
GIGASPOT_TABLE("every code has a sentence for people", codes, has_sentence)
GIGASPOT_TABLE("units of violations have symbols", symbols, is_symbol_as_expected)
GIGASPOT_TABLE("codes are complete", facts, table::is_so)

}  // namespace
