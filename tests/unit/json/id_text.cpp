// Ids of other types in JSON: numbers that hold less than 2^53, and strings. Whole markets with
// such ids are in replay.cpp.
#include <gigaspot/json/id_text.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <gigaspot/json/event_reader.hpp>
#include <gigaspot/json/event_text.hpp>

#include "support/market.hpp"
#include "support/uuid.hpp"

namespace other_ids {

/// A text with characters that JSON escapes, and two that mean the same.
struct Label {
    char letter = 'a';
    friend constexpr auto operator<=>(const Label&, const Label&) = default;
};

struct NoText {
    int number = 0;
    friend constexpr auto operator<=>(const NoText&, const NoText&) = default;
};

struct WrongText {
    int number = 0;
    friend constexpr auto operator<=>(const WrongText&, const WrongText&) = default;
};

}  // namespace other_ids

template <>
struct gigaspot::IdText<other_ids::Label> {
    /// A text without a `std::string`.
    struct Text {
        char bytes[2];
        operator std::string_view() const { return {bytes, 2}; }
    };

    static constexpr const char* form = "a quote and a letter";
    static std::optional<other_ids::Label> read(std::string_view text) {
        if (text.size() != 2 || text[0] != '"') return std::nullopt;
        return other_ids::Label{text[1] < 'a' ? static_cast<char>(text[1] + ('a' - 'A')) : text[1]};
    }
    static Text write(const other_ids::Label& label) { return {{'"', label.letter}}; }
};

template <>
struct gigaspot::IdText<other_ids::WrongText> {
    static constexpr std::string_view form = "a number";
    static other_ids::WrongText read(std::string_view) { return {}; }  // not an optional
    static std::string write(const other_ids::WrongText&) { return {}; }
};

namespace {

using namespace market;
using namespace other_ids;
using uuids::Uuid;

TEST_CASE("an id is a number or, if it has an IdText, a string") {
    static_assert(NumberId<BidId> && NumberId<int> && NumberId<std::uint64_t>);
    static_assert(TextId<Uuid> && TextId<Label>);
    static_assert(!NumberId<Uuid> && !TextId<BidId>);
    static_assert(JsonId<BidId> && JsonId<Uuid>);
    static_assert(!JsonId<NoText> && !JsonId<bool> && !JsonId<double> && !JsonId<std::string>);
    static_assert(!JsonId<WrongText>);
}

struct Mixed : DefaultTraits {
    using HostId = std::uint16_t;
    using BidId = Uuid;
    using OwnerId = Label;
};

const std::string charged =
    R"({"event":"charged","time":5,"command":3,"host":65535,)"
    R"("bid":"00000000-0000-0000-0000-0000000000fe","owner":"\"b","currency":"CLORE-Blockchain",)"
    R"("amount":"1","fee":"0"})";

TEST_CASE("ids of one market may have different forms") {
    const BasicEvent<Mixed> event{.kind = EventKind::charged,
                                  .time = at_ms(5),
                                  .command = 3,
                                  .host = 65'535,
                                  .bid = uuids::uuid(0xfe),
                                  .owner = Label{'b'},
                                  .amount = Amount::unchecked(100'000'000)};
    MarketNames names;
    std::string line;
    EventText{line, names}.put(event);
    CHECK(line == charged + '\n');
    BasicEventReader<Mixed> reader;
    const auto same = reader.read(charged, names);
    REQUIRE(same);
    CHECK(std::get<BasicEvent<Mixed>>(*same) == event);
    // Two texts may mean one id.
    std::string upper = charged;
    upper.replace(upper.find(R"(\"b)"), 3, R"(\"B)");
    CHECK(*reader.read(upper, names) == *same);
}

TEST_CASE("the text of an id that is wrong is named, with what was expected") {
    MarketNames names;
    BasicEventReader<Mixed> reader;
    const auto problem = [&](std::string_view old, std::string_view wrong) {
        std::string line = charged;
        line.replace(line.find(old), old.size(), wrong);
        const auto read = reader.read(line, names);
        REQUIRE_FALSE(read);
        return read.error();
    };
    CHECK(problem("000000fe", "000000fg") ==
          FieldProblem{Code::malformed, "bid",
                       "expected a UUID, got \"00000000-0000-0000-0000-0000000000fg\""});
    CHECK(problem(R"("00000000-0000-0000-0000-0000000000fe")", "1") ==
          FieldProblem{Code::malformed, "bid", "expected a UUID, got a number"});
    CHECK(problem(R"("00000000-0000-0000-0000-0000000000fe")", R"("\ud800")") ==
          FieldProblem{Code::malformed, "bid", "an escape is half of a surrogate pair"});
    CHECK(problem(R"("\"b")", R"("b")") ==
          FieldProblem{Code::malformed, "owner", "expected a quote and a letter, got \"b\""});
    CHECK(problem("65535", "65536") == FieldProblem{Code::number_out_of_range, "host",
                                                    "65536 is out of range: 0 to 65535", "65536",
                                                    "65535"});
    CHECK(problem("65535", "-1") == FieldProblem{Code::number_out_of_range, "host",
                                                 "-1 is out of range: 0 to 65535", "-1", "0"});
    CHECK(problem("65535", R"("7")") ==
          FieldProblem{Code::malformed, "host", "expected a number, got a string"});
}

}  // namespace
