// The random numbers: their shape, and that streams do not depend on each other.
#include "world/random.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include "world/tables.hpp"

namespace {

using namespace simulator;

TEST_CASE("the table of e^x is within a millionth of the C library") {
    for (double x = -6; x < 8; x += 0.000'7) {
        const auto fixed = static_cast<std::int64_t>(std::llround(x * (1 << 24)));
        const double expected = 1e12 * std::exp(static_cast<double>(fixed) / (1 << 24));
        const auto got = static_cast<double>(scaled_exp(1'000'000'000'000, fixed));
        CHECK(std::fabs(got / expected - 1) < 1e-6);
    }
}

TEST_CASE("the table of ln(x) is within a millionth of the C library") {
    Random random{1, Purpose::job, 0};
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t word = random.next() >> (i % 60);
        const double u = (static_cast<double>(word) + 1) / 18446744073709551616.0;
        const auto got = static_cast<double>(scaled_log(1'000'000'000, word));
        CHECK(std::fabs(got / 1e9 + std::log(u)) < 1e-6);
    }
    CHECK(scaled_log(1'000'000'000, ~std::uint64_t{0}) == 0);
}

TEST_CASE("a normal variable has mean 0, deviation 1 and thin tails") {
    Random random{2, Purpose::job, 0};
    constexpr int n = 400'000;
    double sum = 0, squares = 0, fourth = 0;
    for (int i = 0; i < n; ++i) {
        const double z = static_cast<double>(random.normal()) / (1 << 24);
        sum += z;
        squares += z * z;
        fourth += z * z * z * z;
    }
    CHECK(std::fabs(sum / n) < 0.01);  // 6 standard errors
    CHECK(std::fabs(squares / n - 1) < 0.02);
    CHECK(std::fabs(fourth / n - 2.9) < 0.1);  // of a sum of twelve: 3 - 1.2 / 12
}

TEST_CASE("a lognormal variable has its median and its deviation") {
    Random random{3, Purpose::job, 0};
    constexpr int n = 100'000;
    int below = 0;
    double squares = 0;
    for (int i = 0; i < n; ++i) {
        const std::int64_t value = random.lognormal(140'000'000, 600'000);
        below += value < 140'000'000 ? 1 : 0;
        const double log = std::log(static_cast<double>(value) / 140e6);
        squares += log * log;
    }
    CHECK(std::abs(below - n / 2) < 1'000);
    CHECK(std::fabs(std::sqrt(squares / n) - 0.6) < 0.01);
}

TEST_CASE("an exponential variable has its mean and is at least 1") {
    Random random{4, Purpose::arrival, 0};
    constexpr int n = 200'000;
    double sum = 0;
    for (int i = 0; i < n; ++i) sum += static_cast<double>(random.exponential(3'600'000));
    CHECK(std::fabs(sum / n / 3'600'000 - 1) < 0.015);
    for (int i = 0; i < 1'000; ++i) CHECK(random.exponential(1) >= 1);
}

TEST_CASE("an even variable takes each value of its range about as often") {
    Random random{5, Purpose::tariff, 0};
    std::vector<int> count(7, 0);
    for (int i = 0; i < 70'000; ++i) {
        const std::int64_t drawn = random.between(-3, 3);
        REQUIRE(drawn >= -3);
        REQUIRE(drawn <= 3);
        ++count[static_cast<std::size_t>(drawn + 3)];
    }
    for (const int times : count) CHECK(std::abs(times - 10'000) < 600);
}

TEST_CASE("streams of other seeds, purposes or entities begin differently") {
    std::set<std::uint64_t> firsts;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        for (std::uint64_t entity = 0; entity < 100; ++entity) {
            for (const Purpose purpose : {Purpose::arrival, Purpose::job, Purpose::outage})
                firsts.insert(Random{seed, purpose, entity}.next());
        }
    }
    CHECK(firsts.size() == 3'000);
}

}  // namespace
