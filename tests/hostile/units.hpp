// What the units of this program tell its main function.
#pragma once

#include <string>

#include <gigaspot/engine/save.hpp>
#include <gigaspot/engine/shard.hpp>
#include <gigaspot/format/documents.hpp>
#include <gigaspot/format/engine.hpp>
#include <gigaspot/format/rules.hpp>
#include <gigaspot/gigaspot.hpp>
#include <gigaspot/json/orders.hpp>
#include <gigaspot/json/replay.hpp>
#include <gigaspot/json/snapshot.hpp>

/// Where a unit finds a variable and a function of the headers, and a value that they make. If two
/// units differ in it, the headers are not one program.
struct Findings {
    const void* variable = &gigaspot::rental_length_max;
    gigaspot::Code (*function)(const gigaspot::HostStatus&) = &gigaspot::unavailability;
    std::string text = fmt::format("{}", gigaspot::HostCapabilities{});

    friend bool operator==(const Findings&, const Findings&) = default;
};

Findings findings_among_macros();
Findings findings_among_names();

bool choose_among_macros();
bool choose_among_names();

/// A live market with a run, saved and restored.
bool live_among_macros();
bool live_among_names();
