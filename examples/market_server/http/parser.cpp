#include "parser.hpp"

#include "query.hpp"

#include <cstdint>
#include <optional>
#include <utility>

#include <boost/beast/http/basic_parser.hpp>

namespace market_server::http {
namespace {

namespace beast = boost::beast;
using beast::http::field;
using Text = beast::string_view;
using ParseError = beast::error_code;

std::string_view plain(Text text) { return {text.data(), text.size()}; }

Failure failure_of(const ParseError& error, std::size_t header_bytes_max,
                   std::size_t body_bytes_max) {
    if (error == beast::http::error::header_limit) {
        return {431,
                "the header exceeds the limit of " + std::to_string(header_bytes_max) + " bytes"};
    }
    if (error == beast::http::error::body_limit) {
        return {413, "the body exceeds the limit of " + std::to_string(body_bytes_max) + " bytes"};
    }
    return {400, "malformed request: " + error.message()};
}

}  // namespace

class RequestParser::State final : public beast::http::basic_parser<true> {
public:
    State(std::size_t header_bytes_max, std::size_t body_bytes_max) {
        header_limit(static_cast<std::uint32_t>(header_bytes_max));
        body_limit(body_bytes_max);
    }

    Incoming incoming{};
    std::optional<Failure> failure{};
    std::size_t header_bytes = 0;

private:
    void reject(ParseError& error, unsigned status, std::string text) {
        failure = Failure{status, std::move(text)};
        error = beast::http::error::bad_value;  // ends the parsing
    }

    void on_request_impl(beast::http::verb, Text method, Text target_text, int version,
                         ParseError& error) override {
        Request& request = incoming.request;
        incoming.is_http_1_0 = version == 10;
        incoming.is_head = method == "HEAD";
        request.method = incoming.is_head ? std::string_view{"GET"} : plain(method);
        std::string_view target = plain(target_text);
        constexpr std::string_view scheme = "http://";  // clients may send the whole address
        if (target.starts_with(scheme)) {
            const std::size_t path = target.find('/', scheme.size());
            target = path == std::string_view::npos ? "/" : target.substr(path);
        }
        const std::size_t mark = target.find('?');
        if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
        std::optional<std::string> path = decode_path(target.substr(0, mark));
        if (!path || !path->starts_with('/') || request.query.find("%00") != std::string::npos) {
            reject(error, 400, "malformed request: bad path or query");
            return;
        }
        request.path = *std::move(path);
    }

    void on_response_impl(int, Text, int, ParseError&) override {}

    void on_field_impl(field name, Text name_text, Text value, ParseError& error) override {
        if (is_header_done()) return;  // a trailer of a chunked body must not change the header
        if (name == field::host) {
            once(incoming.request.host, value, "Host", error);
        } else if (name == field::transfer_encoding) {
            // Beast ignores other encodings, so that it would take the body for the next request.
            if (incoming.is_http_1_0 || !beast::iequals(value, "chunked")) {
                reject(error, 400, "malformed request: Transfer-Encoding must be chunked");
            }
        } else if (name == field::expect) {
            if (!beast::iequals(value, "100-continue")) {
                reject(error, 417, "Expect must be 100-continue");
            }
            incoming.expects_continue = !incoming.is_http_1_0;
        } else if (beast::iequals(name_text, "auth")) {
            once(incoming.request.auth, value, "auth", error);
        } else if (beast::iequals(name_text, "Last-Event-ID")) {
            incoming.last_event = plain(value);
        }
    }

    void once(std::string& to, Text value, std::string_view name, ParseError& error) {
        if (!to.empty()) {
            reject(error, 400, "malformed request: more than one header " + std::string{name});
        }
        to = plain(value);
    }

    void on_header_impl(ParseError& error) override {
        incoming.is_keep_alive = keep_alive();
        if (!incoming.is_http_1_0 && incoming.request.host.empty()) {
            reject(error, 400, "malformed request: no header Host");
        }
    }

    void on_body_init_impl(const boost::optional<std::uint64_t>&, ParseError&) override {}

    std::size_t on_body_impl(Text body, ParseError&) override {
        incoming.request.body += plain(body);
        return body.size();
    }

    void on_chunk_header_impl(std::uint64_t, Text, ParseError&) override {}

    std::size_t on_chunk_body_impl(std::uint64_t, Text body, ParseError& error) override {
        return on_body_impl(body, error);
    }

    void on_finish_impl(ParseError&) override {}
};

RequestParser::RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : header_bytes_max_{header_bytes_max}, body_bytes_max_{body_bytes_max} {
    reset();
}

RequestParser::~RequestParser() = default;

void RequestParser::reset() {
    state_ = std::make_unique<State>(header_bytes_max_, body_bytes_max_);
}

std::size_t RequestParser::parse(std::string_view text) {
    std::size_t used = 0;
    while (used < text.size() && !is_done() && !state_->failure) {
        ParseError error;
        const std::string_view rest = text.substr(used);
        const bool in_header = !has_header();
        const std::size_t count = state_->put({rest.data(), rest.size()}, error);
        used += count;
        if (in_header) {
            // Beast limits only what is parsed at once.
            state_->header_bytes += count;
            const std::size_t waits = has_header() ? 0 : rest.size() - count;
            if (state_->header_bytes + waits > header_bytes_max_) {
                error = beast::http::error::header_limit;
            }
        }
        if (error == beast::http::error::need_more) break;
        if (error && !state_->failure) {
            state_->failure = failure_of(error, header_bytes_max_, body_bytes_max_);
        }
    }
    return used;
}

bool RequestParser::has_begun() const { return state_->got_some(); }
bool RequestParser::has_header() const { return state_->is_header_done(); }
bool RequestParser::is_done() const { return state_->is_done(); }
Incoming& RequestParser::incoming() { return state_->incoming; }

const Failure* RequestParser::failure() const {
    return state_->failure ? &*state_->failure : nullptr;
}

}  // namespace market_server::http
