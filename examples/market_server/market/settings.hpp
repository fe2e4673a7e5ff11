// What the operator chooses for the market. It is part of the journal, because the same commands
// under another policy give another market.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gigaspot/values/policy.hpp>

#include "posting.hpp"

namespace market_server {

/// The policy of a new market: the engine's, with margins. Without margins, bots that outbid each
/// other by a tick replace each other's runs at every close.
[[nodiscard]] gigaspot::Policy default_policy();

/// The GPU models that a new market knows.
[[nodiscard]] const std::vector<std::string>& default_gpu_models();

struct Settings {
    std::int64_t interval = 60'000;  ///< ms between two closes, 1 s to 1 day
    gigaspot::Policy policy = default_policy();
    /// What a new bid costs, by the name of its currency.
    std::map<std::string, Units> creation_fees{};
    /// Machines with other models are rejected.
    std::vector<std::string> gpu_models = default_gpu_models();
    /// With `require_cached`, a bid whose image has not arrived after this time is revoked; in ms.
    std::int64_t image_wait = 3'600'000;

    friend bool operator==(const Settings&, const Settings&) = default;
};

inline constexpr std::int64_t interval_min = 1'000;       ///< ms
inline constexpr std::int64_t interval_max = 86'400'000;  ///< ms

/// The settings as a document of JSON.
[[nodiscard]] std::string to_text(const Settings& settings);
/// The settings of a document. Throws BadInput.
[[nodiscard]] Settings settings_of(std::string_view text);

}  // namespace market_server
