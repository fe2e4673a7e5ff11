// Disks that are full, fail or lose power: a batch is durable, or nothing of it is there.
#include "store_support.hpp"
#include "store_vfs.hpp"

#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <doctest/doctest.h>

using namespace store_test;

namespace {

void copy_market(const fs::path& from, const fs::path& to) {
    for (const char* end : {"", "-mark"}) {
        fs::copy(from.string() + end, to.string() + end, fs::copy_options::overwrite_existing);
    }
}

/// Appends while the write number `at` fails, then again; false if the append makes fewer writes.
bool append_with_fault(const fs::path& file, const Texts& old, const Texts& added, long at) {
    Texts all = old;
    all.insert(all.end(), added.begin(), added.end());
    bool was_reached = false;
    {
        SqliteJournal journal{file};
        const auto postings = one_deposit(old.size());
        const auto try_to_append = [&] {
            return append(journal, added, old.size(), "id", old.size(), postings);
        };
        plan.writes = 0;
        plan.fail_write = at;
        const Append first = try_to_append();
        was_reached = plan.writes >= at;
        plan.fail_write = 0;
        if (first == Append::unavailable) {
            REQUIRE(was_reached);
            REQUIRE(has(journal.trouble(), file.string()));
            REQUIRE(journal.last() == old.size());
            REQUIRE(journal.applied() == 0);
            REQUIRE((texts_of(journal) == old));
        } else {
            REQUIRE(first == Append::durable);
        }
        REQUIRE(try_to_append() == Append::durable);
        REQUIRE((texts_of(journal) == all));
    }
    SqliteJournal journal{file};
    REQUIRE((texts_of(journal) == all));
    REQUIRE(journal.applied() == old.size());
    return was_reached;
}

/// The text of the record with this number.
std::string text_of(std::uint64_t number) {
    return std::to_string(number) + std::string(number * 37 % 9000, 'z');
}

}  // namespace

TEST_CASE("a batch costs one sync") {
    const TempFolder folder;
    SqliteJournal::create(folder / "market.db");
    const PlannedFiles files;
    SqliteJournal journal{folder / "market.db"};
    REQUIRE(append(journal, {"a"}, 0) == Append::durable);  // starts the log
    plan.other_syncs = 0;
    std::uint64_t last = 1;
    for (int batch = 1; batch <= 60; ++batch) {
        plan.log_syncs = 0;
        const Texts texts(static_cast<std::size_t>(batch % 17), "edit");
        const auto postings = texts.empty() ? std::vector<Posting>{} : one_deposit(last);
        const std::uint64_t applied = texts.empty() ? journal.applied() : last;
        REQUIRE(append(journal, texts, last, std::to_string(batch), applied, postings) ==
                Append::durable);
        last += texts.size();
        CHECK(plan.log_syncs == 1);
    }
    CHECK(plan.other_syncs == 0);
}

TEST_CASE("moving the log into the file costs three syncs for about 4 MB") {
    const TempFolder folder;
    SqliteJournal::create(folder / "market.db");
    const PlannedFiles files;
    SqliteJournal journal{folder / "market.db"};
    const int batches = 200;
    for (std::uint64_t i = 0; i < batches; ++i) {
        REQUIRE(append(journal, {std::string(100000, 'x')}, i) == Append::durable);
    }
    CHECK(plan.log_syncs + plan.other_syncs > batches);
    CHECK(plan.log_syncs + plan.other_syncs <= batches + 1 + 3 * (20 / 4 + 1));
}

TEST_CASE("whichever write or sync of a batch fails, it is appended whole, once, or not at all") {
    const TempFolder folder{quick_parent()};
    const Texts old = some_texts(6);
    make_market(folder / "old.db", old);
    const PlannedFiles files;
    for (const int error : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
        for (const bool is_lasting : {false, true}) {
            plan.write_error = error;
            plan.is_lasting = is_lasting;
            long at = 0;
            do {
                ++at;
                CAPTURE(at);
                copy_market(folder / "old.db", folder / "market.db");
            } while (append_with_fault(folder / "market.db", old, some_texts(40, 7), at));
            CHECK(at > 5);
        }
    }
}

