#include "study/execute.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "scenario/write.hpp"
#include "study/files.hpp"
#include "study/pool.hpp"
#include "study/statistics.hpp"

namespace simulator {

namespace {

/// Searches run with seeds of their own, so that a value is not judged by the draws that chose it.
constexpr std::uint64_t search_seed_offset = std::uint64_t{1} << 32;

/// Searches the value of one cell.
class Searching {
public:
    Searching(const Search& search, Plan& plan, Store& store, const Execution& execution,
              std::set<RunKey>& used)
        : search_{search}, plan_{plan}, store_{store}, execution_{execution}, used_{used} {}

    /// Nothing if it did not end.
    std::optional<Solution> operator()() {
        solution_.cell = search_.cell;
        solution_.key = search_.key;
        const bool is_done = search_.measure ? maximise() : reply();
        if (!is_done) return std::nullopt;
        return std::move(solution_);
    }

private:
    /// For each scenario, in order, what `value` gives for each seed. Empty if it did not end.
    template <class Value>
    std::vector<std::vector<double>> simulate(const std::vector<Scenario>& scenarios,
                                              const std::string& phase, Value value) {
        std::vector<Task> tasks;
        for (const Scenario& scenario : scenarios) {
            const std::uint64_t digest = digest_of(scenario);
            for (const std::uint64_t seed : plan_.study.seeds)
                tasks.push_back({&scenario, {digest, seed + search_seed_offset}});
        }
        for (const Task& task : tasks) used_.insert(task.key);
        std::vector<std::vector<double>> out;
        if (!execute_tasks(tasks, phase, store_, execution_)) return out;
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            if (i % plan_.study.seeds.size() == 0) out.emplace_back();
            out.back().push_back(value(*store_.find(tasks[i].key)));
        }
        return out;
    }

    Solution::Round& add_round(std::size_t used, const std::vector<std::vector<double>>& found) {
        Solution::Round& round = solution_.rounds.emplace_back();
        round.used = search_.values[used].text;
        for (std::size_t i = 0; i < found.size(); ++i) {
            const Estimate each = estimate(found[i]);
            round.candidates.push_back(search_.values[i].text);
            round.mean.push_back(each.mean);
            round.half.push_back(each.half);
        }
        return round;
    }

    /// The value with the best mean of a measure; of equal ones the first.
    bool maximise() {
        const MeasureInfo& info = measures[static_cast<std::size_t>(*search_.measure)];
        std::vector<Scenario> scenarios;
        for (const Node& value : search_.values)
            scenarios.push_back(searched_scenario(search_, value, nullptr, execution_.load));
        const auto found =
            simulate(scenarios, fmt::format("search {} in cell {}", search_.key, search_.cell + 1),
                     [&](const RunResult& run) { return value_of(run, info.measure); });
        if (found.empty()) return false;
        Solution::Round& round = add_round(0, found);
        const auto best = info.better > 0 ? std::max_element(round.mean.begin(), round.mean.end())
                                          : std::min_element(round.mean.begin(), round.mean.end());
        take(round, static_cast<std::size_t>(best - round.mean.begin()));
        solution_.settled = true;
        return true;
    }

    void take(Solution::Round& round, std::size_t best) {
        round.best = search_.values[best].text;
        solution_.value = round.best;
        set_cell(search_.values[best]);
    }

    void set_cell(const Node& value) {
        Cell& cell = plan_.study.cells[search_.cell];
        cell.scenario = searched_scenario(search_, value, nullptr, execution_.load);
        cell.resolved = write(cell.scenario);
    }

