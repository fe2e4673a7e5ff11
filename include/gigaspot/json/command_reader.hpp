// gigaspot: reads commands of the market's text form, one after the other. Layer: json.
// Rules of the market, section 9, stages 1 to 3.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/reader/command_form.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/fault.hpp>
#include <gigaspot/json/reader/fields.hpp>
#include <gigaspot/values/error.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Reads commands, one after the other, with the memory of the one before.
class CommandReader {
public:
    /// Reads a line into `draft`; new names are added to `names`. Returns what makes it malformed,
    /// in words, or nothing.
    std::optional<std::string> read(std::string_view line, MarketNames& names) {
        draft.clear();
        json_.assign(line);
        ReadContext context{names, Rounding::exact};
        std::optional<Op> op = op_in_front(line);
        if (!op) {
            // It is not the first field, or written with escapes: look for it first.
            Code problem = Code::none;
            bool is_object = false;
            const JsonFault fault = json_.read([&](JsonValue& root) {
                is_object = root.kind() == JsonKind::object;
                if (is_object) problem = find(root, op);
            });
            if (!fault.problem.empty()) return describe(fault);
            if (!is_object) return "the line is no JSON object";
            if (problem != Code::none) return describe("op", problem);
        }
        draft.op = *op;
        Code problem = Code::wrong_type;
        const JsonFault fault = json_.read([&](JsonValue& root) {
            problem = with_fields(
                *op, [&](const auto& fields) { return read_object(context, root, fields, draft); });
        });
        if (!fault.problem.empty()) return describe(fault);
        if (problem != Code::none) return describe(context.path, problem);
        return std::nullopt;
    }

    /// The path of the first number that its row does not take, "oc[1].core_lock".
    [[nodiscard]] std::string path_of_problem() const {
        const Place& place = draft.problems.place();
        std::string path = with_fields(draft.op, [&](const auto& fields) {
            return std::string{fields[place.field].name.text};
        });
        const bool is_gpu = path == "gpus";
        if (!is_gpu && path != "oc") return path;
        path += '[' + std::to_string(place.entry) + "].";
        path += is_gpu ? command_gpu_fields[place.inner].name.text
                       : command_profile_fields[place.inner].name.text;
        if (is_gpu) path += '[' + std::to_string(place.end) + ']';
        return path;
    }

    CommandDraft draft{};

private:
    static std::optional<Op> op_in_front(std::string_view line) {
        constexpr std::string_view start = R"({"op":")";
        if (!line.starts_with(start)) return std::nullopt;
        line.remove_prefix(start.size());
        return find_op(line.substr(0, line.find('"')));
    }

    static Code find(JsonValue& root, std::optional<Op>& op) {
        Code problem = Code::missing;
        bool is_seen = false;
        root.fields([&](JsonKey& key, JsonValue& value) {
            if (is_seen || !key.is("op")) return;
            is_seen = true;
            if (value.kind() == JsonKind::null) return;
            std::string_view name;
            problem = value.string(name);
            if (problem != Code::none) return;
            op = find_op(name);
            if (!op) problem = Code::malformed;
        });
        return problem;
    }

    static std::string describe(const JsonFault& fault) {
        return "column " + std::to_string(fault.offset + 1) + ": " + std::string{fault.problem};
    }
    static std::string describe(std::string_view path, Code problem) {
        std::string text{path};
        if (!text.empty()) text += ": ";
        return text += sentence(problem);
    }

    JsonText json_{};
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
