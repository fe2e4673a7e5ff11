// The command line tool `gigaspot`: its commands and their options. The only include of CLI11,
// which is slow to compile.
#include "tool.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <new>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include <gigaspot/json/document.hpp>

namespace {

/// Reads a whole number as all other numbers are read, and gives CLI11 its digits. CLI11 itself
/// reads 010 as 8, -1 as 2^64 - 1, a number that is too long as the maximum, and 1e3 not at all.
CLI::Validator whole_number(std::int64_t highest = gigaspot::WholeNumber::highest().count(),
                            const std::string& shown_highest = "2^53") {
    const auto read = [=](std::string& text) {
        const auto number = gigaspot::WholeNumber::from_text(text);
        if (!number || number->count() > highest)
            return fmt::format("'{}': expected a whole number, 0 .. {}", text, shown_highest);
        text = fmt::format("{}", number->count());
        return std::string{};
    };
    return {read, "", "whole number"};
}

std::string check_not_empty(const std::string& text) { return text.empty() ? "'': is empty" : ""; }

void add_price_options(CLI::App& command, std::string& price_min, std::string& price_max) {
    command
        .add_option("--price-min", price_min,
                    "The market's lowest price, coins per day of the main currency [0.0001]")
        ->type_name("COIN");
    command.add_option("--price-max", price_max, "and its highest [5000]")->type_name("COIN");
}

/// The snapshot, the exchange rates, and the market's limits of prices.
void add_rate_options(CLI::App& command, tool::MarketOptions& options) {
    command
        .add_option("SNAPSHOT", options.snapshot, "The market's snapshot, or - for standard input")
        ->required();
    command
        .add_option("--usd-per-coin", options.usd_per_coin,
                    "USD per coin of the main currency, exactly")
        ->type_name("R");
    command
        .add_option("--wrapper", options.wrapper,
                    "Take that rate from the market's get_gigaspot answer instead")
        ->type_name("FILE");
    command.add_option("--main-currency", options.main_currency, "The currency of minimum bids")
        ->capture_default_str()
        ->type_name("C");
    command.add_option("--rate", options.rates, "Exchange rate of another currency")
        ->allow_extra_args(false)
        ->type_name("CURRENCY=USD");
    add_price_options(command, options.price_min, options.price_max);
    command.add_flag("--strict", options.strict,
                     "End with 1 if the answer passed over anything, which standard error says");
}

/// Also what a choice depends on, and of which hosts.
void add_market_options(CLI::App& command, tool::MarketOptions& options) {
    add_rate_options(command, options);
    command
        .add_option("--fee", options.fees,
                    "The market's share of the income in a currency, parts per million or a "
                    "percentage [0]")
        ->allow_extra_args(false)
        ->type_name("CURRENCY=PPM");
    command
        .add_option("--base-power", options.base_power,
                    "Watts that a machine draws without its GPUs, where the snapshot has none or 0 "
                    "[0]")
        ->type_name("W");
    command
        .add_option("--reserve", options.reserve,
                    "Lowest profit for which a host runs, USD per day [0]")
        ->type_name("USD");
    command
        .add_option("--switch-margin", options.switch_margin,
                    "A challenger must be better by more, USD per day [0]")
        ->type_name("USD");
    command
        .add_option("--switch-margin-ppm", options.switch_margin_ppm,
                    "and by more than this share of the incumbent's profit, parts per million or "
                    "a percentage [0]")
        ->type_name("N");
    command.add_flag("--require-cached", options.require_cached,
                     "Only bids whose image is cached can win");
    command.add_option("--host", options.hosts, "Only this host; can be given again")
        ->allow_extra_args(false)
        ->transform(whole_number())
        ->type_name("ID");
}

/// An option whose value is one of several names. The first one is the default.
template <class Value>
void add_choice_option(CLI::App& command, const std::string& name, Value& chosen,
                       const std::vector<std::pair<std::string, Value>>& choices,
                       const std::string& help) {
    std::string expected;
    for (const auto& choice : choices) {
        if (!expected.empty()) expected += &choice == &choices.back() ? " or " : ", ";
        expected += choice.first;
    }
    const auto read = [=, &chosen](const std::string& text) {
        for (const auto& [known, value] : choices) {
            if (text != known) continue;
            chosen = value;
            return;
        }
        throw CLI::ValidationError{fmt::format("{}: '{}': expected {}", name, text, expected)};
    };
    command.add_option_function<std::string>(name, read, help)
        ->default_str(choices.front().first)
        ->type_name("F");
}

void add_format_option(CLI::App& command, tool::Format& format) {
    add_choice_option<tool::Format>(
        command, "--format", format,
        {{"table", tool::Format::table}, {"json", tool::Format::json}, {"csv", tool::Format::csv}},
        "table (for people), json or csv (exact)");
}

/// Whose bids do not compete, and which others.
void add_rival_options(CLI::App& command, tool::MarketOptions& options, const char* help) {
    command.add_option("--owner", options.owner, help)->transform(whole_number())->type_name("ID");
    command.add_option("--without", options.without, "Ignore this bid; can be given again")
        ->allow_extra_args(false)
        ->transform(whole_number())
        ->type_name("BID");
}

void add_watts_per_gpu_option(CLI::App& command, tool::BidOptions& options, const char* help) {
    command.add_option("--watts-per-gpu", options.watts_per_gpu, help)->type_name("N");
}

void add_tick_option(CLI::App& command, tool::MarketOptions& options) {
    command
        .add_option(
            "--tick", options.tick,
            "Step of the prices that would win, in coins [0.0001; 0.00000001 in other currencies]")
        ->type_name("COIN");
}

void add_replay(CLI::App& command, tool::ReplayOptions& options) {
    command.add_option("COMMANDS", options.commands, "Lines of commands, or - for standard input")
        ->required();
    const auto add = [&](const char* name, std::string& value, const char* type, const char* help) {
        command.add_option(name, value, help)->type_name(type);
    };
    add("--reserve", options.reserve, "USD",
        "Lowest profit for which a host runs, USD per day [0]");
    add("--switch-margin", options.switch_margin, "USD",
        "A challenger must be better by more, USD per day [0]");
    add("--switch-margin-ppm", options.switch_margin_ppm, "N",
        "and by more than this share of the incumbent's profit, parts per million or a percentage "
        "[0]");
    add("--dwell-min", options.dwell_min, "TIME",
        "Minimum time, from its first won close, during which a run cannot be replaced [0]");
    add_price_options(command, options.price_min, options.price_max);
    command.add_flag("--require-cached", options.require_cached,
                     "Only bids whose image is cached can win");
    command
        .add_option("--refill", options.refill,
                    "When a host that falls free chooses: at_close, at_once")
        ->capture_default_str()
        ->check([](const std::string& text) {
            return text == "at_close" || text == "at_once"
                       ? std::string{}
                       : fmt::format("'{}': expected at_close or at_once", text);
        })
        ->type_name("WHEN");
    command.add_flag("--queue-unavailable", options.queue_unavailable,
                     "Hosts take bids while they are not available");
    add("--rate-age-max", options.rate_age_max, "TIME",
        "An older exchange rate counts as missing [no limit]");
    add("--interval-min", options.interval_min, "TIME", "Minimum time between two closes [1ms]");
    add("--time-step-max", options.time_step_max, "TIME",
        "Longest time between two commands [30 days]");
    add("--main-currency", options.main_currency, "C",
        "The currency of minimum bids [CLORE-Blockchain]");
    add("--save", options.save, "FILE", "Save the market to this file at the end");
    add("--restore", options.restore, "FILE", "Go on from a market that was saved");
    command.add_flag("--digest", options.digest,
                     "At the end, a line with 64 bits that stand for the state of the market");
    command.add_flag("--strict", options.strict,
                     "End with 1 after a warning, which standard error says");
    command.footer("TIME is in milliseconds, or has a unit: ms, s, min, h, d.\n"
                   "Example: gigaspot replay --refill at_once --switch-margin-ppm 2% "
                   "examples/data/commands.jsonl");
}

/// "rank, explain, quote, find, check, generate or replay"
std::string list_commands(const std::vector<CLI::App*>& commands) {
    std::string out;
    for (const CLI::App* command : commands) {
        if (!out.empty()) out += command == commands.back() ? " or " : ", ";
        out += command->get_name();
    }
    return out;
}

/// The most similar of the names, if at most two letters differ.
std::optional<std::string> find_similar(const std::string& word,
                                        const std::vector<std::string>& names) {
    const auto nearest = std::min_element(
        names.begin(), names.end(), [&](const std::string& left, const std::string& right) {
            return tool::letters_between(word, left) < tool::letters_between(word, right);
        });
    if (nearest == names.end() || tool::letters_between(word, *nearest) > 2) return std::nullopt;
    return *nearest;
}

/// Fails if the first word is neither an option nor a command, and names the most similar command.
void check_command(const std::string& word, const std::vector<CLI::App*>& commands) {
    std::vector<std::string> names{"--help", "--version"};
    for (const CLI::App* command : commands) names.push_back(command->get_name());
    const std::optional<std::string> similar = find_similar(word, names);
    if (word.starts_with('-') || similar == word) return;
    throw tool::Failure{
        tool::wrong_use,
        similar ? fmt::format("unknown command '{}'; did you mean '{}'?", word, *similar)
                : fmt::format("unknown command '{}'; expected {}", word, list_commands(commands))};
}

tool::Failure missing_command(const std::string& word, const std::vector<CLI::App*>& commands) {
    return {tool::wrong_use, fmt::format("a command is missing before {}; expected {}", word,
                                         list_commands(commands))};
}

/// Fails if the command has an option with a similar name, which it then names.
void check_similar_option(const CLI::App& command, const std::string& name) {
    std::vector<std::string> names;
    for (const CLI::Option* option : command.get_options()) {
        for (const std::string& known : option->get_lnames()) names.push_back("--" + known);
    }
    const std::optional<std::string> similar = find_similar(name, names);
    if (similar && *similar != name)
        throw tool::Failure{tool::wrong_use,
                            fmt::format("{}: unknown option; did you mean {}?", name, *similar)};
}

/// Fails at the first option that the command does not know, and names the most similar one. CLI11
/// reports such an option only if nothing else is wrong, and its value may pass for a file. Also
/// fails at an option with too many values or too few, because CLI11's sentences say less.
void check_options(const CLI::App& command, const std::vector<std::string>& words) {
    std::set<const CLI::Option*> given;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--") return;
        if (word.size() < 2 || word[0] != '-' || (word[1] >= '0' && word[1] <= '9')) continue;
        const std::size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
        const std::string name = word.substr(0, equals);
        if (const CLI::Option* option = command.get_option_no_throw(name)) {
            const bool has_value = equals != std::string::npos;
            if (option->get_items_expected_max() == 0) {  // a flag
                if (!has_value) continue;
                throw tool::Failure{tool::wrong_use, fmt::format("{} takes no value; got '{}'",
                                                                 name, word.substr(equals + 1))};
            }
            if (!has_value && ++i == words.size())
                throw tool::Failure{
                    tool::wrong_use,
                    fmt::format("{}: a value is missing; `gigaspot {} --help` says which", name,
                                command.get_name())};
            if (option->get_items_expected_max() == 1 && !given.insert(option).second)
                throw tool::Failure{tool::wrong_use,
                                    fmt::format("{} is given twice; give it once", name)};
            continue;
        }
        check_similar_option(command, name);
        throw tool::Failure{tool::wrong_use,
                            fmt::format("{}: unknown option; `gigaspot {} --help` lists them", name,
                                        command.get_name())};
    }
}

