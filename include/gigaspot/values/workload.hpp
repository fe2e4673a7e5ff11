// gigaspot: the workload of a bid, as texts stored elsewhere. Layer: values. Rules of the market,
// section 3.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// One variable of a workload's environment, in UTF-8 without JSON escapes.
struct EnvironmentVariable {
    std::string_view key{};    ///< the name: 1 .. 128 bytes
    std::string_view value{};  ///< the value: at most 1,536 bytes

    friend constexpr bool operator==(const EnvironmentVariable&,
                                     const EnvironmentVariable&) = default;
};

/// The image and the environment of a bid. It refers to texts that you own; they must outlive every
/// use of this object. The rules validate it and use it for nothing else.
struct Workload {
    std::optional<std::string_view> image{};             ///< 24 hexadecimal digits, or nothing
    std::span<const EnvironmentVariable> environment{};  ///< in any order

    friend constexpr bool operator==(const Workload& left, const Workload& right) {
        if (left.image != right.image || left.environment.size() != right.environment.size())
            return false;
        for (std::size_t i = 0; i < left.environment.size(); ++i) {
            if (!(left.environment[i] == right.environment[i])) return false;
        }
        return true;
    }
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
