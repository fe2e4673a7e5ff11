#include "server.hpp"

#include <sstream>
#include <stdexcept>
#include <utility>

#include "http_client.hpp"

namespace market_load {
namespace {

double seconds_now() {
    return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

std::vector<std::string> command_of(const std::filesystem::path& program,
                                    const std::filesystem::path& folder,
                                    const std::vector<std::string>& options,
                                    std::vector<std::string> command) {
    command.insert(command.end(), {program.string(), "--data", folder.string(), "--listen",
                                   "127.0.0.1:0", "--request-every", "0ms", "--heartbeat", "1h"});
    command.insert(command.end(), options.begin(), options.end());
    return command;
}

}  // namespace

std::uint16_t port_in(const std::string& line) {
    constexpr std::string_view before = "127.0.0.1:";
    const std::size_t place = line.find(before);
    if (place == std::string::npos) throw std::runtime_error{"no port in: " + line};
    return static_cast<std::uint16_t>(std::stoul(line.substr(place + before.size())));
}

Server::Server(const std::filesystem::path& program, const std::filesystem::path& folder,
               const std::vector<std::string>& options, std::vector<std::string> wrapper)
    : begun_{seconds_now()}, process_{command_of(program, folder, options, std::move(wrapper))},
      port_{port_in(process_.wait_for_line("listening on"))}, start_seconds_{seconds_now() -
                                                                             begun_} {}

Samples Server::metrics() const {
    HttpClient client{port_};
    std::istringstream text{std::string{client.body(request_text("GET", "/metrics", ""))}};
    Samples samples;
    for (std::string line; std::getline(text, line);) {
        const std::size_t space = line.rfind(' ');
        if (line.starts_with('#') || space == std::string::npos) continue;
        samples[line.substr(0, space)] = std::stod(line.substr(space + 1));
    }
    return samples;
}

double value_of(const Samples& samples, const std::string& name) {
    const auto found = samples.find(name);
    if (found == samples.end()) throw std::runtime_error{"/metrics has no " + name};
    return found->second;
}

double difference(const Samples& before, const Samples& after, const std::string& name) {
    const auto value = [&](const Samples& samples) {
        const auto found = samples.find(name);
        return found == samples.end() ? 0 : found->second;
    };
    return value(after) - value(before);
}

}  // namespace market_load
