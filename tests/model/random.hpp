// Draws random numbers that are the same on every machine. An expression never has two draws,
// because compilers evaluate them in any order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <utility>

#include <gigaspot/base/mix.hpp>

namespace model {

/// Bytes of a fuzzer that decide instead of chance.
using Tape = std::span<const std::uint8_t>;

class Random {
public:
    explicit Random(std::uint64_t seed, Tape tape = {}) : state_{seed}, tape_{tape} {}

    /// The next number of SplitMix64. While a tape lasts, its bytes replace the lowest byte of each
    /// number, which decides a draw from a few.
    std::uint64_t next() {
        const std::uint64_t number = next_by_chance();
        if (tape_.empty()) return number;
        const std::uint8_t byte = tape_.front();
        tape_ = tape_.subspan(1);
        return (number & ~std::uint64_t{0xff}) | byte;
    }

    [[nodiscard]] bool is_tape_over() const { return tape_.empty(); }

    /// A number from `min` to `max`, both included.
    std::int64_t draw(std::int64_t min, std::int64_t max) {
        const std::uint64_t size =
            static_cast<std::uint64_t>(max) - static_cast<std::uint64_t>(min) + 1;
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(min) + next() % size);
    }
    int draw(int min, int max) {
        return static_cast<int>(draw(std::int64_t{min}, std::int64_t{max}));
    }
    /// A position in a list that is not empty.
    std::size_t place(std::size_t size) { return static_cast<std::size_t>(next() % size); }

    /// True once in `times` draws, on average.
    bool once_in(int times) { return draw(1, times) == 1; }

    template <class T>
    T draw_from(std::initializer_list<T> choices) {
        return *(choices.begin() + place(choices.size()));
    }

private:
    std::uint64_t next_by_chance() {
        return gigaspot::mix(std::exchange(state_, state_ + gigaspot::mix_step));
    }

    std::uint64_t state_;
    Tape tape_;
};

}  // namespace model
