// gigaspot-simulate: the form that reads the fields of one table. Private to scenario/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/fields.hpp"
#include "scenario/read.hpp"
#include "scenario/table.hpp"

namespace simulator {

/// In place of a share: what the other kinds leave.
inline constexpr Millionths rest_share = -1;

/// A line of a data file.
struct FileRow {
    std::size_t line = 0;
    std::vector<std::int64_t> counts{};
};

/// Reads fields, remembers which keys exist, and at the end rejects all others.
class ReadForm {
public:
    ReadForm(const Node& table, std::string path, const LoadFile& load)
        : table_{table}, path_{std::move(path)}, load_{load} {}

    template <class Value>
    void number(std::string_view key, Value& value, const NumberField& field) {
        if (const Node* const node = take(key)) set_count(value, read_number(*node, key, field));
    }
    void duration(std::string_view key, gigaspot::Duration& value, const DurationField& field) {
        if (const Node* const node = take(key)) value = read_time(*node, key, field);
    }
    void optional_duration(std::string_view key, std::optional<gigaspot::Duration>& value,
                           const DurationField& field) {
        if (const Node* const node = take(key)) value = read_time(*node, key, field);
    }
    template <class Value, class List>
    void choice(std::string_view key, Value& value, const List& choices) {
        const Node* const node = take(key);
        if (!node) return;
        std::vector<std::string> names;
        for (const auto& [name, each] : choices) {
            names.emplace_back(name);
            if (node->kind != Node::Kind::text || node->text != name) continue;
            value = each;
            return;
        }
        fail_choice(*node, key, names);
    }
    void flag(std::string_view key, bool& value);
    void name(std::string_view key, std::string& value);
    void share_of_all(std::string_view key, Millionths& value);
    void workloads(std::string_view key, std::vector<WorkloadShare>& workloads);
    void rate_file(std::string_view key, CoinRate& rate);
    void tariff_hours(Tariff& tariff);
    void tariff_prices(std::string_view key, Tariff& tariff);
    void job_file(std::string_view key, Jobs& jobs);

    /// The value of a key, which is then known. Null if it is absent.
    [[nodiscard]] const Node* take(std::string_view key);
    void ignore(const std::vector<std::string>& keys) {
        known_.insert(known_.end(), keys.begin(), keys.end());
    }
    /// Fails at the first unknown key.
    void finish() const { check_keys(table_, path_, known_); }

    [[nodiscard]] std::string full(std::string_view key) const {
        return path_.empty() ? std::string{key} : path_ + "." + std::string{key};
    }
    [[nodiscard]] const Node& table() const { return table_; }

private:
    [[nodiscard]] std::int64_t read_number(const Node& node, std::string_view key,
                                           const NumberField& field) const;
    [[nodiscard]] gigaspot::Duration read_time(const Node& node, std::string_view key,
                                               const DurationField& field) const;
    /// The rows of a file: the numbers of its last columns, one for each field.
    [[nodiscard]] std::vector<FileRow> read_rows(const Node& node, std::string_view key,
                                                 std::span<const NumberField> fields) const;
    /// The numbers of a file, one per line: the last column.
    [[nodiscard]] std::vector<std::int64_t> read_file(const Node& node, std::string_view key,
                                                      const NumberField& field) const;
    [[noreturn]] void fail_choice(const Node& node, std::string_view key,
                                  const std::vector<std::string>& names) const;

    const Node& table_;
    std::string path_;
    const LoadFile& load_;
    std::vector<std::string> known_{};
};

}  // namespace simulator
