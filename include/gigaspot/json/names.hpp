// gigaspot: names of currencies and GPU models, which the rules know only by number. Layer: json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/traits.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// A table of names and their numbers, from 0 up in the order in which names come. It owns the
/// texts. Not for use by two threads at once.
class NameTable {
public:
    /// Holds at most `names_max` names of at most `limits::name_bytes_max` bytes. `first` is one of
    /// them, has the number 0, and may have any length.
    NameTable(std::size_t names_max, std::string_view first) : names_max_{names_max} { add(first); }

    /// Finds the number of a name; nothing if the name is not in the table. Costs O(log names).
    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const {
        if (last_ < names_.size() && names_[last_] == name)
            return last_;  // the same name comes many times
        const auto found = numbers_.find(name);
        if (found == numbers_.end()) return std::nullopt;
        return found->second;
    }

    /// Finds the number of a name, which gets a new one if it has none. Nothing changes, and
    /// nothing is returned, if a limit is reached. Costs O(log names).
    [[nodiscard]] std::optional<std::size_t> find_or_add(std::string_view name) {
        if (const std::optional<std::size_t> known = find(name)) return last_ = *known;
        if (names_.size() == names_max_ || name.size() > limits::name_bytes_max)
            return std::nullopt;
        add(name);
        return names_.size() - 1;
    }

    /// Counts the names in the table.
    [[nodiscard]] std::size_t size() const { return names_.size(); }

    /// Forgets the names with numbers from `size` up.
    void shrink(std::size_t size) {
        for (; names_.size() > size; names_.pop_back()) numbers_.erase(names_.back());
    }

    /// Returns the name of a number below `size()`. It is valid until the next name is added.
    [[nodiscard]] std::string_view name(std::size_t number) const {
        GIGASPOT_ASSERT(number < names_.size());
        return names_[number];
    }

private:
    /// `std::less<>`, without the 0.1 s that `<functional>` takes to compile.
    struct Before {
        using is_transparent = void;
        bool operator()(std::string_view left, std::string_view right) const {
            return left < right;
        }
    };

    void add(std::string_view name) {
        // Everything that may fail comes before the first change.
        if (names_.size() == names_.capacity()) names_.reserve(2 * names_.size() + 4);
        std::string own{name};
        numbers_.emplace(name, names_.size());
        names_.push_back(std::move(own));
    }

    std::size_t names_max_;
    std::size_t last_ = 0;  ///< the number that was returned last
    std::vector<std::string> names_;
    std::map<std::string, std::size_t, Before> numbers_;
};

/// The name of the main currency of the real market.
inline constexpr std::string_view clore_currency = "CLORE-Blockchain";

/// Holds all names of a market: of its currencies and of its GPU models. The main currency has the
/// number 0; among models, 0 is the empty name. Not for use by two threads at once.
class MarketNames {
public:
    /// Makes a table in which only the main currency has a name, of any length.
    explicit MarketNames(std::string_view main_currency_name = clore_currency)
        : currencies_{limits::currencies_max, main_currency_name} {}

    /// Finds the currency of a name; nothing if the name is not known. Adds no name. Costs O(log
    /// names).
    [[nodiscard]] std::optional<Currency> find_currency(std::string_view name) const {
        return currency_of(currencies_.find(name));
    }
    /// Finds the GPU model of a name; nothing if the name is not known. Adds no name. Costs O(log
    /// names).
    [[nodiscard]] std::optional<GpuModel> find_model(std::string_view name) const {
        return model_of(models_.find(name));
    }
    /// Finds the currency of a name, which gets a number if it has none; nothing if a limit is
    /// reached. Costs O(log names). Section 11.
    [[nodiscard]] std::optional<Currency> find_or_add_currency(std::string_view name) {
        return currency_of(currencies_.find_or_add(name));
    }
    /// Finds the GPU model of a name, which gets a number if it has none; nothing if a limit is
    /// reached. Costs O(log names).
    [[nodiscard]] std::optional<GpuModel> find_or_add_model(std::string_view name) {
        return model_of(models_.find_or_add(name));
    }

    /// Returns the name of a currency of this table. It is valid until the next name is added.
    [[nodiscard]] std::string_view name(Currency currency) const {
        return currencies_.name(currency.number);
    }
    /// Returns the name of a model of this table; empty for 0. It is valid until the next name is
    /// added.
    [[nodiscard]] std::string_view name(GpuModel model) const {
        return models_.name(static_cast<std::size_t>(model.value));
    }

    /// Counts the currencies that have a name, including the main one.
    [[nodiscard]] std::size_t currencies() const { return currencies_.size(); }
    /// Counts the models that have a number, including 0, the empty name.
    [[nodiscard]] std::size_t models() const { return models_.size(); }

    /// The numbers of names at one moment, as a point to return to.
    struct Mark {
        std::size_t currencies,  ///< the number of currencies
            models;              ///< the number of models
    };
    /// Returns the numbers of names now, for `forget_since`.
    [[nodiscard]] Mark mark() const { return {currencies_.size(), models_.size()}; }
    /// Forgets all names that came after the mark.
    void forget_since(Mark mark) {
        currencies_.shrink(mark.currencies);
        models_.shrink(mark.models);
    }

private:
    static std::optional<Currency> currency_of(std::optional<std::size_t> number) {
        if (!number) return std::nullopt;
        return Currency{static_cast<std::uint8_t>(*number)};
    }
    static std::optional<GpuModel> model_of(std::optional<std::size_t> number) {
        if (!number) return std::nullopt;
        return GpuModel{*number};
    }

    NameTable currencies_;
    NameTable models_{limits::gpu_models_max + 1, {}};
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
