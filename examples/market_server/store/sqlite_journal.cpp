#include "sqlite_journal.hpp"

#include <cstring>
#include <stdexcept>
#include <string>

#include "errors.hpp"
#include "schema.hpp"

namespace market_server {
namespace {

[[noreturn]] void reject_journal(const std::filesystem::path& file, const std::string& what) {
    throw DamagedStore{file.string() + ": " + what + ". " + restore_advice};
}

/// SQLite fills up a last page that is cut. While there is a log, the file may be shorter.
void need_whole_file(Database& database) {
    std::error_code error;
    const auto log = std::filesystem::file_size(database.path().string() + "-wal", error);
    if (!error && log != 0) return;
    const std::int64_t size =
        database.number("PRAGMA page_count") * database.number("PRAGMA page_size");
    const auto found = std::filesystem::file_size(database.path(), error);
    if (error) throw StoreError{database.path().string() + ": " + error.message()};
    if (found == static_cast<std::uintmax_t>(size)) return;
    reject_journal(database.path(),
                   "has " + std::to_string(found) + " bytes instead of " + std::to_string(size));
}

Database open_journal(const std::filesystem::path& file) {
    Database database{file};
    need_market_file(database);  // before anything is written
    need_whole_file(database);
    if (database.is_read_only()) {
        throw StoreError{file.string() + " is read-only. Give the server's user write access"};
    }
    const std::string mode = database.text("PRAGMA journal_mode = WAL");
    if (mode != "wal") {
        throw StoreError{file.string() + ": SQLite cannot use its log (journal_mode is " + mode +
                         "). Use a local disk"};
    }
    database.run("PRAGMA synchronous = FULL");
    return database;
}

std::filesystem::path mark_beside(std::filesystem::path file) { return file += "-mark"; }

}  // namespace

void SqliteJournal::create(const std::filesystem::path& file) { create_market_file(file); }

SqliteJournal::SqliteJournal(const std::filesystem::path& file)
    : database_{open_journal(file)}, market_{read_market_id(database_)}, mark_{mark_beside(file)},
      begin_{database_, "BEGIN IMMEDIATE"}, commit_{database_, "COMMIT"},
      select_tail_{database_, "SELECT number, chain FROM journal ORDER BY number DESC LIMIT 1"},
      insert_record_{database_, "INSERT INTO journal(number, text, chain) VALUES (?, ?, ?)"},
      insert_posting_{database_, "INSERT INTO postings(" + std::string{posting_columns} +
                                     ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
      update_meta_{database_, "UPDATE meta SET value = ?2, hash = ?3 WHERE key = ?1"} {
    check_tail();
    const Mark::Place last = tail();
    mark_.write(last);
    if (!mark_.found()) mark_.sync();
}

void SqliteJournal::check_tail() {
    const Mark::Place last = tail();
    if (applied() > last.number) reject_journal(file(), "the books are ahead of the journal");
    if (last.number != 0) read(last.number - 1, [](std::uint64_t, std::string_view) {});
    if (!mark_.found()) return;
    const Mark::Place& mark = *mark_.found();
    if (mark.number > last.number) {
        reject_journal(file(), "the journal ends at record " + std::to_string(last.number) +
                                   ", but " + mark_.path().string() + " says that record " +
                                   std::to_string(mark.number) + " was on the disk");
    }
    Hash chain = market_;
    if (mark.number != 0) {
        Statement select{database_, "SELECT chain FROM journal WHERE number = ?1"};
        Rows rows = select.start(mark.number);
        if (!rows.next() || rows.bytes(0).size() != chain.size()) {
            reject_journal(file(), "record " + std::to_string(mark.number) + " is missing");
        }
        std::memcpy(chain.data(), rows.bytes(0).data(), chain.size());
    }
    if (chain != mark.chain) {
        reject_journal(file(), "record " + std::to_string(mark.number) + " differs from what " +
                                   mark_.path().string() + " says");
    }
}

Mark::Place SqliteJournal::tail() {
    Rows rows = select_tail_.start();
    if (!rows.next()) return {0, market_};
    Mark::Place place{static_cast<std::uint64_t>(rows.number(0)), {}};
    if (rows.bytes(1).size() != place.chain.size()) {
        reject_journal(file(), "record " + std::to_string(place.number) + " has no chain");
    }
    std::memcpy(place.chain.data(), rows.bytes(1).data(), place.chain.size());
    return place;
}

std::uint64_t SqliteJournal::last() { return tail().number; }

std::uint64_t SqliteJournal::applied() {
    return std::stoull(read_meta(database_, market_, "applied"));
}

void SqliteJournal::read(std::uint64_t after,
                         const std::function<void(std::uint64_t, std::string_view)>& take) {
    read_journal(database_, market_, after, take);
}

Append SqliteJournal::append(const Batch& batch, std::uint64_t expected) {
    trouble_.clear();
    try {
        begin_.run();
        return append_in_transaction(batch, expected);
    } catch (const DamagedStore&) {
        database_.roll_back();
        throw;
    } catch (const StoreError& error) {
        database_.roll_back();
        trouble_ = error.what();
        return Append::unavailable;
    } catch (...) {
        database_.roll_back();
        throw;
    }
}

Append SqliteJournal::append_in_transaction(const Batch& batch, std::uint64_t expected) {
    Mark::Place place = tail();
    if (place.number != expected) {
        const bool was_appended = !batch.id.empty() &&
                                  place.number == expected + batch.records.size() &&
                                  read_meta(database_, market_, "batch") == batch.id;
        database_.roll_back();
        return was_appended ? Append::durable : Append::fenced;
    }
    check_books(batch, expected);
    for (const std::string_view record : batch.records) {
        place.chain = next_chain(place.chain, ++place.number, record);
        insert_record_.run(place.number, record, Blob{bytes_of(place.chain)});
    }
    write_books(batch);
    commit_.run();
    mark_.write(place);
    return Append::durable;
}

void SqliteJournal::check_books(const Batch& batch, std::uint64_t expected) {
    const std::uint64_t before = applied();
    if (batch.applied < before || batch.applied > expected) {
        throw std::logic_error{"postings up to record " + std::to_string(batch.applied) +
                               " cannot be appended after record " + std::to_string(expected) +
                               ": the books are at record " + std::to_string(before)};
    }
    for (const Posting& posting : batch.previous) {
        if (posting.record > before && posting.record <= batch.applied) continue;
        throw std::logic_error{"a posting of record " + std::to_string(posting.record) +
                               " is not one of the records after " + std::to_string(before) +
                               " up to " + std::to_string(batch.applied)};
    }
}

void SqliteJournal::write_books(const Batch& batch) {
    for (const Posting& posting : batch.previous) {
        insert_posting_.run(posting.record, std::uint64_t{posting.number},
                            static_cast<std::uint64_t>(posting.kind), posting.from.account,
                            static_cast<std::uint64_t>(posting.from.part), posting.to.account,
                            static_cast<std::uint64_t>(posting.to.part),
                            std::string_view{posting.currency}, posting.amount, posting.order,
                            std::string_view{posting.reference}, posting_hash(market_, posting));
    }
    write_meta("applied", std::to_string(batch.applied));
    write_meta("batch", batch.id);
}

void SqliteJournal::write_meta(std::string_view key, std::string_view value) {
    update_meta_.run(key, value, meta_hash(market_, key, value));
}

}  // namespace market_server
