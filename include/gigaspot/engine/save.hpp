// gigaspot: saves a live market as bytes, restores it, and compares two markets by 64 bits.
// Layer: engine.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/base/words.hpp>
#include <gigaspot/engine/allocator.hpp>
#include <gigaspot/engine/engine.hpp>
#include <gigaspot/engine/market/restorer.hpp>
#include <gigaspot/engine/queries.hpp>
#include <gigaspot/engine/store/memory.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/traits.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// The bytes of a saved market. Write them to a file as they are. They are on large pages, if the
/// system has some: for 160 MB, fresh pages of 4 KiB cost more than all the rest of a save.
using SavedBytes = boost::container::vector<std::byte, DefaultAllocator<std::byte>>;

namespace detail {

/// Whether a market can be saved. If not, the compiler says why in one sentence.
template <class Traits>
consteval bool has_savable_ids() {
    static_assert(SavableId<typename Traits::HostId>,
                  "to save a market, its HostId must be a SavableId: plain bytes without padding");
    static_assert(SavableId<typename Traits::BidId>,
                  "to save a market, its BidId must be a SavableId: plain bytes without padding");
    static_assert(SavableId<typename Traits::OwnerId>,
                  "to save a market, its OwnerId must be a SavableId: plain bytes without padding");
    static_assert(
        SavableId<typename Traits::GpuModel>,
        "to save a market, its GpuModel must be a SavableId: plain bytes without padding");
    return SavableId<typename Traits::HostId> && SavableId<typename Traits::BidId> &&
           SavableId<typename Traits::OwnerId> && SavableId<typename Traits::GpuModel>;
}

/// Writes a market as words. State that only serves speed is omitted, and all lists are in the
/// order of ids, so equal markets give equal words, whatever their history.
template <class Traits, class Allocator, class Words>
class StateWriter {
public:
    StateWriter(const LiveMarket<Traits, Allocator>& market, Words words)
        : market_{market}, store_{market.store}, words_{words}, bids_{store_.allocator()} {}

    void put() {
        put_time(market_.clock);
        put_time(market_.last_close);
        words_.put(market_.sequence);
        for (std::uint8_t number = 0; number < limits::currencies_max; ++number) {
            const QuotedRate& quoted = market_.conditions.rates[Currency{number}];
            words_.put(market_.is_named[number] ? 1 : 0);
            words_.put(quoted.usd ? static_cast<std::uint64_t>(quoted.usd->count()) : 0);
            put_quantity(words_, quoted.fee);
            put_quantity(words_, quoted.given);
        }
        Vector<PlacedHost, Allocator> hosts{store_.allocator()};
        hosts.reserve(store_.hosts.in_use());
        for (Slot slot = 0; slot < store_.hosts.slots(); ++slot) {
            if (store_.hosts[slot].is_used) hosts.push_back({store_.hosts[slot].id, slot});
        }
        std::sort(hosts.begin(), hosts.end(), is_before);
        words_.put(hosts.size());
        // The bids of a host lie at random places. They load while an earlier host is written.
        for (std::size_t at = 0; at < hosts.size() + 2; ++at) {
            if (at < hosts.size()) store_.hints().book(hosts[at].slot);
            if (at >= 1 && at <= hosts.size())
                store_.bids.fetch(store_.entries_of(hosts[at - 1].slot));
            if (at >= 2) put_host(hosts[at - 2].slot);
        }
    }

    [[nodiscard]] const Words& words() const { return words_; }

private:
    /// A host or bid with its id at hand, for sorting.
    struct PlacedHost {
        typename Traits::HostId id;
        Slot slot;
    };
    struct PlacedBid {
        typename Traits::BidId id;
        Slot slot;
        const BookEntry* entry;
    };
    static constexpr auto is_before = [](const auto& left, const auto& right) {
        return left.id < right.id;
    };

    void put_time(const std::optional<Timestamp>& time) {
        words_.put(time ? 1 : 0);
        put_quantity(words_, time.value_or(Timestamp{}));
    }

    void put_host(Slot slot) {
        const HostRecord<Traits>& host = store_.hosts[slot];
        put_id(words_, host.id);
        put_quantity(words_, host.energy_price);
        put_quantity(words_, host.min_bid);
        put_quantity(words_, host.base_power);
        put_quantity(words_, host.max_rental_length);
        const HostStatus& status = host.status;
        words_.put((status.online ? 1U : 0U) | (status.on_demand_rented ? 2U : 0U) |
                   (status.working_properly ? 4U : 0U));
        const auto gpus = store_.gpus_of(slot);
        words_.put(gpus.size());
        for (const BasicGpuLimits<Traits>& gpu : gpus) put_gpu(gpu);

        bids_.clear();
        bids_.reserve(host.book.bids);
        for (const BookEntry& entry : store_.entries_of(slot)) {
            if (!entry.is_gap())
                bids_.push_back({store_.bids[entry.bid()].id, entry.bid(), &entry});
        }
        std::sort(bids_.begin(), bids_.end(), is_before);
        words_.put(bids_.size());
        for (const PlacedBid& bid : bids_) put_bid(bid, gpus.size());
        put_run(slot);
    }

