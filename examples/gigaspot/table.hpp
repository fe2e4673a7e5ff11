// Tables for people, whose columns line up.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "tool.hpp"

namespace tool {

/// Rows of texts. The first row is the head. Columns without any text are left out.
template <std::size_t Columns>
class Table {
public:
    using Row = std::array<std::string, Columns>;

    /// `text_columns` are aligned to the left, the others to the right.
    Table(Row head, std::array<bool, Columns> text_columns) : is_text_{text_columns} {
        rows_.push_back(std::move(head));
    }

    void add(Row row) { rows_.push_back(std::move(row)); }

    void write(fmt::memory_buffer& out) const {
        std::array<std::size_t, Columns> widths{};
        std::array<bool, Columns> is_used{};
        for (const Row& row : rows_) {
            for (std::size_t i = 0; i < Columns; ++i) {
                widths[i] = std::max(widths[i], row[i].size());  // in bytes: at least its width
                is_used[i] = is_used[i] || (&row != rows_.data() && !row[i].empty());
            }
        }
        for (const Row& row : rows_) {
            const std::size_t begin = out.size();
            for (std::size_t i = 0; i < Columns; ++i) {
                if (!is_used[i]) continue;
                put(out, is_text_[i] ? fmt::runtime("  {:<{}}") : fmt::runtime("  {:>{}}"), row[i],
                    widths[i]);
            }
            while (out.size() > begin && out[out.size() - 1] == ' ') out.resize(out.size() - 1);
            out.push_back('\n');
        }
    }

private:
    std::vector<Row> rows_;
    std::array<bool, Columns> is_text_;
};

}  // namespace tool
