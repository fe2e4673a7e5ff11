// Draws random commands, each for a purpose. Most refer to something that exists, and many aim at a
// limit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "aims.hpp"
#include "numbers.hpp"
#include "random.hpp"
#include "sender.hpp"
#include "step.hpp"
#include "workloads.hpp"
#include "world.hpp"

namespace model {

class CommandMaker {
protected:
    CommandMaker(std::uint64_t seed, Tape tape)
        : random_{seed, tape}, world_{seed < first_seed_of_rates ? draw_world(random_)
                                                                 : draw_world_of_rates(random_)},
          policy_{draw_policy(random_, world_)}, limits_{draw_limits(random_, world_)} {
        sender_.clock = world_.start;
        for (std::int64_t& fee : fees_)
            fee = random_.draw_from({0, 0, 0, 0, 1, 25'000, 333'333, 1'000'000});
        if (world_.has_tiny_net) fees_[0] = 999'999;
    }
    CommandMaker(const CommandMaker&) = delete;
    CommandMaker& operator=(const CommandMaker&) = delete;
    ~CommandMaker() = default;

    // --- Rates and closes ---

    /// A close. Most are late enough after the previous one.
    void make_close(Step& step) {
        step.set(Close{});
        if (!sender_.last_close || random_.once_in(12)) return;
        const std::int64_t soonest = *sender_.last_close + policy_.interval_min.count();
        const std::int64_t latest = sender_.clock + policy_.time_step_max.count();
        const std::int64_t time = std::max(step.time.count(), std::min(soonest, latest));
        step.time = Timestamp::unchecked(std::min<std::int64_t>(time, limits::two_to_53));
    }

    Currency any_currency() {
        return Currency{static_cast<std::uint8_t>(random_.draw(0, world_.currencies - 1))};
    }

    void make_rate(Step& step, Currency currency) {
        SetRate command{.currency = currency};
        if (random_.once_in(60))
            command.currency = Currency{random_.draw_from<std::uint8_t>({15, 16, 255})};
        const std::size_t number = currency.number;
        if (!random_.once_in(25)) command.usd = ExchangeRate::unchecked(moved_rate(currency));
        if (!sender_.rates[number].fee || random_.once_in(3))
            command.fee = Ppm::unchecked(static_cast<std::int32_t>(fees_[number]));
        if (random_.once_in(50)) command.fee = Ppm::unchecked(777);
        step.set(command);
    }

    std::int64_t moved_rate(Currency currency) {
        const std::optional<std::int64_t> present = sender_.rates[currency.number].usd;
        const int kind = random_.draw(0, 9);
        if (!present || kind == 0) return draws_.rate(currency);
        if (kind == 1) return *present;
        if (kind >= 5 && currency == main_currency && !sender_.hosts.empty()) {
            const std::optional<std::int64_t> aimed = aims_.rate(any_host());
            if (aimed) return *aimed;
        }
        if (kind >= 3 && world_.moves_all_rates && !sender_.hosts.empty()) {
            const std::optional<std::int64_t> aimed = aims_.rate(any_host(), currency);
            if (aimed) return *aimed;
        }
        std::int64_t size = random_.draw_from<std::int64_t>(
            {3, *present / 10'000, *present / 1'000, *present / 100});
        if (world_.moves_all_rates && random_.once_in(4)) size = *present / random_.draw(4, 60);
        return std::clamp<std::int64_t>(*present + random_.draw(-size, size), 1, rate_max);
    }

    // --- Ids of what exists, once existed, or never existed ---

    KnownHost& any_host() { return sender_.hosts[random_.place(sender_.hosts.size())]; }

    HostId any_host_id() {
        if (random_.once_in(25)) return no_host_id();
        return any_host().id;
    }

    HostId no_host_id() {
        if (sender_.gone_hosts.empty() || random_.once_in(3)) return new_id();
        return sender_.gone_hosts[random_.place(sender_.gone_hosts.size())];
    }

    BidId any_bid_id() {
        const KnownHost* found = &any_host();
        for (int i = 0; i < 3 && found->bids.empty(); ++i) found = &any_host();
        const KnownHost& host = *found;
        if (host.bids.empty() || random_.once_in(25)) return gone_or_new_id();
        const KnownBid* running = host.running();
        if (running != nullptr && random_.once_in(2)) return running->id;
        return host.bids[random_.place(host.bids.size())].id;
    }

