// The journal in one file of SQLite.
#pragma once

#include <filesystem>
#include <string>

#include "journal.hpp"
#include "mark.hpp"
#include "sqlite.hpp"

namespace market_server {

/// Keeps records and postings in `market.db`. A batch is one transaction with one sync; about every
/// 4 MB there are three more, when SQLite moves its log into the file.
///
/// Each record has a chain (hash.hpp), so that a changed, missing or reordered record is found when
/// it is read. Opening checks the last record and, with a Mark, that no record at the end is lost.
/// It does not read the whole file: `read(0, ...)` does.
class SqliteJournal final : public Journal {
public:
    /// Creates the file of an empty market: the journal has no record yet. It is complete and on
    /// the disk when this returns, but its name may not be.
    static void create(const std::filesystem::path& file);

    /// Opens an existing file. Throws DamagedStore if it is missing, empty, cut, damaged, of
    /// another version or not a market, and StoreError if it cannot be read or written.
    explicit SqliteJournal(const std::filesystem::path& file);
    SqliteJournal(const SqliteJournal&) = delete;  // the statements refer to the database
    SqliteJournal& operator=(const SqliteJournal&) = delete;

    /// `unavailable` if the disk is full or read-only, fails, or if another process holds the lock
    /// of the file. If the process then ends without another append, the batch may be there at the
    /// next start after all, since a sync that failed may have written it.
    ///
    /// The same batch again, with an id, is `durable` if it was appended before, and is not
    /// appended twice. Throws std::logic_error if the caller breaks a rule: `applied` is past
    /// `expected` or goes back, or a posting is past `applied` or exists.
    [[nodiscard]] Append append(const Batch& batch, std::uint64_t expected) override;
    [[nodiscard]] std::uint64_t last() override;
    [[nodiscard]] const std::string& trouble() const override { return trouble_; }
    void read(std::uint64_t after,
              const std::function<void(std::uint64_t, std::string_view)>& take) override;

    /// All postings up to this record are in the books.
    [[nodiscard]] std::uint64_t applied();
    /// A random number that tells this market from others.
    [[nodiscard]] const Hash& market() const { return market_; }
    [[nodiscard]] const std::filesystem::path& file() const { return database_.path(); }

private:
    Append append_in_transaction(const Batch& batch, std::uint64_t expected);
    void check_books(const Batch& batch, std::uint64_t expected);
    void write_books(const Batch& batch);
    void write_meta(std::string_view key, std::string_view value);
    [[nodiscard]] Mark::Place tail();
    void check_tail();

    Database database_;
    Hash market_{};
    Mark mark_;
    Statement begin_;
    Statement commit_;
    Statement select_tail_;
    Statement insert_record_;
    Statement insert_posting_;
    Statement update_meta_;
    std::string trouble_{};
};

}  // namespace market_server
