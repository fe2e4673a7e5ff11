#include "scenario/table.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace simulator {

namespace {

/// How many letters must be changed, added or removed to turn one word into the other.
std::size_t letters_between(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= left.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t changed = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
        }
    }
    return row.back();
}

std::string quote(std::string_view text) {
    std::string out{'"'};
    for (const char letter : text) {
        const auto code = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\') {
            out += '\\';
            out += letter;
        } else if (letter == '\n') {
            out += "\\n";
        } else if (code < 0x20 || code == 0x7f) {
            out += fmt::format("\\u{:04x}", code);
        } else {
            out += letter;
        }
    }
    return out + '"';
}

std::string write_key(const std::string& key) { return is_name(key) ? key : quote(key); }

std::string write_inline(const Node& node) {
    std::string out;
    switch (node.kind) {
    case Node::Kind::text: return quote(node.text);
    case Node::Kind::list:
        for (const Node& item : node.items) out += (out.empty() ? "" : ", ") + write_inline(item);
        return "[" + out + "]";
    case Node::Kind::table:
        for (const Node& member : node.members)
            out +=
                (out.empty() ? " " : ", ") + write_key(member.key) + " = " + write_inline(member);
        return "{" + out + " }";
    default: return node.text;
    }
}

bool is_table_list(const Node& node) {
    return node.kind == Node::Kind::list && !node.items.empty() &&
           std::all_of(node.items.begin(), node.items.end(), [](const Node& item) {
               return item.kind == Node::Kind::table && !item.is_inline;
           });
}

bool has_section(const Node& node) {
    return (node.kind == Node::Kind::table && !node.is_inline) || is_table_list(node);
}

/// The values first, then the tables, because a value after `[table]` would belong to it.
void write_section(std::string& out, const Node& table, const std::string& path) {
    for (const Node& member : table.members) {
        if (!has_section(member))
            out += write_key(member.key) + " = " + write_inline(member) + "\n";
    }
    for (const Node& member : table.members) {
        if (!has_section(member)) continue;
        const std::string name = (path.empty() ? "" : path + ".") + write_key(member.key);
        if (member.kind == Node::Kind::list) {
            for (const Node& item : member.items) {
                out += "\n[[" + name + "]]\n";
                write_section(out, item, name);
            }
            continue;
        }
        const auto& inner = member.members;
        const bool has_values = std::any_of(inner.begin(), inner.end(),
                                            [](const Node& each) { return !has_section(each); });
        if (has_values || inner.empty()) out += "\n[" + name + "]\n";
        write_section(out, member, name);
    }
}

}  // namespace

const Node* Node::find(std::string_view name) const {
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const Node& member) { return member.key == name; });
    return found == members.end() ? nullptr : &*found;
}

Node* Node::find(std::string_view name) {
    return const_cast<Node*>(std::as_const(*this).find(name));  // NOLINT: this is not const
}

Node& Node::set(std::string_view name, Node value) {
    value.key = name;
    if (Node* const there = find(name)) return *there = std::move(value);
    return members.emplace_back(std::move(value));
}

bool Node::remove(std::string_view name) {
    return std::erase_if(members, [&](const Node& member) { return member.key == name; }) > 0;
}

std::string Node::shown() const {
    constexpr std::size_t longest = 60;
    switch (kind) {
    case Kind::table: return "a table";
    case Kind::list: return "a list";
    case Kind::text: return quote(text.size() <= longest ? text : text.substr(0, longest) + "...");
    default: return text.size() <= longest ? text : text.substr(0, longest) + "...";
    }
}

Node Node::make_text(std::string text) { return {.kind = Kind::text, .text = std::move(text)}; }
Node Node::make_number(std::string digits) {
    return {.kind = Kind::number, .text = std::move(digits)};
}
Node Node::make_boolean(bool is_true) {
    return {.kind = Kind::boolean, .text = is_true ? "true" : "false"};
}
Node Node::make_list(std::vector<Node> items) {
    return {.kind = Kind::list, .items = std::move(items)};
}

void fail_at(const Node& node, std::string_view key, std::string_view message) {
    std::string text = node.where.empty() ? "" : node.where + ": ";
    if (!key.empty()) text += fmt::format("{}: ", key);
    throw InputError{text.append(message)};
}

void fail_value(const Node& node, std::string_view key, std::string_view allowed) {
    fail_at(node, key, fmt::format("got {}; allowed: {}", node.shown(), allowed));
}

std::string write_toml(const Node& table) {
    std::string out;
    write_section(out, table, "");
    return out;
}

bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
    });
}

std::vector<std::string> split_key(std::string_view key, const Node& at) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= key.size();) {
        const std::size_t end = std::min(key.find('.', begin), key.size());
        parts.emplace_back(key.substr(begin, end - begin));
        if (!is_name(parts.back()))
            fail_at(at, "",
                    fmt::format("'{}' is not a key; a key has names of letters, digits, _ "
                                "and -, and points between them: market.fee",
                                key));
        begin = end + 1;
    }
    return parts;
}

std::string find_similar(std::string_view word, const std::vector<std::string>& known) {
    const auto nearest = std::min_element(
        known.begin(), known.end(), [&](const std::string& left, const std::string& right) {
            return letters_between(word, left) < letters_between(word, right);
        });
    if (nearest == known.end()) return {};
    const std::size_t letters = letters_between(word, *nearest);
    return letters <= 2 && letters < word.size() ? *nearest : std::string{};
}

std::string suggest(std::string_view word, const std::vector<std::string>& known) {
    const std::string similar = find_similar(word, known);
    if (!similar.empty()) return fmt::format("; did you mean '{}'?", similar);
    return known.empty() ? std::string{} : "; allowed: " + join(known);
}

std::string join(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace simulator
