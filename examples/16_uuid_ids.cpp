// A market whose bids and renters have UUIDs, which are strings in JSON. Commands come in as lines,
// and events go out as lines. Half-way, the market is saved and restored.
#include <array>
#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>
#include <gigaspot/json.hpp>

struct Uuid {
    std::array<std::byte, 16> bytes{};
    friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;
};

template <>
struct std::hash<Uuid> {  // the engine finds bids by their ids
    std::size_t operator()(const Uuid& id) const {
        std::size_t mixed = 0;
        for (const std::byte byte : id.bytes) mixed = mixed * 257 + std::to_integer<unsigned>(byte);
        return mixed;
    }
};

template <>
struct gigaspot::IdText<Uuid> {  // in JSON, such an id is a string
    static constexpr std::string_view form = "a UUID";
    static constexpr std::string_view digits = "0123456789abcdef";

    static std::optional<Uuid> read(std::string_view text) {
        Uuid id;
        std::size_t half_bytes = 0;
        for (const char c : text) {
            const std::size_t digit = digits.find(c);
            const bool is_dash = c == '-' && half_bytes % 4 == 0;
            if (half_bytes == 32 || (digit == std::string_view::npos && !is_dash))
                return std::nullopt;
            if (is_dash) continue;
            std::byte& byte = id.bytes[half_bytes++ / 2];
            byte = byte << 4 | static_cast<std::byte>(digit);
        }
        if (half_bytes != 32 || text != write(id)) return std::nullopt;  // dashes elsewhere
        return id;
    }

    static std::string write(const Uuid& id) {
        std::string text;
        for (const std::byte byte : id.bytes) {
            const bool has_dash =
                text.size() == 8 || text.size() == 13 || text.size() == 18 || text.size() == 23;
            if (has_dash) text += '-';
            text += digits[std::to_integer<std::size_t>(byte >> 4)];
            text += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
        }
        return text;
    }
};

struct MyTraits : gigaspot::DefaultTraits {
    using BidId = Uuid;
    using OwnerId = Uuid;
};
using MyReplay = gigaspot::BasicReplay<MyTraits>;

/// Takes a command, and prints its events except `accepted`.
void take(MyReplay& market, std::string_view command) {
    market.take(command, [](std::string_view lines) {
        for (std::size_t end = 0; (end = lines.find('\n')) != std::string_view::npos;) {
            const std::string_view line = lines.substr(0, end);
            if (!line.starts_with(R"({"event":"accepted")")) fmt::print("{}\n", line);
            lines.remove_prefix(end + 1);
        }
    });
}

int main() {
    MyReplay market;
    take(market, R"({"op":"rate","time":0,"currency":"CLORE-Blockchain","usd":"0.0071"})");
    take(market,
         R"({"op":"host","time":0,"id":7,"energy_price":"0.11","gpus":[{"pl":[150,450]}]})");
    take(market, R"({"op":"bid","time":0,"id":"0f8fad5b-d9cb-469f-a165-70867728950e","host":7,)"
                 R"("owner":"7c9e6679-7425-40de-944b-e07fc1f90ae7","price":"310",)"
                 R"("currency":"CLORE-Blockchain","oc":[{"pl":300}]})");
    take(market, R"({"op":"cancel","time":0,"id":"0f8fad5b"})");
    take(market, R"({"op":"close","time":60000})");

    auto restored = MyReplay::restore(market.save());
    if (!restored) return 1;
    const bool is_same = digest(restored->engine()) == digest(market.engine());
    fmt::print("{}\n", is_same ? "The restored market is the same." : "Another market!");

    // A subscriber reads the events: who pays how much?
    gigaspot::BasicEventReader<MyTraits> reader;
    gigaspot::MarketNames names;
    restored->take(R"({"op":"close","time":120000})", [&](std::string_view lines) {
        for (std::size_t end = 0; (end = lines.find('\n')) != std::string_view::npos;) {
            const auto line = reader.read(lines.substr(0, end), names);
            lines.remove_prefix(end + 1);
            const auto* event =
                line ? std::get_if<gigaspot::BasicEvent<MyTraits>>(&*line) : nullptr;
            if (event == nullptr || event->kind != gigaspot::EventKind::charged) continue;
            fmt::print("{} pays {} {}\n", gigaspot::IdText<Uuid>::write(event->owner),
                       event->amount, names.name(event->currency));
        }
    });
    return is_same ? 0 : 1;
}
