// Describes a live market in the market's words: short commands, and their results as text. A table
// of such rows is a story.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <gigaspot/gigaspot.hpp>

#include "market.hpp"

namespace live {

using namespace market;

inline constexpr std::int64_t second = 1'000;
inline constexpr std::int64_t hour = 3'600 * second;
inline constexpr std::int64_t day = 24 * hour;

// --- Commands. Defaults: host 7 has one GPU of 100 .. 400 W and free energy; a bid is on host 7,
// of owner 1, and draws 100 W. So at a rate of 1 USD, the profit equals the price. ---

using Done = Result<Events, Rejection>;
using Act = std::function<Done(Engine&, Timestamp)>;

inline constexpr GpuLimits usual_gpu{.power_limit = {100_W, 400_W}};

inline Act rate(ExchangeRate usd, Currency currency = main_currency, std::optional<Ppm> fee = {}) {
    return [=](Engine& engine, Timestamp now) {
        return engine.set_rate({.currency = currency, .usd = usd, .fee = fee}, now);
    };
}
inline Act withdraw(Currency currency = main_currency, std::optional<Ppm> fee = {}) {
    return [=](Engine& engine, Timestamp now) {
        return engine.set_rate({.currency = currency, .usd = {}, .fee = fee}, now);
    };
}

struct HostWords {
    std::uint64_t id = 7;
    std::vector<GpuLimits> gpus{usual_gpu};
    EnergyPrice energy{};
    Price min_bid{};
    Power base_power{};
    RentalLength max_rental_length = rental_length_max;
    std::optional<bool> online{};
    std::optional<bool> on_demand_rented{};
    std::optional<bool> working_properly{};
};
inline Act host(const HostWords& words = {}) {
    return [=](Engine& engine, Timestamp now) {
        return engine.put_host(PutHost{.id = words.id,
                                       .gpus = words.gpus,
                                       .energy_price = words.energy,
                                       .min_bid = words.min_bid,
                                       .base_power = words.base_power,
                                       .max_rental_length = words.max_rental_length,
                                       .online = words.online,
                                       .on_demand_rented = words.on_demand_rented,
                                       .working_properly = words.working_properly},
                               now);
    };
}

inline Act status(const SetHostStatus& command) {
    return [=](Engine& engine, Timestamp now) { return engine.set_host_status(command, now); };
}
inline Act offline() { return status({.id = 7, .online = false}); }
inline Act online() { return status({.id = 7, .online = true}); }
inline Act energy(EnergyPrice usd, std::uint64_t id = 7) {
    return [=](Engine& engine, Timestamp now) { return engine.set_energy_price(id, usd, now); };
}
inline Act remove_host(std::uint64_t id = 7) {
    return [=](Engine& engine, Timestamp now) { return engine.remove_host(id, now); };
}

using Profiles = std::vector<OverclockProfile>;

struct BidWords {
    std::uint64_t id = 1;
    Price price{};
    Power watts = 100_W;
    std::uint64_t host = 7;
    std::uint64_t owner = 1;
    Currency currency = main_currency;
    std::optional<Profiles> profiles{};  ///< instead of `watts`
    Workload workload{};
};
inline Act bid(const BidWords& words) {
    return [=](Engine& engine, Timestamp now) {
        const Profiles profiles = words.profiles.value_or(Profiles{{.power_limit = words.watts}});
        return engine.place(PlaceBid{.id = words.id,
                                     .host = words.host,
                                     .owner = words.owner,
                                     .price = words.price,
                                     .currency = words.currency,
                                     .overclock = profiles,
                                     .workload = &words.workload},
                            now);
    };
}
inline Act bid(std::uint64_t id, Price price, Power watts = 100_W) {
    return bid({.id = id, .price = price, .watts = watts});
}

struct EditWords {
    std::uint64_t id = 1;
    std::optional<Price> price{};
    std::optional<Power> watts{};
    std::optional<Profiles> profiles{};  ///< instead of `watts`
    std::optional<OwnerId> owner{};
};
inline Act edit(const EditWords& words) {
    return [=](Engine& engine, Timestamp now) {
        Profiles profiles = words.profiles.value_or(Profiles{});
        if (words.watts) profiles = {{.power_limit = *words.watts}};
        EditBid command{.id = words.id, .price = words.price, .owner = words.owner};
        if (words.watts || words.profiles) command.overclock = profiles;
        return engine.edit(command, now);
    };
}
inline Act edit(std::uint64_t id, Price price) { return edit({.id = id, .price = price}); }

inline Act cached(std::uint64_t id, bool flag = true) {
    return [=](Engine& engine, Timestamp now) { return engine.set_cached(id, flag, now); };
}
inline Act cancel(std::uint64_t id, std::optional<OwnerId> owner = {}) {
    return [=](Engine& engine, Timestamp now) {
        return engine.cancel(CancelBid{.id = id, .owner = owner}, now);
    };
}
inline Act revoke(std::uint64_t id) {
    return [=](Engine& engine, Timestamp now) { return engine.revoke(id, now); };
}
inline Act close() {
    return [](Engine& engine, Timestamp now) { return engine.close(now); };
}

// --- Results ---

inline std::string text(std::uint64_t number) { return std::to_string(number); }

/// Returns an event as text: "started 7 1 10" is kind, host, bid and the fields of the kind. These
/// are the profit, the reason, or amount and fee, with the currency if it is not the main one.
inline std::string words_of(const Event& event) {
    std::string words{name(event.kind)};
    words += ' ' + text(event.host.value) + ' ' + text(event.bid.value);
    const auto add = [&](std::string_view more) { (words += ' ') += more; };
    switch (event.kind) {
    case EventKind::started:
    case EventKind::changed: add(event.profit.text().view()); break;
    case EventKind::stopped: add(name(event.reason)); break;
    case EventKind::charged:
        add(event.amount.text().view());
        add(event.fee.text().view());
        if (event.currency != main_currency) add("#" + text(event.currency.number));
        break;
    default: break;
    }
    return words;
}

/// Returns a violation as text: "power_limit_above_host_maximum@0 480 450 W" is code, GPU, value,
/// limit and unit.
inline std::string words_of(const Violation& reason) {
    std::string words{name(reason.code)};
    if (reason.gpu) words += '@' + text(*reason.gpu);
    if (reason.unit == Unit::none) return words;
    for (const Int128 count : {reason.value, reason.bound})
        (words += ' ') += to_decimal(count, decimals(reason.unit)).view();
    return (words += ' ') += symbol(reason.unit);
}

/// Returns all events except `accepted`, separated by "; ". A rejection is "rejected" and its
/// reasons.
inline std::string words_of(const Done& done) {
    std::string words;
    if (done) {
        for (const Event& event : *done) {
            if (event.kind == EventKind::accepted) continue;
            if (!words.empty()) words += "; ";
            words += words_of(event);
        }
        return words;
    }
    words = "rejected";
    for (const Violation& reason : done.error().reasons) {
        words += &reason == done.error().reasons.data() ? " " : ", ";
        words += words_of(reason);
    }
    return words;
}

/// Sends commands to an engine, one after the other, and checks what holds after each.
class Market {
public:
    explicit Market(const Policy& policy = {}, const EngineLimits& limits = {})
        : engine{policy, limits} {}

