// gigaspot: writes events and rejected commands as lines of JSON. Layer: json. Rules of the market,
// section 9.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/reason_field.hpp>
#include <gigaspot/json/text/buffer.hpp>
#include <gigaspot/json/text/inverted_ranges.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/violation.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// One reason why a command was rejected, as its line says it. Texts that the line does not have
/// are empty.
struct RejectionReason {
    Code code = Code::none;             ///< which rule is broken
    std::optional<std::uint8_t> gpu{};  ///< from 0; nothing if it does not concern one GPU
    std::string field{};                ///< the path of the field of the command, "oc[0].pl"
    std::string value{};                ///< the number that was wrong, as the line writes it
    std::string bound{};                ///< the last allowed value
    std::string unit{};                 ///< of `value` and `bound`, "W"
    std::string detail{};               ///< for people: what is allowed and what was given
    bool is_decimal = false;  ///< whether `value` and `bound` are money or a rate: strings in JSON

    friend bool operator==(const RejectionReason&, const RejectionReason&) = default;
};

/// A rejected command, as its line says it.
struct RejectedCommand {
    Timestamp time{};           ///< the command's; if its time was the reason, the market's
    std::uint64_t command = 0;  ///< the number of the command, from 1
    std::vector<RejectionReason> reasons{};  ///< one reason, or all violations of a bid or a host

    friend bool operator==(const RejectedCommand&, const RejectedCommand&) = default;
};

/// Writes events and rejected commands, one object per line, with keys in the order of the rules.
/// `EventReader` reads them. Times are milliseconds; money is a string with an exact decimal
/// number. Each `put` appends one line with its end to the string, and costs O(bytes of the line).
/// Both arguments of the constructor must outlive this object. Ids are `Id`s, integers of at most
/// 2^53, or types that have an `IdText`.
class EventText {
public:
    /// Makes a writer that appends lines to `out`. `names` must know each currency that is charged.
    /// Both arguments must outlive it.
    EventText(std::string& out, const MarketNames& names) : out_{out}, names_{names} {}

    /// Writes an event of a command that was accepted.
    template <class Traits>
    void put(const BasicEvent<Traits>& event) {
        begin(name(event.kind), event.time, event.command);
        if (event.kind != EventKind::accepted) {
            out_.put(R"(,"host":)");
            detail::put_id(out_, event.host);
            out_.put(R"(,"bid":)");
            detail::put_id(out_, event.bid);
        }
        switch (event.kind) {
        case EventKind::started:
        case EventKind::changed: put_text(R"(,"profit":")", event.profit.text().view()); break;
        case EventKind::stopped: put_text(R"(,"reason":")", name(event.reason)); break;
        case EventKind::charged:
            out_.put(R"(,"owner":)");
            detail::put_id(out_, event.owner);
            out_.put(R"(,"currency":)");
            out_.put_json(names_.name(event.currency));
            put_text(R"(,"amount":")", event.amount.text().view());
            put_text(R"(,"fee":")", event.fee.text().view());
            break;
        case EventKind::accepted:
        case EventKind::expired:
        case EventKind::removed: break;
        }
        end("}\n");
    }

    /// Writes a rejected command with its reasons. A reason has a code, and the GPU and the numbers
    /// that the engine gives.
    void put(const Rejection& rejection) {
        put_reasons(rejection, [&](const Violation& reason) {
            put_code(reason);
            put_numbers(reason);
        });
    }

    /// Writes a rejected command. A reason that is about one field of the command also has the path
    /// of the field, "oc[0].pl". A reason for an inverted range also says which range it is.
    /// `command` is the one that was rejected: a `PutHost`, a `PlaceBid`, ..., or a `BasicCommand`.
    template <class Command>
    void put(const Rejection& rejection, const Command& command) {
        put_reasons(rejection, [&](const Violation& reason) {
            const detail::InvertedRanges inverted = inverted_ranges(reason, command);
            put_code(reason);
            put_field(reason, command, inverted);
            put_numbers(reason);
            if (!inverted.detail.empty()) put_json(R"(,"detail":)", inverted.detail);
        });
    }
    /// Writes a rejected command, given as a variant, with its reasons and their fields.
    template <class Traits>
    void put(const Rejection& rejection, const BasicCommand<Traits>& command) {
        std::visit([&](const auto& one) { put(rejection, one); }, command);
    }

