// gigaspot: lets a file use the default engine without compiling it. Layer: engine.
//
// Include this header in the files that use the engine, and `engine/instantiate.hpp` in one file of
// the program. That file compiles the engine for all. Nothing else changes: files with and without
// this header work together, and no library is needed.
//
// Compiled once are the commands of `Engine` whose events go to a `SinkRef`, to a
// `std::vector<Event>` or to the engine (`place`, `close` and so on), choices, questions about the
// next close, `reserve`, `save`, `digest` and `restore`. A function that is not a `SinkRef` is
// still compiled with its command where it is passed, which makes faster code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/engine/allocator.hpp>
#include <gigaspot/engine/engine.hpp>
#include <gigaspot/engine/market/live_market.hpp>
#include <gigaspot/engine/market/questions.hpp>
#include <gigaspot/engine/market/run_command.hpp>
#include <gigaspot/engine/market/stages.hpp>
#include <gigaspot/engine/save.hpp>
#include <gigaspot/engine/sink_ref.hpp>
#include <gigaspot/engine/store/memory.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// If the linker misses this function, no file of the program includes `engine/instantiate.hpp`.
template <class Traits>
void include_engine_instantiate_hpp_in_one_file();
// Each file refers to it, so that a missing header is an error even if no command needs it.
[[gnu::used]] inline void (*const needs_instantiate)() =
    include_engine_instantiate_hpp_in_one_file<DefaultTraits>;

using DefaultMemory = DefaultAllocator<unsigned char>;
using DefaultStages = Stages<DefaultTraits, DefaultMemory>;
using DefaultMarket = LiveMarket<DefaultTraits, DefaultMemory>;
template <class Command>
using ToEngine = Append<Command, Vector<Event, DefaultMemory>>;
template <class Command>
using ToVector = Append<Command, std::vector<Event>>;

}  // namespace detail

/// A command with each sink. EXTERN is `extern`, or empty in `engine/instantiate.hpp`.
#define GIGASPOT_ENGINE_COMMAND(EXTERN, COMMAND)                                                   \
    EXTERN template Done apply(DefaultStages&, const COMMAND&, Timestamp, SinkRef&);               \
    EXTERN template Done apply(DefaultStages&, const COMMAND&, Timestamp, ToEngine<COMMAND>&);     \
    EXTERN template Done apply(DefaultStages&, const COMMAND&, Timestamp, ToVector<COMMAND>&);
/// A command with each sink, once the slot of its bid or host is known.
#define GIGASPOT_ENGINE_SLOT_COMMAND(EXTERN, COMMAND)                                              \
    EXTERN template Done apply_to(DefaultStages&, Slot, const COMMAND&, Timestamp, SinkRef&);      \
    EXTERN template Done apply_to(DefaultStages&, Slot, const COMMAND&, Timestamp,                 \
                                  ToEngine<COMMAND>&);                                             \
    EXTERN template Done apply_to(DefaultStages&, Slot, const COMMAND&, Timestamp,                 \
                                  ToVector<COMMAND>&);
/// All that a program compiles once.
#define GIGASPOT_ENGINE_CODE(EXTERN)                                                               \
    namespace detail {                                                                             \
    EXTERN template void include_engine_instantiate_hpp_in_one_file<DefaultTraits>();              \
    GIGASPOT_ENGINE_COMMAND(EXTERN, SetRate)                                                       \
    GIGASPOT_ENGINE_COMMAND(EXTERN, PutHost)                                                       \
    GIGASPOT_ENGINE_COMMAND(EXTERN, SetHostStatus)                                                 \
    GIGASPOT_ENGINE_COMMAND(EXTERN, SetEnergyPrice)                                                \
    GIGASPOT_ENGINE_COMMAND(EXTERN, RemoveHost)                                                    \
    GIGASPOT_ENGINE_COMMAND(EXTERN, Close)                                                         \
    GIGASPOT_ENGINE_SLOT_COMMAND(EXTERN, PlaceBid)                                                 \
    GIGASPOT_ENGINE_SLOT_COMMAND(EXTERN, PlacePackedBid)                                           \
    GIGASPOT_ENGINE_SLOT_COMMAND(EXTERN, EditBid)                                                  \
    GIGASPOT_ENGINE_SLOT_COMMAND(EXTERN, SetCached)                                                \
    GIGASPOT_ENGINE_SLOT_COMMAND(EXTERN, CancelBid)                                                \
    GIGASPOT_ENGINE_SLOT_COMMAND(EXTERN, RevokeBid)                                                \
    EXTERN template std::size_t close_events_max(DefaultMarket&, Timestamp);                       \
    EXTERN template void reserve(DefaultStages&, const EngineLimits&, std::size_t);                \
    EXTERN template DefaultStages copy(const DefaultStages&);                                      \
    EXTERN template Selection choice_to_come(const DefaultMarket&, Slot);                          \
    EXTERN template Selection choice_beside_run(DefaultMarket&, Slot);                             \
    EXTERN template NextClose<DefaultTraits, DefaultMemory> next_close(const DefaultMarket&,       \
                                                                       Slot);                      \
    }                                                                                              \
    EXTERN template SavedBytes save(const Queries&);                                               \
    EXTERN template std::uint64_t digest(const Queries&);                                          \
    EXTERN template Result<Engine, Code> restore<DefaultTraits, detail::DefaultMemory>(            \
        std::span<const std::byte>, const Policy&, const EngineLimits&,                            \
        const detail::DefaultMemory&);

GIGASPOT_ENGINE_CODE(extern)

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
