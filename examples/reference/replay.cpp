// Runs a live market whose commands and events are lines of JSON.
#include <sstream>
#include <string>
#include <string_view>

#include <gigaspot/format.hpp>
#include <gigaspot/json.hpp>

int main() {
    std::istringstream lines{R"(
{"op":"rate","time":0,"currency":"CLORE-Blockchain","usd":"0.0071"}
{"op":"host","time":0,"id":7,"energy_price":"0.11","gpus":[{"pl":[150,450]}]}
{"op":"bid","time":10,"id":41,"host":7,"owner":2,"price":"310","currency":"CLORE-Blockchain","oc":[{"pl":480}]}
{"op":"bid","time":20,"id":42,"host":7,"owner":2,"price":"270","currency":"CLORE-Blockchain","oc":[{"pl":160}]}
{"op":"close","time":60000}
)"};
    gigaspot::Replay market;
    for (std::string line; std::getline(lines, line);)
        market.take(line, [](std::string_view events) { fmt::print("{}", events); });

    fmt::print("{}\n", market.engine().totals());
    const auto restored = gigaspot::Replay::restore(market.save());
    fmt::print("restored: {}\n", restored.has_value());
}
