#include "recovery.hpp"

#include <ctime>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "store/books.hpp"
#include "store/errors.hpp"
#include "store/hash.hpp"

namespace market_server {
namespace {

using Place = std::tuple<std::uint64_t, Part, std::string>;  ///< account, part, currency
using Sums = std::map<Place, Units>;

void add(Sums& sums, const Posting& posting) {
    sums[{posting.from.account, posting.from.part, posting.currency}] -= posting.amount;
    sums[{posting.to.account, posting.to.part, posting.currency}] += posting.amount;
}

/// What the market says that each side has.
Sums sums_of(const State& state) {
    Sums sums;
    const auto currency_name = [&](std::uint8_t number) {
        return std::string{state.market.names().name(gigaspot::Currency{number})};
    };
    for (const auto& [key, balance] : state.ledger.balances()) {
        sums[{key.first, Part::available, currency_name(key.second)}] = balance.available;
        sums[{key.first, Part::reserved, currency_name(key.second)}] = balance.reserved;
    }
    for (std::size_t i = 0; i < state.market.names().currencies(); ++i) {
        const auto number = static_cast<std::uint8_t>(i);
        const gigaspot::Currency currency{number};
        sums[{0, Part::outside, currency_name(number)}] = -state.ledger.deposited(currency);
        sums[{0, Part::fees, currency_name(number)}] = state.ledger.fees(currency);
    }
    return sums;
}

void audit(DataFolder& folder, const Recovered& recovered) {
    Books books{folder.database()};
    Sums booked;
    for (const Sum& sum : books.sums())
        booked[{sum.side.account, sum.side.part, sum.currency}] = sum.amount;
    for (const Posting& posting : recovered.previous) add(booked, posting);
    Sums held = sums_of(recovered.market.state());
    const auto is_zero = [](const auto& sum) { return sum.second == 0; };
    std::erase_if(booked, is_zero);
    std::erase_if(held, is_zero);
    if (booked == held) return;
    throw DamagedStore{fmt::format(
        "{}: the postings do not add up to the balances that the journal's records give. {}",
        folder.database().string(), restore_advice)};
}

}  // namespace

Recovered recover(DataFolder& folder, Source source) {
    Recovered recovered;
    std::optional<Save> save;
    if (source == Source::newest_save) save = folder.newest_save();
    if (save) {
        try {
            recovered.market = Market::restore(save->bytes);
        } catch (const std::exception& error) {
            throw DamagedStore{fmt::format(
                "{}/save.{}: {}. Move this file away to rebuild the market from the journal",
                folder.path().string(), save->number, error.what())};
        }
    }
    const std::uint64_t applied = folder.journal().applied();
    folder.journal().read(
        recovered.market.state().records, [&](std::uint64_t number, std::string_view text) {
            const auto record = record_of(text);
            if (!record)
                throw DamagedStore{fmt::format("{}: record {} is not one of this version. {}",
                                               folder.database().string(), number, restore_advice)};
            Outcome outcome = recovered.market.apply(*record);
            if (number > applied)
                recovered.previous.insert(recovered.previous.end(), outcome.postings.begin(),
                                          outcome.postings.end());
        });
    audit(folder, recovered);
    return recovered;
}

std::string duration_text(std::int64_t milliseconds) {
    const std::int64_t seconds = milliseconds / 1'000;
    const std::int64_t hours = seconds / 3'600;
    if (hours >= 48) return fmt::format("{} d {} h", hours / 24, hours % 24);
    if (hours != 0) return fmt::format("{} h {} min", hours, seconds / 60 % 60);
    return seconds >= 60 ? fmt::format("{} min", seconds / 60) : fmt::format("{} s", seconds);
}

Recovered recover_until(DataFolder& folder, std::int64_t now, std::int64_t downtime_max) {
    Recovered recovered = recover(folder);
    const State& state = recovered.market.state();
    const std::int64_t due = next_close(state);
    if (due > now || now - due <= downtime_max) return recovered;
    constexpr std::int64_t hour = 3'600'000;
    throw StoreError{fmt::format(
        "{}: {} closes are due since {:%Y-%m-%d %H:%M:%S} UTC, {} ago. All of that would be billed "
        "at once, and --downtime-max allows {}. If the clock is wrong, set it right. If it is "
        "right, start with --downtime-max {}h",
        folder.path().string(), (now - due) / state.settings.interval + 1,
        fmt::gmtime(static_cast<std::time_t>(due / 1'000)), duration_text(now - due),
        duration_text(downtime_max), (now - due) / hour + 1)};
}

std::string digest(const Market& market) {
    std::string text;
    for (const unsigned char byte : hash_of(market.save())) text += fmt::format("{:02x}", byte);
    return text;
}

void keep(DataFolder& folder, const Market& market, const std::vector<Posting>& previous) {
    const std::uint64_t last = market.state().records;
    const Batch books{.id = fmt::format("stop-{}", last), .previous = previous, .applied = last};
    if (folder.journal().append(books, last) != Append::durable)
        throw StoreError{fmt::format("{}: the last postings could not be written: {}; the next "
                                     "start makes them again",
                                     folder.database().string(), folder.journal().trouble())};
    const std::string bytes = market.save();
    folder.write_save(last, std::as_bytes(std::span{bytes}));
}

}  // namespace market_server
