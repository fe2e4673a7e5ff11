// A program of a user that reads orders and nothing else: in a small file g++ 12 inlines more.
#include <iostream>

#include <gigaspot/json/orders.hpp>

int main(int count, char** texts) {
    if (count < 2) return 2;
    gigaspot::MarketNames names;
    const auto orders = gigaspot::read_create_orders(texts[1], names);
    if (!orders) {
        std::cout << orders.error().path << '\n';
        return 1;
    }
    for (const gigaspot::SkippedEntry& entry : orders->skipped()) std::cout << entry.path << '\n';
}
