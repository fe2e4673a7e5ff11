// gigaspot: the bids of one host, as arrays. Layer: engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <gigaspot/config.hpp>
#include <gigaspot/currency.hpp>
#include <gigaspot/detail/fixed_vector.hpp>
#include <gigaspot/detail/memory.hpp>
#include <gigaspot/detail/packed_profile.hpp>
#include <gigaspot/limits.hpp>
#include <gigaspot/overclock.hpp>
#include <gigaspot/traits.hpp>
#include <gigaspot/units.hpp>

namespace gigaspot::inline GIGASPOT_ABI::detail {

/// All of a bid that choosing looks at, in 16 bytes: a host that has lost its best bid reads the
/// lines of the others and nothing else.
class Line {
public:
    Line() = default;
    Line(Slot bid, Price price, Currency currency, TotalPower watts)
        : price_{static_cast<std::uint64_t>(price.count()) & price_mask},
          currency_{std::uint64_t{currency.number} & currency_mask}, is_cached_{0},
          is_overclock_valid_{1}, watts_{static_cast<std::uint32_t>(watts.count())}, bid_{bid} {}

    [[nodiscard]] Slot bid() const { return bid_; }
    [[nodiscard]] Price price() const { return Price::unchecked(static_cast<Price::rep>(price_)); }
    [[nodiscard]] Currency currency() const {
        return Currency{static_cast<std::uint8_t>(currency_)};
    }
    [[nodiscard]] TotalPower watts() const {
        return TotalPower::unchecked(static_cast<TotalPower::rep>(watts_));
    }
    [[nodiscard]] bool is_cached() const { return is_cached_ != 0; }
    [[nodiscard]] bool is_overclock_valid() const { return is_overclock_valid_ != 0; }

    void set_cached(bool flag) { is_cached_ = flag ? 1 : 0; }
    void set_overclock_valid(bool flag) { is_overclock_valid_ = flag ? 1 : 0; }
    void set_terms(Price price, TotalPower watts) {
        price_ = static_cast<std::uint64_t>(price.count()) & price_mask;
        watts_ = static_cast<std::uint32_t>(watts.count());
    }

private:
    static constexpr std::uint64_t price_mask = (std::uint64_t{1} << 48) - 1;
    static constexpr std::uint64_t currency_mask = 15;
    static_assert(static_cast<std::uint64_t>(Price::highest().count()) <= price_mask);
    static_assert(limits::currencies_max <= currency_mask + 1);

    std::uint64_t price_ : 48 = 0;
    std::uint64_t currency_ : 4 = 0;
    std::uint64_t is_cached_ : 1 = 0;
    std::uint64_t is_overclock_valid_ : 1 = 0;
    std::uint32_t watts_ = 0;
    Slot bid_ = no_slot;
};
static_assert(sizeof(Line) == 16);

/// The lines and the profiles of the bids on one host, in no order: the last moves into a gap.
template <class Allocator>
class Book {
public:
    explicit Book(const Allocator& allocator) : lines_{allocator}, profiles_{allocator} {}

    /// Empties it for a host with so many GPUs; there is room.
    void reset(std::size_t gpus) {
        gpus_ = gpus;
        lines_.clear();
        profiles_.resize(gpus, boost::container::default_init);
    }

    /// Room for so many bids with so many GPUs each.
    void make_room(std::size_t bids, std::size_t gpus) {
        detail::make_room(lines_, bids);
        detail::make_room(profiles_, (bids + 1) * gpus);
    }
    void make_room() { make_room(lines_.size() + 1, gpus_); }

    [[nodiscard]] std::size_t size() const { return lines_.size(); }
    [[nodiscard]] std::span<const Line> lines() const { return {lines_.data(), lines_.size()}; }
    [[nodiscard]] Line& operator[](std::size_t position) { return lines_[position]; }
    [[nodiscard]] const Line& operator[](std::size_t position) const { return lines_[position]; }

    /// Appends; there is room.
    template <class Traits>
    void push(const Line& line, std::span<const BasicOverclockProfile<Traits>> profiles) {
        lines_.push_back(line);
        profiles_.resize((lines_.size() + 1) * gpus_, boost::container::default_init);
        set_profiles(lines_.size() - 1, profiles);
    }

    /// Removes a line. Returns the bid whose line has moved there, or `no_slot`.
    Slot erase(std::size_t position) {
        const std::size_t last = lines_.size() - 1;
        Slot moved = no_slot;
        if (position != last) {
            lines_[position] = lines_[last];
            copy_profiles(last + 1, position + 1);
            moved = lines_[position].bid();
        }
        lines_.pop_back();
        profiles_.resize((lines_.size() + 1) * gpus_, boost::container::default_init);
        return moved;
    }

    [[nodiscard]] std::span<const PackedProfile> profiles(std::size_t position) const {
        return {profiles_.data() + (position + 1) * gpus_, gpus_};
    }
    template <class Traits>
    void set_profiles(std::size_t position,
                      std::span<const BasicOverclockProfile<Traits>> profiles) {
        pack(position + 1, profiles);
    }

    // The edit that waits for the run of this host to end or to go on: a host has at most one.

    [[nodiscard]] std::span<const PackedProfile> edited_profiles() const {
        return {profiles_.data(), gpus_};
    }
    template <class Traits>
    void set_edited_profiles(std::span<const BasicOverclockProfile<Traits>> profiles) {
        pack(0, profiles);
    }
    void copy_to_edited_profiles(std::size_t position) { copy_profiles(position + 1, 0); }
    void copy_from_edited_profiles(std::size_t position) { copy_profiles(0, position + 1); }

private:
    template <class Traits>
    void pack(std::size_t place, std::span<const BasicOverclockProfile<Traits>> profiles) {
        GIGASPOT_ASSERT(profiles.size() == gpus_);
        for (std::size_t i = 0; i < gpus_; ++i)
            profiles_[place * gpus_ + i] = PackedProfile{profiles[i]};
    }
    void copy_profiles(std::size_t from, std::size_t to) {
        for (std::size_t i = 0; i < gpus_; ++i)
            profiles_[to * gpus_ + i] = profiles_[from * gpus_ + i];
    }

    std::size_t gpus_ = 0;
    Vector<Line, Allocator> lines_;
    Vector<PackedProfile, Allocator> profiles_;  // the edited ones, then those of each line
};

/// Profiles as the rules see them.
template <class Traits>
using Profiles = FixedVector<BasicOverclockProfile<Traits>, Traits::gpus_max>;

template <class Traits>
[[nodiscard]] Profiles<Traits> unpack(std::span<const PackedProfile> packed) {
    Profiles<Traits> profiles;
    for (const PackedProfile& profile : packed) {
        const bool has_room = profiles.push_back(profile.unpack<Traits>());
        GIGASPOT_ASSERT(has_room);
        static_cast<void>(has_room);
    }
    return profiles;
}

}  // namespace gigaspot::inline GIGASPOT_ABI::detail
