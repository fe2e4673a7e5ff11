// gigaspot: fmt formatters of all values, results, events and documents. Needs fmt.
#pragma once

#include <gigaspot/format/documents.hpp>
#include <gigaspot/format/engine.hpp>
#include <gigaspot/format/rules.hpp>