TEST_CASE("the same holds for a batch that is larger than SQLite's memory and moves the log") {
    const TempFolder folder{quick_parent()};
    const Texts old = some_texts(6);
    make_market(folder / "old.db", old);
    const PlannedFiles files;
    const Texts added(60, std::string(100000, 'b'));
    for (const bool is_lasting : {false, true}) {
        plan.is_lasting = is_lasting;
        long at = 1;
        do {
            CAPTURE(at);
            copy_market(folder / "old.db", folder / "market.db");
            at += 211;
        } while (append_with_fault(folder / "market.db", old, added, at));
        CHECK(at > 3000);
    }
}

TEST_CASE("a read that fails is an error, never an empty or a shorter journal") {
    const TempFolder folder{quick_parent()};
    const fs::path file = folder / "market.db";
    const Texts texts = some_texts(200);
    make_market(file, texts);
    const PlannedFiles files;
    int errors = 0;
    long at = 0;
    bool was_reached = true;
    while (was_reached) {
        ++at;
        CAPTURE(at);
        plan.reads = 0;
        plan.fail_read = at;
        try {
            SqliteJournal journal{file};
            const std::uint64_t last = journal.last();
            const Texts found = texts_of(journal);
            REQUIRE(last == texts.size());
            REQUIRE((found == texts));
        } catch (const DamagedStore& error) {
            FAIL(error.what());
        } catch (const StoreError& error) {
            REQUIRE(has(error.what(), file.string()));
            ++errors;
        }
        was_reached = plan.reads >= at;
        plan.fail_read = 0;
    }
    CHECK(errors > 10);
    CHECK((texts_of(*std::make_unique<SqliteJournal>(file)) == texts));
}

TEST_CASE("nothing remains of a batch whose sync failed if another one follows") {
    const TempFolder folder;
    const fs::path file = folder / "market.db";
    make_market(file, {"a"});
    const PlannedFiles files;
    SqliteJournal journal{file};
    REQUIRE(append(journal, {"b"}, 1) == Append::durable);
    for (std::uint64_t last = 2; last < 22; ++last) {
        plan.fail_sync = true;
        REQUIRE(append(journal, some_texts(60), last) == Append::unavailable);
        plan.fail_sync = false;
        REQUIRE(append(journal, {text_of(last + 1)}, last) == Append::durable);

        const TempFolder crashed;
        for (const char* end : {"", "-wal", "-mark"}) {
            fs::copy(file.string() + end, crashed / ("market.db" + std::string{end}));
        }
        SqliteJournal recovered{crashed / "market.db"};
        const Texts texts = texts_of(recovered);
        REQUIRE(texts.size() == last + 1);
        for (std::size_t i = 2; i < texts.size(); ++i) REQUIRE((texts[i] == text_of(i + 1)));
    }
}

TEST_CASE("an append that cannot read is unavailable, and the next one works") {
    const TempFolder folder;
    const fs::path file = folder / "market.db";
    make_market(file, {"a"});
    const PlannedFiles files;
    SqliteJournal journal{file};
    SqliteJournal other{file};
    for (std::uint64_t last = 1; last < 20; last += 2) {
        REQUIRE(append(other, {"b"}, last) == Append::durable);  // so the journal reads again
        plan.reads = 0;
        plan.fail_read = 1 + static_cast<long>(last / 4);
        const Append result = append(journal, {"c"}, last + 1);
        CHECK(result == (plan.reads >= plan.fail_read ? Append::unavailable : Append::durable));
        plan.fail_read = 0;
        if (result == Append::unavailable) {
            CHECK(append(journal, {"c"}, last + 1) == Append::durable);
        }
    }
    CHECK(texts_of(journal).size() == 21);
}

