// Section 3 row by row, in the order of reports: every rule that a bid can break on its host.
#include <gigaspot/rules/validate.hpp>

#include <array>
#include <string_view>

#include "support/market.hpp"

namespace {

using namespace market;
using enum Code;
using Setting = DefaultTraits::Setting;
using Profiles = FixedVector<OverclockProfile, DefaultTraits::gpus_max>;
using Found = FixedVector<Violation, 12>;

constexpr bool is_same(const Violations& found, const Found& expected) {
    if (found.size() != expected.size()) return false;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (!(found[i] == expected[i])) return false;
    }
    return true;
}

constexpr Violation watts(Code code, std::uint8_t gpu, int value, int bound) {
    return {code, gpu, Unit::watt, value, bound};
}
constexpr Violation megahertz(Code code, int value, int bound) {
    return {code, std::uint8_t{0}, Unit::megahertz, value, bound};
}
constexpr Violation coins(Code code, Int128 value, Int128 bound) {
    return {code, {}, Unit::coin_per_day, value, bound};
}
constexpr Violation bytes(Code code, int value, int bound) {
    return {code, {}, Unit::byte, value, bound};
}

constexpr HostCapabilities two_gpus{.gpus = {full_gpu, plain_gpu}};
constexpr OverclockProfile modest{.power_limit = 300_W};

// --- Profiles and power limits ---

struct OverclockRow {
    const char* rule;
    Profiles profiles;
    Found expected;
};

constexpr OverclockRow overclock_rows[] = {
    {"overclock_missing: without profiles, no other overclock row is reported",
     {},
     {{.code = overclock_missing}}},
    {"overclock_count_mismatch: one profile for two GPUs, and its broken power limit is not "
     "reported",
     {{.power_limit = 1_W}},
     {{overclock_count_mismatch, {}, Unit::gpu, 1, 2}}},
    {"overclock_count_mismatch: three profiles for two GPUs",
     {modest, modest, {}},
     {{overclock_count_mismatch, {}, Unit::gpu, 3, 2}}},
    {"one profile per GPU within its ranges is valid", {modest, modest}, {}},
    {"power_limit_missing: a power limit of 0, which is not compared with the card's minimum",
     {modest, {.power_limit = 0_W}},
     {{.code = power_limit_missing, .gpu = std::uint8_t{1}}}},
    {"power_limit_missing: a default profile has no power limit",
     {{}, modest},
     {{.code = power_limit_missing, .gpu = std::uint8_t{0}}}},
    {"power_limit_below_card_minimum: 99 W with a card minimum of 100 W",
     {{.power_limit = 99_W}, modest},
     {watts(power_limit_below_card_minimum, 0, 99, 100)}},
    {"the minimum of each card itself is allowed",
     {{.power_limit = 100_W}, {.power_limit = 150_W}},
     {}},
    {"the host's maximum for each GPU itself is allowed",
     {{.power_limit = 450_W}, {.power_limit = 400_W}},
     {}},
    {"power_limit_above_host_maximum: 451 W with a host maximum of 450 W",
     {{.power_limit = 451_W}, modest},
     {watts(power_limit_above_host_maximum, 0, 451, 450)}},
    {"profile i belongs to GPU i: 120 W and 430 W fit GPU 0 but not GPU 1",
     {{.power_limit = 430_W}, {.power_limit = 430_W}},
     {watts(power_limit_above_host_maximum, 1, 430, 400)}},
    {"profile i belongs to GPU i: only GPU 1 has a power limit below its minimum",
     {{.power_limit = 120_W}, {.power_limit = 120_W}},
     {watts(power_limit_below_card_minimum, 1, 120, 150)}},
    {"a missing power limit does not hide the other rows of its GPU",
     {{.core_lock = 1_MHz}, modest},
     {{.code = power_limit_missing, .gpu = std::uint8_t{0}},
      megahertz(core_lock_below_minimum, 1, 210)}},
    {"reported GPU by GPU, and within one power limit, core lock, memory lock, core offset, memory "
     "offset",
     {{451_W, 2521_MHz, 404_MHz, 201_MHz, -2001_MHz}, {149_W, 0_MHz, 0_MHz, 0_MHz, 0_MHz}},
     {watts(power_limit_above_host_maximum, 0, 451, 450),
      megahertz(core_lock_above_maximum, 2521, 2520),
      megahertz(mem_lock_below_minimum, 404, 405),
      megahertz(core_offset_above_maximum, 201, 200),
      megahertz(mem_offset_below_minimum, -2001, -2000),
      watts(power_limit_below_card_minimum, 1, 149, 150),
      {.code = core_lock_not_supported, .gpu = std::uint8_t{1}},
      {.code = mem_lock_not_supported, .gpu = std::uint8_t{1}},
      {.code = core_offset_not_supported, .gpu = std::uint8_t{1}},
      {.code = mem_offset_not_supported, .gpu = std::uint8_t{1}}}},
};

