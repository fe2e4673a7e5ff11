// gigaspot-simulate: a scenario file as a tree of values that know where they were written. It
// keeps the reader of TOML, which is slow to compile, out of all other files.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace simulator {

/// Bad input. The message says where, which key, what was there and what is allowed.
class InputError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A value of TOML.
struct Node {
    enum class Kind : std::uint8_t { table, list, text, number, boolean, other };

    Kind kind = Kind::table;
    /// A string, a number as exact decimal digits, or "true"; else what it is, such as "a date".
    std::string text{};
    std::string where{};          ///< such as "bots.toml:3:5" or "--set days=x"
    std::string key{};            ///< of a member of a table
    std::vector<Node> members{};  ///< of a table, in the order of the file
    std::vector<Node> items{};    ///< of a list
    bool is_inline = false;       ///< a table that is written between braces

    /// Null if this is not a table or has no such key.
    [[nodiscard]] const Node* find(std::string_view name) const;
    [[nodiscard]] Node* find(std::string_view name);
    /// Replaces the value of a key of a table, or adds it at the end.
    Node& set(std::string_view name, Node value);
    /// Returns whether it was there.
    bool remove(std::string_view name);
    /// What it is, for messages: "\"abc\"", "12", "a table".
    [[nodiscard]] std::string shown() const;

    [[nodiscard]] static Node make_text(std::string text);
    [[nodiscard]] static Node make_number(std::string digits);
    [[nodiscard]] static Node make_boolean(bool is_true);
    [[nodiscard]] static Node make_list(std::vector<Node> items);
};

/// Fails with "where: key: message".
[[noreturn]] void fail_at(const Node& node, std::string_view key, std::string_view message);
/// Fails with "where: key: got X; allowed: Y".
[[noreturn]] void fail_value(const Node& node, std::string_view key, std::string_view allowed);

/// Reads a file of TOML.
[[nodiscard]] Node parse_toml(std::string_view text, const std::string& file);
/// Reads a value of TOML. A text that is neither a value nor looks like a broken list, table or
/// string is taken as a string, such as 12h or second_price.
[[nodiscard]] Node parse_value(std::string_view text, const std::string& where);
/// Writes a table as a file of TOML, which `parse_toml` reads to the same values.
[[nodiscard]] std::string write_toml(const Node& table);

/// The parts of a dotted key. Fails if one is empty or has other characters than letters, digits,
/// `_` and `-`.
[[nodiscard]] std::vector<std::string> split_key(std::string_view key, const Node& at);
/// Whether a text can be a key without quotes, and the name of a kind or a tariff.
[[nodiscard]] bool is_name(std::string_view text);

/// "; did you mean 'x'?" if one of the known words is similar, otherwise "; allowed: a, b, c".
[[nodiscard]] std::string suggest(std::string_view word, const std::vector<std::string>& known);
/// The most similar of the words if at most two letters differ, otherwise nothing.
[[nodiscard]] std::string find_similar(std::string_view word,
                                       const std::vector<std::string>& known);
/// "a, b, c"
[[nodiscard]] std::string join(const std::vector<std::string>& words);

}  // namespace simulator
