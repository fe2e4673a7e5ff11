#include "json.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include <gigaspot/base/decimal.hpp>
#include <gigaspot/values/units.hpp>

namespace market_server {
namespace dom = simdjson::dom;

struct Fields::Document {
    dom::parser parser{};
    dom::object object{};

    [[nodiscard]] std::optional<dom::element> find(std::string_view key) const {
        dom::element element;
        if (object.at_key(key).get(element) != simdjson::SUCCESS || element.is_null())
            return std::nullopt;
        return element;
    }
};

namespace {

[[noreturn]] void fail(std::string_view key, std::string_view wanted) {
    throw BadInput{fmt::format("{}: expected {}", key, wanted)};
}

Units amount_of(std::string_view key, const dom::element& element) {
    constexpr std::string_view wanted =
        "an amount from 0, as a text with at most 8 digits after the point or as a whole number";
    std::string_view text;
    if (element.get(text) == simdjson::SUCCESS) {
        const auto amount = units_of(text);
        if (!amount) fail(key, wanted);
        return *amount;
    }
    std::int64_t whole = 0;
    if (element.get(whole) != simdjson::SUCCESS || whole < 0 ||
        whole > std::numeric_limits<Units>::max() / 100'000'000)
        fail(key, wanted);
    return whole * 100'000'000;
}

}  // namespace

Fields::Fields(std::string_view text, std::initializer_list<std::string_view> known)
    : document_{std::make_unique<Document>()} {
    dom::element root;
    const auto error = document_->parser.parse(text.data(), text.size()).get(root);
    if (error != simdjson::SUCCESS)
        throw BadInput{fmt::format("the body is not JSON: {}", simdjson::error_message(error))};
    if (root.get(document_->object) != simdjson::SUCCESS)
        throw BadInput{"the body must be an object of JSON"};
    for (const auto& [key, value] : document_->object) {
        if (key.starts_with("x_") || std::find(known.begin(), known.end(), key) != known.end())
            continue;
        throw BadInput{
            fmt::format("unknown field {}; expected {}", json_text(key), fmt::join(known, ", "))};
    }
}
Fields::Fields(Fields&&) noexcept = default;
Fields::~Fields() = default;

std::optional<std::string> Fields::text(std::string_view key) const {
    const auto element = document_->find(key);
    if (!element) return std::nullopt;
    std::string_view text;
    if (element->get(text) != simdjson::SUCCESS) fail(key, "a text");
    return std::string{text};
}

std::optional<bool> Fields::flag(std::string_view key) const {
    const auto element = document_->find(key);
    if (!element) return std::nullopt;
    bool flag = false;
    if (element->get(flag) != simdjson::SUCCESS) fail(key, "true or false");
    return flag;
}

std::optional<std::int64_t> Fields::whole(std::string_view key) const {
    const auto element = document_->find(key);
    if (!element) return std::nullopt;
    std::int64_t whole = 0;
    constexpr std::int64_t highest = std::int64_t{1} << 53;
    if (element->get(whole) != simdjson::SUCCESS || whole < 0 || whole > highest)
        fail(key, "a whole number from 0 to 2^53");
    return whole;
}

std::optional<Units> Fields::amount(std::string_view key) const {
    const auto element = document_->find(key);
    if (!element) return std::nullopt;
    return amount_of(key, *element);
}

std::optional<std::vector<std::string>> Fields::texts(std::string_view key) const {
    const auto element = document_->find(key);
    if (!element) return std::nullopt;
    dom::array items;
    if (element->get(items) != simdjson::SUCCESS) fail(key, "an array of texts");
    std::vector<std::string> texts;
    for (const dom::element item : items) {
        std::string_view text;
        if (item.get(text) != simdjson::SUCCESS) fail(key, "an array of texts");
        texts.emplace_back(text);
    }
    return texts;
}

std::vector<std::pair<std::string, Units>> Fields::amounts(std::string_view key) const {
    std::vector<std::pair<std::string, Units>> amounts;
    const auto element = document_->find(key);
    if (!element) return amounts;
    dom::object object;
    if (element->get(object) != simdjson::SUCCESS) fail(key, "an object of amounts");
    for (const auto& [name, value] : object) amounts.emplace_back(name, amount_of(name, value));
    return amounts;
}

void put_string(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20) {
                fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
            } else {
                out += c;
            }
        }
    }
    out += '"';
}

std::string json_text(std::string_view text) {
    std::string out;
    put_string(out, text);
    return out;
}

std::string coins(Units amount) { return std::string{gigaspot::to_decimal(amount, 8).view()}; }

std::optional<Units> units_of(std::string_view text) {
    if (text.find_first_of("eE") != std::string_view::npos) return std::nullopt;  // 1e3 is a slip
    const auto amount = gigaspot::Amount::from_text(text);
    if (!amount || amount->count() > std::numeric_limits<Units>::max()) return std::nullopt;
    return static_cast<Units>(amount->count());
}

}  // namespace market_server
