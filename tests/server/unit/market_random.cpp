// Many random records. After each one, the money and the orders must fit together; the same records
// must give the same market; and the postings alone must give all balances.
#include <map>
#include <random>
#include <tuple>

#include <doctest/doctest.h>

#include "market_support.hpp"

namespace market_server {
namespace {

using Sides = std::map<std::tuple<std::uint64_t, Part, std::string>, Units>;

Sides add_up(const std::vector<Posting>& postings) {
    Sides sides;
    for (const Posting& posting : postings) {
        sides[{posting.from.account, posting.from.part, posting.currency}] -= posting.amount;
        sides[{posting.to.account, posting.to.part, posting.currency}] += posting.amount;
    }
    return sides;
}

/// What must hold after each record.
void check(const Play& play) {
    const State& state = play.market.state();
    REQUIRE(play.market.is_balanced());
    std::map<Ledger::Key, Units> held;
    for (const auto& [id, order] : state.orders) {
        const auto bid = state.engine().bid(gigaspot::BidId{id});
        REQUIRE(bid);
        const gigaspot::Price price =
            bid->edit ? std::max(bid->price, bid->edit->price) : bid->price;
        // One interval, rounded up: worked out apart from the program.
        const auto wanted = static_cast<Units>(
            (gigaspot::Int128{price.count()} * state.settings.interval + 86'399'999) / 86'400'000);
        REQUIRE(order.reserved == wanted);
        held[{order.account, order.currency.number}] += wanted;
    }
    REQUIRE(state.engine().totals().bids == state.orders.size());
    for (const auto& [key, balance] : state.ledger.balances()) {
        REQUIRE(balance.available >= 0);
        REQUIRE(balance.reserved == held[key]);
    }
}

class Chance {
public:
    explicit Chance(std::uint64_t seed) : random_{seed} {}
    int below(int count) { return std::uniform_int_distribution{0, count - 1}(random_); }

private:
    std::mt19937_64 random_;
};

class Actors {
public:
    Actors(Play& play, std::uint64_t seed) : play_{play}, chance_{seed} {
        for (int i = 0; i < 2; ++i) providers_.push_back(play.add_account("host"));
        for (const char* coins : {"0.05", "0.5", "3", "1000"})
            renters_.push_back(play.add_renter(coins));
        play.take(Op::rate, 0, R"({"currency":"bitcoin","usd":"60000","fee_ppm":150000})");
        play.take(Op::credit, 0,
                  R"({"account":3,"currency":"bitcoin","amount":"0.00002","reference":"b"})");
    }

