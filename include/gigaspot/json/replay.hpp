// gigaspot: a live market as text: a line of JSON is a command, and lines of JSON are its events.
// Layer: json. Rules of the market, section 9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/base/words.hpp>
#include <gigaspot/engine/engine.hpp>
#include <gigaspot/engine/save.hpp>
#include <gigaspot/json/command_reader.hpp>
#include <gigaspot/json/event_text.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/workload.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// An engine with the names of its currencies and models, driven by text. Memory does not grow with
/// the number of lines.
class Replay {
public:
    explicit Replay(const Policy& policy = {}, std::string_view main_currency_name = clore_currency,
                    const EngineLimits& limits = {})
        : engine_{policy, limits}, names_{main_currency_name} {}

    /// Takes one line without its end; a blank one is no command. `write(text)` is called with
    /// whole lines, each with its end, one or more at a time; it must not use this object.
    template <class Write>
    void take(std::string_view line, Write write) {
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
        const MarketNames::Mark mark = names_.mark();
        if (!take_command(line, write)) names_.forget_since(mark);
        flush(write, 0);
    }

    /// The engine's saved state with the names, for `restore`.
    [[nodiscard]] SavedBytes save() const {
        SavedBytes bytes;
        detail::WordWriter words{bytes};
        words.put(names_magic);
        put_names(words, names_.currencies(), [&](std::size_t number) {
            return names_.name(Currency{static_cast<std::uint8_t>(number)});
        });
        put_names(words, names_.models(),
                  [&](std::size_t number) { return names_.name(GpuModel{number}); });
        words.put_hash();
        const SavedBytes market = gigaspot::save(engine_);
        bytes.insert(bytes.end(), market.begin(), market.end());
        return bytes;
    }

    /// What `save` gave, under this policy and these limits. Fails as `gigaspot::restore` does.
    [[nodiscard]] static Result<Replay, Code> restore(std::span<const std::byte> bytes,
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
        if (words.get() != hash_of_names || words.is_wrong() || currencies.empty())
            return Unexpected{Code::save_damaged};
        auto engine = gigaspot::restore(words.rest(), policy, limits);
        if (!engine) return Unexpected{engine.error()};

        Replay replay{currencies.front(), *std::move(engine)};
        for (const std::string& name : currencies) static_cast<void>(replay.names_.currency(name));
        for (const std::string& name : models) static_cast<void>(replay.names_.model(name));
        const bool is_named = replay.names_.currencies() == currencies.size() &&
                              replay.names_.models() == models.size() &&
                              detail::currencies_used(replay.engine_) <= currencies.size() &&
                              detail::models_used(replay.engine_) <= models.size();
        if (!is_named) return Unexpected{Code::save_damaged};
        return replay;
    }

    /// Likewise: a vector of Boost 1.74 does not convert to a span.
    [[nodiscard]] static Result<Replay, Code> restore(const SavedBytes& bytes,
                                                      const Policy& policy = {},
                                                      const EngineLimits& limits = {}) {
        return restore(std::span{bytes.data(), bytes.size()}, policy, limits);
    }

    /// The engine inside, for questions; it lives as long as this object. A command that is given
    /// to it directly counts, and no line says so.
    [[nodiscard]] Engine& engine() { return engine_; }
    [[nodiscard]] const Engine& engine() const { return engine_; }
    /// The names that commands have brought; they live as long as this object.
    [[nodiscard]] MarketNames& names() { return names_; }
    [[nodiscard]] const MarketNames& names() const { return names_; }

private:
    static constexpr std::size_t flush_bytes = 65'536;
    static constexpr std::uint64_t names_magic = 0x7365'6d61'6e73'7067;  // "gpsnames" as bytes

    Replay(std::string_view main_currency_name, Engine engine)
        : engine_{std::move(engine)}, names_{main_currency_name} {}

    // Names as their number, and each as its bytes, eight to a word, behind their number.

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

