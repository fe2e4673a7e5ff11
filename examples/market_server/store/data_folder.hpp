// The folder in which a market lives.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "file.hpp"
#include "saves.hpp"
#include "sqlite_journal.hpp"

namespace market_server {

/// Opens the folder of a market, or sets up a new one if the folder is empty or does not exist.
///
///   lock            locked as long as a server uses the folder; has the server's process id
///   market.db       journal and books, with -wal and -shm while a server runs
///   market.db-mark  how far the journal went (mark.hpp)
///   admin.token     64 hexadecimal digits, readable by the owner only
///   save.<n>        the newest two saves
///   *.new           drafts; only those with the names above are removed
///
/// Setting up ends with renaming `market.db`, then `admin.token`. If a crash comes before the
/// first, the folder is still new; between them, the market has no record, and the next start makes
/// the token. So a missing file is damage in all other cases.
class DataFolder {
public:
    /// Throws StoreError if the folder cannot be used or another server uses it, and DamagedStore
    /// if something is missing or damaged.
    explicit DataFolder(std::filesystem::path folder);

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Whether this start has created the market.
    [[nodiscard]] bool is_new() const { return is_new_; }
    [[nodiscard]] SqliteJournal& journal() { return *journal_; }
    /// For Books and backup.
    [[nodiscard]] std::filesystem::path database() const;
    /// A secret.
    [[nodiscard]] const std::string& admin_token() const { return admin_token_; }

    /// As Saves::write. May be called in another thread than the journal's, by one at a time.
    void write_save(std::uint64_t number, std::span<const std::byte> bytes) const;
    /// As Saves::newest, for this journal.
    [[nodiscard]] std::optional<Save> newest_save();

private:
    void create_folder() const;
    void lock();
    [[nodiscard]] bool has_market() const;
    void create_market() const;
    void read_or_create_token();
    void remove_drafts() const;

    std::filesystem::path path_;
    std::optional<File> lock_{};
    bool is_new_ = false;
    std::unique_ptr<SqliteJournal> journal_{};
    std::optional<Saves> saves_{};
    std::string admin_token_{};
};

}  // namespace market_server
