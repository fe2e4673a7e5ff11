#include "schema.hpp"

#include <cstring>

#include <fcntl.h>

#include "errors.hpp"
#include "file.hpp"

namespace market_server {
namespace {

constexpr std::int64_t application_id = 0x67736d6b;  // "gsmk"
constexpr std::int64_t version = 1;

// The indexes begin with the block of the record (posting_block_bits). If they began with the
// account, each posting of a batch would change another page, and the log takes whole pages.
constexpr const char* tables = R"(
    PRAGMA synchronous = FULL;
    BEGIN;
    PRAGMA application_id = 0x67736d6b;
    PRAGMA user_version = 1;
    CREATE TABLE meta(key TEXT PRIMARY KEY, value, hash INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE journal(number INTEGER PRIMARY KEY, text TEXT NOT NULL, chain BLOB NOT NULL);
    CREATE TABLE postings(
        record INTEGER NOT NULL, number INTEGER NOT NULL, kind INTEGER NOT NULL,
        from_account INTEGER NOT NULL, from_part INTEGER NOT NULL,
        to_account INTEGER NOT NULL, to_part INTEGER NOT NULL,
        currency TEXT NOT NULL, amount INTEGER NOT NULL, order_id INTEGER NOT NULL,
        reference TEXT NOT NULL, hash INTEGER NOT NULL,
        PRIMARY KEY(record, number)) WITHOUT ROWID;
    CREATE INDEX postings_from ON postings(record >> 10, from_account);
    CREATE INDEX postings_to ON postings(record >> 10, to_account)
        WHERE to_account <> from_account;
)";

[[noreturn]] void damaged(const Database& database, const std::string& what) {
    throw DamagedStore{database.path().string() + ": " + what + ". " + restore_advice};
}

Hash chain_in(const Rows& rows, int column, const Database& database, const std::string& what) {
    const std::string_view bytes = rows.bytes(column);
    Hash chain{};
    if (bytes.size() != chain.size()) damaged(database, what + " has no chain");
    std::memcpy(chain.data(), bytes.data(), chain.size());
    return chain;
}

}  // namespace

void create_market_file(const std::filesystem::path& path) {
    { const File file{path, O_WRONLY | O_CREAT | O_EXCL}; }  // so that only the owner may read it
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> owner{handle, sqlite3_close};
    const auto check = [&](int result) {
        if (result == SQLITE_OK || result == SQLITE_DONE) return;
        throw StoreError{"cannot create " + path.string() + ": " +
                         (handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(result))};
    };
    check(code);
    check(sqlite3_exec(handle, tables, nullptr, nullptr, nullptr));
    const Hash id = random_id();
    sqlite3_stmt* insert = nullptr;
    check(sqlite3_prepare_v2(handle,
                             "INSERT INTO meta VALUES ('id', ?1, 0), ('applied', '0', ?2), "
                             "('batch', '', ?3)",
                             -1, &insert, nullptr));
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> guard{insert, sqlite3_finalize};
    check(sqlite3_bind_blob(insert, 1, id.data(), static_cast<int>(id.size()), nullptr));
    check(sqlite3_bind_int64(insert, 2, meta_hash(id, "applied", "0")));
    check(sqlite3_bind_int64(insert, 3, meta_hash(id, "batch", "")));
    check(sqlite3_step(insert));
    check(sqlite3_reset(insert));
    check(sqlite3_exec(handle, "COMMIT", nullptr, nullptr, nullptr));
}

void need_market_file(Database& database) {
    if (database.number("PRAGMA application_id") != application_id) {
        damaged(database, "is an SQLite database, but not of a market");
    }
    const std::int64_t found = database.number("PRAGMA user_version");
    if (found != version) {
        throw DamagedStore{database.path().string() + " has version " + std::to_string(found) +
                           ", but this server reads version " + std::to_string(version) +
                           ". Start the server that wrote it"};
    }
}

Hash read_market_id(Database& database) {
    Statement select{database, "SELECT value FROM meta WHERE key = 'id'"};
    Rows rows = select.start();
    if (!rows.next()) damaged(database, "the market's id is missing");
    return chain_in(rows, 0, database, "the market");
}

std::string read_meta(Database& database, const Hash& market, std::string_view key) {
    Statement select{database, "SELECT value, hash FROM meta WHERE key = ?1"};
    Rows rows = select.start(key);
    const std::string name{key};
    if (!rows.next()) damaged(database, "meta." + name + " is missing");
    std::string value{rows.bytes(0)};
    if (rows.number(1) != meta_hash(market, key, value)) {
        damaged(database, "meta." + name + " differs from what was written");
    }
    return value;
}

std::int64_t meta_hash(const Hash& market, std::string_view key, std::string_view value) {
    return row_hash(market, std::string{key} + '=' + std::string{value});
}

void read_journal(Database& database, const Hash& market, std::uint64_t after,
                  const std::function<void(std::uint64_t, std::string_view)>& take) {
    Statement select{database,
                     "SELECT number, text, chain FROM journal WHERE number >= ?1 ORDER BY number"};
    Rows rows = select.start(after);
    Hash before = market;
    std::uint64_t expected = after;
    if (after == 0) ++expected;
    for (; rows.next(); ++expected) {
        const auto number = static_cast<std::uint64_t>(rows.number(0));
        const std::string what = "record " + std::to_string(expected);
        if (number != expected) damaged(database, what + " is missing");
        const Hash chain = chain_in(rows, 2, database, what);
        if (number != after) {
            const std::string_view text = rows.bytes(1);
            if (next_chain(before, number, text) != chain) {
                damaged(database, what + " or the one before differs from what was written");
            }
            take(number, text);
        }
        before = chain;
    }
    if (after != 0 && expected == after) {
        damaged(database, "record " + std::to_string(after) + " is missing");
    }
}

std::string read_record(Database& database, const Hash& market, std::uint64_t number) {
    Statement select{database, "SELECT number, text, chain FROM journal "
                               "WHERE number BETWEEN ?1 - 1 AND ?1 ORDER BY number"};
    Rows rows = select.start(number);
    const std::string what = "record " + std::to_string(number);
    Hash before = market;
    while (rows.next()) {
        const Hash chain = chain_in(rows, 2, database, what);
        if (static_cast<std::uint64_t>(rows.number(0)) == number) {
            std::string text{rows.bytes(1)};
            if (next_chain(before, number, text) == chain) return text;
            damaged(database, what + " or the one before differs from what was written");
        }
        before = chain;
    }
    damaged(database, what + " is missing");
}

std::int64_t posting_hash(const Hash& market, const Posting& posting) {
    std::string row;
    for (const std::uint64_t number :
         {posting.record, std::uint64_t{posting.number}, static_cast<std::uint64_t>(posting.kind),
          posting.from.account, static_cast<std::uint64_t>(posting.from.part), posting.to.account,
          static_cast<std::uint64_t>(posting.to.part), static_cast<std::uint64_t>(posting.amount),
          posting.order, std::uint64_t{posting.currency.size()}}) {
        append_number(row, number);
    }
    return row_hash(market, row + posting.currency + posting.reference);
}

Posting posting_of(const Rows& rows, const Database& database, const Hash& market) {
    const auto unsigned_at = [&](int column) {
        return static_cast<std::uint64_t>(rows.number(column));
    };
    Posting posting{
        .record = unsigned_at(0),
        .number = static_cast<std::uint32_t>(rows.number(1)),
        .kind = static_cast<PostingKind>(rows.number(2)),
        .from = {unsigned_at(3), static_cast<Part>(rows.number(4))},
        .to = {unsigned_at(5), static_cast<Part>(rows.number(6))},
        .currency = std::string{rows.bytes(7)},
        .amount = rows.number(8),
        .order = unsigned_at(9),
        .reference = std::string{rows.bytes(10)},
    };
    if (posting_hash(market, posting) != rows.number(11)) {
        damaged(database, "posting " + std::to_string(posting.number) + " of record " +
                              std::to_string(posting.record) + " differs from what was written");
    }
    return posting;
}

}  // namespace market_server
