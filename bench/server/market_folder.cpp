#include "market_folder.hpp"

#include <chrono>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "api/tokens.hpp"
#include "recovery.hpp"

namespace market_load {
namespace {

using market_server::Op;

constexpr std::size_t records_per_batch = 10'000;
constexpr std::uint64_t price_base = 1'000'000;  ///< in ticks: 1 coin per day

std::string price_text(std::uint64_t tick) {
    const std::uint64_t price = price_base + tick;
    return fmt::format("{}.{:06}", price / 1'000'000, price % 1'000'000);
}

std::string machine_text(std::size_t machine) {
    std::string gpus;
    for (std::size_t i = 0; i < gpus_of(machine); ++i)
        gpus += fmt::format(R"({}{{"model":"RTX 3090","pl":[100,350],"core_lock":[210,2100],)"
                            R"("mem_lock":[405,10501]}})",
                            i == 0 ? "" : ",");
    return fmt::format(R"({} {{"gpus":[{}],"energy_price":"0.{:02}","min_bid":"0.1"}})", machine,
                       gpus, 5 + machine % 10);
}

}  // namespace

std::int64_t time_now() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

FolderWriter::FolderWriter(const std::filesystem::path& folder, std::int64_t begun)
    : folder_{folder}, time_{begun} {
    market_server::Settings settings;  // as the server makes them without options
    settings.policy.interval_min = gigaspot::Duration::unchecked(settings.interval);
    add(Op::settings, 0, to_text(settings));
}

const market_server::Outcome& FolderWriter::add(Op op, std::uint64_t account, std::string body) {
    const market_server::Record record{op, time_, account, std::move(body)};
    records_.push_back(to_text(record));
    outcome_ = market_.apply(record);
    if (!outcome_.answer.body.starts_with(R"({"code":0)"))
        throw std::runtime_error{"a record of a made-up market failed: " + records_.back() + ": " +
                                 outcome_.answer.body};
    new_postings_.insert(new_postings_.end(), outcome_.postings.begin(), outcome_.postings.end());
    if (records_.size() >= records_per_batch) append();
    return outcome_;
}

void FolderWriter::append() {
    const std::vector<std::string_view> views{records_.begin(), records_.end()};
    const market_server::Batch batch{.id = std::to_string(appended_),
                                     .records = views,
                                     .previous = postings_,
                                     .applied = appended_};
    if (folder_.journal().append(batch, appended_) != market_server::Append::durable)
        throw std::runtime_error{folder_.journal().trouble()};
    appended_ += records_.size();
    records_.clear();
    postings_ = std::exchange(new_postings_, {});
}

std::uint64_t FolderWriter::add_account(std::string_view kind, std::string_view token) {
    add(Op::account, 0,
        fmt::format(R"({{"name":"{0} {1}","kind":"{0}","hash":"{2}"}})", kind,
                    market_.state().accounts_made + 1, market_server::hash_of_token(token)));
    return market_.state().accounts_made;
}

void FolderWriter::finish() {
    if (!records_.empty()) append();
}

void FolderWriter::finish_with_save() {
    finish();
    keep(folder_, market_, postings_);
    postings_.clear();
}

MadeMarket make_market(FolderWriter& writer, MarketSize size) {
    writer.add(Op::rate, 0, R"({"currency":"CLORE-Blockchain","usd":"0.5","fee_ppm":25000})");
    const std::uint64_t provider = writer.add_account("host", "provider");
    for (std::size_t i = 0; i < size.machines; ++i)
        writer.add(Op::machine, provider, machine_text(first_machine + i));
    MadeMarket made;
    for (std::size_t i = 0; i < size.renters; ++i) {
        made.tokens.push_back(market_server::make_token());
        made.renters.push_back(writer.add_account("renter", made.tokens.back()));
        writer.add(Op::credit, 0,
                   fmt::format(R"({{"account":{0},"currency":"CLORE-Blockchain",)"
                               R"("amount":"1000000","reference":"credit {0}"}})",
                               made.renters.back()));
    }
    return made;
}

std::string order_text(std::uint64_t machine, std::uint64_t tick) {
    std::string profiles;
    for (std::size_t i = 0; i < gpus_of(machine); ++i)
        profiles += fmt::format(R"({}{{"pl":{}}})", i == 0 ? "" : ",", 150 + tick % 150);
    return fmt::format(R"({{"currency":"CLORE-Blockchain","image":"a3f9c4d7e5b088d8a0bff880",)"
                       R"("renting_server":{},"price":{},"oc":[{}]}})",
                       machine, price_text(tick), profiles);
}

std::string edit_text(std::uint64_t order, std::uint64_t tick) {
    return fmt::format(R"([{{"order_id":{},"price":{}}}])", order, price_text(tick));
}

void add_bids(FolderWriter& writer, const MadeMarket& made, MarketSize size, std::size_t bids) {
    std::mt19937_64 random{20'261'130};
    for (std::size_t placed = 0; placed < bids;) {
        const std::size_t renter = placed / 50 % made.renters.size();
        std::string orders;
        for (std::size_t i = 0; i < 50 && placed < bids; ++i, ++placed)
            orders += fmt::format(
                "{}{}", i == 0 ? "" : ",",
                order_text(first_machine + placed * 7 % size.machines, random() % 4'000'000));
        writer.add(Op::create, made.renters[renter], fmt::format("[{}]", orders));
    }
}

void add_records(FolderWriter& writer, const MadeMarket& made, MarketSize size,
                 std::uint64_t count) {
    std::mt19937_64 random{20'261'130};
    constexpr std::int64_t minute = 60'000;
    constexpr std::size_t orders_per_renter = 32;
    std::vector<std::vector<std::uint64_t>> orders(made.renters.size());
    std::int64_t next_close = (writer.time() / minute + 1) * minute;
    while (writer.market().state().records < count) {
        writer.set_time(writer.time() + 20);
        if (writer.time() >= next_close) {
            writer.set_time(next_close);
            next_close += minute;
            writer.add(Op::close, 0, "");
            continue;
        }
        const std::size_t renter = random() % made.renters.size();
        const std::uint64_t account = made.renters[renter];
        std::vector<std::uint64_t>& own = orders[renter];
        const std::uint64_t tick = random() % 4'000'000;
        const std::uint64_t kind = random() % 10;
        if (own.empty() || (kind < 3 && own.size() < orders_per_renter)) {
            const std::uint64_t machine = first_machine + random() % size.machines;
            const std::uint64_t before = writer.market().state().orders_made;
            writer.add(Op::create, account, fmt::format("[{}]", order_text(machine, tick)));
            const std::uint64_t id = writer.market().state().orders_made;
            if (id != before) own.push_back(id);
            continue;
        }
        const std::size_t place = random() % own.size();
        const std::uint64_t order = own[place];
        if (kind >= 8 || own.size() >= orders_per_renter) {
            writer.add(Op::cancel, account, fmt::format(R"({{"order_ids":[{}]}})", order));
            own.erase(own.begin() + static_cast<std::ptrdiff_t>(place));
        } else {
            writer.add(Op::edit, account, edit_text(order, tick));
        }
    }
}

}  // namespace market_load
