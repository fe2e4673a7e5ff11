// The operator's part of the API.
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "../market/json.hpp"
#include "../store/errors.hpp"
#include "answers.hpp"
#include "api.hpp"

namespace market_server {
namespace {

void put_side(std::string& out, std::string_view key, const Side& side) {
    out += fmt::format(R"(,"{}":{{"account":{},"part":"{}"}})", key, side.account, name(side.part));
}

/// `time`: of the record that caused it.
std::string text_of(const Posting& posting, std::int64_t time) {
    std::string out = fmt::format(R"({{"record":{},"number":{},"time":{},"kind":"{}")",
                                  posting.record, posting.number, time, name(posting.kind));
    put_side(out, "from", posting.from);
    put_side(out, "to", posting.to);
    out += fmt::format(R"(,"currency":{},"amount":"{}","order":{},"reference":{}}})",
                       json_text(posting.currency), coins(posting.amount),
                       posting.order == 0 ? "null" : std::to_string(posting.order),
                       posting.reference.empty() ? "null" : json_text(posting.reference));
    return out;
}

/// The postings as an array, with their times, which the journal has.
std::string text_of(const std::vector<Posting>& postings, Books& books) {
    std::string out = "[";
    std::uint64_t record = 0;  // whose time is known
    std::int64_t time = 0;
    for (const Posting& posting : postings) {
        if (posting.record != record) {
            const auto found = record_of(books.record(posting.record));
            if (!found)
                throw DamagedStore{fmt::format("record {} is not one of this version. {}",
                                               posting.record, restore_advice)};
            record = posting.record;
            time = found->time;
        }
        if (&posting != postings.data()) out += ',';
        out += text_of(posting, time);
    }
    return out + ']';
}

/// Answers a body that is not of the right form.
template <class Work>
void with_input(const Respond& respond, Work work) {
    try {
        work();
    } catch (const BadInput& problem) {
        respond(bad_input(problem.what()));
    }
}

/// The time at which a token expires that is valid for `expires_in` seconds; 0: never.
std::int64_t expiry(const Fields& fields, std::int64_t now) {
    const auto seconds = fields.whole("expires_in");
    if (!seconds) return 0;
    constexpr std::int64_t seconds_max = std::int64_t{100} * 366 * 86'400;
    if (*seconds == 0 || *seconds > seconds_max)
        throw BadInput{fmt::format("expires_in: expected 1 to {} seconds", seconds_max)};
    return now + *seconds * 1'000;
}

}  // namespace

void Api::operate(const Request& request, const Respond& respond) {
    static const std::map<std::string, Op, std::less<>> posts{
        {"/admin/v1/credit", Op::credit}, {"/admin/v1/debit", Op::debit},
        {"/admin/v1/rate", Op::rate},     {"/admin/v1/accounts", Op::account},
        {"/admin/v1/tokens", Op::token},  {"/admin/v1/tokens/revoke", Op::revoke_token}};
    const auto post = posts.find(request.path);
    const bool is_get = request.path == "/admin/v1/ledger" || request.path == "/admin/v1/backup";
    if (!(post != posts.end() && request.method == "POST") && !(is_get && request.method == "GET"))
        return respond(unknown_endpoint());
    if (!tokens_.is_admin(request.auth)) return respond(bad_token());
    if (request.path == "/admin/v1/ledger") return ledger(request, respond);
    if (request.path == "/admin/v1/backup") return back_up(respond);
    switch (post->second) {
    case Op::account: return with_input(respond, [&] { add_account(request, respond); });
    case Op::token: return with_input(respond, [&] { add_token(request, respond); });
    case Op::revoke_token: return with_input(respond, [&] { revoke_token(request, respond); });
    default: return submit({.op = post->second, .body = request.body}, respond);
    }
}

/// Makes a token durable by its hash, and shows it once, in the answer.
void Api::submit_with_token(Record record, const std::string& token, const Respond& respond) {
    submit(std::move(record), [respond, token](Response response) {
        if (response.status == 200 && response.body.starts_with(R"({"code":0)")) {
            response.body.pop_back();
            response.body += fmt::format(R"(,"token":"{}"}})", token);
        }
        respond(std::move(response));
    });
}

void Api::add_account(const Request& request, const Respond& respond) {
    const Fields fields{request.body, {"name", "kind", "expires_in"}};
    const std::string token = make_token();
    submit_with_token({.op = Op::account,
                       .body = fmt::format(R"({{"name":{},"kind":{},"hash":"{}","expires":{}}})",
                                           json_text(need(fields.text("name"), "name")),
                                           json_text(need(fields.text("kind"), "kind")),
                                           hash_of_token(token), expiry(fields, options_.clock()))},
                      token, respond);
}

void Api::add_token(const Request& request, const Respond& respond) {
    const Fields fields{request.body, {"account", "expires_in"}};
    const std::string token = make_token();
    submit_with_token({.op = Op::token,
                       .body = fmt::format(R"({{"account":{},"hash":"{}","expires":{}}})",
                                           need(fields.whole("account"), "account"),
                                           hash_of_token(token), expiry(fields, options_.clock()))},
                      token, respond);
}

void Api::revoke_token(const Request& request, const Respond& respond) {
    const Fields fields{request.body, {"account", "token"}};
    const auto account = fields.whole("account");
    const auto token = fields.text("token");
    if (account.has_value() == token.has_value())
        throw BadInput{"expected either account or token"};
    submit({.op = Op::revoke_token,
            .body = account ? fmt::format(R"({{"account":{}}})", *account)
                            : fmt::format(R"({{"hash":"{}"}})", hash_of_token(*token))},
           respond);
}

/// Postings of an account, oldest first. Those of the last batch are not in the books yet; the view
/// has them.
void Api::ledger(const Request& request, const Respond& respond) {
    const std::string account_text = query_value(request.query, "account");
    const std::string after_text = query_value(request.query, "after");
    const auto account = number_of(account_text);
    if (!account) return respond(bad_input("account: expected the number of an account"));
    PostingPlace after;
    if (!after_text.empty()) {
        const std::size_t dot = after_text.find('.');
        const auto record = number_of(std::string_view{after_text}.substr(0, dot));
        const auto number = dot == std::string::npos
                                ? std::nullopt
                                : number_of(std::string_view{after_text}.substr(dot + 1));
        if (!record || !number || *number > 0xffff'ffff)
            return respond(bad_input("after: expected the text of next in an answer"));
        after = {*record, static_cast<std::uint32_t>(*number)};
    }
    ask(respond, [=, &books = books_](View& view) {
        constexpr std::size_t limit = 1'000;
        std::vector<Posting> postings;
        try {
            postings = books.postings(*account, after, limit);
        } catch (const StoreError& problem) {
            return respond(error(500, 1, problem.what()));
        }
        const auto is_after = [](const Posting& posting, const PostingPlace& place) {
            return posting.record > place.record ||
                   (posting.record == place.record && posting.number > place.number);
        };
        PostingPlace last = after;
        if (!postings.empty()) last = {postings.back().record, postings.back().number};
        for (const Posting& posting : view.last_postings()) {
            if (postings.size() == limit) break;
            if (is_after(posting, last) &&
                (posting.from.account == *account || posting.to.account == *account))
                postings.push_back(posting);
        }
        std::string text;
        try {
            text = text_of(postings, books);
        } catch (const StoreError& problem) {
            return respond(error(500, 1, problem.what()));
        }
        const std::string next =
            postings.size() == limit
                ? fmt::format(R"("{}.{}")", postings.back().record, postings.back().number)
                : "null";
        respond({.body = fmt::format(R"({{"code":0,"account":{},"postings":{},"next":{}}})",
                                     *account, text, next)});
    });
}

void Api::back_up(const Respond& respond) {
    if (is_backing_up_.exchange(true))
        return respond(error(503, 1, "a backup is being made; try again"));
    if (backup_.joinable()) backup_.join();  // the one before, which has ended
    backup_ = std::jthread{[this, respond](std::stop_token stop) {
        try {
            respond({.content_type = "application/octet-stream",
                     .file = options_.back_up(std::move(stop))});
        } catch (const std::exception& problem) {
            respond(error(500, 1, problem.what()));
        }
        is_backing_up_ = false;
    }};
}

}  // namespace market_server
