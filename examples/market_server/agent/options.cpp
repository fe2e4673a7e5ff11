#include "options.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <gigaspot/base/config.hpp>

#include "documents.hpp"
#include "http_client.hpp"
#include "process.hpp"

namespace market_server {
namespace {

constexpr std::uint64_t machine_max = std::uint64_t{1} << 53;
constexpr std::size_t file_bytes_max = 1024 * 1024;

constexpr std::string_view description =
    "gigaspot-host connects this GPU machine to a gigaspot-server: it registers the\n"
    "machine, sends heartbeats, and tells your program what to run.";

constexpr std::string_view explanation = R"(
Your program for --on-run starts after each change. It gets:
  standard input     the run as one line of JSON, or null: stop what runs. For example:
                     {"bid":1,"image":"0123456789abcdef01234567","env":{"K":"V"},"oc":[{"pl":150}]}
  GIGASPOT_BID       the bid's number; empty: stop what runs
  GIGASPOT_IMAGE     the image; empty if there is none, or if the text is not the
                     name of an image and could be taken for an option
  GIGASPOT_SEQUENCE  the number of this state
It must stop the earlier run, apply the overclock, start the new run in the
background, and end. After a restart of gigaspot-host it can get a state that the
machine already has. Exit status 0 says that the machine is in this state. Any other status is
reported to the market as a malfunction, and the program is started again after a
pause of 1 s to 5 min while the state holds. So end with 0 if the fault is the
renter's, such as an image that does not exist.
One program runs at a time. If several changes come meanwhile, only the newest counts.
A program that hangs does not stop the heartbeats, but no later run can start: set
--run-timeout. Environment variables of the run come from a stranger; they are
only in the JSON text. Never let a shell evaluate them.

The program for --status prints an object of JSON; all fields may be absent:
  {"online":true,"on_demand_rented":false,"working_properly":true,
   "cached":["0123456789abcdef01234567"]}
If it fails, hangs for a heartbeat's time or prints anything else, the machine is
reported as not working properly.

SIGTERM or SIGINT: the server is told that the machine goes offline, the program gets
an empty run, and gigaspot-host ends with status 0, or 1 if the program failed. A
program that still runs is ended after 10 s. A second signal ends gigaspot-host at once.)";

std::string contents(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    if (!file) throw std::runtime_error{fmt::format("{}: {}", path, std::strerror(errno))};
    std::string text(file_bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) throw std::runtime_error{fmt::format("{}: {}", path, std::strerror(errno))};
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > file_bytes_max)
        throw std::runtime_error{fmt::format("{}: has more than {} bytes", path, file_bytes_max)};
    return text;
}

std::uint64_t whole(std::string_view text, std::uint64_t highest) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number > highest)
        throw std::invalid_argument{
            fmt::format("'{}': expected a whole number from 0 to {}", text, highest)};
    return number;
}

