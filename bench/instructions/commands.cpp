// Runs a small market with the commands of each kind in a function of their own, so that
// `instructions.py` can count their instructions. The market is that of the benchmarks, with 40
// hosts of about 50 bids, which fit into the cache. So a count says how much work a command is, not
// how far its memory is. Prints the compiler, and a checksum of all events and choices, so that two
// versions can be compared.
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gigaspot/json/replay.hpp>

#include "json_lines.hpp"
#include "market.hpp"

namespace bench {

using namespace gigaspot;

namespace {

Checksum checksum;

/// Makes a command that failed visible in the checksum.
template <class Done>
void see(const Done& done) {
    if (!done) checksum.add(1'000'003, 0);
}
void see_choice(const Selection& selection) {
    const Choice choice = Choice::of(selection);
    checksum.add(choice.winner, choice.profit);
}

struct SeeEvent {
    void operator()(const Event& event) const {
        checksum.add(event.bid.value, static_cast<int>(event.kind));
    }
};

// The counted functions. `instructions.py` finds them by their prefix. g++ makes one function of
// two with the same code, so some of them have a comment for the assembler.

[[gnu::noinline]] void count_place_by_handle(Engine& market, HostHandle host, const PlaceBid& bid) {
    see(market.apply(host, bid, start, ignore));
}
[[gnu::noinline]] void count_place_packed_by_handle(Engine& market, HostHandle host,
                                                    const PlacePackedBid& bid) {
    see(market.apply(host, bid, start, ignore));
}
[[gnu::noinline]] void count_reprice_by_handle(Engine& market, BidHandle bid, Price price) {
    see(market.apply(bid, EditBid{.price = price}, start, ignore));
}
[[gnu::noinline]] void count_cancel_by_handle(Engine& market, BidHandle bid) {
    see(market.apply(bid, CancelBid{}, start, ignore));
}
[[gnu::noinline]] Selection count_choice_by_handle(Engine& market, HostHandle host) {
    return market.choice(host);
}
[[gnu::noinline]] void count_place_by_id(Engine& market, const PlaceBid& bid) {
    see(market.apply(bid, start, ignore));
}
[[gnu::noinline]] void count_reprice_by_id(Engine& market, BidId bid, Price price) {
    see(market.apply(EditBid{.id = bid, .price = price}, start, ignore));
}
[[gnu::noinline]] void count_cancel_by_id(Engine& market, BidId bid) {
    see(market.apply(CancelBid{.id = bid}, start, ignore));
}
[[gnu::noinline]] Selection count_choice_by_id(Engine& market, HostId host) {
    return market.choice(host);
}
[[gnu::noinline]] Selection count_choice_beside_run(Engine& market, HostHandle host) {
    asm("# beside a run");
    return market.choice(host);
}
[[gnu::noinline]] void count_close_with_nothing(Engine& market, Timestamp now) {
    see(market.close(now, SeeEvent{}));
}
[[gnu::noinline]] void count_close_with_charges(Engine& market, Timestamp now) {
    asm("# with charges");
    see(market.close(now, SeeEvent{}));
}
[[gnu::noinline]] void count_close_with_changes(Engine& market, Timestamp now) {
    asm("# with changes");
    see(market.close(now, SeeEvent{}));
}
[[gnu::noinline]] void count_rate_move(Engine& market, ExchangeRate rate, Timestamp now) {
    see(market.apply(SetRate{.usd = rate}, now, ignore));
    see(market.close(now, SeeEvent{}));
}
template <class Write>
[[gnu::noinline]] void count_line(Replay& market, std::string_view line, Write write) {
    market.take(line, write);
}

struct Handles {
    BidHandle bid{};  ///< none for a new bid
    HostHandle host{};
};

/// Runs the events of the benchmarks. Returns the handles that each needs, which are the same in a
/// market that gets the same commands.
std::vector<Handles> run_by_id(const MarketData& data) {
    Engine market{policy};
    put_hosts(market, data);
    place_bids(market, data);
    std::vector<Handles> handles;
    for (const ChangeData& change : data.changes) {
        const bool is_new = change.kind == Change::add;
        handles.push_back({is_new ? BidHandle{} : *market.find_bid(change.bid_id),
                           *market.find_host(change.host_id)});
        switch (change.kind) {
        case Change::add: count_place_by_id(market, data.place(data.bids[change.bid])); break;
        case Change::reprice: count_reprice_by_id(market, change.bid_id, change.price); break;
        case Change::cancel: count_cancel_by_id(market, change.bid_id); break;
        }
        see_choice(count_choice_by_id(market, change.host_id));
    }
    return handles;
}

void run_by_handle(const MarketData& data, const std::vector<Handles>& handles) {
    Engine market{policy};
    put_hosts(market, data);
    place_bids(market, data);
    for (std::size_t i = 0; i < data.changes.size(); ++i) {
        const ChangeData& change = data.changes[i];
        const auto [bid, host] = handles[i];
        switch (change.kind) {
        case Change::add:
            count_place_by_handle(market, host, data.place(data.bids[change.bid]));
            break;
        case Change::reprice: count_reprice_by_handle(market, bid, change.price); break;
        case Change::cancel: count_cancel_by_handle(market, bid); break;
        }
        see_choice(count_choice_by_handle(market, host));
    }
}

/// Runs the same events with packed profiles, and counts the new bids alone.
void run_packed_by_handle(const MarketData& data, const std::vector<Handles>& handles) {
    Engine market{policy};
    put_hosts(market, data);
    place_bids(market, data);
    const std::vector<PackedProfile> packed{data.profiles.begin(), data.profiles.end()};
    for (std::size_t i = 0; i < data.changes.size(); ++i) {
        const ChangeData& change = data.changes[i];
        const auto [bid, host] = handles[i];
        if (change.kind == Change::reprice) {
            see(market.apply(bid, EditBid{.price = change.price}, start, ignore));
        } else if (change.kind == Change::cancel) {
            see(market.apply(bid, CancelBid{}, start, ignore));
        } else {
            const BidData& added = data.bids[change.bid];
            count_place_packed_by_handle(
                market, host,
                {.id = added.id,
                 .owner = added.owner,
                 .price = added.price,
                 .currency = added.currency,
                 .overclock = std::span{packed}.subspan(added.first_profile, added.gpus)});
        }
        see_choice(market.choice(host));
    }
}

/// Runs closes of a market in which each host has a run.
void run_closes(const MarketData& data) {
    Engine market{policy};
    put_hosts(market, data);
    place_bids(market, data);
    Random random{3};
    Timestamp now = start;
    see(market.close(now, SeeEvent{}));
    for (int i = 0; i < 100; ++i) {
        count_close_with_nothing(market, now);
        const std::int64_t ppm = random.between<std::int64_t>(-10'000, 10'000);
        const auto rate =
            ExchangeRate::unchecked(coin_rate.count() / 1'000'000 * (1'000'000 + ppm));
        count_rate_move(market, rate, now);
        now = Timestamp::unchecked(now.count() + 1'000);
        count_close_with_charges(market, now);
        for (int edits = 0; edits < 100; ++edits) {
            const BidData& bid = data.bids[random.below(data.placed)];
            const Price price =
                Price::unchecked(bid.price.count() / 100 * random.between<std::int64_t>(95, 105));
            see(market.apply(EditBid{.id = bid.id, .price = price}, now, ignore));
            see_choice(count_choice_beside_run(market, *market.find_host(bid.host_id)));
        }
        now = Timestamp::unchecked(now.count() + 1'000);
        count_close_with_changes(market, now);
    }
}

/// Runs the events as lines of JSON.
void run_lines(const MarketData& data) {
    const Lines text{data};
    Replay market{policy};
    const auto write = [](std::string_view events) { checksum.add(events.size(), 0); };
    for (std::size_t i = 0; i < text.first_change; ++i) market.take(text.lines[i], write);
    for (std::size_t i = text.first_change; i < text.lines.size(); ++i)
        count_line(market, text.lines[i], write);
    checksum.add(market.engine().counters().rejected, 0);
}

}  // namespace

}  // namespace bench

int main() {
    const bench::MarketData data = bench::make_market({.hosts = 40, .events = 30'000});
    const auto handles = bench::run_by_id(data);
    bench::run_by_handle(data, handles);
    bench::run_packed_by_handle(data, handles);
    bench::run_closes(data);
    bench::run_lines(data);
    std::printf("compiler: %s\nchecksum: %016llx\n", GIGASPOT_COMPILER,
                static_cast<unsigned long long>(bench::checksum.value()));
}
