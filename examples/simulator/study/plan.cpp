#include "study/plan.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "scenario/write.hpp"
#include "study/axes.hpp"

namespace simulator {

namespace {

/// The names of the files that results have; a data file must not have the same.
constexpr std::string_view names_of_results[] = {
    "scenario.toml", "runs.csv",  "kinds.csv",   "hours.csv",  "solutions.csv", "summary.json",
    "table.csv",     "meta.json", "report.html", "runs.store", "journal"};

std::vector<std::string> measure_names() {
    std::vector<std::string> names;
    for (const MeasureInfo& info : measures) names.emplace_back(info.name);
    return names;
}

Measure read_measure(const Node& node, std::string_view key) {
    for (const MeasureInfo& info : measures) {
        if (node.kind == Node::Kind::text && node.text == info.name) return info.measure;
    }
    const std::string similar = find_similar(node.text, measure_names());
    fail_value(node, key,
               join(measure_names()) +
                   (similar.empty() ? "" : fmt::format("; did you mean '{}'?", similar)));
}

class MakePlan {
public:
    MakePlan(std::string_view text, const std::string& file, const LoadFile& load)
        : table_{parse_toml(text, file)}, load_{[this, &load](const std::string& name) {
              return keep_file(name, load);
          }} {
        plan_.study.file = file.substr(file.find_last_of('/') + 1);
    }
    MakePlan(const MakePlan&) = delete;
    MakePlan& operator=(const MakePlan&) = delete;

    Plan operator()(const PlanOptions& options) {
        add_defaults(table_);
        for (const std::string& setting : options.settings) apply(setting);
        add_defaults(table_);
        if (options.seeds) set_seeds(*options.seeds);
        axes_ = read_axes(table_);
        check_settings();
        read_study();
        const Scenario base = resolve(table_, load_, Checks::values);
        make_cells();
        read_report();
        complete(base);
        plan_.study.scenario = plan_.resolved;
        return std::move(plan_);
    }

private:
    std::optional<std::string> keep_file(const std::string& name, const LoadFile& load) {
        const auto kept = plan_.files.find(name);
        if (kept != plan_.files.end()) return kept->second;
        const std::string top = name.substr(0, name.find('/'));
        for (const std::string_view result : names_of_results) {
            if (top == result || top == std::string{result} + ".new")
                throw InputError{fmt::format("{}: a file of the results has the same name; give "
                                             "the data file another name",
                                             name)};
        }
        std::optional<std::string> content = load(name);
        if (content) plan_.files.emplace(name, *content);
        return content;
    }

    void apply(const std::string& setting) {
        const std::size_t equals = setting.find('=');
        const std::string where = "--set " + setting;
        if (equals == std::string::npos || equals == 0)
            throw InputError{where + ": expected key=value, such as market.fee=5%"};
        const std::string key = setting.substr(0, equals);
        const Node value = parse_value(setting.substr(equals + 1), where);
        if (split_key(key, value).front() == "axis")
            fail_at(value, key, "an axis can be changed only in the file");
        set_value(table_, key, value);
        settings_.emplace_back(key, value);
    }

    /// A setting that the axis overrides in every cell would have no effect.
    void check_settings() const {
        for (const auto& [key, value] : settings_) {
            for (const AxisPlan& axis : axes_) {
                for (const AxisOption& option : axis.options) {
                    for (const auto& [axis_key, unused] : option.keys()) {
                        if (overlap(key, axis_key))
                            fail_at(value, key,
                                    fmt::format("the axis '{}' sets {} in its cells; change the "
                                                "axis in the file",
                                                axis.label, axis_key));
                    }
                }
            }
        }
    }

    void set_seeds(std::size_t seeds) {
        Node value = Node::make_number(std::to_string(seeds));
        value.where = fmt::format("--seeds {}", seeds);
        if (!table_.find("study")) table_.set("study", Node{.where = value.where});
        set_value(table_, "study.seeds", value);
    }

