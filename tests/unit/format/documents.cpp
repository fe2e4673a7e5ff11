// The texts of snapshots and of errors in documents.
#include <gigaspot/format/documents.hpp>

#include <string>
#include <string_view>

#include "support/market.hpp"

namespace {

using namespace market;

struct Printed {
    std::string text;
    std::string_view expected;
};

TEST_CASE("an error in a document prints its place and its sentence") {
    const Printed rows[] = {
        {fmt::format("{}", DocumentError{.code = Code::malformed,
                                         .line = 3,
                                         .column = 17,
                                         .detail = "expected ','"}),
         "3:17: not JSON: expected ','"},
        {fmt::format("{}", DocumentError{.code = Code::missing, .path = "code"}),
         "code: a required field is missing"},
        {fmt::format("{}", DocumentError{.code = Code::missing}), "a required field is missing"},
        {fmt::format("{}", SkippedMachine{"35083", "gpus[1].core_lock", Code::missing}),
         "35083: gpus[1].core_lock: a required field is missing"},
        {fmt::format("{}", SkippedBid{35083, 3, BidId{17}, "bids[3].pl", Code::wrong_type}),
         "bid 17 of host 35083: bids[3].pl: a field has the wrong type"},
        {fmt::format("{}", SkippedBid{7, 0, std::nullopt, "bids[0]", Code::wrong_type, "expected"}),
         "bid of host 7: bids[0]: expected"},
        {fmt::format("{}", Note{"7.0", "cuda", "expected a string, got a number"}),
         "host 7.0: cuda: expected a string, got a number"},
        {fmt::format("{}", SkippedEntry{12, "oc[1]", Code::missing}),
         "entry 12: oc[1]: a required field is missing"},
        {fmt::format("{:>40}", SkippedEntry{0, "", Code::missing}),
         "    entry 0: a required field is missing"},
    };
    for (const Printed& row : rows) CHECK(row.text == row.expected);
}

TEST_CASE("a snapshot's bids and machines print") {
    const SnapshotBid plain{
        .id = 41, .owner = 2, .price = 3_coin_per_day, .power_limits = TotalPower::unchecked(550)};
    SnapshotBid full = plain;
    full.is_active = full.is_to_cache = full.is_cached = true;
    const Machine machine{.host = {.id = 7, .gpus = {plain_gpu}}, .bids_count = 12};

    const Printed rows[] = {
        {fmt::format("{}", plain), "bid 41 of 2: 3 coin/day in currency 0, 550 W"},
        {fmt::format("{}", full),
         "bid 41 of 2: 3 coin/day in currency 0, 550 W, active, to cache, cached"},
        {fmt::format("{}", machine),
         "host 7: available, 0 USD/kWh, minimum bid 0 coin/day, base power 0 W, at most 1728000 s, "
         "GPUs [150..400 W], bids 12"},
    };
    for (const Printed& row : rows) CHECK(row.text == row.expected);
}

}  // namespace
