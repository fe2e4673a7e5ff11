// What is measured, and the sections of the report.
#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "process.hpp"

namespace market_load {

struct Setup {
    std::filesystem::path self{};  ///< this program
    std::filesystem::path server = "gigaspot-server";
    std::filesystem::path folder = "/tmp";  ///< a disk: in memory, a sync costs nothing
    std::filesystem::path postgres_programs = "/usr/lib/postgresql/15/bin";
    std::size_t postgres_connections = 64;
    std::string options{};  ///< of the command line, to print it again
    bool is_without_postgres = false;
    bool is_quick = false;
    std::vector<std::size_t> clients{1, 8, 64, 512};
    std::size_t rounds = 5;
    double round_seconds = 3;
    std::size_t machines = 3'000;     ///< of the large market
    std::size_t bids = 100'000;       ///< of the large market
    std::size_t records = 1'000'000;  ///< to recover
};

/// Throws std::runtime_error unless something that a measurement relies on is true.
inline void need(bool is_true, const std::string& what) {
    if (!is_true) throw std::runtime_error{what};
}

/// Orders per second, on gigaspot-server and on PostgreSQL.
void measure_orders(const Setup& setup);
/// How many syncs a batch costs.
void measure_syncs(const Setup& setup);
/// Readers of the event stream beside stuck ones.
void measure_streams(const Setup& setup);
/// Reads from a large market while orders flow.
void measure_large_market(const Setup& setup);
/// The start of a server on a long journal.
void measure_recovery(const Setup& setup);

}  // namespace market_load
