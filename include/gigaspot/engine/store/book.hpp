// gigaspot: the entries of all bids, grouped in a book for each host. Layer: engine/store.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/store/growing_array.hpp>
#include <gigaspot/engine/store/memory.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The part of a bid that choosing reads, in 16 bytes. A host that has lost its best bid scans its
/// entries and reads nothing else. An entry without a bid is a gap.
///
/// The entry has two words instead of bit fields: bit fields are written and read in pieces of
/// different sizes, which stalls the processor.
class BookEntry {
public:
    // First word: price, flags, currency, 9 bits of the owner's hash. The flags lie right above the
    // price, so that one comparison checks both. Second word: watts, bid.
    static constexpr std::uint64_t price_mask = (std::uint64_t{1} << 48) - 1;
    static constexpr std::uint64_t valid_mask = std::uint64_t{1} << 48;
    static constexpr std::uint64_t cached_mask = std::uint64_t{1} << 49;
    static constexpr std::uint64_t gap_mask = std::uint64_t{1} << 50;
    static constexpr std::uint64_t currency_mask = std::uint64_t{15} << 51;
    static constexpr std::uint64_t watts_mask = 0xffff'ffff;

    constexpr BookEntry() = default;
    constexpr BookEntry(Slot bid, Price price, Currency currency, TotalPower watts,
                        std::uint32_t owner_hash = 0)
        : first_{static_cast<std::uint64_t>(price.count()) | valid_mask |
                 std::uint64_t{currency.number} << currency_shift |
                 std::uint64_t{owner_hash} << owner_shift},
          second_{static_cast<std::uint64_t>(watts.count()) | std::uint64_t{bid} << 32} {}

    [[nodiscard]] constexpr Slot bid() const { return static_cast<Slot>(second_ >> 32); }
    [[nodiscard]] constexpr Price price() const {
        return Price::unchecked(static_cast<Price::rep>(first_ & price_mask));
    }
    [[nodiscard]] constexpr Currency currency() const {
        return Currency{static_cast<std::uint8_t>((first_ & currency_mask) >> currency_shift)};
    }
    [[nodiscard]] constexpr bool is_in_main() const { return (first_ & currency_mask) == 0; }
    /// Whether both are entries of bids in the main currency.
    [[nodiscard]] static constexpr bool are_in_main(BookEntry one, BookEntry other) {
        return ((one.first_ | other.first_) & (currency_mask | gap_mask)) == 0;
    }
    /// Whether the owner can have this hash. True for one of 512 other owners.
    [[nodiscard]] constexpr bool may_be_of(std::uint32_t owner_hash) const {
        return owner_bits() == owner_bits_of(owner_hash);
    }
    [[nodiscard]] constexpr std::uint32_t owner_bits() const {
        return static_cast<std::uint32_t>(first_ >> owner_shift);
    }
    [[nodiscard]] static constexpr std::uint32_t owner_bits_of(std::uint32_t owner_hash) {
        return owner_hash & owner_mask;
    }
    [[nodiscard]] constexpr TotalPower watts() const {
        return TotalPower::unchecked(static_cast<TotalPower::rep>(second_ & watts_mask));
    }
    [[nodiscard]] constexpr bool is_cached() const { return (first_ & cached_mask) != 0; }
    /// False for a gap.
    [[nodiscard]] constexpr bool is_overclock_valid() const { return (first_ & valid_mask) != 0; }
    [[nodiscard]] constexpr bool is_gap() const { return (first_ & gap_mask) != 0; }

    constexpr void set_cached(bool flag) { set(cached_mask, flag); }
    constexpr void set_overclock_valid(bool flag) { set(valid_mask, flag); }
    constexpr void set_price(Price price) {
        first_ = (first_ & ~price_mask) | static_cast<std::uint64_t>(price.count());
    }
    constexpr void set_watts(TotalPower watts) {
        second_ = (second_ & ~watts_mask) | static_cast<std::uint64_t>(watts.count());
    }
    /// Takes the price, the watts and the validity of another entry.
    constexpr void set_terms(BookEntry other) {
        set_price(other.price());
        set_watts(other.watts());
        set_overclock_valid(other.is_overclock_valid());
    }

    /// Returns a gap, which holds the number of the next gap of its book.
    [[nodiscard]] static constexpr BookEntry gap(std::uint32_t next) {
        BookEntry entry;
        entry.second_ = std::uint64_t{next} << 32;
        return entry;
    }
    [[nodiscard]] constexpr std::uint32_t next_gap() const { return bid(); }

private:
    static constexpr int currency_shift = 51;
    static constexpr int owner_shift = 55;
    static constexpr std::uint32_t owner_mask = (1U << (64 - owner_shift)) - 1;
    static_assert(limits::currencies_max <= (currency_mask >> currency_shift) + 1);
    static_assert(main_currency.number == 0);
    static_assert(static_cast<std::uint64_t>(Price::highest().count()) <= price_mask);

