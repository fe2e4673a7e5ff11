// The renters' API as a straightforward marketplace would build it: a pool of threads, each with a
// connection to the database, and one transaction per request.
//
// A request that comes again within a minute gets the same answer and changes nothing, as on
// gigaspot-server. In all else it does less: tokens are in memory, GPUs are not checked, old
// requests are not deleted, nobody chooses winners, and nothing is shown to anybody.
#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <gigaspot/json/orders.hpp>

#include "api/answers.hpp"
#include "api/tokens.hpp"
#include "database.hpp"
#include "http/http.hpp"
#include "postgres.hpp"

namespace market_load {
namespace {

using market_server::Request;
using market_server::Respond;
using market_server::Response;

constexpr std::int64_t intervals_per_day = 24 * 60;

enum PostingKind { posting_reserve, posting_release };

/// What a bid at this price holds: one interval, rounded up.
std::int64_t reserve_for(std::int64_t price) {
    return (price + intervals_per_day - 1) / intervals_per_day;
}

/// Ends with ROLLBACK unless it was committed.
class Transaction {
public:
    explicit Transaction(Database& database) : database_{database} { database_.run("BEGIN"); }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction() {
        if (is_committed_) return;
        try {
            database_.run("ROLLBACK");
        } catch (const std::exception&) {  // the connection is gone: nothing was committed
        }
    }
    void commit() {
        database_.run("COMMIT");
        is_committed_ = true;
    }

private:
    Database& database_;
    bool is_committed_ = false;
};

/// Answers requests with one connection.
class Worker {
public:
    explicit Worker(const std::string& socket_folder) : database_{socket_folder} {
        database_.prepare("lock", "SELECT available FROM accounts WHERE id = $1 FOR UPDATE");
        database_.prepare("hold", "UPDATE accounts SET available = available - $2, "
                                  "reserved = reserved + $2 WHERE id = $1");
        database_.prepare("machine", "SELECT gpus, price_min FROM machines WHERE id = $1");
        database_.prepare("place", "INSERT INTO orders(account, machine, currency, price, watts, "
                                   "image, reserved) VALUES ($1, $2, $3, $4, $5, $6, $7) "
                                   "RETURNING id");
        database_.prepare("order", "SELECT reserved FROM orders WHERE id = $1 AND account = $2");
        database_.prepare("edit", "UPDATE orders SET price = $2, reserved = $3 WHERE id = $1");
        database_.prepare("post", "INSERT INTO postings(kind, account, order_id, currency, amount) "
                                  "VALUES ($1, $2, $3, $4, $5)");
        database_.prepare("known", "SELECT answer FROM requests WHERE key = decode($1, 'hex') AND "
                                   "created > now() - interval '1 minute'");
        database_.prepare("remember", "INSERT INTO requests(key, answer) VALUES "
                                      "(decode($1, 'hex'), $2) ON CONFLICT (key) DO UPDATE SET "
                                      "answer = excluded.answer, created = excluded.created");
        database_.prepare("orders", "SELECT id FROM orders WHERE account = $1 ORDER BY id");
    }

    Response answer(const Request& request, std::int64_t account) {
        if (request.path == "/v1/my_orders") return orders(account);
        const bool is_create = request.path == "/v1/create_gigaspot_orders";
        if (!is_create && request.path != "/v1/edit_gigaspot_orders")
            return market_server::unknown_endpoint();
        const std::string key = market_server::hash_of_token(
            fmt::format("{} {} {}", request.path, account, request.body));
        Transaction transaction{database_};
        const Rows known = database_.call("known", {key});
        if (known.size() != 0) return {.body = known.text(0, 0)};
        Response response = is_create ? create(request.body, account) : edit(request.body, account);
        database_.call("remember", {key, response.body});
        transaction.commit();
        return response;
    }

private:
    /// Moves money between the balance and a bid. Returns false if there is not enough.
    bool hold(std::int64_t account, std::int64_t available, std::int64_t amount) {
        if (amount > available) return false;
        if (amount != 0) database_.call("hold", {std::to_string(account), std::to_string(amount)});
        return true;
    }
    void post(std::int64_t account, std::int64_t order, std::int64_t amount) {
        if (amount == 0) return;
        database_.call("post", {std::to_string(amount > 0 ? posting_reserve : posting_release),
                                std::to_string(account), std::to_string(order), currency_,
                                std::to_string(std::abs(amount))});
    }

    bool place(const gigaspot::Bid& bid, std::int64_t account) {
        const std::string id = std::to_string(account);
        const std::int64_t price = bid.price.count();
        const Rows machine = database_.call("machine", {std::to_string(bid.host.value)});
        if (machine.size() == 0 || price < machine.number(0, 1)) return false;
        const Rows balance = database_.call("lock", {id});
        if (!hold(account, balance.number(0, 0), reserve_for(price))) return false;
        const Rows order = database_.call(
            "place", {id, std::to_string(bid.host.value), currency_, std::to_string(price),
                      std::to_string(bid.overclock.view().front().power_limit.count()),
                      std::string{bid.workload.image.value_or(std::string_view{})},
                      std::to_string(reserve_for(price))});
        post(account, order.number(0, 0), reserve_for(price));
        return true;
    }

