// Prints whether texts are JSON, according to each reader of the library and to its slow scan.
// Standard input holds texts, each after its length (4 bytes, little endian). The program writes a
// line for each:
//
//     <snapshot> <orders> <answer> <scan> <line> <column>
//
// 1 means JSON and 0 means broken. A byte-order mark in front is ignored. Line and column are the
// position that the reader of snapshots names, or 0 0 if there is none.
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#include <gigaspot/json/document_kind.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/orders.hpp>
#include <gigaspot/json/reader/fault.hpp>
#include <gigaspot/json/snapshot.hpp>
#include <gigaspot/values/error.hpp>

namespace {

std::string read_all() {
    std::string text;
    char buffer[1 << 16];
    for (std::size_t count = 0; (count = std::fread(buffer, 1, sizeof buffer, stdin)) > 0;)
        text.append(buffer, count);
    return text;
}

// A document that is JSON but has the wrong form is `wrong_type`, or its error has the path of a
// field.
template <class Document>
int is_json(const Document& document) {
    return document || document.error().code != gigaspot::Code::malformed ||
                   !document.error().path.empty()
               ? 1
               : 0;
}

}  // namespace

int main() {
    const std::string input = read_all();
    for (std::size_t at = 0; at + 4 <= input.size();) {
        std::size_t length = 0;
        for (std::size_t i = 4; i-- > 0;)
            length = length * 256 + static_cast<unsigned char>(input[at + i]);
        const std::string text = input.substr(at + 4, length);
        at += 4 + length;

        gigaspot::MarketNames names;
        const auto snapshot = gigaspot::read_snapshot(text, names);
        const auto orders = gigaspot::read_create_orders(text, names);
        const auto answer = gigaspot::read_market_answer(text);
        const std::string_view unmarked = gigaspot::detail::without_utf8_mark(text);
        const bool is_scanned = gigaspot::detail::JsonScan{unmarked}.find_fault().problem.empty();
        const gigaspot::DocumentError place =
            snapshot ? gigaspot::DocumentError{} : snapshot.error();
        std::printf("%d %d %d %d %zu %zu\n", is_json(snapshot), is_json(orders), is_json(answer),
                    is_scanned ? 1 : 0, place.line, place.column);
    }
}
