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

// Version 3 has the number of bids after the types, and `checksum_of` at the end. Version 2 had no
// such number, and `hash_of` at the end. In all else they are equal.
inline constexpr std::uint64_t save_version = 3;
inline constexpr std::uint64_t save_version_without_bids = 2;

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
    const std::uint64_t version = words.get();
    if (version != save_version && version != save_version_without_bids)
        return Code::save_of_other_version;
    if (words.get() != save_types<Traits>) return Code::save_of_other_types;
    if (bytes.size() % 8 != 0 || words.left() < 1) return Code::save_damaged;
    const auto before = bytes.first(bytes.size() - 8);
    const std::uint64_t sum = version == save_version ? checksum_of(before) : hash_of(before);
    return WordReader{bytes.last(8)}.get() == sum ? Code::none : Code::save_damaged;
}

/// Rebuilds a market in a new engine. The checksum only protects against accidents, so everything
/// that a rule or the engine relies on is checked.
template <class Traits, class Allocator>
class Restorer {
public:
    Restorer(Stages<Traits, Allocator>& stages, std::span<const std::byte> bytes)
        : stages_{stages}, market_{stages.market}, store_{stages.market.store},
          words_{WordReader{bytes.first(bytes.size() - 8)}.ahead(1)}, words_in_all_{words_.left()},
          has_count_of_bids_{words_.get() != save_version_without_bids}, sequences_{
                                                                             store_.allocator()} {
        words_ = words_.ahead(1);
        store_.first_generation = static_cast<std::uint32_t>(WordReader{bytes.last(8)}.get());
    }

    /// `Code::none` if all went well.
    [[nodiscard]] Code get() {
        const std::uint64_t bids = has_count_of_bids_ ? get_count(words_of_bid(1)) : 0;
        if (bids > stages_.limits.bids) return Code::limit_reached;
        store_.make_room_for_ids_of_bids(static_cast<std::size_t>(bids));
        market_.clock = get_time();
        market_.last_close = get_time();
        market_.conditions.now = market_.clock.value_or(Timestamp{});
        if (market_.last_close && market_.last_close > market_.clock) words_.fail();
        market_.sequence = words_.get_at_most(counts_max);
        make_room_for_sequences(bids);
        get_rates();
        const std::uint64_t hosts = get_count(16);
        if (hosts > stages_.limits.hosts) return Code::limit_reached;
        store_.make_room_for_hosts(static_cast<std::size_t>(hosts));
        std::optional<typename Traits::HostId> before;
        for (std::uint64_t i = 0; i < hosts && !is_over(); ++i) {
            const auto id = get_id<typename Traits::HostId>(words_);
            if (before && !(*before < id)) words_.fail();
            before = id;
            get_host(id);
        }
        if (has_count_of_bids_ && store_.bids.in_use() != bids) words_.fail();
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

    /// The words of a bid on a host with this many GPUs.
    static constexpr std::size_t words_of_bid(std::size_t gpus) {
        return 8 + words_of<typename Traits::BidId> + words_of<typename Traits::OwnerId> + 2 * gpus;
    }

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

        store_.make_room_for_host(gpus_.view());
        const Slot slot = store_.add_host(terms, gpus_.view());
        store_.must_look(slot);
        get_bids(slot, words_of_bid(gpus));
        if (!is_over() && words_.get_flag()) get_run(slot);
    }

