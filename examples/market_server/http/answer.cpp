#include "answer.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include <strings.h>
#include <unistd.h>

namespace market_server::http {
namespace {

std::string_view reason_of(unsigned status) {
    constexpr std::array<std::pair<unsigned, std::string_view>, 23> reasons{{
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {413, "Payload Too Large"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    }};
    const auto* const found = std::find_if(reasons.begin(), reasons.end(),
                                           [=](const auto& r) { return r.first == status; });
    return found == reasons.end() ? std::string_view{"Other"} : found->second;
}

/// The code in the body of an error, as in the market's API.
int code_of(unsigned status) {
    if (status == 404) return 4;
    if (status == 503) return 5;
    return status >= 500 ? 1 : 2;
}

std::string date_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 64> text{};  // no locale is set, so the names are English
    return {text.data(),
            std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

void add_header(std::string& head, std::string_view name, std::string_view value) {
    head += name;
    head += ": ";
    for (const char c : value) {
        head += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
    }
    head += "\r\n";
}

bool has_header(const Response& response, const char* name) {
    return std::any_of(response.headers.begin(), response.headers.end(), [=](const auto& header) {
        return strcasecmp(header.first.c_str(), name) == 0;
    });
}

}  // namespace

Answer::Answer(Response response) : response_{std::move(response)} {}

Answer::~Answer() {
    if (!response_.file.empty()) ::unlink(response_.file.c_str());
}

std::string_view Answer::text() const {
    return response_.shared ? *response_.shared : response_.body;
}

Response failure(unsigned status, std::string_view text) {
    Response response;
    response.status = status;
    response.body = R"({"code":)" + std::to_string(code_of(status)) + R"(,"error":")";
    response.body += text;
    response.body += "\"}\n";
    if (status == 503) response.headers.emplace_back("Retry-After", "2");
    return response;
}

bool has_body(unsigned status) { return status >= 200 && status != 204 && status != 304; }

std::string head_of(const Response& response, std::uint64_t body_bytes,
                    std::string_view connection) {
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
    head += reason_of(response.status);
    head += "\r\n";
    add_header(head, "Date", date_now());
    if (has_body(response.status)) {
        add_header(head, "Content-Length", std::to_string(body_bytes));
        if (!response.content_type.empty()) {
            add_header(head, "Content-Type", response.content_type);
        }
    }
    if (!connection.empty()) add_header(head, "Connection", connection);
    if (!has_header(response, "Cache-Control")) add_header(head, "Cache-Control", "no-store");
    if (!has_header(response, "X-Content-Type-Options")) {
        add_header(head, "X-Content-Type-Options", "nosniff");
    }
    for (const auto& [name, value] : response.headers) add_header(head, name, value);
    head += "\r\n";
    return head;
}

}  // namespace market_server::http
