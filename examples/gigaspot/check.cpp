// `gigaspot check`: what the market would reject in orders to create.
#include "tool.hpp"

#include <algorithm>
#include <utility>

#include <gigaspot/format/rules.hpp>
#include <gigaspot/json/orders.hpp>

namespace tool {
namespace {

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

/// All problems of one order, a line each; none: the order is valid.
void put_order(fmt::memory_buffer& out, const Market& market, const gigaspot::CreateOrder& order) {
    const auto put_problem = [&](const auto& problem, std::string_view meaning) {
        put(out, "entry {}, host {}: {}: {}\n", order.entry, order.bid.host, problem, meaning);
    };
    const gigaspot::Machine* const machine = market.snapshot.find(order.bid.host);
    if (machine == nullptr)
        return put_problem(name(gigaspot::Code::host_unknown),
                           describe_unknown_host(market, order.bid.host));
    if (const gigaspot::Code reason = unavailability(machine->host.status);
        reason != gigaspot::Code::none)
        put_problem(reason, sentence(reason));
    for (const gigaspot::Violation& violation :
         validate(order.bid, machine->host, market.conditions))
        put_problem(violation, sentence(violation.code));
}

void put_skipped(fmt::memory_buffer& out, const gigaspot::SkippedEntry& skipped) {
    put(out, "entry {}{}{}: {}: {}\n", skipped.entry, skipped.path.empty() ? "" : ", ",
        printable(skipped.path), skipped.problem, printable(skipped.detail));
}

}  // namespace

ExitCode check(const CheckOptions& options) {
    Market market = load_market(options.market, options.orders, MainRate::optional);
    std::string text = read_input(options.orders);
    const auto document = gigaspot::read_create_orders(std::move(text), market.names);
    if (!document) throw document_failure(options.orders, document.error());

    fmt::memory_buffer out;
    std::size_t problematic = document->skipped().size();
    auto skipped = document->skipped().begin();
    for (const gigaspot::CreateOrder& order : document->orders()) {
        for (; skipped != document->skipped().end() && skipped->entry < order.entry; ++skipped)
            put_skipped(out, *skipped);
        const std::size_t size = out.size();
        put_order(out, market, order);
        if (out.size() != size) ++problematic;
    }
    for (; skipped != document->skipped().end(); ++skipped) put_skipped(out, *skipped);

    put(out, "orders: {}, ", document->orders().size() + document->skipped().size());
    if (problematic == 0) {
        put(out, "all valid\n");
    } else {
        put(out, "with a problem: {}\n", problematic);
    }
    write_output(out);
    report_passed_over(market);
    return problematic == 0 ? ok : bad_data;
}

}  // namespace tool
