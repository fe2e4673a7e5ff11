// gigaspot-simulate: what happens next in a run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "world/world.hpp"

namespace simulator {

enum class What : std::uint8_t {
    arrival,   ///< a renter comes with a job
    review,    ///< a renter looks at its bids
    move,      ///< a renter looks for better hosts
    deadline,  ///< a renter loses patience
    finish,    ///< a job has done all its work
    status,    ///< a host goes down or comes back
    hour,      ///< tariffs change, and the hour's sums are noted
    rate,      ///< the coin's rate moves
};

struct Appointment {
    Time time = 0;
    std::uint64_t order = 0;  ///< at equal times, what was added first happens first
    What what = What::arrival;
    std::size_t who = 0;
    std::uint32_t token = 0;  ///< void unless it is still the token of its renter or host
};

/// Appointments by time.
class Agenda {
public:
    void add(Time time, What what, std::size_t who = 0, std::uint32_t token = 0) {
        heap_.push_back({time, order_++, what, who, token});
        std::ranges::push_heap(heap_, is_later);
    }
    [[nodiscard]] bool has_until(Time time) const {
        return !heap_.empty() && heap_.front().time <= time;
    }
    Appointment take() {
        std::ranges::pop_heap(heap_, is_later);
        const Appointment next = heap_.back();
        heap_.pop_back();
        return next;
    }

private:
    static bool is_later(const Appointment& left, const Appointment& right) {
        return left.time != right.time ? left.time > right.time : left.order > right.order;
    }

    std::vector<Appointment> heap_{};
    std::uint64_t order_ = 0;
};

}  // namespace simulator