    void put_gpu(const BasicGpuLimits<Traits>& gpu) {
        put_id(words_, gpu.model);
        put_range(gpu.power_limit);
        for (const auto* range :
             {&gpu.core_lock, &gpu.mem_lock, &gpu.core_offset, &gpu.mem_offset}) {
            words_.put(range->has_value() ? 1 : 0);
            if (*range) put_range(**range);
        }
    }

    template <class Q>
    void put_range(const Range<Q>& range) {
        put_quantity(words_, range.min);
        put_quantity(words_, range.max);
    }

    void put_bid(const PlacedBid& at, std::size_t gpus) {
        const BidRecord<Traits>& bid = store_.bids[at.slot];
        const BidDetails<Traits>& details = store_.bids.details(at.slot);
        const PackedProfile* const profiles = store_.bids.profiles(at.slot);
        const RunRecord<Traits>& run = store_.runs[bid.host];
        const BookEntry entry = *at.entry;
        Words words = words_;
        put_id(words, at.id);
        put_id(words, details.owner);
        put_quantity(words, entry.price());
        words.put(entry.currency().number);
        words.put(entry.is_cached() ? 1 : 0);
        words.put(bid.sequence);
        put_quantity(words, details.placed);
        words.put(static_cast<std::uint64_t>(details.expiry));
        put_wide(words, run.bid == at.slot ? run.account.sum() : store_.billed(bid.account));
        put_profiles(words, {profiles, gpus});
        words_ = words;
    }

    static void put_profiles(Words& words, std::span<const PackedProfile> profiles) {
        for (const PackedProfile& profile : profiles) {
            words.put(profile.first_word());
            words.put(profile.second_word());
        }
    }

    void put_run(Slot slot) {
        const RunRecord<Traits>& run = store_.runs[slot];
        words_.put(run.bid == no_slot ? 0 : 1);
        if (run.bid == no_slot) return;
        put_id(words_, run.bid_id);
        words_.put(run.has_worsened ? 1 : 0);
        words_.put(run.is_cancelled ? 1 : 0);
        put_quantity(words_, store_.starts[slot]);
        put_time(run.first_won());
        put_quantity(words_, run.charged);
        words_.put(run.has_edit() ? 1 : 0);
        if (!run.has_edit()) return;
        const PendingEdit& edit = store_.edits.of(run);
        put_quantity(words_, edit.terms.price());
        words_.put(edit.sequence);
        put_profiles(words_, store_.edits.profiles(slot));
    }

    const LiveMarket<Traits, Allocator>& market_;
    const Store<Traits, Allocator>& store_;
    Words words_;
    Vector<PlacedBid, Allocator> bids_;  ///< scratch space for the bids of one host
};

/// Returns the words after those of the market.
template <class Traits, class Allocator, class Words>
[[nodiscard]] Words put_state(const LiveMarket<Traits, Allocator>& market, Words words) {
    StateWriter<Traits, Allocator, Words> writer{market, words};
    writer.put();
    return writer.words();
}

/// An upper bound of the number of words of a market.
template <class Traits, class Allocator>
[[nodiscard]] std::size_t words_at_most(const LiveMarket<Traits, Allocator>& market) {
    constexpr std::size_t of_rates = 8 + 6 * limits::currencies_max;
    constexpr std::size_t of_bid =
        9 + words_of<typename Traits::BidId> + words_of<typename Traits::OwnerId>;
    constexpr std::size_t of_host_and_run =
        21 + words_of<typename Traits::HostId> + words_of<typename Traits::BidId>;
    constexpr std::size_t of_gpu = 14 + words_of<typename Traits::GpuModel>;
    constexpr std::size_t of_profile = 2;
    std::size_t words = of_rates;
    for (Slot slot = 0; slot < market.store.hosts.slots(); ++slot) {
        const auto& host = market.store.hosts[slot];
        if (!host.is_used) continue;
        const std::size_t gpus = host.book.gpus;
        words += of_host_and_run + gpus * (of_gpu + of_profile) +
                 host.book.bids * (of_bid + gpus * of_profile);
    }
    return words;
}

/// The maximum number of a currency that a `rate` command has named, plus 1. Bids are in no others,
/// except the main one.
template <class Traits, class Allocator>
[[nodiscard]] std::size_t currencies_used(const BasicEngine<Traits, Allocator>& engine) {
    const auto& market = EngineAccess::stages(engine).market;
    std::size_t used = 1;
    for (std::size_t number = 1; number < limits::currencies_max; ++number) {
        if (market.is_named[number]) used = number + 1;
    }
    return used;
}

/// The maximum number of a model that a host has, plus 1.
template <class Traits, class Allocator>
[[nodiscard]] std::size_t models_used(const BasicEngine<Traits, Allocator>& engine) {
    const auto& store = EngineAccess::stages(engine).market.store;
    std::size_t used = 0;
    for (Slot slot = 0; slot < store.hosts.slots(); ++slot) {
        if (!store.hosts[slot].is_used) continue;
        for (const BasicGpuLimits<Traits>& gpu : store.gpus_of(slot)) {
            if (gpu.model.value >= used) used = static_cast<std::size_t>(gpu.model.value) + 1;
        }
    }
    return used;
}

}  // namespace detail

