// Compiles the engine for main.cpp and market.cpp.

#include <gigaspot/engine/instantiate.hpp>
