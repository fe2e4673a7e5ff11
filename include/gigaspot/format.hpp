// gigaspot: makes every value, result, event and document printable with fmt. Needs fmt.
#pragma once

#include <gigaspot/format/documents.hpp>
#include <gigaspot/format/engine.hpp>
#include <gigaspot/format/rules.hpp>
