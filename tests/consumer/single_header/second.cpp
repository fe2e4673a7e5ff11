// Linked with main.cpp: what is not inline would be defined twice. Included twice: so would be the
// rest.

#include <gigaspot/gigaspot.hpp>

#include <gigaspot/gigaspot.hpp>

std::uint64_t digest_of_empty_market();

std::uint64_t digest_of_empty_market() { return gigaspot::digest(gigaspot::Engine{}); }
