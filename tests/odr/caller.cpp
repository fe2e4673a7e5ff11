// Calls a function of callee.cpp. The two link only if both are checked or neither is.

#include <gigaspot/values/units.hpp>

gigaspot::Power twice(gigaspot::Power power);

int main() { return twice(gigaspot::Power::unchecked(21)).count() == 42 ? 0 : 1; }
