// gigaspot: reads the orders that clients send to the market, to create, edit and cancel bids, and
// the market's answer with the price of the coin. Layer: json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/fixed_vector.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/document_kind.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/fields.hpp>
#include <gigaspot/json/reader/market_fields.hpp>
#include <gigaspot/json/reader/object.hpp>
#include <gigaspot/json/reader/problem.hpp>
#include <gigaspot/values/bid.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/workload.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// The profiles of one bid, one for each GPU of its host.
using Overclock = FixedVector<OverclockProfile, DefaultTraits::gpus_max>;

/// An order to create a bid. The market adds its id and its owner.
struct CreateOrder {
    std::size_t entry = 0;  ///< its index in the document, from 0
    Bid bid{};              ///< the bid to place, without an id and an owner
};

/// A document of orders to create. The workloads of its bids refer to texts that it owns, so they
/// are valid as long as it lives. It can be moved.
class CreateOrders {
public:
    /// Returns the orders that could be read, in the order of the document. The reference is valid
    /// as long as the document.
    [[nodiscard]] const std::vector<CreateOrder>& orders() const& { return orders_; }
    /// Returns the entries that could not be read, in the order of the document, with what is wrong
    /// with each. The reference is valid as long as the document.
    [[nodiscard]] const std::vector<SkippedEntry>& skipped() const& { return skipped_; }
    /// Deleted, because the texts of a temporary end before a loop over its orders begins.
    const std::vector<CreateOrder>& orders() const&& = delete;
    /// Deleted, because a temporary ends before a loop over its entries begins.
    const std::vector<SkippedEntry>& skipped() const&& = delete;

private:
    friend Result<CreateOrders, DocumentError> read_create_orders(std::string text,
                                                                  MarketNames& names);

    std::unique_ptr<detail::JsonText> text_{};
    std::vector<std::vector<EnvironmentVariable>> environments_{};
    std::vector<CreateOrder> orders_{};
    std::vector<SkippedEntry> skipped_{};
};

/// An order to edit a bid: its price, and its profiles if they are given.
struct EditOrder {
    std::size_t entry = 0;  ///< its index in the document, from 0
    BidId id{};             ///< the id of the bid
    Price price{};          ///< the new price, in coins of the bid's currency per day
    std::optional<Overclock> overclock{};  ///< the new profiles; nothing: they stay unchanged

    friend bool operator==(const EditOrder&, const EditOrder&) = default;
};

/// A document of orders to edit.
struct EditOrders {
    std::vector<EditOrder> orders{};      ///< those that could be read
    std::vector<SkippedEntry> skipped{};  ///< what is wrong with the others
};

/// The market's answer to the request `get_gigaspot`. If `code` is not 0, only `error` is set
/// besides it.
struct MarketAnswer {
    WholeNumber code{};                         ///< 0 means success
    std::string error{};                        ///< why not, in the market's words
    std::string snapshot_url{};                 ///< where the latest snapshot is
    std::optional<ExchangeRate> clore_price{};  ///< the price of the main currency, USD per coin

