// Which requests are repetitions: clients ask again if they got no answer.
#include <doctest/doctest.h>

#include "market_support.hpp"

namespace market_server {
namespace {

struct Fixture : Play {
    std::uint64_t provider = add_account("host");
    std::uint64_t alice = add_renter("100");

    Fixture() { add_machine(provider, 7); }

    static std::string edit_text(std::string_view price, std::string_view more) {
        return fmt::format(R"([{{"order_id":1,"price":{}{}}}])", price, more);
    }
    void edit(std::string_view price, std::string_view more = "") {
        now += second;
        CHECK(has(ask(Op::edit, alice, edit_text(price, more)), R"("success_to_update_ids":[1])"));
    }
    std::size_t events_of_edit(std::string_view price, std::string_view more = "") {
        return take(Op::edit, alice, edit_text(price, more)).events.size();
    }
    [[nodiscard]] std::string price() const {
        return std::string{market.state().orders.at(1).price.text().view()};
    }
    void cancel(std::uint64_t id) {
        now += second;
        CHECK(has(ask(Op::cancel, alice, fmt::format(R"({{"order_ids":[{}]}})", id)),
                  R"("failed_to_cancel":[])"));
    }
    [[nodiscard]] std::size_t made() const { return market.state().orders_made; }
};

TEST_CASE_FIXTURE(Fixture, "an edit back to former terms is a new request") {
    bid(alice, 7, "10");
    for (const char* each : {"11", "12", "11", "12", "11"}) {
        edit(each);
        CHECK(price() == each);
    }
    CHECK(events_of_edit("11") == 0);  // a repetition
    CHECK(events_of_edit("13") != 0);
}

TEST_CASE_FIXTURE(Fixture,
                  "an edit back to former profiles is a new request, a repetition is not") {
    bid(alice, 7, "10");
    const auto watts = [&] {
        return market.engine().bid(gigaspot::BidId{1})->power_limits.count();
    };
    for (const int each : {150, 160, 150, 160}) {
        edit("10", fmt::format(R"(,"oc":[{{"pl":{}}}])", each));
        CHECK(watts() == each);
    }
    CHECK(events_of_edit("10", R"(,"oc":[{"pl":160}])") == 0);
}

TEST_CASE_FIXTURE(Fixture, "the same order after its cancel is a new one") {
    for (std::uint64_t id = 1; id <= 3; ++id) {
        CHECK(bid(alice, 7, "10") == accepted_all);
        CHECK(bid(alice, 7, "10") == accepted_all);  // a repetition
        CHECK(made() == id);
        cancel(id);
    }
    CHECK(bid(alice, 7, "10") == accepted_all);
    close();
    CHECK(runs_on(7) == 4);
    cancel(4);  // it runs to the close
    CHECK(bid(alice, 7, "10") == accepted_all);
    CHECK(made() == 5);
}

TEST_CASE_FIXTURE(Fixture, "a repetition of the second request counts from that one on") {
    bid(alice, 7, "10");
    now += 58 * second;
    cancel(1);
    bid(alice, 7, "10");
    CHECK(made() == 2);
    now += 5 * second;  // 64 s after the first
    CHECK(bid(alice, 7, "10") == accepted_all);
    CHECK(made() == 2);
}

TEST_CASE_FIXTURE(Fixture, "an order that the market ended is not placed again by a repetition") {
    bid(alice, 7, "10");
    take(Op::remove_machine, provider, "7");
    add_machine(provider, 7);
    CHECK(bid(alice, 7, "10") == accepted_all);
    CHECK(made() == 1);
    CHECK(market.state().orders.empty());
}

}  // namespace
}  // namespace market_server
