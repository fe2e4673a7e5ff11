// Markets as text whose ids are strings of UUIDs, from the first command to a restored save. A
// market with numbers as ids takes the same commands, and must give the same events.
#include <gigaspot/json/replay.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <doctest/doctest.h>

#include <gigaspot/json/command_text.hpp>
#include <gigaspot/json/event_reader.hpp>

#include "support/uuid.hpp"

namespace {

using namespace gigaspot;
using uuids::Uuid;
using uuids::uuid;

/// Bids and owners are UUIDs; hosts are numbers.
struct MyTraits : DefaultTraits {
    using BidId = Uuid;
    using OwnerId = Uuid;
    static constexpr std::size_t gpus_max = 2;
};
using MyReplay = BasicReplay<MyTraits>;

/// All ids are UUIDs.
struct AllUuids : MyTraits {
    using HostId = Uuid;
};

template <class AnyReplay>
std::string take(AnyReplay& replay, std::string_view line) {
    std::string all;
    replay.take(line, [&](std::string_view text) { all += text; });
    return all;
}

std::string text_of(unsigned id) { return IdText<Uuid>::write(uuid(id)); }

/// Puts UUIDs in the place of the numbers that follow these keys: `"bid":41` becomes
/// `"bid":"00000000-..."`.
template <std::size_t Count>
std::string with_uuids(std::string text, const std::array<std::string_view, Count>& keys) {
    for (const std::string_view key : keys) {
        const std::string front = '"' + std::string{key} + "\":";
        for (std::size_t at = 0; (at = text.find(front, at)) != std::string::npos;) {
            at += front.size();
            const std::size_t end = text.find_first_of(",}", at);
            const auto number = static_cast<unsigned>(std::stoul(text.substr(at, end - at)));
            text.replace(at, end - at, '"' + text_of(number) + '"');
        }
    }
    return text;
}

/// A day in which each command and each event occurs. The ids of bids are "id" in commands for bids
/// and "bid" in events.
constexpr std::string_view day[] = {
    R"({"op":"rate","time":1,"currency":"CLORE-Blockchain","usd":"1","fee_ppm":25000})",
    R"({"op":"host","time":1,"id":7,"energy_price":"0.1","gpus":[{"pl":[100,400],"model":"A"}]})",
    R"({"op":"host","time":1,"id":8,"energy_price":"0.1","gpus":[{"pl":[100,400]},{"pl":[1,9]}]})",
    R"({"op":"bid","time":1,"id":41,"host":7,"owner":2,"price":"10","currency":"CLORE-Blockchain",)"
    R"("oc":[{"pl":300}],"image":"c9a4e2f6b7d488d8f0bab0ff","env":{"K":"V"}})",
    R"({"op":"bid","time":1,"id":42,"host":7,"owner":3,"price":"11","currency":"CLORE-Blockchain",)"
    R"("oc":[{"pl":300}]})",
    R"({"op":"bid","time":1,"id":41,"host":7,"owner":3,"price":"11","currency":"CLORE-Blockchain",)"
    R"("oc":[{"pl":300}]})",
    R"({"op":"bid","time":1,"id":43,"host":7,"owner":3,"price":"0","currency":"CLORE-Blockchain",)"
    R"("oc":[{"pl":500}]})",
    R"({"op":"cached","time":1,"id":42,"cached":true})",
    R"({"op":"close","time":1})",
    R"({"op":"edit","time":2,"id":42,"price":"12","oc":[{"pl":200}],"owner":2})",
    R"({"op":"edit","time":2,"id":42,"price":"12","oc":[{"pl":200}],"owner":3})",
    R"({"op":"energy_price","time":2,"id":7,"usd":"0.2"})",
    R"({"op":"close","time":86400001})",
    R"({"op":"cancel","time":86400001,"id":41,"owner":2})",
    R"({"op":"cancel","time":86400001,"id":41})",
    R"({"op":"revoke","time":86400002,"id":42})",
    R"({"op":"bid","time":86400003,"id":44,"host":8,"owner":2,"price":"10",)"
    R"("currency":"CLORE-Blockchain","oc":[{"pl":300},{"pl":5}]})",
    R"({"op":"close","time":86400004})",
    R"({"op":"host_status","time":86400005,"id":8,"online":false})",
    R"({"op":"remove_host","time":86400006,"id":8})",
    R"({"op":"remove_host","time":86400006,"id":9})",
};

bool is_for_host(std::string_view line) {
    for (const std::string_view op : {"host", "host_status", "energy_price", "remove_host"}) {
        if (line.starts_with(std::string{R"({"op":")"}.append(op).append("\""))) return true;
    }
    return false;
}

/// The same day with UUIDs: `id` names a host or a bid.
std::string with_uuids_of_bids(std::string_view line) {
    constexpr std::array<std::string_view, 2> of_bids{"id", "owner"};
    constexpr std::array<std::string_view, 0> of_hosts{};
    return is_for_host(line) ? with_uuids(std::string{line}, of_hosts)
                             : with_uuids(std::string{line}, of_bids);
}

