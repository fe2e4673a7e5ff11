// The text of the progress bar.
#include "study/progress.hpp"

#include <doctest/doctest.h>

using namespace simulator;
using std::chrono::milliseconds;

TEST_CASE("the bar says how far it is and how long it takes") {
    CHECK(progress_text("simulate", 0, 24, milliseconds{5'000}) ==
          "simulate [                        ] 0 of 24 runs");
    CHECK(progress_text("simulate", 6, 24, milliseconds{10'000}) ==
          "simulate [======                  ] 6 of 24 runs, 0:30 left");
    CHECK(progress_text("search x", 1, 1'000, milliseconds{10'000}) ==
          "search x [                        ] 1 of 1000 runs, 2:46:30 left");
    CHECK(progress_text("simulate", 24, 24, milliseconds{10'000}) ==
          "simulate [========================] 24 of 24 runs");
}
