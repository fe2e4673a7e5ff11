// gigaspot: the bids of one host, as arrays. Layer: engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <gigaspot/config.hpp>
#include <gigaspot/currency.hpp>
#include <gigaspot/detail/fixed_vector.hpp>
#include <gigaspot/detail/memory.hpp>
#include <gigaspot/limits.hpp>
#include <gigaspot/overclock.hpp>
#include <gigaspot/packed.hpp>
#include <gigaspot/traits.hpp>
#include <gigaspot/units.hpp>

namespace gigaspot::inline GIGASPOT_ABI::detail {

/// All of a bid that choosing looks at, in 16 bytes: a host that has lost its best bid reads the
/// lines of the others and nothing else. A line may be a gap, which no bid has.
///
/// Two words rather than bit fields: they are made in registers, and stored and read whole.
class Line {
public:
    // The first word is the price, with what speaks against the bid right above it, so that one
    // comparison finds both out; then the currency, then a few bits of a hash of the bid's owner.
    // The second is the watts, then the bid.
    static constexpr std::uint64_t price_mask = (std::uint64_t{1} << 48) - 1;
    static constexpr std::uint64_t invalid_mask = std::uint64_t{1} << 48;
    static constexpr std::uint64_t uncached_mask = std::uint64_t{1} << 49;
    static constexpr std::uint64_t gap_mask = std::uint64_t{1} << 50;
    static constexpr std::uint64_t watts_mask = 0xffff'ffff;

    constexpr Line() = default;
    constexpr Line(Slot bid, Price price, Currency currency, TotalPower watts,
                   std::uint32_t owner_hash = 0)
        : first_{static_cast<std::uint64_t>(price.count()) | uncached_mask |
                 std::uint64_t{currency.number} << currency_shift |
                 std::uint64_t{owner_hash} << owner_shift},
          second_{static_cast<std::uint64_t>(watts.count()) | std::uint64_t{bid} << 32} {}

    [[nodiscard]] constexpr Slot bid() const { return static_cast<Slot>(second_ >> 32); }
    [[nodiscard]] constexpr Price price() const {
        return Price::unchecked(static_cast<Price::rep>(first_ & price_mask));
    }
    [[nodiscard]] constexpr Currency currency() const {
        return Currency{static_cast<std::uint8_t>(first_ >> currency_shift & currency_mask)};
    }
    /// Whether the owner may be one of this hash; true for one of 512 others.
    [[nodiscard]] constexpr bool may_be_of(std::uint32_t owner_hash) const {
        return owner_bits() == owner_bits_of(owner_hash);
    }
    /// The bits of the owner's hash.
    [[nodiscard]] constexpr std::uint32_t owner_bits() const {
        return static_cast<std::uint32_t>(first_ >> owner_shift);
    }
    [[nodiscard]] static constexpr std::uint32_t owner_bits_of(std::uint32_t owner_hash) {
        return owner_hash & owner_mask;
    }
    [[nodiscard]] constexpr TotalPower watts() const {
        return TotalPower::unchecked(static_cast<TotalPower::rep>(second_ & watts_mask));
    }
    [[nodiscard]] constexpr bool is_cached() const { return (first_ & uncached_mask) == 0; }
    /// False of a gap.
    [[nodiscard]] constexpr bool is_overclock_valid() const { return (first_ & invalid_mask) == 0; }
    [[nodiscard]] constexpr bool is_gap() const { return (first_ & gap_mask) != 0; }

    constexpr void set_cached(bool flag) { set(uncached_mask, !flag); }
    constexpr void set_overclock_valid(bool flag) { set(invalid_mask, !flag); }
    constexpr void set_terms(Price price, TotalPower watts) {
        first_ = (first_ & ~price_mask) | static_cast<std::uint64_t>(price.count());
        second_ = (second_ & ~watts_mask) | static_cast<std::uint64_t>(watts.count());
    }

    // A gap holds the position of the next one.

    [[nodiscard]] static constexpr Line gap(std::uint32_t next) {
        Line line;
        line.first_ = gap_mask | invalid_mask;
        line.second_ = std::uint64_t{next} << 32;
        return line;
    }
    [[nodiscard]] constexpr std::uint32_t next_gap() const { return bid(); }

private:
    static constexpr int currency_shift = 51;
    static constexpr std::uint64_t currency_mask = 15;
    static constexpr int owner_shift = 55;
    static constexpr std::uint32_t owner_mask = (1U << (64 - owner_shift)) - 1;
    static_assert(limits::currencies_max <= currency_mask + 1);
    static_assert(static_cast<std::uint64_t>(Price::highest().count()) <= price_mask);

