// `gigaspot generate --commands`: makes commands for a live market, one JSON object per line.
// It tracks the bids and their owners, so that the market accepts nearly all commands. Its memory
// does not grow with the number of commands.
#include "generate.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace tool {
namespace {

constexpr std::int64_t first_time = 1'700'000'000'000;  // ms
constexpr std::int64_t close_interval = 60'000;         // ms
constexpr std::int64_t host_commands = 3;               // for each host in an interval, about,
constexpr std::int64_t interval_commands = 30;          // but not fewer in all
constexpr std::uint64_t bids_max = 8;                   // a host
constexpr std::int64_t usd_per_bitcoin = 60'000;

struct StandingBid {
    std::uint64_t id;
    std::int64_t expiry;  // ms
    std::int64_t watts;   // of each GPU
};

struct Host {
    const Model* model;
    std::int64_t gpus;
    std::int64_t watts_max;      // of each GPU
    std::int64_t worth;          // what a day is about worth, 0.0001 coin
    std::int64_t rental_length;  // s
    std::string_view trouble;    // why it is not available: what ends it; empty if it is
    std::uint64_t bids_count = 0;
    std::array<StandingBid, bids_max> bids{};
};

// These depend only on a bid's id, so they need not be kept.
std::uint64_t owner_of(std::uint64_t id) { return 1 + (id * 0x9e3779b97f4a7c15 >> 54); }
bool is_in_bitcoin(std::uint64_t id) { return id % 32 == 5; }

class Commands {
public:
    explicit Commands(const GenerateOptions& options)
        : random_{options.seed}, hosts_to_come_{options.hosts} {
        hosts_.reserve(std::min(options.hosts, *options.commands));
        const auto commands = host_commands * static_cast<std::int64_t>(options.hosts);
        step_max_us_ = 2 * close_interval * 1'000 / std::max(commands, interval_commands);
    }

    void put_next(fmt::memory_buffer& out);

private:
    void put_setup(fmt::memory_buffer& out);
    void put_host(fmt::memory_buffer& out);
    void put_rate(fmt::memory_buffer& out);
    void put_host_command(fmt::memory_buffer& out, Host& host);
    void put_status(fmt::memory_buffer& out, Host& host);
    void put_bid(fmt::memory_buffer& out, Host& host);
    void put_bid_command(fmt::memory_buffer& out, Host& host, std::int64_t kind);
    void put_edit(fmt::memory_buffer& out, const Host& host, StandingBid& bid);
    void put_mistake(fmt::memory_buffer& out, const Host& host);
    void put_new_bid(fmt::memory_buffer& out, const Host& host, std::int64_t watts,
                     std::int64_t price);
    void put_price(fmt::memory_buffer& out, std::uint64_t id, std::int64_t price) const;
    void put_profiles(fmt::memory_buffer& out, const Host& host, std::int64_t watts);
    void put_owner(fmt::memory_buffer& out, std::uint64_t id);

    std::uint64_t id_of(const Host& host) const {
        return 1 + static_cast<std::uint64_t>(&host - hosts_.data());
    }
    std::int64_t draw_watts(const Host& host) {
        const std::int64_t watts_min = host.model->watts_min;
        return random_.between(watts_min + (host.watts_max - watts_min) / 4, host.watts_max);
    }
    /// About what the host is worth to all, and what the watts cost.
    std::int64_t draw_price(const Host& host, std::int64_t watts) {
        const std::int64_t permille = random_.between(930, 1030);
        return host.worth * permille / 1'000 + host.gpus * watts * 3'400;
    }

