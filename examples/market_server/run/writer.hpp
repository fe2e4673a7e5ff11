// The one thread that changes the market. It takes all requests that wait, makes them durable
// together, applies them, and only then answers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "../market/market.hpp"
#include "../store/journal.hpp"
#include "present.hpp"

namespace market_server {

/// A request and what to do with its answer. The time of the record is set by the writer.
struct Job {
    Record record{};
    std::function<void(const Answer&)> reply{};
};

/// Records that have become durable, in order.
using Records = std::shared_ptr<const std::vector<Record>>;

struct WriterOptions {
    std::size_t queue_max = 8'192;  ///< jobs that wait; more are rejected
    std::size_t queue_bytes_max = std::size_t{64} * 1024 * 1024;  ///< of their bodies
    std::size_t batch_max = 1'024;    ///< records that become durable together
    std::int64_t heartbeat = 20'000;  ///< ms between two beats of a machine; it may miss two
};

/// For metrics.
class WriterObserver {
public:
    virtual ~WriterObserver() = default;
    virtual void batch(std::size_t records, double sync_seconds, double queue_seconds) = 0;
    virtual void applied(const Market& market, const Record& record, const Outcome& outcome) = 0;
    virtual void failed_batch() = 0;
    /// The journal cannot be written, for this reason; or it can again, if the reason is empty.
    /// Once for each change.
    virtual void journal_trouble(const std::string& reason) = 0;
    /// The clock has jumped ahead by this many ms, or is behind the market if below 0, or is right
    /// again if 0.
    virtual void clock_error(std::int64_t error) = 0;
};

class Writer {
public:
    /// `previous` are postings of records up to the market's last one that are not in the journal's
    /// books yet. `publish` gets each batch after it has become durable and before the answers; it
    /// must not block.
    ///
    /// While the clock has jumped ahead, all jobs are answered with an error and nothing is closed.
    Writer(Market market, Journal& journal, std::vector<Posting> previous, WriterOptions options,
           Present present, std::function<void(const Records&)> publish, WriterObserver& observer);

    /// Any thread. Returns false, and never calls `reply`, if the queue is full or the writer has
    /// stopped.
    [[nodiscard]] bool submit(Job job);

    /// Works until `stop`. Calls `is_ready` once, as soon as all closes that came due while no
    /// server ran are made and the jobs that waited are answered. Throws std::runtime_error if
    /// another writer uses the journal.
    void run(const std::function<void()>& is_ready = [] {});
    /// Lets `run` answer what was taken, then return. Any thread.
    void stop();

    /// How many jobs wait. Any thread.
    [[nodiscard]] std::size_t waiting() const;
    /// Whether the last batch became durable. Any thread.
    [[nodiscard]] bool is_healthy() const;
    /// As WriterObserver::clock_error. Any thread.
    [[nodiscard]] std::int64_t clock_error() const;

    /// Only while `run` does not run.
    [[nodiscard]] const Market& market() const { return market_; }
    [[nodiscard]] const std::vector<Posting>& previous() const { return previous_; }

private:
    struct Waiting {
        Job job{};
        double since = 0;
    };

    [[nodiscard]] std::optional<std::int64_t> now();
    [[nodiscard]] std::int64_t next_close() const;
    [[nodiscard]] std::int64_t time_to_wait();
    [[nodiscard]] std::vector<Waiting> take_jobs(std::int64_t wait);
    [[nodiscard]] std::optional<std::int64_t> catch_up(bool is_first);
    [[nodiscard]] bool gives_up() const;
    void work(std::vector<Waiting> jobs, std::int64_t time);
    [[nodiscard]] bool is_behind(std::int64_t time) const;
    [[nodiscard]] std::int64_t look_every() const;
    void forgive_pause(std::int64_t time);
    void add_due(std::vector<Record>& records, std::int64_t time, std::size_t records_max) const;
    void add_silent(std::vector<Record>& records, std::int64_t time) const;
    void answer_without_record(std::vector<Waiting>& jobs, std::int64_t time);
    void answer_beats(std::vector<Waiting>& jobs, std::int64_t time);
    [[nodiscard]] bool answer_beat(const Job& job, std::int64_t time,
                                   std::set<std::uint64_t>& changing);
    [[nodiscard]] bool make_durable(const std::vector<Record>& records);
    void note_machine(const Record& record);
    void apply(const std::vector<Record>& records, std::size_t own, std::vector<Waiting>& jobs);

    Market market_;
    Journal& journal_;
    std::vector<Posting> previous_;
    WriterOptions options_;
    Present present_;
    std::atomic<std::int64_t> clock_error_ = 0;
    std::function<void(const Records&)> publish_;
    WriterObserver& observer_;
    std::map<std::uint64_t, std::int64_t> last_beat_{};  ///< by machine
    std::int64_t looked_ = 0;  ///< when it last searched for silent machines
    std::uint64_t batches_ = 0;

    mutable std::mutex mutex_{};
    std::condition_variable changed_{};
    std::deque<Waiting> queue_{};
    std::size_t queue_bytes_ = 0;
    bool is_stopping_ = false;
    bool is_healthy_ = true;
};

}  // namespace market_server
