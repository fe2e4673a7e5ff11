// Postings, their sums, and backups.
#include "store_support.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>

#include <doctest/doctest.h>

#include "../../../examples/market_server/store/books.hpp"

using namespace store_test;

namespace {

Posting random_posting(std::mt19937& random, std::uint64_t record, std::uint32_t number) {
    const auto side = [&]() -> Side { return {random() % 5, static_cast<Part>(random() % 4)}; };
    const char* currencies[] = {"bitcoin", "CLORE-Blockchain", ""};
    return {.record = record,
            .number = number,
            .kind = static_cast<PostingKind>(random() % 7),
            .from = side(),
            .to = side(),
            .currency = currencies[random() % 3],
            .amount = static_cast<Units>(random()) * 1000,
            .order = random() % 100,
            .reference = std::string(random() % 9, 'r')};
}

/// A market with 60 records, each with up to 8 postings, written in batches of 10 records.
struct SomeBooks {
    TempFolder folder{};
    fs::path file = folder / "market.db";
    std::vector<Posting> all{};

    SomeBooks() {
        SqliteJournal::create(file);
        SqliteJournal journal{file};
        std::mt19937 random{7};
        for (std::uint64_t last = 0; last <= 60; last += 10) {
            std::vector<Posting> postings;
            for (std::uint64_t record = last - std::min<std::uint64_t>(last, 9); record <= last;
                 ++record) {
                const auto count = static_cast<std::uint32_t>(record == 0 ? 0 : random() % 9);
                for (std::uint32_t i = 0; i < count; ++i) {
                    postings.push_back(random_posting(random, record, i));
                }
            }
            all.insert(all.end(), postings.begin(), postings.end());
            if (append(journal, some_texts(10), last, "", last, postings) != Append::durable) {
                throw std::runtime_error{journal.trouble()};
            }
        }
        if (journal.applied() != 60) throw std::runtime_error{"applied"};
    }

    [[nodiscard]] std::vector<Posting> of(std::uint64_t account) const {
        std::vector<Posting> found;
        std::copy_if(all.begin(), all.end(), std::back_inserter(found),
                     [&](const Posting& posting) {
                         return posting.from.account == account || posting.to.account == account;
                     });
        return found;
    }
};

}  // namespace

TEST_CASE_FIXTURE(SomeBooks, "the postings of an account are read in order, in pages of any size") {
    Books books{file};
    REQUIRE(all.size() > 200);
    for (const std::uint64_t account : {0U, 1U, 2U, 3U, 4U, 5U}) {
        const std::vector<Posting> expected = of(account);
        for (const std::size_t limit : {1U, 2U, 7U, 1000U}) {
            std::vector<Posting> found;
            PostingPlace after;
            while (true) {
                const std::vector<Posting> page = books.postings(account, after, limit);
                REQUIRE(page.size() <= limit);
                if (page.empty()) break;
                found.insert(found.end(), page.begin(), page.end());
                after = {page.back().record, page.back().number};
            }
            CHECK((found == expected));
        }
    }
    CHECK(of(5).empty());
    CHECK(books.postings(1, {}, 0).empty());
}

TEST_CASE("postings that are thousands of records apart are read in order") {
    const TempFolder folder;
    make_market(folder / "market.db", some_texts(5000));
    SqliteJournal journal{folder / "market.db"};
    std::vector<Posting> all;
    for (const std::uint64_t record : {1U, 1023U, 1024U, 1025U, 3072U, 4999U, 5000U}) {
        all.push_back(one_deposit(record).front());
    }
    REQUIRE(append(journal, {"a"}, 5000, "", 5000, all) == Append::durable);
    Books books{folder / "market.db"};
    for (const std::uint64_t account : {0U, 7U}) {
        CHECK((books.postings(account, {}, 100) == all));
        CHECK((books.postings(account, {}, 3) == std::vector(all.begin(), all.begin() + 3)));
        CHECK((books.postings(account, {1023, 0}, 4) ==
               std::vector(all.begin() + 2, all.begin() + 6)));
        CHECK(books.postings(account, {5000, 0}, 100).empty());
    }
    CHECK(books.postings(1, {}, 100).empty());
}

