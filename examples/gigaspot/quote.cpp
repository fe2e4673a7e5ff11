// `gigaspot quote`: the price with which a bid would win a host.
#include "tool.hpp"

#include <optional>
#include <span>
#include <utility>

#include <gigaspot/format/rules.hpp>
#include <gigaspot/json/orders.hpp>

namespace tool {
namespace {

/// A bid that somebody thinks of placing, and what its overclock breaks on the host.
struct Asked {
    gigaspot::QuoteRequest request;
    std::vector<gigaspot::Violation> violations;
    std::string currency;  // printable
};

Asked read_bid(const QuoteOptions& options, const Market& market,
               const gigaspot::HostCapabilities& host, gigaspot::TotalPower watts) {
    Asked bid{.request = {.power_limits = watts, .is_cached = options.is_cached},
              .violations = {},
              .currency =
                  printable(options.currency.empty() ? market.names.name(gigaspot::main_currency)
                                                     : std::string_view{options.currency})};
    // A currency that the market does not know has no rate, nor has one outside the table.
    if (!options.currency.empty())
        bid.request.currency = market.names.find_currency(options.currency)
                                   .value_or(gigaspot::Currency{gigaspot::limits::currencies_max});
    if (market.tick) {
        bid.request.tick = *market.tick;
    } else if (bid.request.currency != gigaspot::main_currency) {
        bid.request.tick = gigaspot::Price::unchecked(1);  // its coin may be worth much more
    }
    if (options.overclock.empty()) return bid;
    std::string text = read_input(options.overclock);
    const auto profiles = gigaspot::read_overclock(std::move(text));
    if (!profiles) throw document_failure(options.overclock, profiles.error());
    const gigaspot::Bid placed{.overclock = *profiles};
    bid.request.power_limits = total_power_limit(placed);
    for (const gigaspot::Violation& violation : validate(placed, host)) {
        // The rows of the price come next, and there is no price yet.
        if (violation.code >= gigaspot::Code::price_not_positive) break;
        bid.violations.push_back(violation);
    }
    return bid;
}

/// The price, or the first reason why none helps. A sum of watts can be right where a profile is
/// not.
gigaspot::Result<gigaspot::Price, gigaspot::Code> find_price(
    const Asked& bid, const gigaspot::HostCapabilities& host,
    std::span<const gigaspot::SnapshotBid> bids, const gigaspot::Conditions& conditions) {
    if (!bid.violations.empty() && host.status.is_available())
        return gigaspot::Unexpected{gigaspot::Code::overclock_invalid};
    return gigaspot::price_to_win(host, bids, conditions, bid.request,
                                  gigaspot::run_in_place(bids));
}

/// Whom a bid with this profit has to beat: the best challenger, and the run in place.
void put_rivals(fmt::memory_buffer& out, std::span<const gigaspot::Ranked> ranking,
                std::optional<gigaspot::UsdPerDay> profit) {
    const auto put_rival = [&](std::string_view label, const gigaspot::Ranked& rival) {
        put(out, "{}: bid {}, {} USD a day", label, rival.id, *rival.eligibility.profit);
        if (profit) put(out, ", {} less", *profit - *rival.eligibility.profit);
        put(out, "\n");
    };
    bool has_best = false;
    bool has_eligible = false;
    for (const gigaspot::Ranked& rival : ranking) {
        const gigaspot::Code reason = rival.eligibility.reason;
        has_eligible = has_eligible || rival.eligibility.is_eligible();
        if (rival.is_incumbent && !rival.eligibility.is_eligible()) {
            put(out, "runs now: bid {}, which stops: {} ({})\n", rival.id, reason,
                sentence(reason));
        } else if (rival.is_incumbent) {
            put_rival("runs now", rival);
        } else if (!has_best && rival.eligibility.is_eligible()) {
            put_rival("best rival", rival);
            has_best = true;
        }
    }
    if (!has_eligible) put(out, "no rival: no bid on this host is eligible\n");
}

void put_win(fmt::memory_buffer& out, const Asked& bid, gigaspot::Price price,
             const gigaspot::HostCapabilities& host, const gigaspot::Conditions& conditions,
             std::span<const gigaspot::Ranked> ranking) {
    gigaspot::Offer offer{.price = price,
                          .currency = bid.request.currency,
                          .power_limits = bid.request.power_limits,
                          .is_cached = bid.request.is_cached};
    const gigaspot::ProfitParts parts = *profit_parts(offer, host, conditions);
    put(out, "{} {} a day wins host {} with {}\n", price, bid.currency, host.id,
        with_unit(bid.request.power_limits));
    put(out, "profit of its owner: {} USD a day = {} income - {} electricity\n", parts.profit(),
        parts.income, parts.electricity);
    put_rivals(out, ranking, parts.profit());
    offer.price = gigaspot::Price::unchecked(price.count() - bid.request.tick.count());
    if (const gigaspot::Code reason = eligibility(offer, host, conditions).reason;
        reason != gigaspot::Code::none)
        put(out, "for less it is not eligible: {} ({})\n", reason, sentence(reason));
}

void put_no_price(fmt::memory_buffer& out, const Asked& bid, gigaspot::Code reason,
                  const Market& market, const gigaspot::HostCapabilities& host,
                  std::span<const gigaspot::Ranked> ranking) {
    put(out, "{} ({}): no price wins host {} with {}\n", reason, sentence(reason), host.id,
        with_unit(bid.request.power_limits));
    if (reason == gigaspot::Code::price_above_market_maximum) {
        put(out, "the market takes at most {} {} a day\n", market.conditions.policy.price_max,
            printable(market.names.name(gigaspot::main_currency)));
        put_rivals(out, ranking, std::nullopt);
    }
    if (reason == gigaspot::Code::overclock_invalid && bid.violations.empty())
        put(out, "the host allows {} W in all, and takes no limit of 0\n", total_power_range(host));
    for (const gigaspot::Violation& violation : bid.violations)
        put(out, "{}: {}\n", violation, sentence(violation.code));
}

}  // namespace

ExitCode quote(const QuoteOptions& options) {
    if (options.watts.empty() == options.overclock.empty())
        throw Failure{wrong_use, "give the bid's power: either --watts or --oc"};
    gigaspot::TotalPower watts;
    read_option(watts, "--watts", options.watts);
    const Market market = load_market(options.market, options.overclock);
    if (market.machines.empty()) throw skipped_failure(options.market, market);

    const gigaspot::Machine& machine = *market.machines.front();
    const Asked bid = read_bid(options, market, machine.host, watts);
    const std::span<const gigaspot::SnapshotBid> bids = market.snapshot.bids_of(machine);
    const auto price = find_price(bid, machine.host, bids, market.conditions);
    std::vector<gigaspot::Ranked> slots(bids.size());
    const std::span<const gigaspot::Ranked> ranking =
        gigaspot::rank(machine.host, bids, market.conditions, slots, gigaspot::run_in_place(bids));

    fmt::memory_buffer out;
    if (price) {
        put_win(out, bid, *price, machine.host, market.conditions, ranking);
    } else {
        put_no_price(out, bid, price.error(), market, machine.host, ranking);
    }
    write_output(out);
    report_passed_over(market);
    return price ? ok : bad_data;
}

}  // namespace tool