    Random random_;
    std::uint64_t hosts_to_come_;
    bool has_main_rate_ = false;
    bool has_bitcoin_rate_ = false;
    std::int64_t step_max_us_;
    std::int64_t clock_us_ = 0;  // since the first time
    std::int64_t time_ = first_time;
    std::int64_t last_close_ = first_time;
    std::int64_t rate_ = 71'000;  // 1e-7 USD per coin
    std::uint64_t last_bid_ = 0;
    std::vector<Host> hosts_{};
    std::vector<std::size_t> unavailable_{};  // places in hosts_
};

void Commands::put_next(fmt::memory_buffer& out) {
    if (!has_bitcoin_rate_ || hosts_to_come_ > 0) return put_setup(out);
    clock_us_ += random_.between(0, step_max_us_);
    time_ = first_time + clock_us_ / 1'000;
    if (time_ >= last_close_ + close_interval) {
        last_close_ += close_interval;
        put(out, "{{\"op\":\"close\",\"time\":{}}}\n", last_close_);
        return;
    }
    const std::int64_t kind = random_.between(1, 100);
    if (hosts_.empty() || kind <= 10) return put_rate(out);
    const std::int64_t place = random_.between(0, static_cast<std::int64_t>(hosts_.size()) - 1);
    Host& host = hosts_[static_cast<std::size_t>(place)];
    if (kind <= 12) return put_mistake(out, host);
    if (kind <= 17) return put_host_command(out, host);
    put_bid_command(out, host, kind);
}

void Commands::put_setup(fmt::memory_buffer& out) {
    if (!has_main_rate_) {
        has_main_rate_ = true;
        put(out,
            R"({{"op":"rate","time":{},"currency":"{}","usd":0.{:07},"fee_ppm":25000}})"
            "\n",
            time_, gigaspot::clore_currency, rate_);
    } else if (!has_bitcoin_rate_) {
        has_bitcoin_rate_ = true;
        put(out, "{{\"op\":\"rate\",\"time\":{},\"currency\":\"bitcoin\",\"usd\":{}}}\n", time_,
            usd_per_bitcoin);
    } else {
        --hosts_to_come_;
        put_host(out);
    }
}

void Commands::put_host(fmt::memory_buffer& out) {
    const Model& model = choose(random_, models);
    constexpr std::array<std::int64_t, 10> counts{1, 1, 1, 1, 1, 1, 2, 2, 2, 4};
    const std::int64_t gpus = choose(random_, counts);
    const std::int64_t percent = random_.chance(70) ? 100 : random_.between(50, 90);
    Host host{.model = &model,
              .gpus = gpus,
              .watts_max = model.watts_min + (model.watts_max - model.watts_min) * percent / 100,
              .worth = gpus * model.centicoins * 100,
              .rental_length = random_.chance(80) ? 20 * 86'400 : 600,
              .trouble = {}};
    hosts_.push_back(host);
    put(out, R"({{"op":"host","time":{},"id":{})", time_, hosts_.size());
    put(out, R"(,"energy_price":0.{:03})", random_.between(20, 200));
    const std::int64_t min_bid = host.worth * random_.between(300, 600) / 1'000;
    put(out, R"(,"min_bid":{}.{:04})", min_bid / 10'000, min_bid % 10'000);
    put(out, R"(,"max_rental_length":{},"gpus":[)", host.rental_length);
    for (std::int64_t i = 0; i < gpus; ++i) {
        if (i > 0) out.push_back(',');
        put_gpu(out, model, host.watts_max);
    }
    put(out, "]}}\n");
}

/// A step of at most 0.1 %, between bounds that keep the prices in bitcoin inside the market's.
void Commands::put_rate(fmt::memory_buffer& out) {
    const std::int64_t step = rate_ / 1'000;
    rate_ = std::clamp<std::int64_t>(rate_ + random_.between(-step, step), 55'000, 90'000);
    put(out,
        R"({{"op":"rate","time":{},"currency":"{}","usd":0.{:07}}})"
        "\n",
        time_, gigaspot::clore_currency, rate_);
}

/// What the owner of a host changes: its energy price, or whether it is available.
void Commands::put_host_command(fmt::memory_buffer& out, Host& host) {
    if (random_.chance(60)) {
        put(out,
            R"({{"op":"energy_price","time":{},"id":{},"usd":0.{:03}}})"
            "\n",
            time_, id_of(host), random_.between(20, 200));
    } else {
        put_status(out, host);
    }
}

/// About a tenth of the hosts are not available.
void Commands::put_status(fmt::memory_buffer& out, Host& host) {
    const auto put_flag = [&](const Host& changed, std::string_view flag) {
        put(out,
            R"({{"op":"host_status","time":{},"id":{},{}}})"
            "\n",
            time_, id_of(changed), flag);
    };
    if (host.trouble.empty() && unavailable_.size() <= hosts_.size() / 10) {
        const std::int64_t kind = random_.between(1, 10);
        unavailable_.push_back(static_cast<std::size_t>(&host - hosts_.data()));
        host.trouble = kind <= 6   ? R"("on_demand_rented":false)"
                       : kind <= 9 ? R"("online":true)"
                                   : R"("working_properly":true)";
        return put_flag(host, kind <= 6   ? R"("on_demand_rented":true)"
                              : kind <= 9 ? R"("online":false)"
                                          : R"("working_properly":false)");
    }
    if (unavailable_.empty()) return put_flag(host, R"("online":true)");
    const auto last = static_cast<std::int64_t>(unavailable_.size()) - 1;
    std::swap(unavailable_[static_cast<std::size_t>(random_.between(0, last))],
              unavailable_.back());
    Host& mended = hosts_[unavailable_.back()];
    unavailable_.pop_back();
    put_flag(mended, mended.trouble);
    mended.trouble = {};
}

/// Writes a new bid if there is room for one or if there is no bid yet, otherwise a command for an
/// existing bid.
void Commands::put_bid_command(fmt::memory_buffer& out, Host& host, std::int64_t kind) {
    for (std::uint64_t i = host.bids_count; i-- > 0;) {
        if (host.bids[i].expiry <= last_close_) host.bids[i] = host.bids[--host.bids_count];
    }
    const bool is_new = host.bids_count == 0 || (kind <= 40 && host.bids_count < bids_max);
    if (is_new) return host.trouble.empty() ? put_bid(out, host) : put_rate(out);

    const std::int64_t last = static_cast<std::int64_t>(host.bids_count) - 1;
    StandingBid& bid = host.bids[static_cast<std::size_t>(random_.between(0, last))];
    if (kind <= 76) return put_edit(out, host, bid);
    if (kind <= 86) {
        put(out,
            R"({{"op":"cached","time":{},"id":{},"cached":{}}})"
            "\n",
            time_, bid.id, random_.chance(90));
        return;
    }
    put(out, R"({{"op":"{}","time":{},"id":{})", kind <= 98 ? "cancel" : "revoke", time_, bid.id);
    if (kind <= 98) put_owner(out, bid.id);
    put(out, "}}\n");
    bid = host.bids[--host.bids_count];
}

void Commands::put_bid(fmt::memory_buffer& out, Host& host) {
    const std::int64_t watts = draw_watts(host);
    const std::int64_t price = draw_price(host, watts);
    put_new_bid(out, host, watts, price);
    host.bids[host.bids_count++] = {
        .id = last_bid_, .expiry = time_ + host.rental_length * 1'000, .watts = watts};
}

void Commands::put_new_bid(fmt::memory_buffer& out, const Host& host, std::int64_t watts,
                           std::int64_t price) {
    const std::uint64_t id = ++last_bid_;
    put(out, R"({{"op":"bid","time":{},"id":{},"host":{},"owner":{},"price":)", time_, id,
        id_of(host), owner_of(id));
    put_price(out, id, price);
    put(out, R"(,"currency":"{}","oc":)", is_in_bitcoin(id) ? "bitcoin" : gigaspot::clore_currency);
    put_profiles(out, host, watts);
    put(out, "{}}}\n", random_.chance(6) ? R"(,"image":"c9a4e2f6b7d488d8f0bab0ff")" : "");
}

void Commands::put_edit(fmt::memory_buffer& out, const Host& host, StandingBid& bid) {
    const bool has_profiles = random_.chance(30);
    if (has_profiles) bid.watts = draw_watts(host);
    put(out, R"({{"op":"edit","time":{},"id":{},"price":)", time_, bid.id);
    put_price(out, bid.id, draw_price(host, bid.watts));
    if (has_profiles) {
        put(out, R"(,"oc":)");
        put_profiles(out, host, bid.watts);
    }
    put_owner(out, bid.id);
    put(out, "}}\n");
}

/// A command that the market rejects.
void Commands::put_mistake(fmt::memory_buffer& out, const Host& host) {
    const std::int64_t kind = random_.between(1, 4);
    if (kind == 1) return put_new_bid(out, host, host.watts_max + 1, host.worth);
    if (kind == 2) return put_new_bid(out, host, host.watts_max, 0);
    if (kind == 3 && host.bids_count > 0) {
        const std::uint64_t id = host.bids[0].id;
        put(out,
            R"({{"op":"cancel","time":{},"id":{},"owner":{}}})"
            "\n",
            time_, id, owner_of(id) + 1);
        return;
    }
    put(out,
        R"({{"op":"edit","time":{},"id":{},"price":1}})"
        "\n",
        time_, last_bid_ + 1);
}

/// `price` counts 0.0001 coin of the main currency.
void Commands::put_price(fmt::memory_buffer& out, std::uint64_t id, std::int64_t price) const {
    if (is_in_bitcoin(id)) {
        // price x rate counts 1e-11 USD, a satoshi is worth usd_per_bitcoin x 1e-8 USD.
        put(out, "0.{:08}", price * rate_ / (usd_per_bitcoin * 1'000));
    } else {
        put(out, "{}.{:04}", price / 10'000, price % 10'000);
    }
}

void Commands::put_profiles(fmt::memory_buffer& out, const Host& host, std::int64_t watts) {
    const bool has_lock = random_.chance(10);  // on the first GPU: lines stay short
    for (std::int64_t i = 0; i < host.gpus; ++i) {
        put(out, R"({}{{"pl":{})", i == 0 ? '[' : ',', watts);
        if (has_lock && i == 0)
            put(out, R"(,"core_lock":{})", random_.between(210, host.model->core_max));
        out.push_back('}');
    }
    out.push_back(']');
}

/// Writes the owner of a bid half of the time, because the field is optional.
void Commands::put_owner(fmt::memory_buffer& out, std::uint64_t id) {
    if (random_.chance(50)) put(out, R"(,"owner":{})", owner_of(id));
}

}  // namespace

void generate_commands(const GenerateOptions& options) {
    Commands commands{options};
    fmt::memory_buffer out;
    for (std::uint64_t i = 0; i < *options.commands; ++i) {
        commands.put_next(out);
        if (out.size() >= (std::size_t{1} << 20)) {
            write_output(out);
            out.clear();
        }
    }
    write_output(out);
}

}  // namespace tool
