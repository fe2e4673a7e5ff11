#include "writer.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "../market/json.hpp"

namespace market_server {
namespace {

constexpr std::int64_t retry_after = 200;  ///< ms until a batch that failed is tried again
constexpr std::int64_t look_max = 1'000;   ///< ms between two looks for machines that are silent

/// Seconds of a clock that never goes back, for measurements only.
double seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

constexpr std::int64_t behind_min = 1'000;  ///< ms that a clock may be behind the market

const Answer unavailable{
    503, R"({"code":1,"error":"the journal cannot be written now; nothing was changed"})"};
const Answer jumped{
    503, R"({"code":1,"error":"the server's clock was set forward; nothing was changed. Its )"
         R"(operator must set it right, or restart the server"})"};

}  // namespace

Writer::Writer(Market market, Journal& journal, std::vector<Posting> previous,
               WriterOptions options, Present present, std::function<void(const Records&)> publish,
               WriterObserver& observer)
    : market_{std::move(market)}, journal_{journal}, previous_{std::move(previous)},
      options_{options}, present_{std::move(present)}, publish_{std::move(publish)}, observer_{
                                                                                         observer} {
    // A machine that was there before has its full time to report.
    looked_ = now().value_or(market_.state().time);
    for (const auto& [id, machine] : market_.state().machines) last_beat_[id] = looked_;
}

bool Writer::submit(Job job) {
    {
        const std::lock_guard lock{mutex_};
        const std::size_t bytes = job.record.body.size();
        if (is_stopping_ || queue_.size() >= options_.queue_max ||
            queue_bytes_ + bytes > options_.queue_bytes_max)
            return false;
        queue_bytes_ += bytes;
        queue_.push_back({std::move(job), seconds()});
    }
    changed_.notify_one();
    return true;
}

void Writer::stop() {
    {
        const std::lock_guard lock{mutex_};
        is_stopping_ = true;
    }
    changed_.notify_one();
}

std::size_t Writer::waiting() const {
    const std::lock_guard lock{mutex_};
    return queue_.size();
}

bool Writer::is_healthy() const {
    const std::lock_guard lock{mutex_};
    return is_healthy_;
}

std::int64_t Writer::clock_error() const { return clock_error_; }

/// The present time; nothing while the clock has jumped ahead. If the clock is set back, the market
/// keeps its time until the clock has caught up.
std::optional<std::int64_t> Writer::now() {
    const auto time = present_.look();
    const std::int64_t market_time = market_.state().time;
    std::int64_t error = present_.ahead();
    if (time && *time < market_time - behind_min) error = *time - market_time;
    const bool is_news = (error > 0) != (clock_error_ > 0) || (error < 0) != (clock_error_ < 0);
    clock_error_ = error;
    if (is_news) observer_.clock_error(error);
    if (!time) return std::nullopt;
    return std::max(*time, market_time);
}

std::int64_t Writer::next_close() const { return market_server::next_close(market_.state()); }

void Writer::run(const std::function<void()>& is_ready) {
    for (bool is_first = true;; is_first = false) {
        std::vector<Waiting> jobs = take_jobs(is_first ? 0 : time_to_wait());
        const bool is_idle = jobs.empty();
        const auto time = catch_up(is_first);
        if (!time || is_behind(*time)) {
            for (const Waiting& waiting : jobs) waiting.job.reply(time ? unavailable : jumped);
        } else {
            work(std::move(jobs), *time);
        }
        if (is_first) is_ready();
        const std::lock_guard lock{mutex_};
        if (is_stopping_ && is_idle && queue_.empty()) return;
    }
}

/// Makes closes until one batch takes those that are left, and returns the present time. If the
/// journal fails, it returns although more closes are due, so that jobs are answered; but the first
/// time it goes on until the server is to stop.
std::optional<std::int64_t> Writer::catch_up(bool is_first) {
    auto time = now();
    while (time && is_behind(*time) && !gives_up()) {
        work({}, *time);
        if (!is_first && !is_healthy()) break;
        time = now();
    }
    return time;
}

bool Writer::gives_up() const {
    const std::lock_guard lock{mutex_};
    return is_stopping_ && !is_healthy_;
}

/// Returns how long the writer can sleep unless a job comes, in ms.
std::int64_t Writer::time_to_wait() {
    const auto time = now();
    if (!time) return look_every();
    return std::clamp<std::int64_t>(next_close() - *time, 0, look_every());
}

std::vector<Writer::Waiting> Writer::take_jobs(std::int64_t wait) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, std::chrono::milliseconds{wait},
                      [&] { return is_stopping_ || !queue_.empty(); });
    std::vector<Waiting> jobs;
    while (!queue_.empty() && jobs.size() < options_.batch_max) {
        queue_bytes_ -= queue_.front().job.record.body.size();
        jobs.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return jobs;
}

/// Whether more closes are due than one batch takes, as after a long time without a server. They
/// come before any request.
bool Writer::is_behind(std::int64_t time) const {
    const auto batch = static_cast<std::int64_t>(options_.batch_max);
    return next_close() <= time - batch * market_.state().settings.interval;
}

std::int64_t Writer::look_every() const { return std::min(look_max, options_.heartbeat); }

/// If this server was stopped for a while, or its clock was set forward, the machines are not to
/// blame that nothing of them was heard.
void Writer::forgive_pause(std::int64_t time) {
    const std::int64_t pause = time - std::exchange(looked_, time);
    if (pause <= 3 * look_every()) return;
    for (auto& [id, beat] : last_beat_) beat += pause;
}