    void read_study() {
        Study& study = plan_.study;
        study.title = study.file;
        if (const Node* const title = table_.find("title"))
            study.title = read_text(*title, "title");
        if (const Node* const question = table_.find("question"))
            study.question = read_text(*question, "question");
        for (const AxisPlan& axis : axes_) {
            study.axes.push_back({.label = axis.label});
            for (const AxisOption& option : axis.options)
                study.axes.back().options.push_back(option.label);
        }
        std::int64_t seeds = 20;
        study.shown = {Measure::welfare, Measure::host_profit, Measure::renter_surplus};
        if (const Node* const node = table_.find("study")) {
            if (node->kind != Node::Kind::table) fail_value(*node, "study", "a table");
            check_keys(*node, "study", {"source", "seeds", "first_seed", "compare", "measures"});
            if (const Node* const value = node->find("source"))
                study.file = read_text(*value, "study.source");
            if (const Node* const value = node->find("seeds"))
                seeds = read_whole(*value, "study.seeds", 1, seeds_max);
            if (const Node* const value = node->find("first_seed"))
                first_seed_ = read_whole(*value, "study.first_seed", 0, std::int64_t{1} << 53);
            if (const Node* const value = node->find("compare")) read_compare(*value);
            if (const Node* const value = node->find("measures")) read_measures(*value);
        }
        for (std::int64_t i = 0; i < seeds; ++i)
            study.seeds.push_back(static_cast<std::uint64_t>(first_seed_ + i));
    }

    void read_compare(const Node& value) {
        std::vector<std::string> labels;
        for (const Axis& axis : plan_.study.axes) labels.push_back(axis.label);
        const auto found =
            std::find(labels.begin(), labels.end(), read_text(value, "study.compare"));
        if (found == labels.end())
            fail_at(value, "study.compare",
                    labels.empty() ? std::string{"the study has no axis; omit compare"}
                                   : fmt::format("got {}; allowed: the label of an axis: {}",
                                                 value.shown(), join(labels)));
        plan_.study.compare = static_cast<std::size_t>(found - labels.begin());
    }

    void read_measures(const Node& value) {
        if (value.kind != Node::Kind::list || value.items.empty())
            fail_value(value, "study.measures", "a list of measures: " + join(measure_names()));
        std::vector<Measure>& shown = plan_.study.shown;
        shown.clear();
        for (const Node& item : value.items) {
            const Measure measure = read_measure(item, "study.measures");
            if (std::find(shown.begin(), shown.end(), measure) != shown.end())
                fail_at(item, "study.measures", fmt::format("{} is there twice", item.text));
            shown.push_back(measure);
        }
    }

    void make_cells() {
        Study& study = plan_.study;
        std::size_t cells = 1;
        for (const Axis& axis : study.axes) cells *= axis.options.size();
        if (cells > cells_max)
            fail_at(table_, "axis",
                    fmt::format("the axes give {} cells; allowed: up to {}", cells, cells_max));
        if (cells * study.seeds.size() > runs_max)
            fail_at(table_, "study.seeds",
                    fmt::format("{} cells with {} seeds are {} runs; allowed: up to {}", cells,
                                study.seeds.size(), cells * study.seeds.size(), runs_max));
        for (std::size_t cell = 0; cell < cells; ++cell) {
            study.cells.push_back({.options = study.options_of(cell)});
            make_cell(cell);
        }
        study.runs.assign(cells, std::vector<RunResult>(study.seeds.size()));
        study.has.assign(cells, std::vector<bool>(study.seeds.size(), false));
        study.is_partial = true;
    }

