// Holds the state of the naive market: complete bids and hosts, in maps. It shares only values and
// rules with the engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <gigaspot/rules.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/event.hpp>

namespace model {

using namespace gigaspot;

/// A time in which a bid ran at one price.
struct Stint {
    std::int64_t price = 0;
    std::int64_t milliseconds = 0;
};

struct NaiveBid {
    Bid bid{};  ///< its terms now, without the workload
    std::uint64_t sequence = 0;
    Timestamp placed{};
    std::int64_t expiry = 0;  ///< ms; may be later than every valid time
    bool is_cached = false;
    std::vector<Stint> history{};  ///< all times for which it was charged
};

struct NaiveEdit {
    Bid bid{};  ///< the complete bid that the edit produces
    std::uint64_t sequence = 0;
};

struct NaiveRun {
    BidId bid{};
    Timestamp started{};
    std::optional<Timestamp> first_won{};
    bool has_worsened = false;
    bool is_cancelled = false;
    bool was_edited = false;  ///< during the current close
    std::optional<NaiveEdit> edit{};
    Timestamp charged{};
};

struct NaiveHost {
    HostCapabilities host{};
    std::map<BidId, NaiveBid> bids{};
    std::optional<NaiveRun> run{};
};

/// The sum of price x time.
inline Int128 sum_of(const std::vector<Stint>& history) {
    Int128 sum = 0;
    for (const Stint& stint : history) sum += Int128{stint.price} * stint.milliseconds;
    return sum;
}

/// What is due by section 8 for such a sum, rounded up so that nothing is free.
inline Int128 due_for(Int128 sum) {
    const Int128 day = 24 * 60 * 60 * 1'000;
    return sum == 0 ? 0 : (sum - 1) / day + 1;
}
inline Int128 due_for(const std::vector<Stint>& history) { return due_for(sum_of(history)); }

inline Int128 fee_on(Int128 due, Ppm fee) { return due * fee.count() / 1'000'000; }

inline Offer offer_of(const Bid& bid, std::uint64_t sequence, const NaiveBid& rest,
                      const HostCapabilities& host) {
    Offer offer = make_offer(bid, host, sequence);
    offer.is_cached = rest.is_cached;
    if (Timestamp::accepts(rest.expiry)) offer.expiry = Timestamp::unchecked(rest.expiry);
    return offer;
}

/// Returns all bids of a host as offers, by ascending id.
inline std::vector<Offer> offers_of(const NaiveHost& host) {
    std::vector<Offer> offers;
    offers.reserve(host.bids.size());
    for (const auto& [id, bid] : host.bids)
        offers.push_back(offer_of(bid.bid, bid.sequence, bid, host.host));
    return offers;
}

inline bool has_worse_terms(const Bid& after, const Bid& before) {
    return after.price < before.price || total_power_limit(after) > total_power_limit(before);
}

/// Returns a host as a close at this moment would find it, after pending edits and cancels.
struct NextClose {
    std::vector<Offer> offers{};
    std::optional<Run> run{};
};

inline NextClose next_close(const NaiveHost& host) {
    NextClose next;
    for (const auto& [id, bid] : host.bids) {
        const bool runs = host.run && host.run->bid == id;
        if (!runs) {
            next.offers.push_back(offer_of(bid.bid, bid.sequence, bid, host.host));
            continue;
        }
        if (host.run->is_cancelled) continue;
        next.run = Run{id, host.run->first_won, host.run->has_worsened};
        if (!host.run->edit) {
            next.offers.push_back(offer_of(bid.bid, bid.sequence, bid, host.host));
            continue;
        }
        const NaiveEdit& edit = *host.run->edit;
        if (total_power_limit(edit.bid) > total_power_limit(bid.bid)) next.run->has_worsened = true;
        next.run->price_in_force = bid.bid.price;
        next.offers.push_back(offer_of(edit.bid, edit.sequence, bid, host.host));
    }
    return next;
}

}  // namespace model
