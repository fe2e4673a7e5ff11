// The market's snapshot: what is read from it. One wrong machine is skipped alone, with the place
// and the problem named. The example has the form that the market documents.
#include <gigaspot/json/snapshot.hpp>
#include <gigaspot/values/literals.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/table.hpp"

namespace {

using namespace gigaspot;
using namespace gigaspot::literals;
using enum Code;

constexpr std::string_view sound = R"({
  "35083": {
    "bids": [
      {"owner": 2, "id": 17, "active": true, "to_cache": true, "cached": true,
       "price": 28.9755, "currency": "CLORE-Blockchain", "pl": 150},
      {"owner": 4, "id": 3, "active": false, "to_cache": true, "cached": false,
       "price": 0.00001234, "currency": "bitcoin", "pl": 165}
    ],
    "on_demand_rented": true,
    "online": false,
    "cpu": "Intel(R) Celeron(R) CPU B815 @ 1.60GHz",
    "cores": 2,
    "threads": 4,
    "ram": 3.8036,
    "gpus": [
      {"pl": [70, 100], "mem_lock": [405, 7001], "core_lock": [300, 1470], "mem_offset": [-2000, 2000],
       "core_offset": [-1000, 100], "model": "GTX 1660 SUPER"},
      {"pl": [75, 90], "model": "RTX 4090"}
    ],
    "working_properly": false,
    "cuda": "11.6",
    "max_rental_length": 792000,
    "cc": "RU",
    "host": 2525,
    "reliability": 0.9971,
    "min_bid": 1.5,
    "energy_price": 0.05
  }
})";

Snapshot read(std::string text, MarketNames& names) {
    const Result<Snapshot, DocumentError> snapshot = read_snapshot(std::move(text), names);
    REQUIRE(snapshot);
    return *snapshot;
}
Snapshot read(std::string text) {
    MarketNames names;
    return read(std::move(text), names);
}

/// The sound snapshot with another text in place of a piece of it.
std::string with(std::string_view piece, std::string_view other) {
    std::string text{sound};
    const std::size_t at = text.find(piece);
    REQUIRE(at != std::string::npos);
    return text.replace(at, piece.size(), other);
}

TEST_CASE("every documented field is read") {
    MarketNames names;
    const Snapshot snapshot = read(std::string{sound}, names);
    CHECK(snapshot.skipped.empty());
    REQUIRE(snapshot.machines.size() == 1);
    const Machine& machine = snapshot.machines[0];
    const HostCapabilities& host = machine.host;
    CHECK(host.id == HostId{35083});
    CHECK(host.energy_price == 0.05_usd_per_kWh);
    CHECK(host.min_bid == 1.5_coin_per_day);
    CHECK(host.base_power == 0_W);
    CHECK(host.max_rental_length == RentalLength::unchecked(792'000));
    CHECK(host.status ==
          HostStatus{.online = false, .on_demand_rented = true, .working_properly = false});
    REQUIRE(host.gpus.size() == 2);
    CHECK(host.gpus[0] == GpuLimits{.power_limit = {70_W, 100_W},
                                    .core_lock = {{300_MHz, 1470_MHz}},
                                    .mem_lock = {{405_MHz, 7001_MHz}},
                                    .core_offset = {{-1000_MHz, 100_MHz}},
                                    .mem_offset = {{-2000_MHz, 2000_MHz}},
                                    .model = *names.find_or_add_model("GTX 1660 SUPER")});
    CHECK(host.gpus[1] ==
          GpuLimits{.power_limit = {75_W, 90_W}, .model = *names.find_or_add_model("RTX 4090")});
    CHECK(machine.facts == MachineFacts{.cpu = "Intel(R) Celeron(R) CPU B815 @ 1.60GHz",
                                        .cuda = "11.6",
                                        .country = "RU",
                                        .cores = *WholeNumber::from_text("2"),
                                        .threads = *WholeNumber::from_text("4"),
                                        .ram_gb = *DecimalNumber::from_text("3.8036"),
                                        .reliability = *DecimalNumber::from_text("0.9971"),
                                        .account = OwnerId{2525}});
    const auto bids = snapshot.bids_of(machine);
    REQUIRE(bids.size() == 2);
    CHECK(bids[0] == SnapshotBid{.id = BidId{17},
                                 .owner = OwnerId{2},
                                 .price = 28.9755_coin_per_day,
                                 .currency = main_currency,
                                 .power_limits = TotalPower::unchecked(150),
                                 .is_active = true,
                                 .is_to_cache = true,
                                 .is_cached = true});
    CHECK(bids[1] == SnapshotBid{.id = BidId{3},
                                 .owner = OwnerId{4},
                                 .price = 0.00001234_coin_per_day,
                                 .currency = *names.find_or_add_currency("bitcoin"),
                                 .power_limits = TotalPower::unchecked(165),
                                 .is_active = false,
                                 .is_to_cache = true,
                                 .is_cached = false});
}

TEST_CASE("optional fields of a machine have defaults") {
    // The older form has no min_bid and no working_properly: the machine works and takes any price.
    const Snapshot snapshot = read(
        R"({"7":{"bids":[{"owner":1,"id":1,"price":1,"currency":"c","pl":1}],"on_demand_rented":false,"online":true,
                 "gpus":[{"pl":[1,2]}],"energy_price":0}})");
    REQUIRE(snapshot.machines.size() == 1);
    CHECK(snapshot.machines[0].host ==
          HostCapabilities{.id = HostId{7}, .gpus = {GpuLimits{.power_limit = {1_W, 2_W}}}});
    CHECK(snapshot.machines[0].host.status.is_available());
    CHECK(snapshot.machines[0].facts == MachineFacts{});
    CHECK_FALSE(snapshot.bids[0].is_active);
    CHECK_FALSE(snapshot.bids[0].is_cached);
}

/// A report of a problem without its sentence for people, which must be there.
template <class Report>
Report place_of(Report report) {
    CHECK_FALSE(report.detail.empty());
    report.detail.clear();
    return report;
}

struct Wrong {
    std::string_view piece, other, path;
    Code problem;
};

constexpr std::string_view second_bid =
    R"({"owner": 4, "id": 3, "active": false, "to_cache": true, "cached": false,
       "price": 0.00001234, "currency": "bitcoin", "pl": 165})";
constexpr std::string_view second_gpu = R"({"pl": [75, 90], "model": "RTX 4090"})";

