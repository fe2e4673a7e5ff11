// Lists of values in braces: g++ 12 stopped with an internal error at some of them
// (`nothrow_spec_p`), until the default constructors of their members said noexcept.
#include <string>
#include <vector>

#include <gigaspot/gigaspot.hpp>

using namespace gigaspot;

struct Texts : DefaultTraits {
    using BidId = std::string;
    using GpuModel = std::string;
    static constexpr std::size_t gpus_max = 8;
};

template <class T>
std::size_t count(const std::vector<T>& list) {
    return list.size();
}

std::vector<Bid> bids() { return {{.id = 1, .overclock = {{}, {}}}, {.id = 2}}; }
std::vector<HostCapabilities> hosts() {
    std::vector<HostCapabilities> list = {{.id = 1, .gpus = {{}}}, {.id = 2}};
    list = {{.id = 3}};
    return list;
}

std::size_t passed() {
    return count<Bid>({{.id = 1}, {.id = 2}}) + count<HostCapabilities>({{.id = 1}, {.id = 2}}) +
           count<BasicBid<Texts>>({{.id = "1"}, {.id = "2"}}) +
           count<BasicHostCapabilities<Texts>>({{.id = 1}, {.id = 2}}) +
           count<OverclockProfile>({{}, {}}) + count<GpuLimits>({{}, {}}) +
           count<Offer>({{.id = 1}, {.id = 2}}) + count<Run>({{}, {}}) +
           count<QuoteRequest>({{}, {}}) + count<SearchRequest>({{}, {}}) +
           count<HostQuote>({{}, {}}) + count<Ranked>({{}, {}}) + count<Selection>({{}, {}}) +
           count<Explanation>({{}, {}}) + count<Violation>({{}, {}}) + count<Policy>({{}, {}}) +
           count<Conditions>({{}, {}}) + count<Workload>({{}, {}}) + count<Range<Power>>({{}, {}});
}

std::size_t of_engine() {
    return count<PlaceBid>({{.id = 1}, {.id = 2}}) + count<EditBid>({{.id = 1}, {.id = 2}}) +
           count<PutHost>({{.id = 1}, {.id = 2}}) + count<SetRate>({{}, {}}) +
           count<SetHostStatus>({{.id = 1}, {.id = 2}}) + count<CancelBid>({{.id = 1}, {.id = 2}}) +
           count<Command>({PlaceBid{.id = 1}, Close{}}) + count<Event>({{.bid = 1}, {.bid = 2}}) +
           count<Rejection>({{.command = 1}, {.command = 2}}) + count<Events>({{}, {}}) +
           count<Target>({{.bid = 1}, {.host = 2}}) + count<Totals>({{}, {}});
}
