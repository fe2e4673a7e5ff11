#include "sqlite.hpp"

#include <cerrno>
#include <limits>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include "errors.hpp"
#include "file.hpp"

namespace market_server {
namespace {

constexpr int busy_timeout_ms = 100;
constexpr int header_size = 100;

/// SQLite takes a file of a few bytes for a new database, so look first. Uses stat(2): closing a
/// descriptor of the file would drop the locks of other connections of this process.
void need_database_file(const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        if (errno != ENOENT) throw_errno("cannot open", path);
        throw DamagedStore{path.string() + " is missing. " + restore_advice};
    }
    if (!S_ISREG(status.st_mode)) {
        throw DamagedStore{path.string() + " is not a file. " + restore_advice};
    }
    if (status.st_size == 0) throw DamagedStore{path.string() + " is empty. " + restore_advice};
    if (status.st_size < header_size)
        throw DamagedStore{path.string() + " is cut. " + restore_advice};
}

/// The errno behind an error, or 0. SQLite keeps it in three places.
int errno_of(sqlite3* handle, int kind) {
    if (kind == SQLITE_CANTOPEN) return sqlite3_system_errno(handle);
    if (kind != SQLITE_IOERR) return 0;
    int error = 0;
    sqlite3_file* log = nullptr;
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (log != nullptr && log->pMethods != nullptr) {
        log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error);
    }
    if (error == 0) sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &error);
    return error;
}

}  // namespace

Database::Database(std::filesystem::path path) : path_{std::move(path)} {
    need_database_file(path_);
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(path_.c_str(), &handle,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) fail(code);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, busy_timeout_ms);
    run("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
}

void Database::run(const char* statements) const {
    const int code = sqlite3_exec(handle(), statements, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code);
}

std::int64_t Database::number(const char* query) {
    Statement statement{*this, query};
    Rows rows = statement.start();
    return rows.next() ? rows.number(0) : 0;
}

std::string Database::text(const char* query) {
    Statement statement{*this, query};
    Rows rows = statement.start();
    return rows.next() ? std::string{rows.bytes(0)} : std::string{};
}

void Database::roll_back() const noexcept {
    if (sqlite3_get_autocommit(handle()) != 0) return;  // some errors have rolled back already
    sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

bool Database::is_read_only() const { return sqlite3_db_readonly(handle(), "main") == 1; }

void Database::fail(int code) const {
    std::string text = path_.string() + ": ";
    text += handle_ ? sqlite3_errmsg(handle()) : sqlite3_errstr(code);
    const int kind = code & 0xff;
    switch (kind) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:  // our statements are correct, so a table is missing or another one
    case SQLITE_SCHEMA: throw DamagedStore{text + ". " + restore_advice};
    case SQLITE_CONSTRAINT:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG: throw std::logic_error{text};
    default: break;
    }
    const int error = handle_ ? errno_of(handle(), kind) : 0;
    if (error != 0) text += " (" + std::generic_category().message(error) + ')';
    throw StoreError{text};
}

Rows::~Rows() { sqlite3_reset(statement_); }

bool Rows::next() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) database_->fail(code);
    return false;
}

std::int64_t Rows::number(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Rows::bytes(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    const int size = sqlite3_column_bytes(statement_, column);
    return bytes == nullptr ? std::string_view{}
                            : std::string_view{bytes, static_cast<std::size_t>(size)};
}

Statement::Statement(Database& database, std::string_view text) : database_{&database} {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v3(database.handle(), text.data(), static_cast<int>(text.size()),
                             SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    statement_.reset(statement);
}

void Statement::bind(int place, std::int64_t value) {
    check(sqlite3_bind_int64(statement_.get(), place, value));
}
void Statement::bind(int place, std::string_view value) {
    const char* text = value.empty() ? "" : value.data();  // nullptr would be NULL
    check(sqlite3_bind_text64(statement_.get(), place, text, value.size(), SQLITE_STATIC,
                              SQLITE_UTF8));
}
void Statement::bind(int place, Blob value) {
    check(sqlite3_bind_blob64(statement_.get(), place, value.bytes.data(), value.bytes.size(),
                              SQLITE_STATIC));
}
void Statement::check(int code) const {
    if (code != SQLITE_OK) database_->fail(code);
}

}  // namespace market_server
