#include "scenario/write.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "scenario/decimal.hpp"
#include "scenario/fields.hpp"

namespace simulator {

namespace {

/// A number in TOML is a double, so one with many digits is written as a string.
Node make_decimal(std::int64_t count, int decimals) {
    std::string text = write_decimal(count, decimals);
    const auto digits = std::count_if(text.begin(), text.end(),
                                      [](char letter) { return letter >= '0' && letter <= '9'; });
    return digits <= 15 ? Node::make_number(std::move(text)) : Node::make_text(std::move(text));
}

Node make_share(Millionths value) { return Node::make_text(write_decimal(value, 4) + "%"); }

/// Adds each field to a table.
class WriteForm {
public:
    explicit WriteForm(Node& table) : table_{table} {}

    template <class Value>
    void number(std::string_view key, const Value& value, const NumberField& field) {
        const std::int64_t count = count_of(value);
        table_.set(key, field.is_share ? make_share(count) : make_decimal(count, field.decimals));
    }
    void duration(std::string_view key, gigaspot::Duration value, const DurationField& /*field*/) {
        table_.set(key, Node::make_text(write_duration(value.count())));
    }
    void optional_duration(std::string_view key, const std::optional<gigaspot::Duration>& value,
                           const DurationField& field) {
        if (value) duration(key, *value, field);
    }
    template <class Value, class List>
    void choice(std::string_view key, const Value& value, const List& choices) {
        for (const auto& [name, each] : choices) {
            if (each == value) table_.set(key, Node::make_text(std::string{name}));
        }
    }
    void flag(std::string_view key, bool value) { table_.set(key, Node::make_boolean(value)); }
    void name(std::string_view key, const std::string& value) {
        if (!value.empty()) table_.set(key, Node::make_text(value));
    }
    void share_of_all(std::string_view key, Millionths value) {
        table_.set(key, make_share(value));
    }
    void workloads(std::string_view key, const std::vector<WorkloadShare>& workloads) {
        Node shares{.is_inline = true};
        for (const WorkloadShare& each : workloads)
            shares.set(each.workload, make_share(each.share));
        table_.set(key, std::move(shares));
    }
    void rate_file(std::string_view key, const CoinRate& rate) { name(key, rate.file); }
    void tariff_prices(std::string_view key, const Tariff& tariff) {
        if (tariff.prices.empty()) return;
        table_.remove("low");
        table_.remove("high");
        name(key, tariff.prices_file);
    }
    void job_file(std::string_view key, const Jobs& jobs) { name(key, jobs.file); }
    void tariff_hours(const Tariff& tariff) {
        name("file", tariff.file);
        if (tariff.hours.empty()) return;
        std::vector<Node> hours;
        for (const std::int64_t hour : tariff.hours)
            hours.push_back(make_decimal(hour, energy_price.decimals));
        table_.set("hours", Node::make_list(std::move(hours)));
    }

private:
    Node& table_;
};

template <class Describe, class Value>
Node describe_with(Describe describe, const Value& value) {
    Node table;
    WriteForm form{table};
    describe(form, value);
    return table;
}

constexpr auto market = [](auto& form, auto& value) { describe_market(form, value); };
constexpr auto rate = [](auto& form, auto& value) { describe_rate(form, value); };
constexpr auto tariff = [](auto& form, auto& value) { describe_tariff(form, value); };
constexpr auto host_kind = [](auto& form, auto& value) { describe_host_kind(form, value); };
constexpr auto jobs = [](auto& form, auto& value) { describe_jobs(form, value); };
constexpr auto renter_kind = [](auto& form, auto& value) { describe_renter_kind(form, value); };

template <class Describe, class Value>
Node describe_each(Describe describe, const std::vector<Value>& values) {
    Node table;
    for (const Value& value : values) {
        Node inner = describe_with(describe, value);
        // Only the choice `fixed` has watts.
        if constexpr (requires { value.watts; }) {
            if (value.power != PowerChoice::fixed) inner.remove("watts");
        }
        table.set(value.name, std::move(inner));
    }
    return table;
}

}  // namespace

Node to_table(const Scenario& scenario) {
    Node table;
    WriteForm form{table};
    describe_scenario(form, scenario);
    table.set("market", describe_with(market, scenario.market));
    table.set("rate", describe_with(rate, scenario.rate));
    Node& hosts = table.set("hosts", Node{});
    hosts.set("count", Node::make_number(std::to_string(scenario.hosts)));
    hosts.set("kinds", describe_each(host_kind, scenario.host_kinds));
    table.set("tariffs", describe_each(tariff, scenario.tariffs));
    table.set("jobs", describe_with(jobs, scenario.jobs));
    table.set("renters", describe_each(renter_kind, scenario.renter_kinds));
    return table;
}

std::string write(const Scenario& scenario) { return write_toml(to_table(scenario)); }

}  // namespace simulator
