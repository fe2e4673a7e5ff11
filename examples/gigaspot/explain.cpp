// `gigaspot explain`: every bid of a host, and why it wins or does not.
#include "tool.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include <gigaspot/format/documents.hpp>
#include <gigaspot/format/rules.hpp>

namespace tool {
namespace {

constexpr std::size_t columns = 11;
using Row = std::array<std::string, columns>;

Row describe(const gigaspot::Explanation& bid, const gigaspot::SnapshotBid& bid_text,
             const Market& market, std::size_t place) {
    Row row{fmt::format("{}", place), fmt::format("{}", bid_text.id),
            fmt::format("{}", bid_text.owner), fmt::format("{}", bid.power_draw),
            fmt::format("{} {}", bid_text.price, printable(market.names.name(bid_text.currency)))};
    if (bid.parts) {
        row[5] = fmt::format("{}", bid.parts->income);
        row[6] = fmt::format("{}", bid.parts->electricity);
        row[7] = fmt::format("{}", bid.parts->profit());
    }
    const bool is_eligible = bid.ranked.eligibility.is_eligible();
    row[8] = bid.is_winner ? "wins"
             : is_eligible ? "eligible"
                           : std::string{name(bid.ranked.eligibility.reason)};
    if (bid.ranked.is_incumbent) row[9] = "runs now";
    if (!bid.price_to_win) {
        row[10] = fmt::format("no price: {}", bid.price_to_win.error());
        return row;
    }
    const gigaspot::Int128 more = bid.price_to_win->count() - bid_text.price.count();
    if (bid.is_winner && more == 0) {
        row[10] = "no lower price";
        return row;
    }
    row[10] = fmt::format("{}{} ({}{})", *bid.price_to_win, bid.is_winner ? " is enough" : "",
                          more < 0 ? "" : "+",
                          gigaspot::to_decimal(more, gigaspot::Price::decimals).view());
    return row;
}

void put_host(fmt::memory_buffer& out, const Market& market, const gigaspot::Machine& machine) {
    const gigaspot::HostCapabilities& host = machine.host;
    const std::span<const gigaspot::SnapshotBid> bids = market.snapshot.bids_of(machine);
    const std::optional<gigaspot::Run> run = gigaspot::run_in_place(bids);
    const gigaspot::Selection selection = gigaspot::select(host, bids, market.conditions, run);
    std::vector<gigaspot::Explanation> slots(bids.size());

    put(out, "host {}: {}, {} W, ", host.id, describe_gpus(market, host), total_power_range(host));
    if (host.base_power != gigaspot::Power{}) put(out, "{} besides, ", with_unit(host.base_power));
    put(out, "{}, {}, minimum bid {}\n", host.status, with_unit(host.energy_price),
        with_unit(host.min_bid));
    if (selection.winner) {
        put(out, "runs bid {}: {} USD a day for its owner\n", *selection.winner, selection.profit);
    } else {
        put(out, "idles\n");
    }

    std::vector<Row> rows{{"", "bid", "owner", "watts", "price/day", "income", "electricity",
                           "profit", "state", "", "wins at"}};
    for (const gigaspot::Explanation& bid :
         gigaspot::explain(host, bids, market.conditions, slots, run, market.tick))
        rows.push_back(describe(bid, bids[bid.ranked.index], market, rows.size()));
    std::array<std::size_t, columns> widths{};
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    for (const Row& row : rows) {
        if (rows.size() == 1) break;
        fmt::memory_buffer line;
        for (std::size_t i = 0; i < columns; ++i) {
            if (widths[i] == 0) continue;
            const bool is_text = i >= 8;
            put(line, is_text ? fmt::runtime("  {:<{}}") : fmt::runtime("  {:>{}}"), row[i],
                widths[i]);
        }
        std::string_view text{line.data(), line.size()};
        while (text.ends_with(' ')) text.remove_suffix(1);
        put(out, "{}\n", text);
    }

    const auto range = gigaspot::rate_range(host, bids, market.conditions, run);
    const std::string currency = printable(market.names.name(gigaspot::main_currency));
    const gigaspot::ExchangeRate rate = *market.conditions.rates[gigaspot::main_currency].usd;
    if (range)
        put(out, "this choice remains while 1 {} is worth {} USD; now {}\n", currency, *range,
            rate);
}

}  // namespace

void explain(const MarketOptions& options) {
    const Market market = load_market(options);
    fmt::memory_buffer out;
    for (const gigaspot::Machine* machine : market.machines) {
        if (machine != market.machines.front()) put(out, "\n");
        put_host(out, market, *machine);
    }
    write_output(out);
    report_passed_over(market);
    if (!market.skipped.empty()) throw skipped_failure(options, market);
}

}  // namespace tool
