// What each request of HTTP asks for, and who may ask it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "../http/http.hpp"
#include "../run/view.hpp"
#include "../run/writer.hpp"
#include "../store/books.hpp"
#include "metrics.hpp"
#include "tokens.hpp"

namespace market_server {

struct ApiOptions {
    std::function<std::int64_t()> clock{};  ///< ms since 1970
    std::string public_url{};  ///< of the server, for clients; empty: from the header `Host`
    std::int64_t request_every = 1'000;  ///< ms between two requests of a renter's token
    /// Writes a copy of the market to a new file and returns its name; called on a thread of its
    /// own. Throws StoreError, even if it is asked to stop.
    std::function<std::string(std::stop_token)> back_up{};
};

/// A file of the page.
struct PageFile {
    std::string content_type{};
    std::shared_ptr<const std::string> text{};
};

/// Its methods run on the I/O thread.
class Api {
public:
    /// All arguments must outlive this object and the answers that are open.
    Api(ApiOptions options, Writer& writer, View& view, Books& books, const Tokens& tokens,
        Metrics& metrics, std::map<std::string, PageFile> page);
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    void handle(Request request, Respond respond, const HttpCounts& counts);

private:
    void page(const Request& request, const Respond& respond);
    void renter(const Request& request, const Respond& respond);
    void host(const Request& request, const Respond& respond);
    void operate(const Request& request, const Respond& respond);
    void health(const Respond& respond);
    void metrics(const Respond& respond, const HttpCounts& counts);

    void get_market(const Request& request, const Respond& respond, std::uint64_t account);
    void host_page(const Request& request, const Respond& respond);
    void snapshot(const Request& request, const Respond& respond);
    void wait_for_run(const Request& request, const Respond& respond, std::uint64_t account,
                      std::uint64_t machine);
    void ledger(const Request& request, const Respond& respond);
    void back_up(const Respond& respond);
    void add_account(const Request& request, const Respond& respond);
    void add_token(const Request& request, const Respond& respond);
    void revoke_token(const Request& request, const Respond& respond);
    void submit_with_token(Record record, const std::string& token, const Respond& respond);

    void submit(Record record, const Respond& respond);
    void ask(const Respond& respond, std::function<void(View&)> question);

    ApiOptions options_;
    Writer& writer_;
    View& view_;
    Books& books_;
    const Tokens& tokens_;
    Metrics& metrics_;
    std::map<std::string, PageFile> page_;
    RateLimit renters_;
    RateLimit hosts_{20, 100};
    std::atomic<bool> is_backing_up_ = false;
    std::jthread backup_{};  ///< stops when this object is destroyed
};

}  // namespace market_server
