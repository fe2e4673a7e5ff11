// Runs a live market whose commands and events are lines of JSON.
#include <string_view>

#include <gigaspot/format.hpp>
#include <gigaspot/json.hpp>

int main() {
    constexpr std::string_view lines[] = {
        R"({"op":"rate","time":0,"currency":"CLORE-Blockchain","usd":"0.0071"})",
        R"({"op":"host","time":0,"id":7,"energy_price":"0.11","gpus":[{"pl":[150,450]}]})",
        R"({"op":"bid","time":10,"id":41,"host":7,"owner":2,"price":"310",)"
        R"("currency":"CLORE-Blockchain","oc":[{"pl":480}]})",
        R"({"op":"bid","time":20,"id":42,"host":7,"owner":2,"price":"270",)"
        R"("currency":"CLORE-Blockchain","oc":[{"pl":160}]})",
        R"({"op":"close","time":60000})",
    };
    gigaspot::Replay market;
    for (const std::string_view line : lines)
        market.take(line, [](std::string_view events) { fmt::print("{}", events); });

    fmt::print("{}\n", market.engine().totals());
    const auto restored = gigaspot::Replay::restore(market.save());
    fmt::print("restored: {}\n", restored.has_value());
}