constexpr Wrong wrong_machines[] = {
    // Required and absent; null is absent.
    {R"("bids": [)", R"("no": [)", "bids", missing},
    {R"("on_demand_rented": true)", R"("on_demand_rented": null)", "on_demand_rented", missing},
    {R"("online": false)", R"("Online": false)", "online", missing},
    {R"("gpus": [)", R"("gpu": [)", "gpus", missing},
    {R"("energy_price": 0.05)", R"("energy_price": null)", "energy_price", missing},
    {second_gpu, R"({"model": "RTX 4090"})", "gpus[1].pl", missing},
    // Another type.
    {R"("bids": [)", R"("bids": {}, "n": [)", "bids", wrong_type},
    {R"("online": false)", R"("online": "false")", "online", wrong_type},
    {R"("on_demand_rented": true)", R"("on_demand_rented": 0)", "on_demand_rented", wrong_type},
    {R"("working_properly": false)", R"("working_properly": [])", "working_properly", wrong_type},
    {R"("gpus": [)", R"("gpus": 2, "n": [)", "gpus", wrong_type},
    {second_gpu, R"("RTX 4090")", "gpus[1]", wrong_type},
    {R"("max_rental_length": 792000)", R"("max_rental_length": "1")", "max_rental_length",
     wrong_type},
    {R"("min_bid": 1.5)", R"("min_bid": [1.5])", "min_bid", wrong_type},
    {R"("energy_price": 0.05)", R"("energy_price": {"usd": 0.05})", "energy_price", wrong_type},
    {R"("energy_price": 0.05)", R"("base_power": "97", "energy_price": 0.05)", "base_power",
     wrong_type},
    // Money as a string follows JSON's grammar of numbers.
    {R"("min_bid": 1.5)", R"("min_bid": "1.5 coins")", "min_bid", malformed},
    {R"("min_bid": 1.5)", R"("min_bid": "1000000.000000001")", "min_bid", number_out_of_range},
    {R"("energy_price": 0.05)", R"("energy_price": "0x1")", "energy_price", malformed},
    {R"("energy_price": 0.05)", R"("energy_price": "1000.0000000001")", "energy_price",
     number_out_of_range},
    // Ranges: exactly two numbers, in order.
    {"[75, 90]", "75", "gpus[1].pl", wrong_type},
    {"[75, 90]", "{}", "gpus[1].pl", wrong_type},
    {"[75, 90]", "[]", "gpus[1].pl", wrong_type},
    {"[75, 90]", "[75]", "gpus[1].pl", wrong_type},
    {"[75, 90]", "[75, 90, 95]", "gpus[1].pl", wrong_type},
    {"[75, 90]", "[75, null]", "gpus[1].pl", wrong_type},
    {"[75, 90]", "[75, \"90\"]", "gpus[1].pl", wrong_type},
    {"[75, 90]", "[90, 75]", "gpus[1].pl", range_inverted},
    {"[75, 90]", "[75.1, 75.9]", "gpus[1].pl", range_inverted},
    {"[75, 90]", "[90.000000001, 90]", "gpus[1].pl", range_inverted},
    {"[-1000, 100]", "[-0.9, -0.1]", "gpus[0].core_offset", range_inverted},
    {"[75, 90]", "[75, 1000000.1]", "gpus[1].pl", number_out_of_range},
    {"[75, 90]", "[-0.1, 90]", "gpus[1].pl", number_out_of_range},
    {"[75, 90]", "[75, 1000001]", "gpus[1].pl", number_out_of_range},
    {"[75, 90]", "[-1, 90]", "gpus[1].pl", number_out_of_range},
    {"[405, 7001]", "[7001, 405]", "gpus[0].mem_lock", range_inverted},
    {"[300, 1470]", "[300, 299]", "gpus[0].core_lock", range_inverted},
    {"[-2000, 2000]", "[2000, -2000]", "gpus[0].mem_offset", range_inverted},
    {"[-1000, 100]", "[-1000001, 100]", "gpus[0].core_offset", number_out_of_range},
    // An empty list of GPUs counts as missing.
    {"[\n      {\"pl\": [70, 100]", "[], \"n\": [{\"pl\": [70, 100]", "gpus", missing},
    // Numbers out of range, by their exact value.
    {R"("min_bid": 1.5)", R"("min_bid": -1)", "min_bid", number_out_of_range},
    {R"("energy_price": 0.05)", R"("base_power": -1, "energy_price": 0.05)", "base_power",
     number_out_of_range},
    {R"("energy_price": 0.05)", R"("base_power": 1000000.4, "energy_price": 0.05)", "base_power",
     number_out_of_range},
    {R"("energy_price": 0.05)", R"("energy_price": 1001)", "energy_price", number_out_of_range},
    {R"("max_rental_length": 792000)", R"("max_rental_length": 0)", "max_rental_length",
     number_out_of_range},
    {R"("max_rental_length": 792000)", R"("max_rental_length": 2147483648)", "max_rental_length",
     number_out_of_range},
    // The machine itself, and its key.
    {R"({
    "bids")",
     R"(5, "1": {"bids")", "", wrong_type},
    {R"("35083")", R"("server")", "", malformed},
    {R"("35083")", R"("")", "", malformed},
    {R"("35083")", R"("035083")", "", malformed},
    {R"("35083")", R"(" 35083")", "", malformed},
    {R"("35083")", R"("-1")", "", number_out_of_range},
    {R"("35083")", R"("9007199254740993")", "", number_out_of_range},
    {R"("35083")", R"("1.5")", "", number_too_precise},
};

constexpr Wrong wrong_bids[] = {
    // Required and absent; null is absent.
    {R"("owner": 4)", R"("owner": null)", "bids[1].owner", missing},
    {R"("id": 3)", R"("ID": 3)", "bids[1].id", missing},
    {R"("price": 0.00001234)", R"("price": null)", "bids[1].price", missing},
    {R"("currency": "bitcoin", )", "", "bids[1].currency", missing},
    {R"(, "pl": 165)", "", "bids[1].pl", missing},
    // Another type.
    {second_bid, "5", "bids[1]", wrong_type},
    {R"("id": 17)", R"("id": "17")", "bids[0].id", wrong_type},
    {R"("owner": 2)", R"("owner": [2])", "bids[0].owner", wrong_type},
    {R"("active": true)", R"("active": 1)", "bids[0].active", wrong_type},
    {R"("cached": true)", R"("cached": {})", "bids[0].cached", wrong_type},
    {R"("price": 28.9755)", R"("price": [28.9755])", "bids[0].price", wrong_type},
    {R"("currency": "bitcoin")", R"("currency": 1)", "bids[1].currency", wrong_type},
    {R"("pl": 165)", R"("pl": [100, 65])", "bids[1].pl", wrong_type},
    // Money as a string follows JSON's grammar of numbers.
    {R"("price": 28.9755)", R"("price": "28,9755")", "bids[0].price", malformed},
    {R"("price": 28.9755)", R"("price": "")", "bids[0].price", malformed},
    {R"("price": 28.9755)", R"("price": " 28.9755")", "bids[0].price", malformed},
    {R"("price": 28.9755)", R"("price": "+28.9755")", "bids[0].price", malformed},
    {R"("price": 28.9755)", R"("price": ".5")", "bids[0].price", malformed},
    {R"("price": 28.9755)", R"("price": "028")", "bids[0].price", malformed},
    {R"("price": 28.9755)", R"("price": "\ud800")", "bids[0].price", malformed},
    {R"("price": 28.9755)", R"("price": "-1")", "bids[0].price", number_out_of_range},
    // Numbers out of range, by their exact value.
    {R"("id": 17)", R"("id": -1)", "bids[0].id", number_out_of_range},
    {R"("id": 17)", R"("id": 9007199254740993)", "bids[0].id", number_out_of_range},
    {R"("owner": 2)", R"("owner": 1e400)", "bids[0].owner", number_out_of_range},
    {R"("price": 28.9755)", R"("price": 1e400)", "bids[0].price", number_out_of_range},
    {R"("price": 28.9755)", R"("price": 1000000.000000001)", "bids[0].price", number_out_of_range},
    {R"("price": 28.9755)", R"("price": -1e-400)", "bids[0].price", number_out_of_range},
    {R"("pl": 165)", R"("pl": 1000000.4)", "bids[1].pl", number_out_of_range},
    // An id is never rounded: that would name something else.
    {R"("id": 17)", R"("id": 17.5)", "bids[0].id", number_too_precise},
    {R"("owner": 2)", R"("owner": 1e-9)", "bids[0].owner", number_too_precise},
    // Two bids with one id.
    {R"("id": 3)", R"("id": 17)", "bids[1].id", duplicate},
    {R"("id": 3)", R"("id": 1.7e1)", "bids[1].id", duplicate},
    // Half of a surrogate pair.
    {R"("bitcoin")", R"("\ud800")", "bids[1].currency", malformed},
};