TEST_CASE("a full disk makes appends unavailable until there is space again") {
    const TempFolder folder;
    const fs::path file = folder / "market.db";
    make_market(file, {"a"});
    const int result = run_child([&] {
        SqliteJournal journal{file};
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit limit{};
        ::getrlimit(RLIMIT_FSIZE, &limit);
        const rlimit whole = limit;
        limit.rlim_cur = 200000;
        ::setrlimit(RLIMIT_FSIZE, &limit);
        std::uint64_t last = 1;
        while (append(journal, {text_of(last + 1)}, last) == Append::durable) ++last;
        if (last < 3 || last > 100) return 1;
        for (int i = 0; i < 20; ++i) {
            if (append(journal, {text_of(last + 1)}, last) != Append::unavailable) return 2;
            if (!has(journal.trouble(), "File too large")) return 3;
            if (journal.last() != last || texts_of(journal).size() != last) return 4;
        }
        ::setrlimit(RLIMIT_FSIZE, &whole);
        for (int i = 0; i < 20; ++i, ++last) {
            if (append(journal, {text_of(last + 1)}, last) != Append::durable) return 5;
        }
        return 0;
    });
    CHECK(result == 0);
    SqliteJournal journal{file};
    const Texts texts = texts_of(journal);
    CHECK(texts.size() > 20);
    for (std::size_t i = 1; i < texts.size(); ++i) CHECK((texts[i] == text_of(i + 1)));
}

TEST_CASE("files that may not be written are rejected, and are not called damaged") {
    const TempFolder folder;
    const fs::path file = folder / "market.db";
    make_market(file, {"a"});
    const std::string before = bytes_in(file);
    REQUIRE(::chmod(file.c_str(), 0444) == 0);
    REQUIRE(::chmod((file.string() + "-mark").c_str(), 0444) == 0);
    REQUIRE(::chmod(folder.path().c_str(), 0555) == 0);
    const int result = run_child([&] {
        if (::geteuid() == 0 &&
            (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0)) {
            return 1;
        }
        try {
            const SqliteJournal journal{file};
        } catch (const DamagedStore&) {
            return 2;
        } catch (const StoreError& error) {
            return has(error.what(), file.string()) ? 0 : 3;
        }
        return 4;
    });
    CHECK(result == 0);
    CHECK(bytes_in(file) == before);
    CHECK(::chmod(folder.path().c_str(), 0755) == 0);
}

TEST_CASE("a loss of power keeps all records that were acknowledged") {
    const TempFolder folder{quick_parent()};
    std::mt19937 random{11};
    const PlannedFiles files;
    plan.has_disk = true;
    SqliteJournal::create(folder / "market.db");
    SqliteJournal journal{folder / "market.db"};
    std::uint64_t last = 0;
    int losses = 0;
    for (int batch = 0; batch < 500; ++batch) {
        Texts texts;
        const std::uint64_t count = 1 + random() % 4;
        for (std::uint64_t i = 1; i <= count; ++i) texts.push_back(text_of(last + i));
        plan.lost.reset();
        plan.lose_power = plan.writes + 1 + static_cast<long>(random() % 25);
        REQUIRE(append(journal, texts, last) == Append::durable);
        // Without a loss during the batch, the power fails after it.
        const bool is_during = plan.lost.has_value();
        const Disk disk = is_during ? std::move(*plan.lost) : plan.disk;
        const std::uint64_t kept = is_during ? last : last + count;
        last += count;
        const TempFolder lost{quick_parent()};
        for (const auto& [name, content] : disk) {
            put(lost / fs::path{name}.filename().string(), content.after_power_loss(random));
        }
        plan.has_disk = false;
        {
            SqliteJournal recovered{lost / "market.db"};
            const std::uint64_t found = recovered.last();
            REQUIRE((found == kept || found == last));
            if (batch % 10 == 0) {
                const Texts all = texts_of(recovered);
                for (std::size_t i = 0; i < all.size(); ++i) REQUIRE((all[i] == text_of(i + 1)));
            }
        }
        plan.has_disk = true;
        if (is_during) ++losses;
    }
    CHECK(losses > 100);
    CHECK(losses < 400);
    plan.has_disk = false;
}