    constexpr void set(std::uint64_t mask, bool flag) {
        first_ = flag ? first_ | mask : first_ & ~mask;
    }

    std::uint64_t first_ = invalid_mask;
    std::uint64_t second_ = std::uint64_t{no_slot} << 32;
};
static_assert(sizeof(Line) == 16);

/// So many lines come together, a cache line: vectors are loaded of them without a rest.
inline constexpr std::size_t lines_at_once = 4;

/// The lines of the bids on one host, in no order. A bid keeps its position until it goes and
/// leaves a gap, which the next bid fills: so nothing else moves, and a cancel touches one line.
template <class Allocator>
class Book {
public:
    explicit Book(const Allocator& allocator) : lines_{allocator} {}

    /// Empties it for a host with so many GPUs.
    void reset(std::size_t gpus) {
        gpus_ = static_cast<std::uint32_t>(gpus);
        lines_.clear();
        size_ = 0;
        first_gap_ = no_gap;
    }

    /// Room for so many bids in all. It grows by an eighth: many hosts have a little too much.
    void make_room(std::size_t bids) {
        if (bids <= lines_.capacity()) return;
        const std::size_t step = lines_.capacity() / 8 / lines_at_once * lines_at_once;
        const std::size_t grown = lines_.capacity() + (step > 0 ? step : lines_at_once);
        lines_.reserve(whole(bids > grown ? bids : grown));
    }
    /// Room for one more.
    void make_room() {
        if (first_gap_ != no_gap) return;
        const std::size_t end = lines_.size();
        make_room(end + 1);
        lines_.resize(end + lines_at_once);
        make_gaps_from(end);
    }

    /// GPUs of the host.
    [[nodiscard]] std::size_t gpus() const { return gpus_; }
    /// Bids.
    [[nodiscard]] std::size_t size() const { return size_; }
    /// Lines of all bids, with gaps among them; a multiple of `lines_at_once`.
    [[nodiscard]] std::span<const Line> lines() const { return {lines_.data(), lines_.size()}; }
    [[nodiscard]] Line& operator[](std::size_t position) { return lines_[position]; }
    [[nodiscard]] const Line& operator[](std::size_t position) const { return lines_[position]; }

    /// Where the next bid will stand.
    [[nodiscard]] std::uint32_t next_position() const {
        return first_gap_ == no_gap ? static_cast<std::uint32_t>(lines_.size()) : first_gap_;
    }

    /// Adds a bid at `next_position()`; there is room.
    void add(const Line& line) {
        const std::uint32_t position = first_gap_;
        first_gap_ = lines_[position].next_gap();
        lines_[position] = line;
        ++size_;
    }

    /// Removes a bid.
    void remove(std::uint32_t position) {
        lines_[position] = Line::gap(first_gap_);
        first_gap_ = position;
        --size_;
    }

    /// Whether more lines are gaps than bids: what looks at all lines would be slow for nothing.
    [[nodiscard]] bool is_sparse() const { return lines_.size() > 2 * size_ + 8; }

    /// Closes all gaps, and calls `moved(line, position)` for each line that has another position.
    template <class Moved>
    void close_gaps(Moved moved) {
        std::size_t end = 0;
        for (std::size_t from = 0; from < lines_.size(); ++from) {
            if (lines_[from].is_gap()) continue;
            if (from != end) {
                lines_[end] = lines_[from];
                moved(lines_[end], static_cast<std::uint32_t>(end));
            }
            ++end;
        }
        lines_.resize(whole(end));
        make_gaps_from(end);
    }

    /// Hints that a line will be needed soon.
    void fetch(std::uint32_t position) const {
        // As a number, since the place may be one for which there is no room yet.
        detail::fetch(reinterpret_cast<std::uintptr_t>(lines_.data()) + sizeof(Line) * position);
    }

private:
    static constexpr std::uint32_t no_gap = 0xffff'ffff;

    static std::size_t whole(std::size_t lines) {
        return (lines + lines_at_once - 1) / lines_at_once * lines_at_once;
    }
    /// All lines from `begin` on are gaps, to be filled in their order, and there are no others.
    void make_gaps_from(std::size_t begin) {
        first_gap_ = no_gap;
        for (std::size_t i = lines_.size(); i-- > begin;) {
            lines_[i] = Line::gap(first_gap_);
            first_gap_ = static_cast<std::uint32_t>(i);
        }
    }

    ShortVector<Line, Allocator> lines_;
    std::uint32_t size_ = 0;
    std::uint32_t first_gap_ = no_gap;
    std::uint32_t gpus_ = 0;
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
