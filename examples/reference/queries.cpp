// Asks a live market about a bid, a run, the next close and the whole market.
#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

// A function that only asks takes the questions without the commands.
void print(const gigaspot::Queries& market, gigaspot::Timestamp next_close) {
    if (const auto bid = market.bid(41)) {
        fmt::print("bid 41: {} coins per day, {} coins so far\n", bid->price, bid->billed);
        if (bid->edit) fmt::print("  from the next close on: {}\n", bid->edit->price);
    }
    if (const auto run = market.run(7)) {
        fmt::print("host 7 runs bid {} at {}\n", run->bid, with_unit(run->power_draw));
        fmt::print("  the next close charges {} coins\n", run->charge_at(next_close).amount);
    }
    fmt::print("it keeps host 7 down to {}\n", market.price_to_keep(7));
    fmt::print("a rival wins host 7 with {}\n", market.price_to_win(7, {.power_limits = 300_W}));
    market.visit_bids_on(7, [](const gigaspot::BidState& bid) {
        fmt::print("bid {} of owner {}\n", bid.id, bid.owner);
    });
    fmt::print("{}\n", market.totals());
}

int main() {
    const auto at = [](gigaspot::Duration since_start) {
        return gigaspot::Timestamp::unchecked(since_start.count());
    };
    gigaspot::Engine market;
    const gigaspot::HostCapabilities host{
        .id = 7, .gpus = {{.power_limit = {150_W, 450_W}}}, .energy_price = 0.11_usd_per_kWh};
    const gigaspot::Bid bid{.id = 41,
                            .host = 7,
                            .owner = 2,
                            .price = 288_coin_per_day,
                            .overclock = {{.power_limit = 300_W}}};
    if (!market.set_rate({.usd = 0.0071_usd_per_coin}, at(0_s))) return 1;
    if (!market.put_host(host, at(0_s))) return 1;
    if (!market.place(bid, at(10_s))) return 1;
    if (!market.close(at(1_min)) || !market.close(at(2_min))) return 1;
    if (!market.edit({.id = 41, .price = 250_coin_per_day}, at(130_s))) return 1;
    print(market, at(3_min));
}
