// Properties as doctest checks. rapidcheck prints its seed first, and RC_PARAMS="seed=..." repeats
// a run. RC_PARAMS="max_success=3000" makes it thirty times as long. A failure shows its whole
// market, which is small. To search for a smaller one takes minutes, so this needs
// GIGASPOT_SHRINK=1.
#pragma once

#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace property {

/// A number from a closed range, all equally likely from the first case on; `inRange` alone starts
/// with small ones.
template <class T>
T draw(T min, T max) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<T>(min, static_cast<T>(max + 1)));
}

/// One of these items; shrinking prefers the first.
template <class T>
T draw_from(std::initializer_list<T> choices) {
    return *(choices.begin() + draw<std::size_t>(0, choices.size() - 1));
}

/// True once in `times` draws on average.
inline bool once_in(int times) { return draw(0, times - 1) == times - 1; }

/// Checks a property with `share` times the number of cases that RC_PARAMS says, by default 100.
template <class Testable>
void check(const char* sentence, int share, Testable&& testable) {
    rc::detail::TestMetadata metadata;
    metadata.id = sentence;
    metadata.description = sentence;
    rc::detail::TestParams params = rc::detail::configuration().testParams;
    params.maxSuccess *= share;
    params.disableShrinking = std::getenv("GIGASPOT_SHRINK") == nullptr;
    const rc::detail::TestResult result =
        rc::detail::checkTestable(std::forward<Testable>(testable), metadata, params);
    const bool holds = result.template is<rc::detail::SuccessResult>();
    if (!holds) rc::detail::printResultMessage(result, std::cerr << "\n- " << sentence << "\n");
    CHECK_MESSAGE(holds, std::string{sentence});
}

}  // namespace property
