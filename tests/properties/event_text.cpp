// Events as text: what is written is read as the same event, and is written again as the same line.
#include <gigaspot/json/event_reader.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <gigaspot/json/event_text.hpp>

#include "property.hpp"
#include "support/market.hpp"
#include "support/uuid.hpp"

namespace {

using namespace market;
using property::draw;
using property::draw_from;
using property::once_in;

constexpr std::uint64_t two_to_53 = std::uint64_t{1} << 53;

std::uint64_t draw_count() {
    return draw_from<std::uint64_t>(
        {0, 1, two_to_53, two_to_53 - 1, draw<std::uint64_t>(0, two_to_53)});
}

/// A number of a row with 128 bits, often near one of its ends.
template <class Q>
Q draw_amount() {
    const Int128 count = draw_from<Int128>(
        {Q::lowest().count() + draw(0, 9), Q::highest().count() - draw(0, 9), draw(0, 9),
         Int128{draw<std::int64_t>(0, 1'000'000'000'000)} * draw<std::int64_t>(0, 1'000'000'000),
         Int128{1} << draw(0, 126)});
    const bool is_negative = Q::lowest().count() < 0 && count > 0 && once_in(2);
    return Q::unchecked(is_negative ? -count : count);
}

std::string draw_text() {
    std::string text;
    const int size = draw(0, 6);
    for (int i = 0; i < size; ++i)
        text += draw_from<std::string>(
            {"a", "\"", "\\", "\n", "\x1f", "\u00e9", "\U0001d11e", "[", std::string(1, '\0')});
    return text;
}

Code draw_code() {
    for (;;) {
        const auto code = static_cast<Code>(draw<std::uint16_t>(1, 999));
        if (name(code) != "unknown") return code;
    }
}

std::uint64_t draw_id(std::uint64_t*) { return draw_count(); }
template <class Kind>
Id<Kind> draw_id(Id<Kind>*) {
    return Id<Kind>{draw_count()};
}
uuids::Uuid draw_id(uuids::Uuid*) {
    uuids::Uuid id;
    for (std::byte& byte : id.bytes) byte = static_cast<std::byte>(draw(0, 255));
    return id;
}
template <class AnyId>
AnyId draw_id() {
    return draw_id(static_cast<AnyId*>(nullptr));
}

template <class Traits>
BasicEvent<Traits> draw_event() {
    BasicEvent<Traits> event{.kind = static_cast<EventKind>(draw(0, 6)),
                             .time = Timestamp::unchecked(static_cast<std::int64_t>(draw_count())),
                             .command = draw_count()};
    if (event.kind == EventKind::accepted) return event;
    event.host = draw_id<typename Traits::HostId>();
    event.bid = draw_id<typename Traits::BidId>();
    switch (event.kind) {
    case EventKind::started:
    case EventKind::changed: event.profit = draw_amount<UsdPerDay>(); break;
    case EventKind::stopped: event.reason = draw_code(); break;
    case EventKind::charged:
        event.owner = draw_id<typename Traits::OwnerId>();
        event.currency = Currency{static_cast<std::uint8_t>(draw(0, 2))};
        event.amount = draw_amount<Amount>();
        event.fee = draw_amount<Amount>();
        break;
    default: break;
    }
    return event;
}

MarketNames some_names() {
    MarketNames names;
    REQUIRE(names.find_or_add_currency("b\"itcoin\t"));
    REQUIRE(names.find_or_add_currency(""));
    return names;
}

std::string_view without_end(std::string_view line) { return line.substr(0, line.size() - 1); }

template <class Traits>
void check_events(const char* sentence) {
    MarketNames names = some_names();
    BasicEventReader<Traits> reader;
    property::check(sentence, 10, [&] {
        const BasicEvent<Traits> event = draw_event<Traits>();
        std::string line;
        EventText{line, names}.put(event);
        RC_LOG(line);
        const auto read = reader.read(without_end(line), names);
        RC_ASSERT(read.has_value());
        RC_ASSERT(std::get<BasicEvent<Traits>>(*read) == event);
        std::string again;
        EventText{again, names}.put(std::get<BasicEvent<Traits>>(*read));
        RC_ASSERT(again == line);
        RC_ASSERT(names.currencies() == 3u);
    });
}

struct UuidTraits : DefaultTraits {
    using HostId = std::uint64_t;
    using BidId = uuids::Uuid;
    using OwnerId = uuids::Uuid;
};

TEST_CASE("an event that is written is read as the same event, and written as the same line") {
    check_events<DefaultTraits>("events");
    check_events<UuidTraits>("events with ids that are strings");
}

Violation draw_violation() {
    Violation reason{.code = draw_code()};
    if (once_in(2)) reason.gpu = static_cast<std::uint8_t>(draw(0, 255));
    reason.unit = static_cast<Unit>(draw(0, static_cast<int>(Unit::currency)));
    if (reason.unit == Unit::none) return reason;
    reason.value = draw<std::int64_t>(-1'000'000'000'000, 1'000'000'000'000'000);
    reason.bound = draw<std::int64_t>(-1'000'000, 1'000'000);
    return reason;
}

FieldProblem draw_problem() {
    FieldProblem problem{
        .code = draw_code(), .field = draw_text(), .detail = draw_text(), .is_decimal = once_in(2)};
    if (once_in(2)) problem.value = draw_from<std::string>({"-1", "1e400", "0.5", "0"});
    if (once_in(2)) problem.bound = std::to_string(draw(-5, 5));
    if (once_in(2)) problem.unit = "USD/kWh";
    return problem;
}

/// Writes a rejected command in one of the ways that there are.
std::string draw_rejected(const MarketNames& names) {
    std::vector<Violation> reasons(draw<std::size_t>(1, 4));
    for (Violation& reason : reasons) reason = draw_violation();
    const Rejection rejection{.time = Timestamp::unchecked(draw<std::int64_t>(0, 1'000'000)),
                              .command = draw_count(),
                              .reasons = std::span<const Violation>{reasons}};
    std::string line;
    EventText text{line, names};
    const GpuLimits gpus[] = {{.power_limit = {2_W, 1_W}, .mem_lock = {{1_MHz, 0_MHz}}},
                              {.power_limit = {1_W, 2_W}, .mem_offset = {{5_MHz, -5_MHz}}}};
    switch (draw(0, 3)) {
    case 0: text.put(rejection); break;
    case 1: text.put(rejection, Command{PlaceBid{}}); break;
    case 2: text.put(rejection, PutHost{.gpus = gpus}); break;
    default: text.put(rejection, draw_problem());
    }
    return line;
}

TEST_CASE("a rejected command that is written is read, and written as the same line") {
    MarketNames names;
    EventReader reader;
    property::check("rejected commands", 10, [&] {
        const std::string line = draw_rejected(names);
        RC_LOG(line);
        const auto read = reader.read(without_end(line), names);
        RC_ASSERT(read.has_value());
        const auto& rejected = std::get<RejectedCommand>(*read);
        std::string again;
        EventText{again, names}.put(rejected);
        RC_ASSERT(again == line);
        RC_ASSERT(std::get<RejectedCommand>(*reader.read(without_end(again), names)) == rejected);
    });
}

TEST_CASE("the reasons of the engine are read with their codes, GPUs and numbers") {
    MarketNames names;
    EventReader reader;
    property::check("reasons", 10, [&] {
        const Violation reason = draw_violation();
        std::string line;
        EventText{line, names}.put(
            Rejection{.time = at_ms(5), .command = 3, .reasons = std::span{&reason, 1}});
        RC_LOG(line);
        const auto read = reader.read(without_end(line), names);
        RC_ASSERT(read.has_value());
        const RejectionReason& found = std::get<RejectedCommand>(*read).reasons.at(0);
        RC_ASSERT(found.code == reason.code);
        RC_ASSERT(found.gpu == reason.gpu);
        RC_ASSERT(found.unit == symbol(reason.unit));
        const bool has_numbers = reason.unit != Unit::none;
        const int digits = decimals(reason.unit);
        RC_ASSERT(found.value == (has_numbers ? to_decimal(reason.value, digits).view() : ""));
        RC_ASSERT(found.bound == (has_numbers ? to_decimal(reason.bound, digits).view() : ""));
        RC_ASSERT(found.is_decimal == (digits != 0));
    });
}

}  // namespace
