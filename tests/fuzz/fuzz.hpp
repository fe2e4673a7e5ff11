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

#include <gigaspot/json/document_kind.hpp>
#include <gigaspot/json/reader/fault.hpp>
#include <gigaspot/values/error.hpp>

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

/// Whether a text is JSON, without the byte-order mark that may be in front.
inline bool is_json(std::string_view text) {
    return gigaspot::detail::JsonScan{gigaspot::detail::without_utf8_mark(text)}
        .find_fault()
        .problem.empty();
}

/// Whether a reader found a text to be JSON. A document of the wrong form is `wrong_type`, or its
/// error has the path of a field.
template <class Document>
bool says_json(const Document& document) {
    return document || document.error().code != gigaspot::Code::malformed ||
           !document.error().path.empty();
}

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
