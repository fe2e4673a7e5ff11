// Checksums of what is stored, and random bytes. Uses libsodium.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace market_server {

/// A BLAKE2b-128.
using Hash = std::array<unsigned char, 16>;

/// The hash of a text in pieces: of all of them, one after the other.
[[nodiscard]] Hash hash_of(std::string_view first, std::string_view second = {},
                           std::string_view third = {});

/// The chain of a record: covers the chain of the record before, its number and its text. So each
/// record also proves all records before it.
[[nodiscard]] Hash next_chain(const Hash& before, std::uint64_t number, std::string_view text);

/// A short checksum of a row. The key is the market's id, so rows of another market do not fit.
[[nodiscard]] std::int64_t row_hash(const Hash& market, std::string_view row);

/// The bytes of a hash.
[[nodiscard]] std::string_view bytes_of(const Hash& hash);

/// Appends 8 bytes, the lowest first.
void append_number(std::string& bytes, std::uint64_t number);
/// The number in the first 8 bytes, which must exist.
[[nodiscard]] std::uint64_t number_at(std::string_view bytes);

/// 16 random bytes.
[[nodiscard]] Hash random_id();
/// `size` random bytes as hexadecimal digits.
[[nodiscard]] std::string random_hex(std::size_t size);

}  // namespace market_server
