// Uses both adapters. They bring their dependencies with them.

#include <gigaspot/format/rules.hpp>
#include <gigaspot/json/snapshot.hpp>
#include <gigaspot/values/literals.hpp>

int main() {
    using namespace gigaspot::literals;
    return fmt::format("{}", gigaspot::with_unit(300_W)) == "300 W" ? 0 : 1;
}
