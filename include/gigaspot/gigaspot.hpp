// gigaspot: everything except JSON (`json.hpp`) and text for people (`format.hpp`).
#pragma once

#include <gigaspot/engine.hpp>
#include <gigaspot/rules.hpp>
