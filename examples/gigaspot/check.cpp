// `gigaspot check`: what the market would reject in orders to create, edit and cancel bids.
#include "tool.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <simdjson.h>

#include <gigaspot/format/rules.hpp>
#include <gigaspot/json/orders.hpp>

namespace tool {
namespace {

enum class OrdersKind { create, edit, cancel };

/// Which orders a document has, by its form: an object with `order_ids`, or an array whose first
/// object has an `order_id`. The reader of orders to create says what is wrong with others.
OrdersKind kind_of_orders(std::string_view text) {
    const simdjson::padded_string padded{text};
    simdjson::ondemand::parser parser;
    simdjson::ondemand::document document;
    simdjson::ondemand::array entries;
    if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return OrdersKind::create;
    if (document["order_ids"].error() == simdjson::SUCCESS) return OrdersKind::cancel;
    document.rewind();
    if (document.get_array().get(entries) != simdjson::SUCCESS) return OrdersKind::create;
    for (auto entry : entries) {
        simdjson::ondemand::object fields;
        if (entry.get_object().get(fields) != simdjson::SUCCESS) continue;
        return fields["order_id"].error() == simdjson::SUCCESS ? OrdersKind::edit
                                                               : OrdersKind::create;
    }
    return OrdersKind::create;
}

/// Says what is wrong with a document that has none of the three forms.
Failure orders_failure(const std::string& path, const gigaspot::DocumentError& error) {
    Failure failure = document_failure(path, error);
    if (error.detail.ends_with("got an object"))
        failure.message += "; an object with orders to cancel has order_ids";
    return failure;
}

/// Bids of a snapshot, to be found by their id.
class BidsById {
public:
    struct Found {
        const gigaspot::Machine* machine;
        const gigaspot::SnapshotBid* bid;
    };

    explicit BidsById(const gigaspot::Snapshot& snapshot) {
        for (const gigaspot::Machine& machine : snapshot.machines) {
            for (const gigaspot::SnapshotBid& bid : snapshot.bids_of(machine))
                bids_.push_back({&machine, &bid});
        }
        std::stable_sort(bids_.begin(), bids_.end(), [](const Found& left, const Found& right) {
            return left.bid->id < right.bid->id;
        });
    }

    [[nodiscard]] const Found* find(gigaspot::BidId id) const {
        const auto found = std::lower_bound(
            bids_.begin(), bids_.end(), id,
            [](const Found& bid, gigaspot::BidId key) { return bid.bid->id < key; });
        return found != bids_.end() && found->bid->id == id ? &*found : nullptr;
    }

private:
    std::vector<Found> bids_;
};

/// The lines of a document, and how many of its orders have a problem.
class Report {
public:
    /// What comes in front of each line about the next order: "entry 1, host 7".
    void begin(std::string order) {
        order_ = std::move(order);
        has_problem_ = false;
    }
    void put_problem(std::string_view code, std::string_view meaning) {
        add(fmt::format("{}: {}", code, meaning));
    }
    void put_violation(const gigaspot::Violation& violation) {
        add(describe_with_field(violation));
    }
    void put_skipped(const gigaspot::SkippedEntry& skipped) {
        begin(fmt::format("entry {}{}{}", skipped.entry, skipped.path.empty() ? "" : ", ",
                          printable(skipped.path)));
        put_problem(name(skipped.problem), printable(skipped.detail));
    }

    /// Writes everything, with a sum at the end.
    ExitCode finish(std::size_t orders) {
        put(out_, "orders: {}, ", orders);
        if (problematic_ == 0) {
            put(out_, "all valid\n");
        } else {
            put(out_, "with a problem: {}\n", problematic_);
        }
        write_output(out_);
        return problematic_ == 0 ? ok : bad_data;
    }

private:
    void add(std::string_view problem) {
        put(out_, "{}: {}\n", order_, problem);
        if (!has_problem_) ++problematic_;
        has_problem_ = true;
    }

