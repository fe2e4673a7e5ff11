// gigaspot: events and refusals in the market's text form. Layer: json. Rules of the
// market, section 9.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/rules/validate.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Text on its way into a string. Small pieces are put together here first: a string looks for room
/// and moves its end with each.
class TextBuffer {
public:
    explicit TextBuffer(std::string& out) : out_{out} {}
    TextBuffer(const TextBuffer&) = delete;
    TextBuffer& operator=(const TextBuffer&) = delete;

    [[gnu::always_inline]] void put(std::string_view text) {
        if (text.size() > sizeof bytes_ - size_) {
            flush();
            if (text.size() > sizeof bytes_) {
                out_ += text;
                return;
            }
        }
        std::memcpy(bytes_ + size_, text.data(), text.size());
        size_ += text.size();
    }
    void put(std::uint64_t number) {
        constexpr std::size_t digits_max = 20;
        if (digits_max > sizeof bytes_ - size_) flush();
        const std::to_chars_result end =
            std::to_chars(bytes_ + size_, bytes_ + sizeof bytes_, number);
        size_ = static_cast<std::size_t>(end.ptr - bytes_);
    }
    /// A text in quotes, with JSON's escapes.
    void put_json(std::string_view text) {
        constexpr std::string_view digits = "0123456789abcdef";
        put("\"");
        std::size_t begin = 0;  // of what needs no escape
        for (std::size_t at = 0; at < text.size(); ++at) {
            const auto byte = static_cast<unsigned char>(text[at]);
            if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
            put(text.substr(begin, at - begin));
            begin = at + 1;
            if (byte < 0x20) {
                const char escape[] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
                put({escape, sizeof escape});
            } else {
                const char escape[] = {'\\', text[at]};
                put({escape, sizeof escape});
            }
        }
        put(text.substr(begin));
        put("\"");
    }
    void flush() {
        out_.append(bytes_, size_);
        size_ = 0;
    }

private:
    std::string& out_;
    std::size_t size_ = 0;
    char bytes_[512];
};

/// Writes one object a line, keys in the order of the rules.
class EventText {
public:
    EventText(std::string& out, const MarketNames& names) : out_{out}, names_{names} {}

    void put(const Event& event) {
        begin(name(event.kind), event.time, event.command);
        if (event.kind != EventKind::accepted) {
            out_.put(R"(,"host":)");
            out_.put(event.host.value);
            out_.put(R"(,"bid":)");
            out_.put(event.bid.value);
        }
        switch (event.kind) {
        case EventKind::started:
        case EventKind::changed: put_text(R"(,"profit":")", event.profit.text().view()); break;
        case EventKind::stopped: put_text(R"(,"reason":")", name(event.reason)); break;
        case EventKind::charged:
            out_.put(R"(,"owner":)");
            out_.put(event.owner.value);
            out_.put(R"(,"currency":)");
            out_.put_json(names_.name(event.currency));
            put_text(R"(,"amount":")", event.amount.text().view());
            put_text(R"(,"fee":")", event.fee.text().view());
            break;
        case EventKind::accepted:
        case EventKind::expired:
        case EventKind::removed: break;
        }
        out_.put("}\n");
        out_.flush();
    }

    /// `detail` says more of the first reason, where that helps.
    void put(const Refusal& refusal, std::string_view detail = {}) {
        begin("rejected", refusal.time, refusal.command);
        out_.put(R"(,"reasons":[)");
        for (const Violation& reason : refusal.reasons) {
            const bool is_first = &reason == refusal.reasons.data();
            if (!is_first) out_.put(",");
            put(reason, is_first ? detail : std::string_view{});
        }
        out_.put("]}\n");
        out_.flush();
    }

private:
    void begin(std::string_view kind, Timestamp time, std::uint64_t command) {
        put_text(R"({"event":")", kind);
        out_.put(R"(,"time":)");
        out_.put(static_cast<std::uint64_t>(time.count()));
        out_.put(R"(,"command":)");
        out_.put(command);
    }

    void put(const Violation& reason, std::string_view detail) {
        put_text(R"({"code":")", name(reason.code));
        if (reason.gpu) {
            out_.put(R"(,"gpu":)");
            out_.put(*reason.gpu);
        }
        if (reason.unit != Unit::none) {
            const int digits = decimals(reason.unit);
            const std::string_view quote = digits != 0 ? "\"" : "";  // money is a text
            out_.put(R"(,"value":)");
            put_text(quote, to_decimal(reason.value, digits).view(), quote);
            out_.put(R"(,"bound":)");
            put_text(quote, to_decimal(reason.bound, digits).view(), quote);
            put_text(R"(,"unit":")", symbol(reason.unit));
        }
        if (!detail.empty()) {
            out_.put(R"(,"detail":)");
            out_.put_json(detail);
        }
        out_.put("}");
    }

    /// A text that needs no escapes, between what stands in front of it and behind it.
    void put_text(std::string_view front, std::string_view text, std::string_view back = "\"") {
        out_.put(front);
        out_.put(text);
        out_.put(back);
    }

    TextBuffer out_;
    const MarketNames& names_;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
