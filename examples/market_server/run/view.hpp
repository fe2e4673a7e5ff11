// A second copy of the market, for all who only read. It takes the same records as the writer's
// copy, so the writer never waits for a reader. Its thread renders snapshots and the page's data,
// answers questions, tells machines what to run, and makes saves.
#pragma once

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
#include <string_view>
#include <vector>

#include "../market/market.hpp"
#include "writer.hpp"

namespace market_server {

/// What anybody may read without asking the view.
struct Front {
    std::int64_t snapshot_time = 0;  ///< seconds since 1970; 0: there is none yet
    std::string rate{};              ///< USD per main coin; empty: none
    std::string creation_fees{};     ///< an object of JSON
    std::string main_currency{};
};

struct ViewOptions {
    std::size_t questions_max = 1'024;     ///< that wait; more are rejected
    std::int64_t snapshot_kept = 180'000;  ///< ms after a newer one exists
    std::uint64_t records_between_saves = 100'000;
    std::function<std::int64_t()> clock{};  ///< ms since 1970, for the names of snapshots
    /// Sends an event to everybody who watches.
    std::function<void(std::string_view event, std::string_view data)> publish{};
    /// The number of the event sent last.
    std::function<std::uint64_t()> last_event{};
    /// Keeps a save of the market after the record with this number. Must not wait for a disk.
    std::function<void(std::uint64_t number, std::string bytes)> keep{};
};

class View {
public:
    /// `last_postings`: postings of the market that are not in the books yet.
    View(Market market, std::vector<Posting> last_postings, ViewOptions options);

    /// Records that have become durable; never rejected. Any thread.
    void take(Records records);
    /// Calls `question` on the view's thread, after all records taken before. Returns false if too
    /// many wait. Any thread.
    [[nodiscard]] bool ask(std::function<void(View&)> question);

    [[nodiscard]] std::shared_ptr<const Front> front() const;
    /// A snapshot that was rendered at this time; nothing if there is none any more. Any thread.
    [[nodiscard]] std::shared_ptr<const std::string> snapshot(std::int64_t seconds) const;
    [[nodiscard]] std::size_t waiting() const;

    void run();
    void stop();

    // Only on the view's thread:

    [[nodiscard]] const State& state() const { return market_.state(); }
    [[nodiscard]] bool is_balanced() const { return market_.is_balanced(); }
    /// The page's data of the whole market.
    [[nodiscard]] std::string page();
    /// Postings of the last batch, which may not be in the books yet.
    [[nodiscard]] const std::vector<Posting>& last_postings() const { return last_postings_; }
    /// Answers with what a machine is to run as soon as that differs from the record `after`, or
    /// after `time` ms.
    void wait_for_run(std::uint64_t machine, std::uint64_t after, std::int64_t time,
                      std::function<void(std::string)> reply);

private:
    struct Waiter {
        std::uint64_t after = 0;
        std::int64_t until = 0;  ///< as all times below: of a clock that nobody sets
        std::function<void(std::string)> reply{};
    };

    struct Snapshot {
        std::shared_ptr<const std::string> text{};
        std::int64_t made = 0;
    };

    void apply(const Records& records);
    void note(const Record& record, const Outcome& outcome);
    void publish_changes(std::int64_t now);
    void publish_rows();
    void publish_events();
    void answer_waiters(std::int64_t now);
    void render_snapshot();
    void renew_front();
    void keep_save();
    [[nodiscard]] const std::string& row(std::uint64_t machine);

    Market market_;
    ViewOptions options_;
    std::vector<Posting> last_postings_{};
    std::map<std::uint64_t, std::string> rows_{};  ///< of the page, by machine
    std::set<std::uint64_t> changed_rows_{};
    std::vector<std::string> events_{};    ///< not published yet
    std::optional<HistoryPoint> point_{};  ///< not published yet
    bool is_market_changed_ = true;
    bool is_snapshot_old_ = true;
    std::int64_t next_snapshot_ = 0;
    std::int64_t next_publish_ = 0;
    std::int64_t next_look_ = 0;
    std::multimap<std::uint64_t, Waiter> waiters_{};  ///< by machine
    std::uint64_t saved_ = 0;                         ///< records in the save kept last
    std::optional<std::string> save_{};               ///< to be kept after the next batch
    std::uint64_t save_number_ = 0;

    mutable std::mutex mutex_{};
    std::condition_variable changed_{};
    std::deque<std::function<void(View&)>> tasks_{};
    std::size_t questions_ = 0;
    bool is_stopping_ = false;
    std::shared_ptr<const Front> front_{};
    std::map<std::int64_t, Snapshot> snapshots_{};  ///< by seconds since 1970
};

}  // namespace market_server
