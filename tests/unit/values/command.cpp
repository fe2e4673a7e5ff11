// The defaults of commands, and that the variant of all commands does the same as each command.
#include <gigaspot/values/command.hpp>

#include <array>
#include <string>
#include <type_traits>
#include <vector>

#include "support/live.hpp"

namespace {

using namespace live;

constexpr table::Fact facts[] = {
    {"a rate command is for the main currency and sets neither a rate nor a fee",
     [] {
         return SetRate{}.currency == main_currency && !SetRate{}.usd.has_value() &&
                !SetRate{}.fee.has_value();
     }},
    {"a host command allows 20 days, costs nothing and keeps the status",
     [] {
         return PutHost{}.max_rental_length.count() == 20 * 86'400 &&
                PutHost{}.energy_price == EnergyPrice{} && PutHost{}.min_bid == Price{} &&
                PutHost{}.base_power == Power{} && !PutHost{}.online.has_value() &&
                !PutHost{}.on_demand_rented.has_value() && !PutHost{}.working_properly.has_value();
     }},
    {"a bid is in the main currency and has no workload to validate",
     [] {
         return PlaceBid{}.currency == main_currency && PlaceBid{}.overclock.empty() &&
                PlaceBid{}.workload == nullptr;
     }},
    {"an edit changes nothing and has no owner to check",
     [] {
         return !EditBid{}.price.has_value() && !EditBid{}.overclock.has_value() &&
                !EditBid{}.owner.has_value() && !CancelBid{}.owner.has_value();
     }},
    {"an image is not cached", [] { return !SetCached{}.cached; }},
};
GIGASPOT_TABLE("the defaults of commands", facts, table::is_so)

// A command can be stored and sent later; its spans refer to lists of the sender.
static_assert(std::is_trivially_copyable_v<Command>);

TEST_CASE("a command in the variant does the same as the call by name") {
    const std::array gpus{usual_gpu};
    const std::array low{OverclockProfile{.power_limit = 100_W}};
    const std::array high{OverclockProfile{.power_limit = 200_W}};
    const Command commands[] = {
        SetRate{.usd = 1_usd_per_coin},
        PutHost{.id = 7, .gpus = gpus, .energy_price = 1_usd_per_kWh},
        PlaceBid{.id = 1, .host = 7, .owner = 3, .price = 10_coin_per_day, .overclock = low},
        PlaceBid{.id = 2, .host = 7, .price = 9_coin_per_day, .overclock = high},
        Close{},
        EditBid{.id = 1, .price = 11_coin_per_day, .overclock = high, .owner = 3},
        EditBid{.id = 1, .owner = 4},
        SetCached{.id = 2, .cached = true},
        SetEnergyPrice{.id = 7, .usd = 0.5_usd_per_kWh},
        Close{},
        CancelBid{.id = 1, .owner = 3},
        RevokeBid{.id = 1},
        SetHostStatus{.id = 7, .online = false},
        PlaceBid{.id = 3, .host = 7, .price = 9_coin_per_day, .overclock = high},
        RemoveHost{.id = 7},
        RemoveHost{.id = 7},
    };
    const Act calls[] = {
        rate(1_usd_per_coin),
        host({.energy = 1_usd_per_kWh}),
        bid({.id = 1, .price = 10_coin_per_day, .owner = 3}),
        bid({.id = 2, .price = 9_coin_per_day, .watts = 200_W, .owner = 0}),
        close(),
        edit({.id = 1, .price = 11_coin_per_day, .watts = 200_W, .owner = OwnerId{3}}),
        edit({.id = 1, .owner = OwnerId{4}}),
        cached(2),
        energy(0.5_usd_per_kWh),
        close(),
        cancel(1, OwnerId{3}),
        revoke(1),
        offline(),
        bid({.id = 3, .price = 9_coin_per_day, .watts = 200_W, .owner = 0}),
        remove_host(),
        remove_host(),
    };
    // 10 - 2.4; then 11 - 4.8 / 2.
    const char* expected[] = {"",
                              "",
                              "",
                              "",
                              "started 7 1 7.6",
                              "",
                              "rejected not_owner",
                              "",
                              "",
                              "charged 7 1 0.00000579 0; changed 7 1 8.6",
                              "",
                              "charged 7 1 0.00000255 0; stopped 7 1 revoked; removed 7 1",
                              "",
                              "rejected host_unavailable",
                              "removed 7 2",
                              "rejected host_unknown"};
    static_assert(std::size(commands) == std::size(calls));
    static_assert(std::size(commands) == std::size(expected));
    Engine by_command;
    Engine by_call;
    std::int64_t now = 0;
    for (std::size_t i = 0; i < std::size(commands); ++i) {
        CAPTURE(i);
        now += 10;
        std::vector<Event> events;
        const auto taken = by_command.apply(commands[i], at_ms(now),
                                            [&](const Event& event) { events.push_back(event); });
        const Done called = calls[i](by_call, at_ms(now));
        CHECK(words_of(called) == std::string{expected[i]});
        CHECK(taken.has_value() == called.has_value());
        if (taken) {
            CHECK(events == std::vector<Event>{called->begin(), called->end()});
            CHECK(taken->command == called->command);
            CHECK(taken->host == called->host);
            CHECK(taken->bid == called->bid);
        } else {
            CHECK(events.empty());
            CHECK(taken.error().code() == called.error().code());
        }
    }
}

}  // namespace
