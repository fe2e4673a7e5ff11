// gigaspot: a live market as text: each command is a line of JSON, and so is each event.
// Layer: json. Rules of the market, section 9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/base/words.hpp>
#include <gigaspot/engine/engine.hpp>
#include <gigaspot/engine/save.hpp>
#include <gigaspot/json/command_reader.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/document_kind.hpp>
#include <gigaspot/json/event_text.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/line_kind.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/violation.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Runs a live market whose commands and events are lines of JSON: an engine with the names of its
/// currencies and models. Its memory does not grow with the number of lines. Not for use by two
/// threads at once.
///
/// `BasicCommandReader` says what it needs of traits of your own; to be saved, each id must be a
/// `SavableId` too.
template <MarketTraits Traits = DefaultTraits>
class BasicReplay {
public:
    using Engine = BasicEngine<Traits>;  ///< the type of the engine inside

    /// Makes an empty market with this policy and these limits. Its main currency has this name.
    explicit BasicReplay(const Policy& policy = {},
                         std::string_view main_currency_name = clore_currency,
                         const EngineLimits& limits = {})
        : engine_{policy, limits}, names_{main_currency_name} {}

    /// Runs the command in one line, without its end, and writes its events. A blank line is
    /// ignored; any other is a command, even if it is malformed. A UTF-8 byte-order mark in front
    /// is ignored. Calls `write(text)` with whole lines, each with its end, one or more at a time;
    /// `write` must not use this object. Costs one pass over the line, and what the command costs.
    template <class Write>
    void take(std::string_view line, Write write) {
        if (detail::without_utf8_mark(line).find_first_not_of(" \t\r") == std::string_view::npos)
            return;
        const MarketNames::Mark mark = names_.mark();
        if (!take_command(line, write)) names_.forget_since(mark);
        flush(write, 0);
    }

    /// Saves the engine and the names, for `restore`, without the policy and the limits. Costs
    /// O(hosts + bids) and allocates.
    [[nodiscard]] SavedBytes save() const {
        detail::WordCount count;
        put_all_names(count);
        const std::size_t size = 8 * count.value();
        SavedBytes bytes =
            detail::save_market(detail::EngineAccess::stages(engine_), count.value() + 1);
        detail::WordWriter words{{bytes.data(), size + 8}};
        put_all_names(words);
        words.put(detail::hash_of({bytes.data(), size}));
        return bytes;
    }

    /// Restores what `save` returned, with this policy and these limits. Fails with
    /// `save_malformed`, `save_of_other_version`, `save_of_other_types`, `save_damaged` (or
    /// names are missing) or `limit_reached`. Costs O(hosts + bids) and allocates.
    [[nodiscard]] static Result<BasicReplay, Code> restore(std::span<const std::byte> bytes,
                                                           const Policy& policy = {},
                                                           const EngineLimits& limits = {}) {
        detail::WordReader words{bytes};
        detail::WordHash hash;
        const auto get = [&] {
            const std::uint64_t word = words.get();
            hash.put(word);
            return word;
        };
        if (get() != names_magic) return Unexpected{Code::save_malformed};
        std::vector<std::string> currencies = get_names(words, get);
        std::vector<std::string> models = get_names(words, get);
        const std::uint64_t hash_of_names = hash.value();
        if (words.get() != hash_of_names || words.is_wrong() || currencies.empty() ||
            !are_utf8(currencies) || !are_utf8(models))
            return Unexpected{Code::save_damaged};
        auto engine = gigaspot::restore<Traits>(words.rest(), policy, limits);
        if (!engine) return Unexpected{engine.error()};

        BasicReplay replay{currencies.front(), *std::move(engine)};
        for (const std::string& name : currencies)
            static_cast<void>(replay.names_.find_or_add_currency(name));
        for (const std::string& name : models)
            static_cast<void>(replay.names_.find_or_add_model(name));
        const bool is_named = replay.names_.currencies() == currencies.size() &&
                              replay.names_.models() == models.size() &&
                              detail::currencies_used(replay.engine_) <= currencies.size() &&
                              detail::models_used(replay.engine_) <= models.size();
        if (!is_named) return Unexpected{Code::save_damaged};
        return replay;
    }

    /// Restores from the vector that `save` returned, which in Boost 1.74 does not convert to a
    /// span.
    [[nodiscard]] static Result<BasicReplay, Code> restore(const SavedBytes& bytes,
                                                           const Policy& policy = {},
                                                           const EngineLimits& limits = {}) {
        return restore(std::span{bytes.data(), bytes.size()}, policy, limits);
    }

    /// Returns the engine inside, which lives as long as this object. If you apply a command to it
    /// directly, the command counts, but no line is written for it.
    [[nodiscard]] Engine& engine() { return engine_; }
    /// Returns the engine inside, for questions. It lives as long as this object.
    [[nodiscard]] const Engine& engine() const { return engine_; }
    /// Returns the names that accepted commands brought. They live as long as this object.
    [[nodiscard]] MarketNames& names() { return names_; }
    /// Returns the names that accepted commands brought, for reading. They live as long as this
    /// object.
    [[nodiscard]] const MarketNames& names() const { return names_; }

