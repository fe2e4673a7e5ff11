// Finds double definitions: it is linked with main.cpp and includes the header twice.

#include <gigaspot/gigaspot.hpp>

#include <gigaspot/gigaspot.hpp>

std::uint64_t digest_of_empty_market();

std::uint64_t digest_of_empty_market() { return gigaspot::digest(gigaspot::Engine{}); }
