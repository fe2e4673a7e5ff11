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

/// Corrects the last word, which is the checksum of all previous words.
inline void sign(Words& words) {
    gigaspot::detail::WordHash hash;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) hash.put(words[i]);
    words.back() = hash.value();
}

inline gigaspot::Result<gigaspot::Engine, gigaspot::Code> restore(
    const Words& words, const gigaspot::Policy& policy = {},
    const gigaspot::EngineLimits& limits = {}) {
    return gigaspot::restore(bytes_of(words), policy, limits);
}

}  // namespace saved
