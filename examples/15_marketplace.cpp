// A small marketplace: renters with balances, ids of 16 bytes, bills, a save. It keeps only what
// the market cannot know: how much money each renter has. It asks the market for everything else.
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gigaspot/engine/save.hpp>
#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};
    friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

template <>
struct std::hash<Uuid> {
    std::size_t operator()(const Uuid& id) const noexcept {
        std::array<std::uint64_t, 2> words{};
        std::memcpy(words.data(), id.bytes.data(), id.bytes.size());
        return words[0] ^ words[1] * 0x9e37'79b9'7f4a'7c15;
    }
};

namespace {

struct UuidTraits : gigaspot::DefaultTraits {
    using HostId = Uuid;
    using BidId = Uuid;
    using OwnerId = Uuid;
};
using Engine = gigaspot::BasicEngine<UuidTraits>;
using Event = gigaspot::BasicEvent<UuidTraits>;
using RunState = gigaspot::BasicRunState<UuidTraits>;
using Balances = std::map<Uuid, gigaspot::Int128>;  // in 1e-8 coin, by renter

constexpr Uuid id(char kind, char number) {
    Uuid made;
    made.bytes[0] = static_cast<std::uint8_t>(kind);
    made.bytes[15] = static_cast<std::uint8_t>(number);
    return made;
}
std::string text(const Uuid& id) {
    return {static_cast<char>(id.bytes[0]), static_cast<char>(id.bytes[15])};
}
std::string coins(gigaspot::Int128 count) {
    return std::string{gigaspot::to_decimal(count, gigaspot::Amount::decimals).view()};
}
constexpr gigaspot::Timestamp at(std::int64_t hour) {
    return gigaspot::Timestamp::unchecked(hour * 3'600'000);
}

class Marketplace {
public:
    Marketplace(Engine engine, Balances money)
        : market{std::move(engine)}, balances{std::move(money)} {}

    Engine market;
    Balances balances;

    /// Runs a command, takes charges from balances, and prints what happened to runs.
    template <class Command>
    void run(const Command& command, std::int64_t hour) {
        std::vector<Event> events;
        if (const auto done = market.apply(command, at(hour), events); !done)
            fmt::print("{} h: rejected: {}\n", hour, done.error());
        for (const Event& event : events) {
            if (event.kind == gigaspot::EventKind::charged) {
                balances[event.owner] -= event.amount.count();
            } else if (event.kind != gigaspot::EventKind::accepted) {
                fmt::print("{} h: bid {} on host {}: {}\n", hour, text(event.bid), text(event.host),
                           name(event.kind));
            }
        }
    }

    /// Ends an interval. Then revokes the running bids of renters who cannot pay the next one.
    void close(std::int64_t hour) {
        run(gigaspot::Close{}, hour);
        Balances next;
        market.visit_runs([&](const RunState& one) {
            next[one.owner] += one.charge_at(at(hour + 1)).amount.count();
        });
        std::vector<Uuid> unpaid;  // a visit must not change the market
        market.visit_runs([&](const RunState& one) {
            if (balances[one.owner] < next[one.owner]) unpaid.push_back(one.bid);
        });
        for (const Uuid& bid : unpaid) run(gigaspot::BasicRevokeBid<UuidTraits>{bid}, hour);
    }

    /// Prints what each bid of a renter has cost, and what its run owes since the last charge.
    void print_bill(const Uuid& renter) const {
        fmt::print("renter {} has {} coins\n", text(renter), coins(balances.at(renter)));
        market.visit_bids_of(renter, [](const auto& bid) {
            fmt::print("  bid {}: {} at {} {}, billed {}, owes {}\n", text(bid.id),
                       bid.is_running ? "runs" : "waits", gigaspot::with_unit(bid.power_limits),
                       gigaspot::with_unit(bid.price), bid.billed, bid.accrued);
        });
    }
};

}  // namespace

int main() {
    constexpr Uuid rich = id('r', '1');
    constexpr Uuid poor = id('r', '2');
    Marketplace open{Engine{}, {{rich, 10'000'000'000}, {poor, 500'000'000}}};  // 100 and 5 coins
    open.run(gigaspot::SetRate{.usd = 0.1_usd_per_coin, .fee = 25'000_ppm}, 0);
    const std::array gpus{gigaspot::BasicGpuLimits<UuidTraits>{.power_limit = {150_W, 450_W}}};
    for (const char number : {'1', '2', '3'})
        open.run(gigaspot::BasicPutHost<UuidTraits>{.id = id('h', number),
                                                    .gpus = gpus,
                                                    .energy_price = 0.1_usd_per_kWh},
                 0);

    const auto place = [&](char bid, char host, const Uuid& owner, gigaspot::Price price) {
        const std::array overclock{
            gigaspot::BasicOverclockProfile<UuidTraits>{.power_limit = 300_W}};
        open.run(gigaspot::BasicPlaceBid<UuidTraits>{.id = id('b', bid),
                                                     .host = id('h', host),
                                                     .owner = owner,
                                                     .price = price,
                                                     .overclock = overclock},
                 0);
    };
    place('1', '1', rich, 48_coin_per_day);
    place('2', '1', poor, 72_coin_per_day);  // 3 coins per hour
    place('3', '2', rich, 36_coin_per_day);
    place('4', '3', rich, 24_coin_per_day);
    open.close(0);
    open.close(1);  // renter r2 pays 3 of 5 coins and cannot pay 3 more

    const gigaspot::SavedBytes saved = gigaspot::save(open.market);
    auto restored = gigaspot::restore<UuidTraits>(saved);
    if (!restored) return 1;
    Marketplace again{*std::move(restored), open.balances};
    again.close(2);
    again.run(gigaspot::SetRate{.usd = 0.11_usd_per_coin}, 3);  // an hour since the last close
    again.print_bill(rich);
    again.print_bill(poor);
}
