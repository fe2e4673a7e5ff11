// Starts PostgreSQL.
#include "postgres.hpp"

#include <chrono>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "database.hpp"

namespace market_load {
namespace {

constexpr const char* tables = R"(
    CREATE TABLE accounts(
        id bigint PRIMARY KEY, token text NOT NULL UNIQUE,
        available bigint NOT NULL CHECK (available >= 0), reserved bigint NOT NULL);
    CREATE TABLE machines(id bigint PRIMARY KEY, gpus int NOT NULL, price_min bigint NOT NULL);
    CREATE TABLE orders(
        id bigserial PRIMARY KEY, account bigint NOT NULL REFERENCES accounts,
        machine bigint NOT NULL REFERENCES machines, currency text NOT NULL,
        price bigint NOT NULL, watts bigint NOT NULL, image text NOT NULL,
        reserved bigint NOT NULL, created timestamptz NOT NULL DEFAULT now());
    CREATE INDEX orders_account ON orders(account);
    CREATE INDEX orders_machine ON orders(machine);
    CREATE TABLE postings(
        id bigserial PRIMARY KEY, kind int NOT NULL, account bigint NOT NULL,
        order_id bigint NOT NULL, currency text NOT NULL, amount bigint NOT NULL,
        created timestamptz NOT NULL DEFAULT now());
    CREATE INDEX postings_account ON postings(account);
    CREATE TABLE requests(
        key bytea PRIMARY KEY, answer text NOT NULL, created timestamptz NOT NULL DEFAULT now());
)";

/// Whom PostgreSQL runs as; nothing: the user of this program.
std::optional<User> database_user() {
    if (::geteuid() != 0) return std::nullopt;
    for (const char* name : {"postgres", "nobody"}) {
        if (const passwd* const found = ::getpwnam(name); found != nullptr)
            return User{found->pw_uid, found->pw_gid};
    }
    throw std::runtime_error{"PostgreSQL does not run as root, and there is no user postgres"};
}

}  // namespace

Postgres::Postgres(const std::filesystem::path& programs, const std::filesystem::path& parent)
    : folder_{parent} {
    const std::optional<User> user = database_user();
    if (user && ::chown(folder_.path().c_str(), user->user, user->group) != 0)
        throw std::runtime_error{"cannot give away " + folder_.path().string()};
    const std::string data = folder_ / "data";
    run({programs / "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8",
         "--locale=C", "-D", data},
        user ? &*user : nullptr);
    process_ = std::make_unique<Process>(std::vector<std::string>{programs / "postgres", "-D", data,
                                                                  "-c", "listen_addresses=", "-k",
                                                                  socket_folder()},
                                         user ? &*user : nullptr);
    process_->wait_for_line("database system is ready to accept connections");
}

Postgres::~Postgres() { process_->stop(SIGINT); }

std::string Postgres::token(std::size_t renter) { return fmt::format("renter-{}", renter); }

void Postgres::add_market(std::size_t machines, std::size_t renters) const {
    Database database{socket_folder()};
    database.run(tables);
    database.run(
        fmt::format("INSERT INTO machines SELECT i, 1 + i % 4, 10000000 "
                    "FROM generate_series(1, {}) i; "
                    "INSERT INTO accounts SELECT i + 1, 'renter-' || i, 100000000000000, 0 "
                    "FROM generate_series(0, {}) i; ANALYZE",
                    machines, renters - 1)
            .c_str());
}

std::string Postgres::ask(const char* query) const {
    return Database{socket_folder()}.run(query).text(0, 0);
}

std::string Postgres::settings() const {
    return ask("SELECT 'PostgreSQL ' || current_setting('server_version') || ': ' || "
               "string_agg(name || '=' || current_setting(name), ' ') FROM pg_settings WHERE name "
               "IN ('synchronous_commit', 'fsync', 'wal_sync_method', 'full_page_writes', "
               "'shared_buffers', 'commit_delay', 'max_wal_size')");
}

}  // namespace market_load
