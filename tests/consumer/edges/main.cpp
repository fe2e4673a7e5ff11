// The edges bring their dependencies with them.

#include <gigaspot/format.hpp>
#include <gigaspot/snapshot.hpp>

int main() {
    using namespace gigaspot::literals;
    return fmt::format("{}", gigaspot::with_unit(300_W)) == "300 W" ? 0 : 1;
}
