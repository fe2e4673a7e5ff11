// Renters that edit or create orders as fast as the server answers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http_client.hpp"

namespace market_load {

enum class OrderKind : std::uint8_t { edit, create };

class OrderLoad {
public:
    /// One client per token, and one order per client to begin with. Throws std::runtime_error if
    /// the server does not take it.
    OrderLoad(std::uint16_t port, std::vector<std::string> tokens, std::size_t machines);

    /// Each request has one order and another price. Throws std::runtime_error if an order fails.
    LoadResult run(OrderKind kind, std::chrono::duration<double> time);
    [[nodiscard]] std::uint64_t created() const { return created_; }

private:
    [[nodiscard]] std::string next_create(std::size_t client);
    [[nodiscard]] std::string next_edit(std::size_t client);
    LoadResult send(const Clients::Next& next, std::string_view success,
                    std::chrono::duration<double> time, std::uint64_t rounds);

    std::vector<std::string> tokens_;
    std::size_t machines_;
    Clients clients_;
    std::vector<std::uint64_t> orders_{};  ///< by client
    std::vector<std::uint64_t> made_;      ///< orders created, by client
    /// Of all loads, so that none sends what another one has sent: that would be one request.
    static inline std::uint64_t tick_ = 0;
    std::uint64_t created_ = 0;
    std::string failure_{};
};

}  // namespace market_load
