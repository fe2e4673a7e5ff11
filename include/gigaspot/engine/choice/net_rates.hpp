// gigaspot: the exchange rates less fees. Layer: engine/choice. Rules of the market, section 4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/choice/rate_boxes.hpp>
#include <gigaspot/rules/profit.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The net rates of all currencies, in 1e-12 USD per coin. A rate that is too old is missing.
class NetRates {
public:
    static constexpr std::int64_t missing = RateBoxes::missing;

    /// Reads the rates again. Costs O(currencies).
    [[gnu::noinline]] void refresh(const Conditions& conditions) {
        for (std::size_t i = 0; i < limits::currencies_max; ++i) {
            const Currency currency{static_cast<std::uint8_t>(i)};
            const std::optional<ExchangeRate> rate = conditions.rate(currency);
            const std::int64_t gross = rate ? rate->count() : missing;
            if (gross == gross_[i]) continue;
            const Ppm fee = conditions.rates[currency].fee;
            gross_[i] = gross;
            net_[i] = rate ? net_rate_count(*rate, fee) : missing;
            boxes_.move(currency, gross, fee);
        }
    }

    [[nodiscard]] std::int64_t operator[](Currency currency) const { return net_[currency.number]; }
    [[nodiscard]] std::int64_t main() const { return net_[0]; }
    /// Returns a rate without the fee.
    [[nodiscard]] std::int64_t gross(Currency currency) const { return gross_[currency.number]; }

    [[nodiscard]] const RateBoxes& boxes() const { return boxes_; }
    [[nodiscard]] RateBoxes& boxes() { return boxes_; }

    NetRates() {
        for (std::int64_t& rate : gross_) rate = missing;
        for (std::int64_t& rate : net_) rate = missing;
    }

private:
    std::int64_t gross_[limits::currencies_max];
    std::int64_t net_[limits::currencies_max];
    RateBoxes boxes_{};
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
