// Reads and changes a saved market as 64-bit words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <gigaspot/engine/save.hpp>

namespace saved {

using Words = std::vector<std::uint64_t>;
using Bytes = std::vector<std::byte>;

inline Words words_of(std::span<const std::byte> bytes) {
    Words words(bytes.size() / 8);
    for (std::size_t i = 0; i < words.size() * 8; ++i)
        words[i / 8] |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * (i % 8));
    return words;
}
inline Words words_of(const gigaspot::SavedBytes& bytes) {
    return words_of(std::span<const std::byte>{bytes.data(), bytes.size()});
}

inline Bytes bytes_of(const Words& words) {
    Bytes bytes;
    for (const std::uint64_t word : words) {
        for (int shift = 0; shift < 64; shift += 8)
            bytes.push_back(static_cast<std::byte>((word >> shift) & 0xff));
    }
    return bytes;
}

/// Corrects the last word, which is a checksum of all previous words. Names and saves of version 2
/// have another one than saves of version 3.
inline void sign(Words& words) {
    const Bytes bytes = bytes_of({words.begin(), words.end() - 1});
    const bool has_lanes = words[0] == gigaspot::detail::save_magic && words[1] == 3;
    words.back() =
        has_lanes ? gigaspot::detail::checksum_of(bytes) : gigaspot::detail::hash_of(bytes);
}

/// Turns a save of version 3 into the save of version 2 of the same market.
inline Words in_version_2(Words words) {
    words[1] = 2;
    words.erase(words.begin() + 3);  // the number of bids
    sign(words);
    return words;
}

inline gigaspot::Result<gigaspot::Engine, gigaspot::Code> restore(
    const Words& words, const gigaspot::Policy& policy = {},
    const gigaspot::EngineLimits& limits = {}) {
    return gigaspot::restore(bytes_of(words), policy, limits);
}

}  // namespace saved
