// What main.cpp and market.cpp share. Both use the engine and neither compiles it.
#pragma once

#include <cstdint>
#include <vector>

#include <gigaspot/engine.hpp>
#include <gigaspot/engine/extern.hpp>

gigaspot::Timestamp at_ms(std::int64_t count);
/// Runs a small market and returns its events.
std::vector<gigaspot::Event> events_of(gigaspot::Engine& market);
