// gigaspot-simulate: the mechanisms, on the engine.
#include "market/market.hpp"

#include <algorithm>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include <gigaspot/engine/save.hpp>
#include <gigaspot/format.hpp>
#include <gigaspot/json/command_text.hpp>

namespace simulator {
namespace {

using gigaspot::BidId;
using gigaspot::Event;
using gigaspot::EventKind;
using gigaspot::HostId;
using gigaspot::Int128;
using gigaspot::OwnerId;
using gigaspot::Power;
using gigaspot::Price;

constexpr Int128 usd_count = 100'000'000'000;  // 1e-20 USD in 1e-9 USD
constexpr std::int64_t default_tick = 10'000;  // 0.0001 coin

gigaspot::Timestamp at(Time time) { return gigaspot::Timestamp::unchecked(time); }
HostId host_id(std::size_t host) { return HostId{host + 1}; }
BidId bid_id(BidNumber bid) { return BidId{bid + 1}; }
OwnerId owner_id(std::size_t renter) { return OwnerId{renter + 1}; }
std::size_t number_of(auto id) { return static_cast<std::size_t>(id.value) - 1; }

/// USD per day of this many watts, in 1e-9 USD.
NanoUsd electricity(std::int64_t watts, std::int64_t energy_price) {
    return static_cast<NanoUsd>(Int128{watts} * energy_price * 24 / 1'000);
}

gigaspot::Policy policy_of(const MarketRules& rules) {
    gigaspot::Policy policy;
    policy.reserve = gigaspot::Reserve::unchecked(rules.reserve * usd_count);
    policy.switch_margin = gigaspot::SwitchMargin::unchecked(rules.switch_margin * usd_count);
    policy.switch_margin_ppm = rules.switch_margin_share;
    policy.dwell_min = rules.dwell_min;
    policy.refill = rules.refill;
    policy.price_max = Price::highest();
    return policy;
}

}  // namespace

Market::Market(const Scenario& scenario, const World& world, std::FILE* journal)
    : rules_{scenario.market}, engine_{policy_of(scenario.market)}, rate_{scenario.rate.start},
      tick_{Price::unchecked(default_tick)}, journal_{journal} {
    if (!world.rates.empty()) rate_ = world.rates.front().rate;
    if (rules_.price_step > 0)
        tick_ = std::max(tick_, Price::unchecked(static_cast<Price::rep>(
                                    rules_.price_step * usd_count / rate_.count())));
    send(gigaspot::SetRate{.usd = rate_, .fee = rules_.fee}, 0);
    for (const HostDraw& draw : world.hosts) {
        const HostKind& kind = scenario.host_kinds[draw.kind];
        hosts_.push_back({.draw = &draw, .kind = &kind});
        const std::int64_t told = draw.energy_price_at(0) * kind.told_tariff / one;
        hosts_.back().energy_price = counts_power() ? told : 0;
        put_host(hosts_.size() - 1, 0);
    }
}

// --- Commands ---

template <class Command>
void Market::send(const Command& command, Time now) {
    if (journal_ != nullptr) {
        text_.clear();
        if (gigaspot::CommandText{text_, names_}.put(command, at(now)) != gigaspot::Code::none)
            throw std::logic_error{"a command has no text"};
        if (std::fwrite(text_.data(), 1, text_.size(), journal_) != text_.size())
            throw std::system_error{errno, std::generic_category(), "journal"};
    }
    const auto done = engine_.apply(command, at(now), [this](const Event& event) { note(event); });
    if (!done)
        throw std::logic_error{
            fmt::format("the market rejected a command: {}", gigaspot::name(done.error().code()))};
}

void Market::begin() {
    outcome_.payments.clear();
    outcome_.changes.clear();
}

void Market::note(const Event& event) {
    using What = RunChange::What;
    const auto host = [&] { return number_of(event.host); };
    switch (event.kind) {
    case EventKind::started:
        hosts_[host()].paid_until = event.time.count();
        hosts_[host()].is_changed = true;
        outcome_.changes.push_back({What::started, host(), number_of(event.bid)});
        break;
    case EventKind::stopped: {
        const bool is_replaced = event.reason == gigaspot::Code::outbid;
        outcome_.changes.push_back(
            {is_replaced ? What::replaced : What::stopped, host(), number_of(event.bid)});
        break;
    }
    case EventKind::charged:
        if (rules_.mechanism == Mechanism::second_price) {
            charge_second_price(host(), event);
        } else {
            pay(host(), number_of(event.bid), event.amount.count(), event.fee.count());
        }
        break;
    case EventKind::expired:
        outcome_.changes.push_back({What::expired, host(), number_of(event.bid)});
        break;
    case EventKind::accepted:
    case EventKind::changed:
    case EventKind::removed: break;
    }
}

void Market::pay(std::size_t host, BidNumber bid, Int128 amount, Int128 fee) {
    // 1e-8 coin x 1e-12 USD per coin = 1e-20 USD, rounded half up to 1e-9 USD
    const auto usd = [&](Int128 coins) {
        return static_cast<NanoUsd>((coins * rate_.count() + usd_count / 2) / usd_count);
    };
    outcome_.payments.push_back({host, bid, usd(amount), usd(fee)});
}

void Market::place(BidNumber bid, std::size_t host, std::size_t renter, Price price,
                   Power watts_per_gpu, Time now) {
    begin();
    std::vector<gigaspot::OverclockProfile> profiles(
        static_cast<std::size_t>(hosts_[host].draw->gpus), {.power_limit = watts_per_gpu});
    hosts_[host].is_changed = true;
    send(gigaspot::PlaceBid{.id = bid_id(bid),
                            .host = host_id(host),
                            .owner = owner_id(renter),
                            .price = price,
                            .overclock = profiles},
         now);
}

void Market::edit(BidNumber bid, Price price, Time now) {
    begin();
    if (const auto state = engine_.bid(bid_id(bid)))
        hosts_[number_of(state->host)].is_changed = true;
    send(gigaspot::EditBid{.id = bid_id(bid), .price = price}, now);
}

void Market::cancel(BidNumber bid, Time now) {
    begin();
    if (const auto state = engine_.bid(bid_id(bid)))
        hosts_[number_of(state->host)].is_changed = true;
    send(gigaspot::CancelBid{.id = bid_id(bid)}, now);
}

void Market::set_rate(gigaspot::ExchangeRate rate, Time now) {
    begin();
    if (is_posted()) return;
    rate_ = rate;
    send(gigaspot::SetRate{.usd = rate}, now);
    const bool has_min_bids = rules_.min_bid > 0 || !counts_power();
    for (std::size_t host = 0; host < hosts_.size(); ++host) {
        hosts_[host].is_changed = true;
        if (has_min_bids) put_host(host, now);
    }
}

void Market::set_energy_price(std::size_t host, std::int64_t true_price, Time now) {
    begin();
    if (!counts_power()) return;
    hosts_[host].energy_price = true_price * hosts_[host].kind->told_tariff / one;
    hosts_[host].is_changed = true;
    send(gigaspot::SetEnergyPrice{.id = host_id(host),
                                  .usd =
                                      gigaspot::EnergyPrice::unchecked(hosts_[host].energy_price)},
         now);
}

void Market::set_status(std::size_t host, bool is_online, bool is_rented, Time now) {
    begin();
    hosts_[host].is_changed = true;
    send(gigaspot::SetHostStatus{.id = host_id(host),
                                 .online = is_online,
                                 .on_demand_rented = is_rented},
         now);
}

void Market::close(Time now) {
    begin();
    send(gigaspot::Close{}, now);
    if (rules_.mechanism != Mechanism::second_price) return;
    for (std::size_t host = 0; host < hosts_.size(); ++host) {
        if (hosts_[host].is_changed) find_second_price(host);
    }
}

// --- Second price ---

void Market::find_second_price(std::size_t host) {
    hosts_[host].is_changed = false;
    const auto run = engine_.run(host_id(host));
    if (!run) return;
    const BidId own[] = {run->bid};
    const auto quote = engine_.price_to_win(
        host_id(host),
        {.power_limits = run->power_limits, .tick = tick_, .owner = run->owner, .without = own});
    hosts_[host].to_pay = quote && *quote < run->price ? *quote : run->price;
}

void Market::charge_second_price(std::size_t host, const Event& event) {
    const Time length = event.time.count() - hosts_[host].paid_until;
    hosts_[host].paid_until = event.time.count();
    const Int128 sum = Int128{hosts_[host].to_pay.count()} * length;
    const Int128 amount = (sum + ms_per_day - 1) / ms_per_day;
    pay(host, number_of(event.bid), amount, amount * rules_.fee.count() / one);
}

// --- Questions ---

NanoUsd Market::min_bid_of(const Host& host) const {
    const NanoUsd asked = rules_.min_bid * host.draw->gpus;
    if (counts_power()) return asked;
    const std::int64_t watts =
        std::int64_t{host.draw->card->limit_max} * host.draw->gpus + host.kind->base_power.count();
    const NanoUsd posted = is_posted() ? rules_.posted_over_electricity * host.draw->gpus : 0;
    return std::max(asked, before_fee(electricity(watts, host.draw->energy_price) + posted));
}

NanoUsd Market::before_fee(NanoUsd net) const {
    const Int128 kept = one - rules_.fee.count();
    return static_cast<NanoUsd>((Int128{net} * one + kept - 1) / kept);
}

Price Market::rounded_up(NanoUsd usd_per_day) const {
    if (usd_per_day <= 0) return tick_;
    const Int128 unit = Int128{rate_.count()} * tick_.count();
    const Int128 ticks = (Int128{usd_per_day} * usd_count + unit - 1) / unit;
    const Int128 most = Price::highest().count() / tick_.count();
    return Price::unchecked(
        static_cast<Price::rep>(std::clamp<Int128>(ticks, 1, most) * tick_.count()));
}

Price Market::price_of(NanoUsd usd_per_day) const {
    if (usd_per_day <= 0) return {};
    const Int128 unit = Int128{rate_.count()} * tick_.count();
    const Int128 most = Price::highest().count() / tick_.count();
    const Int128 ticks = std::min(Int128{usd_per_day} * usd_count / unit, most);
    return Price::unchecked(static_cast<Price::rep>(ticks * tick_.count()));
}

NanoUsd Market::usd_of(Price price) const {
    return static_cast<NanoUsd>(Int128{price.count()} * rate_.count() / usd_count);
}

Price Market::lowest_price(std::size_t number, Power watts_per_gpu) const {
    const Host& host = hosts_[number];
    const std::int64_t watts = std::int64_t{watts_per_gpu.count()} * host.draw->gpus +
                               (counts_power() ? host.kind->base_power.count() : 0);
    const NanoUsd net = electricity(watts, host.energy_price) + rules_.reserve;
    return std::max(rounded_up(min_bid_of(host)), rounded_up(before_fee(net)));
}

std::optional<Price> Market::price_to_win(std::size_t host, std::size_t renter,
                                          Power watts_per_gpu) const {
    const auto watts =
        static_cast<gigaspot::TotalPower::rep>(watts_per_gpu.count() * hosts_[host].draw->gpus);
    const auto quote =
        engine_.price_to_win(host_id(host), {.power_limits = gigaspot::TotalPower::unchecked(watts),
                                             .tick = tick_,
                                             .owner = owner_id(renter)});
    if (!quote) return std::nullopt;
    return *quote;
}

bool Market::has_room(std::size_t host) const {
    return bids_on(host) < engine_.limits().bids_per_host;
}

std::size_t Market::bids_on(std::size_t host) const { return engine_.bids_on(host_id(host)); }

std::uint64_t Market::digest() const { return gigaspot::digest(engine_); }

void Market::put_host(std::size_t number, Time now) {
    const Host& host = hosts_[number];
    const auto model = names_.find_or_add_model(host.draw->card->model);
    const std::vector<gigaspot::GpuLimits> gpus(
        static_cast<std::size_t>(host.draw->gpus),
        {.power_limit = {Power::unchecked(host.draw->card->limit_min),
                         Power::unchecked(host.draw->card->limit_max)},
         .model = *model});
    const NanoUsd min_bid = min_bid_of(host);
    send(gigaspot::PutHost{.id = host_id(number),
                           .gpus = gpus,
                           .energy_price = gigaspot::EnergyPrice::unchecked(host.energy_price),
                           .min_bid = min_bid > 0 ? rounded_up(min_bid) : Price{},
                           .base_power = counts_power() ? host.kind->base_power : Power{}},
         now);
}

}  // namespace simulator
