// gigaspot: the hosts of a market that a bid wins at the lowest cost. Layer: rules. Rules of the
// market, section 10.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/list_view.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/rules/answer.hpp>
#include <gigaspot/rules/detail/first_few.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/rules/quote.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/rules/validate.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Which cost a search for hosts compares.
enum class CostBy : std::uint8_t {
    gpu,   ///< the price per GPU
    host,  ///< the price of the whole host
};

/// Describes a bid that you consider placing on any of many hosts, and the hosts that you want.
template <MarketTraits Traits>
struct BasicSearchRequest {
    /// The overclock profile of every GPU of a host. Its power limit is the watts per GPU.
    BasicOverclockProfile<Traits> profile{};
    Currency currency = main_currency;  ///< the currency of the bid, and of the prices
    /// Prices are multiples of this: at least 1e-8 coin, by default 0.0001 coin per day.
    Price tick = Price::unchecked(10'000);
    /// Whether the hosts have cached the image. A new bid's image is not cached, so with
    /// `Policy::require_cached` no price wins. Set it to ask which price would win once the image
    /// is cached.
    bool is_cached = false;
    /// If set, the other bids of this owner are ignored as if they were not there. By default, no
    /// owner is ignored.
    std::optional<typename Traits::OwnerId> owner{};
    /// Bids with these ids are ignored as if they were not there. The list must live as long as the
    /// request. By default, no bid is ignored.
    ListView<typename Traits::BidId> without{};
    /// If set, only hosts whose GPUs are all of this model are asked. By default, any model.
    std::optional<typename Traits::GpuModel> model{};
    /// If set, only hosts with exactly this number of GPUs are asked. By default, any number.
    std::optional<std::size_t> gpus{};
    CostBy by = CostBy::gpu;  ///< which cost is compared

    friend constexpr bool operator==(const BasicSearchRequest& left,
                                     const BasicSearchRequest& right) {
        return left.profile == right.profile && left.currency == right.currency &&
               left.tick == right.tick && left.is_cached == right.is_cached &&
               left.owner == right.owner && detail::are_same(left.without, right.without) &&
               left.model == right.model && left.gpus == right.gpus && left.by == right.by;
    }
};

/// One host that a search asked, with the price that wins it.
template <MarketTraits Traits>
struct BasicHostQuote {
    typename Traits::HostId host{};  ///< the id of the host
    std::size_t gpus = 0;            ///< the number of its GPUs
    TotalPower power_limits{};       ///< sum over the GPUs, without the host's base power
    std::size_t bids = 0;            ///< the number of bids on the host, including ignored ones
    /// The price for the whole host, or the reason why no price helps, as `price_to_win` says.
    Answer<Result<Price, Code>> price{Unexpected{Code::none}, {}};

    friend constexpr bool operator==(const BasicHostQuote&, const BasicHostQuote&) = default;
};

namespace detail {

/// Orders quotes: those with a price by cost, then by id; then the others, by id.
struct CostOrder {
    CostBy by;

    template <class Traits>
    constexpr bool operator()(const BasicHostQuote<Traits>& left,
                              const BasicHostQuote<Traits>& right) const {
        if (left.price.has_value() != right.price.has_value()) return left.price.has_value();
        if (left.price) {
            // p / g < q / h exactly if p x h < q x g. The products are below 2.6e16.
            const auto left_cost = left.price->count() * divisor(right.gpus);
            const auto right_cost = right.price->count() * divisor(left.gpus);
            if (left_cost != right_cost) return left_cost < right_cost;
        }
        return left.host < right.host;
    }

private:
    [[nodiscard]] constexpr Price::rep divisor(std::size_t gpus) const {
        return by == CostBy::gpu ? static_cast<Price::rep>(gpus) : 1;
    }
};

/// Whether each GPU of a host allows this profile.
template <class Traits>
constexpr bool is_allowed_everywhere(const BasicOverclockProfile<Traits>& profile,
                                     const BasicHostCapabilities<Traits>& host) {
    StopAtFirst report;
    for (const BasicGpuLimits<Traits>& gpu : host.gpus) {
        if (!detail::check_profile(profile, gpu, 0, report)) return false;
    }
    return !host.gpus.empty();
}

}  // namespace detail

/// Finds the hosts that a bid wins at the lowest cost. Make one with room for the hosts that you
/// want, `add` all hosts in any order, and then read `in_order`:
///
///     std::array<gigaspot::HostQuote, 20> room;
///     gigaspot::Cheapest search{{.profile = {.power_limit = 280_W}}, conditions, room};
///     for (const auto& [host, bids] : market) {
///         if (is_near(host)) search.add(host, bids);
///     }
///     for (const gigaspot::HostQuote& quote : search.in_order()) ...
///
/// An `if` before `add` is how you choose hosts by anything that the request cannot say. The search
/// keeps a copy of the request and of the conditions. The room, and the list `without` of the
/// request, must outlive it.
template <MarketTraits Traits>
class BasicCheapest {
public:
    using Quote = BasicHostQuote<Traits>;  ///< one host in the answer

