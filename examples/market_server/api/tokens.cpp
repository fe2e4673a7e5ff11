#include "tokens.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <sodium.h>

namespace market_server {
namespace {

std::string hex_of(const unsigned char* bytes, std::size_t size) {
    std::string text(2 * size + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes, size);
    text.pop_back();
    return text;
}

}  // namespace

std::string make_token() {
    std::array<unsigned char, 32> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    return hex_of(bytes.data(), bytes.size());
}

std::string hash_of_token(std::string_view token) {
    std::array<unsigned char, crypto_generichash_BYTES> hash{};
    crypto_generichash(hash.data(), hash.size(),
                       reinterpret_cast<const unsigned char*>(token.data()), token.size(), nullptr,
                       0);
    return hex_of(hash.data(), hash.size());
}

Tokens::Tokens(std::string_view admin_token) : admin_hash_{hash_of_token(admin_token)} {}

void Tokens::renew(const State& state) {
    auto table = std::make_shared<Table>();
    for (const auto& [hash, token] : state.tokens) {
        const Account& account = state.accounts.at(token.account);
        table->emplace(hash, Entry{{token.account, account.kind, hash}, token.expires});
    }
    const std::lock_guard lock{mutex_};
    table_ = std::move(table);
}

std::optional<Identity> Tokens::find(std::string_view token, std::int64_t now) const {
    std::shared_ptr<const Table> table;
    {
        const std::lock_guard lock{mutex_};
        table = table_;
    }
    const auto found = table->find(hash_of_token(token));
    if (found == table->end()) return std::nullopt;
    const Entry& entry = found->second;
    if (entry.expires != 0 && now >= entry.expires) return std::nullopt;
    return entry.identity;
}

bool Tokens::is_admin(std::string_view token) const {
    const std::string hash = hash_of_token(token);
    return sodium_memcmp(hash.data(), admin_hash_.data(), hash.size()) == 0;
}

std::int64_t RateLimit::wait(const std::string& key, std::int64_t now, bool is_light,
                             std::int64_t weight) {
    if (now < last_) {  // the clock was set back: each debt is as large as before
        for (auto& [each, time] : next_) time -= last_ - now;
    }
    last_ = now;
    if (now - cleaned_ > 60'000 || now < cleaned_) {
        std::erase_if(next_, [&](const auto& each) { return each.second <= now; });
        cleaned_ = now;
    }
    std::int64_t& next = next_[key];
    const std::int64_t allowed = is_light ? next - saved_ * every_ : next;
    if (allowed > now) return (allowed - now + 999) / 1'000;
    next = std::max(next, now) + weight * every_;
    return 0;
}

}  // namespace market_server
