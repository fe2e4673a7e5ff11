// What the journal keeps, and what it rejects when nothing is damaged.
#include "store_support.hpp"

#include <doctest/doctest.h>

using namespace store_test;

namespace {

struct OneJournal {
    TempFolder folder{};
    fs::path file = folder / "market.db";
    OneJournal() { SqliteJournal::create(file); }
};

}  // namespace

TEST_CASE_FIXTURE(OneJournal, "a new journal has no records") {
    SqliteJournal journal{file};
    CHECK(journal.last() == 0);
    CHECK(journal.applied() == 0);
    CHECK(texts_of(journal).empty());
}

TEST_CASE_FIXTURE(OneJournal, "records are read as they were appended, after opening again too") {
    Texts texts = some_texts(500);
    texts.insert(texts.begin() + 7, {"", std::string("a\0b", 3), "\xff\xfe",
                                     std::string(70000, 'y'), "line\nline", "ü€😀"});
    {
        SqliteJournal journal{file};
        for (std::uint64_t i = 0; i < texts.size(); ++i) {
            REQUIRE(append(journal, {texts[i]}, i) == Append::durable);
            REQUIRE(journal.last() == i + 1);
        }
        CHECK(texts_of(journal) == texts);
    }
    SqliteJournal journal{file};
    CHECK(journal.last() == texts.size());
    CHECK(texts_of(journal) == texts);
    for (const int after : {1, 8, 505, 506}) {
        CHECK(texts_of(journal, static_cast<std::uint64_t>(after)) ==
              Texts(texts.begin() + after, texts.end()));
    }
}

TEST_CASE_FIXTURE(OneJournal, "reading after a record that does not exist is damage") {
    SqliteJournal journal{file};
    REQUIRE(append(journal, {"a", "b"}, 0) == Append::durable);
    CHECK(has(damage_in([&] { texts_of(journal, 3); }), "record 3 is missing"));
}

TEST_CASE_FIXTURE(OneJournal, "what a reader of records throws is passed on") {
    SqliteJournal journal{file};
    REQUIRE(append(journal, {"a", "b"}, 0) == Append::durable);
    const auto stop = [](std::uint64_t, std::string_view) { throw std::domain_error{"stop"}; };
    CHECK_THROWS_AS(journal.read(0, stop), std::domain_error);
    CHECK(append(journal, {"c"}, 2) == Append::durable);
    CHECK(texts_of(journal) == Texts{"a", "b", "c"});
}

TEST_CASE_FIXTURE(OneJournal, "a batch of none writes only the books") {
    SqliteJournal journal{file};
    REQUIRE(append(journal, {"a"}, 0) == Append::durable);
    REQUIRE(append(journal, {}, 1, "", 1, one_deposit(1)) == Append::durable);
    CHECK(journal.last() == 1);
    CHECK(journal.applied() == 1);
}

TEST_CASE_FIXTURE(OneJournal, "a second writer fences the first one") {
    SqliteJournal first{file};
    REQUIRE(append(first, {"a"}, 0) == Append::durable);
    REQUIRE(run_child([&] {
                SqliteJournal second{file};
                return append(second, {"b", "c"}, 1) == Append::durable ? 0 : 1;
            }) == 0);
    CHECK(append(first, {"x"}, 1) == Append::fenced);
    CHECK(append(first, {"x"}, 1) == Append::fenced);
    CHECK(texts_of(first) == Texts{"a", "b", "c"});

    SqliteJournal third{file};
    REQUIRE(append(third, {"d"}, 3) == Append::durable);
    CHECK(append(first, {"x"}, 3) == Append::fenced);
    CHECK(append(first, {"x"}, 9) == Append::fenced);
    CHECK(texts_of(first) == Texts{"a", "b", "c", "d"});
}

TEST_CASE_FIXTURE(OneJournal, "the same batch again is durable, and is there once") {
    SqliteJournal journal{file};
    REQUIRE(append(journal, {"a"}, 0, "first") == Append::durable);
    REQUIRE(append(journal, {"b", "c"}, 1, "second", 1, one_deposit(1)) == Append::durable);
    CHECK(append(journal, {"b", "c"}, 1, "second", 1, one_deposit(1)) == Append::durable);
    CHECK(texts_of(journal) == Texts{"a", "b", "c"});
    CHECK(append(journal, {"b", "c"}, 1, "other", 1) == Append::fenced);
    CHECK(append(journal, {"b"}, 1, "second", 1) == Append::fenced);
    CHECK(append(journal, {"a"}, 0, "first") == Append::fenced);
    SqliteJournal again{file};
    CHECK(append(again, {"b", "c"}, 1, "second", 1) == Append::durable);
    CHECK(texts_of(again) == Texts{"a", "b", "c"});
}

TEST_CASE_FIXTURE(OneJournal, "a batch without an id is never taken for another one") {
    SqliteJournal journal{file};
    REQUIRE(append(journal, {"a"}, 0) == Append::durable);
    CHECK(append(journal, {"a"}, 0) == Append::fenced);
}

TEST_CASE_FIXTURE(OneJournal, "an append gives up while another process writes") {
    SqliteJournal journal{file};
    REQUIRE(append(journal, {"a"}, 0) == Append::durable);
    sqlite3* other = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &other) == SQLITE_OK);
    REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
    CHECK(append(journal, {"b"}, 1) == Append::unavailable);
    CHECK(has(journal.trouble(), file.string()));
    CHECK(has(journal.trouble(), "locked"));
    sqlite3_close(other);
    CHECK(append(journal, {"b"}, 1) == Append::durable);
    CHECK(journal.trouble().empty());
    CHECK(texts_of(journal) == Texts{"a", "b"});
}

TEST_CASE_FIXTURE(OneJournal, "a batch that breaks the rules of the books changes nothing") {
    SqliteJournal journal{file};
    REQUIRE(append(journal, {"a", "b"}, 0) == Append::durable);
    REQUIRE(append(journal, {"c"}, 2, "", 1, one_deposit(1)) == Append::durable);
    struct Row {
        std::uint64_t applied;
        std::vector<Posting> postings;
    };
    std::vector<Posting> twice = one_deposit(2);
    twice.push_back(twice.front());
    for (const Row& row :
         {Row{4, {}}, Row{0, {}}, Row{2, one_deposit(1)}, Row{2, one_deposit(3)}, Row{3, twice}}) {
        CAPTURE(row.applied);
        CHECK_THROWS_AS(static_cast<void>(append(journal, {"x"}, 3, "", row.applied, row.postings)),
                        std::logic_error);
    }
    CHECK(append(journal, {"d"}, 3, "", 3, one_deposit(2)) == Append::durable);
    CHECK(texts_of(journal) == Texts{"a", "b", "c", "d"});
    CHECK(journal.applied() == 3);
}
