// Draws streams of commands, one command at a time. It knows what the market did with the previous
// ones, so most commands refer to something that exists.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>

#include "commands.hpp"
#include "random.hpp"
#include "sender.hpp"
#include "step.hpp"
#include "world.hpp"

namespace model {

class Generator : private CommandMaker {
public:
    /// With a tape, the stream ends at the end of the tape or before.
    explicit Generator(std::uint64_t seed, Tape tape = {})
        : CommandMaker{seed, tape}, has_tape_{!tape.empty()} {}

    [[nodiscard]] const World& world() const { return world_; }
    [[nodiscard]] const Policy& policy() const { return policy_; }
    [[nodiscard]] const EngineLimits& limits() const { return limits_; }

    /// Returns the next command, or nothing at the end. Pass its result to `learn`.
    std::optional<Step> next() {
        if (has_tape_ && random_.is_tape_over()) return std::nullopt;
        Step step;
        step.salt = random_.next();
        step.time = next_time();
        if (!set_up(step)) {
            const bool is_at_the_end = sender_.clock == limits::two_to_53 && random_.once_in(8);
            if (steps_ == world_.steps || is_at_the_end) return std::nullopt;
            ++steps_;
            make_by_mood(step);
        }
        return step;
    }

    void learn(const Step& step, bool is_accepted, std::span<const Event> events) {
        sender_.learn(step, is_accepted, events);
    }

private:
    Timestamp next_time() {
        std::int64_t time = sender_.clock;
        const int kind = random_.draw(0, 39);
        if (kind >= 20) time += random_.draw(std::int64_t{0}, world_.tick);
        if (kind >= 36) time += random_.draw(std::int64_t{0}, 5 * world_.tick);
        if (kind == 1) time -= random_.draw(std::int64_t{1}, world_.tick);
        if (kind == 2) {
            const std::int64_t most = policy_.time_step_max.count();
            time += random_.draw(most - 1, most + 1);
        }
        if (kind == 3 && random_.once_in(4) && world_.start < limits::two_to_53 / 2)
            time += random_.draw(0, 21) * 86'400'000LL;
        return Timestamp::unchecked(std::clamp<std::int64_t>(time, 0, limits::two_to_53));
    }

    // --- At the start: rates, hosts and bids ---

    bool set_up(Step& step) {
        const std::size_t rates = static_cast<std::size_t>(world_.currencies);
        const std::size_t bids = world_.hosts * static_cast<std::size_t>(world_.bids_a_host);
        if (set_up_ >= rates + world_.hosts + bids) return false;
        if (policy_.require_cached && random_.once_in(2) && !sender_.hosts.empty()) {
            step.set(SetCached{.id = any_bid_id(), .cached = true});
            return true;
        }
        const std::size_t place = set_up_++;
        if (place < rates) {
            make_rate(step, Currency{static_cast<std::uint8_t>(place)});
        } else if (place < rates + world_.hosts || sender_.hosts.empty()) {
            make_new_host(step);
        } else {
            make_bid(step, sender_.hosts[place % sender_.hosts.size()]);
        }
        return true;
    }

    // --- Then moods, so that much of one kind happens before the next kind ---

    enum class Mood : std::uint8_t { calm, mixed, bids, any, visits };

    void make_by_mood(Step& step) {
        if (mood_steps_ == 0) {
            mood_steps_ = random_.draw(3, 25);
            mood_ = random_.draw(1, 10) <= world_.calm_in_ten
                        ? random_.draw_from({Mood::calm, Mood::calm, Mood::mixed})
                        : random_.draw_from({Mood::bids, Mood::any, Mood::mixed, Mood::visits});
            if (mood_ == Mood::visits && world_.currencies == 1) mood_ = Mood::bids;
        }
        --mood_steps_;
        const bool is_calm = mood_ == Mood::calm || (mood_ == Mood::mixed && random_.once_in(2));
        if (is_calm) return make_calm(step);
        if (mood_ == Mood::bids && !sender_.hosts.empty()) return make_on_bids(step);
        if (mood_ == Mood::visits && !sender_.hosts.empty()) return make_visit(step);
        make_any(step);
    }

    void make_calm(Step& step) {
        const int kind = random_.draw(0, 9);
        if (world_.moves_all_rates && kind >= 4) return make_rate(step, any_currency());
        if (kind < 5) return make_close(step);
        if (kind < 9) return make_rate(step, main_currency);
        make_rate(step, any_currency());
    }

    void make_any(Step& step) {
        const int kind = random_.draw(0, 29);
        if (sender_.hosts.empty() || kind == 0) return make_new_host(step);
        if (kind < 5) return make_known_host(step, any_host());
        if (kind < 8) return make_status(step);
        if (kind < 10) return step.set(SetEnergyPrice{.id = any_host_id(), .usd = draws_.energy()});
        if (kind == 10) return step.set(RemoveHost{.id = any_host_id()});
        if (kind < 13) return make_close(step);
        make_on_bids(step);
    }

    void make_on_bids(Step& step) {
        const int kind = random_.draw(0, 99);
        if (kind < 45) return make_bid(step, any_host());
        if (kind < 70) return make_edit(step);
        if (kind < 80) {
            SetCached command{.id = any_bid_id()};
            command.cached = !random_.once_in(3);
            return step.set(command);
        }
        if (kind < 95) return make_cancel(step);
        step.set(RevokeBid{.id = any_bid_id()});
    }

    // --- A visitor: a bid in another currency that is the best for a moment ---

    void make_visit(Step& step) {
        KnownHost* host = sender_.find_host(visited_);
        if (host == nullptr || visit_step_ > 4) {
            visited_ = any_host().id;
            visit_step_ = 0;
            host = sender_.find_host(visited_);
        }
        switch (visit_step_++) {
        case 0:  // the engine scans all bids
            return step.set(SetEnergyPrice{.id = visited_, .usd = host->terms.energy_price});
        case 1: return make_close(step);
        case 2:
            make_best_bid(step, *host, Currency{1});
            visitor_ = std::get<PlaceBid>(step.command()).id;
            return;
        case 3: return make_best_bid(step, *host, main_currency);
        default: step.set(CancelBid{.id = visitor_});
        }
    }

    bool has_tape_;
    std::size_t set_up_ = 0;
    int steps_ = 0;
    Mood mood_ = Mood::any;
    int mood_steps_ = 0;
    HostId visited_{};
    BidId visitor_{};
    int visit_step_ = 0;
};

}  // namespace model
