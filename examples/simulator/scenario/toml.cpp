// The only include of toml++, which is slow to compile. It is not linked, because the library of
// Debian has no checks.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "scenario/table.hpp"

namespace simulator {

namespace {

/// Thrown where toml++ 3.3 wrongly assumes that a text is impossible, such as `a = [1,} -1`.
/// Without NDEBUG it would end the program, and with NDEBUG its behaviour would be undefined.
struct ParserAssertion {};

[[noreturn]] void fail_assertion() { throw ParserAssertion{}; }

}  // namespace

}  // namespace simulator

#undef NDEBUG
#define TOML_HEADER_ONLY 1
#define TOML_ASSERT(expr) (static_cast<bool>(expr) ? void() : simulator::fail_assertion())
#include <toml++/toml.h>

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

/// A place in a text that toml++ 3.3 must not see. Its behaviour is undefined at letters that are
/// not ASCII outside of strings and comments, and it recurses once per part of a key.
struct Unreadable {
    std::size_t line = 1;
    std::size_t column = 1;
    std::string_view what{};
};
constexpr std::size_t key_parts_max = 100;

std::optional<Unreadable> find_unreadable(std::string_view text) {
    std::string_view closing;  // of the string that is open; a line break if it is a comment
    std::size_t line = 1;
    std::size_t column = 1;
    std::size_t points = 0;  // of keys in this line, not those of numbers
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view rest = text.substr(i);
        const bool is_long = closing.size() == 3;
        std::size_t length = 1;
        if (closing.empty()) {
            if (static_cast<unsigned char>(text[i]) >= 0x80)
                return Unreadable{line, column,
                                  "letters other than those of ASCII are allowed only in quotes"};
            const bool is_after_digit = i > 0 && text[i - 1] >= '0' && text[i - 1] <= '9';
            if (text[i] == '.' && !is_after_digit && ++points > key_parts_max)
                return Unreadable{line, column, "a key has more than 100 parts"};
            for (const std::string_view quotes :
                 {std::string_view{"\"\"\""}, std::string_view{"'''"}, std::string_view{"\""},
                  std::string_view{"'"}}) {
                if (!closing.empty() || !rest.starts_with(quotes)) continue;
                closing = quotes;
                length = quotes.size();
            }
            if (text[i] == '#') closing = "\n";
        } else if (text[i] == '\\' && closing.front() == '"' && rest.size() > 1) {
            length = rest[1] == '\n' ? 1 : 2;
        } else if (rest.starts_with(closing) || (text[i] == '\n' && !is_long)) {
            length = text[i] == '\n' ? 1 : closing.size();
            closing = {};
        }
        if (text[i] == '\n') {
            ++line;
            points = 0;
        }
        column = text[i] == '\n' ? 1 : column + length;
        i += length;
    }
    return std::nullopt;
}

/// Whether toml++ takes a text for impossible.
bool is_impossible(std::string_view text, const std::string& where) {
    try {
        (void)toml::parse(text, where);
    } catch (const ParserAssertion&) {
        return true;
    } catch (const toml::parse_error&) {  // more lines may complete it
    }
    return false;
}

/// The first line after which toml++ takes the text for impossible, by bisection.
std::size_t find_impossible_line(std::string_view text, const std::string& where) {
    std::vector<std::size_t> ends;
    for (std::size_t end = text.find('\n'); end != text.npos; end = text.find('\n', end + 1))
        ends.push_back(end);
    const auto found = std::partition_point(ends.begin(), ends.end(), [&](std::size_t end) {
        return !is_impossible(text.substr(0, end), where);
    });
    return static_cast<std::size_t>(found - ends.begin()) + 1;
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
        if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a mark of UTF-8
        if (const auto found = find_unreadable(text))
            throw InputError{
                fmt::format("{}:{}:{}: {}", file, found->line, found->column, found->what)};
        return Convert{file, true}(toml::parse(text, file));
    } catch (const ParserAssertion&) {
        throw InputError{fmt::format("{}:{}: a comma, a bracket or a quote is missing or too many",
                                     file, find_impossible_line(text, file))};
    } catch (const toml::parse_error& error) {
        const toml::source_position at = error.source().begin;
        throw InputError{
            fmt::format("{}:{}:{}: {}", file, at.line, at.column, error.description())};
    }
}

Node parse_value(std::string_view text, const std::string& where) {
    std::string fault = "a comma, a bracket or a quote is missing or too many";
    try {
        const std::string line = fmt::format("value = {}", text);
        if (const auto found = find_unreadable(line)) {
            fault = found->what;
        } else {
            const toml::table table = toml::parse(line, where);
            if (table.size() == 1) return Convert{where, false}(*table.get("value"));
            fault = "expected one value";
        }
    } catch (const ParserAssertion&) {  // the fault is already named
    } catch (const toml::parse_error& error) {
        fault = error.description();
    }
    if (text.empty() || text.find_first_of("\"'[]{}#=\n") != std::string_view::npos)
        throw InputError{fmt::format("{}: {}", where, fault)};
    Node node = Node::make_text(std::string{text});
    node.where = where;
    return node;
}

}  // namespace simulator
