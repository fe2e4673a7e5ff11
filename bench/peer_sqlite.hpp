// Implements a peer with SQLite: one table in memory and prepared statements.
//
// A profit does not fit into SQLite's 64 bits, so the table keeps the terms. An index holds
// everything that a choice needs, so a choice reads only the host's part of that index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <sqlite3.h>

#include "market.hpp"
#include "peer_bid.hpp"

namespace bench {

class SqliteMarket {
public:
    /// Makes the index after all rows: that is faster and takes less memory.
    explicit SqliteMarket(const MarketData& data)
        : data_{data}, energy_{energy_prices(data)}, db_{open()} {
        execute("PRAGMA journal_mode = OFF; PRAGMA locking_mode = EXCLUSIVE;"
                "CREATE TABLE bid(id INTEGER PRIMARY KEY, host INTEGER NOT NULL,"
                " owner INTEGER NOT NULL, price INTEGER NOT NULL, currency INTEGER NOT NULL,"
                " watts INTEGER NOT NULL, sequence INTEGER NOT NULL, profiles BLOB NOT NULL);"
                "BEGIN");
        place_ = prepare("INSERT INTO bid VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
        for (std::size_t i = 0; i < data.placed; ++i) place(data.bids[i]);
        execute("CREATE INDEX offer ON bid(host, sequence, price, currency, watts)");
        reprice_ = prepare("UPDATE bid SET price = ?2, sequence = ?3 WHERE id = ?1");
        cancel_ = prepare("DELETE FROM bid WHERE id = ?1");
        of_host_ = prepare("SELECT host, id, price, currency, watts, sequence FROM bid "
                           "INDEXED BY offer WHERE host = ?1");
        of_all_ = prepare("SELECT host, id, price, currency, watts, sequence FROM bid "
                          "INDEXED BY offer ORDER BY host");
    }
    SqliteMarket(const SqliteMarket&) = delete;
    SqliteMarket& operator=(const SqliteMarket&) = delete;
    ~SqliteMarket() {
        for (sqlite3_stmt* statement : {place_, reprice_, cancel_, of_host_, of_all_})
            sqlite3_finalize(statement);
        sqlite3_close(db_);
    }

    void place(const BidData& bid) {
        const auto profiles = data_.profiles_of(bid);
        bind(place_, 1, bid.id.value);
        bind(place_, 2, bid.host);
        bind(place_, 3, bid.owner.value);
        bind(place_, 4, bid.price.count());
        bind(place_, 5, bid.currency.number);
        bind(place_, 6, bid.watts);
        bind(place_, 7, ++sequence_);
        expect(sqlite3_bind_blob(place_, 8, profiles.data(),
                                 static_cast<int>(profiles.size_bytes()), nullptr) == SQLITE_OK,
               "SQLite does not take the profiles");
        finish(place_);
    }
    void reprice(std::uint64_t id, gigaspot::Price price) {
        bind(reprice_, 1, id);
        bind(reprice_, 2, price.count());
        bind(reprice_, 3, ++sequence_);
        finish(reprice_);
    }
    void cancel(std::uint64_t id) {
        bind(cancel_, 1, id);
        finish(cancel_);
    }
    void set_rate(gigaspot::ExchangeRate rate) { rates_.of[0] = rate.count(); }

    [[nodiscard]] Choice choice(std::uint32_t host) {
        bind(of_host_, 1, host);
        Best best;
        each_row(of_host_, [&](std::uint32_t, const Offer& offer) { best.see(offer); });
        return best.choice();
    }
    /// Returns the choices of all hosts, with one statement.
    [[nodiscard]] std::vector<Choice> choices() {
        std::vector<Best> best(data_.hosts.size());
        each_row(of_all_, [&](std::uint32_t host, const Offer& offer) { best[host].see(offer); });
        std::vector<Choice> choices;
        choices.reserve(best.size());
        for (const Best& one : best) choices.push_back(one.choice());
        return choices;
    }

    /// Returns the bytes that SQLite has allocated for all its databases.
    [[nodiscard]] static std::size_t bytes() {
        return static_cast<std::size_t>(sqlite3_memory_used());
    }

private:
    struct Offer {
        std::uint64_t id = 0;
        std::uint64_t sequence = 0;
        Int128 profit = 0;
    };
    class Best {
    public:
        void see(const Offer& offer) {
            const bool is_better =
                best_.id == 0 || offer.profit > best_.profit ||
                (offer.profit == best_.profit && offer.sequence < best_.sequence);
            if (is_better) best_ = offer;
        }
        /// Applies reserve 0: a host idles if it would run at a loss.
        [[nodiscard]] Choice choice() const {
            return best_.id == 0 || best_.profit < 0 ? Choice{} : Choice{best_.id, best_.profit};
        }

    private:
        Offer best_{};
    };

    /// Opens the database without anything that a database in memory does not need: no lock between
    /// threads. The constructor switches the journal off and uses one transaction for everything.
    static sqlite3* open() {
        sqlite3* db = nullptr;
        const int flags =
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
        expect(sqlite3_open_v2(":memory:", &db, flags, nullptr) == SQLITE_OK,
               "SQLite does not open");
        return db;
    }
    void execute(const char* sql) {
        expect(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK,
               "SQLite does not execute a command");
    }
    [[nodiscard]] sqlite3_stmt* prepare(const char* sql) const {
        sqlite3_stmt* statement = nullptr;
        expect(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) ==
                   SQLITE_OK,
               "SQLite does not take a statement");
        return statement;
    }
    template <class T>
    static void bind(sqlite3_stmt* statement, int place, T value) {
        expect(sqlite3_bind_int64(statement, place, static_cast<sqlite3_int64>(value)) == SQLITE_OK,
               "SQLite does not take a value");
    }
    static void finish(sqlite3_stmt* statement) {
        expect(sqlite3_step(statement) == SQLITE_DONE && sqlite3_reset(statement) == SQLITE_OK,
               "SQLite rejects a change");
    }
    template <class See>
    void each_row(sqlite3_stmt* statement, See see) const {
        int step = sqlite3_step(statement);
        for (; step == SQLITE_ROW; step = sqlite3_step(statement)) {
            const auto number = [&](int column) { return sqlite3_column_int64(statement, column); };
            const auto host = static_cast<std::uint32_t>(number(0));
            const Int128 income = Int128{number(2)} * rates_.of[number(3)];
            const Int128 cost = Int128{number(4)} * 2'400'000'000 * energy_[host];
            see(host, {static_cast<std::uint64_t>(number(1)), static_cast<std::uint64_t>(number(5)),
                       income - cost});
        }
        expect(step == SQLITE_DONE && sqlite3_reset(statement) == SQLITE_OK,
               "SQLite does not read the bids");
    }

    const MarketData& data_;
    PlainRates rates_{};
    std::vector<std::int64_t> energy_;
    sqlite3* db_;
    sqlite3_stmt* place_ = nullptr;
    sqlite3_stmt* reprice_ = nullptr;
    sqlite3_stmt* cancel_ = nullptr;
    sqlite3_stmt* of_host_ = nullptr;
    sqlite3_stmt* of_all_ = nullptr;
    std::uint64_t sequence_ = 0;
};

/// Does the same as the template of this name, with one statement for all hosts.
[[nodiscard]] inline std::uint64_t checksum_of_choices(SqliteMarket& market, const MarketData&) {
    Checksum checksum;
    for (const Choice& choice : market.choices()) checksum.add(choice.winner, choice.profit);
    return checksum.value();
}

}  // namespace bench
