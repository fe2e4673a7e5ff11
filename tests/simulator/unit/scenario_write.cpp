// A scenario that is written reads back as the same scenario, for random values of every field.
#include "scenario/write.hpp"

#include <algorithm>
#include <random>
#include <string>

#include <doctest/doctest.h>

#include "scenario/facts.hpp"
#include "scenario/fields.hpp"
#include "scenario_support.hpp"

using namespace simulator;

namespace {

/// Gives each field a random value of its range, often one of the limits.
class RandomForm {
public:
    explicit RandomForm(std::mt19937_64& random) : random_{random} {}

    std::int64_t between(std::int64_t lowest, std::int64_t highest) {
        switch (random_() % 6) {
        case 0: return lowest;
        case 1: return highest;
        case 2: return std::clamp<std::int64_t>(1, lowest, highest);
        default:
            return lowest + static_cast<std::int64_t>(
                                random_() % (static_cast<std::uint64_t>(highest - lowest) + 1));
        }
    }
    template <class Value>
    void number(std::string_view, Value& value, const NumberField& field) {
        set_count(value, between(field.lowest, field.highest));
    }
    void duration(std::string_view, gigaspot::Duration& value, const DurationField& field) {
        value = gigaspot::Duration::unchecked(between(field.lowest, field.highest));
    }
    void optional_duration(std::string_view, std::optional<gigaspot::Duration>& value,
                           const DurationField& field) {
        if (random_() % 2 == 0) duration({}, value.emplace(), field);
    }
    template <class Value, class List>
    void choice(std::string_view, Value& value, const List& choices) {
        value = choices[random_() % choices.size()].second;
    }
    void flag(std::string_view, bool& value) { value = random_() % 2 == 0; }
    void name(std::string_view, std::string&) {}
    void share_of_all(std::string_view, Millionths&) {}
    void workloads(std::string_view, std::vector<WorkloadShare>& workloads) {
        workloads = {{"llm_decode", one}, {"llm_prefill", 0}};
        split(workloads);
    }
    void rate_file(std::string_view, CoinRate&) {}
    void job_file(std::string_view, Jobs&) {}
    void tariff_prices(std::string_view, Tariff&) {}
    void tariff_hours(Tariff& tariff) {
        if (random_() % 2 == 0) return;
        for (int hour = 0; hour < 24; ++hour)
            tariff.hours.push_back(between(energy_price.lowest, energy_price.highest));
    }
    /// Shares that add up to one.
    template <class Kind>
    void split(std::vector<Kind>& kinds) {
        Millionths left = one;
        for (Kind& kind : kinds) left -= kind.share = between(0, left);
        kinds.back().share += left;
    }

private:
    std::mt19937_64& random_;
};

Scenario make_random(std::uint64_t seed) {
    std::mt19937_64 random{seed};
    RandomForm form{random};
    Scenario out;
    describe_scenario(form, out);
    const std::int64_t interval = out.interval.count();
    const std::int64_t last_close = out.days * ms_per_day / interval * interval;
    out.warm_up = gigaspot::Duration::unchecked(form.between(0, last_close - interval));
    describe_market(form, out.market);
    describe_rate(form, out.rate);
    if (out.rate.jump_at)
        out.rate.jump_at =
            gigaspot::Duration::unchecked(form.between(0, out.days * ms_per_day - 1));
    out.hosts = static_cast<int>(form.between(1, 100'000));
    for (const char* const name : {"z", "a", "M_1"}) {
        Tariff& tariff = out.tariffs.emplace_back(Tariff{.name = name});
        describe_tariff(form, tariff);
        if (tariff.low > tariff.high) std::swap(tariff.low, tariff.high);
    }
    for (const char* const name : {"second", "first"}) {
        HostKind& kind = out.host_kinds.emplace_back(HostKind{.name = name, .card = "rtx3090"});
        kind.tariff = out.tariffs[random() % 3].name;
        describe_host_kind(form, kind);
    }
    form.split(out.host_kinds);
    describe_jobs(form, out.jobs);
    for (const char* const name : {"people", "bots", "9"}) {
        RenterKind& kind = out.renter_kinds.emplace_back(RenterKind{.name = name});
        describe_renter_kind(form, kind);
        if (kind.bids_on > kind.looks_at) std::swap(kind.bids_on, kind.looks_at);
        const Card& card = *find_card("rtx3090");
        kind.watts = gigaspot::Power::unchecked(
            kind.power == PowerChoice::fixed
                ? static_cast<std::int32_t>(form.between(card.limit_min, card.limit_max))
                : 0);
    }
    form.split(out.renter_kinds);
    return out;
}

}  // namespace

TEST_CASE("a written scenario reads back the same, and is written the same again") {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        CAPTURE(seed);
        const Scenario scenario = make_random(seed);
        const std::string text = write(scenario);
        CAPTURE(text);
        const Scenario again = resolve(parse_toml(text, "a.toml"), no_file);
        REQUIRE(again == scenario);
        CHECK(write(again) == text);
    }
}

TEST_CASE("a scenario with data files is written with their names") {
    const auto load = [](const std::string& name) -> std::optional<std::string> {
        return name == "j.csv" ? "1,2,0.5\n" : "0.5\n";
    };
    const std::string toml = "[rate]\nfile = \"r.csv\"\n[tariffs.home]\nfile = \"p.csv\"\n"
                             "[jobs]\nfile = \"j.csv\"\n[tariffs.listed]\nprices = \"l.csv\"\n"
                             "[hosts.kinds.all]\ncard = \"rtx3090\"\ntariff = \"listed\"\n";
    const Scenario scenario = read_scenario(toml, load);
    CHECK(resolve(parse_toml(write(scenario), "a.toml"), load) == scenario);
    CHECK(write(scenario).find("file = \"p.csv\"") != std::string::npos);
}

TEST_CASE("each field of a scenario is in the text") {
    const std::string text = write(read_scenario(""));
    for (const char* const line :
         {"days = 14\n", "warm_up = \"12h\"\n", "interval = \"1m\"\n", "mechanism = \"spot\"\n",
          "fee = \"2.5%\"\n", "start = 0.01\n", "count = 40\n", "[hosts.kinds.rtx3090]\n",
          "[tariffs.home]\n", "load = \"130%\"\n", "value_median = 0.14\n", "[renters.people]\n",
          "workloads = { llm_decode = \"50%\", llm_prefill = \"50%\" }\n"}) {
        CAPTURE(line);
        CHECK(text.find(line) != std::string::npos);
    }
}
