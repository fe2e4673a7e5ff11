// What the engine's rejections say to people.
#pragma once

#include <string>
#include <string_view>

#include <gigaspot/values/violation.hpp>

namespace market_server {

/// Returns the field, what is wrong with it, what it is and may be, what to do, and the code:
/// "oc[0].pl: the power limit is above the host's maximum; got 480 W, at most 450 W
/// (power_limit_above_host_maximum)". `host_field` is the name of the host's id in the request.
[[nodiscard]] std::string message(const gigaspot::Violation& violation,
                                  std::string_view host_field);

/// The messages of all reasons, separated by "; ".
template <class Rejection>
[[nodiscard]] std::string messages(const Rejection& rejection, std::string_view host_field) {
    std::string text;
    for (const gigaspot::Violation& reason : rejection.reasons) {
        if (!text.empty()) text += "; ";
        text += message(reason, host_field);
    }
    return text;
}

}  // namespace market_server
