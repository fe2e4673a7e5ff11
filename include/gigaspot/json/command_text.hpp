// gigaspot: writes commands as lines of JSON, the inverse of CommandReader. Layer: json. Rules of
// the market, section 9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include <gigaspot/base/config.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/text/buffer.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/workload.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Writes commands with their times, one object per line, in one canonical form: keys in the order
/// of the rules, money as strings, and no field that is absent. `CommandReader` reads exactly the
/// same command from such a line, if it knows the currency of a bid. A line that it read is written
/// again in this form.
///
/// Each `put` appends one line with its end to the string, and costs O(bytes of the line). Both
/// arguments of the constructor must outlive this object. Ids are `Id`s, integers of at most 2^53,
/// or types that have an `IdText`. Texts must be UTF-8. A workload is written if it converts to
/// `Workload`. If its environment has a key twice, a reader sees only the first.
///
/// `Names` gives names to numbers by `name(Currency)` and `name(GpuModel)`, as `MarketNames` does.
/// It must know the currencies and models of each command.
template <class Names = MarketNames>
class CommandText {
public:
    /// Makes a writer that appends lines to `out`. Both arguments must outlive it.
    CommandText(std::string& out, const Names& names) : out_{out}, names_{names} {}

    /// Writes a command as one line. Returns `Code::none`, or `missing` for an edit without a
    /// price: a line must name one, so nothing is written.
    template <class Command>
    [[nodiscard]] Code put(const Command& command, Timestamp time) {
        if constexpr (requires { command.price.has_value(); }) {
            if (!command.price) return Code::missing;
        }
        out_.put(R"({"op":")");
        out_.put(op_of(command));
        out_.put(R"(","time":)");
        put_count(time);
        put_fields(command);
        out_.put("}\n");
        out_.flush();
        return Code::none;
    }
    /// Writes the command that a variant holds as one line. Returns `Code::none`, or `missing` for
    /// an edit without a price.
    template <class Traits>
    [[nodiscard]] Code put(const BasicCommand<Traits>& command, Timestamp time) {
        return std::visit([&](const auto& one) { return put(one, time); }, command);
    }

private:
    static std::string_view op_of(const SetRate&) { return "rate"; }
    template <class Traits>
    static std::string_view op_of(const BasicPutHost<Traits>&) {
        return "host";
    }
    template <class Traits>
    static std::string_view op_of(const BasicSetHostStatus<Traits>&) {
        return "host_status";
    }
    template <class Traits>
    static std::string_view op_of(const BasicSetEnergyPrice<Traits>&) {
        return "energy_price";
    }
    template <class Traits>
    static std::string_view op_of(const BasicRemoveHost<Traits>&) {
        return "remove_host";
    }
    template <class Traits>
    static std::string_view op_of(const BasicPlaceBid<Traits>&) {
        return "bid";
    }
    template <class Traits>
    static std::string_view op_of(const BasicEditBid<Traits>&) {
        return "edit";
    }
    template <class Traits>
    static std::string_view op_of(const BasicSetCached<Traits>&) {
        return "cached";
    }
    template <class Traits>
    static std::string_view op_of(const BasicCancelBid<Traits>&) {
        return "cancel";
    }
    template <class Traits>
    static std::string_view op_of(const BasicRevokeBid<Traits>&) {
        return "revoke";
    }
    static std::string_view op_of(const Close&) { return "close"; }

    // --- The fields of each command, after its time ---

