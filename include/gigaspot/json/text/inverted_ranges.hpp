// gigaspot: which ranges of a GPU are inverted, as text. Layer: json/text. Rules of the market,
// section 3.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/json/text/words.hpp>
#include <gigaspot/values/overclock.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The inverted ranges of a GPU.
struct InvertedRanges {
    std::size_t count = 0;
    std::string_view name{};  ///< of the first one
    std::string detail{};     ///< "pl: minimum 2 is above maximum 1; mem_lock: ..."
};

template <class Traits>
InvertedRanges inverted_ranges(const BasicGpuLimits<Traits>& gpu) {
    InvertedRanges found;
    const auto look_at = [&](std::string_view name, const auto& range) {
        if (!range.is_inverted()) return;
        if (found.count++ == 0) found.name = name;
        if (!found.detail.empty()) found.detail += "; ";
        found.detail += text_of(name, ": ", describe_inverted(range));
    };
    look_at("pl", gpu.power_limit);
    if (gpu.core_lock) look_at("core_lock", *gpu.core_lock);
    if (gpu.mem_lock) look_at("mem_lock", *gpu.mem_lock);
    if (gpu.core_offset) look_at("core_offset", *gpu.core_offset);
    if (gpu.mem_offset) look_at("mem_offset", *gpu.mem_offset);
    return found;
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
