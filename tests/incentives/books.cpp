// Tests who can keep others out by filling what is limited: books, ids, names and caches.
// docs/incentives.md names these tests.
#include <string>
#include <vector>

#include <gigaspot/json/replay.hpp>

#include "stage.hpp"

namespace {

using namespace scenarios;

TEST_CASE("books: with enough accounts, bids that never win fill a book and pay nothing") {
    // Uses the smallest book: two accounts of one person fill it. With the default limits it takes
    // 256.
    static_assert(limits::bids_per_host_max == 256 * limits::bids_per_owner_max);
    const EngineLimits limits{.bids_per_host = 4, .bids_per_owner = 2};
    Stage stage{{}, limits};
    CHECK(stage.tell(bid(alice, 1, 40_coin_per_day)) == Code::none);
    CHECK(stage.tell(bid(mallory, 10, 0.0001_coin_per_day)) == Code::none);
    CHECK(stage.tell(bid(mallory, 11, 0.0001_coin_per_day)) == Code::none);
    CHECK(stage.tell(bid(mallory, 12, 0.0001_coin_per_day)) == Code::limit_reached);
    CHECK(stage.tell(bid(OwnerId{99}, 12, 0.0001_coin_per_day)) == Code::none);
    CHECK(stage.tell(bid(bob, 4, 60_coin_per_day)) == Code::limit_reached);
    stage.next_close();
    stage.next_close();
    CHECK(stage.holder() == 1);  // the host gets 0.4 coin per interval instead of 0.6
    CHECK(stage.paid(10) + stage.paid(11) + stage.paid(12) == 0);
    // Bids in the book can still compete.
    CHECK(stage.tell(reprice(1, 61_coin_per_day)) == Code::none);
}

TEST_CASE("books: renters who choose ids take those of others; a run keeps its id to the close") {
    Stage stage;
    CHECK(stage.tell(bid(mallory, 4, 0.0001_coin_per_day)) == Code::none);
    CHECK(stage.tell(bid(bob, 4, 60_coin_per_day)) == Code::bid_exists);
    stage.next_close();
    CHECK(stage.tell(Cancel{.id = 4}) == Code::none);
    CHECK(stage.tell(bid(bob, 4, 60_coin_per_day)) == Code::bid_exists);
    CHECK(stage.tell(bid(bob, 5, 60_coin_per_day)) == Code::none);
    stage.next_close();
    CHECK(stage.holder() == 5);
}

TEST_CASE("books: anybody can send a command that does not name its sender") {
    Stage stage;
    CHECK(stage.tell(bid(alice, 1, 40_coin_per_day)) == Code::none);
    CHECK(stage.tell(Cancel{.id = 1, .owner = mallory}) == Code::not_owner);
    CHECK(stage.tell(Edit{.id = 1, .price = 1_coin_per_day, .owner = mallory}) == Code::not_owner);
    CHECK(stage.tell(Cancel{.id = 1}) == Code::none);
    stage.next_close();
    CHECK(stage.holder() == 0);
}

TEST_CASE("books: a bid in a coin without a rate passes the price rows, and waits without paying") {
    Stage stage;
    CHECK(stage.tell(bid(mallory, 9, 5000.00000001_coin_per_day)) ==
          Code::price_above_market_maximum);
    CHECK(stage.tell(bid(mallory, 9, 1_coin_per_day, other_coin)) == Code::currency_unknown);
    CHECK(stage.tell(SetRate{.currency = other_coin}) == Code::none);
    CHECK(stage.tell(bid(mallory, 9, 1000000_coin_per_day, other_coin)) == Code::none);
    CHECK(stage.tell(bid(mallory, 8, 0.00000001_coin_per_day, other_coin)) == Code::none);
    CHECK(stage.tell(bid(alice, 1, 40_coin_per_day)) == Code::none);
    stage.next_close();
    CHECK(stage.holder() == 1);
    CHECK(stage.paid(9) == 0);
    // Once its coin has a rate, it wins like any other bid and pays its price.
    CHECK(stage.tell(SetRate{.currency = other_coin, .usd = 1_usd_per_coin}) == Code::none);
    stage.next_close();
    CHECK(stage.holder() == 9);
    stage.next_close();
    CHECK(stage.paid(9) == 10'000 * coin);  // 1,000,000 / 100
    CHECK(stage.paid(8) == 0);
    // Without the rate there is no limit again: the run ends, and a waiting bid may have any price.
    CHECK(stage.tell(reprice(8, 5000.00000001_coin_per_day)) == Code::price_above_market_maximum);
    CHECK(stage.tell(SetRate{.currency = other_coin}) == Code::none);
    CHECK(stage.tell(reprice(8, 5000.00000001_coin_per_day)) == Code::none);
    stage.next_close();
    CHECK(stage.stopped(9) == Code::rate_missing);
    CHECK(stage.holder() == 1);
}

TEST_CASE("books: images that never arrive fill the queue for the cache") {
    Stage stage{{.require_cached = true}};
    CHECK(stage.tell(bid(alice, 1, 40_coin_per_day)) == Code::none);
    for (std::uint64_t id = 10; id < 26; ++id)
        CHECK(stage.tell(bid(mallory, id, 5000_coin_per_day)) == Code::none);
    CHECK(stage.tell(bid(mallory, 26, 5000_coin_per_day)) == Code::limit_reached);
    std::vector<BasicRanked<OneGpu>> room(17);
    const auto is_alice_among = [&](std::size_t count) {
        for (const auto& next : stage.market().cache_candidates(HostId{1}, {room.data(), count})) {
            if (next.id == BidId{1}) return true;
        }
        return false;
    };
    CHECK(!is_alice_among(16));
    CHECK(is_alice_among(17));  // more than one owner's bids
    stage.next_close();
    stage.next_close();
    CHECK(stage.holder() == 0);  // 0.4 coin per interval lost while her image waits for his
    for (std::uint64_t id = 10; id < 26; ++id) CHECK(stage.paid(id) == 0);
    CHECK(stage.tell(Cached{.id = 1, .cached = true}) == Code::none);
    stage.next_close();
    CHECK(stage.holder() == 1);
}

// --- Names, which only the JSON adapter has ---

class Lines {
public:
    /// Takes a line. Returns whether it is accepted. If not, the reason must be this one.
    bool take(const std::string& line, const std::string& reason = "limit_reached") {
        std::string events;
        replay_.take(line, [&](std::string_view text) { events += text; });
        const bool is_rejected = events.find("\"rejected\"") != std::string::npos;
        if (is_rejected) CHECK(events.find('"' + reason + '"') != std::string::npos);
        return !is_rejected;
    }

private:
    Replay replay_;
};

std::string rate(const std::string& coin_name) {
    return R"({"op":"rate","time":0,"currency":")" + coin_name + R"(","usd":1})";
}

TEST_CASE("books: bids in made-up coins take no name of a currency") {
    Lines lines;
    CHECK(lines.take(rate("CLORE-Blockchain")));
    CHECK(lines.take(rate("bitcoin")));
    CHECK(lines.take(R"({"op":"host","time":0,"id":1,"energy_price":0,"gpus":[{"pl":[50,400]}]})"));
    const auto bid_in = [](const std::string& coin_name, int id) {
        return R"({"op":"bid","time":0,"host":1,"owner":9,"price":1,"oc":[{"pl":100}],"id":)" +
               std::to_string(id) + R"(,"currency":")" + coin_name + "\"}";
    };
    for (int i = 1; i <= 30; ++i)
        CHECK(!lines.take(bid_in("made up " + std::to_string(i), i), "currency_unknown"));
    for (int i = 1; i <= 14; ++i) CHECK(lines.take(rate("coin " + std::to_string(i))));
    CHECK(lines.take(bid_in("coin 14", 31)));
    CHECK(!lines.take(rate("a coin too many")));
}

/// Returns commands that put a host with 32 GPUs of new models, and remove it.
bool put_models(Lines& lines, int& next, int count) {
    std::string gpus_text;
    for (int i = 0; i < count; ++i) {
        gpus_text += R"(,{"pl":[50,400],"model":"m)" + std::to_string(next++) + "\"}";
    }
    return lines.take(R"({"op":"host","time":0,"id":1,"energy_price":0,"gpus":[)" +
                      gpus_text.substr(1) + "]}") &&
           lines.take(R"({"op":"remove_host","time":0,"id":1})");
}

TEST_CASE("books: hosts with unknown models take the 65,535 names of models, and keep them") {
    Lines lines;
    int next = 0;
    int failures = 0;
    for (int i = 0; i < 2'047; ++i) failures += !put_models(lines, next, 32);
    CHECK(failures == 0);
    CHECK(put_models(lines, next, 31));
    CHECK(next == 65'535);
    CHECK(!put_models(lines, next, 1));
}

}  // namespace
