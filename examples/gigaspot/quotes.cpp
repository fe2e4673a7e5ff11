// Finds what a possible bid needs to win a host: for `quote`, `explain` and `find`.
#include "quotes.hpp"

#include <utility>

#include <gigaspot/format/rules.hpp>
#include <gigaspot/json/orders.hpp>

#include "table.hpp"

namespace tool {
namespace {

gigaspot::Overclock read_profiles(const std::string& path) {
    std::string text = read_input(path);
    auto profiles = gigaspot::read_overclock(std::move(text));
    if (!profiles) throw document_failure(path, profiles.error());
    return *std::move(profiles);
}

/// The lowest price with which the bid of a run keeps its host.
PricedBid price_own_run(const Market& market, const gigaspot::Machine& machine,
                        const Contest& contest) {
    const auto own = std::find_if(contest.bids.begin(), contest.bids.end(),
                                  [&](const auto& bid) { return bid.id == contest.run->bid; });
    return {.id = own->id,
            .power_limits = own->power_limits,
            .currency = std::string{market.names.name(own->currency)},
            .own = own->price,
            .price = gigaspot::price_to_keep(machine.host, contest.bids, market.conditions,
                                             contest.run, market.step(own->currency))};
}

/// Adds what a price means for both sides, and why a step less does not win, if not for a rival.
void add_meaning(PricedBid& bid, gigaspot::Offer offer, const Market& market,
                 const gigaspot::HostCapabilities& host) {
    if (!bid.price) return;
    offer.price = *bid.price;
    bid.parts = profit_parts(offer, host, market.conditions);
    if (const auto rate = market.conditions.rate(offer.currency))
        bid.cost =
            gigaspot::UsdPerDay::unchecked(gigaspot::Int128{bid.price->count()} * rate->count());
    const gigaspot::Price step = market.step(offer.currency);
    if (offer.price < step) return;
    offer.price = gigaspot::Price::unchecked(offer.price.count() - step.count());
    bid.reason_for_less = eligibility(offer, host, market.conditions).reason;
}

void put_json_rival(fmt::memory_buffer& out, std::string_view name,
                    const std::optional<Rival>& rival) {
    if (!rival) return put(out, R"(,"{}":null)", name);
    put(out, R"(,"{}":{{"bid":{},"profit":)", name, rival->bid);
    if (rival->eligibility.profit) {
        put(out, R"("{}")", *rival->eligibility.profit);
    } else {
        put(out, "null");
    }
    if (rival->eligibility.is_eligible()) {
        put(out, R"(,"reason":null}})");
    } else {
        put(out, R"(,"reason":"{}"}})", rival->eligibility.reason);
    }
}

/// A rival's id and the profit from it: two fields, which can be empty.
void put_csv_rival(fmt::memory_buffer& out, const std::optional<Rival>& rival) {
    if (!rival) return put(out, ",,");
    put(out, ",{},", rival->bid);
    if (rival->eligibility.profit) put(out, "{}", *rival->eligibility.profit);
}

void put_csv_row(fmt::memory_buffer& out, const Quote& quote, const PricedBid& bid) {
    put(out, "{},{},{},", quote.machine->host.id, quote.machine->host.gpus.size(), quote.rivals);
    if (bid.id) put(out, "{}", *bid.id);
    put(out, ",{},", bid.power_limits);
    put_csv_text(out, bid.currency);
    if (bid.price) {
        put(out, ",{},{},{},", *bid.price, *bid.cost, bid.parts->profit());
    } else {
        put(out, ",,,,{}", bid.price.error());
    }
    put_csv_rival(out, quote.best);
    put_csv_rival(out, quote.incumbent);
    put(out, ",{}\n", quote.not_compared.total());
}

}  // namespace

ConsideredBid::ConsideredBid(const Market& market, const BidOptions& options)
    : currency_{options.currency.empty() ? market.names.name(gigaspot::main_currency)
                                         : std::string_view{options.currency}} {
    read_option(request_.power_limits, "--watts", options.watts);
    if (!options.watts_per_gpu.empty())
        read_option(each_gpu_.emplace().power_limit, "--watts-per-gpu", options.watts_per_gpu);
    request_.is_cached = options.is_cached;
    check_utf8("--currency", options.currency);
    // A currency that the market does not know has no rate; the same holds for one outside the
    // table.
    if (!options.currency.empty())
        request_.currency = market.names.find_currency(options.currency)
                                .value_or(gigaspot::Currency{gigaspot::limits::currencies_max});
    request_.tick = market.step(request_.currency);
    if (!options.overclock.empty()) profiles_ = read_profiles(options.overclock);
    if (options.overclock_each.empty()) return;
    const gigaspot::Overclock profiles = read_profiles(options.overclock_each);
    if (profiles.size() != 1)
        throw Failure{bad_data, fmt::format("{}: expected one profile, for each GPU; got {}",
                                            shown_name(options.overclock_each), profiles.size())};
    each_gpu_ = profiles[0];
}

ConsideredBid::OnHost ConsideredBid::on(const gigaspot::HostCapabilities& host) const {
    OnHost bid{.request = request_};
    if (!each_gpu_ && !profiles_) return bid;
    gigaspot::Bid placed;
    if (profiles_) placed.overclock = *profiles_;
    for (std::size_t i = 0; each_gpu_ && i < host.gpus.size(); ++i)
        static_cast<void>(placed.overclock.push_back(*each_gpu_));
    bid.request.power_limits = total_power_limit(placed);
    for (const gigaspot::Violation& violation : validate(placed, host)) {
        // The rows of the price come next, and there is no price yet.
        if (violation.code >= gigaspot::Code::price_not_positive) break;
        bid.violations.push_back(violation);
    }
    return bid;
}

Contest contest_on(const Market& market, const gigaspot::Machine& machine,
                   std::optional<gigaspot::OwnerId> rivals_of,
                   std::optional<gigaspot::BidId> keep) {
    const std::span<const gigaspot::SnapshotBid> bids = market.snapshot.bids_of(machine);
    Contest contest;
    const std::optional<gigaspot::Run> run = gigaspot::run_in_place(bids);
    for (const gigaspot::SnapshotBid& bid : bids) {
        if (market.is_ignored(bid.id)) continue;
        if (rivals_of && bid.owner == *rivals_of && bid.id != keep) continue;
        contest.bids.push_back(bid);
        if (run && run->bid == bid.id) contest.run = run;
    }
    return contest;
}

Quote quote_host(const Market& market, const gigaspot::Machine& machine, const ConsideredBid& bid) {
    const gigaspot::HostCapabilities& host = machine.host;
    ConsideredBid::OnHost asked = bid.on(host);
    const Contest contest = contest_on(market, machine, market.owner);
    const auto price =
        gigaspot::price_to_win(host, contest.bids, market.conditions, asked.request, contest.run);
    Quote quote{.machine = &machine,
                .new_bid = {.power_limits = asked.request.power_limits,
                            .currency = bid.currency(),
                            .price = price},
                .violations = std::move(asked.violations),
                .rivals = contest.bids.size(),
                .not_compared = price.not_compared};
    quote.not_compared.unreadable = machine.bids_skipped;
    // A sum of watts can be right where a profile is not.
    if (!quote.violations.empty() && host.status.is_available())
        quote.new_bid.price = gigaspot::Unexpected{gigaspot::Code::overclock_invalid};
    const gigaspot::Offer offer{.currency = asked.request.currency,
                                .power_limits = asked.request.power_limits,
                                .is_cached = asked.request.is_cached};
    add_meaning(quote.new_bid, offer, market, host);

    std::vector<gigaspot::Ranked> slots(contest.bids.size());
    for (const gigaspot::Ranked& rival :
         gigaspot::rank(host, contest.bids, market.conditions, slots, contest.run)) {
        if (rival.is_incumbent) quote.incumbent = {rival.id, rival.eligibility};
        const bool is_challenger = !rival.is_incumbent && rival.eligibility.is_eligible();
        if (is_challenger && !quote.best) quote.best = {rival.id, rival.eligibility};
    }

    if (!market.owner) return quote;
    const Contest whole = contest_on(market, machine);
    const auto own = std::find_if(whole.bids.begin(), whole.bids.end(), [&](const auto& each) {
        return whole.run && each.id == whole.run->bid && each.owner == market.owner;
    });
    if (own == whole.bids.end()) return quote;
    quote.own_run =
        price_own_run(market, machine, contest_on(market, machine, market.owner, own->id));
    add_meaning(*quote.own_run, as_offer(*own, host, 0), market, host);
    return quote;
}

void put_json_price(fmt::memory_buffer& out, const PricedBid& bid) {
    put(out, R"({{"bid":)");
    if (bid.id) {
        put(out, "{}", *bid.id);
    } else {
        put(out, "null");
    }
    put(out, R"(,"watts":{},"currency":)", bid.power_limits);
    put_json_text(out, bid.currency);
    if (bid.price) {
        put(out, R"(,"price":"{}","cost":"{}","profit":"{}","reason":null}})", *bid.price,
            *bid.cost, bid.parts->profit());
    } else {
        put(out, R"(,"price":null,"cost":null,"profit":null,"reason":"{}"}})", bid.price.error());
    }
}

void put_json(fmt::memory_buffer& out, const Quote& quote) {
    put(out, R"({{"host":{},"gpus":{},"rivals":{},"own_bid":)", quote.machine->host.id,
        quote.machine->host.gpus.size(), quote.rivals);
    if (quote.own_run) {
        put_json_price(out, *quote.own_run);
    } else {
        put(out, "null");
    }
    put(out, R"(,"new_bid":)");
    put_json_price(out, quote.new_bid);
    put_json_rival(out, "best_rival", quote.best);
    put_json_rival(out, "incumbent", quote.incumbent);
    out.push_back(',');
    put_json(out, quote.not_compared);
    out.push_back('}');
}

void put_csv(fmt::memory_buffer& out, std::span<const Quote> quotes, QuoteRows rows) {
    put(out, "host,gpus,rivals,bid,watts,currency,price,cost,profit,reason,best_rival,"
             "best_rival_profit,incumbent,incumbent_profit,not_compared\n");
    for (const Quote& quote : quotes) {
        if (quote.own_run && rows == QuoteRows::all) put_csv_row(out, quote, *quote.own_run);
        put_csv_row(out, quote, quote.new_bid);
    }
}

void put_table(fmt::memory_buffer& out, const Market& market, std::span<const Quote> quotes,
               QuoteRows rows) {
    constexpr int usd_digits = 4;
    Table<10> table{{"host", "GPUs", "rivals", "runs now", "profit now", "watts", "price/day",
                     "USD/GPU", "profit then", ""},
                    {false, true, false, false, false, false, false, false, false, true}};
    for (const Quote& quote : quotes) {
        const gigaspot::HostCapabilities& host = quote.machine->host;
        const PricedBid& bid = rows == QuoteRows::all ? quote.answer() : quote.new_bid;
        Table<10>::Row row{fmt::format("{}", host.id),
                           describe_gpus(market, host),
                           fmt::format("{}", quote.rivals),
                           "idle",
                           {},
                           fmt::format("{}", bid.power_limits),
                           {},
                           {},
                           {},
                           {}};
        if (quote.own_run) {
            row[3] = fmt::format("{} yours", *quote.own_run->id);
            if (bid.id) row[9] = "keeps it";
        } else if (quote.incumbent) {
            row[3] = fmt::format("{}", quote.incumbent->bid);
            if (quote.incumbent->eligibility.profit)
                row[4] =
                    fmt::format("{}", rounded(*quote.incumbent->eligibility.profit, usd_digits));
            if (!quote.incumbent->eligibility.is_eligible()) row[3] += " stops";
        }
        if (bid.price) {
            const gigaspot::UsdPerDay per_gpu = gigaspot::UsdPerDay::unchecked(
                bid.cost->count() / static_cast<std::int64_t>(host.gpus.size()));
            row[6] = fmt::format("{} {}", *bid.price, printable(bid.currency));
            row[7] = fmt::format("{}", rounded(per_gpu, usd_digits));
            row[8] = fmt::format("{}", rounded(bid.parts->profit(), usd_digits));
        } else {
            row[9] = fmt::format("no price: {}", bid.price.error());
        }
        table.add(std::move(row));
    }
    if (!quotes.empty()) table.write(out);
}

}  // namespace tool
