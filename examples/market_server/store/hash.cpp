#include "hash.hpp"

#include <sodium.h>

#include "errors.hpp"

namespace market_server {
namespace {

const unsigned char* raw(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

void need_sodium() {
    static const bool is_ready = sodium_init() >= 0;
    if (!is_ready) throw StoreError{"libsodium finds no source of random numbers"};
}

}  // namespace

Hash hash_of(std::string_view first, std::string_view second, std::string_view third) {
    need_sodium();
    crypto_generichash_state state;
    Hash hash{};
    crypto_generichash_init(&state, nullptr, 0, hash.size());
    for (const std::string_view piece : {first, second, third}) {
        crypto_generichash_update(&state, raw(piece), piece.size());
    }
    crypto_generichash_final(&state, hash.data(), hash.size());
    return hash;
}

Hash next_chain(const Hash& before, std::uint64_t number, std::string_view text) {
    std::array<char, 8> place{};
    for (char& byte : place) {
        byte = static_cast<char>(number & 0xff);
        number >>= 8;
    }
    return hash_of(bytes_of(before), {place.data(), place.size()}, text);
}

std::int64_t row_hash(const Hash& market, std::string_view row) {
    need_sodium();
    static_assert(crypto_shorthash_KEYBYTES == std::tuple_size_v<Hash>);
    std::array<unsigned char, crypto_shorthash_BYTES> hash{};
    crypto_shorthash(hash.data(), raw(row), row.size(), market.data());
    std::uint64_t number = 0;
    for (const unsigned char byte : hash) number = number << 8 | byte;
    return static_cast<std::int64_t>(number);
}

std::string_view bytes_of(const Hash& hash) {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

void append_number(std::string& bytes, std::uint64_t number) {
    for (int i = 0; i < 8; ++i, number >>= 8) bytes.push_back(static_cast<char>(number & 0xff));
}

std::uint64_t number_at(std::string_view bytes) {
    std::uint64_t number = 0;
    for (std::size_t i = 8; i-- > 0;) number = number << 8 | raw(bytes)[i];
    return number;
}

Hash random_id() {
    need_sodium();
    Hash id{};
    randombytes_buf(id.data(), id.size());
    return id;
}

std::string random_hex(std::size_t size) {
    need_sodium();
    std::string bytes(size, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    std::string text(2 * size + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), raw(bytes), bytes.size());
    text.pop_back();
    return text;
}

}  // namespace market_server
