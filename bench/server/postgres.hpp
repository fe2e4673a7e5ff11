// The market on PostgreSQL, to compare with: the same HTTP layer and the same requests, and one
// transaction per request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "process.hpp"

namespace market_load {

/// A PostgreSQL with its own folder and socket, set up from scratch with its default settings.
class Postgres {
public:
    /// `programs`: the folder of initdb and postgres. Runs as the user postgres if this program
    /// runs as root, because PostgreSQL does not run as root.
    Postgres(const std::filesystem::path& programs, const std::filesystem::path& parent);
    ~Postgres();

    /// The folder of its socket.
    [[nodiscard]] std::string socket_folder() const { return folder_.path().string(); }
    /// The tokens of the renters that `add_market` has made.
    [[nodiscard]] static std::string token(std::size_t renter);
    /// Creates the tables, machines and renters.
    void add_market(std::size_t machines, std::size_t renters) const;
    /// Settings that decide what a commit costs, as the database tells them.
    [[nodiscard]] std::string settings() const;
    /// The first column of the first row.
    [[nodiscard]] std::string ask(const char* query) const;

private:
    Folder folder_;
    std::unique_ptr<Process> process_{};
};

/// Serves the renters' API from a database until SIGTERM comes: this program runs itself for it.
/// Each of the connections has its own thread. Returns the exit status.
int serve_postgres(const std::string& socket_folder, std::size_t connections);

}  // namespace market_load
