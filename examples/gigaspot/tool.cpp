// What the commands of the tool share: input, output, and a market from its options.
#include "tool.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include <gigaspot/format/documents.hpp>
#include <gigaspot/format/rules.hpp>
#include <gigaspot/json/orders.hpp>
#include <gigaspot/json/reason_field.hpp>

namespace tool {
namespace {

gigaspot::ExchangeRate read_rate(std::string_view option, std::string_view value) {
    const auto rate =
        gigaspot::ExchangeRate::from_text(value, gigaspot::Rounding::half_even);  // measured
    if (!rate)
        throw number_failure(option, value, rate.error(), accepted(gigaspot::ExchangeRate{}));
    return *rate;
}

gigaspot::ExchangeRate read_wrapper(const std::string& path) {
    std::string text = read_input(path);
    const auto answer = gigaspot::read_market_answer(std::move(text));
    if (!answer) throw document_failure(path, answer.error());
    if (answer->code != gigaspot::WholeNumber{})
        throw Failure{bad_data, fmt::format("{}: the market answered with code {}: {}",
                                            shown_name(path), answer->code, answer->error)};
    if (!answer->clore_price)
        throw Failure{bad_data, fmt::format("{}: clore_price is missing", shown_name(path))};
    return *answer->clore_price;
}

gigaspot::Currency add_currency(gigaspot::MarketNames& names, std::string_view option,
                                std::string_view name) {
    if (const auto currency = names.find_or_add_currency(name)) return *currency;
    if (name.size() > gigaspot::limits::name_bytes_max)
        throw Failure{wrong_use, fmt::format("{}: currency name has {} bytes; at most {}", option,
                                             name.size(), gigaspot::limits::name_bytes_max)};
    throw Failure{wrong_use, fmt::format("{}: '{}' is one currency too many; at most {}", option,
                                         name, gigaspot::limits::currencies_max)};
}

/// An option's value for a currency, and how messages show it.
struct CurrencyOption {
    std::string_view name, value, meaning, example;
};

struct OfCurrency {
    gigaspot::Currency currency;
    std::string option;  // "--rate bitcoin"
    std::string_view value;
};

/// Reads `CURRENCY=VALUE`. A currency's name may contain '='.
OfCurrency read_of_currency(gigaspot::MarketNames& names, std::string_view text,
                            const CurrencyOption& option) {
    const std::size_t equals = text.rfind('=');
    if (equals == std::string_view::npos || equals == 0)
        throw Failure{wrong_use, fmt::format("{}: '{}': expected CURRENCY={}, e.g. {}", option.name,
                                             text, option.value, option.example)};
    const std::string_view name = text.substr(0, equals);
    check_utf8(option.name, name);
    if (equals + 1 == text.size())
        throw Failure{wrong_use, fmt::format("{}: {}: missing {}, e.g. {}", option.name, text,
                                             option.meaning, option.example)};
    return {.currency = add_currency(names, option.name, name),
            .option = fmt::format("{} {}", option.name, name),
            .value = text.substr(equals + 1)};
}

void read_rates(Market& market, const MarketOptions& options) {
    gigaspot::Rates& rates = market.conditions.rates;
    if (!options.usd_per_coin.empty())
        rates[gigaspot::main_currency].usd = read_rate("--usd-per-coin", options.usd_per_coin);
    if (!options.wrapper.empty())
        rates[gigaspot::main_currency].usd = read_wrapper(options.wrapper);
    for (const std::string& text : options.rates) {
        const OfCurrency given = read_of_currency(
            market.names, text, {"--rate", "USD", "the USD value", "bitcoin=60000"});
        if (rates[given.currency].usd) {
            const bool is_main = given.currency == gigaspot::main_currency;
            const std::string_view source = !is_main                  ? ""
                                            : options.wrapper.empty() ? ", from --usd-per-coin"
                                                                      : ", from --wrapper";
            throw Failure{wrong_use, fmt::format("--rate: '{}': this currency has a rate already{}",
                                                 text, source)};
        }
        rates[given.currency].usd = read_rate(given.option, given.value);
        market.currency_options.emplace_back(given.option, given.currency);
    }
    std::vector<gigaspot::Currency> with_fee;
    for (const std::string& text : options.fees) {
        const OfCurrency given = read_of_currency(
            market.names, text, {"--fee", "PPM", "the fee", "bitcoin=25000 or bitcoin=2.5%"});
        if (std::find(with_fee.begin(), with_fee.end(), given.currency) != with_fee.end())
            throw Failure{wrong_use,
                          fmt::format("--fee: '{}': this currency has a fee already", text)};
        with_fee.push_back(given.currency);
        read_option(rates[given.currency].fee, given.option, std::string{given.value});
        market.currency_options.emplace_back(given.option, given.currency);
    }
}

/// Gives a base power to the machines that have none.
void set_base_power(gigaspot::Snapshot& snapshot, const std::string& option) {
    gigaspot::Power base_power;
    read_option(base_power, "--base-power", option);
    for (gigaspot::Machine& machine : snapshot.machines) {
        if (machine.host.base_power == gigaspot::Power{}) machine.host.base_power = base_power;
    }
}

void keep_asked_for(Market& market, const MarketOptions& options) {
    const auto is_asked_for = [&](std::string_view key) {
        return options.hosts.empty() ||
               std::any_of(options.hosts.begin(), options.hosts.end(),
                           [&](std::uint64_t id) { return key == std::to_string(id); });
    };
    for (const gigaspot::SkippedMachine& skipped : market.snapshot.skipped) {
        if (is_asked_for(skipped.host)) market.skipped.push_back(&skipped);
    }
    for (const gigaspot::SkippedBid& skipped : market.snapshot.skipped_bids) {
        if (is_asked_for(std::to_string(skipped.host.value)))
            market.skipped_bids.push_back(&skipped);
    }
    for (const gigaspot::Note& note : market.snapshot.notes) {
        const auto id = gigaspot::WholeNumber::from_text(note.host);  // the key can be "7.0"
        if (is_asked_for(std::to_string(id->count()))) market.notes.push_back(&note);
    }
    if (options.hosts.empty()) {
        for (const gigaspot::Machine& machine : market.snapshot.machines)
            market.machines.push_back(&machine);
        return;
    }
    std::vector<std::uint64_t> ids = options.hosts;
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    for (const std::uint64_t id : ids) {
        const bool is_skipped =
            std::any_of(market.skipped.begin(), market.skipped.end(),
                        [&](const auto* skipped) { return skipped->host == std::to_string(id); });
        if (const gigaspot::Machine* machine = market.snapshot.find(id)) {
            market.machines.push_back(machine);
        } else if (!is_skipped) {
            throw Failure{bad_data, fmt::format("{}: host {} is not in the snapshot",
                                                shown_name(options.snapshot), id)};
        }
    }
}

std::string_view unit_in_words(std::string_view symbol) {
    constexpr std::pair<std::string_view, std::string_view> words[] = {
        {"W", "watts"},      {"ppm", "parts per million"}, {"ms", "milliseconds"},
        {"USD/coin", "USD"}, {"USD/day", "USD per day"},   {"coin/day", "coins per day"}};
    const auto* const found = std::find_if(std::begin(words), std::end(words),
                                           [&](const auto& pair) { return pair.first == symbol; });
    return found == std::end(words) ? symbol : found->second;
}

/// What an option's value must be, with examples where it can be more than a number.
std::string_view number_in_words(std::string_view symbol) {
    if (symbol == "ppm") return "a number of parts per million or a percentage, e.g. 20000 or 2%";
    if (symbol == "ms")
        return "a duration, e.g. 60000 (milliseconds), 500ms, 90s, 10min, 1.5h or 2d";
    return "a decimal number";
}

bool has_exponent(std::string_view text) {
    return text.find_first_of("eE") != std::string_view::npos;
}

struct CloseFile {
    void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};

}  // namespace

Failure number_failure(std::string_view option, std::string_view value, gigaspot::Code code,
                       const AcceptedNumbers& accepted) {
    const std::string_view unit = unit_in_words(accepted.unit);
    if (code == gigaspot::Code::number_out_of_range && accepted.is_above_zero)
        return {wrong_use, fmt::format("{}: '{}' is out of range: above 0, up to {} {}", option,
                                       value, accepted.highest, unit)};
    if (code == gigaspot::Code::number_out_of_range)
        return {wrong_use, fmt::format("{}: '{}' is out of range: {} to {} {}", option, value,
                                       accepted.lowest, accepted.highest, unit)};
    if (code == gigaspot::Code::number_too_precise && accepted.decimals == 0)
        return {wrong_use, fmt::format("{} takes whole {}; got {}", option, unit, value)};
    if (code == gigaspot::Code::number_too_precise)
        return {wrong_use, fmt::format("{}: '{}' has more than {} digits after the point", option,
                                       value, accepted.decimals)};
    return {wrong_use,
            fmt::format("{}: '{}' is not {}", option, value, number_in_words(accepted.unit))};
}

template <>
gigaspot::Result<gigaspot::Ppm, gigaspot::Code> read_number(std::string_view text) {
    if (!text.ends_with('%')) return gigaspot::Ppm::from_text(text);
    text.remove_suffix(1);
    if (has_exponent(text)) return gigaspot::Unexpected{gigaspot::Code::malformed};
    return gigaspot::Ppm::from_text(fmt::format("{}e4", text));  // 1 % is 10,000 ppm
}

template <>
gigaspot::Result<gigaspot::Duration, gigaspot::Code> read_number(std::string_view text) {
    struct TimeUnit {
        std::string_view name;
        std::int64_t milliseconds;
    };
    constexpr TimeUnit units[] = {
        {"ms", 1}, {"s", 1'000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
    const auto* const unit =
        std::find_if(std::begin(units), std::end(units),
                     [&](const TimeUnit& candidate) { return text.ends_with(candidate.name); });
    if (unit == std::end(units)) return gigaspot::Duration::from_text(text);
    text.remove_suffix(unit->name.size());
    if (has_exponent(text)) return gigaspot::Unexpected{gigaspot::Code::malformed};
    // As whole counts of ever smaller parts of the unit. A day has 2^10 x 27 x 5^5 ms: no more than
    // 10 digits after the point can make whole milliseconds.
    gigaspot::Int128 parts = 1;
    for (int digits = 0; digits <= 10; ++digits, parts *= 10) {
        const auto count = gigaspot::Duration::from_text(fmt::format("{}e{}", text, digits));
        if (!count && count.error() == gigaspot::Code::number_too_precise) continue;
        if (!count && digits == 0) return count;
        if (!count) break;
        const gigaspot::Int128 product = gigaspot::Int128{count->count()} * unit->milliseconds;
        if (product % parts != 0) break;
        return gigaspot::Duration::from_count(product / parts);
    }
    return gigaspot::Unexpected{gigaspot::Code::number_too_precise};
}

void read_price_limits(gigaspot::Policy& policy, const std::string& price_min,
                       const std::string& price_max) {
    read_option(policy.price_min, "--price-min", price_min);
    read_option(policy.price_max, "--price-max", price_max);
    if (policy.price_min > policy.price_max)
        throw Failure{wrong_use, fmt::format("--price-min {} is above --price-max {}",
                                             policy.price_min, policy.price_max)};
}

Failure document_failure(const std::string& path, const gigaspot::DocumentError& error) {
    const std::string_view file = shown_name(path);
    if (error.line == 0 && error.path.empty())
        return {bad_data, fmt::format("{}: {}", file, printable(error.detail))};
    if (error.line != 0)
        return {bad_data, fmt::format("{}:{}:{}: not JSON: {}", file, error.line, error.column,
                                      printable(error.detail))};
    return {bad_data, fmt::format("{}: {}: {}", file, error.path, printable(error.detail))};
}

void check_all_read(const MarketOptions& options, const Market& market) {
    if (options.hosts.empty()) return;
    const auto is_read = [&](const gigaspot::SkippedMachine* skipped) {
        return std::any_of(market.machines.begin(), market.machines.end(), [&](const auto* read) {
            return std::to_string(read->host.id.value) == skipped->host;
        });
    };
    const auto missing = std::find_if_not(market.skipped.begin(), market.skipped.end(), is_read);
    if (missing == market.skipped.end()) return;
    throw Failure{bad_data, fmt::format("{}: cannot read host {}", options.snapshot,
                                        describe_skipped(**missing))};
}

std::string_view shown_name(std::string_view path) { return path == "-" ? "standard input" : path; }

void check_utf8(std::string_view option, std::string_view value) {
    if (!simdjson::validate_utf8(value))
        throw Failure{wrong_use, fmt::format("{}: not UTF-8", option)};
}

std::string read_input(const std::string& path) {
    const auto fail = [&] {
        return Failure{bad_data, fmt::format("{}: {}", shown_name(path), std::strerror(errno))};
    };
    std::unique_ptr<std::FILE, CloseFile> opened;
    std::FILE* file = stdin;
    if (path != "-") {
        opened.reset(std::fopen(path.c_str(), "rb"));
        if (!opened) throw fail();
        file = opened.get();
    }
    struct stat status {};
    const bool has_size = ::fstat(::fileno(file), &status) == 0 && status.st_size > 0;
    // In steps that the cache holds: what is read into a string must be written once before.
    constexpr std::size_t step = std::size_t{1} << 18;
    static_assert(step >= gigaspot::document_padding);
    std::string text;
    if (has_size) text.reserve(static_cast<std::size_t>(status.st_size) + step);
    for (;;) {
        const std::size_t size = text.size();
        text.resize(size + step);
        const std::size_t read = std::fread(text.data() + size, 1, step, file);
        text.resize(size + read);
        if (read < step) {
            if (std::ferror(file) != 0) throw fail();
            return text;
        }
    }
}

Market load_market(const MarketOptions& options, const std::string& other_input,
                   MainRate main_rate) {
    const bool has_rate = !options.usd_per_coin.empty();
    const bool has_wrapper = !options.wrapper.empty();
    if ((has_rate && has_wrapper) || (main_rate == MainRate::required && !has_rate && !has_wrapper))
        throw Failure{wrong_use, "give the coin's price: either --usd-per-coin or --wrapper"};
    if (!options.wrapper.empty() && options.main_currency != gigaspot::clore_currency)
        throw Failure{wrong_use, fmt::format("--wrapper gives the price of {}, which is not the "
                                             "main currency: give --usd-per-coin",
                                             gigaspot::clore_currency)};
    check_utf8("--main-currency", options.main_currency);
    const std::string* const inputs[] = {&options.snapshot, &options.wrapper, &other_input};
    if (std::count_if(std::begin(inputs), std::end(inputs),
                      [](const std::string* input) { return *input == "-"; }) > 1)
        throw Failure{wrong_use, "only one of the files can be standard input"};
    Market market{.names = gigaspot::MarketNames{options.main_currency},
                  .conditions = {},
                  .snapshot = {},
                  .machines = {},
                  .skipped = {},
                  .skipped_bids = {},
                  .notes = {},
                  .tick = {},
                  .owner = {},
                  .without = {},
                  .currency_options = {}};
    gigaspot::Policy& policy = market.conditions.policy;
    read_option(policy.reserve, "--reserve", options.reserve);
    read_option(policy.switch_margin, "--switch-margin", options.switch_margin);
    read_option(policy.switch_margin_ppm, "--switch-margin-ppm", options.switch_margin_ppm);
    policy.require_cached = options.require_cached;
    read_price_limits(policy, options.price_min, options.price_max);
    if (!options.tick.empty()) {
        AcceptedNumbers ticks = accepted(gigaspot::Price{});
        ticks.is_above_zero = true;
        const auto tick = gigaspot::Price::from_text(options.tick);
        if (!tick) throw number_failure("--tick", options.tick, tick.error(), ticks);
        if (*tick == gigaspot::Price{})
            throw number_failure("--tick", options.tick, gigaspot::Code::number_out_of_range,
                                 ticks);
        market.tick = *tick;
    }
    if (options.owner) market.owner = gigaspot::OwnerId{*options.owner};
    for (const std::uint64_t id : options.without) market.without.emplace_back(id);
    read_rates(market, options);
    std::string text = read_input(options.snapshot);
    auto snapshot = gigaspot::read_snapshot(std::move(text), market.names);
    if (!snapshot) throw document_failure(options.snapshot, snapshot.error());
    market.snapshot = std::move(*snapshot);
    set_base_power(market.snapshot, options.base_power);
    keep_asked_for(market, options);
    return market;
}

bool Market::is_ignored(gigaspot::BidId id) const {
    return std::find(without.begin(), without.end(), id) != without.end();
}

gigaspot::Price Market::step(gigaspot::Currency currency) const {
    if (tick) return *tick;
    if (currency == gigaspot::main_currency) return gigaspot::QuoteRequest{}.tick;
    return gigaspot::Price::unchecked(1);  // its coin may be worth much more
}

void write_output(const fmt::memory_buffer& text) {
    write_output(std::string_view{text.data(), text.size()});
}

void write_output(std::string_view text) {
    const bool is_written =
        std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    if (!is_written)
        throw Failure{bad_data, fmt::format("standard output: {}", std::strerror(errno))};
}

void write_finished(fmt::memory_buffer& out) {
    if (out.size() < (std::size_t{1} << 18)) return;
    write_output(out);
    out.clear();
}

bool has_colour() {
    const char* const no_colour = std::getenv("NO_COLOR");
    const char* const terminal = std::getenv("TERM");
    if (no_colour != nullptr && *no_colour != '\0') return false;
    if (terminal != nullptr && std::string_view{terminal} == "dumb") return false;
    return ::isatty(STDOUT_FILENO) == 1;
}

void put_json_text(fmt::memory_buffer& out, std::string_view text) {
    out.push_back('"');
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            put(out, "\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
}

void put_csv_text(fmt::memory_buffer& out, std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return put(out, "{}", text);
    out.push_back('"');
    for (const char c : text) {
        if (c == '"') out.push_back('"');
        out.push_back(c);
    }
    out.push_back('"');
}

void put_json_head(fmt::memory_buffer& out, const Market& market) {
    put(out, R"("currency":)");
    put_json_text(out, market.names.name(gigaspot::main_currency));
    put(out, R"(,"usd_per_coin":"{}")", *market.conditions.rates[gigaspot::main_currency].usd);
}

void put_json(fmt::memory_buffer& out, const gigaspot::NotCompared& not_compared) {
    put(out, R"("not_compared":{{"rate_missing":{},"expired":{},"unreadable":{}}})",
        not_compared.rate_missing, not_compared.expired, not_compared.unreadable);
}

void put_json_end(fmt::memory_buffer& out, const Market& market,
                  const gigaspot::NotCompared& not_compared) {
    put(out, R"("skipped":[)");
    for (const gigaspot::SkippedMachine* skipped : market.skipped) {
        put(out, R"({}{{"host":)", skipped == market.skipped.front() ? "" : ",");
        put_json_text(out, skipped->host);
        put(out, R"(,"path":)");
        put_json_text(out, skipped->path);
        put(out, R"(,"problem":"{}"}})", skipped->problem);
    }
    put(out, R"(],"skipped_bids":[)");
    for (const gigaspot::SkippedBid* skipped : market.skipped_bids) {
        put(out, R"({}{{"host":{},"bid":)", skipped == market.skipped_bids.front() ? "" : ",",
            skipped->host);
        if (skipped->id) {
            put(out, "{}", *skipped->id);
        } else {
            put(out, "null");
        }
        put(out, R"(,"path":"{}","problem":"{}"}})", skipped->path, skipped->problem);
        write_finished(out);
    }
    put(out, "],");
    put_json(out, not_compared);
    put(out, "}}\n");
}

std::size_t letters_between(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t i = 0; i <= right.size(); ++i) row[i] = i;
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t changed = diagonal + (left[i] == right[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

std::string printable(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        // U+0080 to U+009F, two bytes of UTF-8, are control characters too.
        const bool is_second_set =
            byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
        if (is_second_set) ++i;
        out.push_back(is_second_set || byte < 0x20 || byte == 0x7f ? '?' : text[i]);
    }
    return out;
}

std::string shortened(std::string text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
    text.resize(end);
    return text + " ...";
}

std::string describe_skipped(const gigaspot::SkippedMachine& skipped) {
    constexpr std::size_t key_bytes_max = 100;
    return fmt::format("{}: {}{}{}", printable(shortened(skipped.host, key_bytes_max)),
                       skipped.path, skipped.path.empty() ? "" : ": ", printable(skipped.detail));
}

std::string path_of(const gigaspot::Violation& violation) {
    const auto [list, field] = gigaspot::field_of(violation);
    if (list.empty() || !violation.gpu) return std::string{list.empty() ? field : list};
    return fmt::format("{}[{}].{}", list, *violation.gpu, field);
}

std::string describe_with_field(gigaspot::Violation violation) {
    const std::string field = path_of(violation);
    violation.gpu.reset();  // the field has it
    return fmt::format("{}: {}: {}", field, violation, sentence(violation.code));
}

std::string describe_electricity(gigaspot::UsdPerDay cost, std::optional<int> digits) {
    const bool earns = cost < gigaspot::UsdPerDay{};
    const gigaspot::UsdPerDay amount = earns ? gigaspot::UsdPerDay{} - cost : cost;
    const std::string number =
        digits ? fmt::format("{}", gigaspot::rounded(amount, *digits)) : fmt::format("{}", amount);
    return earns ? fmt::format("+ {} earned with electricity", number)
                 : fmt::format("- {} electricity", number);
}

std::string describe_gpus(const Market& market, const gigaspot::HostCapabilities& host) {
    fmt::memory_buffer out;
    for (std::size_t i = 0; i < host.gpus.size();) {
        const gigaspot::GpuModel model = host.gpus[i].model;
        std::size_t same = 0;
        while (i + same < host.gpus.size() && host.gpus[i + same].model == model) ++same;
        const std::string_view name = market.names.name(model);
        put(out, "{}{} x {}", i == 0 ? "" : ", ", same, name.empty() ? "GPU" : name);
        i += same;
    }
    return printable({out.data(), out.size()});
}

}  // namespace tool
