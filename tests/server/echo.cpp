// A small server for test_http.py: each path shows one way to answer.
#include "http/http.hpp"

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace market_server;

namespace {

std::size_t number(std::string_view text) {
    std::size_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

Response text(std::string body) {
    Response response;
    response.body = std::move(body);
    response.content_type = "text/plain";
    return response;
}

/// Options from arguments such as "body_bytes_max=1000".
HttpOptions options_of(int count, char** arguments) {
    HttpOptions options;
    options.port = 0;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument{arguments[i]};
        const std::size_t equals = argument.find('=');
        const std::string_view name = argument.substr(0, equals);
        const std::string_view value = argument.substr(equals + 1);
        const std::size_t n = number(value);
        if (name == "address") options.address = value;
        if (name == "port") options.port = static_cast<std::uint16_t>(n);
        if (name == "header_bytes_max") options.header_bytes_max = n;
        if (name == "body_bytes_max") options.body_bytes_max = n;
        if (name == "body_bytes_total_max") options.body_bytes_total_max = n;
        if (name == "connections_max") options.connections_max = n;
        if (name == "connections_per_address_max") options.connections_per_address_max = n;
        if (name == "streams_max") options.streams_max = n;
        if (name == "stream_backlog_max") options.stream_backlog_max = n;
        if (name == "events_kept") options.events_kept = n;
        if (name == "event_bytes_kept") options.event_bytes_kept = n;
        if (name == "request_time_max") options.request_time_max = std::chrono::seconds{n};
        if (name == "idle_time_max") options.idle_time_max = std::chrono::seconds{n};
        if (name == "files_max") {
            const rlimit limit{n, n};
            setrlimit(RLIMIT_NOFILE, &limit);
        }
    }
    return options;
}

class Echo {
public:
    explicit Echo(const HttpOptions& options)
        : server_{options, [this](const Request& request, Respond respond) {
                      handle(request, std::move(respond));
                  }} {}

    HttpServer& server() { return server_; }
    /// The replies that were never given.
    std::vector<Respond> take_kept() { return std::exchange(kept_, {}); }
    /// The threads that will reply, perhaps when the server is gone.
    std::vector<std::jthread> take_repliers() { return std::exchange(repliers_, {}); }

private:
    void handle(const Request& request, Respond respond) {
        const std::string_view path = request.path;
        if (path == "/echo") return respond(text(described(request)));
        if (path == "/small") return respond(text("{\"code\":0}"));
        if (path == "/delayed") return delayed(request, std::move(respond));
        if (path == "/large") return large(std::move(respond));
        if (path == "/file") return file(request, std::move(respond));
        if (path == "/never") return kept_.push_back(std::move(respond));
        if (path == "/kept") return respond(text(std::to_string(kept_.size())));
        if (path == "/dropped") return;
        if (path == "/throws") throw std::runtime_error{"secret"};
        if (path == "/twice") return twice(respond);
        if (path == "/after") return later(request, std::move(respond));
        if (path == "/headers") return headers(std::move(respond));
        if (path == "/status") return status(request, std::move(respond));
        if (path == "/publish") return publish(request, std::move(respond));
        if (path == "/last") return respond(text(std::to_string(server_.last_event())));
        if (path == "/counts") return respond(counts());
        Response missing = text("{\"code\":4}");
        missing.status = 404;
        respond(std::move(missing));
    }

    static std::string described(const Request& request) {
        return request.method + "\n" + request.path + "\n" + request.query + "\n" + request.auth +
               "\n" + request.host + "\n" + query_value(request.query, "key") + "\n" + request.body;
    }

    /// Answers from another thread, after some ms.
    void delayed(const Request& request, Respond respond) {
        const std::chrono::milliseconds delay{number(query_value(request.query, "ms"))};
        repliers_.emplace_back([delay, body = request.body, respond = std::move(respond)] {
            std::this_thread::sleep_for(delay);
            respond(text("delayed " + body));
        });
    }

    void large(const Respond& respond) const {
        Response response;
        response.shared = large_;
        respond(std::move(response));
    }

    /// Sends a file of some bytes, under the given name.
    static void file(const Request& request, const Respond& respond) {
        Response response;
        response.file = query_value(request.query, "name");
        std::ofstream{response.file, std::ios::binary}
            << std::string(number(query_value(request.query, "bytes")), 'f');
        if (query_value(request.query, "gone") == "1") ::unlink(response.file.c_str());
        respond(std::move(response));
    }

    /// Answers once more when the client may wait for the answer of another request.
    void twice(const Respond& respond) {
        respond(text("first"));
        server_.after(std::chrono::milliseconds{100}, [respond] { respond(text("second")); });
    }

    void later(const Request& request, Respond respond) {
        server_.after(std::chrono::milliseconds{number(query_value(request.query, "ms"))},
                      [respond = std::move(respond)] { respond(text("later")); });
    }

    static void headers(const Respond& respond) {
        Response response = text("h");
        response.headers = {{"cache-control", "max-age=60"}, {"X-Split", "a\r\nX-Injected: b"}};
        respond(std::move(response));
    }

    static void status(const Request& request, const Respond& respond) {
        Response response = text("body");
        response.status = static_cast<unsigned>(number(query_value(request.query, "status")));
        respond(std::move(response));
    }

    /// Publishes events from another thread: `count` of them, the body after a number.
    void publish(const Request& request, Respond respond) {
        const std::size_t count = number(query_value(request.query, "count"));
        publishers_.emplace_back([this, count, body = request.body, respond = std::move(respond)] {
            for (std::size_t i = 0; i < count; ++i) {
                server_.publish("test", std::to_string(i) + " " + body);
            }
            respond(text(std::to_string(server_.last_event())));
        });
    }

    [[nodiscard]] Response counts() const {
        const HttpCounts c = server_.counts();
        const auto field = [](std::string_view name, std::uint64_t value) {
            return "\"" + std::string{name} + "\":" + std::to_string(value);
        };
        return text("{" + field("requests", c.requests) + "," +
                    field("refused_connections", c.refused_connections) + "," +
                    field("malformed_requests", c.malformed_requests) + "," +
                    field("streams_dropped", c.streams_dropped) + "," +
                    field("events_sent", c.events_sent) + "," +
                    field("connections", c.connections) + "," + field("streams", c.streams) + "}");
    }

    std::shared_ptr<const std::string> large_ =
        std::make_shared<const std::string>(std::size_t{10'000'000}, 'x');
    HttpServer server_;
    std::vector<Respond> kept_{};
    std::vector<std::jthread> repliers_{};
    std::vector<std::jthread> publishers_{};  // they end before the server
};

int serve(int count, char** arguments) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread begins

    auto echo = std::make_unique<Echo>(options_of(count, arguments));
    std::jthread stopper{[&] {
        int signal = 0;
        sigwait(&signals, &signal);
        echo->server().stop();
    }};
    std::printf("%u\n", static_cast<unsigned>(echo->server().port()));
    std::fflush(stdout);
    echo->server().run();
    stopper.join();
    // Replies may come during the end of the server and after it.
    std::vector<Respond> kept = echo->take_kept();
    const bool is_called = kept.size() % 2 == 1;
    std::vector<std::jthread> repliers = echo->take_repliers();
    echo.reset();
    repliers.clear();  // waits for them
    if (is_called) kept.back()(text("too late"));
    kept.clear();
    std::puts("stopped");
    return EXIT_SUCCESS;
}

}  // namespace

int main(int count, char** arguments) {
    try {
        return serve(count, arguments);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return EXIT_FAILURE;
    }
}
