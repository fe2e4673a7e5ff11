// What several of the texts share: putting fields together, GPUs and profiles.
#pragma once

#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "../market/json.hpp"
#include "../market/state.hpp"

namespace market_server {

/// Appends formatted text.
template <class... Arguments>
void put(std::string& out, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Arguments>(arguments)...);
}

/// Writes a comma before each item except the first.
class Comma {
public:
    std::string_view operator()() { return std::exchange(next_, ","); }

private:
    std::string_view next_{};
};

/// A quantity in quotes, or null.
template <class Q>
std::string text_or_null(const std::optional<Q>& quantity) {
    return quantity ? fmt::format(R"("{}")", quantity->text().view()) : "null";
}

/// An array with the model and the ranges of each GPU.
void put_gpus(std::string& out, const gigaspot::HostCapabilities& host,
              const gigaspot::MarketNames& names);

/// An array with the settings for each GPU.
void put_profiles(std::string& out, const gigaspot::Engine::Overclock& profiles);

}  // namespace market_server
