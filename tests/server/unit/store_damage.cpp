// A damaged market is either read exactly as it was written, or rejected. Nothing in between.
#include "store_support.hpp"

#include <random>

#include <doctest/doctest.h>

using namespace store_test;

namespace {

constexpr unsigned seed = 20240229;

/// Copies of one closed market with 300 records, and with postings.
struct Original {
    TempFolder folder{quick_parent()};
    fs::path file = folder / "market.db";
    fs::path mark = folder / "market.db-mark";
    Texts texts = some_texts(300);

    Original() {
        make_market(file, texts);
        SqliteJournal journal{file};
        std::vector<Posting> postings;
        for (std::uint64_t i = 1; i <= 300; ++i) postings.push_back(one_deposit(i).front());
        if (append(journal, {"last"}, 300, "", 300, postings) != Append::durable) {
            throw std::runtime_error{journal.trouble()};
        }
        texts.emplace_back("last");
    }

    /// What the market says after `change`: its records, or nothing and the error's text.
    Texts read_after(const std::function<void(const fs::path&)>& change, std::string& error) const {
        const TempFolder copy{quick_parent()};
        for (const auto& entry : fs::directory_iterator{folder.path()}) {
            fs::copy(entry.path(), copy / entry.path().filename().string());
        }
        error.clear();
        change(copy / "market.db");
        try {
            SqliteJournal journal{copy / "market.db"};
            return texts_of(journal);
        } catch (const StoreError& thrown) {
            error = thrown.what();
            return {};
        }
    }
};

void flip(const fs::path& path, std::size_t place, unsigned char mask) {
    std::string bytes = bytes_in(path);
    bytes.at(place) = static_cast<char>(static_cast<unsigned char>(bytes.at(place)) ^ mask);
    put(path, bytes);
}

void remove_mark(fs::path file) { fs::remove(file += "-mark"); }

}  // namespace

TEST_CASE("each kind of tampering with the tables is found") {
    const Original original;
    struct Row {
        const char* sql;
        const char* error;
        bool without_mark = true;
    };
    const Row rows[] = {
        {"UPDATE journal SET text = replace(text, 'x', 'y') WHERE number = 20", "record 20 "},
        {"UPDATE journal SET text = text || ' ' WHERE number = 301", "record 301 "},
        {"UPDATE journal SET text = CAST(x'00' || text AS BLOB) WHERE number = 1", "record 1 "},
        {"UPDATE journal SET chain = zeroblob(16) WHERE number = 20", "record 20 "},
        {"UPDATE journal SET chain = zeroblob(15) WHERE number = 20", "record 20 has no chain"},
        {"UPDATE journal SET chain = zeroblob(1) WHERE number = 301", "record 301 has no chain"},
        {"DELETE FROM journal WHERE number = 1", "record 1 is missing"},
        {"DELETE FROM journal WHERE number = 20", "record 20 is missing"},
        {"DELETE FROM journal WHERE number = 300", "record 300 is missing"},
        {"DELETE FROM journal WHERE number = 301", "ends at record 300", false},
        {"DELETE FROM journal WHERE number > 20", "the books are ahead"},
        {"DELETE FROM journal", "the books are ahead"},
        {"DELETE FROM journal WHERE number = 20; UPDATE journal SET number = 20 WHERE number = 21; "
         "UPDATE journal SET number = 21 WHERE number = 22",
         "record 20 "},
        {"UPDATE journal SET number = -1 WHERE number = 20; UPDATE journal SET number = 20 WHERE "
         "number = 21; UPDATE journal SET number = 21 WHERE number = -1",
         "record 20 "},
        {"UPDATE journal SET number = 303 WHERE number = 301", "record 302 is missing"},
        {"INSERT INTO journal VALUES (302, 'more', zeroblob(16))", "record 302 "},
        {"INSERT INTO journal SELECT 302, text, chain FROM journal WHERE number = 301",
         "record 302 "},
        {"UPDATE meta SET value = randomblob(16) WHERE key = 'id'", "meta.applied differs"},
        {"UPDATE meta SET value = '299' WHERE key = 'applied'", "meta.applied differs"},
        {"DELETE FROM meta WHERE key = 'applied'", "meta.applied is missing"},
        {"DELETE FROM meta", "id is missing"},
        {"DROP TABLE journal", "no such table: journal"},
        {"DROP TABLE postings", "no such table: postings"},
        {"DROP TABLE meta", "no such table: meta"},
        {"ALTER TABLE journal RENAME COLUMN chain TO link", "no such column: chain"},
        {"PRAGMA user_version = 2", "has version 2, but this server reads version 1"},
        {"PRAGMA application_id = 1", "is an SQLite database, but not of a market"},
    };
    for (const Row& row : rows) {
        for (const bool has_mark : {true, false}) {
            CAPTURE(row.sql);
            CAPTURE(has_mark);
            std::string error;
            const Texts texts = original.read_after(
                [&](const fs::path& file) {
                    run_sql(file, row.sql);
                    if (!has_mark) remove_mark(file);
                },
                error);
            if (!has_mark && !row.without_mark) continue;
            CHECK(texts.empty());
            CHECK(has(error, row.error));
            CHECK(has(error, "/market.db"));
            CHECK((has(error, "Nothing was deleted") || has(error, "Start the server")));
        }
    }
}

