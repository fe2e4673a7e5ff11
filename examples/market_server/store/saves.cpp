#include "saves.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "errors.hpp"
#include "file.hpp"

namespace market_server {
namespace {

// The header: magic, number, size, the market's id, and the hash of all these and the bytes.
constexpr std::string_view save_magic = "gssave1\n";
constexpr std::size_t save_header = 56;

std::string header_of(std::uint64_t number, const Hash& market, std::string_view bytes) {
    std::string header{save_magic};
    append_number(header, number);
    append_number(header, bytes.size());
    header += bytes_of(market);
    header += bytes_of(hash_of(header, bytes));
    return header;
}

[[noreturn]] void reject_save(const std::filesystem::path& path, const std::string& what) {
    throw DamagedStore{path.string() + ' ' + what +
                       ". Move it away: the market is then rebuilt from an older save or from the "
                       "journal, which takes longer"};
}

}  // namespace

std::optional<std::uint64_t> save_number(const std::string& name) {
    constexpr std::string_view prefix = "save.";
    if (!name.starts_with(prefix)) return std::nullopt;
    std::uint64_t number = 0;
    const char* end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data() + prefix.size(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

Saves::Saves(std::filesystem::path folder, const Hash& market)
    : folder_{std::move(folder)}, market_{market} {}

void Saves::write(std::uint64_t number, std::span<const std::byte> bytes) const {
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    const std::string header = header_of(number, market_, text);
    replace_file(path_of(number), std::array<std::string_view, 2>{header, text});
    const std::vector<std::uint64_t> all = numbers();
    for (std::size_t i = 2; i < all.size(); ++i) remove_file(path_of(all[i]));
}

std::optional<Save> Saves::newest(std::uint64_t last) const {
    const std::vector<std::uint64_t> all = numbers();
    if (all.empty()) return std::nullopt;
    const std::uint64_t number = all.front();
    const std::filesystem::path path = path_of(number);
    std::string bytes = read_file(path).value_or("");
    if (bytes.size() < save_header) reject_save(path, "is cut");
    const std::string_view text = std::string_view{bytes}.substr(save_header);
    const std::string_view market = std::string_view{bytes}.substr(24, market_.size());
    if (bytes.starts_with(save_magic) &&
        number_at(std::string_view{bytes}.substr(16)) != text.size()) {
        reject_save(path, "has " + std::to_string(text.size()) + " bytes, which is not its size");
    }
    Hash written{};
    std::copy(market.begin(), market.end(), written.begin());
    if (!bytes.starts_with(header_of(number, written, text))) reject_save(path, "is damaged");
    if (written != market_) reject_save(path, "is a save of another market");
    if (number > last) {
        throw DamagedStore{path.string() + " was made after record " + std::to_string(number) +
                           ", but the journal ends at record " + std::to_string(last) +
                           ", so it has lost records. " + restore_advice};
    }
    bytes.erase(0, save_header);
    return Save{number, std::move(bytes)};
}

void Saves::remove_drafts() const {
    for (const std::filesystem::path name : names_in(folder_)) {
        if (name.extension() != ".new" || !save_number(name.stem().string())) continue;
        remove_file(folder_ / name);
    }
}

std::vector<std::uint64_t> Saves::numbers() const {
    std::vector<std::uint64_t> numbers;
    for (const std::string& name : names_in(folder_)) {
        if (const auto number = save_number(name)) numbers.push_back(*number);
    }
    std::sort(numbers.rbegin(), numbers.rend());
    return numbers;
}

std::filesystem::path Saves::path_of(std::uint64_t number) const {
    return folder_ / ("save." + std::to_string(number));
}

}  // namespace market_server
