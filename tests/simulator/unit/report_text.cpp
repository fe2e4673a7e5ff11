// Numbers and texts of the report. The expected texts are written by hand.
#include "report/text.hpp"

#include <limits>

#include <doctest/doctest.h>

namespace report_test {

using namespace simulator::report;
using simulator::Estimate;

TEST_CASE("report: numbers have a true minus sign and thin spaces") {
    struct Row {
        double value;
        int decimals;
        const char* text;
    };
    const Row rows[]{
        {3.0849, 2, "3.08"},
        {-0.37, 2, "\u22120.37"},
        {-0.004, 2, "0.00"},  // no minus sign in front of 0
        {9999, 0, "9999"},
        {10000, 0, "10\u202f000"},
        {-1234567.5, 1, "\u22121\u202f234\u202f567.5"},
        {3.406e9, 0, "3.41\u202f×\u202f10⁹"},
        {-5e12, 2, "\u22125\u202f×\u202f10¹²"},
        {9.999e9, 0, "1\u202f×\u202f10¹⁰"},
        {std::numeric_limits<double>::infinity(), 2, "\u2013"},
        {std::numeric_limits<double>::quiet_NaN(), 2, "\u2013"},
    };
    for (const Row& row : rows) CHECK(number(row.value, row.decimals) == row.text);
    CHECK(signed_number(0.5, 1) == "+0.5");
    CHECK(signed_number(-0.5, 1) == "\u22120.5");
    CHECK(signed_number(0.001, 1) == "0.0");
}

TEST_CASE("report: decimals show a number of significant digits") {
    CHECK(decimals_for(3.08, 3, 6) == 2);
    CHECK(decimals_for(30.8, 3, 6) == 1);
    CHECK(decimals_for(308, 3, 6) == 0);
    CHECK(decimals_for(30800, 3, 6) == 0);
    CHECK(decimals_for(-0.0308, 3, 6) == 4);
    CHECK(decimals_for(0.0308, 3, 3) == 3);
    CHECK(decimals_for(0, 3, 6) == 0);
}

TEST_CASE("report: an interval that the decimals cannot show is not written as 0") {
    CHECK(half_text(0.034, 2) == "±\u202f0.03");
    CHECK(half_text(0.004, 2) == "±\u202f<0.01");
    CHECK(half_text(0.3, 0) == "±\u202f<1");
    CHECK(half_text(0, 2) == "±\u202f0.00");
}

TEST_CASE("report: an estimate has an interval from two seeds on") {
    CHECK(estimate_text(Estimate{.mean = 1.5, .half = 0.25, .n = 20}, 2) ==
          "1.50\u202f±\u202f0.25");
    CHECK(estimate_text(Estimate{.mean = 1.5, .half = 0, .n = 1}, 2) == "1.50");
    CHECK(estimate_text(Estimate{}, 2) == "\u2013");
    const Estimate small{.mean = 0.0009, .half = 0.0002, .n = 5};
    CHECK(difference_decimals(small, 2, 6) == 4);
    CHECK(difference_text(small, 4) == "+0.0009\u202f±\u202f0.0002");
}

TEST_CASE("report: a small mean has two digits, as far as its interval allows") {
    CHECK(mean_decimals({.mean = 965, .half = 40, .n = 6}, 0, 3) == 0);
    CHECK(mean_decimals({.mean = 2.6, .half = 0.3, .n = 6}, 0, 3) == 1);
    CHECK(mean_decimals({.mean = 2.6, .half = 3, .n = 6}, 0, 3) == 0);
    CHECK(mean_decimals({.mean = 0.05, .half = 0.13, .n = 6}, 2, 6) == 2);
    CHECK(mean_decimals({.mean = 2.6, .half = 0, .n = 1}, 0, 3) == 1);
    CHECK(mean_decimals({.mean = 0.0067, .half = 0.0001, .n = 6}, 2, 6) == 3);  // not too many
}

TEST_CASE("report: texts of a scenario cannot become markup") {
    CHECK(escape("<a href=\"x\">&'") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    CHECK(escape("tab\tline\nbell\x07") == "tab\tline\nbell\ufffd");
    CHECK(escape("\xff\xc0\x80ü") == "\ufffd\ufffd\ufffdü");
    CHECK(escape("\xed\xa0\x80") == "\ufffd\ufffd\ufffd");  // half of a surrogate pair
}

TEST_CASE("report: JSON strings and CSV fields are quoted") {
    CHECK(json_string("a\"b\\c\n\x01ü\xff") == "\"a\\\"b\\\\c\\n\\u0001ü\ufffd\"");
    CHECK(csv_field("plain text") == "plain text");
    CHECK(csv_field("a,b") == "\"a,b\"");
    CHECK(csv_field("say \"no\"") == "\"say \"\"no\"\"\"");
    CHECK(csv_field("a\nb") == "\"a\nb\"");
    CHECK(plain(1.25) == "1.25");
    CHECK(plain(-0.0) == "0");
    CHECK(plain(-1e-12) == "0");
    CHECK(plain(100) == "100");
    CHECK(plain(1.0 / 3) == "0.333333333");
    CHECK(plain(std::numeric_limits<double>::infinity()) == "null");
}

TEST_CASE("report: units follow their numbers") {
    CHECK(with_unit("3.08", "USD per host and day") == "3.08 USD per host and day");
    CHECK(with_unit("93", "% of the time") == "93\u202f% of the time");
    CHECK(with_unit("0.2", "Gini, 0 to 1") == "0.2");
}

}  // namespace report_test
