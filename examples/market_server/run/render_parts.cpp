#include "render_parts.hpp"

namespace market_server {
namespace {

template <class Q>
void put_range(std::string& out, std::string_view key,
               const std::optional<gigaspot::Range<Q>>& range) {
    if (range) put(out, R"(,"{}":[{},{}])", key, range->min.count(), range->max.count());
}

}  // namespace

void put_gpus(std::string& out, const gigaspot::HostCapabilities& host,
              const gigaspot::MarketNames& names) {
    out += "[";
    Comma comma;
    for (const gigaspot::GpuLimits& gpu : host.gpus) {
        put(out, R"({}{{"model":{},"pl":[{},{}])", comma(), json_text(names.name(gpu.model)),
            gpu.power_limit.min.count(), gpu.power_limit.max.count());
        put_range(out, "core_lock", gpu.core_lock);
        put_range(out, "mem_lock", gpu.mem_lock);
        put_range(out, "core_offset", gpu.core_offset);
        put_range(out, "mem_offset", gpu.mem_offset);
        out += "}";
    }
    out += "]";
}

void put_profiles(std::string& out, const gigaspot::Engine::Overclock& profiles) {
    out += "[";
    Comma comma;
    for (const gigaspot::OverclockProfile& profile : profiles) {
        put(out, R"({}{{"pl":{})", comma(), profile.power_limit.count());
        const auto put_setting = [&](std::string_view key, const auto& setting) {
            if (setting.has_value()) put(out, R"(,"{}":{})", key, (*setting).count());
        };
        put_setting("core_lock", profile.core_lock);
        put_setting("mem_lock", profile.mem_lock);
        put_setting("core_offset", profile.core_offset);
        put_setting("mem_offset", profile.mem_offset);
        out += "}";
    }
    out += "]";
}

}  // namespace market_server
