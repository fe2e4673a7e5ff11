// The writer with a journal that fails, is slow or belongs to another, and with a clock that is set
// back and forward.
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include <doctest/doctest.h>

#include "market_support.hpp"
#include "run/writer.hpp"

namespace market_server {
namespace {

using namespace std::chrono_literals;

/// Keeps the texts of records in memory.
class FakeJournal final : public Journal {
public:
    std::atomic<Append> result = Append::durable;
    std::atomic<bool> is_slow = false;
    std::atomic<int> appends = 0;
    const std::string reason = "the disk is full";
    std::vector<std::string> records{};  // only read while no writer runs
    std::vector<Posting> postings{};
    std::vector<std::size_t> batches{};

    Append append(const Batch& batch, std::uint64_t expected) override {
        ++appends;
        while (is_slow) std::this_thread::sleep_for(1ms);
        if (result != Append::durable) return result;
        if (expected != records.size() || batch.applied != expected) return Append::fenced;
        records.insert(records.end(), batch.records.begin(), batch.records.end());
        postings.insert(postings.end(), batch.previous.begin(), batch.previous.end());
        batches.push_back(batch.records.size());
        return Append::durable;
    }
    std::uint64_t last() override { return records.size(); }
    const std::string& trouble() const override { return reason; }
    void read(std::uint64_t, const std::function<void(std::uint64_t, std::string_view)>&) override {
    }

    [[nodiscard]] std::vector<std::int64_t> times_of(Op op) const {
        std::vector<std::int64_t> times;
        for (const std::string& text : records) {
            const auto record = record_of(text);
            if (record && record->op == op) times.push_back(record->time);
        }
        return times;
    }
};

class Quiet final : public WriterObserver {
    void batch(std::size_t, double, double) override {}
    void applied(const Market&, const Record&, const Outcome&) override {}
    void failed_batch() override {}
    void journal_trouble(const std::string& reason) override { troubles.push_back(reason); }
    void clock_error(std::int64_t error) override { errors.push_back(error); }

public:
    std::vector<std::string> troubles{};  ///< of the journal; only read while no writer runs
    std::vector<std::int64_t> errors{};   ///< of the clock; only read while no writer runs
};

/// A writer on a thread of its own, whose market has a rate, machine 7 and a renter with 100 coins.
struct Fixture {
    static constexpr std::uint64_t provider = 1;
    static constexpr std::uint64_t alice = 2;
    static constexpr std::int64_t begin = start + 10 * second;

    FakeJournal journal{};
    Quiet quiet{};
    std::atomic<std::int64_t> clock = begin;
    std::atomic<std::int64_t> jump = 0;  ///< by how much the clock was set forward by mistake
    Writer writer;
    std::string failure{};
    std::thread thread{};

    explicit Fixture(WriterOptions options = {})
        : writer{market(journal),
                 journal,
                 {},
                 options,
                 Present{[this] { return clock + jump; }, [this] { return clock.load(); }},
                 [](const Records&) {},
                 quiet} {}
    ~Fixture() { stop(); }

    static Market market(FakeJournal& journal) {
        Play play;
        static_cast<void>(play.add_account("host"));
        static_cast<void>(play.add_renter("100"));
        play.add_machine(provider, 7);
        for (const Record& record : play.records) journal.records.push_back(to_text(record));
        return std::move(play.market);
    }
    void run() {
        thread = std::thread{[this] {
            try {
                writer.run();
            } catch (const std::runtime_error& error) {
                failure = error.what();
            }
        }};
    }
    void stop() {
        writer.stop();
        if (thread.joinable()) thread.join();
    }
    /// Sends a job and waits for its answer.
    Answer ask(Op op, std::uint64_t account, std::string body) {
        std::atomic<bool> is_done = false;
        Answer found;
        const bool is_taken = writer.submit(
            {{.op = op, .account = account, .body = std::move(body)}, [&](const Answer& answer) {
                 found = answer;
                 is_done = true;
             }});
        REQUIRE(is_taken);
        until([&] { return is_done.load(); });
        return found;
    }
    Answer bid(const char* price) { return ask(Op::create, alice, Play::order(7, price, 200)); }

