// gigaspot: formatters that are written as functions which append text. Layer: format/detail.
#pragma once

#include <string_view>
#include <type_traits>

#include <fmt/core.h>
#include <fmt/format.h>

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Where text goes. A type of this namespace, so that `write_text` is found for every type below.
struct Out {
    fmt::memory_buffer& buffer;
};

// Not constexpr on purpose: a format string with a precision does not compile.
inline void exact_text_takes_no_precision() {
    FMT_THROW(fmt::format_error("gigaspot: exact text takes no precision"));
}

/// Formats by `write_text`, padded as a text is.
template <class T>
struct TextFormatter : fmt::formatter<fmt::string_view> {
    constexpr auto parse(fmt::format_parse_context& context) {
        const auto begin = context.begin();
        const auto end = fmt::formatter<fmt::string_view>::parse(context);
        for (auto at = begin; at != end; ++at) {
            const bool is_fill =
                at == begin && at + 1 != end && (at[1] == '<' || at[1] == '>' || at[1] == '^');
            if (*at == '.' && !is_fill) exact_text_takes_no_precision();
        }
        return end;
    }

    template <class Context>
    auto format(const T& value, Context& context) const {
        fmt::memory_buffer buffer;
        Out out{buffer};
        write_text(out, value);
        return fmt::formatter<fmt::string_view>::format({buffer.data(), buffer.size()}, context);
    }
};

// Text is put together piece by piece: a compile-time format string for each type made this header
// five times as slow to compile.

template <class T>
concept HasWriteText = requires(Out& out, const T& value) {
    write_text(out, value);
};

template <class T>
void put_one(Out& out, const T& value) {
    if constexpr (std::is_convertible_v<const T&, std::string_view>) {
        const std::string_view text = value;
        out.buffer.append(text.data(), text.data() + text.size());
    } else if constexpr (HasWriteText<T>) {
        write_text(out, value);
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
