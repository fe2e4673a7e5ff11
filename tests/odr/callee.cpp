#include <gigaspot/values/units.hpp>

gigaspot::Power twice(gigaspot::Power power);

gigaspot::Power twice(gigaspot::Power power) {
    return gigaspot::Power::unchecked(2 * power.count());
}