    /// Finds when the snapshot was taken, by its URL, which ends in `_<seconds>.json`. Nothing if
    /// the URL has another end.
    [[nodiscard]] std::optional<Timestamp> snapshot_time() const {
        std::string_view url = snapshot_url;
        constexpr std::string_view ending = ".json";
        if (!url.ends_with(ending)) return std::nullopt;
        url.remove_suffix(ending.size());
        const std::size_t underscore = url.rfind('_');
        if (underscore == std::string_view::npos) return std::nullopt;
        const Result<Timestamp, Code> seconds = Timestamp::from_text(url.substr(underscore + 1));
        if (!seconds) return std::nullopt;
        const Result<Timestamp, Code> time =
            Timestamp::from_count(Int128{seconds->count()} * 1'000);
        if (!time) return std::nullopt;
        return *time;
    }
};

namespace detail {

/// An order while it is read.
struct CreateDraft {
    Bid bid{};
    std::vector<EnvironmentVariable> environment{};
};

template <class Target, auto... Path>
Code read_bid_price(ReadContext& context, Target& target, JsonValue& value) {
    const Code problem = read_amount_into<Path...>(context, target, value);
    return problem == Code::number_too_precise ? Code::price_too_precise : problem;
}

inline constexpr JsonField<OverclockProfile> profile_fields[] = {
    {"pl", false, read_into<&OverclockProfile::power_limit>},
    {"core_lock", false, read_into<&OverclockProfile::core_lock>},
    {"mem_lock", false, read_into<&OverclockProfile::mem_lock>},
    {"core_offset", false, read_into<&OverclockProfile::core_offset>},
    {"mem_offset", false, read_into<&OverclockProfile::mem_offset>},
};

/// Reads the profiles of an order. Unknown fields are rejected, so that a misspelt lock is not
/// lost.
inline Code read_value(ReadContext& context, Overclock& overclock, JsonValue& value) {
    return read_items(context, value, [&](JsonValue& item) {
        OverclockProfile profile;
        const Code problem =
            read_object<profile_fields, UnknownFields::rejected>(context, item, profile);
        if (problem != Code::none) return problem;
        if (overclock.push_back(profile)) return Code::none;
        return context.fail(too_many("profiles", overclock.size()));
    });
}

// Only looks the name up: names that clients make up must not fill the market's table.
inline Code read_known_currency(ReadContext& context, CreateDraft& draft, JsonValue& value) {
    std::string_view name;
    if (const Code problem = read_value(context, name, value); problem != Code::none)
        return problem;
    const std::optional<Currency> currency = context.names.find_currency(name);
    if (!currency) return context.fail(unknown_currency(name, context.names));
    draft.bid.currency = *currency;
    return Code::none;
}

inline constexpr JsonField<CreateDraft> create_fields[] = {
    {"currency", true, read_known_currency},
    {"image", false, read_into<&CreateDraft::bid, &Bid::workload, &Workload::image>},
    {"renting_server", true, read_into<&CreateDraft::bid, &Bid::host>},
    {"price", true, read_bid_price<CreateDraft, &CreateDraft::bid, &Bid::price>},
    {"oc", false, read_into<&CreateDraft::bid, &Bid::overclock>},
    {"env", false, read_into<&CreateDraft::environment>},
};

inline constexpr JsonField<EditOrder> edit_fields[] = {
    {"order_id", true, read_into<&EditOrder::id>},
    {"price", true, read_bid_price<EditOrder, &EditOrder::price>},
    {"oc", false, read_into<&EditOrder::overclock>},
};

struct CancelDraft {
    std::vector<BidId> ids{};
};

inline Code read_order_ids(ReadContext& context, CancelDraft& draft, JsonValue& value) {
    return read_items(context, value, [&](JsonValue& item) {
        if (draft.ids.size() == limits::cancel_orders_max)
            return context.fail(too_many("order ids", limits::cancel_orders_max));
        return read_value(context, draft.ids.emplace_back(), item);
    });
}

inline constexpr JsonField<CancelDraft> cancel_fields[] = {{"order_ids", true, read_order_ids}};

inline constexpr JsonField<MarketAnswer> answer_fields[] = {
    {"code", true, read_into<&MarketAnswer::code>},
    {"error", false, read_into<&MarketAnswer::error>},
    {"v1_snapshot_url", false, read_into<&MarketAnswer::snapshot_url>},
    {"clore_price", false, read_amount_into<&MarketAnswer::clore_price>},
};

/// Reads an array of orders by `read(entry, item)`, which returns the code of the entry's problem.
/// Entries with a problem are skipped.
template <class Read>
DocumentError read_entries(JsonText& json, ReadContext& context, std::vector<SkippedEntry>& skipped,
                           Read read) {
    constexpr std::string_view wanted = "an array of orders";
    return read_document(json, context, wanted, [&](JsonValue& root) {
        if (root.kind() != JsonKind::array) return fail_root(context, wanted, root);
        std::size_t entry = 0;
        root.items([&](JsonValue& item) {
            context.problem = {};
            const Code problem = read(entry, item);
            if (problem != Code::none)
                skipped.push_back({entry, std::move(context.problem.field), problem,
                                   std::move(context.problem.detail)});
            ++entry;
        });
        return Code::none;
    });
}

}  // namespace detail

/// Reads orders to create. An entry that cannot be read is skipped and reported; the others are
/// read. A number with more digits than its unit holds is rejected. A currency that `names` does
/// not know is `currency_unknown`. Use `validate` to check a bid against its host. Takes one pass
/// over the text.
[[nodiscard]] inline Result<CreateOrders, DocumentError> read_create_orders(std::string text,
                                                                            MarketNames& names) {
    CreateOrders document;
    document.text_ = std::make_unique<detail::JsonText>(std::move(text));
    FieldProblem found;
    detail::ReadContext context{names, Rounding::exact, found};
    const auto read = [&](std::size_t entry, detail::JsonValue& item) {
        detail::CreateDraft draft;
        const Code problem = detail::read_object<detail::create_fields>(context, item, draft);
        if (problem != Code::none) return problem;
        draft.bid.workload.environment =
            document.environments_.emplace_back(std::move(draft.environment));
        document.orders_.push_back({entry, draft.bid});
        return Code::none;
    };
    const DocumentError error =
        detail::read_entries(*document.text_, context, document.skipped_, read);
    if (error.code != Code::none) return Unexpected{error};
    return document;
}

/// Reads orders to edit. An entry that cannot be read is skipped and reported; the others are read.
/// A number with more digits than its unit holds is rejected. Takes one pass over the text.
[[nodiscard]] inline Result<EditOrders, DocumentError> read_edit_orders(std::string text) {
    EditOrders document;
    detail::JsonText json{std::move(text)};
    MarketNames names;
    FieldProblem found;
    detail::ReadContext context{names, Rounding::exact, found};
    const auto read = [&](std::size_t entry, detail::JsonValue& item) {
        EditOrder order{.entry = entry};
        const Code problem = detail::read_object<detail::edit_fields>(context, item, order);
        if (problem == Code::none) document.orders.push_back(order);
        return problem;
    };
    const DocumentError error = detail::read_entries(json, context, document.skipped, read);
    if (error.code != Code::none) return Unexpected{error};
    return document;
}

namespace detail {

/// Reads a document that is one object. If it lacks a field because it is a document of another
/// kind than `own`, the error says so.
template <class Target, const auto& fields>
Result<Target, DocumentError> read_one(std::string text, std::string_view wanted, DocumentKind own,
                                       Rounding rounding) {
    JsonText json{std::move(text)};
    MarketNames names;
    FieldProblem found;
    ReadContext context{names, rounding, found};
    Target target;
    const DocumentError error = read_document(json, context, wanted, [&](JsonValue& root) {
        if (root.kind() != JsonKind::object) return fail_root(context, wanted, root);
        const Code problem = read_object<fields>(context, root, target);
        if (problem != Code::missing || guess_kind(root.token()) == own) return problem;
        const std::string other = other_document(root.token());
        if (other.empty()) return problem;
        return context.fail(Code::wrong_type, text_of("expected ", wanted, other));
    });
    if (error.code != Code::none) return Unexpected{error};
    return target;
}

}  // namespace detail

/// Reads the profiles of one bid, an array like the `oc` of an order. Fails with the first problem;
/// nothing is rounded. Takes one pass over the text.
[[nodiscard]] inline Result<Overclock, DocumentError> read_overclock(std::string text) {
    detail::JsonText json{std::move(text)};
    MarketNames names;
    FieldProblem found;
    detail::ReadContext context{names, Rounding::exact, found};
    Overclock overclock;
    constexpr std::string_view wanted = "an array of overclock profiles";
    const DocumentError error =
        detail::read_document(json, context, wanted, [&](detail::JsonValue& root) {
            if (root.kind() != detail::JsonKind::array)
                return detail::fail_root(context, wanted, root);
            return detail::read_value(context, overclock, root);
        });
    if (error.code != Code::none) return Unexpected{error};
    return overclock;
}

/// Reads orders to cancel, at most `limits::cancel_orders_max`. Fails with the first problem. Takes
/// one pass over the text.
[[nodiscard]] inline Result<std::vector<BidId>, DocumentError> read_cancel_orders(
    std::string text) {
    Result<detail::CancelDraft, DocumentError> draft =
        detail::read_one<detail::CancelDraft, detail::cancel_fields>(
            std::move(text), "an object with order_ids", DocumentKind::unknown, Rounding::exact);
    if (!draft) return Unexpected{draft.error()};
    return std::move(draft->ids);
}

/// Reads the market's answer. The price is rounded half to even, as all market data. Takes one pass
/// over the text.
[[nodiscard]] inline Result<MarketAnswer, DocumentError> read_market_answer(std::string text) {
    return detail::read_one<MarketAnswer, detail::answer_fields>(
        std::move(text), "the market's answer, an object", DocumentKind::answer,
        Rounding::half_even);
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
