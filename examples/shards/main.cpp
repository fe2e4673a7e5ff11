// Runs one market on two threads: `shard_of` spreads the hosts over two engines. No rule spans two
// hosts, so each host gets the events that a single engine would give it. This program compares.
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <gigaspot/format/engine.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;
using gigaspot::BidId;
using gigaspot::Command;
using gigaspot::Event;
using gigaspot::HostId;
using gigaspot::Timestamp;

namespace {

constexpr std::uint64_t hosts = 40;
constexpr std::uint64_t bids = 400;
constexpr std::uint32_t shards = 2;
constexpr std::array gpus{gigaspot::GpuLimits{.power_limit = {100_W, 450_W}}};
constexpr std::array<gigaspot::OverclockProfile, 5> profiles{{{.power_limit = 150_W},
                                                              {.power_limit = 220_W},
                                                              {.power_limit = 290_W},
                                                              {.power_limit = 430_W},
                                                              {.power_limit = 500_W}}};

/// A command on its way to an engine. The sender must know the host of each bid: a command that
/// names only the bid must go to the shard of that host.
struct Letter {
    Timestamp time;
    std::optional<HostId> host;  ///< nothing: the command goes to all shards
    Command command;
};

/// Returns a pseudo-random number below a limit, the same on every machine.
std::uint64_t draw(std::uint64_t below) {
    static std::uint64_t state = 1;
    state = state * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
    return (state >> 33) % below;
}

std::vector<Letter> make_letters() {
    std::vector<Letter> letters;
    const auto send = [&](std::int64_t ms, std::optional<HostId> host, Command command) {
        letters.push_back({Timestamp::unchecked(ms), host, std::move(command)});
    };
    const auto price = [] {
        return gigaspot::Price::unchecked(static_cast<std::int64_t>(150 + draw(300)) * 100'000'000);
    };
    send(0, {}, gigaspot::SetRate{.usd = 0.0071_usd_per_coin, .fee = 25'000_ppm});
    for (std::uint64_t i = 1; i <= hosts; ++i) {
        send(0, HostId{i},
             gigaspot::PutHost{.id = HostId{i}, .gpus = gpus, .energy_price = 0.11_usd_per_kWh});
    }
    std::uint64_t placed = 0;
    for (std::int64_t ms = 1'000; ms <= 3'600'000; ms += 1'000) {
        const BidId bid{1 + draw(placed + 1)};  // sometimes a bid that does not exist
        const HostId host{1 + bid.value % hosts};
        switch (draw(8)) {
        case 0:
            if (placed == bids) break;
            ++placed;
            send(ms, HostId{1 + placed % hosts},
                 gigaspot::PlaceBid{.id = BidId{placed},
                                    .host = HostId{1 + placed % hosts},
                                    .owner = gigaspot::OwnerId{placed % 7},
                                    .price = price(),
                                    .overclock = std::span{profiles}.subspan(draw(5), 1)});
            break;
        case 1: send(ms, host, gigaspot::EditBid{.id = bid, .price = price()}); break;
        case 2: send(ms, host, gigaspot::SetHostStatus{.id = host, .online = draw(3) != 0}); break;
        case 3:
            if (draw(10) == 0) send(ms, host, gigaspot::CancelBid{.id = bid});
            break;
        case 4:
            send(ms, {},
                 gigaspot::SetRate{.usd = gigaspot::ExchangeRate::unchecked(
                                       static_cast<std::int64_t>(7'000 + draw(200)) * 1'000'000)});
            break;
        default: break;
        }
        if (ms % 60'000 == 0) send(ms, {}, gigaspot::Close{});
    }
    return letters;
}

/// The result of some letters.
struct Outcome {
    std::map<HostId, std::vector<Event>> events;  ///< per host, without the commands' numbers
    /// Whether each command was accepted: per host, and for commands to all shards.
    std::map<std::optional<HostId>, std::vector<bool>> answers;
    gigaspot::Totals totals;
};

Outcome run(std::span<const Letter> letters) {
    Outcome outcome;
    gigaspot::Engine market;
    for (const Letter& letter : letters) {
        const auto note = [&](Event event) {
            if (event.kind == gigaspot::EventKind::accepted) return;
            event.command = 0;
            outcome.events[event.host].push_back(event);
        };
        const auto done = market.apply(letter.command, letter.time, note);
        outcome.answers[letter.host].push_back(done.has_value());
    }
    outcome.totals = market.totals();
    return outcome;
}

}  // namespace

int main() {
    const std::vector<Letter> letters = make_letters();
    std::array<std::vector<Letter>, shards> boxes;
    for (const Letter& letter : letters) {
        for (std::uint32_t shard = 0; shard < shards; ++shard) {
            if (!letter.host || gigaspot::shard_of(*letter.host, shards) == shard)
                boxes[shard].push_back(letter);
        }
    }

    std::array<Outcome, shards> parts;
    std::vector<std::thread> threads;
    for (std::uint32_t shard = 0; shard < shards; ++shard)
        threads.emplace_back([&, shard] { parts[shard] = run(boxes[shard]); });
    for (std::thread& thread : threads) thread.join();

    const Outcome whole = run(letters);
    Outcome both;
    for (Outcome& part : parts) {
        fmt::print("a shard: {}\n", part.totals);
        both.totals.hosts += part.totals.hosts;
        both.totals.running += part.totals.running;
        both.totals.bids += part.totals.bids;
        both.totals.watts += part.totals.watts;
        both.totals.income = both.totals.income + part.totals.income;
        both.totals.electricity = both.totals.electricity + part.totals.electricity;
        both.events.merge(part.events);
        both.answers.merge(part.answers);  // all shards answer a command to all in the same way
    }
    fmt::print("in one:  {}\n", whole.totals);

    std::size_t events = 0;
    for (const auto& [host, of_host] : whole.events) events += of_host.size();
    const bool is_same =
        both.events == whole.events && both.answers == whole.answers && both.totals == whole.totals;
    fmt::print("{} events on {} hosts: {}\n", events, whole.events.size(),
               is_same ? "the same" : "not the same");
    return is_same ? 0 : 1;
}
