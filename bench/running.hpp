// Provides an engine in which each host has a run, for benchmarks of closes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "market.hpp"

namespace bench {

/// Counts the events of a close.
struct EventCounts {
    std::size_t charged = 0;
    std::size_t started = 0;
    std::size_t others = 0;

    void operator()(const gigaspot::Event& event) {
        if (event.kind == gigaspot::EventKind::charged) {
            ++charged;
        } else if (event.kind == gigaspot::EventKind::started) {
            ++started;
        } else {
            ++others;
        }
    }
};

class RunningMarket {
public:
    explicit RunningMarket(const MarketData& data) {
        put_hosts(engine_, data);
        place_bids(engine_, data);
        static_cast<void>(close());
    }

    void move_rate(gigaspot::ExchangeRate rate,
                   gigaspot::Currency currency = gigaspot::main_currency) {
        const gigaspot::SetRate command{.currency = currency, .usd = rate};
        expect(engine_.apply(command, now_, ignore).has_value(), "a rate was rejected");
    }
    void pass_a_second() { now_ = gigaspot::Timestamp::unchecked(now_.count() + 1'000); }
    EventCounts close() {
        EventCounts counts;
        expect(engine_.close(now_, counts).has_value(), "a close was rejected");
        return counts;
    }

    template <class Visit>
    void choices(Visit visit) {
        engine_.choices([&](gigaspot::HostId, const gigaspot::Selection& selection) {
            visit(Choice::of(selection));
        });
    }
    [[nodiscard]] gigaspot::Counters counters() const { return engine_.counters(); }
    [[nodiscard]] const gigaspot::Engine& engine() const { return engine_; }

private:
    gigaspot::Timestamp now_ = start;
    gigaspot::Engine engine_{policy};
};

}  // namespace bench
