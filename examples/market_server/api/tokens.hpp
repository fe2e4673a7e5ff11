// Tokens and the accounts they belong to. Only hashes of tokens are kept.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "../market/state.hpp"

namespace market_server {

/// 32 random bytes in hexadecimal.
[[nodiscard]] std::string make_token();
/// The hash under which a token is kept, in hexadecimal.
[[nodiscard]] std::string hash_of_token(std::string_view token);

/// Whom a token names.
struct Identity {
    std::uint64_t account = 0;
    AccountKind kind = AccountKind::renter;
    std::string hash{};
};

/// The valid tokens, for any thread. A token is looked up by its hash, so the time that this takes
/// tells nothing about other tokens.
class Tokens {
public:
    explicit Tokens(std::string_view admin_token);

    /// Takes the accounts and tokens of a market.
    void renew(const State& state);

    /// Nothing if the token is unknown or has expired at this time, in ms.
    [[nodiscard]] std::optional<Identity> find(std::string_view token, std::int64_t now) const;
    [[nodiscard]] bool is_admin(std::string_view token) const;

private:
    struct Entry {
        Identity identity{};
        std::int64_t expires = 0;
    };
    using Table = std::map<std::string, Entry, std::less<>>;

    std::string admin_hash_;
    mutable std::mutex mutex_{};
    std::shared_ptr<const Table> table_ = std::make_shared<const Table>();
};

/// Limits how often each token may ask. Used by one thread.
class RateLimit {
public:
    /// `every`: ms between two requests. `saved`: how many requests may come at once.
    RateLimit(std::int64_t every, std::int64_t saved) : every_{every}, saved_{saved} {}

    /// Whole seconds until a request is allowed; 0: it is allowed and counts. With `is_light`, a
    /// request may use what was saved; others need a whole period of their own. `weight`: how many
    /// requests it counts as.
    [[nodiscard]] std::int64_t wait(const std::string& key, std::int64_t now, bool is_light,
                                    std::int64_t weight = 1);

private:
    std::int64_t every_;
    std::int64_t saved_;
    std::int64_t cleaned_ = 0;
    std::int64_t last_ = 0;                       ///< when it was asked last
    std::map<std::string, std::int64_t> next_{};  ///< when the token has no debt any more, in ms
};

}  // namespace market_server
