// Includes our headers after macros of well-known headers: windows.h, X11, sys/sysmacros.h,
// complex.h. Standard headers and our dependencies come first, because this test is not about them.
// libstdc++ also undefines min and max once, so macros defined earlier would test nothing.

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <boost/container/allocator_traits.hpp>
#include <boost/container/options.hpp>
#include <boost/container/vector.hpp>
#include <fmt/format.h>
#include <simdjson.h>

#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define small char
#define near
#define far
#define interface struct
#define ERROR 0
#define NO_ERROR 0
#define IN
#define OUT
#define OPTIONAL
#define DELETE 0x00010000
#define ABSOLUTE 1
#define RELATIVE 2
#define None 0
#define Status int
#define Bool int
#define True 1
#define False 0
#define Success 0
#define Always 2
#define major(dev) ((dev) >> 8)
#define minor(dev) ((dev)&255)
#define check(x) (x)
#define verify(x) (x)
#define require(x) (x)
#define I 1
#define unix 1
#define linux 1

#include "units.hpp"

Findings findings_among_macros() { return {}; }

bool choose_among_macros() {
    using namespace gigaspot::literals;
    gigaspot::HostCapabilities host{.gpus = {{.power_limit = {100_W, 400_W}}}};
    const gigaspot::Bid bids[] = {
        {.id = 1, .price = 5_coin_per_day, .overclock = {{.power_limit = 300_W}}},
        {.id = 2, .price = 6_coin_per_day, .overclock = {{.power_limit = 300_W}}}};
    return gigaspot::select(host, bids, {.rates = 1_usd_per_coin}).winner == 2 &&
           gigaspot::Price::from_text("1000001").error() == gigaspot::Code::number_out_of_range &&
           fmt::format("{}", 5_W) == "5";
}

bool live_among_macros() {
    using namespace gigaspot::literals;
    const gigaspot::Timestamp now{};
    gigaspot::Engine engine{{.refill = gigaspot::Refill::at_once}};
    engine.reserve({.hosts = 2, .bids = 4, .bids_per_host = 2}, 1);
    const bool is_told =
        engine.set_rate({.usd = 1_usd_per_coin}, now) &&
        engine.put_host(
            gigaspot::HostCapabilities{.id = 7, .gpus = {{.power_limit = {100_W, 400_W}}}}, now) &&
        engine.place(
            gigaspot::Bid{
                .id = 1, .host = 7, .price = 5_coin_per_day, .overclock = {{.power_limit = 300_W}}},
            now) &&
        engine.edit({.id = 1, .price = 6_coin_per_day}, now) && engine.close(now) &&
        !engine.close(now);
    const gigaspot::SavedBytes bytes = gigaspot::save(engine);
    const auto restored = gigaspot::restore({bytes.data(), bytes.size()});
    if (!is_told || !restored || gigaspot::digest(*restored) != gigaspot::digest(engine))
        return false;

    gigaspot::Replay replay;
    std::string text;
    replay.take(R"({"op":"close","time":1})", [&](std::string_view lines) { text += lines; });
    replay.take("x", [&](std::string_view lines) { text += lines; });
    const gigaspot::SavedBytes named = replay.save();
    return gigaspot::Replay::restore({named.data(), named.size()}) && text.size() > 50 &&
           engine.choice(gigaspot::HostId{7}).winner == 1 && engine.rate_range(7) &&
           engine.price_to_win(7, {.power_limits = 100_W}) && engine.totals().running == 1 &&
           gigaspot::shard_of(7, 2) == 0 && engine.revoke(1, now) && engine.remove_host(7, now);
}
