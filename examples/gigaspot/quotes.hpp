// Finds what a possible bid needs to win a host, and its rivals there.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <gigaspot/json/orders.hpp>

#include "tool.hpp"

namespace tool {

/// A bid that somebody thinks of placing, on any host.
class ConsideredBid {
public:
    /// Reads the options, and the file that they name. Throws Failure.
    ConsideredBid(const Market& market, const BidOptions& options);

    /// The bid on one host: what to ask for beside the bids of a `Contest`, and what its profiles
    /// break.
    struct OnHost {
        gigaspot::QuoteRequest request{};
        std::vector<gigaspot::Violation> violations{};
    };
    [[nodiscard]] OnHost on(const gigaspot::HostCapabilities& host) const;

    /// Its profile on each GPU, if it is the same for all.
    [[nodiscard]] const std::optional<gigaspot::OverclockProfile>& each_gpu() const {
        return each_gpu_;
    }
    [[nodiscard]] gigaspot::Currency currency_id() const { return request_.currency; }
    /// The name of its currency, which the market may not know.
    [[nodiscard]] const std::string& currency() const { return currency_; }

private:
    gigaspot::QuoteRequest request_{};
    std::optional<gigaspot::OverclockProfile> each_gpu_{};
    std::optional<gigaspot::Overclock> profiles_{};
    std::string currency_;
};

/// The bids of a host and its run, without the bids that the options ignore.
struct Contest {
    std::vector<gigaspot::SnapshotBid> bids{};
    std::optional<gigaspot::Run> run{};  ///< nothing: no run, or its bid is ignored
};

/// All bids that are not ignored. If `rivals_of` is given, also without those of this owner, except
/// the bid `keep`.
Contest contest_on(const Market& market, const gigaspot::Machine& machine,
                   std::optional<gigaspot::OwnerId> rivals_of = {},
                   std::optional<gigaspot::BidId> keep = {});

/// A rival, with the profit of the host's owner from it.
struct Rival {
    gigaspot::BidId bid{};
    gigaspot::Eligibility eligibility{};
};

/// The price of a bid, or the reason why no price helps.
struct PricedBid {
    std::optional<gigaspot::BidId> id{};  ///< nothing: a new bid
    gigaspot::TotalPower power_limits{};
    std::string currency{};                ///< its name
    std::optional<gigaspot::Price> own{};  ///< the price that it has now
    gigaspot::Result<gigaspot::Price, gigaspot::Code> price =
        gigaspot::Unexpected{gigaspot::Code::none};
    std::optional<gigaspot::UsdPerDay> cost{};     ///< this price in USD, what its renter pays
    std::optional<gigaspot::ProfitParts> parts{};  ///< for the owner of the host, at this price
    gigaspot::Code reason_for_less = gigaspot::Code::none;  ///< why a step less is not eligible
};

/// What a bid needs to win a host.
struct Quote {
    const gigaspot::Machine* machine = nullptr;
    PricedBid new_bid{};
    std::vector<gigaspot::Violation> violations{};  ///< by the profiles of the new bid
    /// The bid with which the owner in the options has the host, and what keeps the host with it.
    std::optional<PricedBid> own_run{};
    std::size_t rivals = 0;            ///< bids that are not ignored and not of the same owner
    std::optional<Rival> best{};       ///< the best eligible challenger of these
    std::optional<Rival> incumbent{};  ///< the bid that runs now, if it is one of these
    gigaspot::NotCompared not_compared{};

    /// What answers the question: the price that keeps the host, if the owner has it.
    [[nodiscard]] const PricedBid& answer() const { return own_run ? *own_run : new_bid; }
};

Quote quote_host(const Market& market, const gigaspot::Machine& machine, const ConsideredBid& bid);

/// A bid with its price, or the reason why no price helps, as an object of JSON.
void put_json_price(fmt::memory_buffer& out, const PricedBid& bid);

/// A quote as an object of JSON.
void put_json(fmt::memory_buffer& out, const Quote& quote);

/// Which bids have a row: new ones, or also the owner's runs.
enum class QuoteRows { all, new_bids };

/// Quotes as CSV: a head, then a row for each bid that has a price or a reason.
void put_csv(fmt::memory_buffer& out, std::span<const Quote> quotes,
             QuoteRows rows = QuoteRows::all);

/// Quotes as a table for people, one row per host.
void put_table(fmt::memory_buffer& out, const Market& market, std::span<const Quote> quotes,
               QuoteRows rows = QuoteRows::all);

}  // namespace tool
