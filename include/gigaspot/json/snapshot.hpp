// gigaspot: reads the market's snapshot of machines and bids. Layer: json.
// Rules of the market, sections 2, 4 and 6; docs/rules.md says what each field means.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/machine.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/fields.hpp>
#include <gigaspot/json/reader/market_fields.hpp>
#include <gigaspot/json/reader/problem.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

namespace detail {

/// A machine while it is read. Its bids are added after those of earlier machines.
struct MachineDraft {
    std::vector<SnapshotBid>& bids;
    std::size_t text_size;
    Machine machine{};
};

/// Makes room in a list for what it will hold if the rest of the text is like the part before
/// `offset`, so that the list hardly ever moves. It makes room for at most 16 times what it holds.
template <class Item>
void make_room_ahead(std::vector<Item>& list, std::size_t offset, std::size_t text_size) {
    if (list.size() < list.capacity() || list.size() < 16) return;
    const std::size_t expected = list.size() * (text_size + text_size / 16) / offset;
    list.reserve(std::clamp(expected, 2 * list.size(), 16 * list.size()));
}

inline constexpr JsonField<GpuLimits> gpu_fields[] = {
    {"pl", true, read_into<&GpuLimits::power_limit>},
    {"mem_lock", false, read_into<&GpuLimits::mem_lock>},
    {"core_lock", false, read_into<&GpuLimits::core_lock>},
    {"mem_offset", false, read_into<&GpuLimits::mem_offset>},
    {"core_offset", false, read_into<&GpuLimits::core_offset>},
    {"model", false, read_into<&GpuLimits::model>},
};

// One number for the whole machine; it has the range of one power limit (section 2).
inline Code read_total_power(ReadContext& context, SnapshotBid& bid, JsonValue& value) {
    Power total;
    const Code problem = read_value(context, total, value);
    bid.power_limits = TotalPower::unchecked(total.count());
    return problem;
}

inline constexpr JsonField<SnapshotBid> bid_fields[] = {
    {"owner", true, read_into<&SnapshotBid::owner>},
    {"id", true, read_into<&SnapshotBid::id>},
    {"active", false, read_into<&SnapshotBid::is_active>},
    {"to_cache", false, read_into<&SnapshotBid::is_to_cache>},
    {"cached", false, read_into<&SnapshotBid::is_cached>},
    {"price", true, read_amount_into<&SnapshotBid::price>},
    {"currency", true, read_into<&SnapshotBid::currency>},
    {"pl", true, read_total_power},
};

inline Code read_gpus(ReadContext& context, MachineDraft& draft, JsonValue& value) {
    auto& gpus = draft.machine.host.gpus;
    const Code problem = read_items(context, value, [&](JsonValue& item) {
        GpuLimits gpu;
        const Code found = read_object(context, item, gpu_fields, gpu);
        if (found != Code::none) return found;
        if (gpus.push_back(gpu)) return Code::none;
        return context.fail(too_many("GPUs", gpus.size()));
    });
    if (problem != Code::none || !gpus.empty()) return problem;
    return context.fail(Code::missing, "a machine has at least one GPU");
}

inline Code read_bids(ReadContext& context, MachineDraft& draft, JsonValue& value) {
    return read_items(context, value, [&](JsonValue& item) {
        make_room_ahead(draft.bids, item.offset(), draft.text_size);
        return read_object(context, item, bid_fields, draft.bids.emplace_back());
    });
}

/// A limit is rounded so that it allows less (section 2).
inline Code read_min_bid(ReadContext& context, MachineDraft& draft, JsonValue& value) {
    return read_amount(context, draft.machine.host.min_bid, value, Rounding::up);
}

/// Fields are required if the rules need them. Snapshots of an older market have no `min_bid` and
/// no `working_properly`: such a machine works, and takes any price.
inline constexpr JsonField<MachineDraft> machine_fields[] = {
    {"bids", true, read_bids},
    {"on_demand_rented", true,
     read_into<&MachineDraft::machine, &Machine::host, &HostCapabilities::status,
               &HostStatus::on_demand_rented>},
    {"online", true,
     read_into<&MachineDraft::machine, &Machine::host, &HostCapabilities::status,
               &HostStatus::online>},
    {"cpu", false, read_into<&MachineDraft::machine, &Machine::facts, &MachineFacts::cpu>},
    {"cores", false, read_into<&MachineDraft::machine, &Machine::facts, &MachineFacts::cores>},
    {"threads", false, read_into<&MachineDraft::machine, &Machine::facts, &MachineFacts::threads>},
    {"ram", false, read_into<&MachineDraft::machine, &Machine::facts, &MachineFacts::ram_gb>},
    {"gpus", true, read_gpus},
    {"working_properly", false,
     read_into<&MachineDraft::machine, &Machine::host, &HostCapabilities::status,
               &HostStatus::working_properly>},
    {"cuda", false, read_into<&MachineDraft::machine, &Machine::facts, &MachineFacts::cuda>},
    {"max_rental_length", false,
     read_into<&MachineDraft::machine, &Machine::host, &HostCapabilities::max_rental_length>},
    {"cc", false, read_into<&MachineDraft::machine, &Machine::facts, &MachineFacts::country>},
    {"host", false, read_into<&MachineDraft::machine, &Machine::facts, &MachineFacts::account>},
    {"reliability", false,
     read_into<&MachineDraft::machine, &Machine::facts, &MachineFacts::reliability>},
    {"min_bid", false, read_min_bid},
    {"energy_price", true,
     read_amount_into<&MachineDraft::machine, &Machine::host, &HostCapabilities::energy_price>},
    {"base_power", false,
     read_into<&MachineDraft::machine, &Machine::host, &HostCapabilities::base_power>},
};

/// Rejects two bids with one id, which no answer could tell apart.
inline Code find_duplicate(ReadContext& context, std::span<const SnapshotBid> bids) {
    const auto does_not_rise = [](const SnapshotBid& left, const SnapshotBid& right) {
        return left.id >= right.id;
    };
    if (std::adjacent_find(bids.begin(), bids.end(), does_not_rise) == bids.end())
        return Code::none;  // nearly always
    std::vector<std::pair<BidId, std::size_t>> ids;
    ids.reserve(bids.size());
    for (std::size_t i = 0; i < bids.size(); ++i) ids.emplace_back(bids[i].id, i);
    std::sort(ids.begin(), ids.end());
    const auto same = [](const auto& left, const auto& right) { return left.first == right.first; };
    const auto found = std::adjacent_find(ids.begin(), ids.end(), same);
    if (found == ids.end()) return Code::none;
    const std::string id = std::to_string(found->first.value);
    context.problem = {.code = Code::duplicate,
                       .field = "id",
                       .detail = text_of("duplicate id ", id, "; each bid has its own")};
    context.put_in_front(std::next(found)->second);
    context.put_in_front("bids");
    return Code::duplicate;
}

/// Why a key is not the id of a machine.
[[gnu::cold]] inline Code fail_key(ReadContext& context, Code code, std::string_view key) {
    if (code != Code::malformed)
        return context.fail(code, number_problem(code, row_of<WholeNumber>(), key).detail);
    return context.fail(code, text_of("the key ", quoted(key), " is not the id of a machine"));
}

/// Ids that were keys before, of machines that were read or skipped.
using KnownHosts = std::set<HostId>;

inline Code read_machine(ReadContext& context, MachineDraft& draft, KnownHosts& known,
                         std::string_view key, JsonValue& value) {
    const Result<WholeNumber, Code> id = WholeNumber::from_text(key);
    if (!id) return fail_key(context, id.error(), key);
    draft.machine.host.id = HostId{static_cast<std::uint64_t>(id->count())};
    const std::size_t known_before = known.size();
    known.insert(known.end(), draft.machine.host.id);  // they mostly come in ascending order
    if (known.size() == known_before)
        return context.fail(Code::duplicate, "duplicate id; each machine has its own");
    draft.machine.bids_begin = draft.bids.size();
    const Code problem = read_object(context, value, machine_fields, draft);
    draft.machine.bids_count = draft.bids.size() - draft.machine.bids_begin;
    if (problem != Code::none) return problem;
    return find_duplicate(context, std::span{draft.bids}.subspan(draft.machine.bids_begin));
}

/// Adds a machine to the snapshot, or what is wrong with it. The names of a skipped machine are
/// forgotten.
inline void add_machine(ReadContext& context, Snapshot& snapshot, KnownHosts& known,
                        std::string_view key, JsonValue& value, std::size_t text_size) {
    MachineDraft draft{.bids = snapshot.bids, .text_size = text_size};
    const std::size_t bids_before = snapshot.bids.size();
    context.problem = {};
    const MarketNames::Mark mark = context.names.mark();
    const Code problem = read_machine(context, draft, known, key, value);
    if (problem != Code::none) {
        context.names.forget_since(mark);
        snapshot.bids.resize(bids_before);
        snapshot.skipped.push_back({std::string{key}, std::move(context.problem.field), problem,
                                    std::move(context.problem.detail)});
        return;
    }
    make_room_ahead(snapshot.machines, value.offset(), text_size);
    snapshot.machines.push_back(std::move(draft.machine));
}

inline void sort_machines(std::vector<Machine>& machines) {
    const auto by_id = [](const Machine& left, const Machine& right) {
        return left.host.id < right.host.id;
    };
    if (std::is_sorted(machines.begin(), machines.end(), by_id)) return;
    // Sorts their indices, since a machine is too large to be swapped often.
    std::vector<std::size_t> order(machines.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
        return by_id(machines[left], machines[right]);
    });
    std::vector<Machine> sorted;
    sorted.reserve(machines.size());
    for (const std::size_t index : order) sorted.push_back(std::move(machines[index]));
    machines = std::move(sorted);
}

}  // namespace detail

/// Reads a snapshot. A machine that cannot be read is skipped and reported; the others are read. A
/// text that is not JSON, or that is not an object of machines, is one error. Numbers are read
/// exactly, then rounded to their unit: a minimum up, a maximum down, and all others half to even.
/// New names are added to `names`. Takes one pass over the text, and twice its memory while it
/// reads.
[[nodiscard]] inline Result<Snapshot, DocumentError> read_snapshot(std::string text,
                                                                   MarketNames& names) {
    detail::JsonText json{std::move(text)};
    detail::ReadContext context{names, Rounding::half_even};
    Snapshot snapshot;
    detail::KnownHosts known;
    constexpr std::string_view wanted = "an object of machines";
    const auto read = [&](detail::JsonValue& root) {
        if (root.kind() != detail::JsonKind::object)
            return detail::fail_root(context, wanted, root);
        root.fields([&](detail::JsonKey& key, detail::JsonValue& value) {
            detail::add_machine(context, snapshot, known, key.text().value_or("?"), value,
                                json.view().size());
        });
        return Code::none;
    };
    const DocumentError error = detail::read_document(json, context, wanted, read);
    if (error.code != Code::none) return Unexpected{error};
    detail::sort_machines(snapshot.machines);
    return snapshot;
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
