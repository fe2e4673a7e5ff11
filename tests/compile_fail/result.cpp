// Ignoring a Result does not compile, whichever function returns it.
// mistake 1: ignoring return(ed)? value

#include <gigaspot/base/result.hpp>
#include <gigaspot/values/error.hpp>

gigaspot::Result<int, gigaspot::Code> place();

void use() {
#if MISTAKE == 1
    place();
#else
    static_cast<void>(place().has_value());
#endif
}
