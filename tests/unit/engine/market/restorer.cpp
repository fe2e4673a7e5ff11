// Bytes that differ from a saved market: cut, with flipped bits, or made up with the right
// checksum. A restore either returns an error or an engine that works.
#include <gigaspot/engine/save.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <vector>

#include "support/live.hpp"
#include "support/saved_words.hpp"

namespace {

using namespace live;
using saved::Bytes;
using saved::Words;

constexpr std::uint64_t top = ~std::uint64_t{0};

/// A market of two hosts. The first has two bids and a run with an edit that waits.
Words make_save() {
    Market market;
    const Row rows[] = {
        {0, rate(1_usd_per_coin)},
        {1'000, host({.id = 7})},
        {1'000, host({.id = 8, .gpus = {full_gpu}})},
        {2'000, bid(1, 10_coin_per_day)},
        {2'000, bid(2, 9_coin_per_day)},
        {2'000, bid({.id = 3, .price = 9_coin_per_day, .host = 8})},
        {3'000, status({.id = 8, .online = false})},
        {4'000, close(), "started 7 1 10"},
        {5'000, edit(1, 11_coin_per_day)},
        {5'000, cancel(40), "rejected bid_unknown"},
        {5'000, bid(2, 9_coin_per_day), "rejected bid_exists"},
    };
    for (const Row& row : rows) CHECK(market.tell(row.time, row.act) == row.events);
    return saved::words_of(save(market.engine));
}

// The places of words in the saved market.
namespace at {
enum : std::size_t {
    magic = 0,
    version = 1,
    types = 2,
    bids_in_all = 3,
    has_clock = 4,
    clock = 5,
    has_last_close = 6,
    last_close = 7,
    sequence = 8,
    named = 9,
    usd = 10,
    fee = 11,
    given = 12,
    second_named = named + 4,
    second_fee = fee + 4,
    hosts = 73,
    host = 74,
    energy = 75,
    min_bid = 76,
    base_power = 77,
    rental = 78,
    host_status = 79,
    gpus = 80,
    model = 81,
    power_min = 82,
    power_max = 83,
    core_lock = 84,
    bids = 88,
    first_bid = 89,
    price = 91,
    currency = 92,
    cached = 93,
    bid_sequence = 94,
    placed = 95,
    expiry = 96,
    billed_high = 97,
    billed_low = 98,
    profile = 99,
    profile_offsets = 100,
    second_bid = 101,
    second_placed = second_bid + 6,
    second_expiry = second_bid + 7,
    has_run = 113,
    run_bid = 114,
    worsened = 115,
    cancelled = 116,
    started = 117,
    has_won = 118,
    first_won = 119,
    charged = 120,
    has_edit = 121,
    edit_price = 122,
    edit_sequence = 123,
    edit_profile = 124,
    second_host = 126,
    second_core_lock = second_host + 10,
    second_core_min = second_host + 11,
    second_core_max = second_host + 12,
    third_bid = second_host + 23,
    second_has_run = third_bid + 12,
    commands = second_has_run + 1,
    codes = commands + 1,
    code = codes + 1,
    second_code = code + 2,
};
}  // namespace at

Code code_of(std::span<const std::byte> bytes) {
    const auto restored = restore(bytes);
    return restored ? Code::none : restored.error();
}
Code code_of(const Words& words) { return code_of(saved::bytes_of(words)); }

TEST_CASE("each place has the word that it names") {
    const Words words = make_save();
    REQUIRE(words.size() == at::second_code + 3);
    CHECK(words[at::bids_in_all] == 3);
    CHECK(words[at::hosts] == 2);
    CHECK(words[at::host] == 7);
    CHECK(words[at::first_bid] == 1);
    CHECK(words[at::placed] == 2'000);
    CHECK(words[at::expiry] == 2'000 + 20 * day);
    CHECK(words[at::started] == 4'000);
    CHECK(words[at::second_bid] == 2);
    CHECK(words[at::run_bid] == 1);
    CHECK(words[at::edit_price] == 1'100'000'000);
    CHECK(words[at::second_host] == 8);
    CHECK(words[at::second_core_max] == 2'520);
    CHECK(words[at::third_bid] == 3);
    CHECK(words[at::second_has_run] == 0);
    CHECK(words[at::commands] == 11);
    CHECK(words[at::code] == 400);
    CHECK(words[at::second_code] == 402);
    CHECK(code_of(words) == Code::none);
}

// --- Bytes that were changed by accident ---

TEST_CASE("a save that is cut anywhere is not restored") {
    for (const Words& words : {make_save(), saved::in_version_2(make_save())}) {
        const Bytes bytes = saved::bytes_of(words);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            CAPTURE(size);
            const Code expected = size < 24 ? Code::save_malformed : Code::save_damaged;
            CHECK(code_of(std::span{bytes}.first(size)) == expected);
        }
        Bytes longer = bytes;
        for (int more = 0; more < 16; ++more) {
            longer.push_back(std::byte{0});
            CHECK(code_of(longer) == Code::save_damaged);
        }
    }
}

TEST_CASE("a save with any one bit flipped is not restored") {
    for (const Words& words : {make_save(), saved::in_version_2(make_save())}) {
        const Bytes bytes = saved::bytes_of(words);
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            CAPTURE(bit);
            Bytes flipped = bytes;
            flipped[bit / 8] ^= std::byte{1} << (bit % 8);
            // The lowest bit of the version turns 2 into 3 and 3 into 2.
            const Code expected = bit < 64    ? Code::save_malformed
                                  : bit == 64 ? Code::save_damaged
                                  : bit < 128 ? Code::save_of_other_version
                                  : bit < 192 ? Code::save_of_other_types
                                              : Code::save_damaged;
            CHECK(code_of(flipped) == expected);
        }
    }
}

TEST_CASE("a save with two words swapped is not restored") {
    const Words words = make_save();
    for (std::size_t first = 3; first < words.size(); ++first) {
        for (std::size_t second = first + 1; second < words.size(); ++second) {
            Words swapped = words;
            std::swap(swapped[first], swapped[second]);
            if (swapped != words) CHECK(code_of(swapped) == Code::save_damaged);
        }
    }
}

TEST_CASE("random bytes are not a saved market") {
    std::mt19937_64 random{1};
    Words words = make_save();
    for (int round = 0; round < 2'000; ++round) {
        Bytes bytes(random() % 3'000);
        for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() & 0xff);
        CHECK(code_of(bytes) == Code::save_malformed);
        // These have the right first words and checksum.
        Words body(4 + random() % 200);
        for (std::uint64_t& word : body) word = random();
        for (std::size_t i = 0; i < 3; ++i) body[i] = words[i];
        saved::sign(body);
        CHECK(code_of(body) == Code::save_damaged);
    }
}

struct FewGpus : DefaultTraits {
    static constexpr std::size_t gpus_max = 31;
};
struct LongIds : DefaultTraits {
    using OwnerId = Id<struct Other>;
    struct BidId {
        std::uint64_t high = 0, low = 0;
        friend bool operator==(const BidId&, const BidId&) = default;
        friend auto operator<=>(const BidId&, const BidId&) = default;
    };
};

}  // namespace

template <>
struct std::hash<LongIds::BidId> {
    std::size_t operator()(const LongIds::BidId& id) const { return id.high ^ id.low; }
};

namespace {

TEST_CASE("a save of another version or of other types has its own error") {
    for (const std::uint64_t version : {0U, 1U, 4U}) {
        Words other = make_save();
        other[at::version] = version;
        saved::sign(other);
        CHECK(code_of(other) == Code::save_of_other_version);
        other.resize(4);  // another version may have another length
        CHECK(code_of(other) == Code::save_of_other_version);
    }

    const Bytes bytes = saved::bytes_of(make_save());
    const auto few = restore<FewGpus>(bytes);
    CHECK((!few && few.error() == Code::save_of_other_types));
    const auto long_ids = restore<LongIds>(bytes);
    CHECK((!long_ids && long_ids.error() == Code::save_of_other_types));
}

// --- Bytes that were made up, with the right checksum ---

struct Forgery {
    const char* what;
    std::vector<std::pair<std::size_t, std::uint64_t>> words;  ///< place and new word
};

const Forgery forgeries[] = {
    {"fewer bids in all than there are", {{at::bids_in_all, 2}}},
    {"more bids in all than there are", {{at::bids_in_all, 4}}},
    {"2^64 - 1 bids in all", {{at::bids_in_all, top}}},
    {"a flag that is neither 0 nor 1", {{at::has_clock, 2}}},
    {"a time without its flag", {{at::has_last_close, 0}}},
    {"a time above 2^53", {{at::clock, (std::uint64_t{1} << 53) + 1}}},
    {"a time below 0", {{at::clock, top}}},
    {"no clock, but a last close", {{at::has_clock, 0}, {at::clock, 0}}},
    {"a last close after the clock", {{at::last_close, 5'001}}},
    {"a fee above a million", {{at::fee, 1'000'001}}},
    {"a fee whose low bits are right", {{at::fee, std::uint64_t{1} << 32}}},
    {"a rate above its maximum", {{at::usd, 1'000'000'000'000'000'001}}},
    {"a rate given after the clock", {{at::given, 5'001}}},
    {"a rate of a currency that no rate has named", {{at::named, 0}}},
    {"a fee of a currency that no rate has named", {{at::second_fee, 1}}},
    {"a bid in a currency that no rate has named", {{at::currency, 1}}},
    {"more hosts than there are", {{at::hosts, 3}}},
    {"fewer hosts than there are", {{at::hosts, 1}}},
    {"2^64 - 1 hosts", {{at::hosts, top}}},
    {"2^61 hosts, whose bytes are 2^64", {{at::hosts, std::uint64_t{1} << 61}}},
    {"a host that appears twice", {{at::second_host, 7}}},
    {"hosts that are not in order", {{at::second_host, 6}}},
    {"an energy price above its maximum", {{at::energy, 1'000'000'000'001}}},
    {"an energy price below its minimum", {{at::energy, top - 1'000'000'000'000}}},
    {"a minimum bid below 0", {{at::min_bid, top}}},
    {"a base power above its maximum", {{at::base_power, 1'000'001}}},
    {"a rental length of 0", {{at::rental, 0}}},
    {"a status of more than three flags", {{at::host_status, 8}}},
    {"a host without GPUs", {{at::gpus, 0}}},
    {"33 GPUs", {{at::gpus, 33}}},
    {"2^64 - 1 GPUs", {{at::gpus, top}}},
    {"an inverted range of power", {{at::power_min, 401}}},
    {"a power of 0 .. -1", {{at::power_min, 0}, {at::power_max, top}}},
    {"an inverted range of a lock", {{at::second_core_min, 2'521}}},
    {"a frequency above its maximum", {{at::second_core_max, 1'000'001}}},
    {"a range whose flag is 2", {{at::core_lock, 2}}},
    {"more bids than there are", {{at::bids, 3}}},
    {"2^64 - 1 bids", {{at::bids, top}}},
    {"a bid that appears twice on one host", {{at::second_bid, 1}}},
    {"bids that are not in order", {{at::second_bid, 0}}},
    {"a bid that appears on two hosts", {{at::third_bid, 2}}},
    {"a price of 0", {{at::price, 0}}},
    {"a price above its maximum", {{at::price, 100'000'000'000'001}}},
    {"a currency number of 16", {{at::currency, 16}}},
    {"a currency whose low byte is right", {{at::currency, 256}}},
    {"a cache flag of 2", {{at::cached, 2}}},
    {"a sequence above the market's", {{at::bid_sequence, 5}}},
    {"a sequence above the maximum", {{at::sequence, top}}},
    {"a number of commands above the maximum", {{at::commands, top}}},
    {"2^63 - 1 commands", {{at::commands, top >> 1}}},
    {"2^53 + 1 commands", {{at::commands, (std::uint64_t{1} << 53) + 1}}},
    {"2^63 - 1 bids and edits", {{at::sequence, top >> 1}, {at::commands, top >> 1}}},
    {"more bids and edits than commands that were taken", {{at::sequence, 10}}},
    {"more rejected commands than commands", {{at::code + 1, 11}}},
    {"rejected commands whose sum is 2^64 + 2", {{at::code + 1, top}, {at::second_code + 1, 3}}},
    {"a model that has no number", {{at::model, gpu_model_without_number.value}}},
    {"two bids of one sequence", {{at::bid_sequence, 2}}},
    {"two bids of one sequence in a market with more sequences than a bit can be kept for",
     {{at::bid_sequence, 2}, {at::sequence, 1'000'000}, {at::commands, 2'000'000}}},
    {"an expiry that no bid can have", {{at::expiry, std::uint64_t{1} << 54}}},
    {"a bid that was placed after the clock", {{at::second_placed, 6'000}}},
    {"a bid that was placed after 2^53", {{at::second_placed, top}}},
    {"a bid that expires when it is placed", {{at::second_expiry, 2'000}}},
    {"a bid that expires before it is placed", {{at::second_expiry, 1'000}}},
    {"a bid for a second more than 20 days", {{at::second_expiry, 2'000 + 20 * day + second}}},
    {"a bid for a part of a second", {{at::second_expiry, 2'001 + second}}},
    {"a bill below 0", {{at::billed_high, top}}},
    {"a bill of 2^127", {{at::billed_high, std::uint64_t{1} << 62}}},
    {"a profile without a power limit", {{at::profile, 0}}},
    {"a power limit above its maximum", {{at::profile, 1'000'001}}},
    {"a lock above its maximum", {{at::profile, 100 | std::uint64_t{2'000'002} << 20}}},
    {"unused bits of a profile that are set", {{at::profile, 100 | std::uint64_t{1} << 62}}},
    {"unused bits of offsets that are set", {{at::profile_offsets, std::uint64_t{1} << 42}}},
    {"a run of an unknown bid", {{at::run_bid, 9}}},
    {"a run of a bid of another host", {{at::run_bid, 3}}},
    {"a run whose profile is not valid", {{at::profile, 401}}},
    {"a run on a host that is not available", {{at::host_status, 4}}},
    {"a run flag of 2", {{at::has_run, 2}}},
    {"a worsened flag of 2", {{at::worsened, 2}}},
    {"a cancel flag of 2", {{at::cancelled, 2}}},
    {"a run that won its first close after the clock", {{at::first_won, 5'001}}},
    {"a run that was charged up to a time after the clock", {{at::charged, 5'001}}},
    {"a run that started before its bid was placed", {{at::started, 1'999}}},
    {"a run that was charged up to a time before its start",
     {{at::started, 4'001}, {at::first_won, 4'001}}},
    {"a run that won a close before its start", {{at::started, 4'001}, {at::charged, 4'001}}},
    {"an edit flag of 2", {{at::has_edit, 2}}},
    {"an edit of price 0", {{at::edit_price, 0}}},
    {"an edit of a sequence above the market's", {{at::edit_sequence, 5}}},
    {"an edit without a power limit", {{at::edit_profile, 0}}},
    {"an edit of the sequence of a bid", {{at::edit_sequence, 1}}},
    {"a code of 1000", {{at::code, 1'000}}},
    {"2^64 - 1 codes", {{at::codes, top}}},
    {"fewer codes than there are", {{at::codes, 0}}},
    {"a code that was never counted", {{at::code + 1, 0}}},
    {"a code that appears twice", {{at::code, 5}, {at::second_code, 5}}},
    {"codes that are not in order", {{at::code, 900}, {at::second_code, 899}}},
};

TEST_CASE("a made-up save with the right checksum is not restored") {
    const Words words = make_save();
    for (const Forgery& forgery : forgeries) {
        INFO(std::string{forgery.what});
        Words forged = words;
        for (const auto& [place, word] : forgery.words) forged[place] = word;
        saved::sign(forged);
        CHECK(code_of(forged) == Code::save_damaged);
        if (forgery.words.front().first == at::bids_in_all) continue;
        CHECK(code_of(saved::in_version_2(forged)) == Code::save_damaged);
    }
}

TEST_CASE("a market can have had any number of bids and edits") {
    for (std::uint64_t most = 8; most <= std::uint64_t{1} << 51; most *= 2) {
        CAPTURE(most);
        Words words = make_save();
        words[at::bid_sequence] = words[at::sequence] = most;
        words[at::commands] = 2 * most + 3;
        saved::sign(words);
        const auto restored = saved::restore(words);
        REQUIRE(restored);
        CHECK(saved::words_of(save(*restored)) == words);
    }
}

TEST_CASE("a save of version 2 is restored as one of version 3") {
    const Words words = make_save();
    const auto restored = saved::restore(saved::in_version_2(words));
    REQUIRE(restored);
    CHECK(saved::words_of(save(*restored)) == words);
}

TEST_CASE("a bid lasts from a second to 20 days, and its run begins when it is placed or later") {
    Words words = make_save();
    words[at::second_expiry] = 2'000 + second;
    words[at::started] = 2'000;
    saved::sign(words);
    const auto restored = saved::restore(words);
    REQUIRE(restored);
    CHECK(saved::words_of(save(*restored)) == words);
}

TEST_CASE("a bid can be in a currency that a rate command has named, even without a rate") {
    Words words = make_save();
    words[at::second_named] = 1;
    words[at::currency] = 1;
    saved::sign(words);
    CHECK(code_of(words) == Code::none);
}

TEST_CASE("a market has at most one bid or edit for each command that it accepted") {
    Words words = make_save();
    words[at::sequence] = 9;  // of 11 commands 2 were rejected
    saved::sign(words);
    CHECK(code_of(words) == Code::none);
}

/// Checks that a restored engine takes commands, answers questions, and is saved as it was, and
/// that what it saves then can be restored.
void use(Engine& engine, const Words& words) {
    CHECK(saved::words_of(save(engine)) == words);
    for (const HostId id : {HostId{7}, HostId{8}}) {
        static_cast<void>(engine.choice(id));
        static_cast<void>(engine.price_to_win(id, {.power_limits = 200_W}));
        static_cast<void>(engine.rate_range(id));
    }
    static_cast<void>(engine.totals());
    const std::int64_t now = engine.now().count();
    const auto later = [&](std::int64_t more) {
        return Timestamp::from_count(now + more).value_or(Timestamp::highest());
    };
    static_cast<void>(engine.close(later(1)));
    for (const Act& act : {bid({.id = 50, .price = 20_coin_per_day}), edit(2, 9_coin_per_day),
                           cancel(1), status({.id = 8, .online = true}), host(), cached(3)})
        static_cast<void>(act(engine, later(2)));
    static_cast<void>(engine.close(later(3)));
    static_cast<void>(engine.revoke(1, later(3)));
    static_cast<void>(engine.remove_host(7, later(25 * day)));
    static_cast<void>(engine.close(later(25 * day)));
    // Unless the numbers of commands have run out, which no engine comes to.
    const bool has_numbers = engine.counters().commands <= std::uint64_t{1} << 53;
    CHECK((code_of(saved::words_of(save(engine))) == Code::none) == has_numbers);
}

/// Restores with a policy whose minimum interval the commands above keep.
void try_forgery(Words& forged, std::size_t& restores) {
    saved::sign(forged);
    auto restored = saved::restore(forged);
    if (!restored) {
        CHECK(restored.error() == Code::save_damaged);
    } else {
        ++restores;
        use(*restored, forged);
    }
}

TEST_CASE("a save with one word replaced is not restored, or gives an engine that works") {
    const Words words = make_save();
    std::size_t restores = 0;
    for (std::size_t place = 3; place + 1 < words.size(); ++place) {
        CAPTURE(place);
        for (const std::uint64_t word :
             {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3},
              std::uint64_t{7}, std::uint64_t{100}, std::uint64_t{5'000}, words[place] + 1,
              words[place] - 1, std::uint64_t{1} << 32, std::uint64_t{1} << 53,
              std::uint64_t{1} << 63, top - 1, top}) {
            CAPTURE(word);
            Words forged = words;
            forged[place] = word;
            try_forgery(forged, restores);
        }
    }
    CHECK(restores > 300);  // many words have several valid values
}

TEST_CASE(
    "a save with several words replaced or moved is not restored, or gives an engine that works") {
    const Words words = make_save();
    std::mt19937_64 random{2};
    const auto place = [&] { return 3 + random() % (words.size() - 4); };
    std::size_t restores = 0;
    for (int round = 0; round < 4'000; ++round) {
        Words forged = words;
        for (std::uint64_t changes = 1 + random() % 3; changes > 0; --changes) {
            switch (random() % 4) {
            case 0: forged[place()] = forged[place()]; break;
            case 1: forged[place()] += random() % 3; break;
            case 2: forged[place()] = random() >> (random() % 64); break;
            default: std::swap(forged[place()], forged[place()]);
            }
        }
        try_forgery(forged, restores);
    }
    CHECK(restores > 200);
}

}  // namespace
