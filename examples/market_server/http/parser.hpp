// Parses the requests of one connection, piece by piece. Only its source includes Boost.Beast.
#pragma once

#include "http.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace market_server::http {

/// Why a request cannot be served.
struct Failure {
    unsigned status = 400;
    std::string text{};
};

/// A request, with what only the connection needs.
struct Incoming {
    Request request{};
    std::string last_event{};  ///< the header `Last-Event-ID`
    bool is_http_1_0 = false;
    bool is_head = false;        ///< `request.method` is GET then
    bool is_keep_alive = false;  ///< the connection may serve another request
    bool expects_continue =
        false;  ///< the client waits for "100 Continue" before it sends the body
};

class RequestParser {
public:
    RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max);
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    /// Begins with the next request.
    void reset();
    /// Parses the front of `text` and returns how many bytes it has used. Pass the rest again, with
    /// more behind it, until the request is done or has failed.
    std::size_t parse(std::string_view text);

    [[nodiscard]] bool has_begun() const;
    [[nodiscard]] bool has_header() const;
    [[nodiscard]] bool is_done() const;
    [[nodiscard]] const Failure* failure() const;  ///< null: none so far
    /// The fields of the header are complete once `has_header`, the body once `is_done`.
    [[nodiscard]] Incoming& incoming();

private:
    class State;
    std::size_t header_bytes_max_;
    std::size_t body_bytes_max_;
    std::unique_ptr<State> state_;
};

}  // namespace market_server::http
