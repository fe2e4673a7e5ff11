// gigaspot: compiles the default engine, once for a program. Layer: engine.
//
// Include this header in one file of a program whose other files include `engine/extern.hpp`.
#pragma once

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/extern.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

template <class Traits>
void detail::include_engine_instantiate_hpp_in_one_file() {}

GIGASPOT_ENGINE_CODE()

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
