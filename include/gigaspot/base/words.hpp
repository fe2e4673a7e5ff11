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

/// Appends words to `Bytes` in little-endian order. All bytes are written once `put_hash` returns.
template <class Bytes>
class WordWriter {
public:
    explicit WordWriter(Bytes& bytes) : bytes_{bytes} {}

    void put(std::uint64_t word) {
        hash_.put(word);
        add(word);
    }
    /// Ends the list with a hash of all other words.
    void put_hash() {
        add(hash_.value());
        hand_over();
    }

private:
    static constexpr std::size_t words_at_once = 512;

    void add(std::uint64_t word) {
        if (used_ == words_at_once) hand_over();
        words_[used_++] = lowest_byte_first(word);
    }
    void hand_over() {
        const std::size_t size = used_ * sizeof(std::uint64_t);
        if (bytes_.capacity() - bytes_.size() < size)
            bytes_.reserve(2 * bytes_.capacity() + size);  // doubled, so that moves are rare
        const auto* const begin = reinterpret_cast<const std::byte*>(words_);
        bytes_.insert(bytes_.end(), begin, begin + size);
        used_ = 0;
    }

    Bytes& bytes_;
    WordHash hash_{};
    std::size_t used_ = 0;
    std::uint64_t words_[words_at_once];
};

/// Reads words that a `WordWriter` wrote. Past the end it returns 0 and sets `is_wrong`.
class WordReader {
public:
    explicit WordReader(std::span<const std::byte> bytes) : bytes_{bytes} {}

    [[nodiscard]] std::size_t left() const { return (bytes_.size() - at_) / 8; }
    [[nodiscard]] std::span<const std::byte> rest() const { return bytes_.subspan(at_); }
    [[nodiscard]] bool is_wrong() const { return is_wrong_; }
    [[nodiscard]] bool is_at_end() const { return at_ == bytes_.size(); }
    void fail() { is_wrong_ = true; }

    std::uint64_t get() {
        if (left() == 0) {
            fail();
            return 0;
        }
        std::uint64_t word;
        std::memcpy(&word, bytes_.data() + at_, sizeof word);
        at_ += 8;
        return lowest_byte_first(word);
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

private:
    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
    bool is_wrong_ = false;
};

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
