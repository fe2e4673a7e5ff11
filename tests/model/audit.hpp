// Checks that no money and no bid is lost. A ledger sees only the engine's events and is compared
// with the complete history of each bid, in integers of unlimited size.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <boost/multiprecision/cpp_int.hpp>
#include <fmt/format.h>

#include "naive_market.hpp"
#include "step.hpp"

namespace model {

class Audit {
public:
    using Integer = boost::multiprecision::cpp_int;

    /// Call this after each accepted command. `bids` is the number of bids in the engine.
    std::optional<std::string> book(const Command& command, std::span<const Event> events,
                                    const std::vector<NaiveBid>& gone, const NaiveMarket& market,
                                    std::size_t bids) {
        if (const auto* place = std::get_if<PlaceBid>(&command)) {
            ++placed_;
            paid_[place->id] = {};
        }
        std::size_t removed = 0;
        for (const Event& event : events) {
            if (event.kind == EventKind::expired || event.kind == EventKind::removed) ++removed;
            if (event.kind != EventKind::charged) continue;
            if (event.amount.count() <= 0 || event.fee.count() < 0 || event.fee > event.amount)
                return fmt::format("bid {}: a charge of {} with a fee of {}", event.bid,
                                   event.amount, event.fee);
            Paid& paid = paid_[event.bid];
            paid.amount += Integer{event.amount.count()};
            paid.fee += Integer{event.fee.count()};
            from_renters_ += Integer{event.amount.count()};
            to_market_ += Integer{event.fee.count()};
            to_hosts_ += Integer{event.amount.count() - event.fee.count()};
        }
        if (from_renters_ != to_hosts_ + to_market_)
            return "renters paid a sum that hosts and the market did not receive";

        if (const auto* cancel = std::get_if<CancelBid>(&command))
            if (market.host_of(cancel->id) == nullptr) ++removed;
        gone_ += removed;
        if (placed_ != bids + gone_)
            return fmt::format("{} bids placed, {} present, {} gone", placed_, bids, gone_);
        for (const NaiveBid& bid : gone) {
            if (const auto wrong = check(bid, market)) return wrong;
            paid_.erase(bid.bid.id);
        }
        return std::nullopt;
    }

    /// Checks all bids that are present.
    [[nodiscard]] std::optional<std::string> check(const NaiveMarket& market) const {
        for (const auto& [id, host] : market.hosts()) {
            for (const auto& [bid_id, bid] : host.bids) {
                if (const auto wrong = check(bid, market)) return wrong;
            }
        }
        return std::nullopt;
    }

private:
    struct Paid {
        Integer amount = 0;
        Integer fee = 0;
    };

    [[nodiscard]] std::optional<std::string> check(const NaiveBid& bid,
                                                   const NaiveMarket& market) const {
        Integer sum = 0;
        for (const Stint& stint : bid.history) sum += Integer{stint.price} * stint.milliseconds;
        const Integer due = (sum + 86'399'999) / 86'400'000;
        const Integer fee =
            due * market.conditions().rates[bid.bid.currency].fee.count() / 1'000'000;
        const auto found = paid_.find(bid.bid.id);
        if (found != paid_.end() && found->second.amount == due && found->second.fee == fee)
            return std::nullopt;
        return fmt::format("bid {}: paid another sum than {} with a fee of {}", bid.bid.id,
                           due.str(), fee.str());
    }

    std::map<BidId, Paid> paid_{};
    Integer from_renters_ = 0;
    Integer to_hosts_ = 0;
    Integer to_market_ = 0;
    std::size_t placed_ = 0;
    std::size_t gone_ = 0;
};

}  // namespace model
