// gigaspot-server: runs a GPU spot market.
//
//     gigaspot-server --data DIR [--listen 127.0.0.1:8080] [--interval 1m]
//
// Four threads: one for HTTP, one that writes (run/writer.hpp), one for all who read
// (run/view.hpp), and one that writes saves (run/saver.hpp). This file starts and stops them.
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include "api/api.hpp"
#include "demo.hpp"
#include "http/http.hpp"
#include "options.hpp"
#include "page_files.hpp"
#include "recovery.hpp"
#include "run/saver.hpp"
#include "run/view.hpp"
#include "run/writer.hpp"
#include "store/books.hpp"
#include "store/data_folder.hpp"
#include "store/errors.hpp"
#include "store/file.hpp"

namespace market_server {
namespace {

/// Writes a line to standard error. If that fails, as on a full disk, the server goes on.
void say(const std::string& text) {
    std::fputs(("gigaspot-server: " + text + '\n').c_str(), stderr);
}

std::int64_t system_time() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

/// Milliseconds of a clock that nobody sets, and that also counts while the machine is suspended.
std::int64_t boot_time() {
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return std::int64_t{now.tv_sec} * 1'000 + now.tv_nsec / 1'000'000;
}

/// Blocks the signals that end the server, in this thread and all that it starts.
sigset_t block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit is an error like a full disk
    return signals;
}

/// A backup has a name like this until it is sent.
constexpr std::string_view download = "download.";

/// Removes backups that a server which was killed has left.
void remove_downloads(const std::filesystem::path& folder) {
    for (const std::string& name : names_in(folder)) {
        if (name.starts_with(download)) remove_file(folder / name);
    }
}

/// Counts, and tells the API's tokens of new and revoked ones.
class Observer final : public WriterObserver {
public:
    Observer(Metrics& metrics, Tokens& tokens) : metrics_{metrics}, tokens_{tokens} {}

    void batch(std::size_t records, double sync_seconds, double queue_seconds) override {
        metrics_.batch(records, sync_seconds, queue_seconds);
    }
    void applied(const Market& market, const Record& record, const Outcome& outcome) override {
        if (outcome.has_changed_tokens) tokens_.renew(market.state());
        metrics_.applied(market, record, outcome);
    }
    void failed_batch() override { metrics_.failed_batch(); }
    void journal_trouble(const std::string& reason) override {
        if (reason.empty()) return say("the journal can be written again");
        say(fmt::format("the journal cannot be written: {}; requests that change something get 503 "
                        "until it can",
                        reason));
    }
    void clock_error(std::int64_t error) override {
        if (error == 0) return say("the clock is right again, and intervals are closed");
        if (error < 0)
            return say(fmt::format("the clock was set back and is {} behind the market's time. "
                                   "Nothing is closed until it has caught up",
                                   duration_text(-error)));
        say(fmt::format("the clock was set forward by {}. Requests that change something get 503 "
                        "and nothing is closed, since that time would be billed at once. If the "
                        "clock is wrong, set it right, and the server goes on. If it is right "
                        "now, restart the server, which then closes what is due",
                        duration_text(error)));
    }

private:
    Metrics& metrics_;
    Tokens& tokens_;
};

/// Prints what a folder holds. The newest save and the journal alone must give the same.
int print_digest(const Options& options) {
    if (!std::filesystem::exists(options.data / "market.db"))
        throw StoreError{(options.data / "market.db").string() + " does not exist"};
    DataFolder folder{options.data};
    const Market market = recover(folder, Source::journal_only).market;
    const std::string all = digest(market);
    if (digest(recover(folder).market) != all)
        throw DamagedStore{options.data.string() +
                           ": the newest save gives another market than the journal alone"};
    if (!market.is_balanced())
        throw DamagedStore{options.data.string() + ": the ledger is not balanced"};
    fmt::print("{} records, digest {}\n", market.state().records, all);
    return 0;
}

class Server {
public:
    explicit Server(Options options)
        : options_{std::move(options)}, folder_{options_.data}, books_{folder_.database()},
          tokens_{folder_.admin_token()}, recovered_{recover_until(folder_, system_time(),
                                                                   options_.downtime_max)},
          view_{Market::restore(recovered_.market.save()), recovered_.previous, view_options()},
          writer_{std::move(recovered_.market),
                  folder_.journal(),
                  std::move(recovered_.previous),
                  options_.writer,
                  Present{system_time, boot_time},
                  [this](const Records& records) { view_.take(records); },
                  observer_},
          api_{api_options(), writer_, view_, books_, tokens_, metrics_, page_files()},
          http_{options_.http, [this](Request request, Respond respond) {
                    api_.handle(std::move(request), std::move(respond), http_.counts());
                }} {
        tokens_.renew(writer_.market().state());
        remove_downloads(options_.data);
        const std::string settings = to_text(options_.settings);
        if (writer_.market().state().records == 0 ||
            settings != to_text(writer_.market().state().settings))
            static_cast<void>(writer_.submit(
                {{.op = Op::settings, .body = settings}, [this](const Answer& answer) {
                     if (answer.status != 200)
                         end("the settings cannot be written: " + answer.body);
                 }}));
    }