    /// Begins a search for the `room.size()` cheapest hosts. `room` must outlive the search.
    constexpr BasicCheapest(const BasicSearchRequest<Traits>& request, const Conditions& known,
                            std::span<Quote> room)
        : request_{request}, conditions_{known}, first_{room, detail::CostOrder{request.by}} {}

    /// Asks one more host, unless the request excludes it. If one of its GPUs does not allow the
    /// profile, no price helps: `overclock_invalid`. `bids` and `run` are as for `select`. Costs
    /// O(bids + GPUs + log room) for offers and O(bids x GPUs + log room) for bids; a list
    /// `without` adds O(bids x ignored ids).
    // Inlined, g++ 12 takes the empty optionals of a request for uninitialized numbers.
    template <OffersTo<Traits> Bids>
    [[gnu::noinline]] constexpr void add(const BasicHostCapabilities<Traits>& host,
                                         const Bids& bids,
                                         const std::optional<BasicRun<Traits>>& run = {}) {
        if (!includes(host)) return;
        const auto items = detail::view_of(bids);
        const std::size_t gpus = host.gpus.size();
        Quote quote{.host = host.id,
                    .gpus = gpus,
                    .power_limits = TotalPower::unchecked(request_.profile.power_limit.count() *
                                                          static_cast<TotalPower::rep>(gpus)),
                    .bids = items.size()};
        const auto offer = detail::offer_of<Traits>(
            request_, quote.power_limits, detail::is_allowed_everywhere(request_.profile, host));
        quote.price = detail::quote_offer(offer, host, items, conditions_, request_, run);
        not_compared_ += quote.price.not_compared;
        ++hosts_;
        first_.add(quote);
    }

    /// Sorts the hosts that were found and returns them, in the front of the room. Hosts with a
    /// price come first: by price per GPU, or per host if the request says so, then by id. Hosts
    /// where no price helps follow, by id. The answer says which bids of all hosts were not
    /// compared. It must be the last call. Costs O(room x log room).
    constexpr Answer<std::span<Quote>> in_order() { return {first_.in_order(), not_compared_}; }

    /// Tells whether the request includes a host, by its GPUs. If collecting its bids takes time,
    /// ask this first. Costs O(GPUs).
    [[nodiscard]] constexpr bool includes(const BasicHostCapabilities<Traits>& host) const {
        if (request_.gpus && *request_.gpus != host.gpus.size()) return false;
        if (!request_.model) return true;
        for (const BasicGpuLimits<Traits>& gpu : host.gpus) {
            if (!(gpu.model == *request_.model)) return false;
        }
        return true;
    }

    /// Counts the hosts that were asked, with a price or without.
    [[nodiscard]] constexpr std::size_t hosts() const { return hosts_; }
    /// Counts the bids of all asked hosts that were not compared, by reason.
    [[nodiscard]] constexpr const NotCompared& not_compared() const { return not_compared_; }

private:
    BasicSearchRequest<Traits> request_;
    Conditions conditions_;
    detail::Top<Quote, detail::CostOrder> first_;
    NotCompared not_compared_{};
    std::size_t hosts_ = 0;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
