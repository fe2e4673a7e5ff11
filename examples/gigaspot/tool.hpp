// The command line tool: what its commands share. Each command stands in a file of its own name.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <gigaspot/gigaspot.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/snapshot.hpp>

namespace tool {

enum ExitCode : int { ok = 0, bad_data = 1, wrong_use = 2 };

/// Ends the tool: one line on standard error.
struct Failure {
    ExitCode exit_code;
    std::string message;
};

/// The options that say how a snapshot is judged.
struct MarketOptions {
    std::string snapshot;
    std::string usd_per_coin;
    std::string wrapper;
    std::string reserve;
    std::string switch_margin;
    std::string switch_margin_ppm;
    std::string main_currency{gigaspot::clore_currency};
    std::vector<std::string> rates;  // CURRENCY=USD
    std::vector<std::string> fees;   // CURRENCY=PPM
    std::string base_power;
    std::string price_min;
    std::string price_max;
    bool require_cached = false;
    std::vector<std::uint64_t> hosts;  // none: all
    std::string tick;
    std::optional<std::uint64_t> owner;
    std::vector<std::uint64_t> without;  // bids that are ignored
    bool strict = false;                 // what an answer passed over makes the exit code 1
};

enum class Format { table, json, csv };

/// The options that describe a bid that somebody thinks of placing.
struct BidOptions {
    std::string watts;
    std::string watts_per_gpu;
    std::string overclock;       // a file
    std::string overclock_each;  // a file with one profile, for each GPU
    std::string currency;        // empty: the main one
    bool is_cached = false;
};

struct QuoteOptions {
    MarketOptions market;
    BidOptions bid;
};

struct ExplainOptions {
    MarketOptions market;
    BidOptions bid;  // only its watts per GPU
};

struct FindOptions {
    MarketOptions market;
    BidOptions bid;
    std::string model;  // empty: any
    std::optional<std::uint64_t> gpus;
    std::uint64_t top = 20;
    gigaspot::CostBy by = gigaspot::CostBy::gpu;
};

struct CheckOptions {
    MarketOptions market;
    std::string orders;
};

/// The options of a live market.
struct ReplayOptions {
    std::string commands;
    std::string reserve;
    std::string switch_margin;
    std::string switch_margin_ppm;
    std::string dwell_min;
    std::string price_min;
    std::string price_max;
    bool require_cached = false;
    std::string refill = "at_close";
    bool queue_unavailable = false;
    std::string rate_age_max;
    std::string interval_min;
    std::string time_step_max;
    std::string main_currency;  // empty: the default, or that of the market restored
    std::string save;
    std::string restore;
    bool digest = false;
    bool strict = false;  // a warning makes the exit code 1
};

struct GenerateOptions {
    std::uint64_t hosts = 20;
    std::uint64_t bids_per_host = 8;
    std::uint64_t seed = 1;
    std::optional<std::uint64_t> commands;
};

/// A snapshot with the conditions under which it is judged.
struct Market {
    gigaspot::MarketNames names;
    gigaspot::Conditions conditions;
    gigaspot::Snapshot snapshot;
    std::vector<const gigaspot::Machine*> machines;         // requested, by ascending id
    std::vector<const gigaspot::SkippedMachine*> skipped;   // requested, by ascending id
    std::vector<const gigaspot::SkippedBid*> skipped_bids;  // of requested machines, as in the text
    std::vector<const gigaspot::Note*> notes;               // the same
    std::optional<gigaspot::Price> tick;                    // of the prices that would win
    std::optional<gigaspot::OwnerId> owner;                 // whose bids do not compete
    std::vector<gigaspot::BidId> without;                   // bids that are ignored
    /// The options that name a currency, such as "--rate bitcoin".
    std::vector<std::pair<std::string, gigaspot::Currency>> currency_options;

