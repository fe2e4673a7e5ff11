// A market whose types have no form as JSON is not read: one sentence says which type, and what it
// needs.
// mistake 1: in JSON, a BidId must be an Id, an integer, or a type with an IdText
// mistake 2: in JSON, an OwnerId must be an Id, an integer, or a type with an IdText
// mistake 3: in JSON, a HostId must be an Id, an integer, or a type with an IdText
// mistake 4: the GpuModel of a market must be that of DefaultTraits
// mistake 5: a gigaspot::Workload must convert to the market's Workload
// mistake 6: the market's Setting must be made from a Frequency
// mistake 7: an id in JSON must be an Id, an integer, or a type with an IdText

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gigaspot/json/command_reader.hpp>
#include <gigaspot/json/event_reader.hpp>
#include <gigaspot/json/event_text.hpp>

using namespace gigaspot;

struct Uuid {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;
};

/// Has an IdText with a member of the wrong type.
struct Wrong {
    int number = 0;

    friend constexpr auto operator<=>(const Wrong&, const Wrong&) = default;
};
template <>
struct gigaspot::IdText<Wrong> {
    static constexpr std::string_view form = "a number";
    static Wrong read(std::string_view) { return {}; }
    static std::string write(const Wrong&) { return {}; }
};

/// Has a value, but cannot be made from a frequency.
struct Nothing {
    [[nodiscard]] bool has_value() const { return false; }
    Frequency operator*() const { return {}; }
    friend bool operator==(Nothing, Nothing) { return true; }
};

struct MyTraits : DefaultTraits {
#if MISTAKE == 1 || MISTAKE == 7
    using BidId = Uuid;
#elif MISTAKE == 2
    using OwnerId = Wrong;
#elif MISTAKE == 3
    using HostId = Uuid;
#elif MISTAKE == 4
    using GpuModel = int;
#elif MISTAKE == 5
    using Workload = int;
#elif MISTAKE == 6
    using Setting = Nothing;
#endif
};
static_assert(MarketTraits<MyTraits>);

void use(MarketNames& names, std::string& line) {
#if MISTAKE == 3
    static_cast<void>(BasicEventReader<MyTraits>{}.read(line, names).has_value());
#elif MISTAKE == 7
    EventText{line, names}.put(BasicEvent<MyTraits>{});
#else
    static_cast<void>(BasicCommandReader<MyTraits>{}.read(line, names).has_value());
#endif
}