    fmt::memory_buffer out_;
    std::string order_;
    bool has_problem_ = false;
    std::size_t problematic_ = 0;
};

/// Why an order's host is not among the machines.
std::string describe_unknown_host(const Market& market, gigaspot::HostId host) {
    const auto skipped =
        std::find_if(market.skipped.begin(), market.skipped.end(), [&](const auto* machine) {
            return machine->host == std::to_string(host.value);
        });
    return skipped == market.skipped.end()
               ? "this host is not in the snapshot"
               : fmt::format("cannot read this host: {}", describe_skipped(**skipped));
}

void check_order(Report& report, const Market& market, const gigaspot::CreateOrder& order) {
    report.begin(fmt::format("entry {}, host {}", order.entry, order.bid.host));
    const gigaspot::Machine* const machine = market.snapshot.find(order.bid.host);
    if (machine == nullptr)
        return report.put_problem(name(gigaspot::Code::host_unknown),
                                  describe_unknown_host(market, order.bid.host));
    if (const gigaspot::Code reason = unavailability(machine->host.status);
        reason != gigaspot::Code::none)
        report.put_problem(name(reason), sentence(reason));
    for (const gigaspot::Violation& violation :
         validate(order.bid, machine->host, market.conditions))
        report.put_violation(violation);
}

void put_unknown_bid(Report& report) {
    report.put_problem(name(gigaspot::Code::bid_unknown), "this bid is not in the snapshot");
}

/// Checks the bid that an edit makes. If it has no profiles, those of the bid stay; the snapshot
/// has only their sum.
void check_order(Report& report, const Market& market, const BidsById& bids,
                 const gigaspot::EditOrder& order) {
    report.begin(fmt::format("entry {}, bid {}", order.entry, order.id));
    const BidsById::Found* const found = bids.find(order.id);
    if (found == nullptr) return put_unknown_bid(report);
    const gigaspot::HostCapabilities& host = found->machine->host;
    const gigaspot::Bid edited{.id = order.id,
                               .price = order.price,
                               .currency = found->bid->currency,
                               .overclock = order.overclock.value_or(gigaspot::Overclock{})};
    if (!order.overclock && !is_total_power_valid(found->bid->power_limits, host))
        report.put_problem(name(gigaspot::Code::overclock_invalid),
                           sentence(gigaspot::Code::overclock_invalid));
    for (const gigaspot::Violation& violation : validate(edited, host, market.conditions)) {
        if (order.overclock || violation.code >= gigaspot::Code::price_not_positive)
            report.put_violation(violation);
    }
}

/// Checks each order that could be read, by `check`, and reports the others in their places.
template <class Order, class Check>
ExitCode check_each(const std::vector<Order>& orders,
                    const std::vector<gigaspot::SkippedEntry>& unreadable, Report& report,
                    Check check) {
    auto skipped = unreadable.begin();
    for (const Order& order : orders) {
        for (; skipped != unreadable.end() && skipped->entry < order.entry; ++skipped)
            report.put_skipped(*skipped);
        check(order);
    }
    for (; skipped != unreadable.end(); ++skipped) report.put_skipped(*skipped);
    return report.finish(orders.size() + unreadable.size());
}

/// Checks the orders of a document, whatever it asks for.
ExitCode check_document(const CheckOptions& options, Market& market, AnswerScope& scope) {
    std::string text = read_input(options.orders);
    Report report;
    const OrdersKind kind = kind_of_orders(text);
    if (kind == OrdersKind::create) {
        const auto document = gigaspot::read_create_orders(std::move(text), market.names);
        if (!document) throw orders_failure(options.orders, document.error());
        for (const gigaspot::CreateOrder& order : document->orders())
            scope.currencies.push_back(order.bid.currency);
        return check_each(document->orders(), document->skipped(), report,
                          [&](const auto& order) { check_order(report, market, order); });
    }
    const BidsById bids{market.snapshot};
    if (kind == OrdersKind::edit) {
        const auto document = gigaspot::read_edit_orders(std::move(text));
        if (!document) throw document_failure(options.orders, document.error());
        for (const gigaspot::EditOrder& order : document->orders) {
            if (const BidsById::Found* const found = bids.find(order.id))
                scope.currencies.push_back(found->bid->currency);
        }
        return check_each(document->orders, document->skipped, report,
                          [&](const auto& order) { check_order(report, market, bids, order); });
    }
    const auto ids = gigaspot::read_cancel_orders(std::move(text));
    if (!ids) throw document_failure(options.orders, ids.error());
    std::map<gigaspot::BidId, std::size_t> entries;  // the first entry with each bid
    for (std::size_t entry = 0; entry < ids->size(); ++entry) {
        const gigaspot::BidId id = (*ids)[entry];
        report.begin(fmt::format("entry {}, bid {}", entry, id));
        const std::size_t first = entries.try_emplace(id, entry).first->second;
        if (bids.find(id) == nullptr) {
            put_unknown_bid(report);
        } else if (first != entry) {
            report.put_problem(name(gigaspot::Code::bid_unknown),
                               fmt::format("entry {} cancels this bid already", first));
        }
    }
    return report.finish(ids->size());
}

}  // namespace

ExitCode check(const CheckOptions& options) {
    Market market = load_market(options.market, options.orders, MainRate::optional);
    AnswerScope scope{.has_machines = false, .has_bids = false};
    const ExitCode code = check_document(options, market, scope);
    const bool has_warned = report_passed_over(market, scope);
    return has_warned && options.market.strict ? bad_data : code;
}

}  // namespace tool
