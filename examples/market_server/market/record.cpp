#include "record.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace market_server {
namespace {

constexpr std::array<std::pair<Op, std::string_view>, 15> names{{
    {Op::settings, "settings"},
    {Op::account, "account"},
    {Op::token, "token"},
    {Op::revoke_token, "revoke_token"},
    {Op::credit, "credit"},
    {Op::debit, "debit"},
    {Op::rate, "rate"},
    {Op::create, "create"},
    {Op::edit, "edit"},
    {Op::cancel, "cancel"},
    {Op::machine, "machine"},
    {Op::remove_machine, "remove_machine"},
    {Op::beat, "beat"},
    {Op::offline, "offline"},
    {Op::close, "close"},
}};

/// Takes the text up to the next space from the front, with the space.
std::optional<std::string_view> take_word(std::string_view& text) {
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space + 1);
    return word;
}

template <class Number>
std::optional<Number> take_number(std::string_view& text) {
    const auto word = take_word(text);
    if (!word) return std::nullopt;
    Number number = 0;
    const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), number);
    if (error != std::errc{} || end != word->data() + word->size()) return std::nullopt;
    return number;
}

}  // namespace

std::string_view name(Op op) {
    for (const auto& [each, text] : names) {
        if (each == op) return text;
    }
    return "unknown";
}

std::string to_text(const Record& record) {
    std::string text{name(record.op)};
    text += ' ';
    text += std::to_string(record.time);
    text += ' ';
    text += std::to_string(record.account);
    text += ' ';
    text += record.body;
    return text;
}

std::optional<Record> record_of(std::string_view text) {
    const auto op = take_word(text);
    if (!op) return std::nullopt;
    const auto time = take_number<std::int64_t>(text);
    if (!time || *time < 0) return std::nullopt;
    const auto account = take_number<std::uint64_t>(text);
    if (!account) return std::nullopt;
    for (const auto& [each, name] : names) {
        if (name == *op) return Record{each, *time, *account, std::string{text}};
    }
    return std::nullopt;
}

}  // namespace market_server
