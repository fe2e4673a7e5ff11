// Saves a live market as bytes, restores it in another engine, and compares both.
#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    const gigaspot::Policy policy{.switch_margin_ppm = 20'000_ppm};
    gigaspot::Engine market{policy};
    const gigaspot::HostCapabilities host{.id = 7, .gpus = {{.power_limit = {150_W, 450_W}}}};
    const gigaspot::Timestamp now = gigaspot::Timestamp::unchecked(1'000);
    if (!market.set_rate({.usd = 0.0071_usd_per_coin}, now) || !market.put_host(host, now))
        return 1;

    const gigaspot::SavedBytes bytes = save(market);
    auto restored = gigaspot::restore(bytes, policy);  // a policy is not saved
    if (!restored) return 1;
    fmt::print("same state: {}\n", digest(*restored) == digest(market));
    fmt::print("hosts: {}, commands: {}\n", restored->totals().hosts,
               restored->counters().commands);

    const auto cut = gigaspot::restore(std::span{bytes.data(), bytes.size() / 2});
    if (!cut) fmt::print("half of the bytes: {}\n", sentence(cut.error()));
}