    /// Lets a tenth of the kind deviate, and the whole kind follow, until no deviation gains
    /// clearly. It ends without having settled if a value comes back.
    bool reply() {
        if (plan_.study.seeds.size() < 2)
            throw InputError{
                fmt::format("solve: {}: a best reply needs 2 seeds or more, because only "
                            "their differences show what gains; use --seeds",
                            search_.key)};
        std::size_t used = search_.values.size() / 2;
        std::vector<bool> was_used(search_.values.size(), false);
        while (!was_used[used]) {
            was_used[used] = true;
            std::vector<Scenario> scenarios;
            for (const Node& value : search_.values)
                scenarios.push_back(
                    searched_scenario(search_, search_.values[used], &value, execution_.load));
            const auto found =
                simulate(scenarios,
                         fmt::format("search {} in cell {}, round {}", search_.key,
                                     search_.cell + 1, solution_.rounds.size() + 1),
                         [](const RunResult& run) {
                             return static_cast<double>(run.kinds.back().surplus_per_job) / 1e6;
                         });
            if (found.empty()) return false;
            Solution::Round& round = add_round(used, found);
            const std::size_t best = best_reply(found, used);
            take(round, best);
            if (best == used) {
                solution_.settled = true;
                return true;
            }
            used = best;
        }
        return true;
    }

    /// The value with the highest mean, if it clearly gains over the one that all use.
    static std::size_t best_reply(const std::vector<std::vector<double>>& found, std::size_t used) {
        std::size_t best = used;
        double highest = 0;
        for (std::size_t i = 0; i < found.size(); ++i) {
            std::vector<double> gains;
            for (std::size_t seed = 0; seed < found[i].size(); ++seed)
                gains.push_back(found[i][seed] - found[used][seed]);
            const Estimate gain = estimate(gains);
            if (!gain.is_clear() || gain.mean <= highest) continue;
            best = i;
            highest = gain.mean;
        }
        return best;
    }

    const Search& search_;
    Plan& plan_;
    Store& store_;
    const Execution& execution_;
    std::set<RunKey>& used_;
    Solution solution_{};
};

/// Executes the runs of all cells whose searches have ended.
void execute_cells(Plan& plan, const std::vector<bool>& is_ready, Store& store,
                   const Execution& execution, std::set<RunKey>& used) {
    Study& study = plan.study;
    std::vector<Task> tasks;
    std::vector<std::uint64_t> digests;
    for (const Cell& cell : study.cells) digests.push_back(digest_of(cell.scenario));
    for (std::size_t cell = 0; cell < study.cells.size(); ++cell) {
        for (std::size_t seed = 0; seed < study.seeds.size(); ++seed) {
            const std::size_t index = cell * study.seeds.size() + seed;
            const RunKey key{digests[cell], study.seeds[seed]};
            if (!is_ready[cell]) continue;
            used.insert(key);
            if (index % execution.shards != execution.shard) continue;
            tasks.push_back({&study.cells[cell].scenario, key, {}, plan.has_hours});
            if (!execution.journal_folder.empty())
                tasks.back().journal =
                    join_path(execution.journal_folder, journal_name(cell, study.seeds[seed]));
        }
    }
    execute_tasks(tasks, "simulate", store, execution);
    study.is_partial = false;
    for (std::size_t cell = 0; cell < study.cells.size(); ++cell) {
        for (std::size_t seed = 0; seed < study.seeds.size(); ++seed) {
            const RunResult* const result =
                is_ready[cell] ? store.find({digests[cell], study.seeds[seed]}) : nullptr;
            study.has[cell][seed] = result != nullptr;
            if (result)
                study.runs[cell][seed] = *result;
            else
                study.is_partial = true;
        }
    }
}

}  // namespace

bool search_cell(Plan& plan, std::size_t cell, Store& store, const Execution& execution) {
    std::set<RunKey> used;
    for (const Search& search : plan.searches) {
        if (search.cell == cell && !Searching{search, plan, store, execution, used}()) return false;
    }
    return true;
}

std::set<RunKey> execute(Plan& plan, Store& store, const Execution& execution) {
    std::set<RunKey> used;
    std::vector<bool> is_ready(plan.study.cells.size(), true);
    plan.study.solutions.clear();
    for (const Search& search : plan.searches) {
        std::optional<Solution> solution = Searching{search, plan, store, execution, used}();
        is_ready[search.cell] = solution.has_value();
        if (solution) plan.study.solutions.push_back(*std::move(solution));
    }
    execute_cells(plan, is_ready, store, execution, used);
    return used;
}

std::string journal_name(std::size_t cell, std::uint64_t seed) {
    return fmt::format("cell_{:03}_seed_{:06}.jsonl", cell + 1, seed);
}

}  // namespace simulator