TEST_CASE("a machine with a problem is skipped, and the first problem is named with its path") {
    for (const Wrong& row : wrong_machines) {
        CAPTURE(row.piece);
        CAPTURE(row.other);
        // The machine is between two sound ones, which must still be read.
        std::string text = with(row.piece, row.other);
        const std::string other =
            R"({"bids":[],"on_demand_rented":false,"online":true,"gpus":[{"pl":[1,2]}],"energy_price":1})";
        text.insert(1, "\"100\":" + other + ",");
        text.insert(text.size() - 1, ",\"99\":" + other);
        const Snapshot snapshot = read(text);
        REQUIRE(snapshot.machines.size() >= 2);
        CHECK(snapshot.find(HostId{99}) != nullptr);
        CHECK(snapshot.find(HostId{100}) != nullptr);
        CHECK(snapshot.find(HostId{35083}) == nullptr);
        if (snapshot.machines.size() == 2)
            CHECK(snapshot.bids.empty());  // nothing is left of a machine that was half read
        REQUIRE(snapshot.skipped.size() >= 1);
        CHECK(snapshot.skipped[0].path == row.path);
        CHECK(snapshot.skipped[0].problem == row.problem);
    }
}

TEST_CASE("a bid with a problem is skipped alone, and its machine remains") {
    for (const Wrong& row : wrong_bids) {
        CAPTURE(row.piece);
        CAPTURE(row.other);
        MarketNames names;
        const Snapshot snapshot = read(with(row.piece, row.other), names);
        CHECK(snapshot.skipped.empty());
        CHECK(snapshot.notes.empty());
        REQUIRE(snapshot.machines.size() == 1);
        const std::size_t entry = row.path[5] == '0' ? 0 : 1;
        const Machine& machine = snapshot.machines[0];
        CHECK(machine.bids_count == 1);
        CHECK(machine.bids_skipped == 1);
        REQUIRE(snapshot.bids_of(machine).size() == 1);
        CHECK(snapshot.bids_of(machine)[0].id == BidId{entry == 0 ? 3u : 17u});
        CHECK(machine.host.min_bid == 1.5_coin_per_day);  // what comes after the bids is read too
        std::optional<BidId> id{entry == 0 || row.problem == duplicate ? 17u : 3u};
        const bool has_id =
            row.problem == duplicate || (!row.path.ends_with(".id") && row.path != "bids[1]");
        if (!has_id) id.reset();
        REQUIRE(snapshot.skipped_bids.size() == 1);
        CHECK(place_of(snapshot.skipped_bids[0]) ==
              SkippedBid{HostId{35083}, entry, id, std::string{row.path}, row.problem});
        // The name of a currency that only the skipped bid brought is forgotten.
        CHECK(names.currencies() == (entry == 0 ? 2 : 1));
    }
}

/// A machine with these bids and fields.
std::string machine_of(std::string_view bids, std::string_view fields = "") {
    return R"({"bids":[)" + std::string{bids} +
           R"(],"on_demand_rented":false,"online":true,"gpus":[{"pl":[1,2]}],"energy_price":0)" +
           std::string{fields} + "}";
}
std::string bid_of(std::uint64_t id, std::string_view currency, std::string_view pl) {
    return R"({"owner":1,"id":)" + std::to_string(id) + R"(,"price":1,"currency":")" +
           std::string{currency} + R"(","pl":)" + std::string{pl} + "}";
}

TEST_CASE("skipped bids are in the order of the text, and each machine counts its own") {
    MarketNames names;
    const Snapshot snapshot = read(
        R"({"30":)" +
            machine_of(bid_of(1, "a", "1") + "," + bid_of(2, "b", "\"a lot\"") + "," +
                       bid_of(3, "c", "1") + ",[]") +
            R"(,"4":)" + machine_of(bid_of(9, "d", "-1") + "," + bid_of(8, "a", "1")) + R"(,"5":)" +
            machine_of(bid_of(9, "d", "-1"), R"(,"min_bid":-1)") +  // skipped itself
            R"(,"6":)" + machine_of(bid_of(9, "d", "1")) + "}",
        names);
    std::vector<SkippedBid> skipped;
    for (const SkippedBid& bid : snapshot.skipped_bids) skipped.push_back(place_of(bid));
    CHECK(skipped == std::vector<SkippedBid>{{30, 1, BidId{2}, "bids[1].pl", wrong_type},
                                             {30, 3, std::nullopt, "bids[3]", wrong_type},
                                             {4, 0, BidId{9}, "bids[0].pl", number_out_of_range}});
    REQUIRE(snapshot.machines.size() == 3);
    const auto machine = [&](std::uint64_t id) { return *snapshot.find(HostId{id}); };
    CHECK(machine(30).bids_skipped == 2);
    CHECK(machine(30).bids_count == 2);
    CHECK(machine(4).bids_skipped == 1);
    CHECK(machine(4).bids_count == 1);
    CHECK(machine(6).bids_skipped == 0);
    CHECK(snapshot.skipped.size() == 1);
    // "b" and the first "d" are forgotten, and no number is lost.
    const auto currency = [&](std::uint64_t host, std::size_t bid) {
        return names.name(snapshot.bids_of(machine(host))[bid].currency);
    };
    CHECK(names.currencies() == 4);
    CHECK(currency(30, 0) == "a");
    CHECK(currency(30, 1) == "c");
    CHECK(currency(4, 0) == "a");
    CHECK(currency(6, 0) == "d");
}

TEST_CASE("the id of a skipped bid is found before and behind what is wrong") {
    const auto id = [](std::string_view bid) {
        return read(R"({"7":)" + machine_of(bid) + "}").skipped_bids.at(0).id;
    };
    CHECK(id(R"({"id":5,"owner":"x"})") == BidId{5});
    CHECK(id(R"({"owner":"x","u":{"id":4},"\u0069d":5.0})") == BidId{5});
    CHECK(id(R"({"owner":"x","id":5,"id":6})") == BidId{5});
    for (const std::string_view bid :
         {R"({"owner":"x"})", R"({"id":"5"})", R"({"id":null,"id":5})", R"({"id":5.5})",
          R"({"id":-1})", R"([{"id":5}])", "{}", "5", "null"}) {
        CAPTURE(bid);
        CHECK(id(bid) == std::nullopt);
    }
}

