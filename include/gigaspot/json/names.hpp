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

/// Names and their numbers, from 0 up in the order in which names come. Not for use by two threads
/// at once.
class NameTable {
public:
    /// Holds at most `names_max` names of at most `limits::name_bytes_max` bytes. `first` is one of
    /// them, has the number 0, and may have any length.
    NameTable(std::size_t names_max, std::string_view first) : names_max_{names_max} { add(first); }

    /// The number of a name; nothing if it has none. O(log names).
    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const {
        if (last_ < names_.size() && names_[last_] == name)
            return last_;  // the same name comes many times
        const auto found = numbers_.find(name);
        if (found == numbers_.end()) return std::nullopt;
        return found->second;
    }

    /// The number of a name, which gets a new one if it has none. Nothing changes, and nothing is
    /// returned, if a limit is reached. O(log names).
    [[nodiscard]] std::optional<std::size_t> find_or_add(std::string_view name) {
        if (const std::optional<std::size_t> known = find(name)) return last_ = *known;
        if (names_.size() == names_max_ || name.size() > limits::name_bytes_max)
            return std::nullopt;
        add(name);
        return names_.size() - 1;
    }

    /// How many names it holds.
    [[nodiscard]] std::size_t size() const { return names_.size(); }

    /// Forgets the names with numbers from `size` up.
    void shrink(std::size_t size) {
        for (; names_.size() > size; names_.pop_back()) numbers_.erase(names_.back());
    }

    /// The name of a number below `size()`; valid until the next name is added.
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

/// The main currency of the real market.
inline constexpr std::string_view clore_currency = "CLORE-Blockchain";

/// All names of a market. The main currency has the number 0; among models, 0 is the empty name.
class MarketNames {
public:
    explicit MarketNames(std::string_view main_currency_name = clore_currency)
        : currencies_{limits::currencies_max, main_currency_name} {}

    /// The currency of a name; nothing if the name is not known. Adds no name. Costs O(log names),
    /// as do the next three.
    [[nodiscard]] std::optional<Currency> find_currency(std::string_view name) const {
        return currency_of(currencies_.find(name));
    }
    /// The GPU model of a name; nothing if the name is not known. Adds no name.
    [[nodiscard]] std::optional<GpuModel> find_model(std::string_view name) const {
        return model_of(models_.find(name));
    }
    /// The currency of a name, which gets a number if it has none; nothing if a limit is reached
    /// (section 11).
    [[nodiscard]] std::optional<Currency> find_or_add_currency(std::string_view name) {
        return currency_of(currencies_.find_or_add(name));
    }
    /// The GPU model of a name, which gets a number if it has none; nothing if a limit is reached.
    [[nodiscard]] std::optional<GpuModel> find_or_add_model(std::string_view name) {
        return model_of(models_.find_or_add(name));
    }

    /// The name of a currency of this table; valid until the next name is added.
    [[nodiscard]] std::string_view name(Currency currency) const {
        return currencies_.name(currency.number);
    }
    /// The name of a model of this table, empty for 0; valid until the next name is added.
    [[nodiscard]] std::string_view name(GpuModel model) const {
        return models_.name(static_cast<std::size_t>(model.value));
    }

    /// How many currencies have a name, the main one included.
    [[nodiscard]] std::size_t currencies() const { return currencies_.size(); }
    /// How many models have a number, including 0, the empty name.
    [[nodiscard]] std::size_t models() const { return models_.size(); }

    /// How many names there are, as a point to return to.
    struct Mark {
        std::size_t currencies, models;
    };
    /// The number of names now.
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
