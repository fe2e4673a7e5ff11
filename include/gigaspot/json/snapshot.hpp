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
#include <gigaspot/json/reader/object.hpp>
#include <gigaspot/json/reader/problem.hpp>
#include <gigaspot/json/reader/tokens.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

namespace detail {

/// A machine while it is read. Its bids are added after those of earlier machines, and so is what
/// is wrong with them.
struct MachineDraft {
    Snapshot& snapshot;
    std::size_t text_size;
    Machine machine{};
};

/// How much of a snapshot there is, as a point to return to.
struct SnapshotMark {
    MarketNames::Mark names;
    std::size_t bids, skipped_bids, notes;
};

inline SnapshotMark mark(const ReadContext& context, const Snapshot& snapshot) {
    return {context.names.mark(), snapshot.bids.size(), snapshot.skipped_bids.size(),
            snapshot.notes.size()};
}

/// Forgets all that came after the mark, names included.
[[gnu::cold]] inline void forget_since(const SnapshotMark& mark, ReadContext& context,
                                       Snapshot& snapshot) {
    context.names.forget_since(mark.names);
    snapshot.bids.resize(mark.bids);
    snapshot.skipped_bids.resize(mark.skipped_bids);
    snapshot.notes.resize(mark.notes);
}

/// Makes room in a list for what it will hold if the rest of the text is like the part before
/// `offset`, so that the list hardly ever moves. It makes room for at most 16 times what it holds.
template <class Item>
void make_room_ahead(std::vector<Item>& list, std::size_t offset, std::size_t text_size) {
    if (list.size() < list.capacity() || list.size() < 16) return;
    const std::size_t expected = list.size() * (text_size + text_size / 16) / offset;
    list.reserve(std::clamp(expected, 2 * list.size(), 16 * list.size()));
}

/// A field that no rule uses. If it cannot be read, it keeps its default, and a note says so.
template <class Target>
constexpr JsonField<Target> noted(JsonName name, Code (*read)(ReadContext&, Target&, JsonValue&)) {
    return {.name = name, .is_required = false, .read = read, .is_noted = true};
}

inline constexpr JsonField<GpuLimits> gpu_fields[] = {
    {"pl", true, read_into<&GpuLimits::power_limit>},
    {"mem_lock", false, read_into<&GpuLimits::mem_lock>},
    {"core_lock", false, read_into<&GpuLimits::core_lock>},
    {"mem_offset", false, read_into<&GpuLimits::mem_offset>},
    {"core_offset", false, read_into<&GpuLimits::core_offset>},
    noted("model", read_into<&GpuLimits::model>),
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
    noted("to_cache", read_into<&SnapshotBid::is_to_cache>),
    {"cached", false, read_into<&SnapshotBid::is_cached>},
    {"price", true, read_amount_into<&SnapshotBid::price>},
    {"currency", true, read_into<&SnapshotBid::currency>},
    {"pl", true, read_total_power},
};

inline Code read_gpus(ReadContext& context, MachineDraft& draft, JsonValue& value) {
    auto& gpus = draft.machine.host.gpus;
    context.notes_of_item = 0;
    const Code problem = read_items(context, value, [&](JsonValue& item) {
        GpuLimits gpu;
        const Code found = read_object<gpu_fields>(context, item, gpu);
        if (found != Code::none) return found;
        if (context.notes_of_item != 0) context.put_in_front_of_notes("gpus", gpus.size());
        if (gpus.push_back(gpu)) return Code::none;
        return context.fail(too_many("GPUs", gpus.size()));
    });
    if (problem != Code::none || !gpus.empty()) return problem;
    return context.fail(Code::missing, "a machine has at least one GPU");
}

/// The id of a bid that could not be read.
[[gnu::cold]] inline std::optional<BidId> find_bid_id(JsonValue& bid) {
    std::optional<BidId> id;
    bool is_seen = false;
    bid.fields([&](JsonKey& key, JsonValue& value) {
        if (is_seen || !key.is("id")) return;
        is_seen = true;
        WholeNumber number;
        if (value.number(number, Rounding::exact) == Code::none)
            id = BidId{static_cast<std::uint64_t>(number.count())};
    });
    return id;
}

[[gnu::cold]] inline Code fail_duplicate(ReadContext& context, BidId id) {
    context.fail(Code::duplicate,
                 text_of("duplicate id ", std::to_string(id.value), "; each bid has its own"));
    context.put_in_front("id");
    return Code::duplicate;
}

/// Where a bid is, and what there was before it.
struct BidPlace {
    std::size_t entry;
    const std::uint32_t* inside;
    MarketNames::Mark names;
};

/// Skips the last bid, which has a problem. The names that only it brought are forgotten.
[[gnu::cold]] inline void skip_bid(ReadContext& context, MachineDraft& draft, JsonValue& bid,
                                   const BidPlace& place, Code problem) {
    context.names.forget_since(place.names);
    context.forget_notes_of_item();
    draft.snapshot.bids.pop_back();
    std::optional<BidId> id;
    if (bid.kind() == JsonKind::object) {
        bid.read_again(place.inside);
        id = find_bid_id(bid);
    }
    context.put_in_front(place.entry);
    context.put_in_front("bids");
    draft.snapshot.skipped_bids.push_back({.host = draft.machine.host.id,
                                           .entry = place.entry,
                                           .id = id,
                                           .path = std::move(context.problem.field),
                                           .problem = problem,
                                           .detail = std::move(context.problem.detail)});
}

/// Reads the bids of a machine. One with a problem is skipped alone. So is one whose id a bid
/// before it had, if `known` is given.
inline Code read_each_bid(ReadContext& context, MachineDraft& draft, JsonValue& value,
                          std::set<BidId>* known) {
    std::vector<SnapshotBid>& bids = draft.snapshot.bids;
    std::size_t entry = 0;
    context.notes_of_item = 0;
    return read_items(
        context, value, [&](JsonValue & item) __attribute__((always_inline)) {
            make_room_ahead(bids, item.offset(), draft.text_size);
            const BidPlace place{entry++, item.place(), context.names.mark()};
            SnapshotBid& bid = bids.emplace_back();
            Code problem = read_object<bid_fields>(context, item, bid);
            if (known != nullptr && problem == Code::none && !known->insert(bid.id).second)
                problem = fail_duplicate(context, bid.id);
            if (problem != Code::none) skip_bid(context, draft, item, place, problem);
            if (context.notes_of_item != 0) context.put_in_front_of_notes("bids", place.entry);
            return Code::none;
        });
}

inline bool has_duplicate(std::span<const SnapshotBid> bids) {
    const auto does_not_rise = [](const SnapshotBid& left, const SnapshotBid& right) {
        return left.id >= right.id;
    };
    if (std::adjacent_find(bids.begin(), bids.end(), does_not_rise) == bids.end())
        return false;  // nearly always
    std::vector<BidId> ids;
    ids.reserve(bids.size());
    for (const SnapshotBid& bid : bids) ids.push_back(bid.id);
    std::sort(ids.begin(), ids.end());
    return std::adjacent_find(ids.begin(), ids.end()) != ids.end();
}

inline Code read_bids(ReadContext& context, MachineDraft& draft, JsonValue& value) {
    const std::uint32_t* const place = value.place();
    const SnapshotMark before = mark(context, draft.snapshot);
    const Code problem = read_each_bid(context, draft, value, nullptr);
    if (problem != Code::none ||
        !has_duplicate(std::span{draft.snapshot.bids}.subspan(before.bids)))
        return problem;
    // No answer could tell two bids with one id apart. They are so rare that all is read once more.
    forget_since(before, context, draft.snapshot);
    value.read_again(place);
    std::set<BidId> known;
    return read_each_bid(context, draft, value, &known);
}

/// A limit is rounded so that it allows less (section 2).
inline Code read_min_bid(ReadContext& context, MachineDraft& draft, JsonValue& value) {
    return read_amount(context, draft.machine.host.min_bid, value, Rounding::up);
}

template <auto Fact>
Code read_fact(ReadContext& context, MachineDraft& draft, JsonValue& value) {
    return read_value(context, draft.machine.facts.*Fact, value);
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
    noted("cpu", read_fact<&MachineFacts::cpu>),
    noted("cores", read_fact<&MachineFacts::cores>),
    noted("threads", read_fact<&MachineFacts::threads>),
    noted("ram", read_fact<&MachineFacts::ram_gb>),
    {"gpus", true, read_gpus},
    {"working_properly", false,
     read_into<&MachineDraft::machine, &Machine::host, &HostCapabilities::status,
               &HostStatus::working_properly>},
    noted("cuda", read_fact<&MachineFacts::cuda>),
    {"max_rental_length", false,
     read_into<&MachineDraft::machine, &Machine::host, &HostCapabilities::max_rental_length>},
    noted("cc", read_fact<&MachineFacts::country>),
    noted("host", read_fact<&MachineFacts::account>),
    noted("reliability", read_fact<&MachineFacts::reliability>),
    {"min_bid", false, read_min_bid},
    {"energy_price", true,
     read_amount_into<&MachineDraft::machine, &Machine::host, &HostCapabilities::energy_price>},
    {"base_power", false,
     read_into<&MachineDraft::machine, &Machine::host, &HostCapabilities::base_power>},
};

/// Why a key is not the id of a machine.
[[gnu::cold]] inline Code fail_key(ReadContext& context, Code code, std::string_view key) {
    if (code != Code::malformed)
        return context.fail(code, number_problem(code, row_of<WholeNumber>(), key).detail);
    return context.fail(code, text_of("the key ", quoted(key), " is not the id of a machine"));
}

/// What the entries of a snapshot were before.
struct KnownEntries {
    std::set<HostId> hosts{};  ///< of machines that were read or skipped
    bool has_machine = false;  ///< an entry has the key and the type of a machine
};

inline Code read_machine(ReadContext& context, MachineDraft& draft, KnownEntries& known,
                         std::string_view key, JsonValue& value) {
    const Result<WholeNumber, Code> id = WholeNumber::from_text(key);
    if (!id) return fail_key(context, id.error(), key);
    draft.machine.host.id = HostId{static_cast<std::uint64_t>(id->count())};
    known.has_machine = known.has_machine || value.kind() == JsonKind::object;
    const std::size_t known_before = known.hosts.size();
    // They mostly come in ascending order.
    known.hosts.insert(known.hosts.end(), draft.machine.host.id);
    if (known.hosts.size() == known_before)
        return context.fail(Code::duplicate, "duplicate id; each machine has its own");
    return read_object<machine_fields>(context, value, draft);
}

/// Adds a machine to the snapshot, or what is wrong with it. All that a skipped machine brought is
/// forgotten.
inline void add_machine(ReadContext& context, Snapshot& snapshot, KnownEntries& known,
                        std::string_view key, JsonValue& value, std::size_t text_size) {
    MachineDraft draft{.snapshot = snapshot, .text_size = text_size};
    const SnapshotMark before = mark(context, snapshot);
    context.problem = {};
    const Code problem = read_machine(context, draft, known, key, value);
    if (problem != Code::none) {
        forget_since(before, context, snapshot);
        snapshot.skipped.push_back({std::string{key}, std::move(context.problem.field), problem,
                                    std::move(context.problem.detail)});
        return;
    }
    for (std::size_t i = before.notes; i < snapshot.notes.size(); ++i) snapshot.notes[i].host = key;
    draft.machine.bids_begin = before.bids;
    draft.machine.bids_count = snapshot.bids.size() - before.bids;
    draft.machine.bids_skipped = snapshot.skipped_bids.size() - before.skipped_bids;
    make_room_ahead(snapshot.machines, value.offset(), text_size);
    snapshot.machines.push_back(std::move(draft.machine));
}

/// Why an object is not a snapshot: none of its entries is a machine.
[[gnu::cold]] inline Code fail_entries(ReadContext& context, std::string_view wanted,
                                       std::string_view text, const SkippedMachine& first) {
    std::string other = other_document(text);
    if (other.empty()) {
        const std::string_view place = first.problem == Code::malformed    ? ""
                                       : first.problem == Code::wrong_type ? "the value of "
                                                                           : "the key ";
        const std::string key = place.empty() ? "" : detail::quoted(first.host) + ": ";
        other = text_of(", got an object without one: ", place, key, first.detail);
    }
    return context.fail(Code::wrong_type, text_of("expected ", wanted, other));
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

/// Reads a snapshot (section 12). A machine that cannot be read is skipped and reported; the others
/// are read. A bid that cannot be read, or whose id an earlier bid of its machine has, is skipped
/// and reported alone. What is wrong with a field that no rule uses becomes a note.
///
/// A text that is not JSON, or in which no entry is a machine, is one error. An empty object is an
/// empty market. Numbers are read exactly, then rounded to their unit: a minimum up, a maximum
/// down, and all others half to even. The names of what is read are added to `names`. Takes one
/// pass over the text, and twice its memory while it reads.
[[nodiscard]] inline Result<Snapshot, DocumentError> read_snapshot(std::string text,
                                                                   MarketNames& names) {
    detail::JsonText json{std::move(text)};
    Snapshot snapshot;
    const MarketNames::Mark names_before = names.mark();
    FieldProblem found;
    detail::ReadContext context{names, Rounding::half_even, found, &snapshot.notes};
    detail::KnownEntries known;
    constexpr std::string_view wanted = "an object of machines";
    const auto read = [&](detail::JsonValue& root) {
        if (root.kind() != detail::JsonKind::object)
            return detail::fail_root(context, wanted, root);
        root.fields([&](detail::JsonKey& key, detail::JsonValue& value) {
            detail::add_machine(context, snapshot, known, key.text().value_or("?"), value,
                                json.view().size());
        });
        if (known.has_machine || snapshot.skipped.empty()) return Code::none;
        return detail::fail_entries(context, wanted, root.token(), snapshot.skipped.front());
    };
    const DocumentError error = detail::read_document(json, context, wanted, read);
    if (error.code != Code::none) {
        names.forget_since(names_before);
        return Unexpected{error};
    }
    detail::sort_machines(snapshot.machines);
    return snapshot;
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
