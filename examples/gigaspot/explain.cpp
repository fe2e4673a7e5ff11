// `gigaspot explain`: every bid of a host, and why it wins or does not.
#include <algorithm>
#include <optional>
#include <span>

#include <gigaspot/format/documents.hpp>
#include <gigaspot/format/rules.hpp>

#include "quotes.hpp"
#include "table.hpp"

namespace tool {
namespace {

/// A bid with its explanation.
struct Explained {
    gigaspot::Explanation explanation{};
    gigaspot::SnapshotBid bid{};
    bool is_own = false;  ///< of the owner in the options
    /// The price to which an edit wins, or the lowest that keeps the host. Other bids of the owner
    /// in the options do not count as rivals of that owner's bids.
    gigaspot::Result<gigaspot::Price, gigaspot::Code> price =
        gigaspot::Unexpected{gigaspot::Code::none};

    [[nodiscard]] const gigaspot::Eligibility& eligibility() const {
        return explanation.ranked.eligibility;
    }
};

/// A host with all its bids that are not ignored, in rank order.
struct HostExplanation {
    const gigaspot::Machine* machine = nullptr;
    gigaspot::Selection selection{};
    std::vector<Explained> bids{};
    std::optional<gigaspot::Range<gigaspot::ExchangeRate>> rates{};  ///< with this choice
    gigaspot::NotCompared not_compared{};
};

std::vector<gigaspot::Explanation> explain_all(const Market& market,
                                               const gigaspot::HostCapabilities& host,
                                               const Contest& contest) {
    std::vector<gigaspot::Explanation> slots(contest.bids.size());
    const auto explained =
        gigaspot::explain(host, contest.bids, market.conditions, slots, contest.run, market.tick);
    slots.resize(explained.size());
    return slots;
}

/// The price of a bid of the owner in the options, whose other bids do not compete with it.
gigaspot::Result<gigaspot::Price, gigaspot::Code> price_of_own(const Market& market,
                                                               const gigaspot::Machine& machine,
                                                               const gigaspot::SnapshotBid& bid) {
    const Contest contest = contest_on(market, machine, market.owner, bid.id);
    const std::vector<gigaspot::Explanation> all = explain_all(market, machine.host, contest);
    const auto own = std::find_if(all.begin(), all.end(),
                                  [&](const auto& each) { return each.ranked.id == bid.id; });
    return own->price_to_win;
}

HostExplanation explain_host(const Market& market, const gigaspot::Machine& machine) {
    const gigaspot::HostCapabilities& host = machine.host;
    const Contest contest = contest_on(market, machine);
    HostExplanation out{
        .machine = &machine,
        .selection = gigaspot::select(host, contest.bids, market.conditions, contest.run),
        .rates = gigaspot::rate_range(host, contest.bids, market.conditions, contest.run),
        .not_compared = gigaspot::not_compared(host, contest.bids, market.conditions)};
    out.not_compared.unreadable = machine.bids_skipped;
    for (const gigaspot::Explanation& explanation : explain_all(market, host, contest)) {
        const gigaspot::SnapshotBid& bid = contest.bids[explanation.ranked.index];
        Explained explained{.explanation = explanation,
                            .bid = bid,
                            .is_own = market.owner == bid.owner,
                            .price = explanation.price_to_win};
        if (explained.is_own) explained.price = price_of_own(market, machine, bid);
        out.bids.push_back(std::move(explained));
    }
    return out;
}

// --- For people ---

void put_bids(fmt::memory_buffer& out, const Market& market, std::span<const Explained> bids) {
    Table<12> table{
        {"", "bid", "owner", "watts", "price/day", "income", "electricity", "profit", "state", "",
         "", "wins at"},
        {false, false, false, false, false, false, false, false, true, true, true, true}};
    for (std::size_t i = 0; i < bids.size(); ++i) {
        const auto& [explanation, bid, is_own, price] = bids[i];
        Table<12>::Row row{
            fmt::format("{}", i + 1), fmt::format("{}", bid.id), fmt::format("{}", bid.owner),
            fmt::format("{}", explanation.power_draw),
            fmt::format("{} {}", bid.price, printable(market.names.name(bid.currency)))};
        if (explanation.parts) {
            row[5] = fmt::format("{}", explanation.parts->income);
            row[6] = fmt::format("{}", explanation.parts->electricity);
            row[7] = fmt::format("{}", explanation.parts->profit());
        }
        row[8] = explanation.is_winner ? "wins"
                 : explanation.ranked.eligibility.is_eligible()
                     ? "eligible"
                     : std::string{name(explanation.ranked.eligibility.reason)};
        if (explanation.ranked.is_incumbent) row[9] = "runs now";
        if (is_own) row[10] = "yours";
        if (!price) {
            row[11] = fmt::format("no price: {}", price.error());
        } else {
            const gigaspot::Int128 more = price->count() - bid.price.count();
            row[11] = fmt::format("{}{} ({}{})", *price, explanation.is_winner ? " is enough" : "",
                                  more < 0 ? "" : "+",
                                  gigaspot::to_decimal(more, gigaspot::Price::decimals).view());
            if (explanation.is_winner && more == 0) row[11] = "no lower price";
        }
        table.add(std::move(row));
    }
    if (!bids.empty()) table.write(out);
}

void put_new_bid(fmt::memory_buffer& out, const PricedBid& bid) {
    const std::string power = fmt::format("a new bid with {}", with_unit(bid.power_limits));
    if (bid.price) {
        put(out, "{} wins at {} {}\n", power, *bid.price, printable(bid.currency));
    } else {
        put(out, "{} wins at no price: {}\n", power, bid.price.error());
    }
}

void put_host(fmt::memory_buffer& out, const Market& market, const HostExplanation& explained,
              const std::optional<Quote>& quote) {
    const gigaspot::HostCapabilities& host = explained.machine->host;
    put(out, "host {}: {}, {} W", host.id, describe_gpus(market, host), total_power_range(host));
    if (host.base_power != gigaspot::Power{})
        put(out, " + {} base power", with_unit(host.base_power));
    put(out, ", {}, {}, minimum bid {}\n", host.status, with_unit(host.energy_price),
        with_unit(host.min_bid));
    if (explained.selection.winner) {
        put(out, "runs bid {}: {} USD per day for its owner\n", *explained.selection.winner,
            explained.selection.profit);
    } else {
        put(out, "idles\n");
    }
    put_bids(out, market, explained.bids);
    if (quote) put_new_bid(out, quote->new_bid);
    if (explained.rates)
        put(out, "this choice remains while 1 {} is worth {} USD; now {}\n",
            printable(market.names.name(gigaspot::main_currency)), *explained.rates,
            *market.conditions.rates[gigaspot::main_currency].usd);
}

// --- For programs ---

template <class Value>
void put_json_text_or_null(fmt::memory_buffer& out, std::string_view key, const Value& value) {
    if (value) {
        put(out, R"(,"{}":"{}")", key, *value);
    } else {
        put(out, R"(,"{}":null)", key);
    }
}

void put_json_bid(fmt::memory_buffer& out, const Market& market, const Explained& explained) {
    const gigaspot::SnapshotBid& bid = explained.bid;
    put(out, R"({{"bid":{},"owner":{},"watts":{},"price":"{}","currency":)", bid.id, bid.owner,
        explained.explanation.power_draw, bid.price);
    put_json_text(out, market.names.name(bid.currency));
    std::optional<gigaspot::UsdPerDay> income;
    std::optional<gigaspot::UsdPerDay> electricity;
    if (const auto& parts = explained.explanation.parts) {
        income = parts->income;
        electricity = parts->electricity;
    }
    put_json_text_or_null(out, "income", income);
    put_json_text_or_null(out, "electricity", electricity);
    put_json_text_or_null(out, "profit", explained.eligibility().profit);
    put(out, R"(,"eligible":{})", explained.eligibility().is_eligible());
    if (explained.eligibility().is_eligible()) {
        put(out, R"(,"reason":null)");
    } else {
        put(out, R"(,"reason":"{}")", explained.eligibility().reason);
    }
    put(out, R"(,"winner":{},"incumbent":{},"own":{})", explained.explanation.is_winner,
        explained.explanation.ranked.is_incumbent, explained.is_own);
    if (explained.price) {
        put(out, R"(,"wins_at":"{}","no_price":null}})", *explained.price);
    } else {
        put(out, R"(,"wins_at":null,"no_price":"{}"}})", explained.price.error());
    }
}

void put_json_host(fmt::memory_buffer& out, const Market& market, const HostExplanation& explained,
                   const std::optional<Quote>& quote) {
    put(out, R"({{"host":{},"winner":)", explained.machine->host.id);
    if (explained.selection.winner) {
        put(out, R"({},"profit":"{}")", *explained.selection.winner, explained.selection.profit);
    } else {
        put(out, R"(null,"profit":null)");
    }
    if (explained.rates) {
        put(out, R"(,"rates":["{}","{}"])", explained.rates->min, explained.rates->max);
    } else {
        put(out, R"(,"rates":null)");
    }
    put(out, R"(,"bids":[)");
    for (const Explained& bid : explained.bids) {
        if (&bid != explained.bids.data()) out.push_back(',');
        put_json_bid(out, market, bid);
    }
    put(out, "]");
    if (quote) {
        put(out, R"(,"new_bid":)");
        put_json_price(out, quote->new_bid);
    }
    out.push_back(',');
    put_json(out, explained.not_compared);
    out.push_back('}');
}

constexpr std::string_view csv_head =
    "host,bid,owner,watts,price,currency,income,electricity,profit,eligible,reason,winner,"
    "incumbent,own,wins_at,no_price\n";

void put_csv_host(fmt::memory_buffer& out, const Market& market, const HostExplanation& explained) {
    for (const Explained& each : explained.bids) {
        const gigaspot::Explanation& explanation = each.explanation;
        put(out, "{},{},{},{},{},", explained.machine->host.id, each.bid.id, each.bid.owner,
            explanation.power_draw, each.bid.price);
        put_csv_text(out, market.names.name(each.bid.currency));
        if (explanation.parts) {
            put(out, ",{},{},{},", explanation.parts->income, explanation.parts->electricity,
                explanation.parts->profit());
        } else {
            put(out, ",,,,");
        }
        const bool is_eligible = each.eligibility().is_eligible();
        put(out, "{},{},{},{},{},", is_eligible, is_eligible ? "" : name(each.eligibility().reason),
            explanation.is_winner, explanation.ranked.is_incumbent, each.is_own);
        if (each.price) {
            put(out, "{},\n", *each.price);
        } else {
            put(out, ",{}\n", each.price.error());
        }
    }
    if (explained.bids.empty()) put(out, "{},,,,,,,,,,,,,,,\n", explained.machine->host.id);
}

}  // namespace

ExitCode explain(const ExplainOptions& options, Format format) {
    const Market market = load_market(options.market);
    const bool has_new_bid = !options.bid.watts_per_gpu.empty();
    const ConsideredBid new_bid{market, options.bid};
    fmt::memory_buffer out;
    if (format == Format::csv) put(out, "{}", csv_head);
    if (format == Format::json) {
        out.push_back('{');
        put_json_head(out, market);
        put(out, R"(,"hosts":[)");
    }
    gigaspot::NotCompared sum;
    for (const gigaspot::Machine* machine : market.machines) {
        const HostExplanation explained = explain_host(market, *machine);
        sum += explained.not_compared;
        std::optional<Quote> quote;
        if (has_new_bid) quote = quote_host(market, *machine, new_bid);
        const bool is_first = machine == market.machines.front();
        switch (format) {
        case Format::table:
            if (!is_first) put(out, "\n");
            put_host(out, market, explained, quote);
            break;
        case Format::json:
            if (!is_first) out.push_back(',');
            put_json_host(out, market, explained, quote);
            break;
        case Format::csv: put_csv_host(out, market, explained); break;
        }
        write_finished(out);
    }
    if (format == Format::json) {
        put(out, "],");
        put_json_end(out, market, sum);
    }
    write_output(out);
    const bool has_warned =
        report_passed_over(market, {.has_machines = options.market.hosts.empty()});
    check_all_read(options.market, market);
    return has_warned && options.market.strict ? bad_data : ok;
}

}  // namespace tool
