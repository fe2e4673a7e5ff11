// Commands as text: what is written is read as the same command, and is written again as the same
// line.
#include <gigaspot/json/command_text.hpp>

#include <optional>
#include <string>
#include <vector>

#include <gigaspot/json/command_reader.hpp>

#include "property.hpp"
#include "support/market.hpp"
#include "support/same_command.hpp"

namespace {

using namespace market;
using property::draw;
using property::draw_from;
using property::once_in;

/// A command with all that it refers to.
struct Drawn {
    Command command = Close{};
    Timestamp time{};
    std::vector<GpuLimits> gpus{};
    std::vector<OverclockProfile> profiles{};
    std::vector<std::string> texts{};
    std::vector<EnvironmentVariable> environment{};
    Workload workload{};
};

/// A number of a row, often one of its ends.
template <class Q>
Q draw_number() {
    const auto min = static_cast<std::int64_t>(Q::lowest().count());
    const auto max = static_cast<std::int64_t>(Q::highest().count());
    const std::int64_t count = draw_from(
        {min, max, min + draw<std::int64_t>(0, 9), max - draw<std::int64_t>(0, 9), draw(min, max)});
    return *Q::from_count(count);
}

template <class Id>
Id draw_id() {
    return Id{static_cast<std::uint64_t>(draw_number<WholeNumber>().count())};
}

template <class T>
std::optional<T> draw_optional(T value) {
    return once_in(2) ? std::optional<T>{} : std::optional<T>{value};
}

std::optional<bool> draw_flag() { return draw_optional(once_in(2)); }

std::optional<Range<Frequency>> draw_range() {
    return draw_optional(Range<Frequency>{draw_number<Frequency>(), draw_number<Frequency>()});
}

std::string draw_text() {
    std::string text;
    const int size = draw(0, 6);
    for (int i = 0; i < size; ++i)
        text += draw_from<std::string>({"a", "\"", "\\", "\n", "\x01", "\x1f", "\x7f", "/",
                                        "\u00e9", "\u2028", "\U0001d11e", std::string(1, '\0')});
    return text;
}

void draw_gpus(Drawn& drawn) {
    drawn.gpus.resize(draw<std::size_t>(0, 3));
    for (GpuLimits& gpu : drawn.gpus)
        gpu = {.power_limit = {draw_number<Power>(), draw_number<Power>()},
               .core_lock = draw_range(),
               .mem_lock = draw_range(),
               .core_offset = draw_range(),
               .mem_offset = draw_range(),
               .model = GpuModel{draw<std::uint64_t>(0, 2)}};
}

void draw_profiles(Drawn& drawn) {
    drawn.profiles.resize(draw<std::size_t>(0, 3));
    for (OverclockProfile& profile : drawn.profiles)
        profile = {.power_limit = draw_number<Power>(),
                   .core_lock = draw_optional(draw_number<Frequency>()),
                   .mem_lock = draw_optional(draw_number<Frequency>()),
                   .core_offset = draw_optional(draw_number<Frequency>()),
                   .mem_offset = draw_optional(draw_number<Frequency>())};
}

void draw_workload(Drawn& drawn) {
    const std::size_t variables = draw<std::size_t>(0, 3);
    for (std::size_t i = 0; i < 2 * variables + 1; ++i) drawn.texts.push_back(draw_text());
    if (once_in(2)) drawn.workload.image = drawn.texts[0];
    for (std::size_t i = 0; i < variables; ++i) {
        drawn.texts[2 * i + 1] += std::to_string(i);  // no key appears twice
        drawn.environment.push_back({drawn.texts[2 * i + 1], drawn.texts[2 * i + 2]});
    }
    drawn.workload.environment = drawn.environment;
}

Currency draw_currency() { return Currency{static_cast<std::uint8_t>(draw(0, 2))}; }

void draw_command(Drawn& drawn) {
    drawn.time = draw_number<Timestamp>();
    switch (draw(0, 10)) {
    case 0:
        drawn.command = SetRate{.currency = draw_currency(),
                                .usd = draw_optional(draw_number<ExchangeRate>()),
                                .fee = draw_optional(draw_number<Ppm>())};
        break;
    case 1:
        draw_gpus(drawn);
        drawn.command = PutHost{.id = draw_id<HostId>(),
                                .gpus = drawn.gpus,
                                .energy_price = draw_number<EnergyPrice>(),
                                .min_bid = draw_number<Price>(),
                                .base_power = draw_number<Power>(),
                                .max_rental_length = draw_number<RentalLength>(),
                                .online = draw_flag(),
                                .on_demand_rented = draw_flag(),
                                .working_properly = draw_flag()};
        break;
    case 2:
        drawn.command = SetHostStatus{.id = draw_id<HostId>(),
                                      .online = draw_flag(),
                                      .on_demand_rented = draw_flag(),
                                      .working_properly = draw_flag()};
        break;
    case 3:
        drawn.command = SetEnergyPrice{.id = draw_id<HostId>(), .usd = draw_number<EnergyPrice>()};
        break;
    case 4: drawn.command = RemoveHost{.id = draw_id<HostId>()}; break;
    case 5:
        draw_profiles(drawn);
        draw_workload(drawn);
        drawn.command = PlaceBid{.id = draw_id<BidId>(),
                                 .host = draw_id<HostId>(),
                                 .owner = draw_id<OwnerId>(),
                                 .price = draw_number<Price>(),
                                 .currency = draw_currency(),
                                 .overclock = drawn.profiles,
                                 .workload = once_in(4) ? nullptr : &drawn.workload};
        break;
    case 6: {
        draw_profiles(drawn);
        EditBid edit{.id = draw_id<BidId>(),
                     .price = draw_number<Price>(),
                     .owner = draw_optional(draw_id<OwnerId>())};
        if (once_in(2)) edit.overclock = std::span<const OverclockProfile>{drawn.profiles};
        drawn.command = edit;
        break;
    }
    case 7: drawn.command = SetCached{.id = draw_id<BidId>(), .cached = once_in(2)}; break;
    case 8:
        drawn.command =
            CancelBid{.id = draw_id<BidId>(), .owner = draw_optional(draw_id<OwnerId>())};
        break;
    case 9: drawn.command = RevokeBid{.id = draw_id<BidId>()}; break;
    default: break;
    }
}

TEST_CASE("a command that is written is read as the same command, and written as the same line") {
    MarketNames names;
    REQUIRE(names.find_or_add_currency("b\"itcoin\t"));
    REQUIRE(names.find_or_add_currency(""));
    REQUIRE(names.find_or_add_model("\u00e9\\"));
    REQUIRE(names.find_or_add_model("RTX 4090"));
    CommandReader reader;
    property::check("written and read", 10, [&] {
        Drawn drawn;
        draw_command(drawn);
        std::string line;
        RC_ASSERT(CommandText(line, names).put(drawn.command, drawn.time) == Code::none);
        RC_LOG(line);
        const auto read = reader.read(std::string_view{line}.substr(0, line.size() - 1), names);
        RC_ASSERT(read.has_value());
        RC_ASSERT(read->time == drawn.time);
        RC_ASSERT(same_command::is_same(read->command, drawn.command));
        std::string again;
        RC_ASSERT(CommandText(again, names).put(read->command, read->time) == Code::none);
        RC_ASSERT(again == line);
        RC_ASSERT(names.currencies() == 3u);
        RC_ASSERT(names.models() == 3u);
    });
}

}  // namespace
