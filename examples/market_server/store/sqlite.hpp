// SQLite as the store uses it: a connection, prepared statements, and errors as exceptions.
//
// A damaged file throws DamagedStore, a row that exists twice std::logic_error, and everything else
// (a full disk, an I/O error, a lock, a file that cannot be opened) StoreError.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "hash.hpp"

namespace market_server {

/// A connection to an existing file. Used by one thread at a time.
class Database {
public:
    explicit Database(std::filesystem::path path);

    /// Runs statements that give no rows.
    void run(const char* statements) const;
    /// The first column of the first row.
    [[nodiscard]] std::int64_t number(const char* query);
    [[nodiscard]] std::string text(const char* query);
    /// Ends an open transaction and keeps nothing of it.
    void roll_back() const noexcept;

    [[nodiscard]] bool is_read_only() const;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] sqlite3* handle() const { return handle_.get(); }
    /// Throws the exception for a result code that is not a success.
    [[noreturn]] void fail(int code) const;

private:
    struct Close {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    };
    std::filesystem::path path_;
    std::unique_ptr<sqlite3, Close> handle_{};
};

/// The rows of a statement that runs. Ends the statement when it is destroyed.
class Rows {
public:
    Rows(const Database& database, sqlite3_stmt* statement)
        : database_{&database}, statement_{statement} {}
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    ~Rows();

    /// Moves to the next row; false if there is none.
    bool next();
    [[nodiscard]] std::int64_t number(int column) const;
    /// A text or a blob, valid until the next row.
    [[nodiscard]] std::string_view bytes(int column) const;

private:
    const Database* database_;
    sqlite3_stmt* statement_;
};

/// Bytes that are stored as a blob, not as a text.
struct Blob {
    std::string_view bytes{};
};

/// A prepared statement. The database must outlive it.
class Statement {
public:
    Statement(Database& database, std::string_view text);

    /// Starts with the values of its parameters. Texts must live until the rows are destroyed.
    template <class... Values>
    [[nodiscard]] Rows start(const Values&... values) {
        int place = 0;
        (bind(++place, values), ...);
        return {*database_, statement_.get()};
    }
    /// Runs a statement that gives no rows.
    template <class... Values>
    void run(const Values&... values) {
        Rows rows = start(values...);
        while (rows.next()) {
        }
    }

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };

    void bind(int place, std::int64_t value);
    void bind(int place, std::uint64_t value) { bind(place, static_cast<std::int64_t>(value)); }
    void bind(int place, std::string_view value);
    void bind(int place, Blob value);
    void check(int code) const;

    Database* database_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_{};
};

}  // namespace market_server
