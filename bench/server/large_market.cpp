// Reads from a large market while orders flow.
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <fmt/format.h>

#include "market_folder.hpp"
#include "order_load.hpp"
#include "report.hpp"
#include "run/render.hpp"
#include "server.hpp"
#include "setup.hpp"

namespace market_load {
namespace {

double since(Clock::time_point begun) {
    return std::chrono::duration<double>(Clock::now() - begun).count();
}

/// Asks at a fixed pace. A latency begins when the request is due, so that one slow answer counts
/// for all that wait behind it.
class Reader {
public:
    Reader(std::uint16_t port, std::string request, std::chrono::milliseconds every)
        : thread_{[this, port, every, text = std::move(request)](const std::stop_token& stop) {
              try {
                  read(stop, port, text, every);
              } catch (const std::exception& problem) {
                  failure_ = problem.what();
              }
          }} {}

    /// Stops, and returns what it has measured in seconds.
    std::vector<double> finish() {
        thread_.request_stop();
        thread_.join();
        need(failure_.empty(), failure_);
        return latencies_;
    }

private:
    void read(const std::stop_token& stop, std::uint16_t port, const std::string& text,
              std::chrono::milliseconds every) {
        HttpClient client{port};
        for (auto due = Clock::now(); !stop.stop_requested(); due += every) {
            std::this_thread::sleep_until(due);
            static_cast<void>(client.body(text));
            latencies_.push_back(since(due));
        }
    }

    std::vector<double> latencies_{};
    std::string failure_{};
    std::jthread thread_;
};

std::string path_of_snapshot(HttpClient& client, const std::string& token) {
    const std::string body{client.body(request_text("GET", "/v1/get_gigaspot", token))};
    const std::size_t begin = body.find("/snapshots/");
    need(begin != std::string::npos, "get_gigaspot names no snapshot: " + body);
    return body.substr(begin, body.find('"', begin) - begin);
}

void add(Table& table, const std::string& what, const std::vector<double>& latencies,
         std::size_t bytes) {
    table.add({what, grouped(static_cast<double>(latencies.size())),
               milliseconds(median(latencies)), milliseconds(quantile(latencies, 0.99)),
               milliseconds(quantile(latencies, 1)),
               bytes == 0 ? "" : grouped(static_cast<double>(bytes))});
}

/// The time of some work, several times.
template <class Work>
std::vector<double> times_of(Work work) {
    std::vector<double> times;
    for (int i = 0; i < 5; ++i) {
        const auto begun = Clock::now();
        work();
        times.push_back(since(begun));
    }
    return times;
}

}  // namespace

void measure_large_market(const Setup& setup) {
    print_section(setup,
                  fmt::format("A market of {} hosts and {} bids",
                              grouped(static_cast<double>(setup.machines)),
                              grouped(static_cast<double>(setup.bids))),
                  "large");
    const Folder folder{setup.folder};
    const MarketSize size{.machines = setup.machines, .renters = setup.machines};
    MadeMarket made;
    Table parts{{"without a server", "times", "median ms", "p99 ms", "highest ms", "bytes"}};
    {
        FolderWriter writer{folder / "data", time_now()};
        made = make_market(writer, size);
        add_bids(writer, made, size, setup.bids);
        need(writer.market().engine().totals().bids == setup.bids, "a made-up bid was rejected");
        std::string text;
        const auto snapshots = times_of([&] { text = snapshot_text(writer.market().state()); });
        add(parts, "render a snapshot", snapshots, text.size());
        const auto saves = times_of([&] { text = writer.market().save(); });
        add(parts, "make the bytes of a save", saves, text.size());
        writer.finish_with_save();
    }
    parts.print();
    Server server{setup.server, folder / "data"};
    const std::size_t renters = std::min<std::size_t>(64, made.tokens.size() / 2);
    OrderLoad load{server.port(),
                   {made.tokens.begin(), made.tokens.begin() + std::ptrdiff_t(renters)},
                   setup.machines};
    const std::string get = request_text("GET", "/v1/get_gigaspot", made.tokens.back());
    const std::string get_page = request_text("GET", "/page/market.json", "");
    HttpClient client{server.port()};
    const std::size_t page_bytes = client.body(get_page).size();
    std::vector<double> snapshots;
    std::size_t snapshot_bytes = 0;
    Reader first{server.port(), get, std::chrono::milliseconds{10}};
    Reader second{server.port(), get, std::chrono::milliseconds{10}};
    Reader page{server.port(), get_page, std::chrono::milliseconds{20}};
    LoadResult orders;
    const int rounds = setup.is_quick ? 2 : 20;
    for (int round = 0; round < rounds; ++round) {
        const LoadResult result = load.run(OrderKind::edit, Seconds{setup.is_quick ? 0.3 : 1.0});
        orders.seconds += result.seconds;
        orders.latencies.insert(orders.latencies.end(), result.latencies.begin(),
                                result.latencies.end());
        const auto begun = Clock::now();
        const std::string path = path_of_snapshot(client, made.tokens.back());
        snapshot_bytes = client.body(request_text("GET", path, "")).size();
        snapshots.push_back(since(begun));
    }
    std::vector<double> gets = first.finish();
    const std::vector<double> more = second.finish();
    gets.insert(gets.end(), more.begin(), more.end());
    const std::vector<double> pages = page.finish();
    fmt::print("\n  while {} clients edit {} orders per second:\n", renters,
               grouped(orders.per_second()));
    Table table{{"request", "times", "median ms", "p99 ms", "highest ms", "bytes"}};
    add(table, "GET /v1/get_gigaspot", gets, 0);
    add(table, "GET it and the snapshot it names", snapshots, snapshot_bytes);
    add(table, "GET /page/market.json", pages, page_bytes);
    add(table, "POST /v1/edit_gigaspot_orders", orders.latencies, 0);
    table.print();
    need(server.process().stop(SIGTERM) == 0, "the server failed");
}

}  // namespace market_load
