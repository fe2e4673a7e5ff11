// Durable orders per second and their latency, on gigaspot-server and on PostgreSQL in turn.
#include <csignal>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "market_folder.hpp"
#include "order_load.hpp"
#include "postgres.hpp"
#include "report.hpp"
#include "server.hpp"
#include "setup.hpp"

namespace market_load {
namespace {

constexpr std::size_t machines = 1'000;

/// All rounds of one server.
struct Rounds {
    std::vector<double> rates{};
    std::vector<double> latencies{};
    double orders = 0;
    double batches = 0;  ///< syncs of the journal, or of PostgreSQL's log
    double sync_seconds = 0;
    double processor_seconds = 0;
    double seconds = 0;

    void add(const LoadResult& result) {
        rates.push_back(result.per_second());
        latencies.insert(latencies.end(), result.latencies.begin(), result.latencies.end());
        orders += static_cast<double>(result.latencies.size());
        seconds += result.seconds;
    }
};

/// gigaspot-server on a new folder.
class OurMarket {
public:
    OurMarket(const Setup& setup, std::size_t renters)
        : folder_{setup.folder}, tokens_{make(renters)}, server_{setup.server, folder_ / "data"} {}

    [[nodiscard]] std::unique_ptr<OrderLoad> load(std::size_t clients) const {
        const auto end = tokens_.begin() + static_cast<std::ptrdiff_t>(clients);
        return std::make_unique<OrderLoad>(
            server_.port(), std::vector<std::string>{tokens_.begin(), end}, machines);
    }
    void run(OrderLoad& load, OrderKind kind, Seconds time, Rounds& rounds) {
        const auto before = server_.metrics();
        const Seconds used = server_.process().processor_time();
        const LoadResult result = load.run(kind, time);
        rounds.processor_seconds += (server_.process().processor_time() - used).count();
        const auto after = server_.metrics();
        rounds.add(result);
        rounds.batches += difference(before, after, "gigaspot_batch_records_count");
        rounds.sync_seconds += difference(before, after, "gigaspot_sync_seconds_sum");
        const std::string records = fmt::format("gigaspot_records_total{{operation=\"{}\"}}",
                                                kind == OrderKind::edit ? "edit" : "create");
        need(difference(before, after, records) == static_cast<double>(result.latencies.size()),
             "the server counts other orders than the clients have sent");
    }
    void stop() {
        const int status = server_.process().stop(SIGTERM);
        need(status == 0, fmt::format("the server ended with status {}", status));
    }

private:
    std::vector<std::string> make(std::size_t renters) const {
        FolderWriter writer{folder_ / "data", time_now()};
        MadeMarket made = make_market(writer, {.machines = machines, .renters = renters});
        writer.finish_with_save();
        return std::move(made.tokens);
    }

    Folder folder_;
    std::vector<std::string> tokens_;
    Server server_;
};

/// The baseline: this program, as a server that uses PostgreSQL.
class PostgresMarket {
public:
    PostgresMarket(const Setup& setup, std::size_t renters)
        : postgres_{setup.postgres_programs, setup.folder} {
        postgres_.add_market(machines, renters);
        server_.emplace(std::vector<std::string>{
            setup.self.string(), "postgres-server", "--socket-folder", postgres_.socket_folder(),
            "--postgres-connections", std::to_string(setup.postgres_connections)});
        port_ = port_in(server_->wait_for_line("listening on"));
    }

    [[nodiscard]] std::unique_ptr<OrderLoad> load(std::size_t clients) const {
        std::vector<std::string> tokens;
        for (std::size_t i = 0; i < clients; ++i) tokens.push_back(Postgres::token(i));
        return std::make_unique<OrderLoad>(port_, std::move(tokens), machines);
    }
    void run(OrderLoad& load, OrderKind kind, Seconds time, Rounds& rounds) {
        const double before = syncs();
        const double orders = count();
        const LoadResult result = load.run(kind, time);
        rounds.add(result);
        rounds.batches += syncs() - before;
        if (kind == OrderKind::create)
            need(count() - orders == static_cast<double>(result.latencies.size()),
                 "the database has other orders than the clients have sent");
    }
    [[nodiscard]] std::string settings() const { return postgres_.settings(); }

private:
    /// Each connection reports its own with some delay.
    [[nodiscard]] double syncs() const {
        return std::stod(postgres_.ask("SELECT wal_sync FROM pg_stat_wal"));
    }
    [[nodiscard]] double count() const {
        return std::stod(postgres_.ask("SELECT count(*) FROM orders"));
    }