void Writer::add_due(std::vector<Record>& records, std::int64_t time,
                     std::size_t records_max) const {
    for (std::int64_t due = next_close(); due <= time && records.size() < records_max;
         due += market_.state().settings.interval)
        records.push_back({.op = Op::close, .time = due});
}

/// Machines that have not reported for too long go offline.
void Writer::add_silent(std::vector<Record>& records, std::int64_t time) const {
    for (const auto& [id, beat] : last_beat_) {
        if (time - beat <= 3 * options_.heartbeat) continue;
        const auto host = market_.engine().host(gigaspot::HostId{id});
        if (host && host->status.online)
            records.push_back({.op = Op::offline, .time = time, .body = std::to_string(id)});
    }
}

/// Answers the beats that report nothing new. They need no record.
void Writer::answer_beats(std::vector<Waiting>& jobs, std::int64_t time) {
    std::set<std::uint64_t> changing;  // machines that a job before this one may change
    std::erase_if(jobs,
                  [&](const Waiting& waiting) { return answer_beat(waiting.job, time, changing); });
}

bool Writer::answer_beat(const Job& job, std::int64_t time, std::set<std::uint64_t>& changing) {
    if (job.record.op == Op::machine || job.record.op == Op::remove_machine)
        changing.insert(std::stoull(job.record.body));
    if (job.record.op != Op::beat) return false;
    try {
        const Beat beat = Beat::of(job.record.body);
        const auto machine = market_.state().machines.find(beat.id.value);
        if (machine == market_.state().machines.end() ||
            machine->second.account != job.record.account)
            return false;
        last_beat_[beat.id.value] = time;
        if (changing.contains(beat.id.value)) return false;
        if (is_news(market_.state(), beat)) {
            changing.insert(beat.id.value);
            return false;
        }
        job.reply({200, R"({"code":0})"});
    } catch (const BadInput& error) {
        job.reply({400, fmt::format(R"({{"code":2,"error":{}}})", json_text(error.what()))});
    }
    return true;
}

/// Answers the requests that change nothing, so that they do not fill the disk.
void Writer::answer_without_record(std::vector<Waiting>& jobs, std::int64_t time) {
    std::erase_if(jobs, [&](const Waiting& waiting) {
        const auto answer = market_.answer_without_record(waiting.job.record, time);
        if (answer) waiting.job.reply(*answer);
        return answer.has_value();
    });
}

void Writer::work(std::vector<Waiting> jobs, std::int64_t time) {
    std::vector<Record> records;
    const bool is_catching_up = is_behind(time);
    add_due(records, time, is_catching_up ? options_.batch_max : records.max_size());
    forgive_pause(time);
    answer_without_record(jobs, time);
    answer_beats(jobs, time);  // before the search for silent machines, of which some just reported
    if (!is_catching_up) add_silent(records, time);
    const std::size_t own = records.size();
    for (const Waiting& waiting : jobs) {
        records.push_back(waiting.job.record);
        records.back().time = time;
    }
    if (records.empty()) return;
    const double queued = jobs.empty() ? 0 : seconds() - jobs.front().since;
    const double begun = seconds();
    const bool is_durable = make_durable(records);
    bool was_healthy = false;
    {
        const std::lock_guard lock{mutex_};
        was_healthy = std::exchange(is_healthy_, is_durable);
    }
    if (is_durable != was_healthy) observer_.journal_trouble(is_durable ? "" : journal_.trouble());
    if (!is_durable) {
        observer_.failed_batch();
        for (const Waiting& waiting : jobs) waiting.job.reply(unavailable);
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, std::chrono::milliseconds{retry_after},
                          [&] { return is_stopping_; });
        return;
    }
    observer_.batch(records.size(), seconds() - begun, queued);
    apply(records, own, jobs);
}

bool Writer::make_durable(const std::vector<Record>& records) {
    std::vector<std::string> texts;
    texts.reserve(records.size());
    for (const Record& record : records) texts.push_back(to_text(record));
    const std::vector<std::string_view> views{texts.begin(), texts.end()};
    const std::uint64_t last = market_.state().records;
    const Batch batch{.id = fmt::format("{}-{}", last, ++batches_),
                      .records = views,
                      .previous = previous_,
                      .applied = last};
    switch (journal_.append(batch, last)) {
    case Append::durable: return true;
    case Append::unavailable: return false;
    case Append::fenced: break;
    }
    throw std::runtime_error{"another server has written to this market's journal"};
}

/// A machine that registers reports that it is there.
void Writer::note_machine(const Record& record) {
    if (record.op != Op::machine) return;
    const std::uint64_t id = std::stoull(record.body);
    const auto machine = market_.state().machines.find(id);
    if (machine != market_.state().machines.end() && machine->second.account == record.account)
        last_beat_[id] = record.time;
}

void Writer::apply(const std::vector<Record>& records, std::size_t own,
                   std::vector<Waiting>& jobs) {
    previous_.clear();
    std::vector<Answer> answers;
    for (std::size_t i = 0; i < records.size(); ++i) {
        Outcome outcome = market_.apply(records[i]);
        observer_.applied(market_, records[i], outcome);
        previous_.insert(previous_.end(), std::make_move_iterator(outcome.postings.begin()),
                         std::make_move_iterator(outcome.postings.end()));
        note_machine(records[i]);
        if (i >= own) answers.push_back(std::move(outcome.answer));
    }
    std::erase_if(last_beat_,
                  [&](const auto& beat) { return !market_.state().machines.contains(beat.first); });
    publish_(std::make_shared<const std::vector<Record>>(records));
    for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].job.reply(answers[i]);
}

}  // namespace market_server
