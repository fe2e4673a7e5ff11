#include "posting.hpp"

namespace market_server {

std::string_view name(Part part) {
    switch (part) {
    case Part::outside: return "outside";
    case Part::fees: return "fees";
    case Part::available: return "available";
    case Part::reserved: return "reserved";
    }
    return "unknown";
}

std::string_view name(PostingKind kind) {
    switch (kind) {
    case PostingKind::deposit: return "deposit";
    case PostingKind::withdrawal: return "withdrawal";
    case PostingKind::reserve: return "reserve";
    case PostingKind::release: return "release";
    case PostingKind::rent: return "rent";
    case PostingKind::fee: return "fee";
    case PostingKind::creation_fee: return "creation_fee";
    }
    return "unknown";
}

}  // namespace market_server
