// Requests to the server over HTTP and TLS, with the machine's token. The only file that knows
// libcurl.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace market_server {

struct Reply {
    long status = 0;  ///< 0: there was no whole answer, and `problem` says why
    std::string body{};
    std::chrono::seconds retry_after{0};  ///< from the header `Retry-After`, at most 60 s
    std::string problem{};
};

/// A server's address, checked. Throws std::invalid_argument with a message if it is not an
/// address of http or https, or holds a user, a password, a query or a fragment.
struct Address {
    explicit Address(const std::string& text);

    std::string url{};         ///< without a slash at its end
    bool is_readable = false;  ///< the token would cross a network without encryption
};

/// Keeps one connection. For one thread. Certificates are verified, and redirects are not followed:
/// the token goes to this address only.
class HttpClient {
public:
    /// A request ends within about a second after a stop. `authorities`: a file of certificates to
    /// trust; empty: those of the system.
    HttpClient(std::string url, const std::string& token, const std::string& authorities,
               std::stop_token stop);
    ~HttpClient();

    [[nodiscard]] Reply get(const std::string& path, std::chrono::seconds timeout);
    [[nodiscard]] Reply put(const std::string& path, const std::string& body,
                            std::chrono::seconds timeout);
    [[nodiscard]] Reply post(const std::string& path, const std::string& body,
                             std::chrono::seconds timeout);

private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace market_server