    void act() {
        if (chance_.below(6) == 0) {
            play_.close();
            return;
        }
        play_.now += chance_.below(3) == 0 ? chance_.below(4'000) : 0;
        if (play_.now / 60'000 != before_ / 60'000) {  // a close is due first
            play_.now = play_.now / 60'000 * 60'000;
            play_.take(Op::close, 0, "");
        }
        before_ = play_.now;
        switch (chance_.below(9)) {
        case 0: return put_machine();
        case 1: return beat();
        case 2: return move_rate();
        case 3:
        case 4:
        case 5: return create();
        case 6:
        case 7: return edit();
        default: return cancel_or_pay();
        }
    }

private:
    std::uint64_t machine() { return static_cast<std::uint64_t>(1 + chance_.below(5)); }
    std::uint64_t renter() { return renters_[static_cast<std::size_t>(chance_.below(4))]; }
    std::uint64_t provider() { return providers_[static_cast<std::size_t>(chance_.below(2))]; }
    std::uint64_t order() {
        const int made = static_cast<int>(play_.market.state().orders_made);
        return static_cast<std::uint64_t>(1 + chance_.below(made + 1));
    }

    void put_machine() {
        if (chance_.below(12) == 0) {
            play_.take(Op::remove_machine, provider(), std::to_string(machine()));
            return;
        }
        play_.add_machine(provider(), machine(),
                          fmt::format(R"("min_bid":"{}","max_rental_length":{})",
                                      chance_.below(3) == 0 ? 20 : 0, 60 + chance_.below(600)));
    }
    void beat() {
        const bool is_there = chance_.below(4) != 0;
        play_.take(Op::beat, provider(),
                   fmt::format(R"({} {{"on_demand_rented":{},"cached":[{}]}})", machine(),
                               !is_there,
                               chance_.below(2) == 0 ? R"("a3f9c4d7e5b088d8a0bff880")" : ""));
        if (chance_.below(8) == 0) play_.take(Op::offline, 0, std::to_string(machine()));
    }
    void move_rate() {
        play_.take(Op::rate, 0,
                   fmt::format(R"({{"currency":"{}","usd":{}}})",
                               chance_.below(4) == 0 ? "bitcoin" : "CLORE-Blockchain",
                               chance_.below(8) == 0
                                   ? std::string{"null"}
                                   : fmt::format("\"0.{}\"", 1 + chance_.below(9))));
    }
    void create() {
        const bool is_bitcoin = chance_.below(8) == 0;
        play_.take(Op::create, renter(),
                   fmt::format(R"([{{"currency":"{}","renting_server":{},"price":{}{:04},)"
                               R"("image":"a3f9c4d7e5b088d8a0bff880","oc":[{{"pl":{}}}]}}])",
                               is_bitcoin ? "bitcoin" : "CLORE-Blockchain", machine(),
                               is_bitcoin ? std::string{"0.000"}
                                          : fmt::format("{}.", 1 + chance_.below(60)),
                               chance_.below(10'000), 90 + chance_.below(270)));
    }
    void edit() {
        play_.take(Op::edit, renter(),
                   fmt::format(R"([{{"order_id":{},"price":{}.{:04}}}])", order(),
                               chance_.below(80), chance_.below(10'000)));
    }
    void cancel_or_pay() {
        if (chance_.below(3) != 0) {
            play_.take(Op::cancel, renter(), fmt::format(R"({{"order_ids":[{}]}})", order()));
            return;
        }
        const int reference = chance_.below(400);
        play_.take(chance_.below(2) == 0 ? Op::credit : Op::debit, 0,
                   fmt::format(R"({{"account":{},"currency":"CLORE-Blockchain","amount":"0.{:03}",)"
                               R"("reference":"x{}"}})",
                               1 + chance_.below(7), 1 + chance_.below(999), reference));
    }

    Play& play_;
    Chance chance_;
    std::int64_t before_ = start;
    std::vector<std::uint64_t> providers_{};
    std::vector<std::uint64_t> renters_{};
};

/// What happened in all stories together.
struct Seen {
    std::map<gigaspot::Code, int> reasons{};  ///< of orders that ended
    Units bitcoin_fees = 0;
    Units creation_fees = 0;
};

void play_market(std::string_view policy, std::uint64_t seed, Seen& seen) {
    Play play{policy};
    Actors actors{play, seed};
    for (int i = 0; i < 4'000; ++i) {
        actors.act();
        check(play);
    }
    // The books give the balances.
    for (const auto& [side, amount] : add_up(play.postings)) {
        const auto& [account, part, currency] = side;
        const auto number = *play.market.state().market.names().find_currency(currency);
        const Balance balance = play.market.state().ledger.balance(account, number);
        if (part == Part::available) CHECK(balance.available == amount);
        if (part == Part::reserved) CHECK(balance.reserved == amount);
        if (part == Part::fees) CHECK(play.market.state().ledger.fees(number) == amount);
        if (part == Part::outside) CHECK(play.market.state().ledger.deposited(number) == -amount);
    }
    // The same records give the same market, also from a save in the middle.
    Market again;
    for (std::size_t i = 0; i < play.records.size(); ++i) {
        if (i == play.records.size() / 2) again = Market::restore(again.save());
        again.apply(*record_of(to_text(play.records[i])));
    }
    CHECK(again.save() == play.market.save());
    const State& state = play.market.state();
    seen.bitcoin_fees += state.ledger.fees(*state.market.names().find_currency("bitcoin"));
    seen.creation_fees += state.ledger.fees(gigaspot::main_currency);
    for (const auto& [account, ended] : state.ended_of) {
        for (const EndedOrder& order : ended) ++seen.reasons[order.reason];
    }
}

TEST_CASE("money and orders fit together after each of many random records") {
    Seen seen;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        play_market(R"("switch_margin":"0")", seed, seen);
        play_market(R"("refill":"at_once","queue_unavailable":true)", 10 + seed, seen);
        play_market(R"("dwell_min":120000,"creation_fees":{"CLORE-Blockchain":"0.00001"})",
                    20 + seed, seen);
        play_market(R"("require_cached":true,"image_wait":120000)", 30 + seed, seen);
    }
    CHECK(seen.bitcoin_fees > 0);
    CHECK(seen.creation_fees > 0);
    using enum gigaspot::Code;
    for (const gigaspot::Code reason : {revoked, cancelled, expired, host_removed})
        CHECK_MESSAGE(seen.reasons[reason] > 0, name(reason));
}

}  // namespace
}  // namespace market_server