    void put_fields(const SetRate& command) {
        put_name("currency", command.currency);
        if (command.usd) {
            put_amount("usd", *command.usd);
        } else {
            out_.put(R"(,"usd":null)");
        }
        if (command.fee) put_whole("fee_ppm", *command.fee);
    }
    template <class Traits>
    void put_fields(const BasicPutHost<Traits>& command) {
        put_id("id", command.id);
        put_amount("energy_price", command.energy_price);
        put_amount("min_bid", command.min_bid);
        put_whole("base_power", command.base_power);
        put_whole("max_rental_length", command.max_rental_length);
        put_status(command);
        put_key("gpus");
        put_list(command.gpus, [&](const BasicGpuLimits<Traits>& gpu) {
            out_.put("{");
            if (gpu.model != typename Traits::GpuModel{}) {
                out_.put(R"("model":)");
                out_.put_json(names_.name(gpu.model));
                out_.put(",");
            }
            out_.put(R"("pl":)");
            put_ends(gpu.power_limit);
            put_range("core_lock", gpu.core_lock);
            put_range("mem_lock", gpu.mem_lock);
            put_range("core_offset", gpu.core_offset);
            put_range("mem_offset", gpu.mem_offset);
            out_.put("}");
        });
    }
    template <class Traits>
    void put_fields(const BasicSetHostStatus<Traits>& command) {
        put_id("id", command.id);
        put_status(command);
    }
    template <class Traits>
    void put_fields(const BasicSetEnergyPrice<Traits>& command) {
        put_id("id", command.id);
        put_amount("usd", command.usd);
    }
    template <class Traits>
    void put_fields(const BasicRemoveHost<Traits>& command) {
        put_id("id", command.id);
    }
    template <class Traits>
    void put_fields(const BasicPlaceBid<Traits>& command) {
        put_id("id", command.id);
        put_id("host", command.host);
        put_id("owner", command.owner);
        put_amount("price", command.price);
        put_name("currency", command.currency);
        put_overclock(command.overclock);
        if constexpr (std::is_convertible_v<const typename Traits::Workload&, Workload>) {
            if (command.workload != nullptr) put_workload(static_cast<Workload>(*command.workload));
        }
    }
    template <class Traits>
    void put_fields(const BasicEditBid<Traits>& command) {
        put_id("id", command.id);
        put_amount("price", *command.price);
        if (command.overclock) put_overclock(*command.overclock);
        if (command.owner) put_id("owner", *command.owner);
    }
    template <class Traits>
    void put_fields(const BasicSetCached<Traits>& command) {
        put_id("id", command.id);
        put_flag("cached", command.cached);
    }
    template <class Traits>
    void put_fields(const BasicCancelBid<Traits>& command) {
        put_id("id", command.id);
        if (command.owner) put_id("owner", *command.owner);
    }
    template <class Traits>
    void put_fields(const BasicRevokeBid<Traits>& command) {
        put_id("id", command.id);
    }
    void put_fields(const Close&) {}

    // --- Parts of commands ---

    template <class HostCommand>
    void put_status(const HostCommand& command) {
        put_flag("online", command.online);
        put_flag("on_demand_rented", command.on_demand_rented);
        put_flag("working_properly", command.working_properly);
    }
    void put_range(std::string_view key, const std::optional<Range<Frequency>>& range) {
        if (!range) return;
        put_key(key);
        put_ends(*range);
    }
    template <class Q>
    void put_ends(const Range<Q>& range) {
        out_.put("[");
        put_count(range.min);
        out_.put(",");
        put_count(range.max);
        out_.put("]");
    }
    template <class Traits>
    void put_overclock(std::span<const BasicOverclockProfile<Traits>> profiles) {
        put_key("oc");
        put_list(profiles, [&](const BasicOverclockProfile<Traits>& profile) {
            out_.put(R"({"pl":)");
            put_count(profile.power_limit);
            put_setting("core_lock", profile.core_lock);
            put_setting("mem_lock", profile.mem_lock);
            put_setting("core_offset", profile.core_offset);
            put_setting("mem_offset", profile.mem_offset);
            out_.put("}");
        });
    }
    template <class Setting>
    void put_setting(std::string_view key, const Setting& setting) {
        if (setting.has_value()) put_whole(key, static_cast<Frequency>(*setting));
    }
    void put_workload(const Workload& workload) {
        if (workload.image) put_text("image", *workload.image);
        if (workload.environment.empty()) return;
        put_key("env");
        out_.put("{");
        for (const EnvironmentVariable& variable : workload.environment) {
            if (&variable != workload.environment.data()) out_.put(",");
            out_.put_json(variable.key);
            out_.put(":");
            out_.put_json(variable.value);
        }
        out_.put("}");
    }

    // --- Fields ---

    void put_key(std::string_view key) {
        out_.put(",\"");
        out_.put(key);
        out_.put("\":");
    }
    template <class AnyId>
    void put_id(std::string_view key, const AnyId& id) {
        put_key(key);
        detail::put_id(out_, id);
    }
    template <class Q>
    void put_count(Q quantity) {
        out_.put(static_cast<std::int64_t>(quantity.count()));
    }
    template <class Q>
    void put_whole(std::string_view key, Q quantity) {
        put_key(key);
        put_count(quantity);
    }
    /// Money or a rate: a string with an exact decimal number.
    template <class Q>
    void put_amount(std::string_view key, Q quantity) {
        put_key(key);
        out_.put("\"");
        out_.put(quantity.text().view());
        out_.put("\"");
    }
    void put_flag(std::string_view key, std::optional<bool> flag) {
        if (!flag) return;
        put_key(key);
        out_.put(*flag ? "true" : "false");
    }
    void put_text(std::string_view key, std::string_view text) {
        put_key(key);
        out_.put_json(text);
    }
    void put_name(std::string_view key, Currency currency) { put_text(key, names_.name(currency)); }
    template <class Item, class Put>
    void put_list(std::span<const Item> items, Put put) {
        out_.put("[");
        for (const Item& item : items) {
            if (&item != items.data()) out_.put(",");
            put(item);
        }
        out_.put("]");
    }

    detail::TextBuffer out_;
    const Names& names_;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
