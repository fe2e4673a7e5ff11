// Plays a made-up market.
#include "demo.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <future>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "api/tokens.hpp"
#include "market/json.hpp"

namespace market_server {
namespace {

/// A GPU that machines of the demo have. Power limits are rounded from vendors' data sheets; values
/// are made up.
struct Card {
    std::string_view model;
    int watts_min;
    int watts_max;
    double usd_per_day;  ///< about what renters pay
};
constexpr std::array cards{Card{"RTX 3060", 100, 170, 0.60},    Card{"RTX 3090", 150, 350, 1.60},
                           Card{"RTX 4090", 200, 450, 3.60},    Card{"RTX 3070", 120, 240, 0.85},
                           Card{"RTX 4070 Ti", 150, 285, 1.70}, Card{"RTX 3080", 150, 320, 1.20},
                           Card{"A100", 200, 400, 9.00}};
constexpr std::array gpu_counts{4, 1, 2, 1, 8};

struct MachineKind {
    Card card{};
    int gpus = 1;
    bool is_wanted = true;  ///< nobody bids on the others
};
constexpr std::size_t machines_made = 40;
constexpr MachineKind kind_of(std::size_t machine) {
    return {cards[machine % cards.size()], gpu_counts[machine * 7 / 3 % gpu_counts.size()],
            machine % 19 != 13};
}

/// What a machine reports. Two are offline for good. The others take turns: for a while, one is
/// rented on demand, one is offline, and one is not working properly.
struct Report {
    bool is_online = true;
    bool is_rented = false;
    bool is_working = true;
};
constexpr Report report_of(std::size_t machine, std::size_t turn) {
    const std::size_t place = (machine * 7 + turn * 3) % machines_made;
    return {.is_online = machine != 11 && machine != 28 && place != 0,
            .is_rented = place == 1,
            .is_working = place != 2};
}

constexpr std::string_view currency = "CLORE-Blockchain";
constexpr std::uint64_t first_machine = 1'001;
constexpr std::size_t renters_made = 12;
constexpr std::size_t orders_at_first = 11;  // per renter
constexpr std::size_t orders_max = 14;
constexpr Units deposit = Units{20'000} * 100'000'000;
constexpr double usual_rate = 0.02;
constexpr auto pause = std::chrono::milliseconds{400};
constexpr std::size_t pauses_per_rate = 8;
constexpr std::size_t pauses_per_beat = 20;
constexpr std::size_t beats_per_turn = 3;

/// Joins `count` texts that `text(i)` makes to an array of JSON.
template <class Text>
std::string array_of(std::size_t count, Text text) {
    std::string out = "[";
    for (std::size_t i = 0; i < count; ++i) {
        if (i != 0) out += ',';
        out += text(i);
    }
    return out + ']';
}

/// A machine as its provider registers it.
std::string machine_text(std::size_t machine) {
    const MachineKind kind = kind_of(machine);
    const auto gpus = array_of(static_cast<std::size_t>(kind.gpus), [&](std::size_t) {
        return fmt::format(R"({{"model":"{}","pl":[{},{}],"core_lock":[210,2100],)"
                           R"("mem_lock":[405,10501],"core_offset":[-1000,200],)"
                           R"("mem_offset":[-2000,2000]}})",
                           kind.card.model, kind.card.watts_min, kind.card.watts_max);
    });
    return fmt::format(R"({} {{"gpus":{},"energy_price":"0.{:02}","min_bid":"1",)"
                       R"("base_power":{}}})",
                       first_machine + machine, gpus, 5 + machine % 9, 40 + 10 * (machine % 5));
}

}  // namespace

class Demo::Player {
public:
    Player(Writer& writer, View& view)
        : writer_{writer}, view_{view}, thread_{[this] { play(); }} {}
    ~Player() {
        is_stopping_ = true;
        thread_.join();
    }

private:
    /// Sends a record and waits for its answer, unless the server stops.
    void send(Op op, std::uint64_t account, std::string body) {
        auto answer = std::make_shared<std::promise<void>>();
        const auto future = answer->get_future();
        if (!writer_.submit({{.op = op, .account = account, .body = std::move(body)},
                             [answer](const Answer&) { answer->set_value(); }}))
            return;
        while (future.wait_for(pause) != std::future_status::ready) {
            if (is_stopping_) return;
        }
    }

    /// Asks the view, and waits.
    template <class Question>
    void look(Question question) {
        auto done = std::make_shared<std::promise<void>>();
        const auto future = done->get_future();
        if (!view_.ask([&question, done](View& view) {
                question(view.state());
                done->set_value();
            }))
            return;
        future.wait();
    }

    double uniform(double low, double high) {
        return std::uniform_real_distribution{low, high}(random_);
    }
    std::size_t pick(std::size_t count) {
        return std::uniform_int_distribution<std::size_t>{0, count - 1}(random_);
    }

    /// The account of this name; 0 if there is none.
    std::uint64_t find_account(const std::string& name) {
        std::uint64_t id = 0;
        look([&](const State& state) {
            const auto found =
                std::find_if(state.accounts.begin(), state.accounts.end(),
                             [&](const auto& each) { return each.second.name == name; });
            if (found != state.accounts.end()) id = found->first;
        });
        return id;
    }

    std::uint64_t account(const std::string& name, std::string_view kind) {
        if (const std::uint64_t id = find_account(name); id != 0) return id;
        send(Op::account, 0,
             fmt::format(R"({{"name":"{}","kind":"{}","hash":"{}"}})", name, kind,
                         hash_of_token(make_token())));
        return find_account(name);
    }

