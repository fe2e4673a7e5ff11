// Messages of gigaspot-host on standard error.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

namespace market_server {

/// Writes messages, one per line, from any thread. Texts that come from the server are made
/// harmless for a terminal: bytes that are not printable become '?', and long texts are cut.
class Log {
public:
    /// Shows `[hidden]` wherever this text would appear.
    void hide(std::string secret) { secret_ = std::move(secret); }
    void say(std::string_view text);

private:
    std::mutex mutex_{};
    std::string secret_{};
};

/// Reports something that can fail again and again: each new problem once, and the end of it.
class Trouble {
public:
    Trouble(Log& log, std::string_view subject) : log_{log}, subject_{subject} {}

    void failed(const std::string& problem);
    void worked();

private:
    Log& log_;
    std::string_view subject_;
    std::string last_{};
};

}  // namespace market_server