    void make_cell(std::size_t index) {
        Cell& cell = plan_.study.cells[index];
        Node table = table_;
        const Node* solve = nullptr;
        for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
            const AxisOption& option = axes_[axis].options[cell.options[axis]];
            for (const auto& [key, value] : option.settings) set_value(table, key, value);
            if (!option.solve) continue;
            if (solve)
                fail_at(*option.solve, "solve", "another axis already searches in this cell");
            solve = option.solve;
        }
        add_defaults(table);
        try {
            if (solve) {
                plan_.searches.push_back(read_search(*solve, index, std::move(table)));
                const Search& search = plan_.searches.back();
                for (const Node& value : search.values)
                    (void)searched_scenario(search, value, nullptr, load_);
                cell.scenario = searched_scenario(search, search.values.front(), nullptr, load_);
            } else {
                cell.scenario = resolve(table, load_);
            }
        } catch (const InputError& error) {
            if (plan_.study.axes.empty()) throw;
            throw InputError{fmt::format("{} (in cell {}: {})", error.what(), index + 1,
                                         plan_.study.label(cell))};
        }
        cell.resolved = write(cell.scenario);
    }

    [[nodiscard]] static Search read_search(const Node& node, std::size_t cell, Node table) {
        if (node.kind != Node::Kind::table)
            fail_value(node, "solve", "a table with key, values and maximise");
        check_keys(node, "solve", {"key", "values", "maximise"});
        for (const std::string_view key : {"key", "values", "maximise"}) {
            if (!node.find(key)) fail_at(node, "solve", fmt::format("{} is missing", key));
        }
        Search search{.cell = cell, .table = std::move(table), .at = node};
        search.key = read_text(*node.find("key"), "solve.key");
        check_scenario_key(*node.find("key"), search.key);
        const Node& values = *node.find("values");
        if (values.kind != Node::Kind::list || values.items.size() < 2)
            fail_value(values, "solve.values", "a list of two values or more");
        search.values = values.items;
        for (const Node& value : search.values) {
            if (value.kind == Node::Kind::table || value.kind == Node::Kind::list)
                fail_value(value, "solve.values", "numbers, texts, true and false");
        }
        const Node& maximise = *node.find("maximise");
        if (maximise.kind == Node::Kind::text && maximise.text == "best_reply") {
            const std::vector<std::string> parts = split_key(search.key, *node.find("key"));
            if (parts.size() != 3 || parts.front() != "renters" || parts.back() == "share")
                fail_value(*node.find("key"), "solve.key",
                           "for a best reply: a value of a kind of renters, such as "
                           "renters.people.offer");
            search.kind = parts[1];
        } else {
            search.measure = read_measure(maximise, "solve.maximise");
            if (measures[static_cast<std::size_t>(*search.measure)].better == 0)
                fail_at(maximise, "solve.maximise",
                        "more of this measure is neither better nor worse; choose another one");
        }
        return search;
    }

    void read_report() {
        const auto& cells = plan_.study.cells;
        plan_.has_hours = std::any_of(cells.begin(), cells.end(), [](const Cell& cell) {
            return cell.scenario.rate.jump_at.has_value();
        });
        const Node* const report = table_.find("report");
        if (!report) return;
        if (report->kind != Node::Kind::table) fail_value(*report, "report", "a table");
        check_keys(*report, "report", {"hours"});
        if (const Node* const hours = report->find("hours"))
            plan_.has_hours = read_flag(*hours, "report.hours");
    }

    /// Adds every default, but never a value that the file or --set gives.
    void complete(const Scenario& base) {
        const Study& study = plan_.study;
        Node out;
        out.set("title", Node::make_text(study.title));
        if (!study.question.empty()) out.set("question", Node::make_text(study.question));
        Node& about = out.set("study", Node{});
        about.set("source", Node::make_text(study.file));
        about.set("seeds", Node::make_number(std::to_string(study.seeds.size())));
        about.set("first_seed", Node::make_number(std::to_string(first_seed_)));
        if (!study.axes.empty())
            about.set("compare", Node::make_text(study.axes[study.compare].label));
        std::vector<Node> shown;
        for (const Measure measure : study.shown)
            shown.push_back(
                Node::make_text(std::string{measures[static_cast<std::size_t>(measure)].name}));
        about.set("measures", Node::make_list(std::move(shown)));
        out.set("report", Node{}).set("hours", Node::make_boolean(plan_.has_hours));
        for (const Node& member : to_table(base).members) {
            const Node* const given = table_.find(member.key);
            out.set(member.key, given ? merge(*given, member) : member);
        }
        if (const Node* const axes = table_.find("axis")) out.set("axis", *axes);
        plan_.resolved = write_toml(out);
    }