TEST_CASE("of bids with one id the first that can be read counts") {
    MarketNames names;
    const std::string bids = bid_of(7, "a", "1") + "," + bid_of(7, "b", "1") + "," +
                             bid_of(3, "c", "1") + "," + bid_of(5, "d", "[]") + "," +
                             bid_of(5, "a", "1") + "," + bid_of(3, "e", "{}") + "," +
                             bid_of(7, "f", "1") + "," + bid_of(5, "a", "1");
    const Snapshot snapshot = read(R"({"1":)" + machine_of(bids) + "}", names);
    std::vector<SkippedBid> skipped;
    for (const SkippedBid& bid : snapshot.skipped_bids) skipped.push_back(place_of(bid));
    CHECK(skipped == std::vector<SkippedBid>{{1, 1, BidId{7}, "bids[1].id", duplicate},
                                             {1, 3, BidId{5}, "bids[3].pl", wrong_type},
                                             {1, 5, BidId{3}, "bids[5].pl", wrong_type},
                                             {1, 6, BidId{7}, "bids[6].id", duplicate},
                                             {1, 7, BidId{5}, "bids[7].id", duplicate}});
    REQUIRE(snapshot.bids.size() == 3);
    CHECK(snapshot.bids[0].id == BidId{7});
    CHECK(names.name(snapshot.bids[0].currency) == "a");
    CHECK(names.name(snapshot.bids[1].currency) == "c");
    CHECK(snapshot.bids[2].id == BidId{5});
    CHECK(names.currencies() == 3);  // the main one, "a" and "c"
    // Another machine may use the ids again.
    const Snapshot two = read(R"({"1":)" + machine_of(bid_of(7, "a", "1")) + R"(,"2":)" +
                              machine_of(bid_of(7, "a", "1")) + "}");
    CHECK(two.bids.size() == 2);
    CHECK(two.skipped_bids.empty());
    // Many equal ids cost no more than a second pass.
    std::string many = bid_of(7, "a", "1");
    for (int i = 1; i < 20'000; ++i) many += "," + bid_of(7, "a", "1");
    const Snapshot crowd = read(R"({"1":)" + machine_of(many) + "}");
    CHECK(crowd.bids.size() == 1);
    CHECK(crowd.skipped_bids.size() == 19'999);
}

struct Odd {
    std::string_view piece, other, path;
};

constexpr Odd odd_fields[] = {
    // Another type, or an array or object of any depth.
    {R"("to_cache": true)", R"("to_cache": "true")", "bids[0].to_cache"},
    {R"("cpu": "Intel(R) Celeron(R) CPU B815 @ 1.60GHz")", R"("cpu": 1.6)", "cpu"},
    {R"("cores": 2)", R"("cores": "2")", "cores"},
    {R"("threads": 4)", R"("threads": true)", "threads"},
    {R"("ram": 3.8036)", R"("ram": {"a": [{"b": "]"}]})", "ram"},
    {R"("model": "RTX 4090")", R"("model": 4090)", "gpus[1].model"},
    {R"("cuda": "11.6")", R"("cuda": 11.6)", "cuda"},
    {R"("cc": "RU")", R"("cc": false)", "cc"},
    {R"("host": 2525)", R"("host": "2525")", "host"},
    {R"("reliability": 0.9971)", R"("reliability": "1")", "reliability"},
    // A number that its field cannot hold.
    {R"("cores": 2)", R"("cores": -1)", "cores"},
    {R"("reliability": 0.9971)", R"("reliability": 1e400)", "reliability"},
    {R"("host": 2525)", R"("host": 2525.5)", "host"},
    // Half of a surrogate pair.
    {R"("RTX 4090")", R"("\udc00")", "gpus[1].model"},
    {R"("cc": "RU")", R"("cc": "\ud800\u0041")", "cc"},
};

TEST_CASE("a field that no rule uses is never a reason to skip: a note says what is wrong") {
    const Snapshot plain = read(std::string{sound});
    CHECK(plain.notes.empty());
    for (const Odd& row : odd_fields) {
        CAPTURE(row.other);
        MarketNames names;
        const Snapshot snapshot = read(with(row.piece, row.other), names);
        CHECK(snapshot.skipped.empty());
        CHECK(snapshot.skipped_bids.empty());
        REQUIRE(snapshot.machines.size() == 1);
        REQUIRE(snapshot.notes.size() == 1);
        CHECK(place_of(snapshot.notes[0]) == Note{"35083", std::string{row.path}});
        // The field has its default, and everything else is as it was.
        Machine machine = snapshot.machines[0];
        const auto restore = [&](std::string_view path, auto& field, const auto& original) {
            if (row.path != path) return;
            CHECK(field == std::remove_cvref_t<decltype(field)>{});
            field = original;
        };
        const MachineFacts& facts = plain.machines[0].facts;
        restore("cpu", machine.facts.cpu, facts.cpu);
        restore("cores", machine.facts.cores, facts.cores);
        restore("threads", machine.facts.threads, facts.threads);
        restore("ram", machine.facts.ram_gb, facts.ram_gb);
        restore("cuda", machine.facts.cuda, facts.cuda);
        restore("cc", machine.facts.country, facts.country);
        restore("host", machine.facts.account, facts.account);
        restore("reliability", machine.facts.reliability, facts.reliability);
        restore("gpus[1].model", machine.host.gpus[1].model, plain.machines[0].host.gpus[1].model);
        CHECK(machine.facts == facts);
        CHECK(machine.host == plain.machines[0].host);
        std::vector<SnapshotBid> bids = snapshot.bids;
        restore("bids[0].to_cache", bids.at(0).is_to_cache, true);
        CHECK(bids == plain.bids);
    }
}

TEST_CASE("notes are in the order of the text, and those of what is skipped are dropped") {
    const Snapshot snapshot = read(
        R"({"8":)" +
        machine_of(R"({"owner":1,"id":1,"price":1,"currency":"c","to_cache":5,"pl":1},
                      {"owner":1,"to_cache":5,"id":2,"price":1,"currency":"c","pl":[]},
                      {"owner":1,"id":3,"price":1,"currency":"c","pl":1,"to_cache":6})",
                   R"(,"ram":"64 GB","cuda":12.4)") +
        R"(,"5":)" + machine_of("", R"(,"ram":"64 GB","min_bid":-1)") +
        R"(,"\u0037.0":{"cc":5,"gpus":[{"pl":[1,2]},{"model":[],"pl":[1,2]},{"pl":[1,2],"model":5}],
             "cpu":5,"bids":[],"on_demand_rented":false,"online":true,"energy_price":0}})");
    std::vector<Note> notes;
    for (const Note& note : snapshot.notes) notes.push_back(place_of(note));
    CHECK(notes == std::vector<Note>{{"8", "bids[0].to_cache"},
                                     {"8", "bids[2].to_cache"},
                                     {"8", "ram"},
                                     {"8", "cuda"},
                                     {"7.0", "cc"},
                                     {"7.0", "gpus[1].model"},
                                     {"7.0", "gpus[2].model"},
                                     {"7.0", "cpu"}});
    CHECK(snapshot.notes[2].detail == "expected a number, got a string");
    CHECK(snapshot.machines.size() == 2);
    CHECK(snapshot.bids.size() == 2);
}