namespace detail {

/// Saves an engine. In front, the bytes have room for words of the caller.
template <class Traits, class Allocator>
[[nodiscard]] SavedBytes save_market(const Stages<Traits, Allocator>& stages,
                                     std::size_t words_in_front = 0) {
    std::uint64_t codes = 0;
    for (const std::uint64_t count : stages.rejections) codes += count != 0 ? 1 : 0;
    const std::size_t begin = 8 * words_in_front;
    SavedBytes bytes;
    bytes.resize(begin + 8 * (words_at_most(stages.market) + 2 * codes + 7),
                 boost::container::default_init);
    WordWriter words{{bytes.data() + begin, bytes.size() - begin}};
    words.put(save_magic);
    words.put(save_version);
    words.put(save_types<Traits>);
    words.put(stages.market.store.bids.in_use());
    words = put_state(stages.market, words);
    words.put(stages.market.commands);
    words.put(codes);
    for (std::size_t code = 0; code < stages.codes_max; ++code) {
        if (stages.rejections[code] == 0) continue;
        words.put(code);
        words.put(stages.rejections[code]);
    }
    words.put(checksum_of({bytes.data() + begin, words.end()}));
    bytes.resize(static_cast<std::size_t>(words.end() - bytes.data()));
    return bytes;
}

}  // namespace detail

/// Saves the whole state of an engine: the market, what is pending, accounts and counters, but not
/// the policy and limits, which belong to the program. The same state gives the same bytes on every
/// machine and in every build. Each id must be a `SavableId`. Costs O(bids) and allocates.
template <class Traits, class Allocator>
[[nodiscard]] SavedBytes save(const BasicQueries<Traits, Allocator>& engine) {
    if constexpr (detail::has_savable_ids<Traits>()) {
        return detail::save_market(detail::EngineAccess::stages(engine));
    } else {
        return {};
    }
}

/// Restores an engine from saved bytes, with this policy and these limits. Ask `find_bid` and
/// `find_host` for new handles: handles of the saved engine are unknown to it, except for a chance
/// of 1 in 4 billion each. Two engines restored from the same bytes cannot tell each other's
/// handles apart. Uses memory of at most a few times the bytes, and a block of 256 bids per number
/// of GPUs.
///
/// Fails with `save_malformed` (not a saved market), `save_of_other_version`, `save_of_other_types`
/// (other ids, or another limit of GPUs), `save_damaged` (bytes were changed or are missing, or
/// count more than 2^53 commands), or `limit_reached`; `bids_per_owner` is not checked.
template <class Traits = DefaultTraits, class Allocator = DefaultAllocator<unsigned char>>
[[nodiscard]] Result<BasicEngine<Traits, Allocator>, Code> restore(
    std::span<const std::byte> bytes, const Policy& policy = {}, const EngineLimits& limits = {},
    const Allocator& allocator = Allocator{}) {
    if constexpr (detail::has_savable_ids<Traits>()) {
        if (const Code problem = detail::check_saved<Traits>(bytes); problem != Code::none)
            return Unexpected{problem};
        BasicEngine<Traits, Allocator> engine{policy, limits, allocator};
        detail::Restorer<Traits, Allocator> restorer{detail::EngineAccess::stages(engine), bytes};
        if (const Code problem = restorer.get(); problem != Code::none) return Unexpected{problem};
        return engine;
    } else {
        return Unexpected{Code::save_of_other_types};
    }
}

/// Restores an engine from the result of `save`, which in Boost 1.74 does not convert to a span.
template <class Traits = DefaultTraits, class Allocator = DefaultAllocator<unsigned char>>
[[nodiscard]] Result<BasicEngine<Traits, Allocator>, Code> restore(
    const SavedBytes& bytes, const Policy& policy = {}, const EngineLimits& limits = {},
    const Allocator& allocator = Allocator{}) {
    return restore<Traits, Allocator>(std::span{bytes.data(), bytes.size()}, policy, limits,
                                      allocator);
}

/// Returns a hash of a market's state: rates, hosts, bids, runs, accounts and what is pending, but
/// not the counters. Engines that accepted the same commands have the same digest. If two digests
/// differ, so do the states. Costs O(bids) and allocates.
template <class Traits, class Allocator>
[[nodiscard]] std::uint64_t digest(const BasicQueries<Traits, Allocator>& engine) {
    detail::WordHash hash;
    if constexpr (detail::has_savable_ids<Traits>())
        hash = detail::put_state(detail::EngineAccess::stages(engine).market, hash);
    return hash.value();
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
