// Decimal numbers and durations are exact: nothing is rounded and no double decides.
#include "scenario/decimal.hpp"

#include <limits>
#include <random>

#include <doctest/doctest.h>

using namespace simulator;
using Fault = DecimalRead::Fault;

TEST_CASE("a decimal is a count of its last decimal") {
    struct Row {
        const char* text;
        int decimals;
        std::int64_t count;
    };
    for (const Row& row : {Row{"0", 0, 0}, Row{"007", 0, 7}, Row{"-3", 0, -3}, Row{"+3", 0, 3},
                           Row{"0.05", 9, 50'000'000}, Row{"-0.05", 2, -5}, Row{"1.5000", 1, 15},
                           Row{"2", 6, 2'000'000}, Row{"0.000000000001", 12, 1},
                           Row{"9223372036.854775807", 9, 9'223'372'036'854'775'807}}) {
        CAPTURE(row.text);
        const DecimalRead read = read_decimal(row.text, row.decimals);
        CHECK(read.fault == Fault::none);
        CHECK(read.count == row.count);
    }
}

TEST_CASE("what is not a decimal is rejected, with the reason") {
    struct Row {
        const char* text;
        int decimals;
        Fault fault;
    };
    for (const Row& row :
         {Row{"", 2, Fault::malformed}, Row{"-", 2, Fault::malformed},
          Row{".5", 2, Fault::malformed}, Row{"5.", 2, Fault::malformed},
          Row{"1e3", 2, Fault::malformed}, Row{"0x1", 2, Fault::malformed},
          Row{"1.2.3", 2, Fault::malformed}, Row{" 1", 2, Fault::malformed},
          Row{"--1", 2, Fault::malformed}, Row{"1,5", 2, Fault::malformed},
          Row{"0.001", 2, Fault::too_many_decimals}, Row{"1.5", 0, Fault::too_many_decimals},
          Row{"9223372036.854775808", 9, Fault::too_large},
          Row{"99999999999999999999999", 0, Fault::too_large}}) {
        CAPTURE(row.text);
        CHECK(read_decimal(row.text, row.decimals).fault == row.fault);
    }
}

TEST_CASE("a count is written with all its decimals, or as short as possible") {
    CHECK(write_decimal_fully(3'080'000, 6) == "3.080000");
    CHECK(write_decimal_fully(-5, 2) == "-0.05");
    CHECK(write_decimal_fully(7, 0) == "7");
    CHECK(write_decimal(3'080'000, 6) == "3.08");
    CHECK(write_decimal(2'000'000, 6) == "2");
    CHECK(write_decimal(0, 6) == "0");
    CHECK(write_decimal(-1, 9) == "-0.000000001");
    CHECK(write_decimal(100, 0) == "100");
}

TEST_CASE("what is written reads to the same count") {
    std::mt19937_64 random{1};
    for (int i = 0; i < 20'000; ++i) {
        const int decimals = static_cast<int>(random() % 13);
        const auto count = static_cast<std::int64_t>(random() >> (random() % 63 + 1)) *
                           (random() % 2 == 0 ? 1 : -1);
        CAPTURE(count);
        CHECK(read_decimal(write_decimal(count, decimals), decimals).count == count);
        CHECK(read_decimal(write_decimal_fully(count, decimals), decimals).count == count);
    }
}

TEST_CASE("durations have a unit") {
    struct Row {
        const char* text;
        std::int64_t ms;
    };
    for (const Row& row :
         {Row{"500ms", 500}, Row{"90s", 90'000}, Row{"1m", 60'000}, Row{"2min", 120'000},
          Row{"12h", 43'200'000}, Row{"14d", 1'209'600'000}, Row{"1.5h", 5'400'000},
          Row{"0.001s", 1}, Row{"90 s", 90'000}, Row{"0s", 0}}) {
        CAPTURE(row.text);
        CHECK(read_duration(row.text) == row.ms);
    }
    for (const char* const text : {"", "5", "h", "-1h", "1.5ms", "1w", "1h30m", "1 d ", "1e3s",
                                   "99999999999999d", "9007199254740993ms"}) {
        CAPTURE(text);
        CHECK(!read_duration(text));
    }
}

TEST_CASE("durations are written in the largest unit that is whole") {
    CHECK(write_duration(0) == "0s");
    CHECK(write_duration(90'000) == "90s");
    CHECK(write_duration(120'000) == "2m");
    CHECK(write_duration(43'200'000) == "12h");
    CHECK(write_duration(86'400'000) == "1d");
    CHECK(write_duration(1'001) == "1001ms");
    std::mt19937_64 random{2};
    for (int i = 0; i < 2'000; ++i) {
        const auto ms = static_cast<std::int64_t>(random() % (std::uint64_t{1} << 40));
        CHECK(read_duration(write_duration(ms)) == ms);
    }
}