TEST_CASE("the first problem is the first in the text; a missing field comes after the others") {
    const auto skipped = [](std::string text) {
        const Snapshot snapshot = read(std::move(text));
        REQUIRE(snapshot.skipped.size() == 1);
        return place_of(snapshot.skipped[0]);
    };
    CHECK(skipped(R"({"7":{"energy_price":[],"bids":5}})") ==
          SkippedMachine{"7", "energy_price", wrong_type});
    CHECK(skipped(R"({"7":{"bids":5,"energy_price":[]}})") ==
          SkippedMachine{"7", "bids", wrong_type});
    CHECK(skipped(R"({"7":{"min_bid":-1}})") ==
          SkippedMachine{"7", "min_bid", number_out_of_range});
    CHECK(skipped(R"({"7":{"energy_price":1}})") == SkippedMachine{"7", "bids", missing});
    // A bid with a problem is not a problem of its machine.
    CHECK(skipped(R"({"7":{"bids":[{}],"online":5}})") ==
          SkippedMachine{"7", "online", wrong_type});
    // The key that is reported is the one in the text.
    CHECK(skipped(R"({"7\u0030.0":{}})") == SkippedMachine{"70.0", "bids", missing});
    const Snapshot half = read(R"({"\ud800":{},"7":{}})");
    CHECK(place_of(half.skipped.at(0)) == SkippedMachine{"?", "", malformed});
}

