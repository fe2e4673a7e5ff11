// Writes the commands of the benchmarks' market as lines of JSON.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gigaspot/base/decimal.hpp>
#include <gigaspot/json/names.hpp>

#include "market.hpp"

namespace bench {

/// The commands of a market as text, one line each, without the end of the line.
class Lines {
public:
    explicit Lines(const MarketData& data)
        : changes{std::min(data.changes.size() / 5 + 1, data.changes.size())} {
        begin("rate");
        put(R"(,"currency":")", gigaspot::clore_currency, R"(","usd":)",
            Decimal{coin_rate.count(), 12});
        end();
        for (const HostData& host : data.hosts) add_host(host);
        for (std::size_t i = 0; i < data.placed; ++i) add_bid(data, data.bids[i]);
        first_change = lines.size();
        for (std::size_t i = 0; i < changes; ++i) add_change(data, data.changes[i]);
    }

    std::vector<std::string> lines{};
    std::size_t first_change = 0;  ///< index of its line
    std::size_t changes;

private:
    struct Decimal {
        std::int64_t count;
        int decimals;
    };

    void begin(std::string_view op) {
        line_ = R"({"op":")";
        put(op, R"(","time":)", start);
    }
    void end() {
        put("}");
        lines.push_back(line_);
    }
    void add_host(const HostData& host) {
        begin("host");
        put(R"(,"id":)", host.id.value, R"(,"energy_price":)",
            Decimal{host.energy_price.count(), 9}, R"(,"min_bid":)",
            Decimal{host.min_bid.count(), 8}, R"(,"gpus":[)");
        for (const gigaspot::GpuLimits& gpu : host.gpus)
            put(&gpu == host.gpus.data() ? "" : ",", R"({"pl":)", gpu.power_limit,
                R"(,"core_lock":)", *gpu.core_lock, R"(,"mem_lock":)", *gpu.mem_lock,
                R"(,"core_offset":)", *gpu.core_offset, R"(,"mem_offset":)", *gpu.mem_offset, "}");
        put("]");
        end();
    }
    void add_bid(const MarketData& data, const BidData& bid) {
        begin("bid");
        put(R"(,"id":)", bid.id.value, R"(,"host":)", bid.host_id.value, R"(,"owner":)",
            bid.owner.value, R"(,"price":)", Decimal{bid.price.count(), 8}, R"(,"currency":")",
            gigaspot::clore_currency, R"(","oc":[)");
        const auto profiles = data.profiles_of(bid);
        for (const gigaspot::OverclockProfile& profile : profiles) {
            put(&profile == profiles.data() ? "" : ",", R"({"pl":)", profile.power_limit);
            const auto put_setting = [&](std::string_view name, const auto& setting) {
                if (setting) put(name, *setting);
            };
            put_setting(R"(,"core_lock":)", profile.core_lock);
            put_setting(R"(,"mem_lock":)", profile.mem_lock);
            put_setting(R"(,"core_offset":)", profile.core_offset);
            put_setting(R"(,"mem_offset":)", profile.mem_offset);
            put("}");
        }
        put("]");
        end();
    }
    void add_change(const MarketData& data, const ChangeData& change) {
        if (change.kind == Change::add) return add_bid(data, data.bids[change.bid]);
        begin(change.kind == Change::reprice ? "edit" : "cancel");
        put(R"(,"id":)", change.bid_id.value);
        if (change.kind == Change::reprice) put(R"(,"price":)", Decimal{change.price.count(), 8});
        end();
    }

    template <class... Parts>
    void put(const Parts&... parts) {
        (put_one(parts), ...);
    }
    void put_one(std::string_view text) { line_ += text; }
    void put_one(std::uint64_t number) { line_ += std::to_string(number); }
    /// Writes money as a string, as events do.
    void put_one(const Decimal& number) {
        put("\"", gigaspot::to_decimal(number.count, number.decimals).view(), "\"");
    }
    template <class T>
    void put_one(const gigaspot::Range<T>& range) {
        put("[", range.min, ",", range.max, "]");
    }
    template <class T>
    void put_one(const T& quantity) requires requires {
        quantity.count();
    }
    { line_ += std::to_string(quantity.count()); }

    std::string line_{};
};

}  // namespace bench