    /// Serves until a signal comes. Returns the exit status.
    int run(const sigset_t& signals) {
        say(fmt::format(
            "listening on http://{}:{}/, {} records in {}; the operator's token is in {}",
            options_.http.address, http_.port(), writer_.market().state().records,
            options_.data.string(), (options_.data / "admin.token").string()));
        // Nobody is answered before the closes that came due while no server ran.
        std::promise<void> is_ready;
        std::thread writing{[&] {
            bool is_told = false;
            const auto tell = [&] {
                if (!std::exchange(is_told, true)) is_ready.set_value();
            };
            guard([&] { writer_.run(tell); });
            tell();
        }};
        std::thread viewing{[this] { guard([this] { view_.run(); }); }};
        std::thread serving{[&] {
            is_ready.get_future().wait();
            guard([this] { http_.run(); });
        }};
        std::optional<Demo> demo;
        if (options_.is_demo) demo.emplace(writer_, view_);
        int signal = 0;
        sigwait(&signals, &signal);
        demo.reset();
        writer_.stop();  // answers what was taken
        writing.join();
        view_.stop();
        viewing.join();
        saver_.stop();
        http_.stop();
        serving.join();
        if (!failure_.empty()) {
            say(failure_);
            return 1;
        }
        keep(folder_, writer_.market(), writer_.previous());
        return 0;
    }

private:
    /// Runs the work of a thread. If it fails, the server stops.
    void guard(const std::function<void()>& work) {
        try {
            work();
        } catch (const std::exception& error) {
            end(error.what());
        }
    }

    /// Stops the server because of a failure. Any thread.
    void end(const std::string& failure) {
        const std::lock_guard lock{failure_mutex_};
        if (failure_.empty()) failure_ = failure;
        ::kill(::getpid(), SIGTERM);
    }

    void write_save(std::uint64_t number, const std::string& bytes) {
        try {
            folder_.write_save(number, std::as_bytes(std::span{bytes}));
        } catch (const std::exception& error) {
            say(fmt::format("no save was written: {}", error.what()));
        }
    }

    ViewOptions view_options() {
        return {.records_between_saves = options_.save_every,
                .clock = system_time,
                .publish = [this](std::string_view event,
                                  std::string_view data) { http_.publish(event, data); },
                .last_event = [this] { return http_.last_event(); },
                .keep = [this](std::uint64_t number,
                               std::string bytes) { saver_.keep(number, std::move(bytes)); }};
    }
    ApiOptions api_options() {
        return {.clock = system_time,
                .public_url = options_.public_url,
                .request_every = options_.request_every,
                .back_up = [this](std::stop_token stop) {
                    const auto file = options_.data / fmt::format("{}{}", download, system_time());
                    backup(folder_.database(), file, std::move(stop));
                    return file.string();
                }};
    }

    Options options_;
    std::mutex failure_mutex_{};
    std::string failure_{};
    DataFolder folder_;
    Books books_;
    Metrics metrics_{};
    Tokens tokens_;
    Observer observer_{metrics_, tokens_};
    Recovered recovered_;
    Saver saver_{[this](auto number, const auto& bytes) { write_save(number, bytes); }};
    View view_;
    Writer writer_;
    Api api_;
    HttpServer http_;
};

}  // namespace
}  // namespace market_server

int main(int argc, char** argv) {
    int status = 0;
    auto options = market_server::read_options(argc, argv, status);
    if (!options) return status;
    if (sodium_init() < 0) {
        market_server::say("libsodium cannot be started");
        return 1;
    }
    const sigset_t signals = market_server::block_signals();
    try {
        if (options->is_digest) return market_server::print_digest(*options);
        market_server::Server server{*std::move(options)};
        return server.run(signals);
    } catch (const std::exception& error) {
        market_server::say(error.what());
        return 1;
    }
}