    Response create(const std::string& body, std::int64_t account) {
        gigaspot::MarketNames names;
        const auto document = gigaspot::read_create_orders(body, names);
        if (!document) return market_server::bad_input("not an array of orders");
        std::string failed;
        for (const gigaspot::CreateOrder& order : document->orders()) {
            if (!place(order.bid, account))
                failed += fmt::format("{}{}", failed.empty() ? "" : ",", order.bid.host.value);
        }
        return {.body = fmt::format(R"({{"code":0,"status":"ok","failed_to_oc_servers":[],)"
                                    R"("failed_to_rent_servers":[{}],"too_low_bids_servers":[]}})",
                                    failed)};
    }

    bool change(const gigaspot::EditOrder& wanted, std::int64_t account) {
        const std::string id = std::to_string(wanted.id.value);
        const Rows balance = database_.call("lock", {std::to_string(account)});
        const Rows order = database_.call("order", {id, std::to_string(account)});
        if (order.size() == 0) return false;
        const std::int64_t reserve = reserve_for(wanted.price.count());
        const std::int64_t more = reserve - order.number(0, 0);
        if (!hold(account, balance.number(0, 0), more)) return false;
        database_.call("edit", {id, std::to_string(wanted.price.count()), std::to_string(reserve)});
        post(account, static_cast<std::int64_t>(wanted.id.value), more);
        return true;
    }

    Response edit(const std::string& body, std::int64_t account) {
        const auto document = gigaspot::read_edit_orders(body);
        if (!document) return market_server::bad_input("not an array of edits");
        std::vector<std::uint64_t> done;
        std::vector<std::uint64_t> failed;
        for (const gigaspot::EditOrder& order : document->orders)
            (change(order, account) ? done : failed).push_back(order.id.value);
        return {.body = fmt::format(R"({{"code":0,"success_to_update_ids":[{}],)"
                                    R"("failed_to_update_ids":[{}],"too_low_bid_ids":[]}})",
                                    fmt::join(done, ","), fmt::join(failed, ","))};
    }

    Response orders(std::int64_t account) {
        const Rows rows = database_.call("orders", {std::to_string(account)});
        std::string text;
        for (int row = 0; row < rows.size(); ++row)
            text += fmt::format(R"({}{{"id":{}}})", row == 0 ? "" : ",", rows.text(row, 0));
        return {.body = fmt::format(R"({{"code":0,"orders":[{}]}})", text)};
    }

    Database database_;
    const std::string currency_ = "CLORE-Blockchain";
};

/// Hands requests to workers.
class Pool {
public:
    Pool(const std::string& socket_folder, std::size_t connections) {
        Database database{socket_folder};
        const Rows rows = database.run("SELECT token, id FROM accounts");
        for (int row = 0; row < rows.size(); ++row)
            accounts_.emplace(rows.text(row, 0), rows.number(row, 1));
        for (std::size_t i = 0; i < connections; ++i)
            threads_.emplace_back([this, worker = std::make_shared<Worker>(socket_folder)] {
                while (const auto job = take()) work(*worker, *job);
            });
    }
    ~Pool() {
        {
            const std::lock_guard lock{mutex_};
            is_stopping_ = true;
        }
        changed_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }

    void put(Request request, Respond respond) {
        {
            const std::lock_guard lock{mutex_};
            jobs_.emplace_back(std::move(request), std::move(respond));
        }
        changed_.notify_one();
    }

private:
    using Job = std::pair<Request, Respond>;

    std::optional<Job> take() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return is_stopping_ || !jobs_.empty(); });
        if (jobs_.empty()) return std::nullopt;
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        return job;
    }
    void work(Worker& worker, const Job& job) const {
        const auto account = accounts_.find(job.first.auth);
        if (account == accounts_.end()) return job.second(market_server::bad_token());
        try {
            job.second(worker.answer(job.first, account->second));
        } catch (const std::exception& problem) {
            job.second(market_server::error(500, 1, problem.what()));
        }
    }

    std::map<std::string, std::int64_t> accounts_{};  ///< by token
    std::mutex mutex_{};
    std::condition_variable changed_{};
    std::deque<Job> jobs_{};
    bool is_stopping_ = false;
    std::vector<std::thread> threads_{};
};

}  // namespace

int serve_postgres(const std::string& socket_folder, std::size_t connections) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::optional<Pool> pool{std::in_place, socket_folder, connections};
    market_server::HttpServer http{{.port = 0}, [&](Request request, Respond respond) {
                                       pool->put(std::move(request), std::move(respond));
                                   }};
    std::thread serving{[&] { http.run(); }};
    fmt::print(stderr, "listening on http://127.0.0.1:{}/\n", http.port());
    int signal = 0;
    sigwait(&signals, &signal);
    http.stop();
    serving.join();
    pool.reset();
    return 0;
}

}  // namespace market_load
