#include "server.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>

namespace market_server {
namespace {

gigaspot::Replay restore(const std::filesystem::path& path) {
    const std::string bytes = read_file(path);
    if (bytes.empty()) return gigaspot::Replay{};
    auto market = gigaspot::Replay::restore(std::as_bytes(std::span{bytes}));
    if (!market) throw std::runtime_error{std::string{sentence(market.error())}};
    return *std::move(market);
}

/// Returns the command with the market's own time in front: of two equal keys, the first counts.
std::string stamped(std::string_view command, gigaspot::Timestamp now) {
    const std::size_t start = command.find_first_not_of(" \t\r");
    if (command[start] != '{') return std::string{command};  // not a command: the market rejects it
    return fmt::format(R"({{"time":{},{})", now.count(), command.substr(start + 1));
}

}  // namespace

Server::Server(Options options, Publish publish)
    : options_{std::move(options)}, publish_{std::move(publish)},
      market_{restore(options_.folder / "save")}, saved_{market().counters().commands} {
    const std::string journal = read_file(journal_path());
    const std::size_t size = journal.rfind('\n') + 1;  // the market never took an incomplete line
    open_journal();
    journal_->cut(size);
    std::string_view rest{journal.data(), size};
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        market_.take(rest.substr(0, end), publish_);
        rest.remove_prefix(end + 1);
    }
}

void Server::take(gigaspot::Timestamp now, std::string_view command) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";  // the market ignores it, so it goes
    if (command.starts_with(mark)) command.remove_prefix(mark.size());
    if (command.find_first_not_of(" \t\r") == std::string_view::npos) return;
    now = std::max(now, market().now());  // a clock that was set back waits
    tick(now);
    commit(stamped(command, now));
}

std::optional<gigaspot::Timestamp> Server::next_close() const {
    const gigaspot::Timestamp clock = market().now();
    if (clock == gigaspot::Timestamp{}) return std::nullopt;  // nothing has happened yet
    return gigaspot::Timestamp::unchecked((clock.count() / options_.interval + 1) *
                                          options_.interval);
}

void Server::tick(gigaspot::Timestamp now) {
    for (auto due = next_close(); due && *due <= now; due = next_close()) {
        commit(fmt::format(R"({{"op":"close","time":{}}})", due->count()));
        if (next_close() == due) throw std::runtime_error{"the market rejected a close"};
    }
}

/// Every change of the market passes through here. (A busy server would write many commands to the
/// journal, sync once, and then take them all.)
void Server::commit(std::string_view line) {
    journal_->append(std::string{line} + '\n');
    journal_->sync();
    market_.take(line, publish_);
    if (market().counters().commands >= saved_ + options_.save_every) save();
}

void Server::save() {
    const gigaspot::SavedBytes bytes = market_.save();
    replace_file(options_.folder / "save", {bytes.data(), bytes.size()});
    saved_ = market().counters().commands;
    open_journal();
}

std::filesystem::path Server::journal_path() const {
    return options_.folder / fmt::format("journal.{}", saved_);
}

/// Opens the journal that belongs to the save, and removes the journals of older saves.
void Server::open_journal() {
    const std::filesystem::path path = journal_path();
    journal_ = File{path, O_WRONLY | O_CREAT | O_APPEND};
    sync_folder(options_.folder);
    for (const auto& entry : std::filesystem::directory_iterator{options_.folder}) {
        if (entry.path().stem() == "journal" && entry.path() != path)
            std::filesystem::remove(entry.path());
    }
}

}  // namespace market_server