    void set_up() {
        bool is_new = true;
        look([&](const State& state) {
            random_.seed(20'261'130 + state.records);
            if (const auto rate = state.engine().conditions().rate(gigaspot::main_currency))
                rate_ = std::stod(std::string{rate->text().view()});
            is_new = state.machines.empty();
        });
        move_rate();
        provider_ = account("demo provider", "host");
        for (std::size_t i = 0; i < renters_made; ++i)
            renters_.push_back(account(fmt::format("demo renter {}", i + 1), "renter"));
        refill_balances();
        for (std::size_t i = 0; i < machines_made; ++i)
            send(Op::machine, provider_, machine_text(i));
        if (!is_new) return;
        // All machines are online now, so that those which go offline have bids too.
        for (const std::uint64_t renter : renters_) place(renter, orders_at_first);
    }

    /// Credits the renters who have spent most of what they had.
    void refill_balances() {
        std::vector<std::pair<std::uint64_t, std::string>> credits;
        look([&](const State& state) {
            for (const std::uint64_t renter : renters_) {
                const Balance balance = state.ledger.balance(renter, gigaspot::main_currency);
                if (balance.available > deposit / 4) continue;
                credits.emplace_back(
                    renter, fmt::format(R"({{"account":{},"currency":"{}","amount":"{}",)"
                                        R"("reference":"demo {} {}"}})",
                                        renter, currency, coins(deposit), renter, state.records));
            }
        });
        for (auto& [renter, body] : credits) send(Op::credit, 0, std::move(body));
    }

    /// The rate wanders, and returns to what is usual in the long run.
    void move_rate() {
        const double pull = 0.02 * std::log(usual_rate / rate_);
        rate_ *= std::exp(pull + std::normal_distribution{0.0, 0.008}(random_));
        send(Op::rate, 0,
             fmt::format(R"({{"currency":"{}","usd":"{:.6f}","fee_ppm":25000}})", currency, rate_));
    }

    void beat() {
        const std::size_t turn = beats_++ / beats_per_turn;
        for (std::size_t i = 0; i < machines_made; ++i) {
            const Report report = report_of(i, turn);
            send(Op::beat, provider_,
                 fmt::format(R"({} {{"online":{},"on_demand_rented":{},"working_properly":{}}})",
                             first_machine + i, report.is_online, report.is_rented,
                             report.is_working));
        }
        refill_balances();
    }

    /// A price near the value of a machine, in coins per day.
    std::string price(std::size_t machine) {
        const MachineKind kind = kind_of(machine);
        return fmt::format("{:.1f}", kind.card.usd_per_day * kind.gpus * uniform(0.7, 1.2) / rate_);
    }

    /// A machine that is wanted: in turn or at random, so that each has bids, but not equally many.
    std::size_t pick_machine() {
        for (;;) {
            const std::size_t machine =
                uniform(0, 1) < 0.5 ? next_machine_++ % machines_made : pick(machines_made);
            if (kind_of(machine).is_wanted) return machine;
        }
    }

    /// One renter bids on some machines that are wanted.
    void place(std::uint64_t renter, std::size_t count) {
        send(Op::create, renter, array_of(count, [&](std::size_t) {
                 const std::size_t machine = pick_machine();
                 const MachineKind kind = kind_of(machine);
                 const auto span = static_cast<double>(kind.card.watts_max - kind.card.watts_min);
                 const int watts =
                     kind.card.watts_min + static_cast<int>(span * uniform(0.1, 0.9) / 5) * 5;
                 return fmt::format(R"({{"currency":"{}","image":"a3f9c4d7e5b088d8a0bff880",)"
                                    R"("renting_server":{},"price":{},"oc":{}}})",
                                    currency, first_machine + machine, price(machine),
                                    array_of(static_cast<std::size_t>(kind.gpus), [&](std::size_t) {
                                        return fmt::format(R"({{"pl":{}}})", watts);
                                    }));
             }));
    }

    /// One renter places, edits or cancels a bid.
    void act() {
        const std::uint64_t renter = renters_[pick(renters_.size())];
        std::vector<std::pair<std::uint64_t, std::size_t>> orders;  // with the machine
        look([&](const State& state) {
            const auto own = state.orders_of.find(renter);
            if (own == state.orders_of.end()) return;
            for (const std::uint64_t id : own->second)
                orders.emplace_back(id, state.orders.at(id).host.value - first_machine);
        });
        const double dice = uniform(0, 1);
        if (orders.empty() || (orders.size() < orders_max && dice < 0.3)) return place(renter, 1);
        const auto [id, machine] = orders[pick(orders.size())];
        if (dice > 0.8) {
            send(Op::cancel, renter, fmt::format(R"({{"order_ids":[{}]}})", id));
        } else {
            send(Op::edit, renter,
                 fmt::format(R"([{{"order_id":{},"price":{}}}])", id, price(machine)));
        }
    }

    void play() {
        set_up();
        for (std::size_t count = 0; !is_stopping_; ++count) {
            if (count % pauses_per_beat == 0) beat();
            if (count % pauses_per_rate == 0) move_rate();
            act();
            std::this_thread::sleep_for(pause);
        }
    }

    Writer& writer_;
    View& view_;
    std::mt19937_64 random_{};
    double rate_ = usual_rate;
    std::size_t beats_ = 0;
    std::size_t next_machine_ = 0;
    std::uint64_t provider_ = 0;
    std::vector<std::uint64_t> renters_{};
    std::atomic<bool> is_stopping_ = false;
    std::thread thread_;
};

Demo::Demo(Writer& writer, View& view) : player_{std::make_unique<Player>(writer, view)} {}
Demo::~Demo() = default;

}  // namespace market_server
