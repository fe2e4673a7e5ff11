// gigaspot: the engine of a live market, with the values and rules. Needs the headers of Boost.
#pragma once

#include <gigaspot/engine/allocator.hpp>
#include <gigaspot/engine/engine.hpp>
#include <gigaspot/engine/fetch_ahead.hpp>
#include <gigaspot/engine/queries.hpp>
#include <gigaspot/engine/save.hpp>
#include <gigaspot/engine/shard.hpp>
#include <gigaspot/engine/sink_ref.hpp>
#include <gigaspot/engine/states.hpp>
#include <gigaspot/engine/totals.hpp>
#include <gigaspot/rules.hpp>
