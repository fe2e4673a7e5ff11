// Asks a live market what it holds, so that the program needs no copy of it. It asks about a bid, a
// run, what a close would charge, and sums over all of them.
#include <array>

#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

namespace {

gigaspot::Timestamp at(gigaspot::Duration since_start) {
    return gigaspot::Timestamp::unchecked(since_start.count());
}

/// Only asks, so it takes the questions without the commands.
void print_bid(const gigaspot::Queries& market, gigaspot::BidId id) {
    const auto bid = market.bid(id);
    if (!bid) return fmt::print("bid {} is gone\n", id);
    fmt::print("bid {} of owner {} on host {}: {} coins per day, {} W, placed at {} ms, {}\n", id,
               bid->owner, bid->host, bid->price, bid->power_limits, bid->placed,
               bid->is_running ? "running" : "waiting");
    fmt::print("  {} coins charged, {} more since then\n", bid->billed, bid->accrued);
    if (bid->is_cancelled) fmt::print("  it ends at the next close\n");
    if (bid->edit) fmt::print("  then {} coins per day\n", bid->edit->price);
}

void print_profiles(const gigaspot::Queries& market, gigaspot::BidId id) {
    if (const auto profiles = market.overclock(id))
        fmt::print("bid {} runs GPU 0 at {} W", id, (*profiles)[0].power_limit);
    if (const auto edited = market.edited_overclock(id))
        fmt::print(", and at {} W from the next close on", (*edited)[0].power_limit);
    fmt::print("\n");
}

void print_run(const gigaspot::Queries& market, gigaspot::HostId host,
               gigaspot::Timestamp next_close) {
    const auto run = market.run(host);
    if (!run) return fmt::print("host {} idles\n", host);
    fmt::print("host {} runs bid {} since {} ms and draws {} W\n", host, run->bid, run->started,
               run->power_draw);
    if (run->profit) fmt::print("  it earns {} USD per day\n", *run->profit);
    const gigaspot::Charge charge = run->charge_at(next_close);
    fmt::print("  the close at {} ms would charge {} coins, {} of them for the market\n",
               next_close, charge.amount, charge.fee);
}

/// What the present bids of an owner have cost in the main currency, with what no close has
/// charged.
gigaspot::Amount cost_of(const gigaspot::Queries& market, gigaspot::OwnerId owner) {
    gigaspot::Int128 cost = 0;
    market.visit_bids_of(owner, [&](const gigaspot::BidState& bid) {
        if (bid.currency == gigaspot::main_currency)
            cost += bid.billed.count() + bid.accrued.count();
    });
    return gigaspot::Amount::unchecked(cost);
}

void print_market(const gigaspot::Queries& market) {
    market.visit_hosts([&](gigaspot::HostId host, gigaspot::HostHandle) {
        fmt::print("host {}:", host);
        market.visit_bids_on(host,
                             [](const gigaspot::BidState& bid) { fmt::print(" bid {}", bid.id); });
        if (const auto left_out = market.not_compared(host); left_out.total() != 0)
            fmt::print(", {} of them without a rate", left_out.rate_missing);
        fmt::print("\n");
    });
    std::size_t waiting = 0;
    market.visit_bids([&](const gigaspot::BidState& bid) { waiting += bid.is_running ? 0U : 1U; });
    std::int64_t watts = 0;
    market.visit_runs([&](const gigaspot::RunState& run) { watts += run.power_draw.count(); });
    fmt::print("{} bids wait, and all runs draw {} W\n", waiting, watts);
}

void print_prices(const gigaspot::Queries& market, gigaspot::HostId host) {
    if (const auto lowest = market.price_to_keep(host))
        fmt::print("its run keeps host {} down to {} coins per day\n", host, *lowest);
    std::array<gigaspot::HostQuote, 3> room;
    const auto is_efficient = [](const gigaspot::HostCapabilities& one) {
        return one.energy_price < 0.2_usd_per_kWh;
    };
    for (const auto& quote :
         market.cheapest({.profile = {.power_limit = 280_W}}, room, is_efficient))
        if (quote.price) fmt::print("{} coins per day win host {}\n", *quote.price, quote.host);
}

}  // namespace

int main() {
    gigaspot::Engine market;
    const gigaspot::HostCapabilities host{
        .id = 7, .gpus = {{.power_limit = {150_W, 450_W}}}, .energy_price = 0.11_usd_per_kWh};
    const auto bid = [](gigaspot::BidId id, gigaspot::Price price, gigaspot::Currency currency) {
        return gigaspot::Bid{.id = id,
                             .host = 7,
                             .owner = 2,
                             .price = price,
                             .currency = currency,
                             .overclock = {{.power_limit = 300_W}}};
    };
    constexpr gigaspot::Currency bitcoin{1};
    const std::array cooler{gigaspot::OverclockProfile{.power_limit = 280_W}};
    const gigaspot::EditBid edit{.id = 41, .price = 172.8_coin_per_day, .overclock = cooler};
    const bool is_ready =
        market.set_rate({.usd = 0.0231_usd_per_coin, .fee = 25'000_ppm}, at(0_s)) &&
        market.set_rate({.currency = bitcoin, .usd = 60000_usd_per_coin}, at(0_s)) &&
        market.put_host(host, at(0_s)) &&
        market.place(bid(41, 86.4_coin_per_day, gigaspot::main_currency), at(10_s)) &&
        market.place(bid(42, 0.00002_coin_per_day, bitcoin), at(20_s)) && market.close(at(60_s)) &&
        market.close(at(120_s)) && market.edit(edit, at(150_s)) &&
        market.set_rate({.currency = bitcoin, .usd = {}}, at(150_s));
    if (!is_ready) return 1;

    print_bid(market, 41);
    print_profiles(market, 41);
    print_run(market, 7, at(180_s));
    fmt::print("the bids of owner 2 have cost {} coins\n", cost_of(market, 2));
    print_market(market);
    print_prices(market, 7);
}
