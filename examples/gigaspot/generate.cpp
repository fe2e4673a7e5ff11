// `gigaspot generate`: a made-up market in the form of the real one's snapshot.
#include "generate.hpp"

#include <algorithm>
#include <array>

namespace tool {
namespace {

constexpr std::array<std::string_view, 6> countries{"DE", "FI", "PL", "RO", "RU", "US"};
constexpr std::array<std::string_view, 4> processors{
    "AMD EPYC 7282 16-Core Processor", "AMD Ryzen 9 5950X 16-Core Processor",
    "Intel(R) Celeron(R) G5905 CPU @ 3.50GHz", "Intel(R) Xeon(R) CPU E5-2698 v3 @ 2.30GHz"};

std::string_view flag(bool value) { return value ? "true" : "false"; }

/// `count` units of 10^-decimals, as the market writes its numbers.
std::string decimal(std::int64_t count, int decimals) {
    return std::string{gigaspot::to_decimal(count, decimals).view()};
}

struct DrawnBid {
    std::uint64_t id;
    std::int64_t owner;
    std::int64_t price;  // 0.0001 coin per day
    std::int64_t watts;
};

/// Makes rival bids with prices that are close together. Each renter bids about what the machine is
/// worth to all, plus what its own watts cost at a usual energy price. At 0.1 USD per kWh, that is
/// about 0.34 coins per day and watt.
std::vector<DrawnBid> make_rivals(Random& random, std::uint64_t first_id, std::uint64_t count,
                                  std::int64_t worth, std::int64_t watts_min,
                                  std::int64_t watts_max) {
    std::vector<DrawnBid> rivals;
    for (std::uint64_t i = 0; i < count; ++i) {
        DrawnBid rival{.id = first_id + i, .owner = random.between(1, 900), .price = 0, .watts = 0};
        rival.watts = random.between(watts_min + (watts_max - watts_min) / 4, watts_max);
        rival.price = worth * random.between(930, 1030) / 1000 + rival.watts * 3'400;
        rivals.push_back(rival);
    }
    return rivals;
}

/// Mostly the best of them runs; sometimes one that has been overtaken, sometimes none.
std::size_t choose_running(Random& random, const std::vector<DrawnBid>& rivals,
                           std::int64_t cents_per_kwh) {
    const std::int64_t draw = random.between(1, 100);
    if (rivals.empty() || draw > 85) return rivals.size();
    if (draw > 60)
        return static_cast<std::size_t>(
            random.between(0, static_cast<std::int64_t>(rivals.size()) - 1));
    // In 1e-8 USD per day: 0.0001 coin at 0.0071 USD is 71, and 1 W for a day at 0.01 USD/kWh is
    // 24,000.
    const auto profit = [&](const DrawnBid& rival) {
        return rival.price * 71 - rival.watts * 24'000 * cents_per_kwh;
    };
    const auto best = std::max_element(
        rivals.begin(), rivals.end(),
        [&](const DrawnBid& left, const DrawnBid& right) { return profit(left) < profit(right); });
    return static_cast<std::size_t>(best - rivals.begin());
}

void put_bid(fmt::memory_buffer& out, Random& random, const DrawnBid& rival, bool is_active) {
    const bool is_cached = is_active || random.chance(60);
    const bool is_to_cache = is_cached || random.chance(30);
    const bool is_bitcoin = random.chance(3);
    // In bitcoin 1e-8 is the smallest step; a coin counts as about 12 of them.
    const std::string price =
        is_bitcoin ? decimal(rival.price * 12 / 10'000, 8) : decimal(rival.price, 4);
    put(out,
        R"({{"owner":{},"id":{},"active":{},"to_cache":{},"cached":{},"price":{},"currency":"{}","pl":{}}})",
        rival.owner, rival.id, flag(is_active), flag(is_to_cache), flag(is_cached), price,
        is_bitcoin ? "bitcoin" : gigaspot::clore_currency, rival.watts);
}

void put_machine(fmt::memory_buffer& out, Random& random, std::uint64_t id, std::uint64_t first_bid,
                 std::uint64_t bids) {
    const Model& model = choose(random, models);
    const std::int64_t gpus = random.between(1, 8);
    const std::int64_t worth = gpus * model.centicoins * 100;  // 0.0001 coin
    const std::int64_t cents_per_kwh = random.between(2, 20);
    std::int64_t watts_max = 0;
    fmt::memory_buffer gpu_texts;
    for (std::int64_t i = 0; i < gpus; ++i) {
        // The host sets each card's maximum on its own.
        const std::int64_t percent = random.chance(70) ? 100 : random.between(50, 90);
        const std::int64_t host_max =
            model.watts_min + (model.watts_max - model.watts_min) * percent / 100;
        watts_max += host_max;
        if (i > 0) gpu_texts.push_back(',');
        put_gpu(gpu_texts, model, host_max);
    }
    const std::vector<DrawnBid> rivals =
        make_rivals(random, first_bid, bids, worth, gpus * model.watts_min, watts_max);
    const std::size_t running = choose_running(random, rivals, cents_per_kwh);

    put(out, R"("{}":{{"bids":[)", id);
    for (std::size_t i = 0; i < rivals.size(); ++i) {
        if (i > 0) out.push_back(',');
        put_bid(out, random, rivals[i], i == running);
    }
    // One draw a statement: in what order a call's arguments draw is each compiler's own choice.
    put(out, R"(],"on_demand_rented":{})", flag(random.chance(10)));
    put(out, R"(,"online":{})", flag(random.chance(95)));
    put(out, R"(,"cpu":"{}","cores":16,"threads":32)", choose(random, processors));
    put(out, R"(,"ram":{},"gpus":[)", decimal(random.between(38'000, 2'560'000), 4));
    out.append(gpu_texts);
    put(out, "]");
    if (random.chance(90)) put(out, R"(,"working_properly":{})", flag(random.chance(97)));
    put(out, R"(,"cuda":"{}")", random.chance(50) ? "12.4" : "11.8");
    put(out, R"(,"max_rental_length":{})", random.between(1, 20) * 86'400);
    put(out, R"(,"cc":"{}")", choose(random, countries));
    put(out, R"(,"host":{})", random.between(1, 4000));
    put(out, R"(,"reliability":{})", decimal(random.between(900, 1000), 3));
    if (random.chance(95))
        put(out, R"(,"min_bid":{})", decimal(worth * random.between(300, 950) / 1000, 4));
    put(out, R"(,"energy_price":{}}})", decimal(cents_per_kwh, 2));
}

}  // namespace

void put_gpu(fmt::memory_buffer& out, const Model& model, std::int64_t watts_max) {
    put(out,
        R"({{"pl":[{},{}],"mem_lock":[405,{}],"core_lock":[210,{}],"mem_offset":[-2000,2000],"core_offset":[-1000,{}],"model":"{}"}})",
        model.watts_min, watts_max, model.mem_max, model.core_max, model.core_offset_max,
        model.name);
}

void generate(const GenerateOptions& options) {
    Random random{options.seed};
    fmt::memory_buffer out;
    std::uint64_t host = 1'000;
    std::uint64_t bid = 500'000;
    put(out, "{{");
    for (std::uint64_t i = 0; i < options.hosts; ++i) {
        host += static_cast<std::uint64_t>(random.between(1, 20));
        put(out, "{}\n", i == 0 ? "" : ",");
        put_machine(out, random, host, bid, options.bids_per_host);
        bid += options.bids_per_host + static_cast<std::uint64_t>(random.between(0, 5));
        if (out.size() >= (std::size_t{1} << 20)) {
            write_output(out);
            out.clear();
        }
    }
    put(out, "\n}}\n");
    write_output(out);
}

}  // namespace tool
