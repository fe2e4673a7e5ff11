#include "study/pool.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "study/files.hpp"

namespace simulator {

namespace {

bool has_file(const std::string& path) {
    std::error_code error;
    return std::filesystem::exists(path, error);
}

RunResult run_with_journal(const Task& task, const Simulate& simulate) {
    const std::string temporary = task.journal + ".new";
    std::FILE* const file = std::fopen(temporary.c_str(), "wb");
    if (!file) fail_system("write", temporary);
    RunResult result;
    try {
        result = simulate(*task.scenario, task.key.seed, RunOutput{.journal = file});
    } catch (...) {
        std::fclose(file);
        throw;
    }
    const bool is_written = std::fflush(file) == 0 && !std::ferror(file);
    if (!is_written) {
        std::fclose(file);
        fail_system("write", temporary);
    }
    if (std::fclose(file) != 0) fail_system("write", temporary);
    if (std::rename(temporary.c_str(), task.journal.c_str()) != 0)
        fail_system("write", task.journal);
    return result;
}

/// What threads share.
class Pool {
public:
    Pool(std::vector<const Task*> tasks, const std::string& phase, Store& store,
         const Execution& execution)
        : tasks_{std::move(tasks)}, phase_{phase}, store_{store}, execution_{execution} {}

    void operator()() {
        report();
        std::vector<std::thread> threads;
        const std::size_t wanted =
            std::min(std::max<std::size_t>(execution_.jobs, 1), tasks_.size());
        for (std::size_t i = 1; i < wanted; ++i) threads.emplace_back([this] { work(); });
        work();
        for (std::thread& thread : threads) thread.join();
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    void work() {
        while (const Task* const task = next()) {
            try {
                RunResult result =
                    task->journal.empty()
                        ? execution_.simulate(*task->scenario, task->key.seed, RunOutput{})
                        : run_with_journal(*task, execution_.simulate);
                if (!task->has_hours) result.hours.clear();
                const std::lock_guard lock{mutex_};
                store_.add(task->key, result);
                ++done_;
                report();
            } catch (...) {
                const std::lock_guard lock{mutex_};
                if (!failure_) failure_ = std::current_exception();
            }
        }
    }

    const Task* next() {
        const std::lock_guard lock{mutex_};
        const bool is_stopped = failure_ || (execution_.stop && execution_.stop->load());
        return is_stopped || next_ == tasks_.size() ? nullptr : tasks_[next_++];
    }

    void report() const {
        if (execution_.progress) execution_.progress(phase_, done_, tasks_.size());
    }

    std::vector<const Task*> tasks_;
    const std::string& phase_;
    Store& store_;
    const Execution& execution_;
    std::mutex mutex_{};
    std::size_t next_ = 0;
    std::size_t done_ = 0;
    std::exception_ptr failure_{};
};

}  // namespace

bool execute_tasks(const std::vector<Task>& tasks, const std::string& phase, Store& store,
                   const Execution& execution) {
    std::vector<const Task*> missing;
    std::set<RunKey> seen;
    for (const Task& task : tasks) {
        const bool is_there = store.find(task.key) || seen.contains(task.key);
        if (is_there && (task.journal.empty() || has_file(task.journal))) continue;
        missing.push_back(&task);
        seen.insert(task.key);
    }
    if (execution.may_simulate && !missing.empty())
        Pool{std::move(missing), phase, store, execution}();
    return std::all_of(tasks.begin(), tasks.end(),
                       [&](const Task& task) { return store.find(task.key) != nullptr; });
}

}  // namespace simulator