TEST_CASE_FIXTURE(SomeBooks, "the sums are those of all postings") {
    std::map<std::tuple<std::uint64_t, Part, std::string>, Units> expected;
    Units total = 0;
    for (const Posting& posting : all) {
        expected[{posting.from.account, posting.from.part, posting.currency}] -= posting.amount;
        expected[{posting.to.account, posting.to.part, posting.currency}] += posting.amount;
    }
    const std::vector<Sum> sums = Books{file}.sums();
    REQUIRE(sums.size() == expected.size());
    for (const Sum& sum : sums) {
        CHECK(sum.amount == expected.at({sum.side.account, sum.side.part, sum.currency}));
        total += sum.amount;
    }
    CHECK(total == 0);
}

TEST_CASE("the text of each record is read alone, and checked") {
    const TempFolder folder;
    const Texts texts = some_texts(5);
    make_market(folder / "market.db", texts);
    Books books{folder / "market.db"};
    for (std::uint64_t number = 1; number <= 5; ++number)
        CHECK(books.record(number) == texts[number - 1]);
    CHECK_THROWS_WITH_AS(static_cast<void>(books.record(6)),
                         doctest::Contains("record 6 is missing"), DamagedStore);
    CHECK_THROWS_AS(static_cast<void>(books.record(0)), DamagedStore);
    run_sql(folder / "market.db", "UPDATE journal SET text = 'close 1 0 ' WHERE number = 3");
    CHECK_THROWS_WITH_AS(static_cast<void>(books.record(3)),
                         doctest::Contains("record 3 or the one before differs"), DamagedStore);
    CHECK(books.record(2) == texts[1]);
}

TEST_CASE("books without postings have no sums") {
    const TempFolder folder;
    make_market(folder / "market.db", {"a"});
    CHECK(Books{folder / "market.db"}.sums().empty());
}

TEST_CASE_FIXTURE(SomeBooks, "each value of a posting is checked when it is read") {
    const char* changes[] = {
        "number = 100",
        "kind = (kind + 1) % 7",
        "from_account = from_account + 1",
        "from_part = (from_part + 1) % 4",
        "to_account = 77",
        "to_part = (to_part + 1) % 4",
        "currency = currency || 'x'",
        "amount = amount + 1",
        "order_id = order_id + 1",
        "reference = reference || 'x'",
        "hash = hash + 1",
        "currency = '', reference = currency || reference, amount = amount + 1"};
    const Posting& posting = all.front();
    const std::string where =
        " WHERE record = " + std::to_string(posting.record) + " AND number = 0";
    const std::string good = bytes_in(file);
    for (const std::string change : changes) {
        CAPTURE(change);
        run_sql(file, "UPDATE postings SET " + change + where);
        const std::string damage = damage_in([&] { static_cast<void>(Books{file}.sums()); });
        CHECK(has(damage, " of record " + std::to_string(posting.record) + " differs"));
        CHECK(has(damage, file.string()));
        put(file, good);
    }
    run_sql(file, "UPDATE postings SET amount = amount + 1");
    CHECK(has(damage_in([&] { static_cast<void>(Books{file}.postings(1, {}, 1)); }), "differs"));
}

TEST_CASE("a sum that overflows is damage, and a sum at the limit is not") {
    const TempFolder folder;
    make_market(folder / "market.db", {"a"});
    constexpr Units most = std::numeric_limits<Units>::max();
    {
        SqliteJournal journal{folder / "market.db"};
        REQUIRE(append(journal, {"b"}, 1, "", 1, one_deposit(1, most)) == Append::durable);
        CHECK(Books{folder / "market.db"}.sums().front().amount == -most);
        REQUIRE(append(journal, {"c"}, 2, "", 2, one_deposit(2, 2)) == Append::durable);
    }
    const auto sums = [&] { static_cast<void>(Books{folder / "market.db"}.sums()); };
    CHECK(has(damage_in(sums), "overflows at record 2"));
}

