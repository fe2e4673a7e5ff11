// gigaspot: restores a saved market and trusts none of its bytes. Layer: engine/market.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/fixed_vector.hpp>
#include <gigaspot/base/words.hpp>
#include <gigaspot/engine/market/stages.hpp>
#include <gigaspot/engine/store/memory.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/rules/packed.hpp>
#include <gigaspot/rules/validate.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

inline constexpr std::uint64_t save_magic = 0x746f'7073'6167'6967;  // "gigaspot" as bytes
inline constexpr std::uint64_t save_version = 2;

/// A word that differs between markets with different types of ids.
template <class Traits>
inline constexpr std::uint64_t save_types =
    words_of<typename Traits::HostId> | words_of<typename Traits::BidId> << 8 |
    words_of<typename Traits::OwnerId> << 16 | words_of<typename Traits::GpuModel> << 24 |
    std::uint64_t{Traits::gpus_max} << 32;

/// Checks that bytes are a saved market of these types that nobody has changed or cut.
template <class Traits>
[[nodiscard]] Code check_saved(std::span<const std::byte> bytes) {
    WordReader words{bytes};
    if (words.left() < 3 || words.get() != save_magic) return Code::save_malformed;
    if (words.get() != save_version) return Code::save_of_other_version;
    if (words.get() != save_types<Traits>) return Code::save_of_other_types;
    if (bytes.size() % 8 != 0 || words.left() < 1) return Code::save_damaged;
    WordHash hash;
    WordReader all{bytes};
    while (all.left() > 1) hash.put(all.get());
    return all.get() == hash.value() ? Code::none : Code::save_damaged;
}

/// Rebuilds a market in a new engine. The checksum only protects against accidents, so everything
/// that a rule or the engine relies on is checked.
template <class Traits, class Allocator>
class Restorer {
public:
    Restorer(Stages<Traits, Allocator>& stages, std::span<const std::byte> bytes)
        : stages_{stages}, market_{stages.market}, words_{bytes.first(bytes.size() - 8)},
          sequences_{stages.market.store.allocator()} {
        for (int skipped = 0; skipped < 3; ++skipped) static_cast<void>(words_.get());
        WordReader checksum{bytes.last(8)};
        stages.market.store.first_generation = static_cast<std::uint32_t>(checksum.get());
    }

    /// `Code::none` if all went well.
    [[nodiscard]] Code get() {
        market_.clock = get_time();
        market_.last_close = get_time();
        market_.conditions.now = market_.clock.value_or(Timestamp{});
        if (market_.last_close && market_.last_close > market_.clock) words_.fail();
        market_.sequence = words_.get_at_most(counts_max);
        get_rates();
        const std::uint64_t hosts = get_count(16);
        if (hosts > stages_.limits.hosts) return Code::limit_reached;
        market_.store.make_room_for_hosts(static_cast<std::size_t>(hosts));
        std::optional<typename Traits::HostId> before;
        for (std::uint64_t i = 0; i < hosts && !is_over(); ++i) {
            const auto id = get_id<typename Traits::HostId>(words_);
            if (before && !(*before < id)) words_.fail();
            before = id;
            get_host(id);
        }
        if (!is_over()) check_sequences();
        if (!is_over()) get_counters();
        if (is_too_large_) return Code::limit_reached;
        if (words_.is_wrong() || !words_.is_at_end()) return Code::save_damaged;
        market_.rates.refresh(market_.conditions);
        return Code::none;
    }

private:
    /// No engine reaches this many commands: at ten million per second that takes 28 years. JSON
    /// holds such numbers exactly.
    static constexpr std::uint64_t counts_max = std::uint64_t{1} << 53;

    [[nodiscard]] bool is_over() const { return words_.is_wrong() || is_too_large_; }

    std::optional<Timestamp> get_time() {
        const bool is_set = words_.get_flag();
        const auto time = words_.get_quantity<Timestamp>();
        if (!is_set) {
            if (time != Timestamp{}) words_.fail();
            return std::nullopt;
        }
        return time;
    }

    /// Reads a count of things that take at least `words_each` words each.
    std::uint64_t get_count(std::size_t words_each) {
        return words_.get_at_most(words_.left() / words_each);
    }

