#include "order_load.hpp"

#include <charconv>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "market_folder.hpp"

namespace market_load {
namespace {

/// Prices differ by this much, so that each edit changes what the order must hold.
constexpr std::uint64_t ticks_per_order = 20;

std::uint64_t first_order(HttpClient& client, const std::string& token) {
    const std::string_view body = client.body(request_text("GET", "/v1/my_orders", token));
    constexpr std::string_view before = R"("orders":[{"id":)";
    const std::size_t place = body.find(before);
    std::uint64_t order = 0;
    if (place != std::string_view::npos)
        std::from_chars(body.data() + place + before.size(), body.data() + body.size(), order);
    if (order == 0) throw std::runtime_error{fmt::format("an order is not listed: {}", body)};
    return order;
}

}  // namespace

OrderLoad::OrderLoad(std::uint16_t port, std::vector<std::string> tokens, std::size_t machines)
    : tokens_{std::move(tokens)}, machines_{machines}, clients_{port, tokens_.size()},
      made_(tokens_.size()) {
    send([this](std::size_t client) { return next_create(client); },
         R"("failed_to_rent_servers":[])", std::chrono::minutes{1}, 1);
    HttpClient reader{port};
    for (const std::string& token : tokens_) orders_.push_back(first_order(reader, token));
}

std::string OrderLoad::next_create(std::size_t client) {
    // A renter may have only a few bids on one machine, so each renter takes them in turn.
    const std::uint64_t machine = first_machine + (client * 7 + made_[client]++) % machines_;
    tick_ += ticks_per_order;
    return request_text("POST", "/v1/create_gigaspot_orders", tokens_[client],
                        fmt::format("[{}]", order_text(machine, tick_)));
}

std::string OrderLoad::next_edit(std::size_t client) {
    tick_ += ticks_per_order;
    return request_text("POST", "/v1/edit_gigaspot_orders", tokens_[client],
                        edit_text(orders_[client], tick_));
}

LoadResult OrderLoad::send(const Clients::Next& next, std::string_view success,
                           std::chrono::duration<double> time, std::uint64_t rounds) {
    const auto check = [&](std::size_t, const Reply& reply) {
        if (reply.status == 200 && reply.body.find(success) != std::string_view::npos) return true;
        failure_ = fmt::format("status {}: {}", reply.status, reply.body);
        return false;
    };
    LoadResult result = clients_.run(time, next, check, rounds);
    if (result.failures != 0)
        throw std::runtime_error{fmt::format("{} of {} orders failed, such as: {}", result.failures,
                                             result.latencies.size(), failure_)};
    return result;
}

LoadResult OrderLoad::run(OrderKind kind, std::chrono::duration<double> time) {
    if (kind == OrderKind::edit)
        return send([this](std::size_t client) { return next_edit(client); },
                    R"("failed_to_update_ids":[])", time, 0);
    LoadResult result = send([this](std::size_t client) { return next_create(client); },
                             R"("failed_to_rent_servers":[])", time, 0);
    created_ += result.latencies.size();
    return result;
}

}  // namespace market_load
