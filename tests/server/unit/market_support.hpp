// A market that tests drive by records, with times in seconds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "market/json.hpp"
#include "market/market.hpp"

namespace market_server {

inline constexpr std::int64_t second = 1'000;
inline constexpr std::int64_t start = 1'700'000'040'000;  ///< a multiple of a minute

/// Takes records, and checks after each that no money has appeared or disappeared.
class Play {
public:
    Market market{};
    std::vector<Record> records{};
    std::vector<Posting> postings{};
    std::int64_t now = start;

    /// A market of one-minute intervals without margins, in which a coin is one USD.
    explicit Play(std::string_view policy = "") {
        Settings settings;
        settings.policy.switch_margin = {};
        settings.policy.switch_margin_ppm = {};
        std::string text = to_text(settings);
        if (!policy.empty()) text = fmt::format("{{{},{}", policy, text.substr(1));
        take(Op::settings, 0, text);
        take(Op::rate, 0, R"({"currency":"CLORE-Blockchain","usd":"1"})");
    }

    Outcome take(Op op, std::uint64_t account, std::string body) {
        records.push_back({op, now, account, std::move(body)});
        Outcome outcome = market.apply(records.back());
        postings.insert(postings.end(), outcome.postings.begin(), outcome.postings.end());
        return outcome;
    }
    std::string ask(Op op, std::uint64_t account, std::string body) {
        return take(op, account, std::move(body)).answer.body;
    }

    std::uint64_t add_account(std::string_view kind) {
        take(Op::account, 0,
             fmt::format(R"({{"name":"{}","kind":"{}","hash":"{}"}})", kind, kind,
                         market.state().accounts_made));
        return market.state().accounts_made;
    }
    std::uint64_t add_renter(std::string_view coins) {
        const std::uint64_t id = add_account("renter");
        if (coins != "0")
            take(Op::credit, 0,
                 fmt::format(R"({{"account":{},"currency":"CLORE-Blockchain","amount":"{}",)"
                             R"("reference":"r{}"}})",
                             id, coins, id));
        return id;
    }
    /// A machine with one GPU of 100 to 350 W that costs nothing to run.
    std::string add_machine(std::uint64_t provider, std::uint64_t id,
                            std::string_view more = R"("min_bid":"0")") {
        return ask(Op::machine, provider,
                   fmt::format(R"({} {{"energy_price":"0","gpus":[{{"model":"RTX 3090",)"
                               R"("pl":[100,350]}}],{}}})",
                               id, more));
    }
    std::string bid(std::uint64_t renter, std::uint64_t machine, std::string_view price,
                    int watts = 200, std::string_view more = "") {
        return ask(Op::create, renter, order(machine, price, watts, more));
    }
    static std::string order(std::uint64_t machine, std::string_view price, int watts,
                             std::string_view more = "") {
        return fmt::format(R"([{{"currency":"CLORE-Blockchain","renting_server":{},"price":{},)"
                           R"("oc":[{{"pl":{}}}]{}}}])",
                           machine, price, watts, more);
    }
    /// The close at the next whole minute.
    Outcome close() {
        now = (now / 60'000 + 1) * 60'000;
        return take(Op::close, 0, "");
    }

    [[nodiscard]] Balance balance(std::uint64_t account) const {
        return market.state().ledger.balance(account, gigaspot::main_currency);
    }
    /// The bid that runs on a machine; 0: none.
    [[nodiscard]] std::uint64_t runs_on(std::uint64_t machine) const {
        const auto run = market.engine().run(gigaspot::HostId{machine});
        return run ? run->bid.value : 0;
    }
};

inline const std::string accepted_all =
    R"({"code":0,"status":"ok","failed_to_oc_servers":[],"failed_to_rent_servers":[],)"
    R"("too_low_bids_servers":[],"reasons":[]})";

/// A text contains another.
inline bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace market_server
