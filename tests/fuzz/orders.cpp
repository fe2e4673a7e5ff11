// Reads any text as orders to create, to edit and to cancel, as profiles, and as the market's
// answer.
#include <string>
#include <string_view>

#include <gigaspot/json/names.hpp>
#include <gigaspot/json/orders.hpp>
#include <gigaspot/rules/validate.hpp>
#include <gigaspot/values/literals.hpp>

#include "fuzz.hpp"

using namespace gigaspot;
using namespace gigaspot::literals;

namespace {

/// Returns a host that allows some of the settings that a bid may have.
HostCapabilities some_host(std::size_t gpus) {
    HostCapabilities host{.min_bid = 1_coin_per_day};
    for (std::size_t i = 0; i < gpus && i < limits::gpus_max; ++i)
        fuzz::expect(host.gpus.push_back({.power_limit = {100_W, 400_W},
                                          .core_lock = Range<Frequency>{500_MHz, 2'000_MHz},
                                          .mem_offset = Range<Frequency>{-500_MHz, 500_MHz}}),
                     "a host has no room");
    return host;
}

}  // namespace

void fuzz::orders(Bytes bytes) {
    const std::string text = text_of(bytes);
    const bool is_right = is_json(text);
    MarketNames names;
    const auto created = read_create_orders(text, names);
    expect(says_json(created) == is_right, "orders to create: two readers differ on what is JSON");
    if (created) {
        for (const auto& order : created->orders()) {
            const HostCapabilities host = some_host(order.bid.overclock.size());
            const Conditions conditions{.rates = 0.007_usd_per_coin};
            expect(validate(order.bid, host, conditions).empty() ==
                       is_valid(order.bid, host, conditions),
                   "validate and is_valid differ");
        }
    }
    expect(says_json(read_edit_orders(text)) == is_right, "edits: two readers differ");
    expect(says_json(read_cancel_orders(text)) == is_right, "cancels: two readers differ");
    expect(says_json(read_overclock(text)) == is_right, "profiles: two readers differ");
    expect(says_json(read_market_answer(text)) == is_right, "answers: two readers differ");
}