    void get_bids(Slot slot, std::size_t words_each) {
        HostRecord<Traits>& host = store_.hosts[slot];
        const std::uint64_t bids = get_count(words_each);
        if (bids > stages_.limits.bids_per_host) is_too_large_ = true;
        std::optional<typename Traits::BidId> before;
        for (std::uint64_t i = 0; i < bids && !is_over(); ++i) {
            // An id's place in the index is a cache miss, and the words say which are next.
            constexpr std::size_t ahead = 8;
            WordReader later = words_.ahead(ahead * words_each);
            store_.hints().index_of_bid_tag(detail::tag_of(get_id<typename Traits::BidId>(later)));
            const auto id = get_id<typename Traits::BidId>(words_);
            if (before && !(*before < id)) words_.fail();
            before = id;
            get_bid(slot, host, id);
        }
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
    void get_profiles(WordReader& words) {
        for (std::size_t i = 0; i < gpus_.size(); ++i) {
            const std::uint64_t first = words.get();
            const auto packed = PackedProfile::from_words(first, words.get());
            if (!packed) return words.fail();
            profiles_[i] = *packed;
        }
    }
    [[nodiscard]] std::span<const PackedProfile> profiles() const {
        return {profiles_, gpus_.size()};
    }
    [[nodiscard]] TotalPower watts() const {
        return TotalPower::unchecked(PackedCheck::watts(profiles()));
    }

    // All sequences differ, since they decide between equal profits. They are marked in a bit for
    // each number if that takes at most a quarter of the bytes of the save, else they are sorted.

    void make_room_for_sequences(std::uint64_t bids) {
        are_marked_ = market_.sequence / 64 < words_in_all_ / 4;
        if (are_marked_) {
            sequences_.resize(static_cast<std::size_t>(market_.sequence / 64 + 1));
        } else {
            sequences_.reserve(static_cast<std::size_t>(bids));
        }
    }
    std::uint64_t get_sequence(WordReader& words) {
        const std::uint64_t sequence = words.get_at_most(market_.sequence);
        if (are_marked_) {
            std::uint64_t& marks = sequences_[static_cast<std::size_t>(sequence / 64)];
            const std::uint64_t mark = std::uint64_t{1} << (sequence % 64);
            if ((marks & mark) != 0) words.fail();
            marks |= mark;
        } else {
            sequences_.push_back(sequence);
        }
        return sequence;
    }
    void check_sequences() {
        if (are_marked_) return;
        std::sort(sequences_.begin(), sequences_.end());
        if (std::adjacent_find(sequences_.begin(), sequences_.end()) != sequences_.end())
            words_.fail();
    }

    static Int128 get_billed(WordReader& words) {
        const Int128 billed = get_wide(words);
        constexpr Int128 most = Int128{Price::highest().count()} * Timestamp::highest().count();
        if (billed >= 0 && billed <= most) return billed;
        words.fail();
        return 0;
    }

    /// Reads when a bid expires that was placed at this time.
    std::int64_t get_expiry(WordReader& words, Timestamp placed) {
        constexpr std::int64_t second = 1'000;
        constexpr std::int64_t longest = std::int64_t{rental_length_max.count()} * second;
        constexpr std::int64_t latest = Timestamp::highest().count() + longest;
        const auto expiry = static_cast<std::int64_t>(words.get_at_most(latest));
        const std::int64_t length = expiry - placed.count();
        if (placed > market_.conditions.now || length < second || length > longest ||
            length % second != 0)
            words.fail();
        return expiry;
    }

    void get_bid(Slot host, HostRecord<Traits>& record, const typename Traits::BidId& id) {
        WordReader words = words_;  // a copy that the compiler can keep in registers
        const auto owner = get_id<typename Traits::OwnerId>(words);
        const auto price = words.get_quantity<Price>();
        const auto currency =
            static_cast<std::uint8_t>(words.get_at_most(limits::currencies_max - 1));
        const bool is_cached = words.get_flag();
        const std::uint64_t sequence = get_sequence(words);
        const auto placed = words.get_quantity<Timestamp>();
        const std::int64_t expiry = get_expiry(words, placed);
        const Int128 billed = get_billed(words);
        get_profiles(words);
        words_ = words;
        const std::uint32_t tag = detail::tag_of(id);
        if (price == Price{} || store_.find_bid(id, tag) != no_slot) words_.fail();
        if (!market_.has_currency(Currency{currency})) words_.fail();
        if (is_over()) return;
        if (store_.bids.in_use() >= stages_.limits.bids) {
            is_too_large_ = true;
            return;
        }
        const Slot slot = store_.make_room_for_bid(record);
        BookEntry entry{slot, price, Currency{currency}, watts(), detail::tag_of(owner)};
        entry.set_cached(is_cached);
        entry.set_overclock_valid(store_.allows(host, profiles()));
        store_.add_bid(
            host, record, entry,
            {.id = id, .owner = owner, .sequence = sequence, .expiry = expiry, .placed = placed},
            tag, profiles());
        if (billed == 0) return;
        store_.make_room_for_stops(1);
        store_.set_billed(slot, no_slot, billed);
    }

    void get_run(Slot host) {
        const Slot bid = store_.find_bid(get_id<typename Traits::BidId>(words_));
        const bool is_here = bid != no_slot && store_.bids[bid].host == host &&
                             store_.hosts[host].status.is_available() &&
                             store_.entry(bid).is_overclock_valid();
        if (!is_here) return words_.fail();
        auto& run = store_.runs[host];
        market_.put_on(host, store_.hosts[host], run, store_.entry(bid));
        run.has_worsened = words_.get_flag();
        run.is_cancelled = words_.get_flag();
        const auto started = words_.get_quantity<Timestamp>();
        store_.starts[host] = started;
        run.set_first_won(get_time());
        run.charged = words_.get_quantity<Timestamp>();
        // A close charges all runs, so no run can be charged up to a time before it.
        if (run.charged > market_.conditions.now || run.charged < market_.last_close ||
            (run.has_won && run.first_win > market_.conditions.now))
            words_.fail();
        if (started < store_.bids.details(bid).placed || run.charged < started ||
            (run.has_won && run.first_win < started))
            words_.fail();
        const bool has_edit = words_.get_flag();
        if (has_edit) {
            store_.make_room_for_edit(host);
            PendingEdit edit;
            edit.terms.set_price(words_.get_quantity<Price>());
            edit.sequence = get_sequence(words_);
            get_profiles(words_);
            if (is_over() || edit.terms.price() == Price{}) return words_.fail();
            edit.terms.set_watts(watts());
            edit.terms.set_overclock_valid(store_.allows(host, profiles()));
            store_.edits.set(run, edit);
            store_.edits.set_profiles(host, profiles());
        }
        if (run.is_cancelled || has_edit) store_.edits.wait(host, store_.hosts[host], run);
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
    Store<Traits, Allocator>& store_;
    WordReader words_;
    std::size_t words_in_all_;
    bool has_count_of_bids_;
    bool is_too_large_ = false;
    bool are_marked_ = false;
    Vector<std::uint64_t, Allocator> sequences_;
    FixedVector<BasicGpuLimits<Traits>, Traits::gpus_max> gpus_{};
    PackedProfile profiles_[Traits::gpus_max]{};  ///< of one bid
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