    void get_rates() {
        for (std::uint8_t number = 0; number < limits::currencies_max; ++number) {
            QuotedRate& quoted = market_.conditions.rates[Currency{number}];
            const bool is_named = market_.is_named[number] = words_.get_flag();
            const std::uint64_t usd =
                words_.get_at_most(static_cast<std::uint64_t>(ExchangeRate::highest().count()));
            if (usd != 0) quoted.usd = ExchangeRate::unchecked(static_cast<std::int64_t>(usd));
            quoted.fee = words_.get_quantity<Ppm>();
            quoted.given = words_.get_quantity<Timestamp>();
            if (quoted.given > market_.conditions.now) words_.fail();
            if (!is_named && quoted != QuotedRate{}) words_.fail();
        }
    }

    void get_host(const typename Traits::HostId& id) {
        BasicHostCapabilities<WithoutGpus<Traits>> terms{.id = id};
        terms.energy_price = words_.get_quantity<EnergyPrice>();
        terms.min_bid = words_.get_quantity<Price>();
        terms.base_power = words_.get_quantity<Power>();
        terms.max_rental_length = words_.get_quantity<RentalLength>();
        const std::uint64_t status = words_.get_at_most(7);
        terms.status = {(status & 1) != 0, (status & 2) != 0, (status & 4) != 0};
        const auto gpus = static_cast<std::size_t>(words_.get_at_most(Traits::gpus_max));
        gpus_.clear();
        for (std::size_t i = 0; i < gpus; ++i) static_cast<void>(gpus_.push_back(get_gpu()));
        StopAtFirst any;
        if (!check_gpus(gpus_.view(), any)) words_.fail();
        if (is_over()) return;

        market_.store.make_room_for_host(gpus_.view());
        const Slot slot = market_.store.add_host(terms, gpus_.view());
        market_.store.must_look(slot);
        const std::uint64_t bids = get_count(9 + 2 * gpus);
        if (bids > stages_.limits.bids_per_host) is_too_large_ = true;
        std::optional<typename Traits::BidId> before;
        for (std::uint64_t i = 0; i < bids && !is_over(); ++i) {
            const auto bid = get_id<typename Traits::BidId>(words_);
            if (before && !(*before < bid)) words_.fail();
            before = bid;
            get_bid(slot, bid);
        }
        if (!is_over() && words_.get_flag()) get_run(slot);
    }

    BasicGpuLimits<Traits> get_gpu() {
        BasicGpuLimits<Traits> gpu{.model = get_id<typename Traits::GpuModel>(words_)};
        gpu.power_limit = get_range<Power>();
        for (auto* range : {&gpu.core_lock, &gpu.mem_lock, &gpu.core_offset, &gpu.mem_offset}) {
            if (words_.get_flag()) *range = get_range<Frequency>();
        }
        if constexpr (std::is_same_v<typename Traits::GpuModel, GpuModel>) {
            if (gpu.model == gpu_model_without_number) words_.fail();
        }
        return gpu;
    }

    template <class Q>
    Range<Q> get_range() {
        const Q min = words_.get_quantity<Q>();
        const Q max = words_.get_quantity<Q>();
        return {min, max};
    }

    /// Reads the profiles of one bid into `profiles_`.
    void get_profiles() {
        profiles_.clear();
        for (std::size_t i = 0; i < gpus_.size(); ++i) {
            const std::uint64_t first = words_.get();
            const auto packed = PackedProfile::from_words(first, words_.get());
            if (!packed) return words_.fail();
            static_cast<void>(profiles_.push_back(*packed));
        }
    }
    [[nodiscard]] TotalPower watts() const {
        return total_power_limit<Traits>(unpack<Traits>(profiles_.view()).view());
    }

    std::uint64_t get_sequence() {
        sequences_.push_back(words_.get_at_most(market_.sequence));
        return sequences_.back();
    }
    /// Checks that all sequences differ, since they decide between equal profits.
    void check_sequences() {
        std::sort(sequences_.begin(), sequences_.end());
        if (std::adjacent_find(sequences_.begin(), sequences_.end()) != sequences_.end())
            words_.fail();
    }

    Int128 get_billed() {
        const Int128 billed = get_wide(words_);
        constexpr Int128 most = Int128{Price::highest().count()} * Timestamp::highest().count();
        if (billed >= 0 && billed <= most) return billed;
        words_.fail();
        return 0;
    }

    /// Reads when a bid expires that was placed at this time.
    std::int64_t get_expiry(Timestamp placed) {
        constexpr std::int64_t second = 1'000;
        constexpr std::int64_t longest = std::int64_t{rental_length_max.count()} * second;
        constexpr std::int64_t latest = Timestamp::highest().count() + longest;
        const auto expiry = static_cast<std::int64_t>(words_.get_at_most(latest));
        const std::int64_t length = expiry - placed.count();
        if (placed > market_.conditions.now || length < second || length > longest ||
            length % second != 0)
            words_.fail();
        return expiry;
    }

