// gigaspot: what a bid wants to run, as texts that live elsewhere. Layer: values. Rules of the
// market, section 3.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// One variable of a workload's environment, UTF-8 without JSON's escapes.
struct EnvironmentVariable {
    std::string_view key{};
    std::string_view value{};

    friend constexpr bool operator==(const EnvironmentVariable&,
                                     const EnvironmentVariable&) = default;
};

/// An image and an environment. It refers to texts that the embedder keeps, and owns none of them:
/// they must live as long as this object is looked at. The rules check it and read nothing else
/// from it.
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
