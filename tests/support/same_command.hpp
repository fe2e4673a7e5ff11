// Whether two commands are the same, with the lists and texts that they refer to.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <type_traits>
#include <variant>

#include <gigaspot/base/list_view.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/workload.hpp>

namespace same_command {

using namespace gigaspot;

template <class T>
bool is_same(const T& left, const T& right) {
    return left == right;
}
template <class T>
bool is_same(std::span<const T> left, std::span<const T> right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end());
}
template <class T>
bool is_same(ListView<T> left, ListView<T> right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end());
}
template <class T>
bool is_same(const std::optional<ListView<T>>& left, const std::optional<ListView<T>>& right) {
    return left.has_value() == right.has_value() && (!left || is_same(*left, *right));
}
/// No workload is the same as an empty one: text has no difference.
inline bool is_same(const Workload* left, const Workload* right) {
    const Workload empty;
    const Workload& one = left == nullptr ? empty : *left;
    const Workload& other = right == nullptr ? empty : *right;
    return one.image == other.image && is_same(one.environment, other.environment);
}

inline bool is_same(const SetRate& left, const SetRate& right) {
    return left.currency == right.currency && left.usd == right.usd && left.fee == right.fee;
}
inline bool is_same(const PutHost& left, const PutHost& right) {
    return left.id == right.id && is_same(left.gpus, right.gpus) &&
           left.energy_price == right.energy_price && left.min_bid == right.min_bid &&
           left.base_power == right.base_power &&
           left.max_rental_length == right.max_rental_length && left.online == right.online &&
           left.on_demand_rented == right.on_demand_rented &&
           left.working_properly == right.working_properly;
}
inline bool is_same(const SetHostStatus& left, const SetHostStatus& right) {
    return left.id == right.id && left.online == right.online &&
           left.on_demand_rented == right.on_demand_rented &&
           left.working_properly == right.working_properly;
}
inline bool is_same(const SetEnergyPrice& left, const SetEnergyPrice& right) {
    return left.id == right.id && left.usd == right.usd;
}
inline bool is_same(const RemoveHost& left, const RemoveHost& right) { return left.id == right.id; }
inline bool is_same(const PlaceBid& left, const PlaceBid& right) {
    return left.id == right.id && left.host == right.host && left.owner == right.owner &&
           left.price == right.price && left.currency == right.currency &&
           is_same(left.overclock, right.overclock) && is_same(left.workload, right.workload);
}
inline bool is_same(const EditBid& left, const EditBid& right) {
    return left.id == right.id && left.price == right.price && left.owner == right.owner &&
           is_same(left.overclock, right.overclock);
}
inline bool is_same(const SetCached& left, const SetCached& right) {
    return left.id == right.id && left.cached == right.cached;
}
inline bool is_same(const CancelBid& left, const CancelBid& right) {
    return left.id == right.id && left.owner == right.owner;
}
inline bool is_same(const RevokeBid& left, const RevokeBid& right) { return left.id == right.id; }
inline bool is_same(const Close&, const Close&) { return true; }

inline bool is_same(const Command& left, const Command& right) {
    return left.index() == right.index() &&
           std::visit(
               [&](const auto& one) {
                   return is_same(one, std::get<std::remove_cvref_t<decltype(one)>>(right));
               },
               left);
}

}  // namespace same_command
