#include "http_client.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <stdexcept>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>

#include <gigaspot/base/config.hpp>

namespace market_server {
namespace {

constexpr std::size_t body_bytes_max = 4 * 1024 * 1024;
constexpr long connect_seconds_max = 10;

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* it) const {
        Free(it);
    }
};
using Url = std::unique_ptr<CURLU, Freed<curl_url_cleanup>>;
using Text = std::unique_ptr<char, Freed<curl_free>>;
using Handle = std::unique_ptr<CURL, Freed<curl_easy_cleanup>>;
using Headers = std::unique_ptr<curl_slist, Freed<curl_slist_free_all>>;

/// A part of an address; empty if it is absent.
std::string part(const Url& url, CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return {};
    const Text owner{text};
    return text;
}

template <class Value>
void set(const Handle& handle, CURLoption option, Value value) {
    if (const CURLcode code = curl_easy_setopt(handle.get(), option, value); code != CURLE_OK)
        throw std::runtime_error{fmt::format("libcurl: {}", curl_easy_strerror(code))};
}

std::size_t take_body(const char* data, std::size_t, std::size_t size, void* to) {
    auto& body = *static_cast<std::string*>(to);
    if (size > body_bytes_max - body.size()) return 0;
    body.append(data, size);
    return size;
}

int is_stopped(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

}  // namespace

Address::Address(const std::string& text) {
    const Url parsed{curl_url()};
    if (!parsed) throw std::bad_alloc{};
    const CURLUcode code = curl_url_set(parsed.get(), CURLUPART_URL, text.c_str(), 0);
    const std::string scheme = part(parsed, CURLUPART_SCHEME);
    if (code != CURLUE_OK || (scheme != "http" && scheme != "https"))
        throw std::invalid_argument{
            "expected an address such as https://market.example or http://127.0.0.1:8080"};
    for (const CURLUPart unwanted :
         {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT})
        if (!part(parsed, unwanted).empty())
            throw std::invalid_argument{
                "the address must not hold a user, a password, a query or a fragment"};
    url = part(parsed, CURLUPART_URL);
    while (url.ends_with('/')) url.pop_back();
    const std::string host = part(parsed, CURLUPART_HOST);
    is_readable =
        scheme == "http" && host != "localhost" && host != "[::1]" && !host.starts_with("127.");
}

class HttpClient::Implementation {
public:
    Implementation(std::string url, const std::string& token, const std::string& authorities,
                   std::stop_token stop)
        : url_{std::move(url)}, stop_{std::move(stop)} {
        if (!handle_) throw std::bad_alloc{};
        add_header("auth: " + token);
        add_header("Content-Type: application/json");
        add_header("Expect:");
        set(handle_, CURLOPT_HTTPHEADER, headers_.get());
        set(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
        set(handle_, CURLOPT_FOLLOWLOCATION, 0L);
        set(handle_, CURLOPT_SSL_VERIFYPEER, 1L);
        set(handle_, CURLOPT_SSL_VERIFYHOST, 2L);
        if (!authorities.empty()) set(handle_, CURLOPT_CAINFO, authorities.c_str());
        set(handle_, CURLOPT_NOSIGNAL, 1L);
        set(handle_, CURLOPT_TCP_KEEPALIVE, 1L);
        set(handle_, CURLOPT_CONNECTTIMEOUT, connect_seconds_max);
        set(handle_, CURLOPT_USERAGENT, agent_.c_str());
        set(handle_, CURLOPT_ERRORBUFFER, error_.data());
        set(handle_, CURLOPT_WRITEFUNCTION, take_body);
        set(handle_, CURLOPT_XFERINFOFUNCTION, is_stopped);
        set(handle_, CURLOPT_XFERINFODATA, &stop_);
        set(handle_, CURLOPT_NOPROGRESS, 0L);
    }

    Reply send(const char* method, const std::string& path, const std::string* body,
               std::chrono::seconds timeout) {
        Reply reply;
        error_[0] = '\0';
        set(handle_, CURLOPT_URL, (url_ + path).c_str());
        if (body != nullptr) {
            set(handle_, CURLOPT_POSTFIELDS, body->c_str());
            set(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
        } else {
            set(handle_, CURLOPT_HTTPGET, 1L);
        }
        set(handle_, CURLOPT_CUSTOMREQUEST, method);
        set(handle_, CURLOPT_TIMEOUT, static_cast<long>(timeout.count()));
        set(handle_, CURLOPT_WRITEDATA, &reply.body);
        const CURLcode code = curl_easy_perform(handle_.get());
        if (code != CURLE_OK) {
            reply.problem = problem(code);
            return reply;
        }
        curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &reply.status);
        curl_off_t wait = 0;
        curl_easy_getinfo(handle_.get(), CURLINFO_RETRY_AFTER, &wait);
        reply.retry_after = std::chrono::seconds{std::clamp<curl_off_t>(wait, 0, 60)};
        return reply;
    }

private:
    void add_header(const std::string& line) {
        curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc{};
        static_cast<void>(headers_.release());
        headers_.reset(longer);
    }

    [[nodiscard]] std::string problem(CURLcode code) const {
        if (code == CURLE_WRITE_ERROR)
            return fmt::format("the answer exceeds {} bytes", body_bytes_max);
        // The buffer's texts hold durations, so that each would count as a new problem.
        if (code == CURLE_OPERATION_TIMEDOUT || error_[0] == '\0') return curl_easy_strerror(code);
        if (code == CURLE_COULDNT_CONNECT) return "cannot connect to " + url_;
        return error_.data();
    }

    std::string url_;
    std::stop_token stop_;
    std::string agent_ = fmt::format("gigaspot-host/{}.{}.{}", GIGASPOT_VERSION / 10'000,
                                     GIGASPOT_VERSION / 100 % 100, GIGASPOT_VERSION % 100);
    std::array<char, CURL_ERROR_SIZE> error_{};
    Headers headers_{};
    Handle handle_{curl_easy_init()};
};

HttpClient::HttpClient(std::string url, const std::string& token, const std::string& authorities,
                       std::stop_token stop)
    : implementation_{
          std::make_unique<Implementation>(std::move(url), token, authorities, std::move(stop))} {}
HttpClient::~HttpClient() = default;

Reply HttpClient::get(const std::string& path, std::chrono::seconds timeout) {
    return implementation_->send("GET", path, nullptr, timeout);
}
Reply HttpClient::put(const std::string& path, const std::string& body,
                      std::chrono::seconds timeout) {
    return implementation_->send("PUT", path, &body, timeout);
}
Reply HttpClient::post(const std::string& path, const std::string& body,
                       std::chrono::seconds timeout) {
    return implementation_->send("POST", path, &body, timeout);
}

}  // namespace market_server
