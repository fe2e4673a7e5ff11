// Declares all fuzz targets and what they share. A target takes any bytes and ends the program if
// it finds something wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

namespace fuzz {

using Bytes = std::span<const std::uint8_t>;

[[noreturn]] inline void fail(std::string_view what) {
    std::fprintf(stderr, "fuzz: %.*s\n", static_cast<int>(what.size()), what.data());
    std::abort();
}
inline void expect(bool is_so, std::string_view what) {
    if (!is_so) fail(what);
}

inline std::string text_of(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

/// Removes the first bytes and returns them as a number. It takes fewer bytes if there are fewer.
inline std::uint64_t take_number(Bytes& bytes, std::size_t size) {
    std::uint64_t number = 0;
    for (; size > 0 && !bytes.empty(); --size) {
        number = number << 8 | bytes.front();
        bytes = bytes.subspan(1);
    }
    return number;
}

// Each target has a file of its name.
void snapshot(Bytes bytes);
void orders(Bytes bytes);
void replay(Bytes bytes);
void decimal(Bytes bytes);
void restore(Bytes bytes);
void engine(Bytes bytes);

}  // namespace fuzz
