// Reads small documents of the server's own and writes texts of JSON. The market's documents
// (hosts, orders, rates) are read by the library.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "posting.hpp"

namespace market_server {

/// A document that is not what it must be; the text says where and what is allowed.
struct BadInput : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The fields of one object. Each `get` throws BadInput if the field has another type or is out of
/// range, and returns nothing if it is absent or null.
class Fields {
public:
    /// Reads a whole document. Fields other than `known` and those that begin with `x_` are
    /// errors. Throws BadInput.
    Fields(std::string_view text, std::initializer_list<std::string_view> known);
    Fields(Fields&&) noexcept;
    ~Fields();

    [[nodiscard]] std::optional<std::string> text(std::string_view key) const;
    [[nodiscard]] std::optional<bool> flag(std::string_view key) const;
    /// A whole number from 0 to 2^53.
    [[nodiscard]] std::optional<std::int64_t> whole(std::string_view key) const;
    /// An amount of coins: a decimal text with at most 8 digits after the point, or a whole number.
    [[nodiscard]] std::optional<Units> amount(std::string_view key) const;
    [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view key) const;
    /// The fields of an object whose values are amounts.
    [[nodiscard]] std::vector<std::pair<std::string, Units>> amounts(std::string_view key) const;

private:
    struct Document;
    std::unique_ptr<Document> document_;
};

/// A required field; throws BadInput if it is absent.
template <class T>
T need(std::optional<T> value, std::string_view key) {
    if (!value) throw BadInput{std::string{key} + ": missing"};
    return *std::move(value);
}

/// Appends a string of JSON, in quotes. Bytes that are not UTF-8 are copied.
void put_string(std::string& out, std::string_view text);
[[nodiscard]] std::string json_text(std::string_view text);

/// An amount as a decimal number: "12.5".
[[nodiscard]] std::string coins(Units amount);

/// The amount of a text such as "12.5"; nothing if it is not one.
[[nodiscard]] std::optional<Units> units_of(std::string_view text);

}  // namespace market_server
