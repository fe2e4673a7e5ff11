#include "log.hpp"

#include <cstdio>

#include <fmt/format.h>

namespace market_server {

void Log::say(std::string_view text) {
    constexpr std::size_t length_max = 1'000;
    std::string line{text};
    for (std::size_t at = 0; !secret_.empty() && (at = line.find(secret_, at)) != line.npos;)
        line.replace(at, secret_.size(), "[hidden]");
    if (line.size() > length_max) line = line.substr(0, length_max) + "...";
    for (char& c : line)
        if (c < ' ' || c > '~') c = '?';
    line += '\n';
    const std::lock_guard lock{mutex_};
    static_cast<void>(std::fwrite(line.data(), 1, line.size(), stderr));
}

void Trouble::failed(const std::string& problem) {
    if (problem == last_) return;
    last_ = problem;
    log_.say(fmt::format("{}: {}", subject_, problem));
}

void Trouble::worked() {
    if (last_.empty()) return;
    last_.clear();
    log_.say(fmt::format("{}: works again", subject_));
}

}  // namespace market_server
