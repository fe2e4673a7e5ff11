// gigaspot: the values and rules of the market without the engine: light, and without Boost. Layer:
// rules.
#pragma once

#include <gigaspot/bid.hpp>
#include <gigaspot/config.hpp>
#include <gigaspot/currency.hpp>
#include <gigaspot/eligibility.hpp>
#include <gigaspot/error.hpp>
#include <gigaspot/explain.hpp>
#include <gigaspot/fwd.hpp>
#include <gigaspot/host.hpp>
#include <gigaspot/limits.hpp>
#include <gigaspot/offer.hpp>
#include <gigaspot/overclock.hpp>
#include <gigaspot/packed.hpp>
#include <gigaspot/policy.hpp>
#include <gigaspot/price_bounds.hpp>
#include <gigaspot/profit.hpp>
#include <gigaspot/quote.hpp>
#include <gigaspot/rank.hpp>
#include <gigaspot/rate_range.hpp>
#include <gigaspot/result.hpp>
#include <gigaspot/select.hpp>
#include <gigaspot/traits.hpp>
#include <gigaspot/units.hpp>
#include <gigaspot/validate.hpp>
#include <gigaspot/workload.hpp>