    template <class Write>
    void flush(Write& write, std::size_t if_more_than) {
        if (text_.size() <= if_more_than) return;
        write(std::string_view{text_});
        text_.clear();
    }

    /// Whether the command was taken.
    template <class Write>
    bool take_command(std::string_view line, Write& write) {
        if (line.size() > limits::command_bytes_max)
            return refuse(Code::malformed, {}, "the line is too long");
        if (const std::optional<std::string> problem = reader_.read(line, names_))
            return refuse(Code::malformed, {}, *problem);
        const detail::CommandDraft& draft = reader_.draft;
        if (draft.time_problem != Code::none) return refuse(draft.time_problem, {}, "time");
        if (const Violation late = engine_.time_problem(draft.time); late.code != Code::none)
            return put(engine_.refuse(late));
        if (draft.problems.code() != Code::none)
            return refuse(draft.problems.code(), draft.time, reader_.path_of_problem());
        const Result<Accepted, Refusal> done = apply(draft, [&](const Event& event) {
            detail::EventText{text_, names_}.put(event);
            flush(write, flush_bytes);
        });
        return done.has_value() || put(done.error());
    }

    bool put(const Refusal& refusal, std::string_view detail = {}) {
        detail::EventText{text_, names_}.put(refusal, detail);
        return false;
    }
    bool refuse(Code code, std::optional<Timestamp> time, std::string_view detail) {
        return put(engine_.refuse(Violation{.code = code}, time), detail);
    }

    template <class Id>
    static Id id_of(Duration number) {
        return Id{static_cast<std::uint64_t>(number.count())};
    }

    template <class Sink>
    Result<Accepted, Refusal> apply(const detail::CommandDraft& draft, Sink sink) {
        const auto apply = [&](const auto& command) {
            return engine_.apply(command, draft.time, sink);
        };
        const auto host = id_of<HostId>(draft.id);
        const auto bid = id_of<BidId>(draft.id);
        std::optional<OwnerId> owner;
        if (draft.owner) owner = id_of<OwnerId>(*draft.owner);
        using detail::Op;
        switch (draft.op) {
        case Op::rate:
            return apply(SetRate{.currency = draft.currency, .usd = draft.rate, .fee = draft.fee});
        case Op::host:
            return apply(
                PutHost{.id = host,
                        .gpus = draft.gpus,
                        .energy_price = draft.energy_price,
                        .min_bid = draft.min_bid,
                        .base_power = draft.base_power,
                        .max_rental_length = draft.max_rental_length.value_or(rental_length_max),
                        .online = draft.online,
                        .on_demand_rented = draft.on_demand_rented,
                        .working_properly = draft.working_properly});
        case Op::host_status:
            return apply(SetHostStatus{.id = host,
                                       .online = draft.online,
                                       .on_demand_rented = draft.on_demand_rented,
                                       .working_properly = draft.working_properly});
        case Op::energy_price: return apply(SetEnergyPrice{.id = host, .usd = draft.energy_price});
        case Op::remove_host: return apply(RemoveHost{.id = host});
        case Op::bid: {
            const Workload workload{.image = draft.image, .environment = draft.environment};
            return apply(PlaceBid{.id = bid,
                                  .host = id_of<HostId>(draft.host),
                                  .owner = owner.value_or(OwnerId{}),
                                  .price = draft.price,
                                  .currency = draft.currency,
                                  .overclock = draft.overclock,
                                  .workload = &workload});
        }
        case Op::edit: {
            EditBid command{.id = bid, .price = draft.price, .owner = owner};
            if (draft.has_overclock) command.overclock = std::span{draft.overclock};
            return apply(command);
        }
        case Op::cached: return apply(SetCached{.id = bid, .cached = draft.cached});
        case Op::cancel: return apply(CancelBid{.id = bid, .owner = owner});
        case Op::revoke: return apply(RevokeBid{.id = bid});
        case Op::close: break;
        }
        return apply(Close{});
    }

    Engine engine_;
    MarketNames names_;
    detail::CommandReader reader_{};
    std::string text_{};
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
