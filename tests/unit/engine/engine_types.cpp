// An engine with types of the embedder: ids of 16 bytes and text ids, a small setting, a payload
// that is not a `Workload`, and few GPUs.
#include <gigaspot/engine/engine.hpp>
#include <gigaspot/engine/save.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "support/live.hpp"

namespace embedder {

struct Uuid {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend bool operator==(const Uuid&, const Uuid&) = default;
    friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

/// An optional in four bytes.
class Setting {
public:
    Setting() {}  // g++ 12 does not emit a defaulted one for members that a braced list leaves out
    Setting(gigaspot::Frequency frequency) : mhz_{frequency.count()} {}

    [[nodiscard]] bool has_value() const { return mhz_ != INT32_MIN; }
    gigaspot::Frequency operator*() const { return gigaspot::Frequency::unchecked(mhz_); }

    friend bool operator==(const Setting&, const Setting&) = default;

private:
    std::int32_t mhz_ = INT32_MIN;
};

struct Payload {
    int number = 0;

    friend bool operator==(const Payload&, const Payload&) = default;
};

struct Traits : gigaspot::DefaultTraits {
    using HostId = std::int32_t;
    using BidId = Uuid;
    using OwnerId = std::int16_t;
    using GpuModel = std::uint8_t;
    using Setting = embedder::Setting;
    using Workload = Payload;
    static constexpr std::size_t gpus_max = 2;
};

/// Ids that are not plain bytes. Such a market cannot be saved, but works otherwise.
struct TextTraits : gigaspot::DefaultTraits {
    using HostId = std::string;
    using BidId = std::string;
    using GpuModel = std::string;
};

}  // namespace embedder

/// A bad hash on purpose: all ids of one half collide.
template <>
struct std::hash<embedder::Uuid> {
    std::size_t operator()(const embedder::Uuid& id) const { return id.high; }
};

namespace {

using namespace market;
using embedder::Traits;
using embedder::Uuid;

using Engine = BasicEngine<Traits>;

const BasicHostCapabilities<Traits> machine{
    .id = -7,
    .gpus = {{.power_limit = {100_W, 400_W}, .core_lock = {{1_MHz, 9_MHz}}, .model = 200},
             {.power_limit = {100_W, 400_W}}}};

BasicBid<Traits> make_bid(Uuid id, Price price) {
    return {.id = id,
            .host = -7,
            .owner = -1,
            .price = price,
            .overclock = {{.power_limit = 100_W, .core_lock = 5_MHz}, {.power_limit = 200_W}},
            .workload = {.number = 7}};
}

void make_market(Engine& engine) {
    CHECK(engine.set_rate({.usd = 1_usd_per_coin}, {}));
    CHECK(engine.put_host(machine, {}));
    for (std::uint64_t low = 0; low < 10; ++low)
        CHECK(engine.place(
            make_bid({1, low}, Price::unchecked(static_cast<std::int64_t>(10'000 + low))), {}));
}

TEST_CASE("an engine of other ids, settings and payloads") {
    Engine engine;
    make_market(engine);
    CHECK(*engine.host(-7) == machine);
    const auto closed = engine.close({});
    REQUIRE(closed);
    REQUIRE(closed->size() == 2);
    CHECK(closed->events[1].kind == EventKind::started);
    CHECK(closed->events[1].host == -7);
    CHECK(closed->events[1].bid == Uuid{1, 9});

    const auto twice = engine.place(make_bid({1, 4}, 1_coin_per_day), {});
    REQUIRE(!twice);
    CHECK(twice.error().code() == Code::bid_exists);
    CHECK(engine.place(make_bid({2, 4}, 1_coin_per_day), {}));
    CHECK(engine.choice(-7).winner == Uuid{2, 4});
    const auto not_its_owner = engine.cancel({.id = {1, 9}, .owner = std::int16_t{1}}, {});
    REQUIRE(!not_its_owner);
    CHECK(not_its_owner.error().code() == Code::not_owner);
    CHECK(engine.run(-7)->owner == -1);

    auto outside = make_bid({3, 0}, 1_coin_per_day);
    outside.overclock[0].core_lock = 10_MHz;
    const auto rejected = engine.place(outside, {});
    REQUIRE(!rejected);
    CHECK(rejected.error().code() == Code::core_lock_above_maximum);

    // Bids go by the order of their ids.
    const auto removed = engine.remove_host(-7, {});
    REQUIRE(removed);
    REQUIRE(removed->size() == 13);
    for (std::size_t i = 0; i < 10; ++i) CHECK(removed->events[2 + i].bid == Uuid{1, i});
    CHECK(removed->events[12].bid == Uuid{2, 4});
}

TEST_CASE("it is saved and restored") {
    Engine engine;
    make_market(engine);
    CHECK(engine.close({}));
    const SavedBytes saved = save(engine);
    auto restored = restore<Traits>({saved.data(), saved.size()});
    REQUIRE(restored);
    CHECK(digest(*restored) == digest(engine));
    CHECK(*restored->host(-7) == machine);
    CHECK(restored->run(-7)->bid == Uuid{1, 9});
    CHECK(restored->revoke({1, 9}, {}));
    CHECK(restored->choice(-7).winner == Uuid{1, 8});
    const auto other = restore({saved.data(), saved.size()});
    REQUIRE(!other);
    CHECK(other.error() == Code::save_of_other_types);
}

/// As many GPUs as there are.
struct ManyGpus : gigaspot::DefaultTraits {
    static constexpr std::size_t gpus_max = 255;
};

TEST_CASE("no reason names another GPU than it means, however many there are") {
    BasicEngine<ManyGpus> engine;
    std::vector<BasicGpuLimits<ManyGpus>> gpus(300, {.power_limit = {100_W, 400_W}});
    gpus[260].power_limit = {400_W, 100_W};
    const auto rejected = engine.put_host({.id = 1, .gpus = gpus}, {});
    REQUIRE(!rejected);
    REQUIRE(rejected.error().reasons.size() == 1);
    CHECK(rejected.error().reasons[0].code == Code::limit_reached);
}

TEST_CASE("ids may be texts") {
    using TextTraits = embedder::TextTraits;
    BasicEngine<TextTraits> engine;
    CHECK(engine.set_rate({.usd = 1_usd_per_coin}, {}));
    CHECK(engine.put_host(
        BasicHostCapabilities<TextTraits>{
            .id = "a host whose name is longer than any short string",
            .gpus = {{.power_limit = {100_W, 400_W}, .model = "RTX"}}},
        {}));
    for (const char* id : {"b", "a", "a bid whose name is longer than any short string"})
        CHECK(engine.place(
            BasicBid<TextTraits>{.id = id,
                                 .host = "a host whose name is longer than any short string",
                                 .price = 1_coin_per_day,
                                 .overclock = {{.power_limit = 100_W}}},
            {}));
    const auto closed = engine.close({});
    REQUIRE(closed);
    CHECK(closed->events[1].bid == "b");
    BasicEngine<TextTraits> copy{engine};
    CHECK(copy.revoke("b", {}));
    CHECK(copy.choice("a host whose name is longer than any short string").winner == "a");
    CHECK(engine.run("a host whose name is longer than any short string")->bid == "b");
    CHECK(engine.bid("b")->host == "a host whose name is longer than any short string");
    CHECK(engine.bid("b")->is_running);
    CHECK(engine.overclock("b").has_value());
    CHECK(!engine.edited_overclock("b"));
    std::set<std::string> seen;
    engine.visit_bids_on(engine.bid("b")->host, [&](const auto& bid) { seen.insert(bid.id); });
    CHECK(seen ==
          std::set<std::string>{"a", "b", "a bid whose name is longer than any short string"});
    const auto removed =
        engine.remove_host("a host whose name is longer than any short string", {});
    REQUIRE(removed);
    REQUIRE(removed->size() == 5);
    CHECK(removed->events[4].bid == "b");
}

}  // namespace