TEST_CASE("a market with UUIDs gives the events of a market with numbers") {
    constexpr std::array<std::string_view, 2> in_events{"bid", "owner"};
    constexpr std::array<std::string_view, 3> all_in_events{"host", "bid", "owner"};
    constexpr std::array<std::string_view, 3> all_in_commands{"id", "host", "owner"};
    Replay numbers;
    MyReplay mixed;
    BasicReplay<AllUuids> all;
    std::string everything;
    for (const std::string_view line : day) {
        CAPTURE(std::string{line});
        const std::string events = take(numbers, line);
        everything += events;
        CHECK(take(mixed, with_uuids_of_bids(line)) == with_uuids(events, in_events));
        CHECK(take(all, with_uuids(std::string{line}, all_in_commands)) ==
              with_uuids(events, all_in_events));
    }
    for (const std::string_view kind :
         {"accepted", "rejected", "started", "changed", "stopped", "charged", "removed"})
        CHECK(everything.find(R"("event":")" + std::string{kind}) != std::string::npos);
}

TEST_CASE("the lines of a market with UUIDs, word by word") {
    MyReplay replay;
    for (const std::string_view line : {day[0], day[1]}) take(replay, line);
    const std::string bid = R"({"op":"bid","time":1,"id":"00000000-0000-0000-0000-00000000002a",)"
                            R"("host":7,"owner":"6ba7b810-9dad-11d1-80b4-00c04fd430c8",)"
                            R"("price":"10","currency":"CLORE-Blockchain","oc":[{"pl":300}]})";
    CHECK(take(replay, bid) == "{\"event\":\"accepted\",\"time\":1,\"command\":3}\n");
    CHECK(take(replay, bid) ==
          R"({"event":"rejected","time":1,"command":4,"reasons":[{"code":"bid_exists",)"
          "\"field\":\"id\"}]}\n");
    take(replay, R"({"op":"close","time":1})");
    CHECK(take(replay, R"({"op":"close","time":86400001})") ==
          "{\"event\":\"accepted\",\"time\":86400001,\"command\":6}\n"
          R"({"event":"charged","time":86400001,"command":6,"host":7,)"
          R"("bid":"00000000-0000-0000-0000-00000000002a",)"
          R"("owner":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","currency":"CLORE-Blockchain",)"
          "\"amount\":\"10\",\"fee\":\"0.25\"}\n");
    CHECK(replay.engine().host(7)->gpus.size() == 1);
    CHECK(take(replay, R"({"op":"cancel","time":86400001,)"
                       R"("id":"00000000-0000-0000-0000-00000000002a",)"
                       R"("owner":"6ba7b810-9dad-11d1-80b4-00c04fd430c9"})")
              .find(R"("code":"not_owner","field":"owner")") != std::string::npos);
}

TEST_CASE("a text that is not an id is malformed, before the time and all numbers") {
    MyReplay replay;
    const auto why = [&](const std::string& line) {
        const std::string event = take(replay, line);
        const std::string front = R"("reasons":[{"code":)";
        const std::size_t begin = event.find(front);
        REQUIRE(begin != std::string::npos);
        return event.substr(begin + front.size(), event.size() - begin - front.size() - 4);
    };
    CHECK(why(R"({"op":"revoke","time":-1,"id":"x"})") ==
          R"("malformed","field":"id","detail":"expected a UUID, got \"x\"")");
    CHECK(why(R"({"op":"revoke","time":1,"id":41})") ==
          R"("malformed","field":"id","detail":"expected a UUID, got a number")");
    CHECK(why(R"({"op":"revoke","time":1,"id":null})") ==
          R"("malformed","field":"id","detail":"null counts as not given; required: time, id")");
    CHECK(why(R"({"op":"cancel","time":1,"id":")" + text_of(1) + R"(","owner":""})") ==
          R"("malformed","field":"owner","detail":"expected a UUID, got \"\"")");
    CHECK(why(R"({"op":"bid","time":1,"id":")" + text_of(1) + R"(","host":"7","owner":")" +
              text_of(2) + R"(","price":"1","currency":"CLORE-Blockchain"})") ==
          R"("malformed","field":"host","detail":"expected a number, got a string")");
    CHECK(why(R"({"op":"bid","time":1,"id":")" + text_of(1) + R"(","host":-1,"owner":")" +
              text_of(2) + R"(","price":"1","currency":"CLORE-Blockchain"})") ==
          R"("number_out_of_range","field":"host","value":-1,"bound":0,)"
          R"("detail":"-1 is out of range: 0 to 9007199254740992")");
    CHECK(why(R"({"op":"remove_host","time":1,"id":")" + text_of(1) + R"("})") ==
          R"("malformed","field":"id","detail":"expected a number, got a string")");
}