    /// Whether the options say that a bid is ignored.
    [[nodiscard]] bool is_ignored(gigaspot::BidId id) const;
    /// The step of the prices that would win in a currency.
    [[nodiscard]] gigaspot::Price step(gigaspot::Currency currency) const;
};

/// What messages call a file: "-" is standard input.
std::string_view shown_name(std::string_view path);

/// The content of a file, "-": of standard input.
std::string read_input(const std::string& path);

/// Throws Failure unless an option's value is UTF-8, as a name must be to be written as JSON.
void check_utf8(std::string_view option, std::string_view value);

/// Whether a command can do without the main currency's rate.
enum class MainRate { required, optional };

/// Reads all that the options name. `other_input` is what else the command reads: only one of the
/// files can be standard input. Throws Failure.
Market load_market(const MarketOptions& options, const std::string& other_input = {},
                   MainRate main_rate = MainRate::required);

/// The numbers that an option takes, for messages: a unit in words, and the range.
struct AcceptedNumbers {
    std::string_view unit;
    int decimals;
    std::string lowest, highest;
    bool is_above_zero;
};

template <class Row>
AcceptedNumbers accepted(gigaspot::Quantity<Row>) {
    using Q = gigaspot::Quantity<Row>;
    return {.unit = Q::symbol,
            .decimals = Q::decimals,
            .lowest = std::string{Q::lowest().text().view()},
            .highest = std::string{Q::highest().text().view()},
            .is_above_zero = Row::is_above_zero};
}

/// What is wrong with an option's number.
Failure number_failure(std::string_view option, std::string_view value, gigaspot::Code code,
                       const AcceptedNumbers& accepted);

/// Says what is wrong with a file.
Failure document_failure(const std::string& path, const gigaspot::DocumentError& error);

/// An option's number. Parts per million can be a percentage (2%), and a duration can have a unit
/// (90s). Both are exact.
template <class Q>
gigaspot::Result<Q, gigaspot::Code> read_number(std::string_view text) {
    return Q::from_text(text);
}
template <>
gigaspot::Result<gigaspot::Ppm, gigaspot::Code> read_number(std::string_view text);
template <>
gigaspot::Result<gigaspot::Duration, gigaspot::Code> read_number(std::string_view text);

/// If hosts were asked for by name, fails if one of them could not be read.
void check_all_read(const MarketOptions& options, const Market& market);

/// An option's number; an option that was not given leaves the default. Throws Failure.
template <class Q>
void read_option(Q& quantity, std::string_view option, const std::string& value) {
    if (value.empty()) return;
    const gigaspot::Result<Q, gigaspot::Code> read = read_number<Q>(value);
    if (!read) throw number_failure(option, value, read.error(), accepted(Q{}));
    quantity = *read;
}

/// The limits of prices that the options give. Throws Failure.
void read_price_limits(gigaspot::Policy& policy, const std::string& price_min,
                       const std::string& price_max);

/// Writes all of it to standard output, or throws Failure.
void write_output(const fmt::memory_buffer& text);

void write_output(std::string_view text);

/// Hands over what is finished, so that the text of a large market needs no memory of its size.
void write_finished(fmt::memory_buffer& out);

/// Whether people look at standard output in colour.
bool has_colour();

/// A text in quotes with JSON's escapes.
void put_json_text(fmt::memory_buffer& out, std::string_view text);

/// A field of CSV as RFC 4180 has it.
void put_csv_text(fmt::memory_buffer& out, std::string_view text);

/// The first fields of each answer in JSON:
/// `"currency":"CLORE-Blockchain","usd_per_coin":"0.0071"`.
void put_json_head(fmt::memory_buffer& out, const Market& market);

/// `"not_compared":{"rate_missing":1,"expired":0,"unreadable":0}`
void put_json(fmt::memory_buffer& out, const gigaspot::NotCompared& not_compared);

/// The end of each answer in JSON: what could not be read, and how many bids were not compared.
void put_json_end(fmt::memory_buffer& out, const Market& market,
                  const gigaspot::NotCompared& not_compared);

/// How many letters must be added, omitted or changed to make one word of the other (Levenshtein).
std::size_t letters_between(std::string_view left, std::string_view right);

/// A text from outside for people: control characters, which could move a terminal's cursor,
/// become '?'.
std::string printable(std::string_view text);

/// The beginning of a text of UTF-8, with " ..." in place of everything behind `bytes_max`.
std::string shortened(std::string text, std::size_t bytes_max);

/// "40329: gpus: a machine has at least one GPU"
std::string describe_skipped(const gigaspot::SkippedMachine& skipped);

/// A line on standard error, where control characters become '?'. An error of standard error is
/// ignored: there is nowhere to report it, and the answer counts.
void say(std::string_view line);

/// `say` for a warning.
void warn(std::string_view message);

/// The field of an order that breaks a rule, as `replay` names it: "oc[1].pl".
std::string path_of(const gigaspot::Violation& violation);

/// A broken rule with its field: "oc[1].pl: power_limit_above_host_maximum (...): ..."
std::string describe_with_field(gigaspot::Violation violation);

/// What follows the income in a sum: "- 0.36 electricity". If drawing power earns money, it is
/// "+ 0.36 earned with electricity". `digits` are those after the point; by default, all.
std::string describe_electricity(gigaspot::UsdPerDay cost, std::optional<int> digits = {});

/// Says what an answer covers, and so what it must report as passed over.
struct AnswerScope {
    bool has_machines = true;  ///< whether it passes over machines that could not be read
    bool has_bids = true;      ///< whether it compares the bids of the machines
    bool has_own_bids = true;  ///< whether bids of the owner in the options compete
    std::vector<gigaspot::Currency> currencies{};  ///< of each order, or of the bid asked for
};

/// Says on standard error what the answer passed over: machines and bids that could not be read,
/// bids without a rate, and options without effect. Returns whether there is any. Fields that no
/// rule uses are noted, too, and do not count.
bool report_passed_over(const Market& market, const AnswerScope& scope = {});

/// The bids of the requested machines that no answer compares.
gigaspot::NotCompared not_compared(const Market& market);

/// "8 x RTX 4090, 2 x RTX 3090"
std::string describe_gpus(const Market& market, const gigaspot::HostCapabilities& host);

template <class... Args>
void put(fmt::memory_buffer& out, fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(fmt::appender{out}, format, std::forward<Args>(args)...);
}

ExitCode rank(const MarketOptions& options, Format format);
ExitCode explain(const ExplainOptions& options, Format format);
ExitCode quote(const QuoteOptions& options, Format format);
ExitCode find(const FindOptions& options, Format format);
ExitCode check(const CheckOptions& options);
void generate(const GenerateOptions& options);
void generate_commands(const GenerateOptions& options);
ExitCode replay(const ReplayOptions& options);

}  // namespace tool
