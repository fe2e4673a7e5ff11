// What an answer passed over: bids without a rate, what could not be read, options without effect.
#include <algorithm>
#include <array>
#include <cstddef>

#include <gigaspot/format/documents.hpp>
#include <gigaspot/format/rules.hpp>

#include "tool.hpp"

namespace tool {
namespace {

/// How many things of one kind are named. One field can be odd in each of 10,000 machines.
constexpr std::size_t named_max = 10;

/// How much of a line about one thing is shown. A key can be as long as the snapshot.
constexpr std::size_t line_bytes_max = 500;

/// Lines about the first items. If there are more, a line begins the same and ends with `others`.
template <class Item, class Describe>
void put_each(std::string_view label, const std::vector<const Item*>& items, const char* others,
              Describe describe) {
    const std::size_t shown = std::min(items.size(), named_max);
    for (std::size_t i = 0; i < shown; ++i)
        say(fmt::format("{} {}", label, shortened(describe(*items[i]), line_bytes_max)));
    if (shown < items.size())
        say(fmt::format("{} {}", label, fmt::format(fmt::runtime(others), items.size() - shown)));
}

/// "bitcoin (2), usd-coin"
class Names {
public:
    void add(std::string_view name, std::size_t count = 1) {
        if (!text_.empty()) text_ += ", ";
        text_ += name;
        if (count > 1) text_ += fmt::format(" ({})", count);
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
};

using Counts = std::array<std::size_t, gigaspot::limits::currencies_max + 1>;

bool warn_of_missing_rates(const Market& market, const AnswerScope& scope) {
    Counts counts{};
    std::size_t total = 0;
    for (const gigaspot::Machine* machine : market.machines) {
        for (const gigaspot::SnapshotBid& bid : market.snapshot.bids_of(*machine)) {
            if (market.is_ignored(bid.id)) continue;
            if (!scope.has_own_bids && market.owner == bid.owner) continue;
            const gigaspot::Offer offer = as_offer(bid, machine->host, 0);
            if (eligibility(offer, machine->host, market.conditions).reason !=
                gigaspot::Code::rate_missing)
                continue;
            ++counts[bid.currency.number];
            ++total;
        }
    }
    if (total == 0) return false;
    Names names;
    for (std::size_t i = 0; i < market.names.currencies(); ++i) {
        const gigaspot::Currency currency{static_cast<std::uint8_t>(i)};
        if (counts[i] > 0) names.add(market.names.name(currency), counts[i]);
    }
    warn(fmt::format("{} not compared, for lack of a rate: {}",
                     total == 1 ? "1 bid was" : fmt::format("{} bids were", total), names.text()));
    return true;
}

/// Prices in other currencies are compared with limits in the main one.
bool warn_of_unchecked_prices(const Market& market, const AnswerScope& scope) {
    std::array<bool, gigaspot::limits::currencies_max + 1> is_missing{};
    std::size_t prices = 0;
    for (const gigaspot::Currency currency : scope.currencies) {
        if (currency == gigaspot::main_currency) continue;
        bool has_rates = true;
        for (const gigaspot::Currency needed : {currency, gigaspot::main_currency}) {
            if (market.conditions.has_rate(needed)) continue;
            is_missing[needed.number] = true;
            has_rates = false;
        }
        if (!has_rates) ++prices;
    }
    if (prices == 0) return false;
    Names names;
    for (std::size_t i = 0; i < market.names.currencies(); ++i) {
        if (is_missing[i])
            names.add(market.names.name(gigaspot::Currency{static_cast<std::uint8_t>(i)}));
    }
    warn(fmt::format("{} not compared with the limits, for lack of a rate: {}",
                     prices == 1 ? "1 price was" : fmt::format("{} prices were", prices),
                     names.text()));
    return true;
}

bool warn_of_unused_currencies(const Market& market, const AnswerScope& scope) {
    Counts counts{};
    for (const gigaspot::SnapshotBid& bid : market.snapshot.bids) ++counts[bid.currency.number];
    for (const gigaspot::Currency currency : scope.currencies) {
        if (currency.number < counts.size()) ++counts[currency.number];
    }
    Names used;
    for (std::size_t i = 0; i < market.names.currencies(); ++i) {
        if (counts[i] > 0)
            used.add(market.names.name(gigaspot::Currency{static_cast<std::uint8_t>(i)}));
    }
    if (used.text().empty()) return false;  // in a market without bids no currency is misspelt
    bool has_warned = false;
    for (const auto& [option, currency] : market.currency_options) {
        if (counts[currency.number] > 0) continue;
        warn(fmt::format("{}: no bid uses this currency; they use {}", option, used.text()));
        has_warned = true;
    }
    return has_warned;
}

bool warn_of_unknown_bids(const Market& market) {
    Names unknown;
    for (const gigaspot::BidId id : market.without) {
        const bool is_known =
            std::any_of(market.snapshot.bids.begin(), market.snapshot.bids.end(),
                        [&](const gigaspot::SnapshotBid& bid) { return bid.id == id; });
        if (!is_known) unknown.add(fmt::format("{}", id));
    }
    if (unknown.text().empty()) return false;
    warn(fmt::format("--without: not in the snapshot: {}", unknown.text()));
    return true;
}

}  // namespace

void say(std::string_view line) {
    const std::string text = fmt::format("gigaspot: {}\n", printable(line));
    static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

void warn(std::string_view message) { say(fmt::format("warning: {}", message)); }

bool report_passed_over(const Market& market, const AnswerScope& scope) {
    if (scope.has_machines)
        put_each("skipped", market.skipped, "{} more machines", describe_skipped);
    put_each("skipped", market.skipped_bids, "{} more bids",
             [](const gigaspot::SkippedBid& bid) { return fmt::format("{}", bid); });
    put_each("note:", market.notes, "and {} more",
             [](const gigaspot::Note& note) { return fmt::format("{}", note); });
    const bool has_skipped =
        (scope.has_machines && !market.skipped.empty()) || !market.skipped_bids.empty();
    const bool lacks_rates = scope.has_bids ? warn_of_missing_rates(market, scope)
                                            : warn_of_unchecked_prices(market, scope);
    const bool has_unused = warn_of_unused_currencies(market, scope);
    const bool has_unknown = warn_of_unknown_bids(market);
    return has_skipped || lacks_rates || has_unused || has_unknown;
}

gigaspot::NotCompared not_compared(const Market& market) {
    gigaspot::NotCompared sum;
    for (const gigaspot::Machine* machine : market.machines) {
        sum += gigaspot::not_compared(machine->host, market.snapshot.bids_of(*machine),
                                      market.conditions);
        sum.unreadable += machine->bids_skipped;
    }
    return sum;
}

}  // namespace tool
