// Hashes all results of commands: each field of each event, and rejections with their reasons.
#pragma once

#include <cstdint>
#include <span>

#include <gigaspot/values/event.hpp>

namespace model {

using namespace gigaspot;

/// FNV-1a on whole words, with a shift because words differ mostly in their low bits.
class EventHash {
public:
    void put(std::uint64_t word) {
        hash_ = (hash_ ^ word) * 0x0000'0100'0000'01b3;
        hash_ ^= hash_ >> 29;
    }
    void put(std::span<const Event> events) {
        for (const Event& event : events) {
            put(static_cast<std::uint64_t>(event.kind));
            put(static_cast<std::uint64_t>(event.reason));
            put(event.currency.number);
            put_number(event.time.count());
            put(event.command);
            put(event.host.value);
            put(event.bid.value);
            put(event.owner.value);
            put_number(event.profit.count());
            put_number(event.amount.count());
            put_number(event.fee.count());
        }
    }
    void put(Timestamp time, std::uint64_t command, std::span<const Violation> reasons) {
        put_number(time.count());
        put(command);
        for (const Violation& reason : reasons) {
            put(static_cast<std::uint64_t>(reason.code));
            put(reason.gpu.value_or(255));
            put(static_cast<std::uint64_t>(reason.unit));
            put_number(reason.value);
            put_number(reason.bound);
        }
    }

    [[nodiscard]] std::uint64_t value() const { return hash_; }

private:
    void put_number(Int128 number) {
        const auto bits = static_cast<Uint128>(number);
        put(static_cast<std::uint64_t>(bits >> 64));
        put(static_cast<std::uint64_t>(bits));
    }

    std::uint64_t hash_ = 0xcbf2'9ce4'8422'2325;
};

/// Number of streams whose hashes are in tests/golden.
inline constexpr std::uint64_t golden_streams = 1'500;

}  // namespace model
