// A server that is killed while it appends loses nothing that it acknowledged.
#include "store_support.hpp"

#include <chrono>
#include <random>
#include <thread>

#include <doctest/doctest.h>

#include "../../../examples/market_server/store/books.hpp"
#include "../../../examples/market_server/store/data_folder.hpp"

using namespace store_test;

namespace {

std::string text_of(std::uint64_t number) {
    return std::to_string(number) + std::string(number * 31 % 400, 'k');
}

/// Appends forever, as the writer does: the postings of a batch come with the next batch. Writes
/// each acknowledged number to the pipe.
int append_forever(const fs::path& path, int pipe, unsigned seed) {
    DataFolder folder{path};
    SqliteJournal& journal = folder.journal();
    std::mt19937 random{seed};
    std::uint64_t last = journal.last();
    while (true) {
        std::vector<Posting> postings;
        for (std::uint64_t i = journal.applied() + 1; i <= last; ++i) {
            postings.push_back(one_deposit(i, static_cast<Units>(i)).front());
        }
        Texts texts;
        const std::uint64_t count = 1 + random() % 60;
        for (std::uint64_t i = 1; i <= count; ++i) texts.push_back(text_of(last + i));
        if (append(journal, texts, last, std::to_string(last), last, postings) != Append::durable) {
            return 1;
        }
        last += count;
        if (::write(pipe, &last, sizeof last) != sizeof last) return 2;
        const std::string state = text_of(last);
        if (random() % 8 == 0) folder.write_save(last, std::as_bytes(std::span{state}));
    }
}

/// Kills such a child some time after its first number; returns the last number.
std::uint64_t kill_while_appending(const fs::path& path, unsigned seed) {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = start_child([&] { return append_forever(path, ends[1], seed); });
    ::close(ends[1]);
    std::uint64_t acknowledged = 0;
    REQUIRE(::read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged);
    std::this_thread::sleep_for(std::chrono::microseconds{seed * 7919 % 60000});
    REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    std::uint64_t number = 0;
    while (::read(ends[0], &number, sizeof number) == sizeof number) acknowledged = number;
    ::close(ends[0]);
    return acknowledged;
}

}  // namespace

TEST_CASE("after kill -9 all acknowledged records are there, once, and so are their postings") {
    const TempFolder parent;
    const fs::path path = parent / "data";
    std::uint64_t before = 0;
    for (unsigned round = 1; round <= 40; ++round) {
        CAPTURE(round);
        const std::uint64_t acknowledged = kill_while_appending(path, round);
        REQUIRE(acknowledged > before);
        DataFolder folder{path};
        const std::uint64_t last = folder.journal().last();
        REQUIRE(last >= acknowledged);
        REQUIRE(last <= acknowledged + 60);
        before = last;
        const Texts texts = texts_of(folder.journal());
        REQUIRE(texts.size() == last);
        for (std::size_t i = 0; i < last; ++i) REQUIRE((texts[i] == text_of(i + 1)));

        const std::uint64_t applied = folder.journal().applied();
        REQUIRE(applied <= last);
        REQUIRE(applied + 60 >= last);
        const auto postings = Books{folder.database()}.postings(7, {}, last + 1);
        REQUIRE(postings.size() == applied);
        for (std::size_t i = 0; i < applied; ++i) {
            const std::uint64_t number = i + 1;
            REQUIRE((postings[i] == one_deposit(number, static_cast<Units>(number)).front()));
        }
        const auto save = folder.newest_save();
        if (save) REQUIRE((save->bytes == text_of(save->number)));
    }
    const bool has_save = DataFolder{path}.newest_save().has_value();
    CHECK(has_save);
}
