// One record while it changes the market: runs commands of the engine and moves the money that
// they cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gigaspot/engine/engine.hpp>

#include "posting.hpp"
#include "record.hpp"
#include "state.hpp"

namespace market_server {

/// What a record did.
struct Outcome {
    Answer answer{};
    std::vector<Posting> postings{};
    std::vector<gigaspot::Event> events{};
    std::vector<gigaspot::HostId> hosts{};  ///< whose run or bids may have changed; with repeats
    bool has_changed_tokens = false;
    bool is_close = false;
};

class Step {
public:
    Step(State& of, const Record& what) : state{of}, record{what} {}

    State& state;
    const Record& record;
    Outcome outcome{};

    [[nodiscard]] gigaspot::Timestamp now() const {
        return gigaspot::Timestamp::unchecked(record.time);
    }

    /// Runs a command of the engine, and posts what it costs whom. Orders that it ends release what
    /// they hold. Orders whose run it stops hold a whole interval again; if their owner cannot pay
    /// that, they are revoked.
    template <class Command>
    gigaspot::Result<gigaspot::Accepted, gigaspot::Rejection> run(const Command& command) {
        const std::size_t before = outcome.events.size();
        const auto done = state.engine().apply(command, now(), outcome.events);
        constexpr bool is_revoke = std::is_same_v<Command, gigaspot::RevokeBid>;
        if (done)
            settle(before, is_revoke ? gigaspot::Code::revoked : gigaspot::Code::host_removed);
        return done;
    }

    void post(PostingKind kind, Side from, Side to, gigaspot::Currency currency, Units amount,
              std::uint64_t order = 0, std::string_view reference = {});

    /// The money that a bid at this price must hold: one interval.
    [[nodiscard]] Units reserve_for(gigaspot::Price price) const;
    /// The money that an order must hold now: the higher of its price and its edited price.
    [[nodiscard]] Units required(const gigaspot::BidState& bid) const;
    /// Moves money between an account's balance and an order, so that the order holds `amount`.
    void set_reserve(std::uint64_t id, Units amount);
    /// Removes an order that the engine no longer has, and releases what it holds.
    void end_order(std::uint64_t id, gigaspot::Code reason);

    void answer_error(unsigned status, int code, std::string_view error);

private:
    /// Does what the events from `first` on ask for. `reason_if_waiting`: why a bid was removed
    /// that did not run.
    void settle(std::size_t first, gigaspot::Code reason_if_waiting);
    void hold_or_revoke(std::uint64_t id);
    void charge(const gigaspot::Event& event);
    void note_run(const gigaspot::Event& event);
};

}  // namespace market_server