/// The violations found, which the yes-or-no functions must agree with.
constexpr bool is_overclock_as_expected(const OverclockRow& row) {
    const Bid bid{.price = 2_coin_per_day, .overclock = row.profiles};
    return is_same(validate(bid, two_gpus), row.expected) &&
           is_valid(bid, two_gpus) == row.expected.empty() &&
           is_overclock_valid(bid, two_gpus) == row.expected.empty();
}

// --- Locks and offsets ---

/// Selects one of the four settings, in a profile and in the limits of a GPU.
struct Place {
    Setting OverclockProfile::*setting;
    std::optional<Range<Frequency>> GpuLimits::*range;
};

constexpr Place core_lock{&OverclockProfile::core_lock, &GpuLimits::core_lock};
constexpr Place mem_lock{&OverclockProfile::mem_lock, &GpuLimits::mem_lock};
constexpr Place core_offset{&OverclockProfile::core_offset, &GpuLimits::core_offset};
constexpr Place mem_offset{&OverclockProfile::mem_offset, &GpuLimits::mem_offset};

struct SettingRow {
    const char* rule;
    Place place;
    Setting asked;
    std::optional<Range<Frequency>> allowed;
    Found expected;
};

constexpr Range<Frequency> around_zero{-10_MHz, 20_MHz};

constexpr SettingRow rejected(Place place, Code code) {
    return {name(code).data(), place, 0_MHz, {}, {{.code = code, .gpu = std::uint8_t{0}}}};
}
constexpr SettingRow below(Place place, Code code) {
    return {name(code).data(), place, -11_MHz, around_zero, {megahertz(code, -11, -10)}};
}
constexpr SettingRow above(Place place, Code code) {
    return {name(code).data(), place, 21_MHz, around_zero, {megahertz(code, 21, 20)}};
}
constexpr SettingRow allowed(const char* rule, Place place, Setting asked) {
    return {rule, place, asked, around_zero, {}};
}
constexpr SettingRow absent(const char* rule, Place place) { return {rule, place, {}, {}, {}}; }

constexpr SettingRow setting_rows[] = {
    rejected(core_lock, core_lock_not_supported),
    below(core_lock, core_lock_below_minimum),
    allowed("a core lock at its minimum", core_lock, -10_MHz),
    allowed("a core lock at its maximum", core_lock, 20_MHz),
    above(core_lock, core_lock_above_maximum),
    allowed("an absent core lock on a GPU with a range", core_lock, {}),
    absent("an absent core lock on a GPU without a range", core_lock),
    rejected(mem_lock, mem_lock_not_supported),
    below(mem_lock, mem_lock_below_minimum),
    allowed("a memory lock at its minimum", mem_lock, -10_MHz),
    allowed("a memory lock at its maximum", mem_lock, 20_MHz),
    above(mem_lock, mem_lock_above_maximum),
    allowed("an absent memory lock on a GPU with a range", mem_lock, {}),
    absent("an absent memory lock on a GPU without a range", mem_lock),
    rejected(core_offset, core_offset_not_supported),
    below(core_offset, core_offset_below_minimum),
    allowed("a core offset at its minimum", core_offset, -10_MHz),
    allowed("a core offset at its maximum", core_offset, 20_MHz),
    above(core_offset, core_offset_above_maximum),
    allowed("an absent core offset on a GPU with a range", core_offset, {}),
    absent("an absent core offset on a GPU without a range", core_offset),
    rejected(mem_offset, mem_offset_not_supported),
    below(mem_offset, mem_offset_below_minimum),
    allowed("a memory offset at its minimum", mem_offset, -10_MHz),
    allowed("a memory offset at its maximum", mem_offset, 20_MHz),
    above(mem_offset, mem_offset_above_maximum),
    allowed("an absent memory offset on a GPU with a range", mem_offset, {}),
    absent("an absent memory offset on a GPU without a range", mem_offset),
};

