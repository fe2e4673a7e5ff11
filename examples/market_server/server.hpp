// Runs a market that survives a crash. It keeps two files in its folder:
//
//     save         the market after N commands
//     journal.N    the commands since then, one per line
//
// The server writes a command to the journal, on the disk, before the market takes it. The engine
// gives the same events for the same commands, so the server can always rebuild the market.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>

#include <gigaspot/json/replay.hpp>

#include "files.hpp"

namespace market_server {

struct Options {
    std::filesystem::path folder;
    std::int64_t interval = 60'000;    ///< ms; a close at each multiple of this
    std::uint64_t save_every = 1'000;  ///< commands from one save to the next
};

class Server {
public:
    /// Receives events as whole lines.
    using Publish = std::function<void(std::string_view)>;

    /// Restores the market. It publishes the events since the last save again, because it cannot
    /// know which of them arrived. Consumers must skip events whose `command` they have processed.
    Server(Options options, Publish publish);

    /// Takes a client's command at the time `now`, after all closes that are due. A time in the
    /// command itself does not count.
    void take(gigaspot::Timestamp now, std::string_view command);

    /// Call this when time passes without commands: it closes what is due.
    void tick(gigaspot::Timestamp now);

    /// Returns when the next close is due, or nothing before the first command.
    [[nodiscard]] std::optional<gigaspot::Timestamp> next_close() const;

    [[nodiscard]] const gigaspot::Engine& market() const { return market_.engine(); }

private:
    void commit(std::string_view line);
    void save();
    void open_journal();
    [[nodiscard]] std::filesystem::path journal_path() const;

    Options options_;
    Publish publish_;
    gigaspot::Replay market_;
    std::uint64_t saved_ = 0;  ///< number of commands that the save holds
    std::optional<File> journal_;
};

}  // namespace market_server
