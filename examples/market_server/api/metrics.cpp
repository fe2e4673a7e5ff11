#include "metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <gigaspot/values/error.hpp>

namespace market_server {

struct Metrics::Registry {
    prometheus::Registry registry{};

    prometheus::Counter& counter(const char* name, const char* help) {
        return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
    }
    prometheus::Gauge& gauge(const char* name, const char* help) {
        return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
    }
    prometheus::Histogram& histogram(const char* name, const char* help,
                                     const prometheus::Histogram::BucketBoundaries& bounds) {
        return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({},
                                                                                         bounds);
    }

    prometheus::Family<prometheus::Counter>& records = prometheus::BuildCounter()
                                                           .Name("gigaspot_records_total")
                                                           .Help("Records applied, by operation")
                                                           .Register(registry);
    prometheus::Family<prometheus::Counter>& refusals =
        prometheus::BuildCounter()
            .Name("gigaspot_refusals_total")
            .Help("Records answered with an error, by the code of the API")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& rejections =
        prometheus::BuildCounter()
            .Name("gigaspot_rejections_total")
            .Help("Commands that the engine rejected, by their first reason")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& stops = prometheus::BuildCounter()
                                                         .Name("gigaspot_runs_stopped_total")
                                                         .Help("Runs that ended, by reason")
                                                         .Register(registry);
    prometheus::Family<prometheus::Counter>& answers =
        prometheus::BuildCounter()
            .Name("gigaspot_http_answers_total")
            .Help("Requests answered, by part of the API and status")
            .Register(registry);
    prometheus::Counter& failed_batches =
        counter("gigaspot_journal_failures_total", "Batches that the journal did not take");
    prometheus::Histogram& batch_records =
        histogram("gigaspot_batch_records", "Records that became durable together",
                  {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024});
    prometheus::Histogram& sync_seconds =
        histogram("gigaspot_sync_seconds", "Time to make a batch durable",
                  {.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5});
    prometheus::Histogram& queue_seconds =
        histogram("gigaspot_queue_seconds", "Time that the oldest request of a batch waited",
                  {.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5});
    prometheus::Gauge& writer_queue =
        gauge("gigaspot_writer_queue", "Requests that wait for the writer");
    prometheus::Gauge& view_queue = gauge("gigaspot_view_queue", "Tasks that wait for the view");
    prometheus::Gauge& balanced =
        gauge("gigaspot_ledger_balanced", "1 if deposits equal the sum of all other sides");
    prometheus::Gauge& clock_error =
        gauge("gigaspot_clock_error_seconds",
              "How far the clock has jumped ahead, or is behind the market if below 0");
    prometheus::Gauge& applied = gauge("gigaspot_journal_records", "Records in the journal");
    prometheus::Gauge& hosts = gauge("gigaspot_hosts", "Hosts in the market");
    prometheus::Gauge& running = gauge("gigaspot_hosts_running", "Hosts that run a bid");
    prometheus::Gauge& bids = gauge("gigaspot_bids", "Bids in the market");
    prometheus::Gauge& watts = gauge("gigaspot_watts", "Power drawn by hosts that run a bid");
    prometheus::Gauge& income =
        gauge("gigaspot_income_usd_per_day", "Income of all hosts that run a bid");
    prometheus::Gauge& connections = gauge("gigaspot_http_connections", "Open connections");
    prometheus::Gauge& streams = gauge("gigaspot_event_streams", "Clients of the event stream");
    prometheus::Counter& requests = counter("gigaspot_http_requests_total", "Requests");
    prometheus::Counter& refused =
        counter("gigaspot_http_refused_connections_total", "Connections over a limit");
    prometheus::Counter& malformed =
        counter("gigaspot_http_malformed_requests_total", "Requests that are not HTTP");
    prometheus::Counter& dropped =
        counter("gigaspot_event_streams_dropped_total", "Clients that were too slow for events");
};

namespace {

/// Raises a counter to a count that is kept elsewhere.
void raise(prometheus::Counter& counter, std::uint64_t count) {
    const double more = static_cast<double>(count) - counter.Value();
    if (more > 0) counter.Increment(more);
}

}  // namespace

Metrics::Metrics() : registry_{std::make_unique<Registry>()} {}
Metrics::~Metrics() = default;

void Metrics::batch(std::size_t records, double sync_seconds, double queue_seconds) {
    registry_->batch_records.Observe(static_cast<double>(records));
    registry_->sync_seconds.Observe(sync_seconds);
    registry_->queue_seconds.Observe(queue_seconds);
}

void Metrics::applied(const Market&, const Record& record, const Outcome& outcome) {
    registry_->records.Add({{"operation", std::string{name(record.op)}}}).Increment();
    constexpr std::string_view success = R"({"code":0)";
    if (!outcome.answer.body.starts_with(success)) {
        const char code = outcome.answer.body.size() > success.size() - 1
                              ? outcome.answer.body[success.size() - 1]
                              : '?';
        registry_->refusals.Add({{"code", std::string{code}}}).Increment();
    }
    for (const gigaspot::Event& event : outcome.events) {
        if (event.kind == gigaspot::EventKind::stopped)
            registry_->stops.Add({{"reason", std::string{gigaspot::name(event.reason)}}})
                .Increment();
    }
}

void Metrics::failed_batch() { registry_->failed_batches.Increment(); }

void Metrics::answered(const std::string& part, unsigned status) {
    registry_->answers.Add({{"part", part}, {"status", std::to_string(status)}}).Increment();
}

std::string Metrics::text(const Gauges& gauges) {
    Registry& all = *registry_;
    all.writer_queue.Set(static_cast<double>(gauges.writer_queue));
    all.view_queue.Set(static_cast<double>(gauges.view_queue));
    all.clock_error.Set(static_cast<double>(gauges.clock_error) / 1'000);
    all.balanced.Set(gauges.is_balanced ? 1 : 0);
    all.applied.Set(static_cast<double>(gauges.records));
    all.hosts.Set(static_cast<double>(gauges.hosts));
    all.running.Set(static_cast<double>(gauges.running));
    all.bids.Set(static_cast<double>(gauges.bids));
    all.watts.Set(static_cast<double>(gauges.watts));
    all.income.Set(gauges.income_usd_per_day);
    all.connections.Set(static_cast<double>(gauges.http.connections));
    all.streams.Set(static_cast<double>(gauges.http.streams));
    raise(all.requests, gauges.http.requests);
    raise(all.refused, gauges.http.refused_connections);
    raise(all.malformed, gauges.http.malformed_requests);
    raise(all.dropped, gauges.http.streams_dropped);
    for (const auto& [reason, count] : gauges.rejections)
        raise(all.rejections.Add({{"reason", reason}}), count);
    return prometheus::TextSerializer{}.Serialize(all.registry.Collect());
}

}  // namespace market_server