constexpr bool is_setting_as_expected(const SettingRow& row) {
    GpuLimits gpu = plain_gpu;
    gpu.*row.place.range = row.allowed;
    OverclockProfile profile = modest;
    profile.*row.place.setting = row.asked;
    Bid bid{.price = 2_coin_per_day, .overclock = {profile}};
    HostCapabilities host{.gpus = {gpu}};
    return is_same(validate(bid, host), row.expected) &&
           is_valid(bid, host) == row.expected.empty();
}

/// The same where the three other settings have ranges too. A setting that is judged by its
/// neighbour's range passes beside wide ones and fails beside narrow ones.
constexpr bool is_setting_as_expected_beside(const SettingRow& row, Range<Frequency> others) {
    GpuLimits gpu{.power_limit = plain_gpu.power_limit,
                  .core_lock = others,
                  .mem_lock = others,
                  .core_offset = others,
                  .mem_offset = others};
    gpu.*row.place.range = row.allowed;
    OverclockProfile profile = modest;
    profile.*row.place.setting = row.asked;
    Bid bid{.price = 2_coin_per_day, .overclock = {profile}};
    HostCapabilities host{.gpus = {gpu}};
    return is_same(validate(bid, host), row.expected) &&
           is_valid(bid, host) == row.expected.empty() &&
           is_overclock_valid(bid, host) == row.expected.empty();
}
constexpr bool is_as_expected_beside_wide_ranges(const SettingRow& row) {
    return is_setting_as_expected_beside(row, {Frequency::lowest(), Frequency::highest()});
}
constexpr bool is_as_expected_beside_narrow_ranges(const SettingRow& row) {
    return is_setting_as_expected_beside(row, {Frequency::highest(), Frequency::highest()});
}

// --- The price ---

struct PriceRow {
    const char* rule;
    Price price;
    Found expected;
    Currency currency = main_currency;
    Conditions conditions{};
    Price min_bid{};
};

// With the main currency at 3e-12 USD and bitcoin at 7e-12 USD, a limit of b units is 3b/7 units of
// bitcoin. The market's minimum of 10,000 units is 4285.7.., its maximum of 5e11 units is
// 214,285,714,285.7.., and a host's minimum of 100,001 is 42,857.57..
constexpr Conditions three_to_seven{
    .rates = two_rates(ExchangeRate::unchecked(3), ExchangeRate::unchecked(7))};

// With the main currency at 0.002 USD and bitcoin at 0.004, limits divide evenly: 10,000 units are
// 5,000.
constexpr Conditions one_to_two{.rates = two_rates(0.002_usd_per_coin, 0.004_usd_per_coin)};

constexpr Conditions with_fees() {
    Conditions conditions = one_to_two;
    conditions.rates[main_currency].fee = 500'000_ppm;
    conditions.rates[bitcoin].fee = 900'000_ppm;
    return conditions;
}

