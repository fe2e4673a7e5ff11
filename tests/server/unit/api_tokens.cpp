// Tokens, their accounts, and how often each may ask.
#include <doctest/doctest.h>

#include "api/tokens.hpp"
#include "market_support.hpp"

namespace market_server {
namespace {

TEST_CASE("a token is known by its hash, until it expires or is revoked") {
    Play play;
    const std::string token = make_token();
    play.take(Op::account, 0,
              fmt::format(R"({{"name":"a","kind":"host","hash":"{}","expires":{}}})",
                          hash_of_token(token), start + second));
    Tokens tokens{"admin"};
    CHECK(!tokens.find(token, start));
    tokens.renew(play.market.state());
    REQUIRE(tokens.find(token, start));
    CHECK(tokens.find(token, start)->account == 1);
    CHECK(tokens.find(token, start)->kind == AccountKind::host);
    CHECK(tokens.find(token, start + second - 1));
    CHECK(!tokens.find(token, start + second));
    CHECK(!tokens.find(hash_of_token(token), start));
    CHECK(!tokens.find("", start));
    play.take(Op::revoke_token, 0, R"({"account":1})");
    tokens.renew(play.market.state());
    CHECK(!tokens.find(token, start));
    CHECK(tokens.is_admin("admin"));
    CHECK(!tokens.is_admin("admin "));
    CHECK(!tokens.is_admin(token));
    CHECK(make_token() != token);
}

TEST_CASE("one request per second, and a second GET at once") {
    RateLimit limit{1'000, 1};
    CHECK(limit.wait("a", start, true) == 0);
    CHECK(limit.wait("a", start, true) == 0);
    CHECK(limit.wait("a", start, true) == 1);   // it is at its limit
    CHECK(limit.wait("a", start, false) == 2);  // a change needs a whole second of its own
    CHECK(limit.wait("b", start, false) == 0);
    CHECK(limit.wait("b", start + 999, false) == 1);
    CHECK(limit.wait("b", start + 1'000, false) == 0);
    CHECK(limit.wait("a", start + 2'000, false) == 0);
}

TEST_CASE("a request that counts as several uses up as much time") {
    RateLimit limit{1'000, 1};
    CHECK(limit.wait("a", start, false, 17) == 0);
    CHECK(limit.wait("a", start + 10'000, false) == 7);
    CHECK(limit.wait("a", start - 3'600 * second, false) == 7);  // the clock was set back
    CHECK(limit.wait("a", start - 3'600 * second + 7'000, false) == 0);
}

TEST_CASE("a clock that is set back costs a token no more than its usual wait") {
    RateLimit limit{1'000, 1};
    CHECK(limit.wait("a", start, false) == 0);
    const std::int64_t before = start - 3'600 * second;
    CHECK(limit.wait("a", before, false) <= 2);
    CHECK(limit.wait("a", before + 2 * second, false) == 0);
}

}  // namespace
}  // namespace market_server