    /// Writes a command that was rejected for what its reader found: code, field, numbers, detail.
    void put(const Rejection& rejection, const FieldProblem& problem) {
        put_reasons(rejection, [&](const Violation&) {
            put_code({.code = problem.code});
            put_found(problem);
        });
    }

    /// Writes a rejected command that was read from a line.
    void put(const RejectedCommand& rejected) {
        begin("rejected", rejected.time, rejected.command);
        out_.put(R"(,"reasons":[)");
        for (const RejectionReason& reason : rejected.reasons) {
            if (&reason != rejected.reasons.data()) out_.put(",");
            put_code({.code = reason.code, .gpu = reason.gpu});
            put_found(reason);
            out_.put("}");
        }
        end("]}\n");
    }

private:
    void begin(std::string_view kind, Timestamp time, std::uint64_t command) {
        out_.put(R"({"event":")");
        out_.put(kind);
        out_.put(R"(","time":)");
        out_.put(static_cast<std::uint64_t>(time.count()));
        out_.put(R"(,"command":)");
        out_.put(command);
    }
    void end(std::string_view last) {
        out_.put(last);
        out_.flush();
    }

    template <class PutReason>
    void put_reasons(const Rejection& rejection, PutReason put_reason) {
        begin("rejected", rejection.time, rejection.command);
        out_.put(R"(,"reasons":[)");
        for (const Violation& reason : rejection.reasons) {
            if (&reason != rejection.reasons.data()) out_.put(",");
            put_reason(reason);
            out_.put("}");
        }
        end("]}\n");
    }

    void put_code(const Violation& reason) {
        put_text(R"({"code":")", name(reason.code));
        if (reason.gpu) {
            out_.put(R"(,"gpu":)");
            out_.put(std::uint64_t{*reason.gpu});
        }
    }
    void put_numbers(const Violation& reason) {
        if (reason.unit == Unit::none) return;
        const int digits = decimals(reason.unit);
        const std::string_view quote = digits != 0 ? "\"" : "";  // money is a string
        out_.put(R"(,"value":)");
        put_text(quote, to_decimal(reason.value, digits).view(), quote);
        out_.put(R"(,"bound":)");
        put_text(quote, to_decimal(reason.bound, digits).view(), quote);
        put_text(R"(,"unit":")", symbol(reason.unit));
    }

    template <class Command>
    static detail::InvertedRanges inverted_ranges(const Violation& reason, const Command& command) {
        if constexpr (requires { command.gpus; }) {
            if (reason.code == Code::range_inverted && reason.gpu &&
                *reason.gpu < command.gpus.size())
                return detail::inverted_ranges(command.gpus[*reason.gpu]);
        }
        return {};
    }

    template <class Command>
    void put_field(const Violation& reason, const Command& command,
                   const detail::InvertedRanges& inverted) {
        std::string_view host_field = "id";
        if constexpr (requires { command.host; }) host_field = "host";
        ReasonField field = field_of(reason, host_field);
        if (inverted.count == 1) field.name = inverted.name;
        if (!field.list.empty() && reason.gpu) {
            put_text(R"(,"field":")", field.list, "[");
            out_.put(std::uint64_t{*reason.gpu});
            put_text(field.name.empty() ? "]" : "].", field.name);
        } else if (!field.name.empty()) {
            put_text(R"(,"field":")", field.name);
        }
    }

    /// What was found, by a reader or in a line: the field, the numbers as texts, the detail.
    template <class Found>
    void put_found(const Found& found) {
        if (!found.field.empty()) put_json(R"(,"field":)", found.field);
        if (!found.bound.empty()) {
            if (!found.value.empty()) put_number("value", found.is_decimal, found.value);
            put_number("bound", found.is_decimal, found.bound);
            if (!found.unit.empty()) put_json(R"(,"unit":)", found.unit);
        }
        if (!found.detail.empty()) put_json(R"(,"detail":)", found.detail);
    }
    void put_number(std::string_view key, bool is_decimal, std::string_view number) {
        const std::string_view quote = is_decimal ? "\"" : "";
        put_text(",\"", key, "\":");
        put_text(quote, number, quote);
    }
    void put_json(std::string_view front, std::string_view text) {
        out_.put(front);
        out_.put_json(text);
    }
    /// A text that needs no escapes, with what comes before and after it.
    void put_text(std::string_view front, std::string_view text, std::string_view back = "\"") {
        out_.put(front);
        out_.put(text);
        out_.put(back);
    }

    detail::TextBuffer out_;
    const MarketNames& names_;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
