// Draws commands from any bytes and compares the engine with the naive market, as tests/model does.
#include <fmt/format.h>

#include "../model/comparison.hpp"
#include "../model/scenario.hpp"
#include "fuzz.hpp"

void fuzz::engine(Bytes bytes) {
    const std::uint64_t seed = take_number(bytes, 2);
    const auto failure = model::run_seed(
        seed, [](auto&, const auto&) {}, model::Tape{bytes});
    if (!failure) return;
    fmt::print(stderr, "{}", model::scenario_of(failure->stream));
    fmt::print(stderr, "gigaspot replay{}\n", model::flags_of(failure->stream));
    fail(failure->what);
}
