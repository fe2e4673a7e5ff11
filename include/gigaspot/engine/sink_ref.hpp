// gigaspot: a reference to a function that takes events. Layer: engine.
#pragma once

#include <concepts>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/fwd.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Refers to a function that takes events, so that a command is compiled once for all functions.
/// Without it, `apply` compiles the command for each type of sink, and each lambda is a type.
///
/// It does not own the function, and allocates nothing. A function object must live as long as the
/// reference is used; a lambda within the call does. An event takes about 75 instructions more than
/// with the function itself, which the compiler inlines (g++ 12 -O3).
template <MarketTraits Traits = DefaultTraits>
class BasicSinkRef {
public:
    using Event = BasicEvent<Traits>;  ///< the events that the function takes

    /// Refers to a function object, such as a lambda.
    template <class Object>
        requires(std::is_object_v<std::remove_reference_t<Object>> &&
                 !std::is_pointer_v<std::remove_cvref_t<Object>> &&
                 !std::same_as<std::remove_cvref_t<Object>, BasicSinkRef> &&
                 EventFunction<std::remove_reference_t<Object>, Traits>)
    // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): excluded by the constraint
    BasicSinkRef(Object&& object)
        : target_{.object = __builtin_addressof(object)},
          call_{call_object<std::remove_reference_t<Object>>} {}
    /// Refers to a function, such as `void print(const Event&)`.
    template <class Function>
        requires(std::is_function_v<Function>&& EventFunction<Function*, Traits>)
    BasicSinkRef(Function* function)
        : target_{.function = reinterpret_cast<void (*)()>(function)},
          call_{call_function<Function>} {}

    /// Calls the function with this event.
    void operator()(const Event& event) const { call_(target_, event); }

private:
    union Target {
        const void* object;
        void (*function)();
    };

    template <class Object>
    static void call_object(Target target, const Event& event) {
        (*static_cast<Object*>(const_cast<void*>(target.object)))(event);
    }
    template <class Function>
    static void call_function(Target target, const Event& event) {
        reinterpret_cast<Function*>(target.function)(event);
    }

    Target target_;
    void (*call_)(Target, const Event&);
};

using SinkRef = BasicSinkRef<>;  ///< a function that takes events, with the default traits

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
