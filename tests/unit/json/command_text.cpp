// Commands as lines of JSON: each line is what the rules write, and its reader gives the same
// command. Random commands are in properties/command_text.cpp.
#include <gigaspot/json/command_text.hpp>

#include <string>
#include <string_view>

#include <gigaspot/json/command_reader.hpp>

#include "support/market.hpp"
#include "support/same_command.hpp"

namespace {

using namespace market;

MarketNames some_names() {
    MarketNames names;
    REQUIRE(names.find_or_add_currency("b\"it\n") == Currency{1});
    REQUIRE(names.find_or_add_model("RTX 4090") == GpuModel{1});
    return names;
}

/// The line of a command at the time 5, without its end.
template <class Command>
std::string line_of(const Command& command) {
    const MarketNames names = some_names();
    std::string line;
    REQUIRE(CommandText{line, names}.put(command, at_ms(5)) == Code::none);
    REQUIRE(line.ends_with('\n'));
    line.pop_back();
    return line;
}

/// Checks the line of a command, and that it is read as the same command.
template <class Command>
void check(const Command& command, std::string_view line) {
    CAPTURE(line);
    CHECK(line_of(command) == line);
    CHECK(line_of(gigaspot::Command{command}) == line);
    MarketNames names = some_names();
    CommandReader reader;
    const auto read = reader.read(line, names);
    REQUIRE(read);
    CHECK(read->time == at_ms(5));
    CHECK(same_command::is_same(read->command, gigaspot::Command{command}));
}

TEST_CASE("each command has its line, as the rules write it") {
    check(SetRate{.currency = Currency{1}, .usd = 0.0071_usd_per_coin, .fee = 25'000_ppm},
          R"({"op":"rate","time":5,"currency":"b\"it\u000a","usd":"0.0071","fee_ppm":25000})");
    check(SetRate{}, R"({"op":"rate","time":5,"currency":"CLORE-Blockchain","usd":null})");
    const GpuLimits gpus[] = {{.power_limit = {150_W, 450_W},
                               .core_lock = {{210_MHz, 2520_MHz}},
                               .mem_lock = {{405_MHz, 10501_MHz}},
                               .core_offset = {{-1000_MHz, 200_MHz}},
                               .mem_offset = {{-2000_MHz, 2000_MHz}},
                               .model = GpuModel{1}},
                              {.power_limit = {1_W, 2_W}}};
    check(PutHost{.id = 7,
                  .gpus = gpus,
                  .energy_price = 0.11_usd_per_kWh,
                  .min_bid = 2_coin_per_day,
                  .base_power = 50_W,
                  .max_rental_length = RentalLength::unchecked(792'000),
                  .online = true,
                  .on_demand_rented = false,
                  .working_properly = true},
          R"({"op":"host","time":5,"id":7,"energy_price":"0.11","min_bid":"2","base_power":50,)"
          R"("max_rental_length":792000,"online":true,"on_demand_rented":false,)"
          R"("working_properly":true,"gpus":[{"model":"RTX 4090","pl":[150,450],)"
          R"("core_lock":[210,2520],"mem_lock":[405,10501],"core_offset":[-1000,200],)"
          R"("mem_offset":[-2000,2000]},{"pl":[1,2]}]})");
    check(PutHost{.id = 7},
          R"({"op":"host","time":5,"id":7,"energy_price":"0","min_bid":"0","base_power":0,)"
          R"("max_rental_length":1728000,"gpus":[]})");
    check(SetHostStatus{.id = 7, .working_properly = false},
          R"({"op":"host_status","time":5,"id":7,"working_properly":false})");
    check(SetEnergyPrice{.id = 7, .usd = 0.13_usd_per_kWh},
          R"({"op":"energy_price","time":5,"id":7,"usd":"0.13"})");
    check(SetEnergyPrice{.id = 7, .usd = -0.05_usd_per_kWh},
          R"({"op":"energy_price","time":5,"id":7,"usd":"-0.05"})");
    check(RemoveHost{.id = 7}, R"({"op":"remove_host","time":5,"id":7})");
    const OverclockProfile profiles[] = {{.power_limit = 300_W,
                                          .core_lock = 1500_MHz,
                                          .mem_lock = 9501_MHz,
                                          .core_offset = 0_MHz,
                                          .mem_offset = -1000_MHz},
                                         {}};
    const EnvironmentVariable environment[] = {{"K", "V\\"}, {"", "\u00e9"}};
    const Workload workload{.image = "c9a4e2f6b7d488d8f0bab0ff", .environment = environment};
    check(PlaceBid{.id = 1,
                   .host = 7,
                   .owner = 2,
                   .price = 28.9755_coin_per_day,
                   .overclock = profiles,
                   .workload = &workload},
          R"({"op":"bid","time":5,"id":1,"host":7,"owner":2,"price":"28.9755",)"
          R"("currency":"CLORE-Blockchain","oc":[{"pl":300,"core_lock":1500,"mem_lock":9501,)"
          R"("core_offset":0,"mem_offset":-1000},{"pl":0}],"image":"c9a4e2f6b7d488d8f0bab0ff",)"
          "\"env\":{\"K\":\"V\\\\\",\"\":\"\u00e9\"}}");
    check(PlaceBid{}, R"({"op":"bid","time":5,"id":0,"host":0,"owner":0,"price":"0",)"
                      R"("currency":"CLORE-Blockchain","oc":[]})");
    check(EditBid{.id = 1, .price = 29.05_coin_per_day, .overclock = profiles, .owner = 2},
          R"({"op":"edit","time":5,"id":1,"price":"29.05","oc":[{"pl":300,"core_lock":1500,)"
          R"("mem_lock":9501,"core_offset":0,"mem_offset":-1000},{"pl":0}],"owner":2})");
    check(EditBid{.id = 1, .price = 1_coin_per_day},
          R"({"op":"edit","time":5,"id":1,"price":"1"})");
    check(SetCached{.id = 1, .cached = true}, R"({"op":"cached","time":5,"id":1,"cached":true})");
    check(SetCached{.id = 1}, R"({"op":"cached","time":5,"id":1,"cached":false})");
    check(CancelBid{.id = 1, .owner = 2}, R"({"op":"cancel","time":5,"id":1,"owner":2})");
    check(CancelBid{.id = limits::two_to_53}, R"({"op":"cancel","time":5,"id":9007199254740992})");
    check(RevokeBid{.id = 1}, R"({"op":"revoke","time":5,"id":1})");
    check(Close{}, R"({"op":"close","time":5})");
}

TEST_CASE("an edit without a price has no line, and nothing is written") {
    const MarketNames names;
    std::string lines = "before";
    CommandText text{lines, names};
    CHECK(text.put(EditBid{.id = 1}, {}) == Code::missing);
    CHECK(text.put(Command{EditBid{.id = 1}}, {}) == Code::missing);
    CHECK(lines == "before");
    CHECK(text.put(Close{}, {}) == Code::none);
    CHECK(lines == "before{\"op\":\"close\",\"time\":0}\n");
}

TEST_CASE("a line that was read is written in one form") {
    const struct {
        std::string_view read, written;
    } rows[] = {
        {R"( { "time" : 5e0 , "op" : "close" } )", R"({"op":"close","time":5})"},
        {R"({"op":"\u0063lose","time":5.0,"x_note":[{}],"time":6})", R"({"op":"close","time":5})"},
        {R"({"op":"edit","time":5,"owner":null,"price":3e2,"oc":[{"mem_lock":1,"pl":2}],"id":1})",
         R"({"op":"edit","time":5,"id":1,"price":"300","oc":[{"pl":2,"mem_lock":1}]})"},
        {R"({"op":"host","time":5,"id":7,"energy_price":0.110,"gpus":[{"model":"","pl":[1,2]}]})",
         R"({"op":"host","time":5,"id":7,"energy_price":"0.11","min_bid":"0","base_power":0,)"
         R"("max_rental_length":1728000,"gpus":[{"pl":[1,2]}]})"},
        {R"({"op":"bid","time":5,"id":1,"host":7,"owner":2,"price":"1.50",)"
         R"("currency":"CLORE\u002dBlockchain","env":{"b":"\u00e9","a":"","b":"x"}})",
         "{\"op\":\"bid\",\"time\":5,\"id\":1,\"host\":7,\"owner\":2,\"price\":\"1.5\","
         "\"currency\":\"CLORE-Blockchain\",\"oc\":[],\"env\":{\"b\":\"\u00e9\",\"a\":\"\"}}"},
    };
    CommandReader reader;
    MarketNames names = some_names();
    for (const auto& row : rows) {
        CAPTURE(row.read);
        const auto read = reader.read(row.read, names);
        REQUIRE(read);
        CHECK(line_of(read->command) == row.written);
    }
}

struct IntegerIds : DefaultTraits {
    using HostId = int;
    using BidId = std::uint64_t;
    using OwnerId = unsigned;
    struct Workload {};  // the rules do not look into it
};

TEST_CASE("ids of other traits may be integers") {
    const IntegerIds::Workload workload;
    const BasicPlaceBid<IntegerIds> place{.id = 1, .host = 7, .owner = 2, .workload = &workload};
    CHECK(line_of(place) == line_of(PlaceBid{.id = 1, .host = 7, .owner = 2}));
    CHECK(line_of(BasicCommand<IntegerIds>{BasicRemoveHost<IntegerIds>{7}}) ==
          line_of(RemoveHost{.id = 7}));
}

}  // namespace