    constexpr void set(std::uint64_t mask, bool flag) {
        first_ = flag ? first_ | mask : first_ & ~mask;
    }

    std::uint64_t first_ = gap_mask;
    std::uint64_t second_ = std::uint64_t{no_slot} << 32;
};
static_assert(sizeof(BookEntry) == 16);

/// A block of entries fills four cache lines and a whole number of vectors.
inline constexpr std::size_t entries_in_block = 16;
struct alignas(64) EntryBlock {
    BookEntry entries[entries_in_block];
};

inline constexpr std::uint32_t no_entry = 0xffff'ffff;
inline constexpr std::uint32_t no_block = 0xffff'ffff;

/// The entries of the bids on one host, in no order.
struct Book {
    std::uint32_t first_block = no_block;
    std::uint32_t first_gap = no_entry;  ///< the entry of the next bid
    std::uint32_t bids = 0;
    std::uint32_t entries = 0;  ///< including gaps
    std::uint32_t gpus = 0;     ///< of the host

    /// Whether there are over two blocks more gaps than bids, so that a scan wastes time. Then the
    /// caller closes the gaps.
    [[nodiscard]] bool is_sparse() const { return entries > entries_max(1, bids); }
    /// Returns the maximum number of entries of `books` books, none sparse, with `bids` bids in
    /// all.
    [[nodiscard]] static constexpr std::size_t entries_max(std::size_t books, std::size_t bids) {
        return 2 * bids + 2 * entries_in_block * books;
    }
};

/// All entries of a book, including gaps. Valid until a block is added.
class BookEntries {
public:
    BookEntries(const EntryBlock* blocks, const std::uint32_t* next, const Book& book)
        : blocks_{blocks}, next_{next}, first_{book.first_block}, size_{book.entries} {}

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::uint32_t first_block() const { return first_; }
    [[nodiscard]] std::uint32_t after(std::uint32_t block) const { return next_[block]; }
    [[nodiscard]] const EntryBlock& block(std::uint32_t number) const { return blocks_[number]; }
    [[nodiscard]] const BookEntry& entry(std::uint32_t number) const {
        return block(number / entries_in_block).entries[number % entries_in_block];
    }

    class Iterator {
    public:
        Iterator(const BookEntries& book, std::uint32_t block) : book_{&book}, block_{block} {}
        const BookEntry& operator*() const { return book_->block(block_).entries[place_]; }
        Iterator& operator++() {
            if (++place_ < entries_in_block) return *this;
            place_ = 0;
            block_ = book_->after(block_);
            return *this;
        }
        friend bool operator==(const Iterator& left, const Iterator& right) {
            return left.block_ == right.block_ && left.place_ == right.place_;
        }

    private:
        const BookEntries* book_;
        std::uint32_t block_;
        std::size_t place_ = 0;
    };
    /// Calls `act(entry)` for each entry in another currency than the main one.
    template <class Act>
    void for_each_foreign(Act act) const {
        for (std::uint32_t at = first_; at != no_block; at = after(at)) {
            const EntryBlock& its = block(at);
            unsigned found = 0;  // few entries are, so a branch for each would cost more
            for (std::size_t i = 0; i < entries_in_block; ++i)
                found |= static_cast<unsigned>(!its.entries[i].is_in_main()) << i;
            for (; found != 0; found &= found - 1)
                act(its.entries[static_cast<unsigned>(std::countr_zero(found))]);
        }
    }
    [[nodiscard]] Iterator begin() const { return {*this, first_}; }
    [[nodiscard]] Iterator end() const { return {*this, no_block}; }

private:
    const EntryBlock* blocks_;
    const std::uint32_t* next_;
    std::uint32_t first_;
    std::size_t size_;
};

/// The entries of all books, in blocks. A book grows by one block. A bid that goes
/// leaves a gap, which the host's next bid fills. So nothing else moves, and a cancel writes one
/// entry. An entry is found by its number alone, without its book.
template <class Allocator>
class EntryPool {
public:
    explicit EntryPool(const Allocator& allocator) : blocks_{allocator}, next_{allocator} {}
    EntryPool(const EntryPool&) = default;
    EntryPool(EntryPool&& other) noexcept
        : blocks_{std::move(other.blocks_)}, next_{std::move(other.next_)} {
        std::swap(free_, other.free_);
    }
    EntryPool& operator=(const EntryPool&) = delete;

    [[nodiscard]] BookEntry& operator[](std::uint32_t number) {
        GIGASPOT_ASSERT(number < entries());
        return const_cast<BookEntry*>(all())[number];
    }
    [[nodiscard]] const BookEntry& operator[](std::uint32_t number) const {
        GIGASPOT_ASSERT(number < entries());
        return all()[number];
    }
    [[nodiscard]] BookEntries of(const Book& book) const {
        return {blocks_.data(), next_.data(), book};
    }
    /// Every entry's number is below this.
    [[nodiscard]] std::size_t entries() const { return blocks_.size() * entries_in_block; }