    std::uint64_t gone_or_new_id() {
        if (!sender_.gone.empty() && random_.once_in(2))
            return sender_.gone[random_.place(sender_.gone.size())].value;
        return new_id();
    }

    /// A new id. Ids never repeat and do not ascend.
    std::uint64_t new_id() {
        const std::uint64_t id = (++ids_ * 40'503) & 0xffff;
        const auto highest = static_cast<std::uint64_t>(limits::two_to_53);
        return random_.once_in(20) ? highest - id : id;
    }

    // --- Hosts ---

    void make_new_host(Step& step) {
        std::vector<GpuLimits> gpus;
        const int most = random_.once_in(40) ? 40 : world_.gpus_max;
        const auto count = static_cast<std::size_t>(random_.draw(1, most));
        for (std::size_t i = 0; i < count; ++i) gpus.push_back(draws_.gpu());
        if (random_.once_in(40)) gpus.clear();
        PutHost command{.id = new_id()};
        if (random_.once_in(6)) command.id = no_host_id();
        set_terms(command);
        spoil(gpus);
        step.set(command, std::move(gpus));
    }

    void make_known_host(Step& step, const KnownHost& host) {
        PutHost command = host.terms;
        command.online.reset();
        command.on_demand_rented.reset();
        command.working_properly.reset();
        std::vector<GpuLimits> gpus = host.gpus;
        if (random_.once_in(2)) set_terms(command);
        if (host.running() != nullptr && random_.once_in(3))
            command.min_bid = Price::unchecked(std::clamp<std::int64_t>(
                host.running()->price + random_.draw(-1, 1), 0, price_max));
        if (random_.once_in(2)) {
            GpuLimits& gpu = gpus[random_.place(gpus.size())];
            const GpuModel model = gpu.model;
            gpu = draws_.gpu();
            gpu.model = model;
        }
        if (random_.once_in(20)) gpus.push_back(gpus.front());
        if (random_.once_in(20)) gpus.front().model = GpuModel{4};
        spoil(gpus);
        step.set(command, std::move(gpus));
    }

    void set_terms(PutHost& command) {
        command.energy_price = draws_.energy();
        if (random_.once_in(2)) command.base_power = Power::unchecked(random_.draw(0, 2));
        if (world_.numbers == Numbers::greatest && random_.once_in(4))
            command.base_power = Power::highest();
        command.min_bid = Price{};
        if (random_.once_in(3))
            command.min_bid = Price::unchecked(draws_.price(main_currency, 1) / 2);
        command.max_rental_length = rental_length_max;
        if (world_.has_short_bids)
            command.max_rental_length = RentalLength::unchecked(static_cast<std::int32_t>(
                random_.draw(std::int64_t{1}, std::max<std::int64_t>(world_.tick / 5, 3))));
        if (random_.once_in(30)) command.max_rental_length = RentalLength::highest();
        if (random_.once_in(20)) command.online = !random_.once_in(3);
        if (random_.once_in(20)) command.on_demand_rented = random_.once_in(3);
        if (random_.once_in(20)) command.working_properly = !random_.once_in(3);
    }

    void spoil(std::vector<GpuLimits>& gpus) {
        for (GpuLimits& gpu : gpus) {
            if (!random_.once_in(60)) continue;
            if (random_.once_in(4)) gpu.model = gpu_model_without_number;
            if (random_.once_in(2)) gpu.power_limit = {Power::unchecked(4), Power::unchecked(3)};
            if (gpu.mem_lock) std::swap(gpu.mem_lock->min, gpu.mem_lock->max);
        }
    }

    void make_status(Step& step) {
        SetHostStatus command{.id = any_host_id()};
        const bool is_good = random_.once_in(2);  // unavailable hosts become available again
        if (is_good || random_.once_in(3)) command.online = is_good;
        if (is_good || random_.once_in(3)) command.on_demand_rented = !is_good;
        if (is_good || random_.once_in(3)) command.working_properly = is_good;
        step.set(command);
    }

    // --- Bids ---

    std::int64_t any_price(const KnownHost& host, Currency currency, std::int64_t watts) {
        if (random_.once_in(40)) return 0;
        if (!random_.once_in(3)) {
            const std::optional<std::int64_t> aimed = aims_.price(host, currency, watts);
            if (aimed) return *aimed;
        }
        if (!host.bids.empty() && random_.once_in(3)) {  // near another bid's price
            const KnownBid& other = host.bids[random_.place(host.bids.size())];
            return std::clamp<std::int64_t>(other.price + random_.draw(-1, 1), 0, price_max);
        }
        return draws_.price(currency, host.gpus.size());
    }

    void make_bid(Step& step, const KnownHost& host) {
        PlaceBid command{.id = new_id(), .host = host.id};
        if (!sender_.gone.empty() && random_.once_in(6)) command.id = gone_or_new_id();
        if (random_.once_in(30)) command.id = any_bid_id();
        if (random_.once_in(30)) command.host = no_host_id();
        command.owner = static_cast<std::uint64_t>(random_.draw(1, 6));
        if (world_.currencies > 1 && random_.draw(1, 10) <= world_.foreign_in_ten)
            command.currency = any_currency();
        std::vector<OverclockProfile> profiles = draws_.overclock(host.gpus);
        const std::int64_t watts = watts_of(profiles);
        command.price = Price::unchecked(any_price(host, command.currency, watts));
        if (random_.once_in(14)) draws_.spoil(profiles, host.gpus);
        // Rarely has a rate named the first of these, and never the other two.
        if (random_.once_in(60))
            command.currency = Currency{random_.draw_from<std::uint8_t>({15, 16, 200})};
        if (random_.once_in(8)) command.workload = &workloads[random_.place(valid_workloads)];
        if (random_.once_in(40)) command.workload = &workloads[random_.place(std::size(workloads))];
        step.set(command, std::move(profiles));
    }

    /// A bid that is only just better than all others.
    void make_best_bid(Step& step, const KnownHost& host, Currency currency) {
        PlaceBid command{.id = new_id(), .host = host.id, .currency = currency};
        command.owner = static_cast<std::uint64_t>(random_.draw(1, 6));
        std::vector<OverclockProfile> profiles = draws_.overclock(host.gpus);
        const std::optional<std::int64_t> price =
            aims_.best_price(host, currency, watts_of(profiles));
        command.price = Price::unchecked(price.value_or(draws_.price(currency, host.gpus.size())));
        step.set(command, std::move(profiles));
    }

    std::optional<OwnerId> any_owner(BidId id) {
        const KnownBid* bid = sender_.find_bid(id).second;
        if (bid == nullptr || random_.once_in(2)) return std::nullopt;
        if (random_.once_in(12)) return OwnerId{99};
        return bid->owner;
    }

    void make_edit(Step& step) {
        EditBid command{.id = any_bid_id()};
        command.owner = any_owner(command.id);
        const auto [host, bid] = sender_.find_bid(command.id);
        if (bid == nullptr) {
            command.price = Price::unchecked(draws_.price(main_currency, 1));
            return step.set(command, std::nullopt);
        }
        std::optional<std::vector<OverclockProfile>> profiles;
        std::int64_t watts = bid->watts;
        if (random_.once_in(2)) {
            profiles = draws_.overclock(host->gpus);
            watts = watts_of(*profiles);
            if (random_.once_in(10)) draws_.spoil(*profiles, host->gpus);
        }
        if (!random_.once_in(5))
            command.price = Price::unchecked(any_price(*host, bid->currency, watts));
        if (random_.once_in(10)) command.price = Price::unchecked(bid->price);
        step.set(command, std::move(profiles));
    }

    void make_cancel(Step& step) {
        CancelBid command{.id = any_bid_id()};
        command.owner = any_owner(command.id);
        step.set(command);
    }

    Random random_;
    World world_;
    Policy policy_;
    EngineLimits limits_;
    Sender sender_{};
    Draws draws_{random_, world_};
    Aims aims_{random_, policy_, sender_};
    std::int64_t fees_[limits::currencies_max]{};

private:
    std::uint64_t ids_ = 0;
};

}  // namespace model
