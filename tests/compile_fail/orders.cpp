// Orders of a document that ends before they are read.
// mistake 1: use of deleted function|overload resolution selected deleted operator
// mistake 2: use of deleted function|call to deleted member
// function

#include <gigaspot/json/orders.hpp>

using namespace gigaspot;

void read(MarketNames& names) {
    const auto document = read_create_orders("[]", names);
    for (const CreateOrder& order : document->orders()) static_cast<void>(order.entry);
#if MISTAKE == 1
    for (const CreateOrder& order : read_create_orders("[]", names)->orders())
        static_cast<void>(order.entry);
#elif MISTAKE == 2
    for (const CreateOrder& order : (*read_create_orders("[]", names)).orders())
        static_cast<void>(order.entry);
#endif
}
