// Connects libFuzzer to one of the targets.
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::GIGASPOT_FUZZ_TARGET({bytes, size});
    return 0;
}