TEST_CASE("a file that is missing, empty or something else is rejected, and remains as it is") {
    const Original original;
    struct Row {
        std::function<void(const fs::path&)> change;
        std::string error;
    };
    const std::string page(4096, 'q');
    const Row rows[] = {
        {[](const fs::path& file) { fs::remove(file); }, "is missing"},
        {[](const fs::path& file) { put(file, ""); }, "is empty"},
        {[](const fs::path& file) { put(file, "S"); }, "is cut"},
        {[&](const fs::path& file) { put(file, page); }, "not a database"},
        {[&](const fs::path& file) { put(file, std::string(4096, '\0')); }, "not a database"},
        {[](const fs::path& file) { put(file, bytes_in(file).substr(0, 5000)); }, "malformed"},
        {[](const fs::path& file) { fs::resize_file(file, fs::file_size(file) - 1); },
         "bytes instead of"},
        {[](const fs::path& file) { fs::remove(file), fs::create_directory(file); }, "not a file"},
        {[](const fs::path& file) { fs::remove(file), run_sql(file, "CREATE TABLE t(a)"); },
         "not of a market"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.error);
        std::string error;
        std::string left;
        std::string after;
        const Texts texts = original.read_after(
            [&](const fs::path& file) {
                row.change(file);
                left = fs::is_regular_file(file) ? bytes_in(file) : "none";
            },
            error);
        CAPTURE(error);
        CHECK(texts.empty());
        CHECK(has(error, row.error));
        CHECK(has(error, "/market.db"));
        CHECK(damage_in([&] {
                  const TempFolder copy;
                  const fs::path file = copy / "market.db";
                  fs::copy(original.file, file);
                  row.change(file);
                  try {
                      const SqliteJournal journal{file};
                  } catch (const DamagedStore&) {
                      after = fs::is_regular_file(file) ? bytes_in(file) : "none";
                      throw;
                  }
              }) != "");
        const bool is_new_database = has(row.error, "not of a market");  // its pages may differ
        CHECK((after == left || is_new_database));
    }
}

TEST_CASE("a file that was cut at any size is read exactly or rejected") {
    const Original original;
    const std::size_t size = fs::file_size(original.file);
    std::mt19937 random{seed};
    int rejected = 0;
    int tried = 0;
    for (std::size_t cut = 0; cut < size; cut += 1 + random() % 512) {
        for (const bool has_mark : {true, false}) {
            CAPTURE(cut);
            std::string error;
            const Texts texts = original.read_after(
                [&](const fs::path& file) {
                    fs::resize_file(file, cut);
                    if (!has_mark) remove_mark(file);
                },
                error);
            ++tried;
            if (!error.empty()) ++rejected;
            const bool is_right = error.empty() ? texts == original.texts : texts.empty();
            REQUIRE(is_right);
        }
    }
    CHECK(rejected == tried);
}

