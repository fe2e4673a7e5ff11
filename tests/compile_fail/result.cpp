// Ignoring a Result does not compile. Neither does reading a member through a temporary Result.
// mistake 1: ignoring return(ed)? value
// mistake 2: use of deleted function|overload resolution selected deleted operator

#include <gigaspot/base/result.hpp>
#include <gigaspot/values/error.hpp>

struct Found {
    int numbers[2]{};
};

gigaspot::Result<int, gigaspot::Code> place();
gigaspot::Result<Found, gigaspot::Code> find();

void use() {
#if MISTAKE == 1
    place();
#elif MISTAKE == 2
    for (const int number : find()->numbers) static_cast<void>(number);
#else
    static_cast<void>(place().has_value());
    for (const int number : (*find()).numbers) static_cast<void>(number);
#endif
}
