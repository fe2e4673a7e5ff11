#include "scenario/read_form.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "scenario/decimal.hpp"
#include "scenario/facts.hpp"

namespace simulator {

namespace {

constexpr std::size_t hours_per_day = 24;

/// "a number from 0 to 1000 USD per day with at most 9 decimals"
std::string describe_range(const NumberField& field) {
    if (field.is_share)
        return fmt::format("a share from {0}% to {1}%, such as \"2.5%\" or 0.025, with at most 4 "
                           "decimals of a percent",
                           write_decimal(field.lowest, 4), write_decimal(field.highest, 4));
    std::string text = fmt::format(
        "{} from {} to {}", field.decimals == 0 ? "a whole number" : "a number",
        write_decimal(field.lowest, field.decimals), write_decimal(field.highest, field.decimals));
    if (!field.unit.empty()) text += fmt::format(" {}", field.unit);
    if (field.decimals > 0) text += fmt::format(" with at most {} decimals", field.decimals);
    return text;
}

/// Nothing if the text is malformed or out of range.
std::optional<std::int64_t> read_count(std::string_view text, const NumberField& field) {
    int decimals = field.decimals;
    if (field.is_share && text.ends_with('%')) {
        text.remove_suffix(1);
        if (text.ends_with(' ')) text.remove_suffix(1);
        decimals -= 2;
    }
    const DecimalRead read = read_decimal(text, decimals);
    if (read.fault != DecimalRead::Fault::none || read.count < field.lowest ||
        read.count > field.highest)
        return std::nullopt;
    return read.count;
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

/// Data is copied to the results, so that a result can be repeated from its folder alone.
bool is_below_folder(std::string_view name) {
    if (name.empty() || name.front() == '/') return false;
    const std::string whole = fmt::format("/{}/", name);
    return whole.find("/../") == std::string::npos && whole.find("/./") == std::string::npos &&
           whole.find("//") == std::string::npos;
}

std::string describe_column(std::size_t from_last) {
    constexpr std::array names{"the last", "the last but one", "the last but two"};
    return names[from_last - 1];
}

std::vector<std::string> names_of_profiles() {
    std::vector<std::string> names;
    for (const HourProfile& profile : hour_profiles()) names.emplace_back(profile.name);
    return names;
}

}  // namespace

const Node* ReadForm::take(std::string_view key) {
    known_.emplace_back(key);
    return table_.find(key);
}

void ReadForm::flag(std::string_view key, bool& value) {
    if (const Node* const node = take(key)) value = read_flag(*node, full(key));
}

void ReadForm::name(std::string_view key, std::string& value) {
    if (const Node* const node = take(key)) value = read_text(*node, full(key));
}

void ReadForm::share_of_all(std::string_view key, Millionths& value) {
    const Node* const node = take(key);
    if (!node || (node->kind == Node::Kind::text && node->text == "rest")) {
        value = rest_share;
        return;
    }
    const auto count = node->kind == Node::Kind::text || node->kind == Node::Kind::number
                           ? read_count(node->text, share())
                           : std::nullopt;
    if (!count) fail_value(*node, full(key), describe_range(share()) + "; or \"rest\"");
    value = *count;
}

void ReadForm::workloads(std::string_view key, std::vector<WorkloadShare>& workloads) {
    const Node* const node = take(key);
    if (!node) return;
    if (node->kind != Node::Kind::table)
        fail_value(*node, full(key), "a table of shares, such as { llm_decode = \"100%\" }");
    workloads.clear();
    ReadForm shares{*node, full(key), load_};
    for (const Node& member : node->members) {
        workloads.push_back({.workload = member.key});
        shares.share_of_all(member.key, workloads.back().share);
    }
}

void ReadForm::rate_file(std::string_view key, CoinRate& rate) {
    const Node* const node = take(key);
    if (!node) return;
    rate.file = read_text(*node, full(key));
    for (const std::int64_t count : read_file(*node, full(key), coin_rate))
        rate.series.push_back(gigaspot::ExchangeRate::unchecked(count));
}

void ReadForm::tariff_hours(Tariff& tariff) {
    const Node* const profile = take("profile");
    const Node* const hours = take("hours");
    const Node* const file = take("file");
    if ((profile != nullptr) + (hours != nullptr) + (file != nullptr) > 1)
        fail_at(table_, path_, "has more than one of profile, hours and file; allowed: one");
    if (profile) {
        const std::string wanted = read_text(*profile, full("profile"));
        for (const HourProfile& known : hour_profiles()) {
            if (known.name == wanted) tariff.hours.assign(known.hours.begin(), known.hours.end());
        }
        if (tariff.hours.empty()) fail_choice(*profile, "profile", names_of_profiles());
    }
    if (hours) {
        if (hours->kind != Node::Kind::list || hours->items.size() != hours_per_day)
            fail_at(*hours, full("hours"),
                    fmt::format("got {}; allowed: a list of 24 numbers in USD per kWh",
                                hours->kind == Node::Kind::list
                                    ? fmt::format("a list of {}", hours->items.size())
                                    : hours->shown()));
        for (const Node& hour : hours->items)
            tariff.hours.push_back(read_number(hour, "hours", energy_price));
    }
    if (file) {
        tariff.file = read_text(*file, full("file"));
        tariff.series = read_file(*file, full("file"), energy_price);
    }
}

std::int64_t ReadForm::read_number(const Node& node, std::string_view key,
                                   const NumberField& field) const {
    const auto count = node.kind == Node::Kind::text || node.kind == Node::Kind::number
                           ? read_count(node.text, field)
                           : std::nullopt;
    if (!count) fail_value(node, full(key), describe_range(field));
    return *count;
}

gigaspot::Duration ReadForm::read_time(const Node& node, std::string_view key,
                                       const DurationField& field) const {
    std::optional<std::int64_t> ms;
    if (node.kind == Node::Kind::text) ms = read_duration(node.text);
    if (node.kind == Node::Kind::number && node.text == "0") ms = 0;
    if (!ms || *ms < field.lowest || *ms > field.highest)
        fail_value(node, full(key),
                   fmt::format("a duration from {} to {}, such as \"90s\", \"1m\", \"12h\" or "
                               "\"14d\"",
                               write_duration(field.lowest), write_duration(field.highest)));
    return gigaspot::Duration::unchecked(*ms);
}

std::vector<FileRow> ReadForm::read_rows(const Node& node, std::string_view key,
                                         std::span<const NumberField> fields) const {
    const std::string& name = node.text;
    if (!is_below_folder(name))
        fail_value(node, key, "a file in the scenario's folder or below it");
    const std::optional<std::string> content = load_(name);
    if (!content) fail_at(node, key, fmt::format("cannot read the file '{}'", name));
    const std::size_t begin_of_text =
        content->starts_with("\xef\xbb\xbf") ? 3 : 0;  // a mark of UTF-8
    std::vector<FileRow> rows;
    std::size_t line_number = 0;
    for (std::size_t begin = begin_of_text; begin < content->size();) {
        const std::size_t end = std::min(content->find('\n', begin), content->size());
        const std::string_view line = trim(std::string_view{*content}.substr(begin, end - begin));
        begin = end + 1;
        ++line_number;
        if (line.empty() || line.front() == '#') continue;
        // With semicolons, a comma could only be a decimal comma, and numbers here
        // have a point.
        const char separator = line.find(';') == line.npos ? ',' : ';';
        const std::string_view last = line.substr(line.rfind(separator) + 1);  // npos + 1 is 0
        if (line_number == 1 && last.find_first_of("0123456789") == last.npos)
            continue;  // a header
        FileRow& row = rows.emplace_back(FileRow{line_number, {}});
        std::string_view rest = line;
        for (std::size_t i = fields.size(); i-- > 0;) {
            const std::size_t comma = rest.rfind(separator);
            const std::string_view cell =
                trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
            // "0,05" would be the two numbers 0 and 05.
            const bool has_leading_zero =
                cell.size() > 1 && cell[0] == '0' && cell[1] >= '0' && cell[1] <= '9';
            const auto count = has_leading_zero ? std::nullopt : read_count(cell, fields[i]);
            if (!count || (i > 0 && comma == std::string_view::npos))
                fail_at(node, key,
                        fmt::format("{}:{}: got {}; allowed in {} column: {}", name, line_number,
                                    Node::make_text(std::string{cell}).shown(),
                                    describe_column(fields.size() - i), describe_range(fields[i])));
            row.counts.insert(row.counts.begin(), *count);
            rest = rest.substr(0, comma == std::string_view::npos ? 0 : comma);
        }
    }
    if (rows.empty()) fail_at(node, key, fmt::format("the file '{}' has no numbers", name));
    return rows;
}

std::vector<std::int64_t> ReadForm::read_file(const Node& node, std::string_view key,
                                              const NumberField& field) const {
    std::vector<std::int64_t> counts;
    for (const FileRow& row : read_rows(node, key, std::span{&field, 1}))
        counts.push_back(row.counts.front());
    return counts;
}

void ReadForm::tariff_prices(std::string_view key, Tariff& tariff) {
    const Node* const node = take(key);
    if (!node) return;
    const bool has_range = table_.find("low") || table_.find("high");
    if (has_range)
        fail_at(*node, full(key), "a tariff with prices has no low and no high; omit them");
    tariff.prices_file = read_text(*node, full(key));
    tariff.prices = read_file(*node, full(key), energy_price);
}

void ReadForm::job_file(std::string_view key, Jobs& jobs) {
    const Node* const node = take(key);
    if (!node) return;
    jobs.file = read_text(*node, full(key));
    for (const FileRow& row : read_rows(*node, full(key), job_columns)) {
        // 1e-6 hours are 3.6 ms.
        const auto arrival = gigaspot::Duration::unchecked(row.counts[0] * 36 / 10);
        if (!jobs.trace.empty() && arrival < jobs.trace.back().arrival)
            fail_at(*node, full(key),
                    fmt::format(
                        "{}:{}: the job arrives before the one above; sort the lines by arrival",
                        jobs.file, row.line));
        jobs.trace.push_back({.arrival = arrival, .hours = row.counts[1], .value = row.counts[2]});
    }
}

void ReadForm::fail_choice(const Node& node, std::string_view key,
                           const std::vector<std::string>& names) const {
    const std::string similar =
        node.kind == Node::Kind::text ? find_similar(node.text, names) : std::string{};
    fail_value(node, full(key),
               join(names) + (similar.empty() ? "" : fmt::format("; did you mean '{}'?", similar)));
}

}  // namespace simulator
