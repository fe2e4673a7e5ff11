// Holds an answer until it is sent, and writes its header.
#pragma once

#include "http.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace market_server::http {

/// A response. Its file, if any, is deleted with it, whether it was sent or not.
class Answer {
public:
    explicit Answer(Response response);
    ~Answer();
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;

    [[nodiscard]] const Response& response() const { return response_; }
    /// The body, unless it is a file.
    [[nodiscard]] std::string_view text() const;

private:
    Response response_;
};

/// An answer that says why a request fails: {"code":...,"error":"..."}. `text` needs no escapes.
[[nodiscard]] Response failure(unsigned status, std::string_view text);

/// Says whether an answer of this status has a body.
[[nodiscard]] bool has_body(unsigned status);

/// The status line and the header, with the empty line behind it. Line ends in values are replaced.
[[nodiscard]] std::string head_of(const Response& response, std::uint64_t body_bytes,
                                  std::string_view connection);

}  // namespace market_server::http
