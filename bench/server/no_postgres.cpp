// Takes the place of the baseline if libpq is missing.
#include <stdexcept>

#include "postgres.hpp"

namespace market_load {
namespace {

[[noreturn]] void fail() {
    throw std::runtime_error{"there is no baseline, because this program was built without libpq: "
                             "install libpq-dev and postgresql and configure again, or use "
                             "--without-postgres"};
}

}  // namespace

Postgres::Postgres(const std::filesystem::path&, const std::filesystem::path& parent)
    : folder_{parent} {
    fail();
}
Postgres::~Postgres() = default;
std::string Postgres::token(std::size_t) { fail(); }
void Postgres::add_market(std::size_t, std::size_t) const { fail(); }
std::string Postgres::settings() const { fail(); }
std::string Postgres::ask(const char*) const { fail(); }
int serve_postgres(const std::string&, std::size_t) { fail(); }

}  // namespace market_load
