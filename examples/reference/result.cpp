// Reads prices and closes a market, and handles the error of each call.
#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

int main() {
    for (const char* text : {"28.9755", "1e7", "0.000000001"}) {
        const gigaspot::Result<gigaspot::Price, gigaspot::Code> price =
            gigaspot::Price::from_text(text);
        if (price) {
            fmt::print("{} coins per day\n", *price);
        } else {
            fmt::print("{}: {}\n", text, sentence(price.error()));
        }
    }

    gigaspot::Engine market;
    for (const std::int64_t now : {1'000, 500}) {
        const auto events = market.close(gigaspot::Timestamp::unchecked(now));
        if (!events) {
            fmt::print("{}\n", events.error());
            continue;
        }
        for (const gigaspot::Event& event : *events) fmt::print("{}\n", event);
    }
}