    /// Counts the lines that had an `op` that is known. If it is 0 after a whole file, the file
    /// holds no commands: it may be a snapshot.
    [[nodiscard]] std::uint64_t lines_with_known_op() const { return known_ops_; }

private:
    static constexpr std::size_t flush_bytes = 65'536;
    static constexpr std::uint64_t names_magic = 0x7365'6d61'6e73'7067;  // "gpsnames" as bytes

    BasicReplay(std::string_view main_currency_name, Engine engine)
        : engine_{std::move(engine)}, names_{main_currency_name} {}

    template <class Words>
    void put_all_names(Words& words) const {
        words.put(names_magic);
        put_names(words, names_.currencies(), [&](std::size_t number) {
            return names_.name(Currency{static_cast<std::uint8_t>(number)});
        });
        put_names(words, names_.models(),
                  [&](std::size_t number) { return names_.name(GpuModel{number}); });
    }

    // Names are saved as their count; then, for each, its size and its bytes, eight per word.

    template <class Words, class NameOf>
    static void put_names(Words& words, std::size_t count, NameOf name_of) {
        words.put(count);
        for (std::size_t number = 0; number < count; ++number) {
            const std::string_view name = name_of(number);
            words.put(name.size());
            for (std::size_t at = 0; at < name.size(); at += 8) {
                std::uint64_t word = 0;
                for (std::size_t i = at; i < name.size() && i < at + 8; ++i)
                    word |= std::uint64_t{static_cast<unsigned char>(name[i])} << (8 * (i - at));
                words.put(word);
            }
        }
    }

    template <class Get>
    static std::vector<std::string> get_names(detail::WordReader& words, Get get) {
        std::vector<std::string> names;
        const std::uint64_t count = get();
        if (count > words.left()) words.fail();
        for (std::uint64_t number = 0; number < count && !words.is_wrong(); ++number) {
            const std::uint64_t size = get();
            if (size / 8 > words.left()) words.fail();
            std::string& name = names.emplace_back();
            while (name.size() < size && !words.is_wrong()) {
                std::uint64_t word = get();
                for (int i = 0; i < 8 && name.size() < size; ++i, word >>= 8)
                    name += static_cast<char>(word & 0xff);
            }
        }
        return names;
    }

    /// Whether lines of JSON can hold these names.
    static bool are_utf8(const std::vector<std::string>& names) {
        for (const std::string& name : names) {
            if (!simdjson::validate_utf8(name)) return false;
        }
        return true;
    }

    template <class Write>
    void flush(Write& write, std::size_t if_more_than) {
        if (text_.size() <= if_more_than) return;
        write(std::string_view{text_});
        text_.clear();
    }

    /// Whether the command was accepted.
    template <class Write>
    bool take_command(std::string_view line, Write& write) {
        const std::optional<CommandProblem> problem = reader_.try_read(line, names_);
        if (reader_.has_known_op()) ++known_ops_;
        if (problem) return reject(*problem);
        const auto sink = [&](const BasicEvent<Traits>& event) {
            EventText{text_, names_}.put(event);
            flush(write, flush_bytes);
        };
        return reader_.with_command([&](const auto& command) {
            const Timestamp time = reader_.draft_.time;
            const Result<Accepted, Rejection> done = engine_.apply(command, time, sink);
            return done.has_value() || reject(done.error(), command);
        });
    }

    bool reject(const CommandProblem& problem) {
        Violation reason{.code = problem.problem.code};
        if (problem.time) {
            const Violation late = engine_.time_problem(*problem.time);
            if (late.code != Code::none) {
                EventText{text_, names_}.put(engine_.reject(late), Close{});
                return false;
            }
        }
        EventText{text_, names_}.put(engine_.reject(reason, problem.time), problem.problem);
        return false;
    }
    template <class Command>
    bool reject(const Rejection& rejection, const Command& command) {
        EventText text{text_, names_};
        const std::optional<FieldProblem>& name = reader_.name_problem();
        // The engine knows only that a name has no number, and the reader knows why.
        const Unit unit = rejection.reasons.front().unit;
        const bool is_for_name = name && rejection.code() == name->code &&
                                 (unit == Unit::none || unit == Unit::currency);
        if (is_for_name) {
            text.put(rejection, *name);
        } else {
            text.put(rejection, command);
        }
        return false;
    }

    Engine engine_;
    MarketNames names_;
    BasicCommandReader<Traits> reader_{};
    std::string text_{};
    std::uint64_t known_ops_ = 0;
};

using Replay = BasicReplay<>;  ///< a live market as lines of JSON, with the default traits

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
