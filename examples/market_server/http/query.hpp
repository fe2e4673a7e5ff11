// Decodes percent-encoded text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace market_server::http {

/// Decodes a path. No value if an escape is bad ("%zz", "%4") or a control character comes out.
[[nodiscard]] std::optional<std::string> decode_path(std::string_view text);

}  // namespace market_server::http