Milliseconds duration(std::string_view text, Milliseconds lowest, Milliseconds highest) {
    constexpr std::pair<std::string_view, std::uint64_t> units[] = {
        {"ms", 1}, {"s", 1'000}, {"min", 60'000}, {"m", 60'000}, {"h", 3'600'000}};
    const auto limit = static_cast<std::uint64_t>(highest.count());
    for (const auto& [unit, factor] : units) {
        if (!text.ends_with(unit)) continue;
        std::string_view number = text;
        number.remove_suffix(unit.size());
        try {
            const Milliseconds value{whole(number, limit / factor) * factor};
            if (value >= lowest) return value;
        } catch (const std::invalid_argument&) {
        }
        break;
    }
    throw std::invalid_argument{
        fmt::format("'{}': expected a whole number with a unit, such as 500ms, 10s, 5m or 1h, "
                    "from {} ms to {} ms",
                    text, lowest.count(), highest.count())};
}

std::string program(const std::string& name) {
    if (auto path = find_program(name)) return *std::move(path);
    throw std::invalid_argument{
        fmt::format("'{}' is not a program; give the path of one, without arguments", name)};
}

/// The messages must not hold anything of the token.
std::string token(const std::string& path, std::string& warnings) {
    std::string text = contents(path);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.pop_back();
    constexpr std::size_t length_max = 1'024;
    const bool is_token =
        !text.empty() && text.size() <= length_max &&
        std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (!is_token)
        throw std::invalid_argument{
            fmt::format("{}: expected one token on one line, without spaces", path)};
    struct stat found {};
    if (::stat(path.c_str(), &found) == 0 && (found.st_mode & S_IROTH) != 0)
        warnings += fmt::format("warning: {}: all users of this machine can read the token; use "
                                "chmod 600\n",
                                path);
    return text;
}

std::string capabilities(const std::string& path) {
    std::string text = contents(path);
    try {
        check_object(text);
    } catch (const BadDocument& problem) {
        throw std::invalid_argument{fmt::format("{}: {}", path, problem.what())};
    }
    return text;
}

/// The path of a file of certificates.
std::string authorities(const std::string& path) {
    if (contents(path).find("-----BEGIN CERTIFICATE-----") == std::string::npos)
        throw std::invalid_argument{fmt::format("{}: expected certificates in PEM format", path)};
    return path;
}

class Parser {
public:
    explicit Parser(Options& options) : options_{options} {
        app_.name("gigaspot-host");
        app_.footer(std::string{explanation});
        app_.set_version_flag("--version",
                              fmt::format("gigaspot-host {}.{}.{}", GIGASPOT_VERSION / 10'000,
                                          GIGASPOT_VERSION / 100 % 100, GIGASPOT_VERSION % 100));
        app_.set_config("--config", "", "Read options from this file of TOML")->type_name("FILE");
        app_.allow_config_extras(CLI::config_extras_mode::error);
        add_connection();
        add_programs();
    }

    void parse(int count, char** arguments) {
        app_.parse(count, arguments);
        if (options_.on_run.empty() != is_dry_run_)
            throw CLI::ValidationError{"give either --on-run or --dry-run"};
    }
    CLI::App& app() { return app_; }

private:
    /// An option whose text is read by `read(text)`.
    template <class Read>
    CLI::Option* add(const std::string& name, const char* type, const std::string& help,
                     Read read) {
        const auto checked = [name, read](const std::string& text) {
            try {
                read(text);
            } catch (const std::exception& problem) {
                throw CLI::ValidationError{fmt::format("{}: {}", name, problem.what())};
            }
        };
        return app_.add_option_function<std::string>(name, checked, help)->type_name(type);
    }

    void add_connection() {
        add("--server", "URL", "The server's address, such as https://market.example",
            [this](const std::string& text) {
                const Address address{text};
                options_.server = address.url;
                if (address.is_readable)
                    options_.warnings +=
                        "warning: --server: without https, others can read the token\n";
            })
            ->required();
        add("--token-file", "FILE", "The file with the token of your account; only you may read it",
            [this](const std::string& path) { options_.token = token(path, options_.warnings); })
            ->required();
        add("--ca", "FILE",
            "Trust the certificate authorities in this file instead of the system's",
            [this](const std::string& path) { options_.authorities = authorities(path); });
        add("--machine", "ID", "The machine's number in the market",
            [this](const std::string& text) { options_.machine = whole(text, machine_max); })
            ->required();
        add("--capabilities", "FILE",
            "What the machine offers, as JSON: gpus, energy_price, min_bid, base_power, "
            "max_rental_length",
            [this](const std::string& path) { options_.capabilities = capabilities(path); })
            ->required();
        add("--heartbeat", "TIME", "Time between two heartbeats, at most that of the server [10s]",
            [this](const std::string& text) {
                options_.heartbeat =
                    duration(text, std::chrono::milliseconds{100}, std::chrono::hours{1});
            });
    }

    void add_programs() {
        add("--on-run", "PROGRAM", "The program that is told each change of what to run; see below",
            [this](const std::string& name) { options_.on_run = program(name); });
        add("--run-timeout", "TIME",
            "End that program, with its process group, after this time: a failure [no limit]",
            [this](const std::string& text) {
                options_.run_timeout =
                    duration(text, std::chrono::milliseconds{100}, std::chrono::hours{24});
            });
        add("--stop-after", "TIME",
            "Stop the run after this time without an answer of the server, and start it again "
            "after the next one [never]",
            [this](const std::string& text) {
                options_.stop_after =
                    duration(text, std::chrono::seconds{1}, std::chrono::hours{24});
            });
        app_.add_flag("--dry-run", is_dry_run_,
                      "Start no program; print each run as one line of JSON, or null");
        add("--status", "PROGRAM",
            "A program that prints the machine's state before each heartbeat",
            [this](const std::string& name) { options_.status = program(name); });
    }

    Options& options_;
    bool is_dry_run_ = false;
    CLI::App app_{std::string{description}};
};

}  // namespace

Options read_options(int count, char** arguments) {
    Options options;
    Parser parser{options};
    try {
        parser.parse(count, arguments);
    } catch (const CLI::ParseError& problem) {
        std::exit(parser.app().exit(problem));
    }
    return options;
}

}  // namespace market_server
