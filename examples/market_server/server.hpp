// A market that outlives a crash. It keeps two files in its folder:
//
//     save         the market after some number N of commands
//     journal.N    the commands since then, a line each
//
// A command is on the disk, in the journal, before the market takes it. So what the market was can
// always be made again: the engine gives the same events for the same commands.
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
    std::int64_t interval = 60'000;    ///< a close at each whole multiple of this, ms
    std::uint64_t save_every = 1'000;  ///< commands
};

class Server {
public:
    /// Receives events, whole lines at a time.
    using Publish = std::function<void(std::string_view)>;

    /// Makes the market what it was. Events since the last save are published again, since nobody
    /// knows which of them got through: whoever reads them knows by `command` what he has already.
    Server(Options options, Publish publish);

    /// A client's command, which comes now. Closes that are due come before it. What it says of the
    /// time itself does not count.
    void take(gigaspot::Timestamp now, std::string_view command);

    /// To be called when time goes by without commands.
    void tick(gigaspot::Timestamp now);

    /// When the next close is due.
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
    std::uint64_t saved_ = 0;  ///< the save holds so many commands
    std::optional<File> journal_;
};

}  // namespace market_server