    std::string tell(std::int64_t time, const Act& act) {
        const Timestamp before = engine.now();
        const Done done = act(engine, at_ms(time));
        ++commands_;
        if (done) {
            CHECK(done->events.front().kind == EventKind::accepted);
            CHECK(done->command == commands_);
            for (const Event& event : *done) {
                CHECK(event.time == at_ms(time));
                CHECK(event.command == commands_);
            }
            CHECK(engine.now() == at_ms(time));
        } else {
            const Code code = done.error().code();
            const bool is_for_time =
                code == Code::time_went_backwards || code == Code::time_too_far;
            CHECK(done.error().time == (is_for_time ? before : at_ms(time)));
            CHECK(done.error().command == commands_);
            CHECK(engine.now() == before);
        }
        return words_of(done);
    }

    Engine engine;

private:
    std::uint64_t commands_ = 0;
};

struct Row {
    std::int64_t time = 0;
    Act act{};
    std::string events{};
};

/// A rule, and the rows of the story that shows it.
struct Story {
    const char* rule;
    std::vector<Row> rows;
    Policy policy{};
    EngineLimits limits{};
    bool is_bare = false;  ///< if false, a rate of 1 USD and host 7 exist from time 0
};

inline void check(const Story& story) {
    INFO(std::string{story.rule});
    Market market{story.policy, story.limits};
    if (!story.is_bare) {
        CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
        CHECK(market.tell(0, host()) == "");
    }
    std::size_t number = 0;
    for (const Row& row : story.rows) {
        INFO("row ", ++number);
        CHECK(market.tell(row.time, row.act) == row.events);
    }
}

}  // namespace live

/// Defines a test from a table of stories.
#define GIGASPOT_STORIES(sentence, stories)                                                        \
    TEST_CASE(sentence) {                                                                          \
        for (const live::Story& story : stories) live::check(story);                               \
    }
