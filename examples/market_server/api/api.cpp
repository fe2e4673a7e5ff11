#include "api.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "../market/json.hpp"
#include "../run/render.hpp"
#include "answers.hpp"

namespace market_server {

namespace {

/// How many requests a request counts as: a large body takes room on the disk.
std::int64_t weight_of(const Request& request) {
    return 1 + static_cast<std::int64_t>(request.body.size() / (64 * 1'024));
}

}  // namespace

Api::Api(ApiOptions options, Writer& writer, View& view, Books& books, const Tokens& tokens,
         Metrics& metrics, std::map<std::string, PageFile> page)
    : options_{std::move(options)}, writer_{writer}, view_{view}, books_{books}, tokens_{tokens},
      metrics_{metrics}, page_{std::move(page)}, renters_{options_.request_every, 1} {}

void Api::handle(Request request, Respond respond, const HttpCounts& counts) {
    const auto part = [&]() -> std::string {
        if (request.path.starts_with("/v1/")) return "renter";
        if (request.path.starts_with("/host/v1/")) return "host";
        if (request.path.starts_with("/admin/v1/")) return "operator";
        return "page";
    }();
    // Counts the answer when it comes.
    const Respond counted = [&metrics = metrics_, part, answer = std::move(respond)](Response out) {
        metrics.answered(part, out.status);
        answer(std::move(out));
    };
    if (part == "renter") return renter(request, counted);
    if (part == "host") return host(request, counted);
    if (part == "operator") return operate(request, counted);
    if (request.method != "GET") return counted(unknown_endpoint());
    if (request.path == "/healthz") return health(counted);
    if (request.path == "/metrics") return metrics(counted, counts);
    page(request, counted);
}

void Api::submit(Record record, const Respond& respond) {
    const bool is_taken =
        writer_.submit({std::move(record), [respond](const Answer& answer) {
                            Response response{.status = answer.status, .body = answer.body};
                            if (answer.status == 503)
                                response.headers.emplace_back("Retry-After", "1");
                            respond(std::move(response));
                        }});
    if (!is_taken) respond(busy());
}

void Api::ask(const Respond& respond, std::function<void(View&)> question) {
    if (!view_.ask(std::move(question))) respond(busy());
}

// --- Pages and what anybody may read ---

void Api::page(const Request& request, const Respond& respond) {
    if (request.path == "/page/market.json")
        return ask(respond, [respond](View& view) { respond({.body = view.page()}); });
    if (request.path.starts_with("/page/hosts/")) return host_page(request, respond);
    if (request.path.starts_with("/snapshots/")) return snapshot(request, respond);
    const auto file = page_.find(request.path);
    if (file == page_.end()) return respond(unknown_endpoint());
    Response response{.content_type = file->second.content_type, .shared = file->second.text};
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'none'; script-src 'self'; style-src 'self'; "
                                  "img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
                                  "form-action 'none'; frame-ancestors 'none'");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    response.headers.emplace_back("Cache-Control", "no-cache");
    respond(std::move(response));
}

void Api::host_page(const Request& request, const Respond& respond) {
    std::string_view name{request.path};
    name.remove_prefix(std::string_view{"/page/hosts/"}.size());
    if (!name.ends_with(".json")) return respond(unknown_endpoint());
    name.remove_suffix(5);
    const auto machine = number_of(name);
    if (!machine) return respond(unknown_endpoint());
    const std::string asked = query_value(request.query, "watts");
    std::optional<std::int64_t> watts;
    if (!asked.empty()) {
        const auto number = number_of(asked);
        if (!number || *number == 0 || *number > 1'000'000)
            return respond(bad_input("watts: expected a whole number from 1 to 1000000"));
        watts = static_cast<std::int64_t>(*number);
    }
    ask(respond, [respond, machine, watts](View& view) {
        auto text = market_server::host_page(view.state(), *machine, watts);
        respond(text ? Response{.body = *std::move(text)}
                     : error(404, 4, fmt::format("host {} is unknown", *machine)));
    });
}

void Api::snapshot(const Request& request, const Respond& respond) {
    std::string_view name{request.path};
    constexpr std::string_view front = "/snapshots/gigaspot_";
    if (!name.starts_with(front) || !name.ends_with(".json")) return respond(unknown_endpoint());
    name.remove_prefix(front.size());
    name.remove_suffix(5);
    const auto seconds = number_of(name);
    auto text = seconds ? view_.snapshot(static_cast<std::int64_t>(*seconds)) : nullptr;
    if (!text)
        return respond(
            error(404, 4, "this snapshot is no longer kept; get_gigaspot names the newest"));
    Response response{.shared = std::move(text)};
    response.headers.emplace_back("Cache-Control", "public, max-age=60, immutable");
    respond(std::move(response));
}

void Api::health(const Respond& respond) {
    if (writer_.clock_error() > 0)
        return respond(error(503, 1, "the server's clock was set forward, so nothing is closed"));
    if (!writer_.is_healthy()) return respond(error(503, 1, "the journal cannot be written now"));
    ask(respond, [respond](View& view) {
        respond(view.is_balanced() ? Response{.body = R"({"code":0})"}
                                   : error(503, 1, "the ledger is not balanced"));
    });
}

void Api::metrics(const Respond& respond, const HttpCounts& counts) {
    Gauges gauges{.http = counts,
                  .writer_queue = writer_.waiting(),
                  .view_queue = view_.waiting(),
                  .clock_error = writer_.clock_error()};
    ask(respond, [respond, gauges, &metrics = metrics_](View& view) mutable {
        const gigaspot::Totals totals = view.state().engine().totals();
        gauges.is_balanced = view.is_balanced();
        gauges.records = view.state().records;
        gauges.hosts = totals.hosts;
        gauges.running = totals.running;
        gauges.bids = totals.bids;
        gauges.watts = totals.watts;
        gauges.income_usd_per_day = static_cast<double>(totals.income.count()) / 1e20;
        for (std::uint16_t number = 1; number < 1'000; ++number) {
            const auto code = static_cast<gigaspot::Code>(number);
            if (const auto count = view.state().engine().rejected(code); count != 0)
                gauges.rejections[std::string{name(code)}] = count;
        }
        respond({.body = metrics.text(gauges),
                 .content_type = "text/plain; version=0.0.4; charset=utf-8"});
    });
}

// --- Renters ---

void Api::renter(const Request& request, const Respond& respond) {
    static const std::map<std::string, Op, std::less<>> posts{
        {"/v1/create_gigaspot_orders", Op::create},
        {"/v1/edit_gigaspot_orders", Op::edit},
        {"/v1/cancel_orders", Op::cancel}};
    const auto post = posts.find(request.path);
    const bool is_get = request.path == "/v1/get_gigaspot" || request.path == "/v1/wallets" ||
                        request.path == "/v1/my_orders";
    if (!(post != posts.end() && request.method == "POST") && !(is_get && request.method == "GET"))
        return respond(unknown_endpoint());
    const std::int64_t now = options_.clock();
    const auto who = tokens_.find(request.auth, now);
    if (!who) return respond(bad_token());
    if (const std::int64_t wait = renters_.wait(who->hash, now, is_get, weight_of(request));
        wait != 0)
        return respond(too_often(wait));
    if (request.path == "/v1/get_gigaspot") return get_market(request, respond, who->account);
    if (request.path == "/v1/wallets")
        return ask(respond, [respond, account = who->account](View& view) {
            respond({.body = wallets_text(view.state(), account)});
        });
    if (request.path == "/v1/my_orders") {
        const std::string asked = query_value(request.query, "return_completed");
        const bool with_completed = asked == "true" || asked == "1";
        return ask(respond, [respond, account = who->account, with_completed](View& view) {
            respond({.body = orders_text(view.state(), account, with_completed)});
        });
    }
    if (who->kind != AccountKind::renter)
        return respond(error(200, 6, "this account is a hosting provider's; only renters bid"));
    submit({.op = post->second, .account = who->account, .body = request.body}, respond);
}

void Api::get_market(const Request& request, const Respond& respond, std::uint64_t account) {
    const auto front = view_.front();
    if (front->rate.empty())
        return respond(error(
            200, 6, fmt::format("{} has no exchange rate now; try again", front->main_currency)));
    const std::string base =
        options_.public_url.empty() ? "http://" + request.host : options_.public_url;
    respond(
        {.body = fmt::format(
             R"({{"code":0,"my_user_id":{},"v1_snapshot_url":{},"clore_price":{},)"
             R"("creation_fees":{}}})",
             account,
             json_text(fmt::format("{}/snapshots/gigaspot_{}.json", base, front->snapshot_time)),
             front->rate, front->creation_fees)});
}

// --- Hosts ---

void Api::host(const Request& request, const Respond& respond) {
    std::string_view rest{request.path};
    constexpr std::string_view front = "/host/v1/machines/";
    if (!rest.starts_with(front)) return respond(unknown_endpoint());
    rest.remove_prefix(front.size());
    const std::string_view id_text = rest.substr(0, rest.find('/'));
    const std::string_view action = rest.substr(id_text.size());
    const auto id = number_of(id_text);
    const std::string method_and_action = request.method + std::string{action};
    static const std::map<std::string, Op, std::less<>> changes{
        {"PUT", Op::machine}, {"DELETE", Op::remove_machine}, {"POST/heartbeat", Op::beat}};
    const auto change = changes.find(method_and_action);
    if (!id || (change == changes.end() && method_and_action != "GET/run"))
        return respond(unknown_endpoint());
    const std::int64_t now = options_.clock();
    const auto who = tokens_.find(request.auth, now);
    if (!who) return respond(bad_token());
    if (who->kind != AccountKind::host)
        return respond(error(403, 6, "this account is a renter's; only providers have machines"));
    if (const std::int64_t wait = hosts_.wait(who->hash, now, true, weight_of(request)); wait != 0)
        return respond(too_often(wait));
    if (change == changes.end()) return wait_for_run(request, respond, who->account, *id);
    submit({.op = change->second,
            .account = who->account,
            .body = fmt::format("{} {}", *id, request.body)},
           respond);
}

void Api::wait_for_run(const Request& request, const Respond& respond, std::uint64_t account,
                       std::uint64_t machine) {
    constexpr std::uint64_t wait_max = 60;
    const std::string after = query_value(request.query, "after");
    const std::string wait = query_value(request.query, "wait");
    const auto sequence = after.empty() ? std::uint64_t{0} : number_of(after);
    const auto seconds = wait.empty() || after.empty() ? std::uint64_t{0} : number_of(wait);
    if (!sequence || !seconds) return respond(bad_input("after and wait: expected whole numbers"));
    const std::int64_t time = static_cast<std::int64_t>(std::min(*seconds, wait_max)) * 1'000;
    ask(respond, [=](View& view) {
        const auto found = view.state().machines.find(machine);
        if (found == view.state().machines.end())
            return respond(error(404, 4, fmt::format("machine {} is not registered", machine)));
        if (found->second.account != account)
            return respond(
                error(403, 6, fmt::format("machine {} belongs to another account", machine)));
        view.wait_for_run(machine, *sequence, time, [=](std::string text) {
            respond(text.empty() ? error(404, 4, "the machine was removed")
                                 : Response{.body = std::move(text)});
        });
    });
}

}  // namespace market_server