TEST_CASE("a file with flipped bits is read exactly or rejected") {
    const Original original;
    const std::size_t size = fs::file_size(original.file);
    std::mt19937 random{seed};
    int rejected = 0;
    constexpr int tries = 3000;
    for (int i = 0; i < tries; ++i) {
        // Every fourth place is in the first page, which has the header.
        const std::size_t place = i % 4 == 0 ? random() % 4096 : random() % size;
        const auto mask = static_cast<unsigned char>(1U + random() % 255U);
        CAPTURE(place);
        CAPTURE(static_cast<int>(mask));
        std::string error;
        const Texts texts = original.read_after(
            [&](const fs::path& file) {
                flip(file, place, mask);
                if (i % 2 == 0) remove_mark(file);
            },
            error);
        const bool is_right = error.empty() ? texts == original.texts : texts.empty();
        REQUIRE(is_right);
        if (!error.empty()) ++rejected;
    }
    CHECK(rejected > tries / 4);
}

TEST_CASE("a log of SQLite that was cut, changed or removed loses no record in silence") {
    const TempFolder folder{quick_parent()};
    const fs::path file = folder / "market.db";
    const Texts texts = some_texts(40);
    SqliteJournal::create(file);
    REQUIRE(run_child([&] {
                SqliteJournal journal{file};
                for (std::size_t i = 0; i < texts.size(); ++i) {
                    if (append(journal, {texts[i]}, i) != Append::durable) return 1;
                }
                ::_exit(0);  // as a crash: the log remains
            }) == 0);
    const fs::path log = folder / "market.db-wal";
    const std::size_t size = fs::file_size(log);
    REQUIRE(size > 40 * 4096);

    std::mt19937 random{seed};
    for (int i = 0; i < 600; ++i) {
        const TempFolder copy{quick_parent()};
        for (const char* name : {"market.db", "market.db-wal", "market.db-mark"}) {
            fs::copy(folder / name, copy / name);
        }
        const std::size_t place = random() % size;
        const bool has_mark = i % 2 == 0;
        CAPTURE(i);
        CAPTURE(place);
        if (i == 0) {
            fs::remove(copy / "market.db-wal");
        } else if (i % 3 == 0) {
            fs::resize_file(copy / "market.db-wal", place);
        } else {
            flip(copy / "market.db-wal", place, 1);
        }
        if (!has_mark) fs::remove(copy / "market.db-mark");
        Texts found;
        const std::string error = damage_in([&] {
            SqliteJournal journal{copy / "market.db"};
            found = texts_of(journal);
        });
        REQUIRE(found.size() <= texts.size());
        REQUIRE(found == Texts(texts.begin(), texts.begin() + static_cast<long>(found.size())));
        if (has_mark) REQUIRE((error.empty() ? found == texts : has(error, "market.db-mark says")));
    }
}

TEST_CASE("the mark is rejected if it is damaged, and may be moved away") {
    const Original original;
    const std::size_t size = fs::file_size(original.mark);
    for (std::size_t place = 0; place < size; ++place) {
        std::string error;
        const auto change = [&](const fs::path& file) {
            flip(file.parent_path() / "market.db-mark", place, 0x10);
        };
        CHECK(original.read_after(change, error).empty());
        CHECK(has(error, "market.db-mark is damaged"));
        CHECK(has(error, "move the file away"));
    }
    for (std::size_t cut = 1; cut < size; ++cut) {
        std::string error;
        const auto change = [&](const fs::path& file) {
            fs::resize_file(file.parent_path() / "market.db-mark", cut);
        };
        CHECK(original.read_after(change, error).empty());
        CHECK(has(error, "market.db-mark is damaged"));
    }
    std::string error;
    CHECK(original.read_after(remove_mark, error) == original.texts);
}

TEST_CASE("the mark of another market, or of another journal with as many records, is rejected") {
    const Original original;
    const TempFolder other;
    make_market(other / "market.db", Texts(301, "other"));
    std::string error;
    const auto change = [&](const fs::path& file) {
        fs::copy(other / "market.db-mark", file.parent_path() / "market.db-mark",
                 fs::copy_options::overwrite_existing);
    };
    CHECK(original.read_after(change, error).empty());
    CHECK(has(error, "record 301 differs from what"));
}
