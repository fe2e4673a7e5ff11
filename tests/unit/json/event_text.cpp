// Events and rejected commands as lines of JSON, key by key. Streams of events are in replay.cpp.
#include <gigaspot/json/event_text.hpp>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/market.hpp"

namespace {

using namespace market;
using enum Code;

template <class... What>
std::string line_of(const What&... what) {
    const MarketNames names{"m\"ain"};
    std::string line;
    EventText{line, names}.put(what...);
    REQUIRE(line.ends_with('\n'));
    line.pop_back();
    return line;
}

/// The reasons of a command that was rejected at the time 5, as the third command.
template <class... Command>
std::string reasons(std::initializer_list<Violation> found, const Command&... command) {
    const std::span<const Violation> list{found.begin(), found.size()};
    const std::string line =
        line_of(Rejection{.time = at_ms(5), .command = 3, .reasons = list}, command...);
    const std::string front = R"({"event":"rejected","time":5,"command":3,"reasons":[)";
    REQUIRE(line.starts_with(front));
    REQUIRE(line.ends_with("]}"));
    return line.substr(front.size(), line.size() - front.size() - 2);
}

TEST_CASE("each kind of event has its fields, in the order of the rules") {
    const Event any{.reason = outbid,
                    .time = at_ms(5),
                    .command = 3,
                    .host = 7,
                    .bid = 1,
                    .owner = 2,
                    .profit = UsdPerDay::unchecked(Int128{125} * 1'000'000'000'000'000'000),
                    .amount = Amount::unchecked(150'000'000),
                    .fee = Amount::unchecked(1)};
    const auto line = [&](EventKind kind) {
        Event event = any;
        event.kind = kind;
        return line_of(event);
    };
    const auto with = [](const std::string& kind, const std::string& more) {
        return R"({"event":")" + kind + R"(","time":5,"command":3,"host":7,"bid":1)" + more + "}";
    };
    CHECK(line(EventKind::accepted) == R"({"event":"accepted","time":5,"command":3})");
    CHECK(line(EventKind::started) == with("started", R"(,"profit":"1.25")"));
    CHECK(line(EventKind::changed) == with("changed", R"(,"profit":"1.25")"));
    CHECK(line(EventKind::stopped) == with("stopped", R"(,"reason":"outbid")"));
    CHECK(line(EventKind::charged) ==
          with("charged", R"(,"owner":2,"currency":"m\"ain","amount":"1.5","fee":"0.00000001")"));
    CHECK(line(EventKind::expired) == with("expired", ""));
    CHECK(line(EventKind::removed) == with("removed", ""));
}

TEST_CASE("without its command, a reason has code, GPU and numbers; money is a string") {
    CHECK(reasons({{power_limit_above_host_maximum, 0, Unit::watt, 480, 450},
                   {price_below_host_minimum, {}, Unit::coin_per_day, 150'000'000, 200'000'000},
                   {.code = image_malformed}}) ==
          R"({"code":"power_limit_above_host_maximum","gpu":0,"value":480,"bound":450,"unit":"W"},)"
          R"({"code":"price_below_host_minimum","value":"1.5","bound":"2","unit":"coin/day"},)"
          R"({"code":"image_malformed"})");
}

TEST_CASE("with its command, a reason names the field that it is about") {
    const auto field = [](const Violation& reason, const auto& command) {
        const std::string text = reasons({reason}, command);
        CHECK(text == reasons({reason}, Command{command}));
        const std::size_t begin = text.find(R"("field":")");
        if (begin == std::string::npos) return std::string{};
        return text.substr(begin + 9, text.find('"', begin + 9) - begin - 9);
    };
    struct Row {
        Code code;
        std::string_view field;
    };
    for (const Row& row : {Row{power_limit_missing, "oc[2].pl"},
                           {power_limit_below_card_minimum, "oc[2].pl"},
                           {power_limit_above_host_maximum, "oc[2].pl"},
                           {core_lock_not_supported, "oc[2].core_lock"},
                           {core_lock_below_minimum, "oc[2].core_lock"},
                           {core_lock_above_maximum, "oc[2].core_lock"},
                           {mem_lock_not_supported, "oc[2].mem_lock"},
                           {mem_lock_below_minimum, "oc[2].mem_lock"},
                           {mem_lock_above_maximum, "oc[2].mem_lock"},
                           {core_offset_not_supported, "oc[2].core_offset"},
                           {core_offset_below_minimum, "oc[2].core_offset"},
                           {core_offset_above_maximum, "oc[2].core_offset"},
                           {mem_offset_not_supported, "oc[2].mem_offset"},
                           {mem_offset_below_minimum, "oc[2].mem_offset"},
                           {mem_offset_above_maximum, "oc[2].mem_offset"}}) {
        CAPTURE(row.field);
        CHECK(field({.code = row.code, .gpu = 2}, PlaceBid{}) == row.field);
        CHECK(field({.code = row.code, .gpu = 2}, EditBid{}) == row.field);
    }
    for (const Row& row : {Row{time_went_backwards, "time"},
                           {time_too_far, "time"},
                           {bid_exists, "id"},
                           {host_unknown, "host"},
                           {currency_unknown, "currency"},
                           {host_unavailable, "host"},
                           {overclock_missing, "oc"},
                           {overclock_count_mismatch, "oc"},
                           {price_not_positive, "price"},
                           {price_below_market_minimum, "price"},
                           {price_above_market_maximum, "price"},
                           {price_below_host_minimum, "price"},
                           {environment_too_long, "env"},
                           {environment_key_too_long, "env"},
                           {environment_value_too_long, "env"},
                           {environment_key_empty, "env"},
                           {image_malformed, "image"}}) {
        CAPTURE(row.field);
        CHECK(field({.code = row.code}, PlaceBid{}) == row.field);
    }
    CHECK(field({.code = bid_unknown}, EditBid{}) == "id");
    CHECK(field({.code = not_owner}, CancelBid{}) == "owner");
    CHECK(field({.code = fee_changed}, SetRate{}) == "fee_ppm");
    CHECK(field({.code = host_unknown}, RemoveHost{}) == "id");
    CHECK(field({.code = gpus_changed}, PutHost{}) == "gpus");
    CHECK(field({.code = gpus_missing}, PutHost{}) == "gpus");
    CHECK(field({.code = close_too_soon}, Close{}) == "time");
    CHECK(field({limit_reached, {}, Unit::currency, 17, 16}, SetRate{}) == "currency");
    CHECK(field({limit_reached, {}, Unit::gpu, 33, 32}, PutHost{}) == "gpus");
    // A limit of a host or of a market is not about a field of the command.
    CHECK(field({limit_reached, {}, Unit::bid, 17, 16}, PlaceBid{}) == "");
    CHECK(field({limit_reached, {}, Unit::host, 17, 16}, PutHost{}) == "");
}

TEST_CASE("an inverted range is named, once for each GPU") {
    const GpuLimits gpus[] = {
        {.power_limit = {2_W, 1_W}, .mem_lock = {{1_MHz, 0_MHz}}},
        {.power_limit = {1_W, 2_W}, .mem_offset = {{5_MHz, -5_MHz}}},
    };
    CHECK(reasons({{.code = range_inverted, .gpu = 0}, {.code = range_inverted, .gpu = 1}},
                  PutHost{.gpus = gpus}) ==
          R"({"code":"range_inverted","gpu":0,"field":"gpus[0]",)"
          R"("detail":"pl: minimum 2 is above maximum 1; mem_lock: minimum 1 is above maximum 0"},)"
          R"({"code":"range_inverted","gpu":1,"field":"gpus[1].mem_offset",)"
          R"("detail":"mem_offset: minimum 5 is above maximum -5"})");
    for (const char* const name : {"pl", "core_lock", "mem_lock", "core_offset", "mem_offset"}) {
        const std::string_view one{name};
        const Range<Frequency> inverted{2_MHz, 1_MHz};
        GpuLimits gpu{.power_limit = {1_W, 2_W}};
        if (one == "pl") gpu.power_limit = {2_W, 1_W};
        if (one == "core_lock") gpu.core_lock = inverted;
        if (one == "mem_lock") gpu.mem_lock = inverted;
        if (one == "core_offset") gpu.core_offset = inverted;
        if (one == "mem_offset") gpu.mem_offset = inverted;
        CHECK(reasons({{.code = range_inverted, .gpu = 0}}, PutHost{.gpus = std::span{&gpu, 1}}) ==
              R"({"code":"range_inverted","gpu":0,"field":"gpus[0].)" + std::string{one} +
                  R"(","detail":")" + std::string{one} + R"(: minimum 2 is above maximum 1"})");
    }
}

