// A market whose ids are more than bytes is not saved: one sentence says which id.
// mistake 1: its BidId must be a SavableId: plain bytes without padding
// mistake 2: its BidId must be a SavableId: plain bytes without padding
// mistake 3: its BidId must be a SavableId: plain bytes without padding
// mistake 4: its OwnerId must be a SavableId: plain bytes without padding
// mistake 5: its HostId must be a SavableId: plain bytes without padding
// mistake 6: its GpuModel must be a SavableId: plain bytes without padding
// one error each

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <gigaspot/engine/save.hpp>

using namespace gigaspot;

/// Has bytes that mean nothing behind its kind.
struct Padded {
    std::uint64_t number = 0;
    std::uint8_t kind = 0;

    friend constexpr auto operator<=>(const Padded&, const Padded&) = default;
};
template <>
struct std::hash<Padded> {
    std::size_t operator()(const Padded& id) const { return id.number; }
};

struct Texts : DefaultTraits {
    using BidId = std::string;
};
struct PaddedOwners : DefaultTraits {
    using OwnerId = Padded;
};
struct TextHosts : DefaultTraits {
    using HostId = std::string;
};
struct TextModels : DefaultTraits {
    using GpuModel = std::string;
};

static_assert(SavableId<BidId> && SavableId<int>);
static_assert(!SavableId<std::string> && !SavableId<Padded> && !SavableId<double>);

void use(const BasicEngine<Texts>& engine, const BasicEngine<PaddedOwners>& of_padded,
         const BasicEngine<TextHosts>& of_hosts, const BasicEngine<TextModels>& of_models) {
    static_cast<void>(engine.totals());
    static_cast<void>(of_padded.totals());
    static_cast<void>(of_hosts.totals());
    static_cast<void>(of_models.totals());
#if MISTAKE == 1
    static_cast<void>(save(engine));
#elif MISTAKE == 2
    static_cast<void>(digest(engine));
#elif MISTAKE == 3
    static_cast<void>(restore<Texts>(std::span<const std::byte>{}).has_value());
#elif MISTAKE == 4
    static_cast<void>(save(of_padded));
#elif MISTAKE == 5
    static_cast<void>(save(of_hosts));
#elif MISTAKE == 6
    static_cast<void>(save(of_models));
#endif
}