    /// In the order of the defaults, so that the text does not depend on the order of the file.
    static Node merge(const Node& given, const Node& defaults) {
        if (given.kind != Node::Kind::table || defaults.is_inline) return given;
        Node out;
        for (const Node& member : defaults.members) {
            if (const Node* const value = given.find(member.key))
                out.set(member.key, merge(*value, member));
            else if (member.key != "hours" || !given.find("profile"))
                out.set(member.key, member);
        }
        for (const Node& member : given.members) {
            if (!out.find(member.key)) out.set(member.key, member);
        }
        return out;
    }

    Node table_;
    LoadFile load_;
    Plan plan_{};
    std::vector<AxisPlan> axes_{};
    std::vector<std::pair<std::string, Node>> settings_{};
    std::int64_t first_seed_ = 1;
};

}  // namespace

Plan make_plan(std::string_view text, const std::string& file, const PlanOptions& options,
               const LoadFile& load) {
    return MakePlan{text, file, load}(options);
}

std::string identity_of(std::string_view resolved) {
    std::string out;
    for (std::size_t begin = 0; begin < resolved.size();) {
        const std::size_t end = std::min(resolved.find('\n', begin), resolved.size() - 1) + 1;
        const std::string_view line = resolved.substr(begin, end - begin);
        if (!line.starts_with("seeds = ")) out += line;
        begin = end;
    }
    return out;
}

std::uint64_t digest_of(std::string_view text) {
    std::uint64_t digest = 0xcbf29ce484222325;
    for (const char letter : text)
        digest = (digest ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
    return digest;
}

std::uint64_t digest_of(const Scenario& scenario) {
    std::string text = write(scenario);
    for (const TracedJob& job : scenario.jobs.trace)
        text += fmt::format(" {}/{}/{}", job.arrival.count(), job.hours, job.value);
    for (const gigaspot::ExchangeRate rate : scenario.rate.series)
        text += fmt::format("{}\n", rate.count());
    for (const Tariff& tariff : scenario.tariffs) {
        text += tariff.name;
        for (const std::int64_t price : tariff.prices) text += fmt::format(" {}", price);
        text += ';';
        for (const std::int64_t price : tariff.series) text += fmt::format(" {}", price);
    }
    return digest_of(std::string_view{text});
}

Scenario searched_scenario(const Search& search, const Node& value, const Node* deviation,
                           const LoadFile& load) {
    Node table = search.table;
    set_value(table, search.key, value);
    add_defaults(table);
    Scenario scenario = resolve(table, load);
    if (!deviation) return scenario;
    set_value(table, search.key, *deviation);
    const Scenario other = resolve(table, load);
    for (std::size_t i = 0; i < scenario.renter_kinds.size(); ++i) {
        RenterKind& kind = scenario.renter_kinds[i];
        if (kind.name == deviator)
            fail_at(search.at, "solve", "a kind of renters is already called 'deviator'");
        if (kind.name != search.kind) continue;
        RenterKind copy = other.renter_kinds[i];
        copy.name = deviator;
        copy.share = kind.share / 10;
        if (copy.share == 0)
            fail_at(
                search.at, "solve",
                fmt::format("renters.{} has no share of which a tenth could deviate", search.kind));
        kind.share -= copy.share;
        scenario.renter_kinds.push_back(std::move(copy));
        break;
    }
    return scenario;
}

}  // namespace simulator