TEST_CASE("the books cannot be changed by the connection that reads them, and see new postings") {
    const TempFolder folder;
    make_market(folder / "market.db", {"a"});
    SqliteJournal journal{folder / "market.db"};
    Books books{folder / "market.db"};
    CHECK(books.postings(7, {}, 10).empty());
    REQUIRE(append(journal, {"b"}, 1, "", 1, one_deposit(1)) == Append::durable);
    CHECK((books.postings(7, {}, 10) == one_deposit(1)));
    CHECK((books.postings(0, {}, 10) == one_deposit(1)));
    REQUIRE(append(journal, {"c"}, 2, "", 2, one_deposit(2)) == Append::durable);
    CHECK(books.postings(7, {1, 0}, 10).size() == 1);
}

TEST_CASE("a backup taken while another thread appends is a prefix, and a market of its own") {
    const TempFolder folder;
    const fs::path file = folder / "market.db";
    Texts texts = some_texts(2000);
    make_market(file, texts);
    std::atomic<bool> is_over = false;
    std::atomic<std::uint64_t> acknowledged = 2000;
    std::atomic<bool> is_right = true;
    std::thread writer{[&] {
        SqliteJournal journal{file};
        for (std::uint64_t i = 2000; !is_over; ++i) {
            const std::uint64_t applied = i - 2000;
            const auto postings = applied == 0 ? std::vector<Posting>{} : one_deposit(applied);
            if (append(journal, {"edit " + std::to_string(i)}, i, "", applied, postings) !=
                Append::durable) {
                is_right = false;
            }
            acknowledged = i + 1;
        }
    }};
    std::vector<std::uint64_t> before;
    std::vector<std::uint64_t> after;
    std::string trouble;
    try {
        for (int i = 0; i < 5; ++i) {
            before.push_back(acknowledged);
            backup(file, folder / ("backup." + std::to_string(i)));
            after.push_back(acknowledged);
        }
    } catch (const std::exception& error) {
        trouble = error.what();
    }
    is_over = true;
    writer.join();
    REQUIRE(trouble == "");
    CHECK(is_right);
    for (std::uint64_t i = texts.size(); i < acknowledged; ++i) {
        texts.push_back("edit " + std::to_string(i));
    }
    CHECK(before.front() < after.back());
    for (std::size_t i = 0; i < 5; ++i) {
        const fs::path copy = folder / ("backup." + std::to_string(i));
        SqliteJournal journal{copy};
        const std::uint64_t last = journal.last();
        CHECK(last >= before[i]);
        CHECK(last <= after[i] + 1);
        CHECK((texts_of(journal) == Texts(texts.begin(), texts.begin() + static_cast<long>(last))));
        CHECK(Books{copy}.postings(7, {}, 1000000).size() == journal.applied());
        REQUIRE(append(journal, {"other"}, last, "", journal.applied()) == Append::durable);
    }
    SqliteJournal journal{file};
    CHECK((texts_of(journal) == texts));
}

TEST_CASE("a backup replaces no file, and of a damaged market there is none") {
    const TempFolder folder;
    const fs::path file = folder / "market.db";
    make_market(file, some_texts(100));
    put(folder / "there", "mine");
    CHECK_THROWS_AS(backup(file, folder / "there"), StoreError);
    CHECK(bytes_in(folder / "there") == "mine");
    CHECK_THROWS_AS(backup(file, folder / "no/backup"), StoreError);
    put(folder / "backup.new", "left by a crash");
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS_AS(backup(file, folder / "stopped", stop.get_token()), StoreError);
    CHECK(!fs::exists(folder / "stopped"));
    CHECK(!fs::exists(folder / "stopped.new"));
    backup(file, folder / "backup");
    CHECK(fs::status(folder / "backup").permissions() == fs::perms{0600});
    CHECK_FALSE(fs::exists(folder / "backup.new"));

    run_sql(file, "UPDATE journal SET text = 'x' WHERE number = 50");
    CHECK(has(damage_in([&] { backup(file, folder / "second"); }), "record 50 "));
    CHECK_FALSE(fs::exists(folder / "second"));
    CHECK_FALSE(fs::exists(folder / "second.new"));
    CHECK(damage_in([&] { backup(folder / "none", folder / "third"); }) != "");
}
