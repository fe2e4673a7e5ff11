#include "demo.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <future>
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
    double usd_per_day;  ///< about what renters pay, before electricity
};
constexpr std::array cards{Card{"RTX 3060", 100, 170, 0.55}, Card{"RTX 3070", 115, 240, 0.85},
                           Card{"RTX 3090", 100, 350, 1.60}, Card{"RTX 4070 Ti", 100, 285, 1.70},
                           Card{"RTX 4090", 150, 450, 3.60}, Card{"A100", 150, 400, 9.00}};
constexpr std::uint64_t first_machine = 1'001;
constexpr int machines_made = 40;
constexpr int renters_made = 12;
constexpr std::size_t orders_per_renter = 25;
constexpr auto pause = std::chrono::milliseconds{400};
constexpr int pauses_per_rate = 12;
constexpr int pauses_per_beat = 20;

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
    struct Account {
        std::uint64_t id = 0;
        std::vector<std::uint64_t> orders{};
    };

    /// Sends a record and waits for its answer. The answer is empty if the server stops.
    std::string send(Op op, std::uint64_t account, std::string body) {
        auto answer = std::make_shared<std::promise<std::string>>();
        auto future = answer->get_future();
        if (!writer_.submit({{.op = op, .account = account, .body = std::move(body)},
                             [answer](const Answer& given) { answer->set_value(given.body); }}))
            return {};
        while (future.wait_for(pause) != std::future_status::ready) {
            if (is_stopping_) return {};
        }
        return future.get();
    }

    /// Asks the view, and waits.
    template <class Question>
    void look(Question question) {
        auto done = std::make_shared<std::promise<void>>();
        auto future = done->get_future();
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

    std::uint64_t account(const std::string& name, std::string_view kind) {
        std::uint64_t id = 0;
        look([&](const State& state) {
            for (const auto& [number, each] : state.accounts) {
                if (each.name == name) id = number;
            }
        });
        if (id != 0) return id;
        send(Op::account, 0,
             fmt::format(R"({{"name":"{}","kind":"{}","hash":"{}"}})", name, kind,
                         hash_of_token(make_token())));
        look([&](const State& state) { id = state.accounts_made; });
        if (kind == "renter")
            send(Op::credit, 0,
                 fmt::format(R"({{"account":{},"currency":"CLORE-Blockchain",)"
                             R"("amount":"20000","reference":"demo {}"}})",
                             id, id));
        return id;
    }

    void set_up() {
        move_rate();
        provider_ = account("demo provider", "host");
        for (int i = 0; i < renters_made; ++i)
            renters_.push_back({account(fmt::format("demo renter {}", i + 1), "renter")});
        for (int i = 0; i < machines_made; ++i) {
            const Card& card = card_of(i);
            const int count = i % 4 == 0 ? 4 : i % 3 == 0 ? 2 : 1;
            std::string gpus;
            for (int gpu = 0; gpu < count; ++gpu)
                gpus +=
                    fmt::format(R"({}{{"model":"{}","pl":[{},{}],"core_lock":[210,2100],)"
                                R"("mem_lock":[405,10501],"core_offset":[-1000,200],)"
                                R"("mem_offset":[-2000,2000]}})",
                                gpu == 0 ? "" : ",", card.model, card.watts_min, card.watts_max);
            send(Op::machine, provider_,
                 fmt::format(R"({} {{"gpus":[{}],"energy_price":"0.{:02}","min_bid":"0.1",)"
                             R"("base_power":{}}})",
                             first_machine + static_cast<std::uint64_t>(i), gpus, 6 + i % 9,
                             40 + 10 * (i % 5)));
        }
    }

    static const Card& card_of(int machine) {
        return cards[static_cast<std::size_t>(machine) % cards.size()];
    }
    static int gpus_of(int machine) { return machine % 4 == 0 ? 4 : machine % 3 == 0 ? 2 : 1; }

    void move_rate() {
        rate_ = std::clamp(rate_ * std::exp(std::normal_distribution{0.0, 0.012}(random_)), 0.005,
                           0.08);
        send(Op::rate, 0,
             fmt::format(R"({{"currency":"CLORE-Blockchain","usd":"{:.6f}","fee_ppm":25000}})",
                         rate_));
    }

    /// All machines report; now and then one is rented on demand for a while.
    void beat() {
        for (int i = 0; i < machines_made; ++i) {
            const bool is_rented = i % 13 == 5 && beats_ / 6 % 3 == 1;
            send(Op::beat, provider_,
                 fmt::format(R"({} {{"on_demand_rented":{}}})",
                             first_machine + static_cast<std::uint64_t>(i), is_rented));
        }
        ++beats_;
    }

    /// A price near the value of a machine, in coins per day.
    std::string price(int machine) {
        const double usd = card_of(machine).usd_per_day * gpus_of(machine) * uniform(0.6, 1.25);
        return fmt::format("{:.4f}", usd / rate_);
    }

    std::string profiles(int machine) {
        const Card& card = card_of(machine);
        const int watts =
            card.watts_min +
            static_cast<int>(pick(static_cast<std::size_t>(card.watts_max - card.watts_min + 1)));
        std::string text;
        for (int i = 0; i < gpus_of(machine); ++i)
            text += fmt::format(R"({}{{"pl":{}}})", i == 0 ? "" : ",", watts);
        return text;
    }

    /// One renter places, edits or cancels a bid.
    void act() {
        Account& renter = renters_[pick(renters_.size())];
        std::vector<std::pair<std::uint64_t, int>> orders;  // with the machine's number
        look([&](const State& state) {
            const auto own = state.orders_of.find(renter.id);
            if (own == state.orders_of.end()) return;
            for (const std::uint64_t id : own->second)
                orders.emplace_back(
                    id, static_cast<int>(state.orders.at(id).host.value - first_machine));
        });
        const bool is_full = orders.size() >= orders_per_renter;
        if (orders.empty() || (!is_full && uniform(0, 1) < 0.5)) {
            const int machine = static_cast<int>(pick(machines_made));
            send(Op::create, renter.id,
                 fmt::format(R"([{{"currency":"CLORE-Blockchain",)"
                             R"("image":"a3f9c4d7e5b088d8a0bff880","renting_server":{},)"
                             R"("price":{},"oc":[{}]}}])",
                             first_machine + static_cast<std::uint64_t>(machine), price(machine),
                             profiles(machine)));
            return;
        }
        const auto [id, machine] = orders[pick(orders.size())];
        if (is_full && uniform(0, 1) < 0.4) {
            send(Op::cancel, renter.id, fmt::format(R"({{"order_ids":[{}]}})", id));
        } else {
            send(Op::edit, renter.id,
                 fmt::format(R"([{{"order_id":{},"price":{}}}])", id, price(machine)));
        }
    }

    void play() {
        set_up();
        for (int count = 0; !is_stopping_; ++count) {
            if (count % pauses_per_beat == 0) beat();
            if (count % pauses_per_rate == 0) move_rate();
            act();
            std::this_thread::sleep_for(pause);
        }
    }

    Writer& writer_;
    View& view_;
    std::mt19937_64 random_{20'261'130};
    double rate_ = 0.02;
    int beats_ = 0;
    std::uint64_t provider_ = 0;
    std::vector<Account> renters_{};
    std::atomic<bool> is_stopping_ = false;
    std::thread thread_;
};

Demo::Demo(Writer& writer, View& view) : player_{std::make_unique<Player>(writer, view)} {}
Demo::~Demo() = default;

}  // namespace market_server
