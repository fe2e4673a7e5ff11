#include "study/axes.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "run/measures.hpp"
#include "scenario/read.hpp"

namespace simulator {

namespace {

constexpr std::size_t axes_max = 6;
constexpr std::size_t options_max = 200;

/// Labels are columns of tables, so they are short and on one line.
std::string check_label(const Node& node, std::string_view key) {
    std::string label = node.text;
    const bool has_control = std::any_of(label.begin(), label.end(), [](char letter) {
        return static_cast<unsigned char>(letter) < 0x20;
    });
    if (label.empty() || label.size() > 60 || has_control)
        fail_value(node, key, "a text of one line with at most 60 bytes");
    return label;
}

/// The label of an axis is also the heading of a column.
void check_heading(const Node& node, std::string_view label) {
    constexpr std::array columns{"cell", "seed", "digest", "measure", "unit",  "mean",
                                 "half", "n",    "kind",   "hour",    "value", "key"};
    const bool is_taken =
        std::any_of(columns.begin(), columns.end(), [&](auto each) { return label == each; }) ||
        std::any_of(measures.begin(), measures.end(),
                    [&](const MeasureInfo& info) { return label == info.name; });
    if (is_taken)
        fail_value(node, "axis.label", "a text that is not the name of a column of the results");
}

std::string read_label(const Node& node, std::string_view key) {
    (void)read_text(node, key);
    return check_label(node, key);
}

std::vector<std::pair<std::string, Node>> read_settings(const Node& set) {
    if (set.kind != Node::Kind::table)
        fail_value(set, "set", "a table, such as { \"market.fee\" = \"5%\" }");
    std::vector<std::pair<std::string, Node>> settings;
    for (const Node& member : set.members) {
        check_scenario_key(member, member.key);
        if (member.kind == Node::Kind::table && member.key.find('.') == std::string::npos)
            fail_at(member, member.key,
                    "got a table; put a key with points in quotes, such as \"market.fee\"");
        for (const auto& [other, value] : settings) {
            if (overlap(member.key, other))
                fail_at(member, member.key, fmt::format("is also set by {}", other));
        }
        settings.emplace_back(member.key, member);
    }
    return settings;
}

AxisOption read_option(const Node& node) {
    if (node.kind != Node::Kind::table) fail_value(node, "axis.option", "a table");
    check_keys(node, "axis.option", {"label", "set", "solve"});
    AxisOption option;
    const Node* const label = node.find("label");
    if (!label) fail_at(node, "axis.option", "label is missing; it names the option in tables");
    option.label = read_label(*label, "axis.option.label");
    if (const Node* const set = node.find("set")) option.settings = read_settings(*set);
    const Node* const solve = node.find("solve");
    if (!solve) return option;
    std::string key;
    AxisOption search;
    search.solve = solve;
    if (const Node* const at = find_overlap(search, option, key))
        fail_at(*at, key, "is also set by this option");
    option.solve = solve;
    return option;
}

/// `key` and `values`: one option for each value, which is also its label.
std::vector<AxisOption> read_values(const Node& axis) {
    const Node* const key = axis.find("key");
    const Node* const values = axis.find("values");
    if (!key || !values)
        fail_at(axis, "axis",
                "allowed: either key and values, or one [[axis.option]] for each option");
    const std::string name = read_text(*key, "axis.key");
    check_scenario_key(*key, name);
    if (values->kind != Node::Kind::list || values->items.empty())
        fail_value(*values, "axis.values", "a list of values");
    std::vector<AxisOption> options;
    for (const Node& value : values->items) {
        if (value.kind == Node::Kind::table || value.kind == Node::Kind::list)
            fail_value(value, "axis.values",
                       "numbers, texts, true and false; use [[axis.option]] for tables and lists");
        options.push_back(
            {.label = check_label(value, "axis.values"), .settings = {{name, value}}});
    }
    return options;
}

AxisPlan read_axis(const Node& node) {
    check_keys(node, "axis", {"label", "key", "values", "option"});
    AxisPlan axis{.at = &node};
    const Node* const options = node.find("option");
    if (options) {
        if (options->kind != Node::Kind::list || options->items.empty())
            fail_value(*options, "axis.option", "one [[axis.option]] for each option");
        if (node.find("key") || node.find("values"))
            fail_at(node, "axis",
                    "allowed: either key and values, or one [[axis.option]] for each option");
        for (const Node& option : options->items) axis.options.push_back(read_option(option));
    } else {
        axis.options = read_values(node);
        axis.label = node.find("key")->text;
    }
    if (const Node* const label = node.find("label")) {
        axis.label = read_label(*label, "axis.label");
        check_heading(*label, axis.label);
    }
    if (axis.label.empty())
        fail_at(node, "axis", "label is missing; it names the axis in tables and charts");
    if (axis.options.size() > options_max)
        fail_at(node, "axis",
                fmt::format("has {} options; allowed: up to {}", axis.options.size(), options_max));
    std::set<std::string_view> labels;
    for (const AxisOption& option : axis.options) {
        if (!labels.insert(option.label).second)
            fail_at(node, "axis",
                    fmt::format("the option '{}' is there twice; each label names one option",
                                option.label));
    }
    return axis;
}

/// Two axes must not change the same key.
void check_overlaps(const AxisPlan& axis, const AxisPlan& other) {
    for (const AxisOption& option : axis.options) {
        for (const AxisOption& other_option : other.options) {
            std::string key;
            if (const Node* const node = find_overlap(option, other_option, key))
                fail_at(*node, key, fmt::format("is also set by the axis '{}'", other.label));
        }
    }
}

}  // namespace

void check_scenario_key(const Node& value, const std::string& key) {
    const std::string top = split_key(key, value).front();
    const auto& keys = study_keys();
    if (std::find(keys.begin(), keys.end(), top) != keys.end())
        fail_at(value, key,
                "an axis or a search cannot change this, because it is not part of a market");
}

std::vector<std::pair<std::string, const Node*>> AxisOption::keys() const {
    std::vector<std::pair<std::string, const Node*>> out;
    for (const auto& [key, value] : settings) out.emplace_back(key, &value);
    const Node* const key = solve ? solve->find("key") : nullptr;
    if (key && key->kind == Node::Kind::text) out.emplace_back(key->text, key);
    return out;
}

const Node* find_overlap(const AxisOption& option, const AxisOption& other, std::string& key) {
    for (const auto& [each, node] : option.keys()) {
        for (const auto& [other_key, unused] : other.keys()) {
            if (!overlap(each, other_key)) continue;
            key = each;
            return node;
        }
    }
    return nullptr;
}

bool overlap(std::string_view left, std::string_view right) {
    if (left.size() > right.size()) std::swap(left, right);
    return right.starts_with(left) && (right.size() == left.size() || right[left.size()] == '.');
}

std::vector<AxisPlan> read_axes(const Node& table) {
    const Node* const list = table.find("axis");
    if (!list) return {};
    const bool is_list = list->kind == Node::Kind::list &&
                         std::all_of(list->items.begin(), list->items.end(), [](const Node& item) {
                             return item.kind == Node::Kind::table;
                         });
    if (!is_list) fail_value(*list, "axis", "one [[axis]] for each axis");
    if (list->items.size() > axes_max)
        fail_at(*list, "axis",
                fmt::format("got {} axes; allowed: up to {}", list->items.size(), axes_max));
    std::vector<AxisPlan> axes;
    for (const Node& item : list->items) {
        axes.push_back(read_axis(item));
        const AxisPlan& axis = axes.back();
        for (std::size_t i = 0; i + 1 < axes.size(); ++i) {
            if (axes[i].label == axis.label)
                fail_at(item, "axis",
                        fmt::format("the label '{}' is there twice; each label names one axis",
                                    axis.label));
            check_overlaps(axis, axes[i]);
        }
    }
    return axes;
}

}  // namespace simulator
