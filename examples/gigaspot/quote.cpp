// `gigaspot quote`: the price with which a bid would win a host, or each of several hosts.
#include <algorithm>
#include <optional>

#include <gigaspot/format/rules.hpp>

#include "quotes.hpp"

namespace tool {
namespace {

/// Whom a bid with this profit has to beat: the best challenger, and the run in place.
void put_rivals(fmt::memory_buffer& out, const Quote& quote,
                std::optional<gigaspot::UsdPerDay> profit) {
    const auto put_rival = [&](std::string_view label, const std::optional<Rival>& rival) {
        if (!rival) return;
        const gigaspot::Eligibility& found = rival->eligibility;
        if (!found.is_eligible())
            return put(out, "{}: bid {}, which stops: {} ({})\n", label, rival->bid, found.reason,
                       sentence(found.reason));
        put(out, "{}: bid {}, {} USD per day", label, rival->bid, *found.profit);
        if (profit) put(out, ", {} less", *profit - *found.profit);
        put(out, "\n");
    };
    const bool runs_well = quote.incumbent && quote.incumbent->eligibility.is_eligible();
    const bool is_first = runs_well && (!quote.best || quote.incumbent->eligibility.profit >=
                                                           quote.best->eligibility.profit);
    if (is_first) put_rival("runs now", quote.incumbent);
    put_rival("best rival", quote.best);
    if (!is_first) put_rival("runs now", quote.incumbent);
    if (!runs_well && !quote.best) put(out, "no rival: no bid on this host is eligible\n");
}

/// "112.0001 CLORE-Blockchain per day wins host 7 with 150 W"
void put_headline(fmt::memory_buffer& out, const PricedBid& bid, gigaspot::HostId host) {
    const std::string what =
        bid.id ? fmt::format("keeps host {} with bid {} and its {}", host, *bid.id,
                             with_unit(bid.power_limits))
               : fmt::format("wins host {} with {}", host, with_unit(bid.power_limits));
    if (!bid.price)
        return put(out, "{} ({}): no price {}\n", bid.price.error(), sentence(bid.price.error()),
                   what);
    put(out, "{} {} per day {}", *bid.price, printable(bid.currency), what);
    const gigaspot::Int128 more = bid.own ? bid.price->count() - bid.own->count() : 0;
    if (more != 0)
        put(out, ", {} {} than now",
            gigaspot::to_decimal(more < 0 ? -more : more, gigaspot::Price::decimals).view(),
            more < 0 ? "less" : "more");
    put(out, "\n");
}

/// The lines behind a price.
void put_price(fmt::memory_buffer& out, const Quote& quote, const PricedBid& bid) {
    put(out, "profit of its owner: {} USD per day = {} income {}\n", bid.parts->profit(),
        bid.parts->income, describe_electricity(bid.parts->electricity));
    put_rivals(out, quote, bid.parts->profit());
    if (bid.reason_for_less != gigaspot::Code::none)
        put(out, "for less it is not eligible: {} ({})\n", bid.reason_for_less,
            sentence(bid.reason_for_less));
}

/// The lines behind a reason why no price helps. `has_fields` says whether the profiles come from a
/// file, whose fields are then named.
void put_no_price(fmt::memory_buffer& out, const Market& market, const Quote& quote,
                  const PricedBid& bid, bool has_fields) {
    const gigaspot::Code reason = bid.price.error();
    if (reason == gigaspot::Code::price_above_market_maximum) {
        put(out, "the market takes at most {} {} per day\n", market.conditions.policy.price_max,
            printable(market.names.name(gigaspot::main_currency)));
        put_rivals(out, quote, std::nullopt);
    }
    if (bid.id) return;
    if (reason == gigaspot::Code::rate_missing)
        put(out, "no rate of {0} is given; add --rate {0}=USD\n", printable(bid.currency));
    if (reason == gigaspot::Code::overclock_invalid && quote.violations.empty())
        put(out, "the host allows {} W in all, and takes no limit of 0\n",
            total_power_range(quote.machine->host));
    for (const gigaspot::Violation& violation : quote.violations) {
        if (has_fields) {
            put(out, "{}\n", describe_with_field(violation));
        } else {
            put(out, "{}: {}\n", violation, sentence(violation.code));
        }
    }
}

/// The answer for one host, in sentences.
void put_sentences(fmt::memory_buffer& out, const Market& market, const Quote& quote,
                   bool has_fields) {
    const auto put_bid = [&](const PricedBid& bid) {
        if (bid.price) {
            put_price(out, quote, bid);
        } else {
            put_no_price(out, market, quote, bid, has_fields);
        }
    };
    const gigaspot::HostId host = quote.machine->host.id;
    put_headline(out, quote.answer(), host);
    put_bid(quote.answer());
    if (!quote.own_run) return;
    put(out, "a new bid in its place: ");
    put_headline(out, quote.new_bid, host);
    if (!quote.new_bid.price) put_no_price(out, market, quote, quote.new_bid, has_fields);
}

/// Several quotes, and how many of them have a price.
void put_quotes(fmt::memory_buffer& out, const Market& market, const std::vector<Quote>& quotes,
                Format format) {
    gigaspot::NotCompared sum;
    for (const Quote& quote : quotes) sum += quote.not_compared;
    switch (format) {
    case Format::csv: return put_csv(out, quotes);
    case Format::json:
        out.push_back('{');
        put_json_head(out, market);
        put(out, R"(,"hosts":[)");
        for (const Quote& quote : quotes) {
            if (&quote != quotes.data()) out.push_back(',');
            put_json(out, quote);
        }
        put(out, "],");
        return put_json_end(out, market, sum);
    case Format::table: break;
    }
    put_table(out, market, quotes);
    const auto with_price = std::count_if(quotes.begin(), quotes.end(), [](const Quote& quote) {
        return quote.answer().price.has_value();
    });
    put(out, "{}{} of {} hosts can be won\n", quotes.empty() ? "" : "\n", with_price,
        quotes.size());
}

}  // namespace

ExitCode quote(const QuoteOptions& options, Format format) {
    const std::string* const powers[] = {&options.bid.watts, &options.bid.watts_per_gpu,
                                         &options.bid.overclock};
    if (std::count_if(std::begin(powers), std::end(powers),
                      [](const std::string* power) { return !power->empty(); }) != 1)
        throw Failure{wrong_use, "give the bid's power: either --watts, --watts-per-gpu or --oc"};
    const Market market = load_market(options.market, options.bid.overclock);
    const ConsideredBid bid{market, options.bid};
    if (market.machines.empty()) check_all_read(options.market, market);

    std::vector<Quote> quotes;
    for (const gigaspot::Machine* machine : market.machines)
        quotes.push_back(quote_host(market, *machine, bid));
    fmt::memory_buffer out;
    const bool is_one = !options.market.hosts.empty() && quotes.size() == 1;
    if (is_one && format == Format::table) {
        put_sentences(out, market, quotes.front(), !options.bid.overclock.empty());
    } else {
        put_quotes(out, market, quotes, format);
    }
    write_output(out);
    const bool has_warned =
        report_passed_over(market, {.has_machines = options.market.hosts.empty(),
                                    .has_own_bids = false,
                                    .currencies = {bid.currency_id()}});
    check_all_read(options.market, market);
    const bool has_price = std::any_of(quotes.begin(), quotes.end(), [](const Quote& quote) {
        return quote.answer().price.has_value();
    });
    return has_price && !(has_warned && options.market.strict) ? ok : bad_data;
}

}  // namespace tool