constexpr Conditions aged(Timestamp main_given, Timestamp bitcoin_given) {
    Conditions conditions = one_to_two;
    conditions.rates[main_currency].given = main_given;
    conditions.rates[bitcoin].given = bitcoin_given;
    conditions.policy.rate_age_max = 100_ms;
    conditions.now = at_ms(1'000);
    return conditions;
}

constexpr Conditions only(Currency currency) {
    Conditions conditions;
    conditions.rates[currency].usd = 0.002_usd_per_coin;
    return conditions;
}

constexpr Conditions bounds(Price least, Price greatest) {
    return {.policy = {.price_min = least, .price_max = greatest}};
}

constexpr Price price(std::int64_t count) { return Price::unchecked(count); }

constexpr PriceRow price_rows[] = {
    {"price_not_positive: at 0, no other price row is reported",
     {},
     {{.code = price_not_positive}},
     main_currency,
     {},
     5_coin_per_day},
    {"price_not_positive: 0 in another currency",
     {},
     {{.code = price_not_positive}},
     bitcoin,
     three_to_seven,
     5_coin_per_day},
    {"price_not_positive: 0 in a currency without a rate",
     {},
     {{.code = price_not_positive}},
     bitcoin},
    {"price_not_positive: 0 in a market without a minimum",
     {},
     {{.code = price_not_positive}},
     main_currency,
     bounds({}, {})},
    {"price_below_market_minimum: one unit below 0.0001 coin",
     price(9'999),
     {coins(price_below_market_minimum, 9'999, 10'000)}},
    {"the market's minimum itself is allowed", 0.0001_coin_per_day, {}},
    {"the market's maximum itself is allowed", 5000_coin_per_day, {}},
    {"price_above_market_maximum: one unit above 5000 coins",
     price(500'000'000'001),
     {coins(price_above_market_maximum, 500'000'000'001, 500'000'000'000)}},
    {"price_below_market_minimum: a minimum from the policy",
     price(6),
     {coins(price_below_market_minimum, 6, 7)},
     main_currency,
     bounds(price(7), price(8))},
    {"price_above_market_maximum: a maximum from the policy",
     price(9),
     {coins(price_above_market_maximum, 9, 8)},
     main_currency,
     bounds(price(7), price(8))},
    {"price_below_host_minimum: one unit below the host's minimum bid",
     price(199'999'999),
     {coins(price_below_host_minimum, 199'999'999, 200'000'000)},
     main_currency,
     {},
     2_coin_per_day},
    {"the host's minimum itself is allowed", 2_coin_per_day, {}, main_currency, {}, 2_coin_per_day},
    {"below both minimums: the market's is reported first",
     price(5),
     {coins(price_below_market_minimum, 5, 10'000),
      coins(price_below_host_minimum, 5, 200'000'000)},
     main_currency,
     {},
     2_coin_per_day},
    {"above the market's maximum and below the host's minimum: the market's is reported first",
     6000_coin_per_day,
     {coins(price_above_market_maximum, 600'000'000'000, 500'000'000'000),
      coins(price_below_host_minimum, 600'000'000'000, 700'000'000'000)},
     main_currency,
     {},
     7000_coin_per_day},
    {"in bitcoin, market minimum: 4,285 units are worth less than 10,000 of the main currency",
     price(4'285),
     {coins(price_below_market_minimum, 4'285, 4'286)},
     bitcoin,
     three_to_seven},
    {"in bitcoin, market minimum: 4,286 units are worth enough",
     price(4'286),
     {},
     bitcoin,
     three_to_seven},
    {"in bitcoin, market maximum: 214,285,714,285 units are not too much",
     price(214'285'714'285),
     {},
     bitcoin,
     three_to_seven},
    {"in bitcoin, market maximum: 214,285,714,286 units are worth more than 5000 coins",
     price(214'285'714'286),
     {coins(price_above_market_maximum, 214'285'714'286, 214'285'714'285)},
     bitcoin,
     three_to_seven},
    {"in bitcoin, host minimum: 42,857 units are worth less than 100,001 of the main currency",
     price(42'857),
     {coins(price_below_host_minimum, 42'857, 42'858)},
     bitcoin,
     three_to_seven,
     price(100'001)},
    {"in bitcoin, host minimum: 42,858 units are worth enough",
     price(42'858),
     {},
     bitcoin,
     three_to_seven,
     price(100'001)},
    {"in bitcoin, if limits divide evenly: 4,999 units against 5,000",
     price(4'999),
     {coins(price_below_market_minimum, 4'999, 5'000)},
     bitcoin,
     one_to_two},
    {"in bitcoin, if limits divide evenly: worth exactly the minimum",
     price(5'000),
     {},
     bitcoin,
     one_to_two},
    {"in bitcoin, if limits divide evenly: worth exactly the maximum",
     2500_coin_per_day,
     {},
     bitcoin,
     one_to_two},
    {"prices are compared without fees: just too low",
     price(4'999),
     {coins(price_below_market_minimum, 4'999, 5'000)},
     bitcoin,
     with_fees()},
    {"prices are compared without fees: just enough", price(5'000), {}, bitcoin, with_fees()},
    {"prices are compared without fees: just not too much",
     2500_coin_per_day,
     {},
     bitcoin,
     with_fees()},
    {"a price in the main currency needs no rate",
     price(9'999),
     {coins(price_below_market_minimum, 9'999, 10'000)}},
    {"no rate of bitcoin: the price is not compared",
     price(1),
     {},
     bitcoin,
     only(main_currency),
     2_coin_per_day},
    {"no rate of the main currency: a price in bitcoin is not compared",
     price(1),
     {},
     bitcoin,
     only(bitcoin),
     2_coin_per_day},
    {"no rate: the maximum is not compared either",
     Price::highest(),
     {},
     bitcoin,
     only(main_currency)},
    {"a rate of bitcoin 1 ms too old: the price is not compared",
     price(1),
     {},
     bitcoin,
     aged(at_ms(900), at_ms(899)),
     2_coin_per_day},
    {"a rate of the main currency 1 ms too old: the price is not compared",
     price(1),
     {},
     bitcoin,
     aged(at_ms(899), at_ms(900)),
     2_coin_per_day},
    {"rates exactly as old as allowed: the price is compared",
     price(4'999),
     {coins(price_below_market_minimum, 4'999, 5'000)},
     bitcoin,
     aged(at_ms(900), at_ms(900))},
    {"the maximum limit at the most unequal rates is above every price and does not overflow",
     Price::highest(),
     {coins(price_below_market_minimum, Price::highest().count(),
            Int128{100'000'000'000} * 100'000'000'000),
      coins(price_below_host_minimum, Price::highest().count(),
            Int128{10'000'000'000'000'000} * 10'000'000'000'000'000)},
     // The host's minimum is 1e14 units x 1e18 / 1 = 1e32 units; the market's is 1e4 x 1e18 / 1 =
     // 1e22.
     bitcoin,
     {.rates = two_rates(ExchangeRate::highest(), ExchangeRate::lowest())},
     Price::highest()},
};

constexpr bool is_price_as_expected(PriceRow row) {
    const Bid bid{.price = row.price, .currency = row.currency, .overclock = {modest}};
    const HostCapabilities host{.gpus = {plain_gpu}, .min_bid = row.min_bid};
    return is_same(validate(bid, host, row.conditions), row.expected) &&
           is_valid(bid, host, row.conditions) == row.expected.empty();
}

// --- The workload ---

/// A text of this many letters.
template <std::size_t length>
constexpr auto letters = [] {
    std::array<char, length> text{};
    for (char& c : text) c = 'x';
    return text;
}();

template <std::size_t length>
constexpr std::string_view text_of = {letters<length>.data(), length};

/// Eight variables with keys of 1 byte and values of 1,500 bytes: 2 braces + 8 x (4 quotes, a colon
/// and 1,501 bytes) + 7 commas = 12,057 bytes. A ninth variable fills the rest; its key, quotes,
/// colon and comma take 7 bytes.
template <std::size_t bytes>
constexpr EnvironmentVariable environment_of[] = {
    {"a", text_of<1'500>}, {"b", text_of<1'500>}, {"c", text_of<1'500>},
    {"d", text_of<1'500>}, {"e", text_of<1'500>}, {"f", text_of<1'500>},
    {"g", text_of<1'500>}, {"h", text_of<1'500>}, {"i", text_of<bytes - 12'057 - 7>}};

/// The value of the ninth variable. It ends in `text`, which takes `json_bytes` bytes in JSON, so
/// that the environment takes `bytes` bytes.
template <std::size_t bytes, std::size_t json_bytes, std::size_t size>
constexpr auto environment_ending_in(const char (&text)[size]) {
    std::array<char, bytes - 12'057 - 7 - json_bytes + size - 1> value{};
    for (std::size_t i = 0; i < value.size(); ++i) value[i] = 'x';
    for (std::size_t i = 0; i + 1 < size; ++i) value[value.size() - size + 1 + i] = text[i];
    return value;
}

template <const auto& value>
constexpr bool is_exactly_too_long() {
    EnvironmentVariable variables[9];
    for (std::size_t i = 0; i < 9; ++i) variables[i] = environment_of<12'288>[i];
    variables[8].value = {value.data(), value.size()};
    const OverclockProfile profile = modest;
    const Bid bid{
        .price = 2_coin_per_day, .overclock = {profile}, .workload = {.environment = variables}};
    return is_same(validate(bid, HostCapabilities{.gpus = {plain_gpu}}),
                   {bytes(environment_too_long, 12'288, 12'287)});
}

// Each character replaces as many bytes as it takes in compact JSON (RFC 8259, section 7).
constexpr auto quote = environment_ending_in<12'288, 2>("\"");
constexpr auto backslash = environment_ending_in<12'288, 2>("\\");
constexpr auto slash = environment_ending_in<12'288, 1>("/");
constexpr auto short_escapes = environment_ending_in<12'288, 10>("\b\f\n\r\t");
constexpr auto unit_separator = environment_ending_in<12'288, 6>("\x1f");
constexpr auto escape = environment_ending_in<12'288, 6>("\x01");
constexpr auto nul = environment_ending_in<12'288, 6>("\0");
constexpr auto space_and_delete = environment_ending_in<12'288, 2>(" \x7f");
constexpr auto umlaut = environment_ending_in<12'288, 2>("\xc3\xbc");
constexpr auto euro = environment_ending_in<12'288, 3>("\xe2\x82\xac");
constexpr auto smiley = environment_ending_in<12'288, 4>("\xf0\x9f\x98\x80");

constexpr table::Fact escapes[] = {
    {"a quote takes two bytes", is_exactly_too_long<quote>},
    {"a backslash takes two bytes", is_exactly_too_long<backslash>},
    {"a slash takes one byte", is_exactly_too_long<slash>},
    {"backspace, form feed, line feed, carriage return and tab take two bytes each",
     is_exactly_too_long<short_escapes>},
    {"another control character takes six bytes: 1f", is_exactly_too_long<unit_separator>},
    {"another control character takes six bytes: 01", is_exactly_too_long<escape>},
    {"another control character takes six bytes: 00", is_exactly_too_long<nul>},
    {"a space and a delete take one byte each", is_exactly_too_long<space_and_delete>},
    {"UTF-8 of two bytes takes two", is_exactly_too_long<umlaut>},
    {"UTF-8 of three bytes takes three", is_exactly_too_long<euro>},
    {"UTF-8 of four bytes takes four", is_exactly_too_long<smiley>},
};

struct WorkloadRow {
    const char* rule;
    Workload workload;
    Found expected;
};

constexpr EnvironmentVariable long_key[] = {{text_of<128>, "v"}, {text_of<129>, "v"}};
constexpr EnvironmentVariable longest_key[] = {{text_of<128>, "v"}};
constexpr EnvironmentVariable long_value[] = {{"k", text_of<1'536>}, {"l", text_of<1'537>}};
constexpr EnvironmentVariable longest_value[] = {{"k", text_of<1'536>}};
constexpr EnvironmentVariable empty_key[] = {{"", "v"}, {"k", ""}, {"", "w"}};
constexpr EnvironmentVariable empty_value[] = {{"k", ""}};
constexpr EnvironmentVariable escaped_key[] = {
    {"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""
     "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"",
     "v"}};
// 2 braces, 8 commas and 9 times 4 quotes and a colon are 55 bytes. The keys have 0 + 130 + 129 + 6
// x 1 bytes, and the values 8 x 1,540 + 1,600.
constexpr EnvironmentVariable all_wrong[] = {
    {"", text_of<1'540>},  {text_of<130>, text_of<1'600>}, {text_of<129>, text_of<1'540>},
    {"c", text_of<1'540>}, {"d", text_of<1'540>},          {"e", text_of<1'540>},
    {"f", text_of<1'540>}, {"g", text_of<1'540>},          {"h", text_of<1'540>}};

constexpr Workload environment(std::span<const EnvironmentVariable> variables) {
    return {.environment = variables};
}
constexpr Workload image(std::string_view id) { return {.image = id}; }

constexpr WorkloadRow workload_rows[] = {
    {"without an image and an environment", {}, {}},
    {"an environment of 12,287 bytes", environment(environment_of<12'287>), {}},
    {"environment_too_long: 12,288 bytes",
     environment(environment_of<12'288>),
     {bytes(environment_too_long, 12'288, 12'287)}},
    {"a key of 128 bytes", environment(longest_key), {}},
    {"environment_key_too_long: 129 bytes",
     environment(long_key),
     {bytes(environment_key_too_long, 129, 128)}},
    {"a key is measured without JSON's escapes", environment(escaped_key), {}},
    {"a value of 1,536 bytes", environment(longest_value), {}},
    {"environment_value_too_long: 1,537 bytes",
     environment(long_value),
     {bytes(environment_value_too_long, 1'537, 1'536)}},
    {"environment_key_empty: once for two empty keys",
     environment(empty_key),
     {{.code = environment_key_empty}}},
    {"an empty value", environment(empty_value), {}},
    {"an image of 24 hexadecimal digits", image("c9a4e2f6b7d488d8f0bab0ff"), {}},
    {"an image in capitals", image("C9A4E2F6B7D488D8F0BAB0FF"), {}},
    {"an image with every digit", image("0123456789abcdefABCDEF09"), {}},
    {"image_malformed: 23 digits", image("c9a4e2f6b7d488d8f0bab0f"), {{.code = image_malformed}}},
    {"image_malformed: 25 digits", image("c9a4e2f6b7d488d8f0bab0fff"), {{.code = image_malformed}}},
    {"image_malformed: an empty image", image(""), {{.code = image_malformed}}},
    {"image_malformed: g is not a digit",
     image("c9a4e2f6b7d488d8f0bab0fg"),
     {{.code = image_malformed}}},
    {"image_malformed: G is not a digit",
     image("G9a4e2f6b7d488d8f0bab0ff"),
     {{.code = image_malformed}}},
    {"image_malformed: the character before 0",
     image("c9a4e2f6b7d4/8d8f0bab0ff"),
     {{.code = image_malformed}}},
    {"image_malformed: the character after 9",
     image("c9a4e2f6b7d4:8d8f0bab0ff"),
     {{.code = image_malformed}}},
    {"image_malformed: the character before A",
     image("c9a4e2f6b7d4@8d8f0bab0ff"),
     {{.code = image_malformed}}},
    {"image_malformed: the character before a",
     image("c9a4e2f6b7d4`8d8f0bab0ff"),
     {{.code = image_malformed}}},
    {"everything at once: each code once, with the longest key and value, in the order of the "
     "rules",
     {.image = "no", .environment = all_wrong},
     {bytes(environment_too_long, 55 + 130 + 129 + 6 + 8 * 1'540 + 1'600, 12'287),
      bytes(environment_key_too_long, 130, 128),
      bytes(environment_value_too_long, 1'600, 1'536),
      {.code = environment_key_empty},
      {.code = image_malformed}}},
};

constexpr bool is_workload_as_expected(const WorkloadRow& row) {
    const Bid bid{.price = 2_coin_per_day, .overclock = {modest}, .workload = row.workload};
    const HostCapabilities host{.gpus = {plain_gpu}};
    return is_same(validate(bid, host), row.expected) &&
           is_valid(bid, host) == row.expected.empty();
}

// --- All together, and hosts ---

constexpr HostCapabilities host_with_ranges(GpuLimits first, GpuLimits second) {
    return {.gpus = {first, second}};
}

constexpr GpuLimits inverted(Place place) {
    GpuLimits gpu = full_gpu;
    gpu.*place.range = {{1_MHz, 0_MHz}};
    return gpu;
}

constexpr Violation inverted_on(std::uint8_t gpu) { return {.code = range_inverted, .gpu = gpu}; }

constexpr table::Fact whole_rows[] = {
    {"overclock is reported first, then price, then workload",
     [] {
         return is_same(validate(Bid{.workload = {.image = "no"}}, two_gpus),
                        {{.code = overclock_missing},
                         {.code = price_not_positive},
                         {.code = image_malformed}});
     }},
    {"a bid that breaks only a price or workload row has a valid overclock",
     [] {
         return is_overclock_valid(Bid{.overclock = {modest, modest}, .workload = {.image = "no"}},
                                   two_gpus) &&
                !is_valid(Bid{.overclock = {modest, modest}, .workload = {.image = "no"}},
                          two_gpus);
     }},
    {"the last of 32 GPUs is checked and reported as GPU 31",
     [] {
         HostCapabilities host;
         Bid bid{.price = 2_coin_per_day};
         bool has_room = true;
         for (int i = 0; i < 32; ++i) {
             has_room = has_room && host.gpus.push_back(plain_gpu);
             has_room =
                 has_room && bid.overclock.push_back({.power_limit = i < 31 ? 300_W : 500_W});
         }
         return has_room &&
                is_same(validate(bid, host), {watts(power_limit_above_host_maximum, 31, 500, 400)});
     }},
    {"every row fits at once, even if the minimum price is above the maximum",
     [] {
         constexpr OverclockProfile broken{1_W, 1_MHz, 1_MHz, 999_MHz, 9'999_MHz};
         HostCapabilities host{.min_bid = 100_coin_per_day};
         Bid bid{.price = 50_coin_per_day, .workload = {.image = "no", .environment = all_wrong}};
         bool has_room = true;
         for (int i = 0; i < 32; ++i) {
             has_room = has_room && host.gpus.push_back(full_gpu);
             has_room = has_room && bid.overclock.push_back(broken);
         }
         const Violations found = validate(bid, host, bounds(60_coin_per_day, 40_coin_per_day));
         return has_room && found.size() == 32 * 5 + 3 + 5 &&
                found[found.size() - 1].code == image_malformed;
     }},
    {"gpus_missing: a host without GPUs",
     [] { return is_same(validate(HostCapabilities{}), {{.code = gpus_missing}}); }},
    {"a valid host", [] { return validate(two_gpus).empty(); }},
    {"a range of one value is valid",
     [] {
         return validate(HostCapabilities{
                             .gpus = {{.power_limit = {5_W, 5_W}, .core_lock = {{0_MHz, 0_MHz}}}}})
             .empty();
     }},
    {"range_inverted: a power limit",
     [] {
         return is_same(validate(host_with_ranges(plain_gpu, {.power_limit = {2_W, 1_W}})),
                        {inverted_on(1)});
     }},
    {"range_inverted: a core lock",
     [] {
         return is_same(validate(host_with_ranges(inverted(core_lock), plain_gpu)),
                        {inverted_on(0)});
     }},
    {"range_inverted: a memory lock",
     [] {
         return is_same(validate(host_with_ranges(inverted(mem_lock), plain_gpu)),
                        {inverted_on(0)});
     }},
    {"range_inverted: a core offset",
     [] {
         return is_same(validate(host_with_ranges(inverted(core_offset), plain_gpu)),
                        {inverted_on(0)});
     }},
    {"range_inverted: a memory offset",
     [] {
         return is_same(validate(host_with_ranges(inverted(mem_offset), plain_gpu)),
                        {inverted_on(0)});
     }},
    {"range_inverted: once per GPU, however many of its ranges are inverted",
     [] {
         GpuLimits gpu = inverted(core_lock);
         gpu.mem_lock = gpu.core_lock;
         gpu.power_limit = {2_W, 1_W};
         return is_same(validate(host_with_ranges(gpu, gpu)), {inverted_on(0), inverted_on(1)});
     }},
};

GIGASPOT_TABLE("section 3, profiles and power limits of a bid", overclock_rows,
               is_overclock_as_expected)
GIGASPOT_TABLE("section 3, locks and offsets of a bid", setting_rows, is_setting_as_expected)
GIGASPOT_TABLE("section 3, locks and offsets of a bid, where its other ranges allow everything",
               setting_rows, is_as_expected_beside_wide_ranges)
GIGASPOT_TABLE("section 3, locks and offsets of a bid, where its other ranges allow one value",
               setting_rows, is_as_expected_beside_narrow_ranges)
GIGASPOT_TABLE("section 3, the price of a bid", price_rows, is_price_as_expected)
GIGASPOT_TABLE("section 3, environment and image of a bid", workload_rows, is_workload_as_expected)
GIGASPOT_TABLE("section 3, how many bytes a character of an environment takes in compact JSON",
               escapes, table::is_so)
GIGASPOT_TABLE("section 3, all rows of a bid together; section 9, what is wrong with a host",
               whole_rows, table::is_so)

}  // namespace
