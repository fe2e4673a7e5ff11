// gigaspot: events and refusals in the market's text form. Layer: edge (no parser). Rules of the
// market, section 9.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gigaspot/config.hpp>
#include <gigaspot/detail/decimal.hpp>
#include <gigaspot/error.hpp>
#include <gigaspot/event.hpp>
#include <gigaspot/names.hpp>
#include <gigaspot/validate.hpp>

namespace gigaspot::inline GIGASPOT_ABI::detail {

/// Appends a text in quotes, with JSON's escapes.
inline void append_json_text(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            out += "\\u00";
            out += digits[byte >> 4];
            out += digits[byte & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

/// Writes one object a line, keys in the order of the rules.
class EventText {
public:
    EventText(std::string& out, const MarketNames& names) : out_{out}, names_{names} {}

    void put(const Event& event) {
        begin(name(event.kind), event.time, event.command);
        if (event.kind != EventKind::accepted) {
            put_key("host");
            put_number(event.host.value);
            put_key("bid");
            put_number(event.bid.value);
        }
        switch (event.kind) {
        case EventKind::started:
        case EventKind::changed: put_amount("profit", event.profit.text().view()); break;
        case EventKind::stopped: put_amount("reason", name(event.reason)); break;
        case EventKind::charged:
            put_key("owner");
            put_number(event.owner.value);
            put_key("currency");
            append_json_text(out_, names_.name(event.currency));
            put_amount("amount", event.amount.text().view());
            put_amount("fee", event.fee.text().view());
            break;
        case EventKind::accepted:
        case EventKind::expired:
        case EventKind::removed: break;
        }
        out_ += "}\n";
    }

    /// `detail` says more of the first reason, where that helps.
    void put(const Refusal& refusal, std::string_view detail = {}) {
        begin("rejected", refusal.time, refusal.command);
        put_key("reasons");
        out_ += '[';
        for (const Violation& reason : refusal.reasons) {
            if (&reason != refusal.reasons.data()) out_ += ',';
            put(reason, &reason == refusal.reasons.data() ? detail : std::string_view{});
        }
        out_ += "]}\n";
    }

private:
    void begin(std::string_view kind, Timestamp time, std::uint64_t command) {
        out_ += R"({"event":")";
        out_ += kind;
        out_ += R"(","time":)";
        put_number(static_cast<std::uint64_t>(time.count()));
        put_key("command");
        put_number(command);
    }

    void put(const Violation& reason, std::string_view detail) {
        out_ += R"({"code":")";
        out_ += name(reason.code);
        out_ += '"';
        if (reason.gpu) {
            put_key("gpu");
            put_number(*reason.gpu);
        }
        if (reason.unit != Unit::none) {
            const bool is_money = decimals(reason.unit) != 0;
            for (const auto& [key, count] :
                 {Named{"value", reason.value}, {"bound", reason.bound}}) {
                put_key(key);
                if (is_money) out_ += '"';
                out_ += to_decimal(count, decimals(reason.unit)).view();
                if (is_money) out_ += '"';
            }
            put_amount("unit", symbol(reason.unit));
        }
        if (!detail.empty()) {
            put_key("detail");
            append_json_text(out_, detail);
        }
        out_ += '}';
    }

    struct Named {
        std::string_view key;
        Int128 count;
    };

    void put_key(std::string_view key) {
        out_ += R"(,")";
        out_ += key;
        out_ += R"(":)";
    }
    void put_number(std::uint64_t number) {
        char digits[20];
        const std::to_chars_result end = std::to_chars(digits, digits + sizeof digits, number);
        out_.append(digits, end.ptr);
    }
    void put_amount(std::string_view key, std::string_view text) {
        put_key(key);
        out_ += '"';
        out_ += text;
        out_ += '"';
    }

    std::string& out_;
    const MarketNames& names_;
};

}  // namespace gigaspot::inline GIGASPOT_ABI::detail
