// gigaspot: the fmt formatter of every type that has an `append_text`. Layer: format/detail.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include <fmt/core.h>
#include <fmt/format.h>

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Where text goes. It is in this namespace so that argument-dependent lookup finds each
/// `append_text`, including those of headers that are included later.
struct Out {
    fmt::memory_buffer& buffer;
};

/// A reference to a value of exactly the type T. A plain reference would also bind to types that
/// derive from T or convert to it: `Events` would print as its base, `Accepted`.
template <class T>
struct Exactly {
    const T& value;

    const T& operator*() const { return value; }
    const T* operator->() const { return &value; }
};

/// A type that prints: there is an `append_text(Out&, Exactly<T>)`.
template <class T>
concept HasText = requires(Out& out, const T& value) {
    append_text(out, Exactly<T>{value});
};

// Not constexpr on purpose, so that a format string with a precision does not compile.
inline void exact_text_takes_no_precision() {
    FMT_THROW(fmt::format_error("gigaspot: exact text takes no precision"));
}

/// Formats with `append_text`. Takes the fill, alignment and width of a string.
struct TextFormatter : fmt::formatter<fmt::string_view> {
    // With -O3, g++ 12 unrolls a loop of fmt 9 here and warns of a write that it never makes. In a
    // cold function it unrolls nothing.
    [[gnu::cold, gnu::noinline, gnu::flatten]] constexpr auto parse(
        fmt::format_parse_context& context) {
        const auto begin = context.begin();
        const auto end = fmt::formatter<fmt::string_view>::parse(context);
        for (auto at = begin; at != end; ++at) {
            const bool is_fill =
                at == begin && at + 1 != end && (at[1] == '<' || at[1] == '>' || at[1] == '^');
            if (*at == '.' && !is_fill) exact_text_takes_no_precision();
        }
        return end;
    }

    template <class T, class Context>
    auto format(const T& value, Context& context) const {
        fmt::memory_buffer buffer;
        Out out{buffer};
        append_text(out, Exactly<T>{value});
        return fmt::formatter<fmt::string_view>::format({buffer.data(), buffer.size()}, context);
    }
};

// Text is appended piece by piece. With a compile-time format string per type, this header took
// five times as long to compile. Texts and numbers have functions of their own, because the
// template would be instantiated for each length of a literal.

inline void put_one(Out& out, std::string_view text) {
    out.buffer.append(text.data(), text.data() + text.size());
}
inline void put_one(Out& out, const char* text) { put_one(out, std::string_view{text}); }
inline void put_one(Out& out, std::uint64_t number) {
    const fmt::format_int digits{number};
    put_one(out, std::string_view{digits.data(), digits.size()});
}

template <class T>
void put_one(Out& out, const T& value) {
    if constexpr (HasText<T>) {
        append_text(out, Exactly<T>{value});
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
        put_one(out, std::string_view{value});
    } else {
        fmt::format_to(fmt::appender{out.buffer}, "{}", value);  // an embedder's own id
    }
}

template <class... Parts>
void put(Out& out, const Parts&... parts) {
    (put_one(out, parts), ...);
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot

// Our enums have explicit specialisations instead, because many programs have a formatter template
// for all enums. It would be ambiguous with this one, but an explicit specialisation wins.
template <gigaspot::detail::HasText T>
    requires std::is_class_v<T>
struct fmt::formatter<T> : gigaspot::detail::TextFormatter {
};

// Our types that are ranges keep their text if the program includes <fmt/ranges.h>.
FMT_BEGIN_NAMESPACE
template <typename T, typename Char>
struct is_range;
template <gigaspot::detail::HasText T, typename Char>
struct is_range<T, Char> : std::false_type {};
FMT_END_NAMESPACE
