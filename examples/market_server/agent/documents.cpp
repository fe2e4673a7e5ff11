#include "documents.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <simdjson.h>

namespace market_server {
namespace dom = simdjson::dom;
namespace {

constexpr std::uint64_t number_max = std::uint64_t{1} << 53;

[[noreturn]] void fail(std::string_view field, std::string_view wanted) {
    throw BadDocument{fmt::format("{}: expected {}", field, wanted)};
}

/// The element of a key; nothing if it is absent or null.
std::optional<dom::element> find(const dom::object& object, std::string_view key) {
    dom::element element;
    if (object.at_key(key).get(element) != simdjson::SUCCESS || element.is_null())
        return std::nullopt;
    return element;
}

dom::object object_of(dom::parser& parser, std::string_view text) {
    dom::element root;
    const auto error = parser.parse(text.data(), text.size()).get(root);
    if (error != simdjson::SUCCESS)
        throw BadDocument{fmt::format("not JSON: {}", simdjson::error_message(error))};
    dom::object object;
    if (root.get(object) != simdjson::SUCCESS) throw BadDocument{"expected an object of JSON"};
    return object;
}

std::uint64_t number(const dom::object& object, std::string_view field, std::string_view key) {
    const auto element = find(object, key);
    std::uint64_t value = 0;
    if (!element || element->get(value) != simdjson::SUCCESS || value > number_max)
        fail(field, "a whole number from 0 to 2^53");
    return value;
}

void check_environment(const dom::element& element) {
    dom::object variables;
    if (element.get(variables) != simdjson::SUCCESS) fail("run.env", "an object of texts");
    for (const auto& [name, value] : variables)
        if (!value.is_string()) fail("run.env", "an object of texts");
}

void check_profiles(const dom::element& element) {
    dom::array profiles;
    if (element.get(profiles) != simdjson::SUCCESS) fail("run.oc", "an array of objects");
    for (const dom::element profile : profiles) {
        dom::object settings;
        if (profile.get(settings) != simdjson::SUCCESS) fail("run.oc", "an array of objects");
        for (const auto& [name, value] : settings)
            if (!value.is_number()) fail("run.oc", "objects of numbers");
    }
}

void read_run(const dom::object& run, Assignment& assignment) {
    assignment.bid = std::to_string(number(run, "run.bid", "bid"));
    if (const auto image = find(run, "image")) {
        std::string_view name;
        if (image->get(name) != simdjson::SUCCESS) fail("run.image", "a text or null");
        if (is_image_name(name)) assignment.image = name;
    }
    if (const auto environment = find(run, "env")) check_environment(*environment);
    if (const auto profiles = find(run, "oc")) check_profiles(*profiles);
    assignment.run = simdjson::minify(run);
}

std::optional<bool> flag(const dom::object& object, std::string_view key) {
    const auto element = find(object, key);
    bool value = false;
    if (!element) return std::nullopt;
    if (element->get(value) != simdjson::SUCCESS) fail(key, "true or false");
    return value;
}

}  // namespace

std::optional<Verdict> verdict_of(std::string_view text) {
    try {
        dom::parser parser;
        const dom::object object = object_of(parser, text);
        Verdict verdict;
        const auto code = find(object, "code");
        if (!code || code->get(verdict.code) != simdjson::SUCCESS) return std::nullopt;
        std::string_view error;
        if (const auto said = find(object, "error"); said && said->get(error) == simdjson::SUCCESS)
            verdict.error = error;
        return verdict;
    } catch (const BadDocument&) {
        return std::nullopt;
    }
}

Assignment assignment_of(std::string_view text) {
    dom::parser parser;
    const dom::object object = object_of(parser, text);
    Assignment assignment;
    assignment.sequence = number(object, "sequence", "sequence");
    dom::element run;
    if (object.at_key("run").get(run) != simdjson::SUCCESS) fail("run", "an object or null");
    if (run.is_null()) return assignment;
    dom::object fields;
    if (run.get(fields) != simdjson::SUCCESS) fail("run", "an object or null");
    read_run(fields, assignment);
    return assignment;
}

bool is_image_name(std::string_view text) {
    constexpr std::size_t length_max = 512;
    const auto is_letter_or_digit = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    return !text.empty() && text.size() <= length_max && is_letter_or_digit(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return is_letter_or_digit(c) || std::string_view{"._-/:@+"}.find(c) != text.npos;
           });
}

void check_object(std::string_view text) {
    dom::parser parser;
    object_of(parser, text);
}

std::string Report::text() const {
    std::string out;
    const auto put = [&](std::string_view key, std::string_view value) {
        out += fmt::format(R"({}"{}":{})", out.empty() ? "{" : ",", key, value);
    };
    const auto put_flag = [&](std::string_view key, std::optional<bool> value) {
        if (value) put(key, *value ? "true" : "false");
    };
    put_flag("online", online);
    put_flag("on_demand_rented", on_demand_rented);
    put_flag("working_properly", working_properly);
    if (!cached.empty()) put("cached", cached);
    return out.empty() ? "{}" : out + "}";
}

Report report_of(std::string_view text) {
    dom::parser parser;
    const dom::object object = object_of(parser, text);
    constexpr std::string_view known[] = {"online", "on_demand_rented", "working_properly",
                                          "cached"};
    for (const auto& [key, value] : object)
        if (std::find(std::begin(known), std::end(known), key) == std::end(known) &&
            !key.starts_with("x_"))
            throw BadDocument{
                fmt::format("unknown field {}; expected {}", key, fmt::join(known, ", "))};
    Report report;
    report.online = flag(object, "online");
    report.on_demand_rented = flag(object, "on_demand_rented");
    report.working_properly = flag(object, "working_properly");
    if (const auto cached = find(object, "cached")) {
        dom::array images;
        if (cached->get(images) != simdjson::SUCCESS) fail("cached", "an array of texts");
        for (const dom::element image : images)
            if (!image.is_string()) fail("cached", "an array of texts");
        report.cached = simdjson::minify(images);
    }
    return report;
}

}  // namespace market_server