    /// Makes room for `entries` entries in all books together.
    void reserve(std::size_t entries) {
        const std::size_t blocks = (entries + entries_in_block - 1) / entries_in_block;
        detail::make_room(next_, blocks);
        blocks_.make_room(blocks);
        while (blocks_.size() < blocks) add_block();
    }
    /// Makes room for one more bid in a book.
    void make_room(Book& book) {
        if (book.first_gap == no_entry) give_block(book);
    }
    /// Adds a bid and returns the number of its entry. Room must have been made.
    std::uint32_t add(Book& book, const BookEntry& entry) {
        const std::uint32_t number = book.first_gap;
        book.first_gap = (*this)[number].next_gap();
        (*this)[number] = entry;
        ++book.bids;
        return number;
    }

    /// Removes a bid.
    void remove(Book& book, std::uint32_t number) {
        (*this)[number] = BookEntry::gap(book.first_gap);
        book.first_gap = number;
        --book.bids;
    }

    /// Closes all gaps, and calls `moved(entry, number)` for each entry that gets another number.
    /// Blocks that become empty are free for all books. Costs O(entries).
    template <class Moved>
    void close_gaps(Book& book, Moved moved) {
        std::uint32_t to = book.first_block;
        std::size_t place = 0;
        for (std::uint32_t from = book.first_block; from != no_block; from = next_[from]) {
            for (std::size_t i = 0; i < entries_in_block; ++i) {
                const BookEntry entry = blocks_[from].entries[i];
                if (entry.is_gap()) continue;
                if (place == entries_in_block) {
                    to = next_[to];
                    place = 0;
                }
                if (to != from || place != i) {
                    blocks_[to].entries[place] = entry;
                    moved(entry, number_of(to, place));
                }
                ++place;
            }
        }
        book.first_gap = no_entry;
        book.entries = (book.bids + entries_in_block - 1) / entries_in_block * entries_in_block;
        if (book.bids == 0) {
            give_back(std::exchange(book.first_block, no_block));
        } else {
            give_back(std::exchange(next_[to], no_block));
            make_gaps(book, to, place);
        }
    }

    /// Gives back the blocks of a book without bids.
    void clear(Book& book) {
        GIGASPOT_ASSERT(book.bids == 0);
        close_gaps(book, [](const BookEntry&, std::uint32_t) {});
    }

    /// Hints that an entry will be needed soon. Any number is allowed.
    void fetch(std::uint32_t number) const { fetch_slot<1>(all(), number); }

private:
    static constexpr std::uint32_t number_of(std::uint32_t block, std::size_t place) {
        return static_cast<std::uint32_t>(block * entries_in_block + place);
    }

    /// Turns the entries of a block from `begin` on into gaps, to be filled in order.
    void make_gaps(Book& book, std::uint32_t block, std::size_t begin) {
        for (std::size_t place = entries_in_block; place-- > begin;) {
            blocks_[block].entries[place] = BookEntry::gap(book.first_gap);
            book.first_gap = number_of(block, place);
        }
    }

    /// Adds a block of gaps to a book.
    [[gnu::noinline]] void give_block(Book& book) {
        if (free_ == no_block) add_block();
        const std::uint32_t block = free_;
        free_ = next_[block];
        next_[block] = book.first_block;
        book.first_block = block;
        book.entries += entries_in_block;
        make_gaps(book, block, 0);
    }
    void add_block() {
        const auto block = static_cast<std::uint32_t>(blocks_.size());
        detail::make_room(next_, blocks_.size() + 1);
        blocks_.extend(blocks_.size() + 1, EntryBlock{});
        next_.push_back(free_);
        free_ = block;
    }
    /// Gives back a block and those after it.
    void give_back(std::uint32_t block) {
        while (block != no_block) {
            const std::uint32_t after = next_[block];
            next_[block] = free_;
            free_ = block;
            block = after;
        }
    }

    /// Returns the first of all entries. Blocks follow each other without a gap.
    [[nodiscard]] const BookEntry* all() const {
        static_assert(sizeof(EntryBlock) == entries_in_block * sizeof(BookEntry));
        return reinterpret_cast<const BookEntry*>(blocks_.data());
    }

    static constexpr std::size_t blocks_max =
        Book::entries_max(limits::hosts_max, limits::bids_max) / entries_in_block;

    GrowingArray<EntryBlock, Allocator, blocks_max> blocks_;
    Vector<std::uint32_t, Allocator> next_;  ///< by block: the next one in its book or free list
    std::uint32_t free_ = no_block;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