TEST_CASE("what a reader found has field, numbers and a detail") {
    const auto found = [](const FieldProblem& problem) {
        return reasons({{.code = problem.code}}, problem);
    };
    CHECK(found({.code = malformed}) == R"({"code":"malformed"})");
    CHECK(found({.code = malformed, .field = "env.\"", .detail = "\x1b"}) ==
          R"({"code":"malformed","field":"env.\"","detail":"\u001b"})");
    CHECK(found({.code = number_out_of_range,
                 .field = "price",
                 .detail = "too much",
                 .value = "1e7",
                 .bound = "1000000",
                 .unit = "coin/day",
                 .is_decimal = true}) ==
          R"({"code":"number_out_of_range","field":"price","value":"1e7","bound":"1000000",)"
          R"("unit":"coin/day","detail":"too much"})");
    CHECK(found({.code = number_out_of_range, .field = "id", .value = "-1", .bound = "0"}) ==
          R"({"code":"number_out_of_range","field":"id","value":-1,"bound":0})");
    CHECK(found({.code = number_out_of_range, .bound = "5", .unit = "W"}) ==
          R"({"code":"number_out_of_range","bound":5,"unit":"W"})");
}

struct IntegerIds : DefaultTraits {
    using HostId = int;
    using BidId = std::uint64_t;
    using OwnerId = unsigned;
};

TEST_CASE("ids of other traits may be integers") {
    CHECK(line_of(BasicEvent<IntegerIds>{.kind = EventKind::removed, .host = 7, .bid = 1}) ==
          R"({"event":"removed","time":0,"command":0,"host":7,"bid":1})");
}

TEST_CASE("numbers of each length are written in full") {
    std::vector<std::uint64_t> numbers{0, std::uint64_t{0} - 1};
    for (std::uint64_t power = 1; numbers.size() < 62; power *= 10)
        numbers.insert(numbers.end(), {power - 1, power, power + 1});
    for (const std::uint64_t number : numbers) {
        CHECK(line_of(Event{.command = number}) ==
              R"({"event":"accepted","time":0,"command":)" + std::to_string(number) + "}");
    }
}

}  // namespace
