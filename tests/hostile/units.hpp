// What the translation units of this program provide to its main function.
#pragma once

#include <string>

#include <gigaspot/engine/save.hpp>
#include <gigaspot/engine/shard.hpp>
#include <gigaspot/format/documents.hpp>
#include <gigaspot/format/engine.hpp>
#include <gigaspot/format/rules.hpp>
#include <gigaspot/gigaspot.hpp>
#include <gigaspot/json/command_text.hpp>
#include <gigaspot/json/orders.hpp>
#include <gigaspot/json/replay.hpp>
#include <gigaspot/json/snapshot.hpp>

/// The addresses of a variable and a function of the headers in one unit, and a value that they
/// compute. If two units differ, they do not share the headers.
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

/// Runs a live market with a run, saves it and restores it.
bool live_among_macros();
bool live_among_names();
