// `gigaspot find`: the hosts that a bid would win at the lowest cost.
#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

#include <gigaspot/format/rules.hpp>

#include "quotes.hpp"

namespace tool {
namespace {

/// All hosts that the options ask for: the cheapest ones with their rivals, and the others counted.
struct Search {
    std::vector<Quote> quotes{};                      ///< the cheapest first
    std::size_t with_price = 0;                       ///< all hosts that a price wins
    std::map<gigaspot::Code, std::size_t> without{};  ///< the others, by their reasons
    gigaspot::NotCompared not_compared{};
};

std::string lower_case(std::string_view text) {
    std::string out{text};
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

/// Says that no host has a model, and which models there are, the most similar first.
Failure model_failure(const Market& market, const std::string& wanted) {
    std::vector<std::string> names;
    for (std::size_t i = 1; i < market.names.models(); ++i)
        names.emplace_back(market.names.name(gigaspot::GpuModel{i}));
    const auto letters = [&](const std::string& name) {
        return letters_between(lower_case(wanted), lower_case(name));
    };
    std::stable_sort(names.begin(), names.end(), [&](const auto& left, const auto& right) {
        return letters(left) < letters(right);
    });
    constexpr std::size_t names_max = 10;
    std::string known;
    for (std::size_t i = 0; i < names.size() && i < names_max; ++i)
        known += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > names_max) known += fmt::format(" and {} more", names.size() - names_max);
    return {bad_data, fmt::format("--model: '{}': no host has this model; the snapshot has {}",
                                  wanted, known.empty() ? "no names of models" : known)};
}

/// What the search asks for on each host.
gigaspot::SearchRequest request_of(const Market& market, const FindOptions& options,
                                   const ConsideredBid& bid) {
    gigaspot::SearchRequest request{.profile = *bid.each_gpu(),
                                    .currency = bid.currency_id(),
                                    .tick = market.step(bid.currency_id()),
                                    .is_cached = options.bid.is_cached,
                                    .owner = market.owner,
                                    .by = options.by};
    request.without = market.without;
    if (options.gpus) request.gpus = static_cast<std::size_t>(*options.gpus);
    if (options.model.empty()) return request;
    check_utf8("--model", options.model);
    request.model = market.names.find_model(options.model);
    if (!request.model) throw model_failure(market, options.model);
    return request;
}

/// Forgets what is on hosts that the search excludes, so that nothing is said about them.
void keep_included(Market& market, const gigaspot::Cheapest& search) {
    std::erase_if(market.machines,
                  [&](const auto* machine) { return !search.includes(machine->host); });
    const auto is_excluded = [&](gigaspot::HostId id) {
        const gigaspot::Machine* const machine = market.snapshot.find(id);
        return machine != nullptr && !search.includes(machine->host);
    };
    std::erase_if(market.skipped_bids,
                  [&](const auto* skipped) { return is_excluded(skipped->host); });
    std::erase_if(market.notes, [&](const gigaspot::Note* note) {
        const auto id = gigaspot::WholeNumber::from_text(note->host);
        return id && is_excluded(gigaspot::HostId{static_cast<std::uint64_t>(id->count())});
    });
}

Search search_market(Market& market, const FindOptions& options, const ConsideredBid& bid) {
    std::vector<gigaspot::HostQuote> room(market.machines.size());
    gigaspot::Cheapest cheapest{request_of(market, options, bid), market.conditions, room};
    keep_included(market, cheapest);
    Search search;
    for (const gigaspot::Machine* machine : market.machines) {
        const auto bids = market.snapshot.bids_of(*machine);
        cheapest.add(machine->host, bids, gigaspot::run_in_place(bids));
        search.not_compared.unreadable += machine->bids_skipped;
    }
    const auto hosts = cheapest.in_order();
    search.not_compared += hosts.not_compared;
    for (const gigaspot::HostQuote& host : hosts) {
        if (!host.price) {
            ++search.without[host.price.error()];
            continue;
        }
        ++search.with_price;
        if (search.quotes.size() < options.top)
            search.quotes.push_back(quote_host(market, *market.snapshot.find(host.host), bid));
    }
    return search;
}

void put_search_json(fmt::memory_buffer& out, const Market& market, const Search& search) {
    out.push_back('{');
    put_json_head(out, market);
    put(out, R"(,"hosts":[)");
    for (const Quote& quote : search.quotes) {
        if (&quote != search.quotes.data()) out.push_back(',');
        put_json(out, quote);
    }
    put(out, R"(],"with_price":{},"without_price":{{)", search.with_price);
    bool is_first = true;
    for (const auto& [reason, hosts] : search.without) {
        put(out, R"({}"{}":{})", is_first ? "" : ",", reason, hosts);
        is_first = false;
    }
    put(out, "}},");
    put_json_end(out, market, search.not_compared);
}

/// Why the search includes no host.
std::string describe_no_host(const FindOptions& options) {
    if (options.gpus)
        return fmt::format("no host has {} GPU{}{}", *options.gpus, *options.gpus == 1 ? "" : "s",
                           options.model.empty() ? "" : ", all of this model");
    return options.model.empty() ? "the snapshot has no host"
                                 : "no host has only GPUs of this model";
}

void put_search_table(fmt::memory_buffer& out, const Market& market, const FindOptions& options,
                      const Search& search) {
    if (market.machines.empty()) return put(out, "{}\n", describe_no_host(options));
    put_table(out, market, search.quotes, QuoteRows::new_bids);
    put(out, "{}{} of {} hosts that can be won", search.quotes.empty() ? "" : "\n",
        search.quotes.size(), search.with_price);
    std::string_view separator = "; no price wins: ";
    for (const auto& [reason, hosts] : search.without) {
        put(out, "{}{} ({})", separator, reason, hosts);
        separator = ", ";
    }
    put(out, "\n");
}

}  // namespace

ExitCode find(const FindOptions& options, Format format) {
    if (options.bid.watts_per_gpu.empty() == options.bid.overclock_each.empty())
        throw Failure{wrong_use, "give the bid's power: either --watts-per-gpu or --oc"};
    Market market = load_market(options.market, options.bid.overclock_each);
    const ConsideredBid bid{market, options.bid};
    const Search search = search_market(market, options, bid);
    fmt::memory_buffer out;
    switch (format) {
    case Format::table: put_search_table(out, market, options, search); break;
    case Format::json: put_search_json(out, market, search); break;
    case Format::csv: put_csv(out, search.quotes, QuoteRows::new_bids); break;
    }
    write_output(out);
    const bool has_warned =
        report_passed_over(market, {.has_own_bids = false, .currencies = {bid.currency_id()}});
    return search.with_price > 0 && !(has_warned && options.market.strict) ? ok : bad_data;
}

}  // namespace tool
