// Saves a market as bytes and restores it. A save must remain restorable forever, so two saves are
// here word by word, in version 2 and in version 3. Their numbers were worked out by hand, their
// checksums by another program.
#include <gigaspot/engine/save.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "support/live.hpp"
#include "support/saved_words.hpp"

namespace {

using namespace live;
using saved::Words;

constexpr GpuLimits golden_gpu{.power_limit = {100_W, 400_W},
                               .core_lock = {{210_MHz, 2520_MHz}},
                               .core_offset = {{-1000_MHz, 200_MHz}},
                               .model = 3};

/// One host with a run, whose edit waits, and a challenger.
void make_golden(Market& market) {
    const OverclockProfile first{
        .power_limit = 300_W, .core_lock = 1500_MHz, .core_offset = -100_MHz};
    const Row rows[] = {
        {0, rate(1_usd_per_coin)},
        {1'000, withdraw(bitcoin, 10'000_ppm)},
        {1'000, host({.gpus = {golden_gpu},
                      .energy = 0.1_usd_per_kWh,
                      .min_bid = 2_coin_per_day,
                      .base_power = 5_W,
                      .max_rental_length = RentalLength::unchecked(792'000)})},
        {2'000, bid({.id = 1, .price = 10_coin_per_day, .owner = 9, .profiles = {{first}}})},
        {3'000, bid({.id = 2, .price = 9_coin_per_day, .watts = 200_W, .owner = 8})},
        {3'000, cached(1)},
        {4'000, close(), "started 7 1 9.268"},  // 10 - 305 x 0.024 x 0.1
        {4'500, close(), "charged 7 1 0.00005788 0"},
        {5'000, edit({.id = 1, .price = 11_coin_per_day, .watts = 250_W})},
        {5'000, cancel(40), "rejected bid_unknown"},
    };
    for (const Row& row : rows) CHECK(market.tell(row.time, row.act) == row.events);
}

/// Turns the words of a save of version 2 into those of version 3, which has the number of bids.
Words in_version_3(Words words, std::uint64_t bids, std::uint64_t checksum) {
    words[1] = 3;
    words.insert(words.begin() + 3, bids);
    words.back() = checksum;
    return words;
}

// clang-format off
const Words golden_words{
    0x746f'7073'6167'6967, 2,     // "gigaspot", version
    0x0000'0020'0101'0101,        // words of ids of hosts, bids, owners and models; 32 GPUs
    1, 5'000, 1, 4'500,           // clock, last close: known, time
    3,                            // sequence
    1, 1'000'000'000'000, 0, 0,   // of 16 currencies: named, rate, fee, given
    1, 0, 10'000, 1'000,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    1,                            // hosts
    7, 100'000'000, 200'000'000,  // id, energy price, minimum bid,
    5, 792'000, 5,                // base power, rental length, online and working
    1, 3, 100, 400,               // GPUs: model, power limit
    1, 210, 2'520, 0,             // core lock, no memory lock,
    1, 0xffff'ffff'ffff'fc18, 200, 0,       // core offset from -1000, no memory offset
    2,                            // bids
    1, 9, 1'000'000'000, 0,       // id, owner, price, currency,
    1, 1, 2'000, 792'002'000,     // cached, sequence, placed, expiry,
    0, 500'000'000'000,           // billed: 500 ms,
    0xf4'81d0'012c, 0x0f'41dd,    // 300 W; lock 1500 as 1,001,501; offset -100 as 999,901
    2, 8, 900'000'000, 0, 0, 2, 3'000, 792'003'000, 0, 0, 200, 0,
    1, 1, 0, 0,                   // a run: bid, not worsened, not cancelled,
    4'000, 1, 4'000, 4'500,       // started, first close won, charged up to,
    1, 1'100'000'000, 3, 250, 0,  // an edit: price, sequence, profile
    10,                           // commands
    1, 402, 1,                    // codes rejected: bid_unknown, once
    0xe72c'a3b2'11ff'd786,        // checksum
};
// clang-format on
const Words golden_3 = in_version_3(golden_words, 2, 0xc61c'4ad1'32d9'95fe);

TEST_CASE("a market is saved as these words, whatever machine and version") {
    Market market;
    make_golden(market);
    const Words words = saved::words_of(save(market.engine));
    REQUIRE(words.size() == golden_3.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
        CAPTURE(i);
        CHECK(words[i] == golden_3[i]);
    }
}

// --- The flags of a save, each next to another that differs ---
//
// A writer and a reader that swap two flags in the same way agree with each other. In the save
// above some neighbours are alike, so that such a swap would not show: worsened and cancelled, the
// two absent ranges of the GPU, the outer flags of the host's status. Here they differ.

constexpr GpuLimits gpu_with_mem_lock{.power_limit = {100_W, 400_W},
                                      .mem_lock = {{405_MHz, 10501_MHz}}};
constexpr GpuLimits gpu_with_mem_offset{.power_limit = {100_W, 400_W},
                                        .mem_offset = {{-2000_MHz, 2000_MHz}}};
constexpr Policy policy_of_flags{.refill = Refill::at_once, .queue_unavailable = true};

/// Host 7 works badly, 8 has a run that has worsened, 9 one that is cancelled and has won no close,
/// 10 is offline and rented.
void make_flags(Market& market) {
    const OverclockProfile with_lock{.power_limit = 100_W, .mem_lock = 9501_MHz};
    const OverclockProfile with_offset{.power_limit = 100_W, .mem_offset = 1000_MHz};
    const Row rows[] = {
        {1'000, rate(1_usd_per_coin)},
        {1'000, host({.id = 10, .online = false, .on_demand_rented = true})},
        {1'000, host({.id = 9})},
        {1'000, host({.id = 8, .gpus = {gpu_with_mem_offset}})},
        {1'000, host({.id = 7, .gpus = {gpu_with_mem_lock}, .working_properly = false})},
        {2'000,
         bid({.id = 1,
              .price = 10_coin_per_day,
              .host = 8,
              .owner = 21,
              .profiles = {{with_offset}}}),
         "started 8 1 10"},
        {3'000, close(), "charged 8 1 0.00011575 0"},
        {4'000, edit(1, 9_coin_per_day)},
        {5'000, close(), "charged 8 1 0.00023148 0; changed 8 1 9"},
        {6'000, bid({.id = 2, .price = 5_coin_per_day, .host = 9, .owner = 22}), "started 9 2 5"},
        {6'000, cached(2)},
        {7'000, cancel(2)},
        {7'000, bid({.id = 3, .price = 7_coin_per_day, .owner = 23, .profiles = {{with_lock}}})},
    };
    for (const Row& row : rows) CHECK(market.tell(row.time, row.act) == row.events);
}

// clang-format off
const Words flag_words{
    0x746f'7073'6167'6967, 2, 0x0000'0020'0101'0101,
    1, 7'000, 1, 5'000, 4,                // clock, last close, sequence
    1, 1'000'000'000'000, 0, 1'000,       // of 16 currencies: named, rate, fee, given
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    4,                                    // hosts
    7, 0, 0, 0, 1'728'000, 1,             // 20 days; online alone
    1, 0, 100, 400,                       // GPUs: model, power limit,
    0, 1, 405, 10'501, 0, 0,              // a memory lock alone
    1, 3, 23, 700'000'000, 0,             // bids: id, owner, price, currency,
    0, 4, 7'000, 1'728'007'000, 0, 0,     // not cached, sequence, placed, expiry, billed
    0x1ece'bc00'0000'0064, 0,            // 100 W; memory lock 9501 as 1,009,502 x 2^41
    0,                                    // no run
    8, 0, 0, 0, 1'728'000, 5,             // online and working
    1, 0, 100, 400,
    0, 0, 0, 1, 0xffff'ffff'ffff'f830, 2'000,  // a memory offset alone, from -2000
    1, 1, 21, 900'000'000, 0,
    0, 2, 2'000, 1'728'002'000, 0, 3'000'000'000'000,  // billed: 3,000 ms at 10 coins
    100, 0x01e8'c520'0000,                // memory offset 1000 as 1,001,001 x 2^21
    1, 1, 1, 0, 2'000, 1, 3'000, 5'000, 0,  // a run: worsened, not cancelled, won, no edit
    9, 0, 0, 0, 1'728'000, 5,
    1, 0, 100, 400, 0, 0, 0, 0,
    1, 2, 22, 500'000'000, 0,
    1, 3, 6'000, 1'728'006'000, 0, 0,     // cached
    100, 0,
    1, 2, 0, 1, 6'000, 0, 0, 6'000, 0,    // a run: not worsened, cancelled, not won, no edit
    10, 0, 0, 0, 1'728'000, 6,            // rented and working
    1, 0, 100, 400, 0, 0, 0, 0,
    0, 0,                                 // neither bids nor a run
    13, 0,                                // commands, no code rejected
    0x2127'22cc'3b07'0cb8,                // checksum
};
// clang-format on
const Words flags_3 = in_version_3(flag_words, 3, 0xcfdb'e2b0'0e3f'47ec);

TEST_CASE("each flag of a save is at its own place") {
    Market market{policy_of_flags};
    make_flags(market);
    const Words words = saved::words_of(save(market.engine));
    REQUIRE(words.size() == flags_3.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
        CAPTURE(i);
        CHECK(words[i] == flags_3[i]);
    }
}

/// Checks the market that these words hold.
void check_flags(const Words& words) {
    auto restored = saved::restore(words, {.switch_margin_ppm = 1'000'000_ppm});
    REQUIRE(restored);
    Engine& engine = *restored;
    CHECK(saved::words_of(save(engine)) == flags_3);
    CHECK(engine.host(7)->status == HostStatus{.working_properly = false});
    CHECK(engine.host(8)->status == HostStatus{});
    CHECK(engine.host(10)->status == HostStatus{.online = false, .on_demand_rented = true});
    CHECK(engine.host(7)->gpus[0] == gpu_with_mem_lock);
    CHECK(engine.host(8)->gpus[0] == gpu_with_mem_offset);
    CHECK(engine.run(8)->first_won == at_ms(3'000));
    CHECK(!engine.run(8)->is_cancelled);
    CHECK(!engine.run(9)->first_won);
    CHECK(engine.run(9)->is_cancelled);
    CHECK(!engine.run(8)->is_edited);
    CHECK(!engine.run(9)->is_edited);
    // The margin of 100 % does not protect bid 1, which has worsened. 3,000 ms at 10 coins and
    // 3,000 at 9 are due with 65,973 units, and 34,723 were paid.
    CHECK(bid({.id = 4, .price = 9.00000001_coin_per_day, .host = 8})(engine, at_ms(8'000)));
    CHECK(words_of(engine.close(at_ms(8'000))) ==
          "charged 8 1 0.0003125 0; charged 9 2 0.00011575 0; stopped 9 2 cancelled; "
          "removed 9 2; stopped 8 1 outbid; started 8 4 9.00000001");
}

TEST_CASE("each flag of a save is read from its own place") {
    check_flags(flags_3);
    check_flags(flag_words);
}

TEST_CASE("before the first close a save has a clock and no last close") {
    Market market;
    CHECK(market.tell(1'000, rate(1_usd_per_coin)) == "");
    const Words words = saved::words_of(save(market.engine));
    CHECK(Words{words.begin() + 3, words.begin() + 8} == Words{0, 1, 1'000, 0, 0});
    const auto restored = saved::restore(words);
    REQUIRE(restored);
    CHECK(restored->now() == at_ms(1'000));
    CHECK(saved::words_of(save(*restored)) == words);
}

TEST_CASE("an energy price below 0 is saved and restored") {
    Market market;
    const Row rows[] = {
        {0, rate(1_usd_per_coin)},
        {0, host({.energy = -0.1_usd_per_kWh})},
        {0, bid(1, 10_coin_per_day, 100_W)},
        {0, bid(2, 9.6_coin_per_day, 300_W)},
    };
    for (const Row& row : rows) CHECK(market.tell(row.time, row.act) == row.events);
    for (const EnergyPrice price : {-0.1_usd_per_kWh, EnergyPrice::lowest()}) {
        CHECK(market.tell(0, energy(price)) == "");
        const Words words = saved::words_of(save(market.engine));
        CHECK(words[75] == ~static_cast<std::uint64_t>(-price.count()) + 1);
        auto restored = saved::restore(words);
        REQUIRE(restored);
        CHECK(restored->host(7)->energy_price == price);
        CHECK(restored->choice(HostId{7}) == market.engine.choice(HostId{7}));
        CHECK(restored->choice(HostId{7}).winner == BidId{2});
        CHECK(saved::words_of(save(*restored)) == words);
    }
}

TEST_CASE("a checksum tells lists of zeros of different lengths apart") {
    std::vector<std::uint64_t> checksums;
    for (std::size_t count = 0; count < 20; ++count) {
        const std::vector<std::byte> zeros(8 * count);
        const std::uint64_t checksum = detail::checksum_of(zeros);
        for (const std::uint64_t other : checksums) CHECK(checksum != other);
        checksums.push_back(checksum);
    }
}

TEST_CASE("the bytes have room for all from the beginning, and little more") {
    // Room that is too small would have been doubled at least.
    for (const int gpus : {1, 32}) {
        gigaspot::Engine engine;
        PutHost host{.id = 1, .energy_price = 0.1_usd_per_kWh};
        const std::vector<GpuLimits> limits(static_cast<std::size_t>(gpus), golden_gpu);
        host.gpus = limits;
        REQUIRE(engine.put_host(host, at_ms(0)).has_value());
        const std::vector<OverclockProfile> profiles(limits.size(), {.power_limit = 300_W});
        for (std::uint64_t id = 1; id <= 100; ++id) {
            PlaceBid bid{.id = id, .host = 1, .owner = id, .price = 10_coin_per_day};
            bid.overclock = profiles;
            REQUIRE(engine.place(bid, at_ms(0)).has_value());
        }
        const SavedBytes saved = save(engine);
        CHECK(saved.capacity() < saved.size() + saved.size() / 4);
    }
}

TEST_CASE("what save gave is what restore takes") {
    Engine engine;
    REQUIRE(engine.set_rate({.usd = 1_usd_per_coin}, at_ms(7)));
    const auto restored = restore(save(engine));
    REQUIRE(restored);
    CHECK(restored->now() == at_ms(7));
}

/// Checks the market that these words hold.
void check_golden(const Words& words) {
    auto restored = saved::restore(words);
    REQUIRE(restored);
    Engine& engine = *restored;
    CHECK(engine.now() == at_ms(5'000));
    CHECK(engine.counters().commands == 10);
    CHECK(engine.counters().rejected == 1);
    CHECK(engine.rejected(Code::bid_unknown) == 1);
    CHECK(engine.host(7)->gpus[0] == golden_gpu);
    CHECK(engine.host(7)->base_power == 5_W);
    CHECK(engine.bids_on(7) == 2);
    CHECK(engine.run(7)->bid == BidId{1});
    CHECK(engine.run(7)->owner == OwnerId{9});
    CHECK(engine.run(7)->is_edited);
    CHECK(engine.run(7)->started == at_ms(4'000));
    CHECK(engine.bid(1)->placed == at_ms(2'000));
    CHECK(engine.bid(1)->expiry == at_ms(792'002'000));
    CHECK(engine.bid(1)->billed == Amount::unchecked(5'788));
    CHECK(engine.bid(2)->placed == at_ms(3'000));
    // 1,500 ms more at 10 coins: 23,149 in all, 5,788 were paid. Then 11 - 255 x 0.024 x 0.1.
    CHECK(words_of(engine.close(at_ms(6'000))) == "charged 7 1 0.00017361 0; changed 7 1 10.388");
    CHECK(words_of(engine.set_rate({.currency = bitcoin, .usd = 1_usd_per_coin, .fee = Ppm{}},
                                   at_ms(6'000))) == "rejected fee_changed 0 10000 ppm");
    // It began at 2 s and its host allows 792,000 s.
    CHECK(words_of(engine.close(at_ms(792'001'999))).find("expired") == std::string::npos);
    CHECK(words_of(engine.close(at_ms(792'002'000))).find("expired 7 1") != std::string::npos);
}

TEST_CASE("these words can be restored, and so can those of version 2") {
    check_golden(golden_3);
    check_golden(golden_words);
}

// --- The same state by other ways ---

/// Hosts in this order; bids are placed in the order of their ids. Then bids go in another order,
/// and others take their places, so that the lists in the engine are others.
void make_market(Market& market, const std::array<std::uint64_t, 4>& hosts,
                 const std::array<std::uint64_t, 4>& bids_to_go) {
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    for (const std::uint64_t id : hosts) CHECK(market.tell(0, host({.id = id})) == "");
    for (std::uint64_t id = 1; id <= 12; ++id)
        CHECK(market.tell(0, bid({.id = id, .price = 5_coin_per_day, .host = 1 + id % 3})) == "");
    CHECK(market.tell(1, remove_host(4)) == "");
    for (const std::uint64_t id : bids_to_go) CHECK(market.tell(2, cancel(id)) == "");
    for (std::uint64_t id = 13; id <= 15; ++id)
        CHECK(market.tell(2, bid({.id = id, .price = 5_coin_per_day, .host = 2})) == "");
    static_cast<void>(market.tell(3, close()));
}

TEST_CASE("the same state has the same bytes and digest, however it came about") {
    Market one;
    make_market(one, {1, 2, 3, 4}, {1, 2, 4, 7});
    Market other;
    make_market(other, {4, 3, 1, 2}, {7, 4, 1, 2});
    CHECK(saved::words_of(save(one.engine)) == saved::words_of(save(other.engine)));
    CHECK(digest(one.engine) == digest(other.engine));

    // A rejected command changes the bytes, which have the counters, and not the digest.
    CHECK(other.tell(4, cancel(40)) == "rejected bid_unknown");
    CHECK(saved::words_of(save(one.engine)) != saved::words_of(save(other.engine)));
    CHECK(digest(one.engine) == digest(other.engine));
}

TEST_CASE("each part of the state is in the digest") {
    const Act changes[] = {
        rate(2_usd_per_coin),
        rate(2_usd_per_coin, bitcoin),
        withdraw(doge),
        host({.id = 5}),
        host({.gpus = {{.power_limit = {100_W, 401_W}}}}),
        host({.max_rental_length = RentalLength::unchecked(1'000)}),
        host({.base_power = 1_W}),
        host({.min_bid = 1_coin_per_day}),
        energy(1_usd_per_kWh),
        offline(),
        remove_host(),
        bid(3, 1_coin_per_day),
        edit(1, 10_coin_per_day),
        edit(2, 9_coin_per_day),
        cached(2),
        cancel(1),
        cancel(2),
        revoke(1),
        close(),
        cached(1, false),  // only the clock
    };
    std::vector<std::uint64_t> digests;
    for (const Act& change : changes) {
        Market market;
        static_cast<void>(market.tell(0, rate(1_usd_per_coin)));
        static_cast<void>(market.tell(0, host()));
        static_cast<void>(market.tell(0, bid(1, 10_coin_per_day)));
        static_cast<void>(market.tell(0, bid(2, 9_coin_per_day)));
        static_cast<void>(market.tell(1, close()));
        const std::uint64_t before = digest(market.engine);
        static_cast<void>(market.tell(2, change));
        CHECK(digest(market.engine) != before);
        for (const std::uint64_t other : digests) CHECK(digest(market.engine) != other);
        digests.push_back(digest(market.engine));
    }
}

/// Saved and restored before each of the rows, an engine says what it would have said.
void check_restores(const Policy& policy, const std::vector<Row>& rows) {
    for (std::size_t at = 0; at <= rows.size(); ++at) {
        CAPTURE(at);
        Engine engine{policy};
        for (std::size_t i = 0; i < at; ++i)
            CHECK(words_of(rows[i].act(engine, at_ms(rows[i].time))) == rows[i].events);
        auto restored = saved::restore(saved::words_of(save(engine)), policy);
        REQUIRE(restored);
        CHECK(digest(*restored) == digest(engine));
        for (std::size_t i = at; i < rows.size(); ++i)
            CHECK(words_of(rows[i].act(*restored, at_ms(rows[i].time))) == rows[i].events);
    }
}

TEST_CASE("a restored engine goes on as the one that was saved: a host that is refilled at once") {
    const Policy policy{.dwell_min = 2_s, .refill = Refill::at_once};
    check_restores(
        policy,
        {
            {0, rate(1_usd_per_coin)},
            {0, rate(1_usd_per_coin, bitcoin, 1'000_ppm)},
            {0, host({.gpus = {full_gpu}, .energy = 1_usd_per_kWh})},
            // 300 W cost 7.2 USD per day; of 4 bitcoins 0.1 % goes to the market.
            {1'000, bid(1, 10_coin_per_day, 300_W), "started 7 1 2.8"},
            {1'000, bid({.id = 2, .price = 4_coin_per_day, .currency = bitcoin})},
            {2'000, close(), "charged 7 1 0.00011575 0"},
            {2'500, edit(1, 12_coin_per_day)},
            {3'000, close(), "charged 7 1 0.00011574 0; changed 7 1 4.8"},
            {3'500, cancel(1)},
            {3'600, bid(3, 30_coin_per_day)},
            {3'700, revoke(1),
             "charged 7 1 0.00009722 0; stopped 7 1 revoked; removed 7 1; "
             "started 7 3 27.6"},
            {4'000, offline(), "charged 7 3 0.00010417 0; stopped 7 3 host_offline"},
            {4'500, online(), "started 7 3 27.6"},
            {5'000, close(), "charged 7 3 0.00017361 0"},
            {5'500, bid(4, 40_coin_per_day)},
            {6'000, close(), "charged 7 3 0.00034722 0"},  // protected until 7 s
            {7'000, close(), "charged 7 3 0.00034723 0; stopped 7 3 outbid; started 7 4 37.6"},
        });
}

TEST_CASE("a restored engine goes on as the one that was saved: margins, edits, ranges") {
    const Policy policy{.switch_margin_ppm = 50'000_ppm};
    const auto narrow = [](Power most) { return host({.gpus = {{.power_limit = {100_W, most}}}}); };
    check_restores(
        policy, {
                    {0, rate(1_usd_per_coin)},
                    {0, host()},
                    {0, bid(1, 10_coin_per_day)},
                    {0, bid(2, 9.9_coin_per_day, 300_W)},
                    {0, close(), "started 7 1 10"},
                    {0, edit(1, 9.95_coin_per_day)},
                    {1, close(), "charged 7 1 0.00000012 0; changed 7 1 9.95"},
                    // Its margin of 5 % no longer protects bid 1, which has worsened.
                    {1, bid(3, 10_coin_per_day)},
                    {2, close(), "charged 7 1 0.00000012 0; stopped 7 1 outbid; started 7 3 10"},
                    {2, edit({.id = 3, .price = 20_coin_per_day, .watts = 300_W})},
                    {2, narrow(250_W)},
                    // The edit is no longer valid, and neither is bid 2.
                    {3, close(),
                     "charged 7 3 0.00000012 0; stopped 7 3 overclock_invalid; started 7 1 9.95"},
                    {3, revoke(1), "stopped 7 1 revoked; removed 7 1"},
                    {4, close()},
                    {5, narrow(300_W)},
                    {5, close(), "started 7 3 20"},
                });
}

TEST_CASE("a restored engine rejects handles from before, whatever is in that place now") {
    Engine engine;
    CHECK(rate(1_usd_per_coin)(engine, {}));
    const HostHandle host_before = (*host()(engine, {})).host;
    std::vector<BidHandle> bids_before;
    for (std::uint64_t id = 1; id <= 6; ++id)
        bids_before.push_back((*bid(id, 10_coin_per_day)(engine, {})).bid);
    // Restored, the bids stand in other places.
    CHECK(cancel(1)(engine, {}));
    CHECK(cancel(4)(engine, {}));

    auto restored = restore(save(engine));
    REQUIRE(restored);
    const auto ignore = [](const Event&) {};
    // Places that nobody had before are taken, too.
    for (std::uint64_t id = 7; id <= 9; ++id) CHECK(bid(id, 10_coin_per_day)(*restored, {}));
    for (const BidHandle before : bids_before) {
        const auto done = restored->apply(before, CancelBid{}, {}, ignore);
        REQUIRE(!done);
        CHECK(done.error().code() == Code::bid_unknown);
    }
    CHECK(restored->bids_on(HostId{7}) == 7);
    const std::array low{OverclockProfile{.power_limit = 100_W}};
    const PlaceBid command{.id = 10, .host = 7, .price = 10_coin_per_day, .overclock = low};
    const auto done = restored->apply(host_before, command, {}, ignore);
    REQUIRE(!done);
    CHECK(done.error().code() == Code::host_unknown);
    CHECK(!restored->choice(host_before).winner);

    // Those that it gives itself it knows, and so does a copy.
    const Engine copy = *restored;
    for (const std::uint64_t id : {2U, 9U}) {
        const BidHandle after = *restored->find_bid(BidId{id});
        CHECK(after == *copy.find_bid(BidId{id}));
        CHECK(restored->apply(after, CancelBid{}, {}, ignore));
        CHECK(!restored->find_bid(BidId{id}));
    }
    const HostHandle host_after = *restored->find_host(HostId{7});
    CHECK(host_after == *copy.find_host(HostId{7}));
    CHECK(restored->choice(host_after).winner == BidId{3});
}

TEST_CASE("a market that goes past the limits is not restored under them") {
    Market market;
    make_market(market, {1, 2, 3, 4}, {1, 2, 4, 7});  // 3 hosts, 11 bids, most on one: 4
    const Words words = saved::words_of(save(market.engine));
    const auto code_under = [&](const EngineLimits& limits) {
        const auto restored = saved::restore(words, {}, limits);
        return restored ? Code::none : restored.error();
    };
    CHECK(code_under({.hosts = 3, .bids = 11, .bids_per_host = 4}) == Code::none);
    CHECK(code_under({.hosts = 2, .bids = 11, .bids_per_host = 4}) == Code::limit_reached);
    CHECK(code_under({.hosts = 3, .bids = 10, .bids_per_host = 4}) == Code::limit_reached);
    CHECK(code_under({.hosts = 3, .bids = 11, .bids_per_host = 3}) == Code::limit_reached);
}

}  // namespace