TEST_CASE("a market with UUIDs is saved and restored, and goes on as it would have") {
    for (std::size_t cut = 0; cut <= std::size(day); ++cut) {
        MyReplay replay;
        for (std::size_t i = 0; i < cut; ++i) take(replay, with_uuids_of_bids(day[i]));
        auto restored = MyReplay::restore(replay.save());
        REQUIRE(restored);
        CHECK(digest(restored->engine()) == digest(replay.engine()));
        for (std::size_t i = cut; i < std::size(day); ++i) {
            const std::string line = with_uuids_of_bids(day[i]);
            CHECK(take(*restored, line) == take(replay, line));
        }
        CHECK(digest(restored->engine()) == digest(replay.engine()));
        CHECK(restored->save() == replay.save());
        CHECK(restored->names().find_model("A") == replay.names().find_model("A"));
    }
    const auto numbers = Replay::restore(MyReplay{}.save());
    REQUIRE_FALSE(numbers);
    CHECK(numbers.error() == Code::save_of_other_types);
}

TEST_CASE("a journal of a market with UUIDs makes the same market, and events are read") {
    MyReplay replay;
    std::string journal;
    BasicCommandReader<MyTraits> reader;
    BasicEventReader<MyTraits> events;
    MarketNames names;
    int charged = 0;
    for (const std::string_view numbered : day) {
        const std::string line = with_uuids_of_bids(numbered);
        const auto command = reader.read(line, names);
        REQUIRE(command);
        CHECK(CommandText{journal, names}.put(command->command, command->time) == Code::none);
        std::string told = take(replay, line);
        for (std::string_view rest = told; !rest.empty();) {
            const std::size_t end = rest.find('\n');
            const auto event = events.read(rest.substr(0, end), names);
            REQUIRE(event);
            rest.remove_prefix(end + 1);
            const auto* const one = std::get_if<BasicEvent<MyTraits>>(&*event);
            if (one == nullptr || one->kind != EventKind::charged) continue;
            ++charged;
            CHECK((one->bid == uuid(42) || one->bid == uuid(44)));
            CHECK(one->owner == uuid(one->bid == uuid(42) ? 3 : 2));
        }
    }
    CHECK(charged == 3);  // bid 42 at a close and when it is revoked, and bid 44
    MyReplay again;
    for (std::string_view rest = journal; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        take(again, rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    CHECK(again.save() == replay.save());
}

// --- What else may differ ---

/// A setting in four bytes, and a workload that keeps only whether there is an image.
struct SmallSetting {
    std::int32_t megahertz = -2'000'000;

    SmallSetting() = default;
    explicit SmallSetting(Frequency frequency) : megahertz{frequency.count()} {}
    [[nodiscard]] bool has_value() const { return megahertz >= -1'000'000; }
    Frequency operator*() const { return Frequency::unchecked(megahertz); }
    friend bool operator==(const SmallSetting&, const SmallSetting&) = default;
};
struct Job {
    bool has_image = false;

    Job() = default;
    Job(const Workload& workload) : has_image{workload.image.has_value()} {}
    friend bool operator==(const Job&, const Job&) = default;
};
struct SmallTraits : DefaultTraits {
    using HostId = std::uint8_t;
    using Setting = SmallSetting;
    using Workload = Job;
};

TEST_CASE("settings and workloads of other types are read") {
    MarketNames names;
    BasicCommandReader<SmallTraits> reader;
    const auto read =
        reader.read(R"({"op":"bid","time":1,"id":1,"host":255,"owner":2,"price":"10",)"
                    R"("currency":"CLORE-Blockchain","image":"x",)"
                    R"("oc":[{"pl":300,"core_lock":-5,"mem_offset":7}]})",
                    names);
    REQUIRE(read);
    const auto& bid = std::get<BasicPlaceBid<SmallTraits>>(read->command);
    CHECK(bid.host == 255);
    CHECK(bid.overclock[0].core_lock == SmallSetting{Frequency::unchecked(-5)});
    CHECK(bid.overclock[0].mem_offset == SmallSetting{Frequency::unchecked(7)});
    CHECK_FALSE(bid.overclock[0].mem_lock.has_value());
    CHECK(*bid.workload == Job{Workload{.image = "y"}});
    const auto wrong = reader.read(
        R"({"op":"edit","time":1,"id":1,"price":"1","oc":[{"pl":1,"core_lock":0.5}]})", names);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().problem == FieldProblem{Code::number_too_precise, "oc[0].core_lock",
                                                "0.5 is not a whole number of MHz"});
    const auto host = reader.read(R"({"op":"remove_host","time":1,"id":256})", names);
    REQUIRE_FALSE(host);
    CHECK(host.error().problem == FieldProblem{Code::number_out_of_range, "id",
                                               "256 is out of range: 0 to 255", "256", "255"});
    CHECK(host.error().time == Timestamp::unchecked(1));
}

}  // namespace