    void get_bid(Slot host, const typename Traits::BidId& id) {
        const auto owner = get_id<typename Traits::OwnerId>(words_);
        const auto price = words_.get_quantity<Price>();
        const auto currency =
            static_cast<std::uint8_t>(words_.get_at_most(limits::currencies_max - 1));
        const bool is_cached = words_.get_flag();
        const std::uint64_t sequence = get_sequence();
        const auto placed = words_.get_quantity<Timestamp>();
        const std::int64_t expiry = get_expiry(placed);
        const Int128 billed = get_billed();
        get_profiles();
        if (price == Price{} || market_.store.find_bid(id) != no_slot) words_.fail();
        if (!market_.has_currency(Currency{currency})) words_.fail();
        if (is_over()) return;
        if (market_.store.bids.in_use() >= stages_.limits.bids) {
            is_too_large_ = true;
            return;
        }
        auto& record = market_.store.hosts[host];
        market_.store.make_room_for_bid(record);
        const auto at = market_.store.add_bid(
            host, record,
            {.id = id, .owner = owner, .sequence = sequence, .expiry = expiry, .placed = placed},
            price, Currency{currency}, watts(), profiles_.view());
        at.entry.set_cached(is_cached);
        at.entry.set_overclock_valid(market_.store.allows(at.bid.host, profiles_.view()));
        if (billed == 0) return;
        market_.store.make_room_for_stops(1);
        market_.store.set_billed(at.slot, no_slot, billed);
    }

    void get_run(Slot host) {
        const Slot bid = market_.store.find_bid(get_id<typename Traits::BidId>(words_));
        const bool is_here = bid != no_slot && market_.store.bids[bid].host == host &&
                             market_.store.hosts[host].status.is_available() &&
                             market_.store.entry(bid).is_overclock_valid();
        if (!is_here) return words_.fail();
        auto& run = market_.store.runs[host];
        market_.put_on(host, market_.store.hosts[host], run, market_.store.entry(bid));
        run.has_worsened = words_.get_flag();
        run.is_cancelled = words_.get_flag();
        const auto started = words_.get_quantity<Timestamp>();
        market_.store.starts[host] = started;
        run.set_first_won(get_time());
        run.charged = words_.get_quantity<Timestamp>();
        // A close charges all runs, so no run can be charged up to a time before it.
        if (run.charged > market_.conditions.now || run.charged < market_.last_close ||
            (run.has_won && run.first_win > market_.conditions.now))
            words_.fail();
        if (started < market_.store.bids.details(bid).placed || run.charged < started ||
            (run.has_won && run.first_win < started))
            words_.fail();
        const bool has_edit = words_.get_flag();
        if (has_edit) {
            market_.store.make_room_for_edit(host);
            PendingEdit edit;
            edit.price = words_.get_quantity<Price>();
            edit.sequence = get_sequence();
            get_profiles();
            if (is_over() || edit.price == Price{}) return words_.fail();
            edit.watts = watts();
            edit.is_overclock_valid = market_.store.allows(host, profiles_.view());
            market_.store.edits.set(run, edit);
            market_.store.edits.set_profiles(host, profiles_.view());
        }
        if (run.is_cancelled || has_edit)
            market_.store.edits.wait(host, market_.store.hosts[host], run);
    }

    void get_counters() {
        market_.commands = words_.get_at_most(counts_max);
        std::uint64_t taken = market_.commands;
        const std::uint64_t codes = get_count(2);
        std::size_t first_free = 0;
        for (std::uint64_t i = 0; i < codes && !is_over(); ++i) {
            const auto code = static_cast<std::size_t>(words_.get_at_most(stages_.codes_max - 1));
            stages_.rejections[code] = words_.get_at_most(taken);
            taken -= stages_.rejections[code];
            if (code < first_free || stages_.rejections[code] == 0) words_.fail();
            first_free = code + 1;
        }
        if (market_.sequence > taken) words_.fail();  // each of its numbers is a command's
    }

    Stages<Traits, Allocator>& stages_;
    LiveMarket<Traits, Allocator>& market_;
    WordReader words_;
    bool is_too_large_ = false;
    Vector<std::uint64_t, Allocator> sequences_;
    FixedVector<BasicGpuLimits<Traits>, Traits::gpus_max> gpus_{};
    FixedVector<PackedProfile, Traits::gpus_max> profiles_{};
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