TEST_CASE("numbers are read by their value, and rounded half to even") {
    const struct {
        std::string_view field, text;
        std::int64_t count;
    } numbers[] = {
        // 1e-8 of a coin.
        {"price", "300", 30'000'000'000},
        {"price", "300.0", 30'000'000'000},
        {"price", "3e2", 30'000'000'000},
        {"price", "0.3E+3", 30'000'000'000},
        {"price", "3000000000000e-10", 30'000'000'000},
        {"price", "0.000000005", 0},
        {"price", "0.0000000050000000000000000000000000000000000000000001", 1},
        {"price", "0.000000015", 2},
        {"price", "0.0000000149999999999999999999999999999999999999999999", 1},
        {"price", "2.5e-8", 2},
        {"price", "28.975512345", 2'897'551'234},
        {"price", "28.975512355", 2'897'551'236},
        {"price", "999999.999999995", 100'000'000'000'000},
        {"price", "-0", 0},
        {"price", "-0.000e5", 0},
        {"price", "0e999999999999999999999999", 0},
        {"price", "1e-999999999999999999999999", 0},
        // 1e-9 USD per kWh.
        {"energy_price", "0.0000000005", 0},
        {"energy_price", "0.0000000015", 2},
        {"energy_price", "0.05000000049", 50'000'000},
        {"energy_price", "1e3", 1'000'000'000'000},
        {"energy_price", "-0.05", -50'000'000},
        {"energy_price", "-0.0000000005", 0},
        {"energy_price", "-0.0000000015", -2},
        {"energy_price", "-1e3", -1'000'000'000'000},
        // Whole numbers.
        {"pl", "164.5", 164},
        {"pl", "165.5", 166},
        {"pl", "1.655e2", 166},
        {"pl", "1000000", 1'000'000},
        {"id", "9007199254740992", 9'007'199'254'740'992},
        {"id", "0.0", 0},
        {"id", "1.7e1", 17},
    };
    for (const auto& row : numbers) {
        CAPTURE(row.text);
        std::string text =
            R"({"7":{"bids":[{"owner":1,"id":#id,"price":#price,"currency":"c","pl":#pl}],"on_demand_rented":
            false,"online":true,"gpus":[{"pl":[1,2]}],"energy_price":#energy_price}})";
        for (const std::string_view name : {"#id", "#price", "#pl", "#energy_price"}) {
            const bool is_it = name.substr(1) == row.field;
            text.replace(
                text.find(std::string{name} + (name == "#id" || name == "#price" ? "," : "}")),
                name.size(), is_it ? row.text : "1");
        }
        const Snapshot snapshot = read(text);
        REQUIRE(snapshot.machines.size() == 1);
        const SnapshotBid& bid = snapshot.bids[0];
        const std::int64_t count = row.field == "price" ? bid.price.count()
                                   : row.field == "pl"  ? bid.power_limits.count()
                                   : row.field == "id"
                                       ? static_cast<std::int64_t>(bid.id.value)
                                       : snapshot.machines[0].host.energy_price.count();
        CHECK(count == row.count);
    }
}

TEST_CASE("a minimum rounds up and a maximum rounds down, so that nothing passes in between") {
    const auto gpu = [](std::string_view piece, std::string_view other) {
        return read(with(piece, other)).machines.at(0).host.gpus;
    };
    CHECK(gpu("[75, 90]", "[100.5,115.5]")[1].power_limit == Range<Power>{101_W, 115_W});
    CHECK(gpu("[75, 90]", "[75.000000000000000000001, 90.999]")[1].power_limit ==
          Range<Power>{76_W, 90_W});
    CHECK(gpu("[75, 90]", "[75.0, 9.0e1]")[1].power_limit == Range<Power>{75_W, 90_W});
    CHECK(gpu("[75, 90]", "[999999.5, 1000000]")[1].power_limit ==
          Range<Power>{1'000'000_W, 1'000'000_W});
    CHECK(gpu("[-1000, 100]", "[-1000.5, 100.5]")[0].core_offset ==
          Range<Frequency>{-1000_MHz, 100_MHz});
    CHECK(gpu("[-2000, 2000]", "[-2000.9, -0.1]")[0].mem_offset ==
          Range<Frequency>{-2000_MHz, -1_MHz});
    CHECK(gpu("[300, 1470]", "[300.1, 1469.9]")[0].core_lock ==
          Range<Frequency>{301_MHz, 1469_MHz});
    CHECK(gpu("[405, 7001]", "[404.5, 7001.5]")[0].mem_lock == Range<Frequency>{405_MHz, 7001_MHz});
    const auto min_bid = [](std::string_view text) {
        return read(with("1.5,", std::string{text} + ",")).machines.at(0).host.min_bid.count();
    };
    CHECK(min_bid("1.5") == 150'000'000);
    CHECK(min_bid("0.000000001") == 1);
    CHECK(min_bid("1.500000001") == 150'000'001);
    CHECK(min_bid("\"1.500000005\"") == 150'000'001);
    CHECK(min_bid("0.999999999") == 100'000'000);
}

TEST_CASE("money may be a string, and a machine may have a base power") {
    const Snapshot snapshot = read(
        R"({"7":{"bids":[{"owner":1,"id":1,"price":"731.9","currency":"c","pl":1},
                         {"owner":1,"id":2,"price":"\u0035e-1","currency":"c","pl":1},
                         {"owner":1,"id":3,"price":"0.000000015","currency":"c","pl":1}],
                 "on_demand_rented":false,"online":true,"gpus":[{"pl":[1,2]}],"energy_price":"0.11",
                 "min_bid":"2","base_power":96.5}})");
    REQUIRE(snapshot.machines.size() == 1);
    const HostCapabilities& host = snapshot.machines[0].host;
    CHECK(snapshot.bids.at(0).price == 731.9_coin_per_day);
    CHECK(snapshot.bids.at(1).price == 0.5_coin_per_day);
    CHECK(snapshot.bids.at(2).price.count() == 2);  // half to even
    CHECK(host.energy_price == 0.11_usd_per_kWh);
    CHECK(host.min_bid == 2_coin_per_day);
    CHECK(host.base_power == 96_W);
    CHECK(power_draw(as_offer(snapshot.bids[0], host, 0), host) == PowerDraw::unchecked(97));
}

TEST_CASE("unknown fields are ignored everywhere, if they are JSON") {
    const Snapshot plain = read(std::string{sound});
    for (const std::string_view unknown :
         {R"("u": 1e400, )", R"("u": -0, )", R"("u": {"online": 5, "bids": [[[{}]]]}, )",
          R"("u": "\ud800", )", R"("": null, )", R"("\ud800": {}, )", R"("Online": [], )",
          R"("online ": 1, )"}) {
        for (const std::string_view place : {R"("35083")", R"("owner": 4)", R"("on_demand_rented")",
                                             R"("mem_lock")", R"("model": "RTX 4090")"}) {
            CAPTURE(unknown);
            CAPTURE(place);
            const bool is_root = place == R"("35083")";
            const Snapshot snapshot = read(with(place, std::string{unknown} + std::string{place}));
            CHECK(snapshot.skipped.size() == (is_root ? 1 : 0));  // at the root it is a machine
            REQUIRE(snapshot.machines.size() == 1);
            CHECK(snapshot.machines[0].host == plain.machines[0].host);
            CHECK(snapshot.machines[0].facts == plain.machines[0].facts);
            CHECK(snapshot.bids == plain.bids);
        }
    }
    for (const std::string_view broken :
         {"@@@", "01", "1.", ".5", "+1", "nul", "tru", "NaN", "\"\\x\"", "\"\\u12\"", "\"\t\"",
          "[@]", "[[[1,]]]", "{\"a\":{\"b\":01}}"}) {
        for (const std::string_view place :
             {R"("owner": 4)", R"("on_demand_rented")", R"("model": "RTX 4090")"}) {
            CAPTURE(broken);
            MarketNames names;
            const auto snapshot = read_snapshot(
                with(place, "\"u\":" + std::string{broken} + "," + std::string{place}), names);
            REQUIRE_FALSE(snapshot);
            CHECK(snapshot.error().code == malformed);
            CHECK(snapshot.error().line > 2);
        }
    }
}

TEST_CASE("if a key appears twice, the first counts, even null; the second must only be JSON") {
    const auto online = [](std::string_view fields) {
        const Snapshot snapshot = read(with(R"("online": false)", fields));
        return snapshot.machines.empty()
                   ? std::string{name(snapshot.skipped.at(0).problem)}
                   : std::string{snapshot.machines[0].host.status.online ? "yes" : "no"};
    };
    CHECK(online(R"("online": true, "online": false)") == "yes");
    CHECK(online(R"("online": true, "online": "wrong")") == "yes");
    CHECK(online(R"("online": "wrong", "online": true)") == "wrong_type");
    CHECK(online(R"("online": null, "online": true)") == "missing");
    CHECK(online(R"("online": true, "online": null)") == "yes");
    const Snapshot no_minimum = read(with(R"("min_bid": 1.5)", R"("min_bid": null, "min_bid": 5)"));
    CHECK(no_minimum.machines.at(0).host.min_bid == Price{});
    // A key written with escapes is the same key.
    CHECK(online(R"("\u006fnline": true, "online": false)") == "yes");
    CHECK(online(R"("onlin\u0065": true)") == "yes");
}

TEST_CASE("if a machine appears twice, the first counts, even if it is skipped") {
    const auto machine = [](std::string_view energy_price) {
        return R"({"bids":[],"on_demand_rented":false,"online":true,"gpus":[{"pl":[1,2]}],"energy_price":)" +
               std::string{energy_price} + "}";
    };
    const Snapshot snapshot = read("{\"300\":" + machine("-1001") + ",\"3e2\":" + machine("0.25") +
                                   ",\"7\":" + machine("1") + ",\"300.0\":" + machine("0.5") +
                                   ",\"\\u0037\":" + machine("2") + "}");
    REQUIRE(snapshot.machines.size() == 1);
    CHECK(snapshot.machines[0].host.id == HostId{7});
    CHECK(snapshot.machines[0].host.energy_price == 1_usd_per_kWh);
    std::vector<SkippedMachine> skipped;
    for (const SkippedMachine& one : snapshot.skipped) skipped.push_back(place_of(one));
    CHECK(skipped == std::vector<SkippedMachine>{{"300", "energy_price", number_out_of_range},
                                                 {"3e2", "", duplicate},
                                                 {"300.0", "", duplicate},
                                                 {"7", "", duplicate}});
}

TEST_CASE("machines are in ascending order, each with its own bids") {
    std::string text = "{";
    for (const int host : {30, 4, 100, 21, 5}) {
        const std::string id = std::to_string(host);
        text += (text.size() > 1 ? "," : "") + ("\"" + id + "\":") + R"({"bids":[)";
        for (int i = 0; i < host % 4; ++i)
            text += (i > 0 ? "," : "") +
                    std::string{R"({"owner":1,"price":1,"currency":"c","pl":1,"id":)"} +
                    std::to_string(host * 10 - i) + "}";
        text +=
            R"(],"on_demand_rented":false,"online":true,"gpus":[{"pl":[1,2]}],"energy_price":0})";
    }
    const Snapshot snapshot = read(text + "}");
    REQUIRE(snapshot.machines.size() == 5);
    std::uint64_t before = 0;
    for (const Machine& machine : snapshot.machines) {
        const std::uint64_t id = machine.host.id.value;
        CHECK(before < id);
        before = id;
        CHECK(snapshot.find(machine.host.id) == &machine);
        REQUIRE(snapshot.bids_of(machine).size() == id % 4);
        for (std::size_t i = 0; i < id % 4; ++i)
            CHECK(snapshot.bids_of(machine)[i].id == BidId{id * 10 - i});
    }
    CHECK(snapshot.find(HostId{6}) == nullptr);
    CHECK(snapshot.find(HostId{101}) == nullptr);
}

std::string repeated(int count, std::string_view item) {
    std::string text;
    for (int i = 0; i < count; ++i) text += (i > 0 ? "," : "") + std::string{item};
    return text;
}

TEST_CASE("a machine has at most 32 GPUs") {
    const Snapshot most = read(with(second_gpu, repeated(31, second_gpu)));
    REQUIRE(most.machines.size() == 1);
    CHECK(most.machines[0].host.gpus.size() == 32);
    const Snapshot more = read(with(second_gpu, repeated(32, second_gpu)));
    REQUIRE(more.skipped.size() == 1);
    CHECK(place_of(more.skipped[0]) == SkippedMachine{"35083", "gpus[32]", limit_reached});
    CHECK(read(with(second_gpu, repeated(100'000, second_gpu))).skipped[0].path == "gpus[32]");
}

TEST_CASE("a snapshot has at most 16 currencies, and names at most 128 bytes long") {
    MarketNames names;
    for (int i = 1; i < 15; ++i)
        static_cast<void>(names.find_or_add_currency("c" + std::to_string(i)));
    CHECK(read(std::string{sound}, names).machines.size() == 1);  // bitcoin is the sixteenth
    const Snapshot snapshot = read(with("bitcoin", "one more"), names);
    REQUIRE(snapshot.skipped_bids.size() == 1);
    CHECK(place_of(snapshot.skipped_bids[0]) ==
          SkippedBid{35083, 1, BidId{3}, "bids[1].currency", limit_reached});

    const auto places = [](std::string_view piece, std::string_view name) {
        const Snapshot read_one = read(with(piece, name));
        CHECK(read_one.machines.size() == 1);
        std::vector<std::string> paths;
        for (const SkippedBid& bid : read_one.skipped_bids) {
            CHECK(bid.problem == limit_reached);
            paths.push_back(bid.path);
        }
        for (const Note& note : read_one.notes) paths.push_back(note.path);
        return paths;
    };
    for (const auto& [piece, path] :
         {std::pair{"bitcoin", "bids[1].currency"}, std::pair{"RTX 4090", "gpus[1].model"}}) {
        const std::vector<std::string> none;
        const std::vector<std::string> one{path};
        CHECK(places(piece, std::string(128, 'x')) == none);
        CHECK(places(piece, std::string(129, 'x')) == one);
        // The limit is of bytes, and of the name, not of how it is written.
        CHECK(places(piece, "\u00e9" + std::string(127, 'x')) == one);
        std::string escaped;
        for (int i = 0; i < 128; ++i) escaped += "\\u0078";
        CHECK(places(piece, escaped) == none);
    }
    // Skipped bids add no names, so that nobody fills the table with invented ones.
    MarketNames few;
    static_cast<void>(read(with(R"("price": 0.00001234, "currency": "bitcoin", "pl": 165)",
                                R"("currency": "made up", "price": -1, "pl": 165)"),
                           few));
    static_cast<void>(read(with(R"("energy_price": 0.05)", R"("energy_price": -1001)"), few));
    CHECK(few.currencies() == 1);
    CHECK(few.models() == 3);  // the empty name and those of the first machine
    // A model that gets no number is absent; its machine remains.
    MarketNames full;
    for (std::size_t i = 1; i <= limits::gpu_models_max; ++i)
        REQUIRE(full.find_or_add_model("m" + std::to_string(i)));
    const Snapshot crowded = read(std::string{sound}, full);
    REQUIRE(crowded.machines.size() == 1);
    CHECK(crowded.machines[0].host.gpus[1].model == GpuModel{});
    CHECK(crowded.notes.size() == 2);
    // A text that no rule uses has no limit.
    CHECK(read(with("11.6", std::string(100'000, '9'))).machines.at(0).facts.cuda.size() ==
          100'000);
}

TEST_CASE("a problem says what was expected and what the machine has") {
    const struct {
        std::string piece, other;
        std::string_view detail;
    } rows[] = {
        {R"("cuda": "11.6")", R"("cuda": 12.4)", "expected a string, got a number"},
        {R"("ram": 3.8036)", R"("ram": "64 GB")", "expected a number, got a string"},
        {R"("pl": 165)", R"("pl": "a lot")", "expected a number, got a string"},
        {R"("online": false)", R"("online": 1)", "expected a boolean, got a number"},
        {R"("energy_price": 0.05)", R"("energy_price": [0.05])",
         "expected a decimal number, got an array"},
        {R"("min_bid": 1.5)", R"("min_bid": "1,5")", "\"1,5\" is not a decimal number"},
        {R"("min_bid": 1.5)", R"("min_bid": 1000001)",
         "1000001 is out of range: 0 to 1000000 coin/day"},
        {R"("min_bid": 1.5)", R"("min_bid": "1000001")",
         "1000001 is out of range: 0 to 1000000 coin/day"},
        {R"("energy_price": 0.05)", R"("base_power": "97", "energy_price": 0.05)",
         "expected a number, got a string"},
        {R"("energy_price": 0.05)", R"("energy_price": 1001)",
         "1001 is out of range: -1000 to 1000 USD/kWh"},
        {R"("energy_price": 0.05)", R"("n": 0)",
         "not given; required: bids, on_demand_rented, online, gpus, energy_price"},
        {R"("max_rental_length": 792000)", R"("max_rental_length": 0)",
         "0 is out of range: 1 to 2147483647 s"},
        {"[75, 90]", "75", "expected [minimum, maximum], got a number"},
        {"[75, 90]", "[]", "expected [minimum, maximum], got 0 items"},
        {"[75, 90]", "[75]", "expected [minimum, maximum], got 1 item"},
        {"[75, 90]", "[75, 90, 95]", "expected [minimum, maximum], got 3 items"},
        {"[75, 90]", "[null, 90]", "minimum: expected a number, got null"},
        {"[75, 90]", "[75, 1000001]", "maximum: 1000001 is out of range: 0 to 1000000 W"},
        {"[75, 90]", "[90, 75]", "minimum 90 is above maximum 75"},
        {"[75, 90]", "[90.0, 7.5e1]", "minimum 90 is above maximum 75"},
        {"[75, 90]", "[ 75.1 ,\n75.9]",
         "minimum 76 is above maximum 75 after [ 75.1 ,?75.9] is rounded inwards"},
        {"[75, 90]", "[75, 74.5]",
         "minimum 75 is above maximum 74 after [75, 74.5] is rounded "
         "inwards"},
        {"[\n      {\"pl\": [70, 100]", "[], \"n\": [{\"pl\": [70, 100]",
         "a machine has at least one GPU"},
        {R"("35083")", R"("server")", "the key \"server\" is not the id of a machine"},
        {R"("35083")", R"("-1")", "-1 is out of range: 0 to 9007199254740992"},
        {R"("35083")", R"("1.5")", "1.5 is not a whole number"},
        {R"("id": 3)", R"("id": 17)", "duplicate id 17; each bid has its own"},
        {"bitcoin", std::string(129, 'x'), "currency name has 129 bytes; at most 128"},
        {"RTX 4090", std::string(129, 'x'), "GPU model name has 129 bytes; at most 128"},
        {std::string{second_gpu}, repeated(32, second_gpu), "at most 32 GPUs"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.other);
        std::string text = with(row.piece, row.other);
        text.insert(text.size() - 1, R"(,"8":)" + machine_of(""));  // one of two is right
        const Snapshot snapshot = read(text);
        std::vector<std::string> details;
        for (const SkippedMachine& machine : snapshot.skipped) details.push_back(machine.detail);
        for (const SkippedBid& bid : snapshot.skipped_bids) details.push_back(bid.detail);
        for (const Note& note : snapshot.notes) details.push_back(note.detail);
        REQUIRE(details.size() == 1);
        CHECK(details[0] == row.detail);
    }
    const Snapshot twice = read(R"({"7":5,"7.0":5,"8":{}})");
    CHECK(twice.skipped.at(0).detail == "expected an object, got a number");
    CHECK(twice.skipped.at(1).detail == "duplicate id; each machine has its own");
    MarketNames full;
    for (int i = 1; i < 16; ++i) REQUIRE(full.find_or_add_currency("c" + std::to_string(i)));
    CHECK(read(std::string{sound}, full).skipped_bids.at(0).detail ==
          "currency \"bitcoin\" is new; the market takes at most 16 currencies");
}

struct Other {
    std::string_view text, detail;
};

constexpr Other other_documents[] = {
    // Other documents of the market.
    {R"([{"price":1,"renting_server":7}])",
     "expected an object of machines, got an array: this looks like orders, use "
     "`check SNAPSHOT ORDERS`"},
    {R"([{"pl":300}])", "expected an object of machines, got an array"},
    {"[]", "expected an object of machines, got an array"},
    {"[5,{}]", "expected an object of machines, got an array"},
    {R"({"op":"close","time":1})",
     "expected an object of machines: this looks like commands, use `replay`"},
    {R"({"time":1,"op":"rate","usd":"1"})",
     "expected an object of machines: this looks like commands, use `replay`"},
    // Answers of the market.
    {R"({"code":5,"error":"not now"})",
     "expected an object of machines: this is an answer of the market with code 5: \"not now\""},
    {R"({"error":"a \"b\" \u00e9\n","code":12,"snapshot":{"7":{}}})",
     "expected an object of machines: this is an answer of the market with code 12: "
     "\"a \"b\" \u00e9?\""},
    {R"({"code":5})",
     "expected an object of machines: this is an answer of the market with code 5"},
    {R"({"code":-1,"error":5})",
     "expected an object of machines: this is an answer of the market with code -1"},
    {R"({"code":0,"snapshot":{"7":{"bids":[]}}})",
     "expected an object of machines: this is an answer of the market around a snapshot; give only "
     "what its field snapshot holds"},
    {R"({"snapshot":{}})",
     "expected an object of machines: this is an answer of the market around a snapshot; give only "
     "what its field snapshot holds"},
    {R"({"code":0,"v1_snapshot_url":"https:\/\/x.y\/snapshot_1699999999.json","clore_price":0.1})",
     "expected an object of machines: this is an answer of the market that names a snapshot; "
     "download \"https://x.y/snapshot_1699999999.json\" and give that file"},
    {R"({"code":0,"clore_price":0.1})",
     "expected an object of machines: this is an answer of the market without a snapshot"},
    // Entries of which none is a machine: the first key is named.
    {R"({"servers":[],"count":5})",
     "expected an object of machines, got an object without one: the key \"servers\" is not the id "
     "of a machine"},
    {R"({"a":{"bids":[]},"b":{}})",
     "expected an object of machines, got an object without one: the key \"a\" is not the id of a "
     "machine"},
    {R"({"7":5,"x":{}})",
     "expected an object of machines, got an object without one: the value of \"7\": expected an "
     "object, got a number"},
    {R"({"-7":{},"7":null})",
     "expected an object of machines, got an object without one: the key \"-7\": -7 is out of "
     "range: 0 to 9007199254740992"},
    {R"({"1.5":{}})",
     "expected an object of machines, got an object without one: the key \"1.5\": 1.5 is not a "
     "whole number"},
    {R"({"\ud800":{}})",
     "expected an object of machines, got an object without one: the key \"?\" is not the id of a "
     "machine"},
    // Scalars.
    {" true", "expected an object of machines, got a boolean"},
    {"\xEF\xBB\xBFtrue", "expected an object of machines, got a boolean"},
    {"1", "expected an object of machines, got a number"},
    {"\"a\"", "expected an object of machines, got a string"},
    {"null", "expected an object of machines, got null"},
};

DocumentError error_of(std::string_view text) {
    MarketNames names;
    const auto snapshot = read_snapshot(std::string{text}, names);
    REQUIRE_FALSE(snapshot);
    CHECK(names.currencies() == 1);
    CHECK(names.models() == 1);
    return snapshot.error();
}

TEST_CASE("a document of another kind is one error that says what it is") {
    for (const Other& row : other_documents) {
        CAPTURE(row.text);
        CHECK(error_of(row.text) ==
              DocumentError{.code = wrong_type, .detail = std::string{row.detail}});
        // Behind a mark it is the same document.
        if (row.text[0] != '\xEF')
            CHECK(error_of("\xEF\xBB\xBF" + std::string{row.text}).detail == row.detail);
    }
}

TEST_CASE("one entry with the key and the type of a machine makes a snapshot") {
    for (const std::string_view text : {R"({"7":{}})", R"({"code":5,"7":{}})",
                                        R"({"7":5,"x":5,"8":{}})", R"({"7":5,"7.0":{}})"}) {
        CAPTURE(text);
        const Snapshot snapshot = read(std::string{text});
        CHECK(snapshot.machines.empty());
        CHECK_FALSE(snapshot.skipped.empty());
    }
    for (const std::string_view text : {"{}", " {\r\n} \r\n", "\xEF\xBB\xBF{}"}) {
        const Snapshot snapshot = read(std::string{text});
        CHECK(snapshot.machines.empty());
        CHECK(snapshot.skipped.empty());
    }
}

TEST_CASE("a text that cannot be JSON is named, without a line") {
    using namespace std::string_view_literals;
    for (const Other& row :
         {Other{"", "the text is empty"}, Other{" \r\n", "the text is empty"},
          Other{"\xEF\xBB\xBF\n", "the text is empty"},
          Other{"\x1F\x8B\x08\0\0"sv, "this is gzip-compressed data; unpack it first"},
          Other{"\x28\xB5\x2F\xFD\0"sv, "this is zstd-compressed data; unpack it first"},
          Other{"\xFF\xFE{\0}\0"sv, "this is UTF-16 text; convert it to UTF-8 first"},
          Other{"\0{\0}"sv, "this is UTF-16 text; convert it to UTF-8 first"},
          Other{"{\0\0\0}\0\0\0"sv, "this is UTF-32 text; convert it to UTF-8 first"}}) {
        CAPTURE(row.detail);
        CHECK(error_of(row.text) ==
              DocumentError{.code = malformed, .detail = std::string{row.detail}});
    }
}

TEST_CASE("a mark in front, and lines that end with carriage returns, change nothing") {
    const Snapshot plain = read(std::string{sound});
    std::string text = "\xEF\xBB\xBF";
    for (const char c : sound) text += c == '\n' ? std::string{"\r\n"} : std::string{c};
    const Snapshot marked = read(text);
    REQUIRE(marked.machines.size() == 1);
    CHECK(marked.machines[0].host == plain.machines[0].host);
    CHECK(marked.machines[0].facts == plain.machines[0].facts);
    CHECK(marked.bids == plain.bids);
    CHECK(error_of("\xEF\xBB\xBF[01]").column == 2);
}

TEST_CASE("a text that is not JSON is one error with its place") {
    CHECK(error_of("[01]").column == 2);
    CHECK(error_of(R"({"7":{"energy_price":01}})").column == 22);
    CHECK(error_of(R"({"7":{"online":tru}})") ==
          DocumentError{
              .code = malformed, .line = 1, .column = 16, .detail = "expected a value, got tru"});
    CHECK(error_of("{}\n x") ==
          DocumentError{.code = malformed,
                        .line = 2,
                        .column = 2,
                        .detail = "unexpected text after the end of the value"});
    CHECK(error_of(std::string{sound} + "x").detail ==
          "unexpected text after the end of the value");
    // Commands are JSON line by line.
    CHECK(error_of("{\"op\":\"close\",\"time\":1}\n{\"op\":\"close\",\"time\":2}\n") ==
          DocumentError{.code = malformed,
                        .line = 2,
                        .column = 1,
                        .detail = "unexpected text after the end of the value: this looks like "
                                  "commands, use `replay`"});
}

TEST_CASE("a document that is cut off anywhere is one error, at its end at the latest") {
    for (std::size_t size = 1; size < sound.size(); ++size) {  // an empty text has no place
        CAPTURE(size);
        const std::string_view text = sound.substr(0, size);
        MarketNames names;
        const auto snapshot = read_snapshot(std::string{text}, names);
        REQUIRE_FALSE(snapshot);
        const DocumentError& error = snapshot.error();
        CHECK(error.code == malformed);
        CHECK(error.path.empty());
        CHECK_FALSE(error.detail.empty());
        const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
        CHECK(error.line >= 1);
        CHECK(error.line <= lines);
        if (error.line == lines) CHECK(error.column <= size - (text.rfind('\n') + 1) + 1);
        // Only a piece of a word is an error before the end.
        if (error.detail.starts_with("the text ends")) CHECK(error.line == lines);
    }
}

}  // namespace
