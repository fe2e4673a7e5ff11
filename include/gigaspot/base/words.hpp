// gigaspot: state saved as a list of 64-bit words, and a hash of such a list. Layer: base.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/base/mix.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Hashes a sequence of words; their order matters.
class WordHash {
public:
    void put(std::uint64_t word) { hash_ = mix(hash_ ^ word) + word; }
    [[nodiscard]] std::uint64_t value() const { return mix(hash_); }

private:
    std::uint64_t hash_ = 0x6769'6761'7370'6f74;  // "gigaspot"
};

/// Converts a word from or to little-endian bytes, whatever the machine.
constexpr std::uint64_t lowest_byte_first(std::uint64_t word) {
    if constexpr (std::endian::native == std::endian::little) return word;
    std::uint64_t turned = 0;
    for (int i = 0; i < 8; ++i, word >>= 8) turned = turned << 8 | (word & 0xff);
    return turned;
}

/// Counts words instead of writing them.
class WordCount {
public:
    void put(std::uint64_t) { ++count_; }
    [[nodiscard]] std::size_t value() const { return count_; }

private:
    std::size_t count_ = 0;
};

/// Writes words in little-endian order into memory that has room for all of them. If you write many
/// words, write them through a copy: the compiler keeps a local copy in registers, and any byte
/// written could change an object that it shares.
class WordWriter {
public:
    explicit WordWriter(std::span<std::byte> room) : at_{room.data()}, end_{at_ + room.size()} {}

    void put(std::uint64_t word) {
        GIGASPOT_ASSERT(end_ - at_ >= 8);
        word = lowest_byte_first(word);
        std::memcpy(at_, &word, sizeof word);
        at_ += sizeof word;
    }
    [[nodiscard]] std::byte* end() const { return at_; }  ///< of the words written

private:
    std::byte* at_;
    std::byte* end_;
};

/// Reads the word that begins at this byte.
inline std::uint64_t read_word(const std::byte* at) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    return lowest_byte_first(word);
}

/// Reads words that a `WordWriter` wrote. Past the end it returns 0 and sets `is_wrong`.
class WordReader {
public:
    explicit WordReader(std::span<const std::byte> bytes)
        : at_{bytes.data()}, end_{at_ + bytes.size() / 8 * 8}, rest_{bytes.size() % 8} {}

    [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_) / 8; }
    [[nodiscard]] std::span<const std::byte> rest() const { return {at_, left() * 8 + rest_}; }
    [[nodiscard]] bool is_wrong() const { return is_wrong_; }
    [[nodiscard]] bool is_at_end() const { return at_ == end_ && rest_ == 0; }
    void fail() { is_wrong_ = true; }

    std::uint64_t get() {
        if (at_ == end_) {
            fail();
            return 0;
        }
        at_ += 8;
        return read_word(at_ - 8);
    }

    /// Reads a word. A word above `bound` sets `is_wrong` and reads as 0.
    std::uint64_t get_at_most(std::uint64_t bound) {
        const std::uint64_t word = get();
        if (word <= bound) return word;
        fail();
        return 0;
    }
    bool get_flag() { return get_at_most(1) != 0; }

    /// Reads a quantity. A count outside its range sets `is_wrong`.
    template <class Q>
    Q get_quantity() {
        const auto quantity = Q::from_count(static_cast<std::int64_t>(get()));
        if (!quantity) fail();
        return quantity.value_or(Q::lowest());
    }

    /// Returns a reader that is this many words further on, or at the end if there are fewer.
    [[nodiscard]] WordReader ahead(std::size_t words) const {
        WordReader reader{*this};
        reader.at_ += 8 * (words < left() ? words : left());
        return reader;
    }

private:
    const std::byte* at_;
    const std::byte* end_;
    std::size_t rest_;  ///< bytes past the last whole word
    bool is_wrong_ = false;
};

/// Returns the hash of all whole words in these bytes.
inline std::uint64_t hash_of(std::span<const std::byte> bytes) {
    WordHash hash;
    for (WordReader words{bytes}; words.left() != 0;) hash.put(words.get());
    return hash.value();
}

/// Returns a checksum of all whole words in these bytes, against accidents. Each of four lanes
/// takes every fourth word. A lane's step is a bijection of the lane and of the word, so that a
/// word that changes always changes its lane. The lanes do not wait for each other, so that a word
/// takes 0.5 ns instead of the 4 ns of `hash_of`.
inline std::uint64_t checksum_of(std::span<const std::byte> bytes) {
    constexpr std::size_t count = 4;
    std::uint64_t lanes[count] = {1, 2, 3, 4};
    const auto put = [](std::uint64_t& lane, std::uint64_t word) {
        lane = std::rotl(lane + word * 0xbf58'476d'1ce4'e5b9, 31) * 0x94d0'49bb'1331'11eb;
    };
    const std::size_t size = bytes.size() / 8;
    const std::byte* at = bytes.data();
    for (std::size_t fours = size / count; fours != 0; --fours, at += 8 * count) {
        for (std::size_t i = 0; i < count; ++i) put(lanes[i], read_word(at + 8 * i));
    }
    for (std::size_t i = 0; i < size % count; ++i) put(lanes[i], read_word(at + 8 * i));
    WordHash hash;
    hash.put(size);
    for (const std::uint64_t lane : lanes) hash.put(lane);
    return hash.value();
}

template <class Words, class Q>
void put_quantity(Words& words, Q quantity) {
    words.put(static_cast<std::uint64_t>(static_cast<std::int64_t>(quantity.count())));
}

template <class Words>
void put_wide(Words& words, Int128 number) {
    words.put(static_cast<std::uint64_t>(static_cast<Uint128>(number) >> 64));
    words.put(static_cast<std::uint64_t>(number));
}
inline Int128 get_wide(WordReader& words) {
    const Uint128 high = words.get();
    return static_cast<Int128>((high << 64) | words.get());
}

/// The number of words that hold the bytes of an id.
template <class T>
inline constexpr std::size_t words_of = (sizeof(T) + 7) / 8;

template <class Words, class T>
void put_id(Words& words, const T& id) {
    std::uint64_t parts[words_of<T>]{};
    std::memcpy(parts, &id, sizeof(T));
    for (const std::uint64_t part : parts) words.put(part);
}
template <class T>
T get_id(WordReader& words) {
    std::uint64_t parts[words_of<T>]{};
    for (std::uint64_t& part : parts) part = words.get();
    T id{};
    std::memcpy(&id, parts, sizeof(T));
    return id;
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
