// `gigaspot rank`: which bid every host of a snapshot should run.
#include "tool.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include <gigaspot/format/documents.hpp>
#include <gigaspot/format/rules.hpp>

namespace tool {
namespace {

using gigaspot::rounded;

/// How many bids of a running host are put in order. For an idle host it is always all of them.
enum class Depth { winner_and_next, all };

/// A host's bids in order, and its choice. The spans are of buffers that the next host uses again.
struct Ranking {
    const gigaspot::Machine* machine;
    std::span<const gigaspot::SnapshotBid> bids;
    std::span<const gigaspot::Ranked> ranked;
    std::optional<gigaspot::Run> run;
    gigaspot::Selection selection;
};

template <class Visit>
void for_each_ranking(const Market& market, Depth depth, Visit visit) {
    std::vector<gigaspot::Ranked> slots(2);
    for (const gigaspot::Machine* machine : market.machines) {
        const gigaspot::HostCapabilities& host = machine->host;
        const std::span<const gigaspot::SnapshotBid> bids = market.snapshot.bids_of(*machine);
        if (slots.size() < bids.size()) slots.resize(bids.size());
        const std::optional<gigaspot::Run> run = gigaspot::run_in_place(bids);
        const gigaspot::Selection selection = gigaspot::select(host, bids, market.conditions, run);
        const bool is_short = depth == Depth::winner_and_next && selection.winner;
        const std::span<gigaspot::Ranked> out = std::span{slots}.first(is_short ? 2 : slots.size());
        visit(Ranking{.machine = machine,
                      .bids = bids,
                      .ranked = gigaspot::rank(host, bids, market.conditions, out, run),
                      .run = run,
                      .selection = selection});
    }
}

gigaspot::PowerDraw watts(const gigaspot::SnapshotBid& bid,
                          const gigaspot::HostCapabilities& host) {
    return power_draw(as_offer(bid, host, 0), host);
}

/// Why a host without a run idles: its own state, or what keeps the bid with the highest profit
/// from it.
std::string_view idle_reason(const Ranking& ranking) {
    if (const gigaspot::Code code = unavailability(ranking.machine->host.status);
        code != gigaspot::Code::none)
        return name(code);
    const auto by_profit = [](const gigaspot::Ranked& left, const gigaspot::Ranked& right) {
        return left.eligibility.profit < right.eligibility.profit;
    };
    const auto best = std::max_element(ranking.ranked.begin(), ranking.ranked.end(), by_profit);
    return best == ranking.ranked.end() ? "no bids" : name(best->eligibility.reason);
}

/// Why the run in place cannot go on.
std::string_view stop_reason(const Ranking& ranking) {
    const auto incumbent = std::find_if(ranking.ranked.begin(), ranking.ranked.end(),
                                        [](const auto& bid) { return bid.is_incumbent; });
    return name(incumbent->eligibility.reason);
}

/// Profit of the best eligible bid besides the winner.
std::optional<gigaspot::UsdPerDay> runner_up(const Ranking& ranking) {
    for (const gigaspot::Ranked& bid : ranking.ranked) {
        if (!bid.eligibility.is_eligible()) break;
        if (bid.index != ranking.selection.index) return bid.eligibility.profit;
    }
    return std::nullopt;
}

std::string change(const Ranking& ranking) {
    const bool has_winner = ranking.selection.winner.has_value();
    if (!ranking.run) return has_winner ? "starts" : std::string{idle_reason(ranking)};
    if (!has_winner) return fmt::format("{} stops: {}", ranking.run->bid, stop_reason(ranking));
    if (ranking.selection.winner == ranking.run->bid) return "stays";
    return fmt::format("replaces {}", ranking.run->bid);
}

struct Style {
    std::string_view head, good, bad, quiet, end;
};

constexpr int usd_digits = 4;

void put_table(fmt::memory_buffer& out, const Market& market) {
    const Style style =
        has_colour() ? Style{"\x1b[1m", "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[0m"} : Style{};
    struct Line {
        std::string host, gpus, bid, price, watts, profit, margin, change;
        std::string_view colour;
    };
    std::vector<Line> lines;
    std::size_t running = 0;
    gigaspot::ProfitParts total;
    gigaspot::Int128 total_watts = 0;
    for_each_ranking(market, Depth::winner_and_next, [&](const Ranking& ranking) {
        const gigaspot::HostCapabilities& host = ranking.machine->host;
        Line line{.host = fmt::format("{}", host.id),
                  .gpus = describe_gpus(market, host),
                  .bid = "idle",
                  .price = {},
                  .watts = {},
                  .profit = {},
                  .margin = {},
                  .change = change(ranking),
                  .colour = style.quiet};
        if (ranking.selection.winner) {
            const gigaspot::SnapshotBid& bid = ranking.bids[ranking.selection.index];
            const auto parts = profit_parts(as_offer(bid, host, 0), host, market.conditions);
            total.income = total.income + parts->income;
            total.electricity = total.electricity + parts->electricity;
            total_watts += watts(bid, host).count();
            ++running;
            line.bid = fmt::format("{}", bid.id);
            line.price =
                fmt::format("{} {}", bid.price, printable(market.names.name(bid.currency)));
            line.watts = fmt::format("{}", watts(bid, host));
            line.profit = fmt::format("{}", rounded(ranking.selection.profit, usd_digits));
            if (const auto second = runner_up(ranking))
                line.margin =
                    fmt::format("{}", rounded(ranking.selection.profit - *second, usd_digits));
            line.colour = ranking.selection.profit < gigaspot::UsdPerDay{} ? style.bad : style.good;
        }
        lines.push_back(std::move(line));
    });

    const Line head{"host",    "GPUs",   "bid",    "price/day", "watts",
                    "USD/day", "margin", "change", style.head};
    std::size_t widths[7]{};
    const auto cells = [](const Line& line) {
        return std::array<const std::string*, 7>{&line.host,  &line.gpus,  &line.bid,
                                                 &line.price, &line.watts, &line.profit,
                                                 &line.margin};
    };
    const auto widen = [&](const Line& line) {
        for (std::size_t i = 0; i < 7; ++i) widths[i] = std::max(widths[i], cells(line)[i]->size());
    };
    widen(head);
    for (const Line& line : lines) widen(line);
    constexpr std::string_view gap = "  ";
    const auto put_right = [&](const std::string& text, std::size_t width) {
        for (std::size_t size = text.size(); size < width; ++size) out.push_back(' ');
        out.append(text);
    };
    const auto put_line = [&](const Line& line) {
        out.append(line.colour);
        put_right(line.host, widths[0]);
        put(out, "  {:<{}}  ", line.gpus, widths[1]);  // in a name a letter may be several bytes
        put_right(line.bid, widths[2]);
        put(out, "  {:>{}}  ", line.price, widths[3]);
        put_right(line.watts, widths[4]);
        out.append(gap);
        put_right(line.profit, widths[5]);
        out.append(gap);
        put_right(line.margin, widths[6]);
        out.append(gap);
        out.append(line.change);
        if (!line.colour.empty()) out.append(style.end);
        out.push_back('\n');
    };
    put_line(head);
    for (const Line& line : lines) put_line(line);

    const std::string_view currency = market.names.name(gigaspot::main_currency);
    const gigaspot::QuotedRate& rate = market.conditions.rates[gigaspot::main_currency];
    put(out, "\n{} of {} hosts run, {} W, {} USD per day = {} income {}, at {} USD per {}", running,
        lines.size(), gigaspot::to_decimal(total_watts, 0).view(),
        rounded(total.profit(), usd_digits), rounded(total.income, usd_digits),
        describe_electricity(total.electricity, usd_digits), *rate.usd, printable(currency));
    constexpr int percent_digits = 4;  // 1 % is 10,000 ppm
    if (rate.fee != gigaspot::Ppm{})
        put(out, " less a fee of {} %",
            gigaspot::to_decimal(rate.fee.count(), percent_digits).view());
    put(out, "\n");
}

void put_json(fmt::memory_buffer& out, const Market& market) {
    out.push_back('{');
    put_json_head(out, market);
    put(out, R"(,"hosts":[)");
    bool is_first_host = true;
    for_each_ranking(market, Depth::all, [&](const Ranking& ranking) {
        const gigaspot::HostCapabilities& host = ranking.machine->host;
        put(out, R"({}{{"host":{})", is_first_host ? "" : ",", host.id);
        is_first_host = false;
        if (ranking.selection.winner) {
            put(out, R"(,"winner":{},"profit":"{}")", *ranking.selection.winner,
                ranking.selection.profit);
        } else {
            put(out, R"(,"winner":null,"profit":null)");
        }
        put(out, R"(,"bids":[)");
        for (const gigaspot::Ranked& ranked : ranking.ranked) {
            const gigaspot::SnapshotBid& bid = ranking.bids[ranked.index];
            put(out, R"({}{{"bid":{},"owner":{},"watts":{},"price":"{}","currency":)",
                &ranked == ranking.ranked.data() ? "" : ",", bid.id, bid.owner, watts(bid, host),
                bid.price);
            put_json_text(out, market.names.name(bid.currency));
            if (ranked.eligibility.profit) {
                put(out, R"(,"profit":"{}")", *ranked.eligibility.profit);
            } else {
                put(out, R"(,"profit":null)");
            }
            if (ranked.eligibility.is_eligible()) {
                put(out, R"(,"eligible":true}})");
            } else {
                put(out, R"(,"eligible":false,"reason":"{}"}})", ranked.eligibility.reason);
            }
        }
        put(out, "]}}");
        write_finished(out);
    });
    put(out, "],");
    put_json_end(out, market, not_compared(market));
}

void put_csv(fmt::memory_buffer& out, const Market& market) {
    put(out, "host,bid,owner,watts,price,currency,profit,eligible,reason,winner\n");
    for_each_ranking(market, Depth::all, [&](const Ranking& ranking) {
        const gigaspot::HostCapabilities& host = ranking.machine->host;
        for (const gigaspot::Ranked& ranked : ranking.ranked) {
            const gigaspot::SnapshotBid& bid = ranking.bids[ranked.index];
            put(out, "{},{},{},{},{},", host.id, bid.id, bid.owner, watts(bid, host), bid.price);
            put_csv_text(out, market.names.name(bid.currency));
            out.push_back(',');
            if (ranked.eligibility.profit) put(out, "{}", *ranked.eligibility.profit);
            const bool is_eligible = ranked.eligibility.is_eligible();
            put(out, ",{},{},{}\n", is_eligible, is_eligible ? "" : name(ranked.eligibility.reason),
                ranking.selection.winner == bid.id);
        }
        if (ranking.ranked.empty()) put(out, "{},,,,,,,,,\n", host.id);
        write_finished(out);
    });
}

}  // namespace

ExitCode rank(const MarketOptions& options, Format format) {
    const Market market = load_market(options);
    fmt::memory_buffer out;
    switch (format) {
    case Format::table: put_table(out, market); break;
    case Format::json: put_json(out, market); break;
    case Format::csv: put_csv(out, market); break;
    }
    write_output(out);
    return report_passed_over(market) && options.strict ? bad_data : ok;
}

}  // namespace tool
