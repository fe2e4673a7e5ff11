// A connection to PostgreSQL with prepared statements.
#pragma once

#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <libpq-fe.h>

namespace market_load {

/// The rows of a result, as text.
class Rows {
public:
    explicit Rows(PGresult* result) : result_{result} {}
    [[nodiscard]] int size() const { return PQntuples(result_.get()); }
    [[nodiscard]] std::string text(int row, int column) const {
        return PQgetvalue(result_.get(), row, column);
    }
    [[nodiscard]] std::int64_t number(int row, int column) const {
        return std::stoll(text(row, column));
    }

private:
    struct Clear {
        void operator()(PGresult* result) const { PQclear(result); }
    };
    std::unique_ptr<PGresult, Clear> result_;
};

class Database {
public:
    explicit Database(const std::string& socket_folder)
        : connection_{
              PQconnectdb(("host=" + socket_folder + " user=postgres dbname=postgres").c_str())} {
        if (PQstatus(connection_.get()) != CONNECTION_OK) fail();
    }

    Rows run(const char* statements) { return check(PQexec(connection_.get(), statements)); }
    void prepare(const char* name, const char* statement) {
        check(PQprepare(connection_.get(), name, statement, 0, nullptr));
    }
    Rows call(const char* name, std::initializer_list<std::string> values) {
        std::vector<const char*> pointers;
        for (const std::string& value : values) pointers.push_back(value.c_str());
        return check(PQexecPrepared(connection_.get(), name, static_cast<int>(pointers.size()),
                                    pointers.data(), nullptr, nullptr, 0));
    }

private:
    struct Finish {
        void operator()(PGconn* connection) const { PQfinish(connection); }
    };

    Rows check(PGresult* result) {
        Rows rows{result};
        const ExecStatusType status = PQresultStatus(result);
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) fail();
        return rows;
    }
    [[noreturn]] void fail() const {
        throw std::runtime_error{"PostgreSQL: " + std::string{PQerrorMessage(connection_.get())}};
    }

    std::unique_ptr<PGconn, Finish> connection_;
};

}  // namespace market_load
