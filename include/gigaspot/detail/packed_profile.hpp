// gigaspot: where the engine finds packed profiles. Layer: engine.
#pragma once

#include <gigaspot/config.hpp>
#include <gigaspot/packed.hpp>

namespace gigaspot::inline GIGASPOT_ABI::detail {

using gigaspot::PackedProfile;

}  // namespace gigaspot::inline GIGASPOT_ABI::detail
