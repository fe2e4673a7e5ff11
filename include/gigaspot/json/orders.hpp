// gigaspot: reads what clients send to the market (orders to create, edit and cancel), and its
// answer that carries the coin's price. Layer: json.
#pragma once

#include <cstddef>
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
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/fields.hpp>
#include <gigaspot/values/bid.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/workload.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

using Overclock = FixedVector<OverclockProfile, DefaultTraits::gpus_max>;

/// An order to create: a bid without an id and an owner, which the market gives.
struct CreateOrder {
    std::size_t entry = 0;  ///< its place in the document, from 0
    Bid bid{};
};

/// A document of orders to create. The workloads of its bids refer to texts that it owns, and may
/// be used as long as it lives; it can be moved.
class CreateOrders {
public:
    /// Those that could be read, in the order of the document.
    [[nodiscard]] const std::vector<CreateOrder>& orders() const { return orders_; }
    [[nodiscard]] const std::vector<SkippedEntry>& skipped() const { return skipped_; }

private:
    friend Result<CreateOrders, DocumentError> read_create_orders(std::string text,
                                                                  MarketNames& names);

    std::unique_ptr<detail::JsonText> text_{};
    std::vector<std::vector<EnvironmentVariable>> environments_{};
    std::vector<CreateOrder> orders_{};
    std::vector<SkippedEntry> skipped_{};
};

/// An order to edit: what is named changes, the rest stays.
struct EditOrder {
    std::size_t entry = 0;  ///< its place in the document, from 0
    BidId id{};
    Price price{};
    std::optional<Overclock> overclock{};

    friend bool operator==(const EditOrder&, const EditOrder&) = default;
};

/// A document of orders to edit: those that could be read, and what is wrong with the others.
struct EditOrders {
    std::vector<EditOrder> orders{};
    std::vector<SkippedEntry> skipped{};
};

/// The market's answer to `get_gigaspot`. With a `code` other than 0 only `error` says more.
struct MarketAnswer {
    WholeNumber code{};  ///< 0: all is well
    std::string error{};
    std::string snapshot_url{};
    std::optional<ExchangeRate> clore_price{};  ///< USD per CLORE

    /// When the snapshot was taken: its URL ends in `_<seconds>.json`. Nothing if it does not.
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
    const Code problem = read_into<Path...>(context, target, value);
    return problem == Code::number_too_precise ? Code::price_too_precise : problem;
}

inline constexpr JsonField<OverclockProfile> profile_fields[] = {
    {"pl", false, read_into<&OverclockProfile::power_limit>},
    {"core_lock", false, read_into<&OverclockProfile::core_lock>},
    {"mem_lock", false, read_into<&OverclockProfile::mem_lock>},
    {"core_offset", false, read_into<&OverclockProfile::core_offset>},
    {"mem_offset", false, read_into<&OverclockProfile::mem_offset>},
};

/// The profiles of an order. Nothing but the known fields may stand in one: a misspelt lock must
/// not be lost.
inline Code read_value(ReadContext& context, Overclock& overclock, JsonValue& value) {
    return read_items(context, value, [&](JsonValue& item) {
        OverclockProfile profile;
        const Code problem =
            read_object(context, item, profile_fields, profile, UnknownFields::refused);
        if (problem != Code::none) return problem;
        return overclock.push_back(profile) ? Code::none : Code::limit_reached;
    });
}

// Only looked up: the names that clients make up must not fill the market's table. A currency that
// the market does not know has no rate.
inline Code read_known_currency(ReadContext& context, CreateDraft& draft, JsonValue& value) {
    std::string_view name;
    if (const Code problem = value.string(name); problem != Code::none) return problem;
    const std::optional<Currency> currency = context.names.find_currency(name);
    if (!currency) return Code::rate_missing;
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
        if (draft.ids.size() == limits::cancel_orders_max) return Code::limit_reached;
        return read_value(context, draft.ids.emplace_back(), item);
    });
}

inline constexpr JsonField<CancelDraft> cancel_fields[] = {{"order_ids", true, read_order_ids}};

