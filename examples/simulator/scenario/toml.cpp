// The only include of toml++, which is slow to compile.
#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "scenario/table.hpp"

namespace simulator {

namespace {

/// All digits of the shortest decimal that reads as the same number, without an exponent.
std::string shortest_digits(double value) {
    std::array<char, 400> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::fixed);
    return {buffer.data(), end.ptr};
}

/// A double holds any decimal of 15 digits exactly enough to give it back, but not all of 16.
bool is_exact(std::string_view digits) {
    std::string kept;
    for (const char letter : digits) {
        if (letter >= '0' && letter <= '9' && !(kept.empty() && letter == '0')) kept += letter;
    }
    if (digits.find('.') == std::string_view::npos) {
        while (kept.ends_with('0')) kept.pop_back();
    }
    return kept.size() <= 15;
}

class Convert {
public:
    /// With a file, each node's place gets its line and column; without, all have the same place.
    Convert(std::string where, bool is_file) : where_{std::move(where)}, is_file_{is_file} {}

    Node operator()(const toml::node& from) const {
        Node node{.where = place(from.source())};
        if (const toml::table* const table = from.as_table()) {
            node.is_inline = table->is_inline();
            add_members(node, *table);
        } else if (const toml::array* const array = from.as_array()) {
            node.kind = Node::Kind::list;
            for (const toml::node& item : *array) node.items.push_back((*this)(item));
        } else if (const auto* const text = from.as_string()) {
            node.kind = Node::Kind::text;
            node.text = text->get();
        } else if (const auto* const boolean = from.as_boolean()) {
            node.kind = Node::Kind::boolean;
            node.text = boolean->get() ? "true" : "false";
        } else if (const auto* const integer = from.as_integer()) {
            node.kind = Node::Kind::number;
            node.text = std::to_string(integer->get());
        } else if (const auto* const real = from.as_floating_point()) {
            add_real(node, real->get());
        } else {
            node.kind = Node::Kind::other;
            node.text = "a date or time";
        }
        return node;
    }

private:
    [[nodiscard]] std::string place(const toml::source_region& source) const {
        if (!is_file_) return where_;
        return fmt::format("{}:{}:{}", where_, source.begin.line, source.begin.column);
    }

    static void add_real(Node& node, double value) {
        if (value - value != 0) {  // infinite or not a number
            node.kind = Node::Kind::other;
            node.text = "a number that is not finite";
            return;
        }
        node.kind = Node::Kind::number;
        node.text = shortest_digits(value);
        if (!is_exact(node.text))
            fail_at(node, "",
                    fmt::format("{} has more than 15 digits, which a number in TOML does "
                                "not hold exactly; put it in quotes",
                                node.shown()));
    }

    /// toml++ sorts by key; the file's order is that of the places.
    void add_members(Node& node, const toml::table& table) const {
        std::vector<std::pair<toml::source_position, Node>> found;
        for (const auto& [key, value] : table)
            found.emplace_back(key.source().begin, (*this)(value)).second.key = key.str();
        std::stable_sort(found.begin(), found.end(), [](const auto& left, const auto& right) {
            return left.first < right.first;
        });
        for (auto& each : found) node.members.push_back(std::move(each.second));
    }

    std::string where_;
    bool is_file_;
};

}  // namespace

Node parse_toml(std::string_view text, const std::string& file) {
    try {
        return Convert{file, true}(toml::parse(text, file));
    } catch (const toml::parse_error& error) {
        const toml::source_position at = error.source().begin;
        throw InputError{
            fmt::format("{}:{}:{}: {}", file, at.line, at.column, error.description())};
    }
}

Node parse_value(std::string_view text, const std::string& where) {
    try {
        const toml::table table = toml::parse(fmt::format("value = {}", text), where);
        if (table.size() != 1) throw InputError{where + ": expected one value"};
        return Convert{where, false}(*table.get("value"));
    } catch (const toml::parse_error& error) {
        if (text.empty() || text.find_first_of("\"'[]{}#=\n") != std::string_view::npos)
            throw InputError{fmt::format("{}: {}", where, error.description())};
        Node node = Node::make_text(std::string{text});
        node.where = where;
        return node;
    }
}

}  // namespace simulator
