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
template <class Traits>
bool is_same(const BasicPutHost<Traits>& left, const BasicPutHost<Traits>& right) {
    return left.id == right.id && is_same(left.gpus, right.gpus) &&
           left.energy_price == right.energy_price && left.min_bid == right.min_bid &&
           left.base_power == right.base_power &&
           left.max_rental_length == right.max_rental_length && left.online == right.online &&
           left.on_demand_rented == right.on_demand_rented &&
           left.working_properly == right.working_properly;
}
template <class Traits>
bool is_same(const BasicSetHostStatus<Traits>& left, const BasicSetHostStatus<Traits>& right) {
    return left.id == right.id && left.online == right.online &&
           left.on_demand_rented == right.on_demand_rented &&
           left.working_properly == right.working_properly;
}
template <class Traits>
bool is_same(const BasicSetEnergyPrice<Traits>& left, const BasicSetEnergyPrice<Traits>& right) {
    return left.id == right.id && left.usd == right.usd;
}
template <class Traits>
bool is_same(const BasicRemoveHost<Traits>& left, const BasicRemoveHost<Traits>& right) {
    return left.id == right.id;
}
template <class Traits>
bool is_same(const BasicPlaceBid<Traits>& left, const BasicPlaceBid<Traits>& right) {
    return left.id == right.id && left.host == right.host && left.owner == right.owner &&
           left.price == right.price && left.currency == right.currency &&
           is_same(left.overclock, right.overclock) && is_same(left.workload, right.workload);
}
template <class Traits>
bool is_same(const BasicEditBid<Traits>& left, const BasicEditBid<Traits>& right) {
    return left.id == right.id && left.price == right.price && left.owner == right.owner &&
           is_same(left.overclock, right.overclock);
}
template <class Traits>
bool is_same(const BasicSetCached<Traits>& left, const BasicSetCached<Traits>& right) {
    return left.id == right.id && left.cached == right.cached;
}
template <class Traits>
bool is_same(const BasicCancelBid<Traits>& left, const BasicCancelBid<Traits>& right) {
    return left.id == right.id && left.owner == right.owner;
}
template <class Traits>
bool is_same(const BasicRevokeBid<Traits>& left, const BasicRevokeBid<Traits>& right) {
    return left.id == right.id;
}
inline bool is_same(const Close&, const Close&) { return true; }

template <class Traits>
bool is_same_command(const BasicCommand<Traits>& left, const BasicCommand<Traits>& right) {
    return left.index() == right.index() &&
           std::visit(
               [&](const auto& one) {
                   return is_same(one, std::get<std::remove_cvref_t<decltype(one)>>(right));
               },
               left);
}
inline bool is_same(const Command& left, const Command& right) {
    return is_same_command<DefaultTraits>(left, right);
}

}  // namespace same_command