inline constexpr JsonField<MarketAnswer> answer_fields[] = {
    {"code", true, read_into<&MarketAnswer::code>},
    {"error", false, read_into<&MarketAnswer::error>},
    {"v1_snapshot_url", false, read_into<&MarketAnswer::snapshot_url>},
    {"clore_price", false, read_into<&MarketAnswer::clore_price>},
};

/// Reads an array entry by entry: `read(entry, item)` returns the entry's problem, which skips it.
template <class Read>
DocumentError read_entries(JsonText& json, ReadContext& context, std::vector<SkippedEntry>& skipped,
                           Read read) {
    return read_document(json, context, [&](JsonValue& root) {
        if (root.kind() != JsonKind::array) return Code::wrong_type;
        std::size_t entry = 0;
        root.items([&](JsonValue& item) {
            context.path.clear();
            const Code problem = read(entry, item);
            if (problem != Code::none) skipped.push_back({entry, context.path, problem});
            ++entry;
        });
        context.path.clear();
        return Code::none;
    });
}

}  // namespace detail

/// Reads orders to create. An entry that cannot be read is skipped and reported, the rest is read.
/// Numbers with more digits than their unit holds are refused. A currency that `names` does
/// not know is `rate_missing`. Whether a bid fits its host is for
/// `validate` to say.
[[nodiscard]] inline Result<CreateOrders, DocumentError> read_create_orders(std::string text,
                                                                            MarketNames& names) {
    CreateOrders document;
    document.text_ = std::make_unique<detail::JsonText>(std::move(text));
    detail::ReadContext context{names, Rounding::exact};
    const auto read = [&](std::size_t entry, detail::JsonValue& item) {
        detail::CreateDraft draft;
        const Code problem = detail::read_object(context, item, detail::create_fields, draft);
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

/// Reads orders to edit, likewise.
[[nodiscard]] inline Result<EditOrders, DocumentError> read_edit_orders(std::string text) {
    EditOrders document;
    detail::JsonText json{std::move(text)};
    MarketNames names;
    detail::ReadContext context{names, Rounding::exact};
    const auto read = [&](std::size_t entry, detail::JsonValue& item) {
        EditOrder order{.entry = entry};
        const Code problem = detail::read_object(context, item, detail::edit_fields, order);
        if (problem == Code::none) document.orders.push_back(order);
        return problem;
    };
    const DocumentError error = detail::read_entries(json, context, document.skipped, read);
    if (error.code != Code::none) return Unexpected{error};
    return document;
}

namespace detail {

template <class Target, std::size_t Count>
Result<Target, DocumentError> read_one(std::string text, const JsonField<Target> (&fields)[Count],
                                       Rounding rounding) {
    JsonText json{std::move(text)};
    MarketNames names;
    ReadContext context{names, rounding};
    Target target;
    const DocumentError error = read_document(
        json, context, [&](JsonValue& root) { return read_object(context, root, fields, target); });
    if (error.code != Code::none) return Unexpected{error};
    return target;
}

}  // namespace detail

/// Reads the profiles of one bid, an array as in an order's `oc`: all of them, or the first
/// problem. Nothing is rounded.
[[nodiscard]] inline Result<Overclock, DocumentError> read_overclock(std::string text) {
    detail::JsonText json{std::move(text)};
    MarketNames names;
    detail::ReadContext context{names, Rounding::exact};
    Overclock overclock;
    const DocumentError error = detail::read_document(json, context, [&](detail::JsonValue& root) {
        return detail::read_value(context, overclock, root);
    });
    if (error.code != Code::none) return Unexpected{error};
    return overclock;
}

/// Reads orders to cancel, at most `limits::cancel_orders_max`: all of them, or the first problem.
[[nodiscard]] inline Result<std::vector<BidId>, DocumentError> read_cancel_orders(
    std::string text) {
    Result<detail::CancelDraft, DocumentError> draft =
        detail::read_one(std::move(text), detail::cancel_fields, Rounding::exact);
    if (!draft) return Unexpected{draft.error()};
    return std::move(draft->ids);
}

/// Reads the market's answer. The price is market data: rounded half to even.
[[nodiscard]] inline Result<MarketAnswer, DocumentError> read_market_answer(std::string text) {
    return detail::read_one(std::move(text), detail::answer_fields, Rounding::half_even);
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