/// "0.1.0"
std::string version() {
    return fmt::format("{}.{}.{}", GIGASPOT_VERSION / 10'000, GIGASPOT_VERSION / 100 % 100,
                       GIGASPOT_VERSION % 100);
}

int fail(const tool::Failure& failure) {
    tool::say(failure.message);
    return failure.exit_code;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"gigaspot: which bid should each GPU host run, and why", "gigaspot"};
    app.require_subcommand(1);
    app.failure_message([](const CLI::App*, const CLI::Error& error) {
        return fmt::format("gigaspot: {}\n", error.what());
    });
    app.set_version_flag("--version", "gigaspot " + version(), "Print the version and exit");
    app.footer(
        "Example: gigaspot generate | gigaspot rank - --usd-per-coin 0.0071 --rate bitcoin=60000");

    tool::MarketOptions market;
    tool::Format format = tool::Format::table;
    CLI::App& rank = *app.add_subcommand("rank", "The choice of every host of a snapshot");
    add_market_options(rank, market);
    add_format_option(rank, format);
    rank.footer("Example: gigaspot rank examples/data/market.json --usd-per-coin 0.0071 --rate "
                "bitcoin=60000 --switch-margin-ppm 2%");

    tool::ExplainOptions explained;
    CLI::App& explain =
        *app.add_subcommand("explain", "Every bid of a host in order, and what it lacks to win");
    add_market_options(explain, explained.market);
    add_tick_option(explain, explained.market);
    add_watts_per_gpu_option(explain, explained.bid,
                             "Also say what a new bid with this power limit of each GPU needs");
    add_rival_options(explain, explained.market,
                      "Mark the bids of this owner, which do not compete with each other");
    add_format_option(explain, format);
    explain.footer("Example: gigaspot explain examples/data/market.json --usd-per-coin 0.0071 "
                   "--rate bitcoin=60000 --host 1040");

    tool::QuoteOptions quoted;
    CLI::App& quote = *app.add_subcommand("quote", "The price with which a bid would win a host");
    add_market_options(quote, quoted.market);
    add_tick_option(quote, quoted.market);
    quote.add_option("--watts", quoted.bid.watts, "The bid's power limits, the sum over the GPUs")
        ->type_name("N");
    add_watts_per_gpu_option(quote, quoted.bid, "Or the power limit of each GPU");
    quote
        .add_option("--oc", quoted.bid.overclock,
                    "Or its overclock profiles, an array as in an order's oc")
        ->type_name("FILE");
    quote.add_option("--currency", quoted.bid.currency, "The bid's currency [the main one]")
        ->type_name("C");
    quote.add_flag("--cached", quoted.bid.is_cached, "The bid's image is cached on the host");
    add_rival_options(
        quote, quoted.market,
        "The bid's owner: ignore the owner's other bids. If one of them runs now, say "
        "which price keeps the host");
    add_format_option(quote, format);
    quote.footer("Example: gigaspot quote examples/data/market.json --usd-per-coin 0.0071 --rate "
                 "bitcoin=60000 --host 1040 --watts 700");

    tool::FindOptions found;
    CLI::App& find =
        *app.add_subcommand("find", "The hosts that a bid would win at the lowest cost");
    add_market_options(find, found.market);
    add_tick_option(find, found.market);
    find.add_option("--model", found.model, "Only hosts whose GPUs all are of this model [any]")
        ->type_name("NAME");
    find.add_option("--gpus", found.gpus, "Only hosts with this number of GPUs [any]")
        ->transform(whole_number())
        ->type_name("N");
    add_watts_per_gpu_option(find, found.bid, "The bid's power limit of each GPU");
    find.add_option("--oc", found.bid.overclock_each,
                    "Or the overclock profile of each GPU, an array with one entry")
        ->type_name("FILE");
    find.add_option("--currency", found.bid.currency, "The bid's currency [the main one]")
        ->type_name("C");
    find.add_flag("--cached", found.bid.is_cached, "The bid's image is cached on all hosts");
    add_rival_options(find, found.market, "The bid's owner: ignore the owner's other bids");
    find.add_option("--top", found.top, "How many hosts to show")
        ->capture_default_str()
        ->transform(whole_number())
        ->type_name("N");
    add_choice_option<gigaspot::CostBy>(
        find, "--by", found.by, {{"gpu", gigaspot::CostBy::gpu}, {"host", gigaspot::CostBy::host}},
        "The cheapest first, per gpu or per host");
    add_format_option(find, format);
    find.footer("Example: gigaspot find examples/data/market.json --usd-per-coin 0.0071 --rate "
                "bitcoin=60000 --model 'RTX 3060' --watts-per-gpu 130");

    tool::CheckOptions checked;
    CLI::App& check =
        *app.add_subcommand("check", "What is wrong with orders, before they are sent");
    add_rate_options(check, checked.market);
    check
        .add_option("ORDERS", checked.orders,
                    "Orders to create, edit or cancel, as the market takes them, or - for standard "
                    "input")
        ->required();
    check.footer("Example: gigaspot check examples/data/market.json examples/data/orders.json "
                 "--usd-per-coin 0.0071 --rate bitcoin=60000");

    tool::GenerateOptions generated;
    CLI::App& generate =
        *app.add_subcommand("generate", "A made-up market in the form of a snapshot");
    generate.add_option("--hosts", generated.hosts, "Hosts")
        ->capture_default_str()
        ->transform(whole_number(10'000'000, "10000000"));
    CLI::Option& bids_per_host =
        *generate.add_option("--bids-per-host", generated.bids_per_host, "Bids per host")
             ->capture_default_str()
             ->transform(whole_number(1'000'000, "1000000"));
    generate
        .add_option(
            "--commands", generated.commands,
            "Instead of a snapshot, write this number of commands for a live market, one per line")
        ->transform(whole_number(100'000'000'000, "100000000000"))
        ->excludes(&bids_per_host);
    generate.add_option("--seed", generated.seed, "The same seed gives the same bytes")
        ->capture_default_str()
        ->transform(whole_number());
    generate.footer(
        "Example: gigaspot generate --hosts 2600 --bids-per-host 40 --seed 7 > market.json");

    tool::ReplayOptions replayed;
    CLI::App& replay =
        *app.add_subcommand("replay", "A live market: lines of commands in, lines of events out");
    add_replay(replay, replayed);

    for (CLI::App* command : app.get_subcommands({})) {
        for (CLI::Option* option : command->get_options()) option->check(check_not_empty);
    }

    if (argc < 2) {
        static_cast<void>(std::fputs(app.help().c_str(), stderr));
        return tool::wrong_use;
    }
    try {
        check_command(argv[1], app.get_subcommands({}));
        check_similar_option(app, argv[1]);
        if (argv[1][0] == '-' && app.get_option_no_throw(argv[1]) == nullptr)
            throw missing_command(argv[1], app.get_subcommands({}));
        for (const CLI::App* command : app.get_subcommands({})) {
            if (command->get_name() == argv[1])
                check_options(*command, std::vector<std::string>(argv + 2, argv + argc));
        }
        app.parse(argc, argv);
        if (rank.parsed()) return tool::rank(market, format);
        if (explain.parsed()) return tool::explain(explained, format);
        if (quote.parsed()) return tool::quote(quoted, format);
        if (find.parsed()) return tool::find(found, format);
        if (check.parsed()) return tool::check(checked);
        if (generated.commands) {
            tool::generate_commands(generated);
        } else if (generate.parsed()) {
            tool::generate(generated);
        }
        if (replay.parsed()) return tool::replay(replayed);
        return tool::ok;
    } catch (const CLI::Success& help) {
        const int code = app.exit(help);
        if (!std::cout.flush())
            return fail({tool::bad_data, fmt::format("standard output: {}", std::strerror(errno))});
        return code;
    } catch (const CLI::RequiredError& error) {
        if (!app.get_subcommands().empty()) return fail({tool::wrong_use, error.what()});
        return fail(missing_command(argv[1], app.get_subcommands({})));
    } catch (const CLI::ExtrasError& error) {
        return fail(
            {tool::wrong_use, fmt::format("{}; put a value with spaces in quotes", error.what())});
    } catch (const CLI::ParseError& error) {
        return fail({tool::wrong_use, error.what()});
    } catch (const tool::Failure& failure) {
        return fail(failure);
    } catch (const std::bad_alloc&) {
        return fail({tool::bad_data, "there is not enough memory"});
    } catch (const std::length_error&) {  // of a string beyond all memory
        return fail({tool::bad_data, "there is not enough memory"});
    } catch (const std::exception& error) {
        return fail({tool::bad_data, error.what()});
    }
}
