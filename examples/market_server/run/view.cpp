#include "view.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include <gigaspot/json/event_text.hpp>

#include "../market/json.hpp"
#include "render.hpp"

namespace market_server {
namespace {

constexpr std::int64_t publish_every = 1'000;   ///< ms
constexpr std::int64_t look_every = 50;         ///< ms between two looks at who waits for a run
constexpr std::int64_t snapshot_every = 1'000;  ///< ms
constexpr std::int64_t snapshot_rest = 30;      ///< times the duration of rendering
constexpr std::size_t items_per_event = 100;
constexpr std::chrono::milliseconds tick{100};

/// Milliseconds of a clock that nobody sets.
std::int64_t steady_time() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

/// Joins texts to an array of JSON and hands them over, not too many at a time.
template <class Texts, class Send>
void send_in_parts(const Texts& texts, Send send) {
    std::string part;
    std::size_t count = 0;
    const auto flush = [&] {
        if (count != 0) send('[' + part + ']');
        part.clear();
        count = 0;
    };
    for (const std::string& text : texts) {
        if (count != 0) part += ',';
        part += text;
        if (++count == items_per_event) flush();
    }
    flush();
}

}  // namespace

View::View(Market market, std::vector<Posting> last_postings, ViewOptions options)
    : market_{std::move(market)}, options_{std::move(options)},
      last_postings_{std::move(last_postings)}, saved_{market_.state().records} {
    for (const auto& [id, machine] : state().machines) changed_rows_.insert(id);
    renew_front();
    render_snapshot();
}

void View::take(Records records) {
    {
        const std::lock_guard lock{mutex_};
        tasks_.emplace_back([records = std::move(records)](View& view) { view.apply(records); });
    }
    changed_.notify_one();
}

bool View::ask(std::function<void(View&)> question) {
    {
        const std::lock_guard lock{mutex_};
        if (is_stopping_ || questions_ >= options_.questions_max) return false;
        ++questions_;
        tasks_.emplace_back([question = std::move(question)](View& view) {
            question(view);
            const std::lock_guard counting{view.mutex_};
            --view.questions_;
        });
    }
    changed_.notify_one();
    return true;
}

std::shared_ptr<const Front> View::front() const {
    const std::lock_guard lock{mutex_};
    return front_;
}

std::shared_ptr<const std::string> View::snapshot(std::int64_t seconds) const {
    const std::lock_guard lock{mutex_};
    const auto found = snapshots_.find(seconds);
    return found == snapshots_.end() ? nullptr : found->second.text;
}

std::size_t View::waiting() const {
    const std::lock_guard lock{mutex_};
    return tasks_.size();
}

void View::stop() {
    {
        const std::lock_guard lock{mutex_};
        is_stopping_ = true;
    }
    changed_.notify_one();
}

void View::run() {
    for (;;) {
        std::deque<std::function<void(View&)>> tasks;
        {
            std::unique_lock lock{mutex_};
            changed_.wait_for(lock, tick, [&] { return is_stopping_ || !tasks_.empty(); });
            if (is_stopping_ && tasks_.empty()) return;
            tasks.swap(tasks_);
        }
        for (const auto& task : tasks) task(*this);
        const std::int64_t now = steady_time();
        if (now >= next_look_) answer_waiters(now);
        if (now >= next_publish_) publish_changes(now);
        if (is_snapshot_old_ && now >= next_snapshot_) render_snapshot();
    }
}

void View::apply(const Records& records) {
    keep_save();  // the postings up to this save are in the books now
    last_postings_.clear();
    for (const Record& record : *records) {
        Outcome outcome = market_.apply(record);
        note(record, outcome);
        last_postings_.insert(last_postings_.end(), outcome.postings.begin(),
                              outcome.postings.end());
    }
    if (state().records - saved_ >= options_.records_between_saves) {
        saved_ = save_number_ = state().records;
        save_ = market_.save();
    }
}

/// Marks what a record has changed of all that is shown.
void View::note(const Record& record, const Outcome& outcome) {
    for (const gigaspot::HostId host : outcome.hosts) changed_rows_.insert(host.value);
    for (const gigaspot::Event& event : outcome.events) {
        using enum gigaspot::EventKind;
        if (event.kind == accepted || event.kind == charged) continue;
        std::string text;
        gigaspot::EventText{text, state().market.names()}.put(event);
        text.pop_back();  // the end of the line
        events_.push_back(std::move(text));
    }
    if (!outcome.hosts.empty() || outcome.is_close) is_snapshot_old_ = true;
    is_market_changed_ = true;
    if (outcome.is_close && !state().history.empty()) point_ = state().history.back();
    if (record.op == Op::rate || record.op == Op::settings) {
        for (const auto& [id, machine] : state().machines) changed_rows_.insert(id);
        renew_front();
    }
}

void View::renew_front() {
    Front front;
    front.main_currency = state().market.names().name(gigaspot::main_currency);
    if (const auto rate = state().engine().conditions().rate(gigaspot::main_currency))
        front.rate = rate->text().view();
    front.creation_fees = "{";
    const gigaspot::MarketNames& names = state().market.names();
    for (std::size_t number = 0; number < names.currencies(); ++number) {
        const std::string currency{
            names.name(gigaspot::Currency{static_cast<std::uint8_t>(number)})};
        const auto fee = state().settings.creation_fees.find(currency);
        front.creation_fees +=
            fmt::format("{}{}:{}", number == 0 ? "" : ",", json_text(currency),
                        coins(fee == state().settings.creation_fees.end() ? 0 : fee->second));
    }
    front.creation_fees += "}";
    const std::lock_guard lock{mutex_};
    front.snapshot_time = front_ ? front_->snapshot_time : 0;
    front_ = std::make_shared<const Front>(std::move(front));
}

/// A large market is rendered less often, so that rendering takes a small share of the time.
void View::render_snapshot() {
    const std::int64_t seconds = options_.clock() / 1'000;
    const std::int64_t now = steady_time();
    auto text = std::make_shared<const std::string>(snapshot_text(state()));
    const std::int64_t duration = steady_time() - now;
    next_snapshot_ = now + std::max(snapshot_every, snapshot_rest * duration);
    is_snapshot_old_ = false;
    const std::lock_guard lock{mutex_};
    Front front = *front_;
    front.snapshot_time = std::max(seconds, front.snapshot_time + 1);
    snapshots_[front.snapshot_time] = {std::move(text), now};
    while (snapshots_.size() > 1 &&
           std::next(snapshots_.begin())->second.made + options_.snapshot_kept < now)
        snapshots_.erase(snapshots_.begin());
    front_ = std::make_shared<const Front>(std::move(front));
}

void View::keep_save() {
    if (!save_) return;
    options_.keep(save_number_, *std::move(save_));
    save_.reset();
}

const std::string& View::row(std::uint64_t machine) {
    std::string& text = rows_[machine];
    if (text.empty()) text = host_row(state(), machine);
    return text;
}

std::string View::page() {
    for (const std::uint64_t machine : changed_rows_) rows_.erase(machine);
    std::string out = fmt::format(R"({{{},"event":{},"history":[)",
                                  market_fields(state(), options_.clock()), options_.last_event());
    for (const HistoryPoint& point : state().history) {
        if (out.back() != '[') out += ',';
        out += point_text(point);
    }
    out += R"(],"hosts":[)";
    for (const auto& [id, machine] : state().machines) {
        if (out.back() != '[') out += ',';
        out += row(id);
    }
    return out + "]}";
}

void View::publish_changes(std::int64_t now) {
    next_publish_ = now + publish_every;
    publish_rows();
    publish_events();
    if (!is_market_changed_) return;
    is_market_changed_ = false;
    options_.publish("market",
                     fmt::format("{{{},\"point\":{}}}", market_fields(state(), options_.clock()),
                                 point_ ? point_text(*point_) : "null"));
    point_.reset();
}

void View::publish_rows() {
    std::vector<std::string> rows;
    for (const std::uint64_t machine : changed_rows_) {
        rows_.erase(machine);
        if (state().machines.contains(machine)) {
            rows.push_back(row(machine));
        } else {
            rows.push_back(host_row(state(), machine));
        }
    }
    changed_rows_.clear();
    send_in_parts(rows, [&](const std::string& text) { options_.publish("hosts", text); });
}

void View::publish_events() {
    send_in_parts(events_, [&](const std::string& text) { options_.publish("events", text); });
    events_.clear();
}

void View::wait_for_run(std::uint64_t machine, std::uint64_t after, std::int64_t time,
                        std::function<void(std::string)> reply) {
    const std::uint64_t now = state().machines.at(machine).run_sequence;
    if (now != after || time <= 0) return reply(run_text(state(), machine));
    waiters_.insert({machine, {after, steady_time() + time, std::move(reply)}});
}

void View::answer_waiters(std::int64_t now) {
    next_look_ = now + look_every;
    for (auto each = waiters_.begin(); each != waiters_.end();) {
        const auto machine = state().machines.find(each->first);
        const bool is_gone = machine == state().machines.end();
        if (!is_gone && machine->second.run_sequence == each->second.after &&
            now < each->second.until) {
            ++each;
            continue;
        }
        each->second.reply(is_gone ? std::string{} : run_text(state(), each->first));
        each = waiters_.erase(each);
    }
}

}  // namespace market_server
