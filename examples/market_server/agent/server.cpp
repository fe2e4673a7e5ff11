#include "server.hpp"

#include <utility>

#include <fmt/format.h>

namespace market_server {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds wait_max = 30s;
constexpr std::chrono::seconds answer_max = 30s;

/// Codes of the server's errors.
enum : std::int64_t { ok = 0, bad_input = 2, bad_token = 3, unknown = 4, other = 6 };

std::string text_of(const Reply& reply, const std::optional<Verdict>& verdict) {
    if (verdict && !verdict->error.empty()) return verdict->error;
    if (verdict && verdict->code != ok) return fmt::format("error {}", verdict->code);
    if (reply.status >= 300 && reply.status < 400)
        return fmt::format("HTTP status {}: the address is redirected; give the final one",
                           reply.status);
    if (reply.status == 200) return "the answer is not one of gigaspot-server";
    return fmt::format("HTTP status {}", reply.status);
}

Answer answer_of(const Reply& reply) {
    if (reply.status == 0) return {Outcome::unavailable, reply.problem, 0s};
    const auto verdict = verdict_of(reply.body);
    Answer answer{Outcome::unavailable, text_of(reply, verdict), reply.retry_after};
    if (!verdict) return answer;
    if (verdict->code == ok && reply.status == 200) answer.outcome = Outcome::done;
    if (verdict->code == unknown) answer.outcome = Outcome::unknown_machine;
    if (verdict->code == bad_token || verdict->code == other) answer.outcome = Outcome::rejected;
    return answer;
}

}  // namespace

Server::Server(const Options& options, std::stop_token stop)
    : path_{fmt::format("/host/v1/machines/{}", options.machine)}, client_{options.server,
                                                                           options.token,
                                                                           options.authorities,
                                                                           std::move(stop)} {}

Answer Server::put_machine(const std::string& capabilities, bool is_first) {
    const Reply reply = client_.put(path_, capabilities, answer_max);
    Answer answer = answer_of(reply);
    const auto verdict = verdict_of(reply.body);
    const bool is_temporary = reply.status == 408 || reply.status == 425 || reply.status == 429;
    const bool is_clients_fault = reply.status >= 300 && reply.status < 500 && !is_temporary;
    if ((verdict && (verdict->code == bad_input || verdict->code == unknown)) ||
        (is_first && is_clients_fault))
        answer.outcome = Outcome::rejected;
    return answer;
}

Answer Server::beat(const Report& report, std::chrono::seconds timeout) {
    return answer_of(client_.post(path_ + "/heartbeat", report.text(), timeout));
}

Server::RunAnswer Server::run(std::optional<std::uint64_t> after) {
    const Reply reply =
        after ? client_.get(fmt::format("{}/run?after={}&wait={}", path_, *after, wait_max.count()),
                            wait_max + 15s)
              : client_.get(path_ + "/run", answer_max);
    RunAnswer answer{answer_of(reply), {}};
    if (answer.outcome != Outcome::done) return answer;
    try {
        answer.assignment = assignment_of(reply.body);
    } catch (const BadDocument& problem) {
        answer.outcome = Outcome::unavailable;
        answer.text = fmt::format("the answer is not one of gigaspot-server: {}", problem.what());
    }
    return answer;
}

}  // namespace market_server