    Postgres postgres_;
    std::optional<Process> server_{};
    std::uint16_t port_ = 0;
};

struct Line {
    OrderKind kind{};
    std::size_t clients = 0;
    Rounds ours{};
    Rounds theirs{};
};

std::string name(const Line& line) {
    return fmt::format("{} x {}", line.kind == OrderKind::edit ? "edit" : "create", line.clients);
}

void print(const std::vector<Line>& lines) {
    Table table{{"request x clients", "gigaspot/s", "median ms", "p99 ms", "PostgreSQL/s",
                 "median ms", "p99 ms", "ratio of rates"}};
    for (const Line& line : lines) {
        const Rounds& ours = line.ours;
        const Rounds& theirs = line.theirs;
        std::vector<double> ratios;
        for (std::size_t i = 0; i < theirs.rates.size(); ++i)
            ratios.push_back(ours.rates[i] / theirs.rates[i]);
        const bool has_theirs = !theirs.rates.empty();
        table.add({name(line), with_spread(ours.rates, 0), milliseconds(median(ours.latencies)),
                   milliseconds(quantile(ours.latencies, 0.99)), with_spread(theirs.rates, 0),
                   has_theirs ? milliseconds(median(theirs.latencies)) : "none",
                   has_theirs ? milliseconds(quantile(theirs.latencies, 0.99)) : "none",
                   with_spread(ratios, 1)});
    }
    table.print();
    Table counters{{"request x clients", "orders per batch", "ms per batch", "writer's share",
                    "server's cores", "PostgreSQL: orders per sync, about"}};
    for (const Line& line : lines) {
        const Rounds& ours = line.ours;
        counters.add({name(line), fmt::format("{:.1f}", ours.orders / ours.batches),
                      milliseconds(ours.sync_seconds / ours.batches),
                      fmt::format("{:.0f} %", 100 * ours.sync_seconds / ours.seconds),
                      fmt::format("{:.2f}", ours.processor_seconds / ours.seconds),
                      line.theirs.batches > 0
                          ? fmt::format("{:.1f}", line.theirs.orders / line.theirs.batches)
                          : "none"});
    }
    fmt::print("\n");
    counters.print();
}

}  // namespace

void measure_orders(const Setup& setup) {
    print_section(setup,
                  "Durable orders per second: gigaspot-server and one transaction per order on "
                  "PostgreSQL, in turn",
                  "orders");
    const std::size_t renters = setup.clients.back();
    OurMarket ours{setup, renters};
    std::optional<PostgresMarket> theirs;
    if (setup.is_without_postgres) {
        fmt::print("  without PostgreSQL, as asked: no ratio\n");
    } else {
        theirs.emplace(setup, renters);
        fmt::print("  {}\n  {} connections to it\n", theirs->settings(),
                   setup.postgres_connections);
    }
    fmt::print("  {} rounds of {} s each: median (lowest to highest)\n\n", setup.rounds,
               setup.round_seconds);
    std::vector<Line> lines;
    const Seconds time{setup.round_seconds};
    for (const OrderKind kind : {OrderKind::edit, OrderKind::create}) {
        for (const std::size_t clients : setup.clients) {
            Line& line = lines.emplace_back(Line{.kind = kind, .clients = clients});
            const auto our_load = ours.load(clients);
            const auto their_load = theirs ? theirs->load(clients) : nullptr;
            for (std::size_t round = 0; round < setup.rounds; ++round) {
                ours.run(*our_load, kind, time, line.ours);
                if (theirs) theirs->run(*their_load, kind, time, line.theirs);
            }
        }
    }
    print(lines);
    ours.stop();
}

}  // namespace market_load