    template <class Condition>
    static void until(Condition condition) {
        for (int i = 0; i < 60'000 && !condition(); ++i) std::this_thread::sleep_for(1ms);
        REQUIRE(condition());
    }
    [[nodiscard]] bool is_online() const {
        return writer.market().engine().host(gigaspot::HostId{7})->status.online;
    }
};

TEST_CASE_FIXTURE(Fixture,
                  "a journal that fails: each job is answered with 503 and changes nothing") {
    run();
    CHECK(bid("10").status == 200);
    CHECK(writer.is_healthy());
    journal.result = Append::unavailable;
    const Answer answer = bid("11");
    CHECK(answer.status == 503);
    CHECK(has(answer.body, "nothing was changed"));
    CHECK(!writer.is_healthy());
    journal.result = Append::durable;
    CHECK(bid("11").body == accepted_all);  // the same request, which did not count before
    CHECK(writer.is_healthy());
    stop();
    CHECK(quiet.troubles == std::vector<std::string>{journal.reason, ""});
    CHECK(writer.market().state().orders.size() == 2);
    CHECK(writer.market().state().records == journal.records.size());
}

TEST_CASE_FIXTURE(Fixture, "closes that the journal did not take are made later, at their times") {
    run();
    journal.result = Append::unavailable;
    clock = start + 150 * second;
    until([&] { return journal.appends > 2; });
    journal.result = Append::durable;
    CHECK(bid("10").status == 200);
    stop();
    CHECK(quiet.troubles == std::vector<std::string>{journal.reason, ""});  // not once per attempt
    CHECK(journal.times_of(Op::close) ==
          std::vector<std::int64_t>{start + 60 * second, start + 120 * second});
    CHECK(journal.times_of(Op::create) == std::vector<std::int64_t>{start + 150 * second});
}

TEST_CASE("a journal that fails while more closes are due than a batch takes: jobs are answered") {
    Fixture play{{.batch_max = 1}};
    play.run();
    CHECK(play.bid("10").status == 200);
    play.journal.result = Append::unavailable;
    play.clock = start + 250 * second;
    CHECK(play.bid("11").status == 503);
    play.journal.result = Append::durable;
    Fixture::until([&] { return play.bid("12").status == 200; });
    play.stop();
    CHECK(play.journal.times_of(Op::close).size() == 4);
}

TEST_CASE_FIXTURE(Fixture, "a journal that another writer uses ends this writer") {
    run();
    journal.result = Append::fenced;
    bool is_answered = false;
    const bool is_taken =
        writer.submit({{.op = Op::create, .account = alice, .body = Play::order(7, "10", 200)},
                       [&](const Answer&) { is_answered = true; }});
    CHECK(is_taken);
    thread.join();
    CHECK(has(failure, "another server"));
    CHECK(!is_answered);
    CHECK(writer.market().state().orders.empty());
}

TEST_CASE("a slow journal: what comes meanwhile waits, is limited, and becomes one batch") {
    Fixture play{{.queue_max = 3}};
    play.journal.is_slow = true;
    play.run();
    std::atomic<int> answers = 0;
    const auto submit = [&](int price) {
        return play.writer.submit({{.op = Op::create,
                                    .account = Fixture::alice,
                                    .body = Play::order(7, std::to_string(price), 200)},
                                   [&](const Answer&) { ++answers; }});
    };
    CHECK(submit(1));
    Fixture::until([&] { return play.journal.appends == 1 && play.writer.waiting() == 0; });
    CHECK(submit(2));
    CHECK(submit(3));
    CHECK(submit(4));
    CHECK(!submit(5));  // at once: nobody waits for the disk
    CHECK(play.writer.waiting() == 3);
    CHECK(answers == 0);
    play.journal.is_slow = false;
    Fixture::until([&] { return answers == 4; });
    play.stop();
    CHECK(play.journal.batches == std::vector<std::size_t>{1, 3});
}

TEST_CASE_FIXTURE(Fixture, "a stop answers what was taken, and takes no more") {
    journal.is_slow = true;
    run();
    std::atomic<int> answers = 0;
    const auto submit = [&](int price) {
        return writer.submit({{.op = Op::create,
                               .account = alice,
                               .body = Play::order(7, std::to_string(price), 200)},
                              [&](const Answer& answer) { answers += answer.status == 200; }});
    };
    for (int price = 1; price <= 5; ++price) CHECK(submit(price));
    writer.stop();
    CHECK(!submit(6));
    journal.is_slow = false;
    thread.join();
    CHECK(answers == 5);
    CHECK(writer.market().state().orders.size() == 5);
}

TEST_CASE("a stop ends although the journal fails and closes are due") {
    Fixture play{{.batch_max = 1}};
    play.journal.result = Append::unavailable;
    play.clock = start + 3'600 * second;
    play.run();
    Fixture::until([&] { return play.journal.appends > 0; });
    play.stop();
    CHECK(play.journal.times_of(Op::close).empty());
}

TEST_CASE("closes come before all jobs, although there are more of them than a batch takes") {
    Fixture play{{.batch_max = 2}};
    play.clock = start + 605 * second;
    std::vector<std::int64_t> expected;
    for (int minute = 1; minute <= 10; ++minute) expected.push_back(start + minute * 60 * second);
    SUBCASE("at the start") { play.run(); }
    SUBCASE("after the process was stopped") {
        play.clock = Fixture::begin;
        play.run();
        CHECK(play.bid("9").status == 200);
        play.clock = start + 605 * second;
    }
    CHECK(play.bid("10").status == 200);
    play.stop();
    CHECK(play.journal.times_of(Op::close) == expected);
    CHECK(play.journal.times_of(Op::create).back() == start + 605 * second);
}

TEST_CASE_FIXTURE(Fixture, "a clock that is set back does not move the market back") {
    run();
    CHECK(bid("10").status == 200);
    clock = begin - 3'600 * second;
    CHECK(bid("11").status == 200);
    CHECK(writer.clock_error() == -3'600 * second);
    clock = begin + second;
    CHECK(bid("12").status == 200);
    stop();
    CHECK(journal.times_of(Op::create) == std::vector<std::int64_t>{begin, begin, begin + second});
    CHECK(journal.times_of(Op::close).empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "a clock that is set far forward bills nothing, until it is right again") {
    run();
    CHECK(bid("10").status == 200);
    CHECK(writer.clock_error() == 0);
    clock += 30 * second;
    jump = 3'600 * second;
    until([&] { return writer.clock_error() == 3'600 * second; });  // no job is needed to notice
    const Answer answer = bid("11");
    CHECK(answer.status == 503);
    CHECK(has(answer.body, "clock was set forward; nothing was changed"));
    CHECK(ask(Op::beat, provider, "7 {}").status == 503);
    jump = 0;
    CHECK(bid("11").body == accepted_all);
    CHECK(writer.clock_error() == 0);
    clock += 60 * second;
    CHECK(bid("12").status == 200);
    stop();
    CHECK(journal.times_of(Op::close) == std::vector<std::int64_t>{start + 60 * second});
    CHECK(quiet.errors == std::vector<std::int64_t>{3'600 * second, 0});
}

TEST_CASE_FIXTURE(Fixture, "a stop ends while the clock has jumped ahead") {
    run();
    jump = 86'400 * second;
    CHECK(bid("10").status == 503);
    stop();
    CHECK(journal.times_of(Op::close).empty());
}

TEST_CASE("machines that report nothing go offline, but not because the server was stopped") {
    Fixture play{{.heartbeat = 5 * second}};
    play.run();
    const auto step = [&](std::int64_t time) {  // one look at this time
        play.clock += time;
        CHECK(play.ask(Op::rate, 0, R"({"currency":"CLORE-Blockchain","usd":"1"})").status == 200);
    };
    const auto beat = [&] { CHECK(play.ask(Op::beat, Fixture::provider, "7 {}").status == 200); };
    beat();
    SUBCASE("the process was frozen, or the clock was set forward") {
        step(3'600 * second);
        for (int i = 0; i < 5; ++i) step(2 * second);
        play.stop();
        CHECK(play.is_online());
    }
    SUBCASE("three beats are missed") {
        for (int i = 0; i < 8; ++i) step(2 * second);
        play.stop();
        CHECK(!play.is_online());
        CHECK(play.journal.times_of(Op::offline).size() == 1);
    }
    SUBCASE("beats go on, and each that says nothing new needs no record") {
        for (int i = 0; i < 8; ++i) {
            step(2 * second);
            beat();
        }
        play.stop();
        CHECK(play.is_online());
        CHECK(play.journal.times_of(Op::beat).empty());
    }
    SUBCASE("a beat that waits while the time runs out counts") {
        for (int i = 0; i < 7; ++i) step(2 * second);
        play.clock += 2 * second;
        beat();
        play.stop();
        CHECK(play.is_online());
    }
}

TEST_CASE_FIXTURE(Fixture, "two reports of a machine in one batch both count") {
    journal.is_slow = true;
    run();
    std::atomic<int> answers = 0;
    const auto submit = [&](Op op, std::uint64_t account, std::string body) {
        CHECK(writer.submit({{.op = op, .account = account, .body = std::move(body)},
                             [&](const Answer&) { ++answers; }}));
    };
    submit(Op::create, alice, Play::order(7, "10", 200));
    until([&] { return journal.appends == 1 && writer.waiting() == 0; });
    submit(Op::beat, provider, R"(7 {"online":false})");
    submit(Op::beat, provider, R"(7 {"online":true})");
    journal.is_slow = false;
    until([&] { return answers == 3; });
    stop();
    CHECK(is_online());
    CHECK(journal.times_of(Op::beat).size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "requests that change nothing are answered without a record") {
    run();
    const Answer first = bid("10");
    CHECK(first.body == accepted_all);
    const int appends = journal.appends;
    CHECK(bid("10") == first);
    for (const Op op : {Op::create, Op::edit, Op::cancel})
        CHECK(has(ask(op, alice, "[{").body, R"("code":2)"));
    CHECK(has(ask(Op::machine, provider, R"(8 {"gpus":[{"model":"new","pl":"x"}]})").body,
              "gpus[0].pl"));
    CHECK(journal.appends == appends);
    stop();
    CHECK(journal.times_of(Op::create).size() == 1);
    CHECK(writer.market().state().orders.size() == 1);
    CHECK(writer.market().state().records == journal.records.size());
}

TEST_CASE_FIXTURE(Fixture, "postings of a batch are written with the next one") {
    run();
    CHECK(bid("14.4").status == 200);
    CHECK(journal.postings.empty());
    CHECK(bid("28.8").status == 200);
    stop();
    REQUIRE(journal.postings.size() == 1);
    CHECK(journal.postings[0].amount == 1'000'000);  // 14.4 coins per day are 0.01 per minute
    REQUIRE(writer.previous().size() == 1);
    CHECK(writer.previous()[0].amount == 2'000'000);
}

}  // namespace
}  // namespace market_server
