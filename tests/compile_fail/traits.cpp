// Incomplete traits do not compile, and the message names the concept.
// mistake 1: IdType|totally_ordered
// mistake 2: OptionalFrequency|has_value
// mistake 3: gpus_max

#include <gigaspot/values/bid.hpp>

struct Unordered {
    int number = 0;
    friend constexpr bool operator==(Unordered, Unordered) = default;
#if MISTAKE != 1
    friend constexpr auto operator<=>(Unordered, Unordered) = default;
#endif
};

struct MyTraits : gigaspot::DefaultTraits {
    using BidId = Unordered;
#if MISTAKE == 2
    using Setting = gigaspot::Frequency;
#elif MISTAKE == 3
    static constexpr std::size_t gpus_max = 256;
#endif
};

constexpr gigaspot::BasicBid<MyTraits> bid{};
