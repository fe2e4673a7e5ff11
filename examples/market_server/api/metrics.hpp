// What the server counts, for Prometheus.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "../http/http.hpp"
#include "../run/writer.hpp"

namespace market_server {

/// What is read when somebody asks.
struct Gauges {
    HttpCounts http{};
    std::size_t writer_queue = 0;
    std::size_t view_queue = 0;
    std::int64_t clock_error = 0;  ///< ms, as WriterObserver::clock_error
    bool is_balanced = true;       ///< deposits equal the sum of all other sides
    std::uint64_t records = 0;
    std::uint64_t hosts = 0;
    std::uint64_t running = 0;
    std::uint64_t bids = 0;
    std::int64_t watts = 0;
    double income_usd_per_day = 0;
    /// Commands that the engine rejected, by the name of their first reason.
    std::map<std::string, std::uint64_t> rejections{};
};

/// Thread-safe. No label holds anything that a client sent.
class Metrics final : public WriterObserver {
public:
    Metrics();
    ~Metrics() override;

    void batch(std::size_t records, double sync_seconds, double queue_seconds) override;
    void applied(const Market& market, const Record& record, const Outcome& outcome) override;
    void failed_batch() override;
    void journal_trouble(const std::string&) override {}  // failed_batch counts
    void clock_error(std::int64_t) override {}            // a gauge
    /// A request that was answered with this status by a part of the API: "renter", "host" ...
    void answered(const std::string& part, unsigned status);

    /// The text in the format of Prometheus.
    [[nodiscard]] std::string text(const Gauges& gauges);

private:
    struct Registry;
    std::unique_ptr<Registry> registry_;
};

}  // namespace market_server
