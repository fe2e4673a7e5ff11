// Commands as text: what is written is read as the same command, and is written again as the same
// line.
#include <gigaspot/json/command_text.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gigaspot/json/command_reader.hpp>

#include "property.hpp"
#include "support/market.hpp"
#include "support/same_command.hpp"
#include "support/uuid.hpp"

namespace {

using namespace market;
using property::draw;
using property::draw_from;
using property::once_in;

/// Bids and owners that are strings in JSON.
struct UuidTraits : DefaultTraits {
    using BidId = uuids::Uuid;
    using OwnerId = uuids::Uuid;
};

/// A command with all that it refers to.
template <class Traits>
struct Drawn {
    BasicCommand<Traits> command = Close{};
    Timestamp time{};
    std::vector<BasicGpuLimits<Traits>> gpus{};
    std::vector<BasicOverclockProfile<Traits>> profiles{};
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

template <class AnyId>
AnyId draw_id() {
    if constexpr (NumberId<AnyId>) {
        return AnyId{static_cast<std::uint64_t>(draw_number<WholeNumber>().count())};
    } else {
        AnyId id;
        for (std::byte& byte : id.bytes) byte = static_cast<std::byte>(draw(0, 255));
        return id;
    }
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

template <class Traits>
void draw_gpus(Drawn<Traits>& drawn) {
    drawn.gpus.resize(draw<std::size_t>(0, 3));
    for (auto& gpu : drawn.gpus)
        gpu = {.power_limit = {draw_number<Power>(), draw_number<Power>()},
               .core_lock = draw_range(),
               .mem_lock = draw_range(),
               .core_offset = draw_range(),
               .mem_offset = draw_range(),
               .model = GpuModel{draw<std::uint64_t>(0, 2)}};
}

template <class Traits>
void draw_profiles(Drawn<Traits>& drawn) {
    drawn.profiles.resize(draw<std::size_t>(0, 3));
    for (auto& profile : drawn.profiles)
        profile = {.power_limit = draw_number<Power>(),
                   .core_lock = draw_optional(draw_number<Frequency>()),
                   .mem_lock = draw_optional(draw_number<Frequency>()),
                   .core_offset = draw_optional(draw_number<Frequency>()),
                   .mem_offset = draw_optional(draw_number<Frequency>())};
}

template <class Traits>
void draw_workload(Drawn<Traits>& drawn) {
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

template <class Traits>
void draw_command(Drawn<Traits>& drawn) {
    using HostId = typename Traits::HostId;
    using BidId = typename Traits::BidId;
    using OwnerId = typename Traits::OwnerId;
    drawn.time = draw_number<Timestamp>();
    switch (draw(0, 10)) {
    case 0:
        drawn.command = SetRate{.currency = draw_currency(),
                                .usd = draw_optional(draw_number<ExchangeRate>()),
                                .fee = draw_optional(draw_number<Ppm>())};
        break;
    case 1:
        draw_gpus(drawn);
        drawn.command = BasicPutHost<Traits>{.id = draw_id<HostId>(),
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
        drawn.command = BasicSetHostStatus<Traits>{.id = draw_id<HostId>(),
                                                   .online = draw_flag(),
                                                   .on_demand_rented = draw_flag(),
                                                   .working_properly = draw_flag()};
        break;
    case 3:
        drawn.command =
            BasicSetEnergyPrice<Traits>{.id = draw_id<HostId>(), .usd = draw_number<EnergyPrice>()};
        break;
    case 4: drawn.command = BasicRemoveHost<Traits>{.id = draw_id<HostId>()}; break;
    case 5:
        draw_profiles(drawn);
        draw_workload(drawn);
        drawn.command = BasicPlaceBid<Traits>{.id = draw_id<BidId>(),
                                              .host = draw_id<HostId>(),
                                              .owner = draw_id<OwnerId>(),
                                              .price = draw_number<Price>(),
                                              .currency = draw_currency(),
                                              .overclock = drawn.profiles,
                                              .workload = once_in(4) ? nullptr : &drawn.workload};
        break;
    case 6: {
        draw_profiles(drawn);
        BasicEditBid<Traits> edit{.id = draw_id<BidId>(),
                                  .price = draw_number<Price>(),
                                  .owner = draw_optional(draw_id<OwnerId>())};
        if (once_in(2)) edit.overclock = std::span{std::as_const(drawn.profiles)};
        drawn.command = edit;
        break;
    }
    case 7:
        drawn.command = BasicSetCached<Traits>{.id = draw_id<BidId>(), .cached = once_in(2)};
        break;
    case 8:
        drawn.command = BasicCancelBid<Traits>{.id = draw_id<BidId>(),
                                               .owner = draw_optional(draw_id<OwnerId>())};
        break;
    case 9: drawn.command = BasicRevokeBid<Traits>{.id = draw_id<BidId>()}; break;
    default: break;
    }
}

template <class Traits>
void check_commands(const char* sentence) {
    MarketNames names;
    REQUIRE(names.find_or_add_currency("b\"itcoin\t"));
    REQUIRE(names.find_or_add_currency(""));
    REQUIRE(names.find_or_add_model("\u00e9\\"));
    REQUIRE(names.find_or_add_model("RTX 4090"));
    BasicCommandReader<Traits> reader;
    property::check(sentence, 10, [&] {
        Drawn<Traits> drawn;
        draw_command(drawn);
        std::string line;
        RC_ASSERT(CommandText(line, names).put(drawn.command, drawn.time) == Code::none);
        RC_LOG(line);
        const auto read = reader.read(std::string_view{line}.substr(0, line.size() - 1), names);
        RC_ASSERT(read.has_value());
        RC_ASSERT(read->time == drawn.time);
        RC_ASSERT(same_command::is_same_command<Traits>(read->command, drawn.command));
        std::string again;
        RC_ASSERT(CommandText(again, names).put(read->command, read->time) == Code::none);
        RC_ASSERT(again == line);
        RC_ASSERT(names.currencies() == 3u);
        RC_ASSERT(names.models() == 3u);
    });
}

TEST_CASE("a command that is written is read as the same command, and written as the same line") {
    check_commands<DefaultTraits>("commands");
    check_commands<UuidTraits>("commands with ids that are strings");
}

}  // namespace
