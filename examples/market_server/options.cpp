#include "options.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <gigaspot/base/config.hpp>

#include "market/json.hpp"

namespace market_server {
namespace {

constexpr std::int64_t demo_interval = 10'000;  ///< ms; nobody watches for minutes

/// What is wrong with a value; ends the program with a message.
[[noreturn]] void fail(const std::string& option, std::string_view value, std::string_view wanted) {
    throw CLI::ValidationError{fmt::format("{}: '{}': expected {}", option, value, wanted)};
}

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty() || number < 0 ||
        number > std::int64_t{1} << 53)
        return std::nullopt;
    return number;
}

/// A duration with a unit, such as "90s", in ms. A plain number is taken as ms.
std::int64_t duration(const std::string& option, std::string_view text, std::int64_t lowest,
                      std::int64_t highest) {
    constexpr std::pair<std::string_view, std::int64_t> units[] = {
        {"ms", 1},        {"s", 1'000},      {"min", 60'000}, {"m", 60'000},
        {"h", 3'600'000}, {"d", 86'400'000}, {"", 1}};
    const auto* const unit =
        std::find_if(std::begin(units), std::end(units),
                     [&](const auto& each) { return text.ends_with(each.first); });
    const auto number = whole(text.substr(0, text.size() - unit->first.size()));
    if (!number || *number > highest / unit->second || *number * unit->second < lowest)
        fail(option, text,
             fmt::format("a whole number with a unit, such as 500ms, 90s, 5m, 1h or 2d, from {} ms "
                         "to {} ms",
                         lowest, highest));
    return *number * unit->second;
}

template <class Q>
void read(const std::string& option, const std::string& text, Q& quantity) {
    const auto value = Q::from_text(text);
    if (!value)
        fail(option, text,
             fmt::format("a number from {} to {} with at most {} digits after the point",
                         Q::lowest().text().view(), Q::highest().text().view(), Q::decimals));
    quantity = *value;
}

/// A share in parts per million, or a percentage.
void read_share(const std::string& option, const std::string& text, gigaspot::Ppm& share) {
    std::string number = text;
    const bool is_percentage = number.ends_with('%');
    if (is_percentage) number.back() = 'e';
    if (is_percentage) number += '4';
    const bool has_exponent = text.find_first_of("eE") != std::string::npos;
    const auto value = gigaspot::Ppm::from_text(number);
    if (!value || has_exponent)
        fail(option, text, "parts per million from 0 to 1000000, or a percentage such as 2.5%");
    share = *value;
}

class Parser {
public:
    explicit Parser(Options& options) : options_{options} {
        app_.set_version_flag("--version",
                              fmt::format("gigaspot-server {}.{}.{}", GIGASPOT_VERSION / 10'000,
                                          GIGASPOT_VERSION / 100 % 100, GIGASPOT_VERSION % 100));
        app_.set_config("--config", "", "Read options from this file of TOML");
        app_.allow_config_extras(CLI::config_extras_mode::error);
        add_server();
        add_policy();
        add_market();
        add_limits();
    }

    CLI::App& app() { return app_; }

private:
    /// An option whose text is read by `read(option, text)`.
    template <class Read>
    CLI::Option* add(const std::string& name, const char* type, const std::string& help,
                     Read read) {
        return app_
            .add_option_function<std::string>(
                name, [name, read](const std::string& text) { read(name, text); }, help)
            ->type_name(type);
    }
    void add_duration(const std::string& name, std::int64_t& value, std::int64_t lowest,
                      std::int64_t highest, const std::string& help) {
        add(name, "TIME", help, [&value, lowest, highest](const auto& option, const auto& text) {
            value = duration(option, text, lowest, highest);
        });
    }
    void add_count(const std::string& name, std::size_t& value, const std::string& help) {
        add(name, "N", help, [&value](const auto& option, const auto& text) {
            const auto number = whole(text);
            if (!number || *number == 0) fail(option, text, "a whole number from 1");
            value = static_cast<std::size_t>(*number);
        });
    }

    void add_server() {
        app_.add_option("--data", options_.data, "The folder of the market; set up if it is empty")
            ->required()
            ->type_name("DIR");
        add("--listen", "ADDRESS:PORT", "Where to listen [127.0.0.1:8080]",
            [this](const auto& option, const auto& text) { read_address(option, text); });
        app_.add_option("--public-url", options_.public_url,
                        "The server's address for clients, such as https://market.example [from "
                        "each request]")
            ->type_name("URL");
        app_.add_flag("--demo", options_.is_demo,
                      "Fill an empty market with made-up hosts, renters and a moving rate");
        app_.add_flag("--digest", options_.is_digest,
                      "Check the folder, print how many records it has and a digest of the market "
                      "that they give, and end");
    }

    void add_policy() {
        gigaspot::Policy& policy = options_.settings.policy;
        add_duration("--interval", options_.settings.interval, interval_min, interval_max,
                     "Time between two closes [1m; with --demo, 10s]");
        add_duration("--downtime-max", options_.downtime_max, 0, dwell_max,
                     "For how long closes may be due at the start; they are billed at once [1d]");
        add("--reserve", "USD", "Lowest profit for which a host runs, USD per day [0]",
            [&](const auto& option, const auto& text) { read(option, text, policy.reserve); });
        add("--switch-margin", "USD", "A challenger must lead by more, USD per day [0.05]",
            [&](const auto& option, const auto& text) {
                read(option, text, policy.switch_margin);
            });
        add("--switch-margin-ppm", "N",
            "and by more than this share of the incumbent's profit, parts per million or a "
            "percentage [10%]",
            [&](const auto& option, const auto& text) {
                read_share(option, text, policy.switch_margin_ppm);
            });
        add("--dwell-min", "TIME",
            "Minimum time, from its first won close, during which a run cannot be replaced [0]",
            [&](const auto& option, const auto& text) {
                policy.dwell_min =
                    gigaspot::Duration::unchecked(duration(option, text, 0, dwell_max));
            });
        add("--rate-age-max", "TIME", "An older exchange rate counts as missing [no limit]",
            [&](const auto& option, const auto& text) {
                policy.rate_age_max =
                    gigaspot::Duration::unchecked(duration(option, text, 1'000, dwell_max));
            });
        add("--price-min", "COIN", "The market's lowest price, coins per day [0.0001]",
            [&](const auto& option, const auto& text) { read(option, text, policy.price_min); });
        add("--price-max", "COIN", "and its highest [5000]",
            [&](const auto& option, const auto& text) { read(option, text, policy.price_max); });
        app_.add_flag("--require-cached", policy.require_cached,
                      "Only bids whose image is cached can win");
        app_.add_flag("--queue-unavailable", policy.queue_unavailable,
                      "Hosts take bids while they are not available");
        add("--refill", "WHEN",
            "When a host that becomes free chooses: at_close or at_once "
            "[at_close]",
            [&](const auto& option, const auto& text) {
                if (text != "at_close" && text != "at_once")
                    fail(option, text, "at_close or at_once");
                policy.refill =
                    text == "at_once" ? gigaspot::Refill::at_once : gigaspot::Refill::at_close;
            });
    }

    void add_market() {
        app_.add_option_function<std::vector<std::string>>(
                "--gpu-model",
                [this](const std::vector<std::string>& models) {
                    for (const std::string& model : models)
                        options_.settings.gpu_models.push_back(model);
                },
                "Accept machines with this GPU model too; can be given again")
            ->allow_extra_args(false)
            ->type_name("NAME");
        app_.add_option_function<std::vector<std::string>>(
                "--creation-fee",
                [this](const std::vector<std::string>& fees) {
                    for (const std::string& fee : fees) read_fee(fee);
                },
                "What each new bid in a currency costs [0]; can be given again")
            ->allow_extra_args(false)
            ->type_name("CURRENCY=COIN");
        add_duration(
            "--image-wait", options_.settings.image_wait, 1'000, dwell_max,
            "With --require-cached, revoke a bid whose image has not arrived by then [1h]");
        add_duration("--heartbeat", options_.writer.heartbeat, 100, 3'600'000,
                     "Time between two reports of a machine; after three missed ones it goes "
                     "offline [20s]");
    }

    void add_limits() {
        add_duration("--request-every", options_.request_every, 0, 60'000,
                     "Time between two requests of a renter's token [1s]");
        add_count("--connections-max", options_.http.connections_max, "Open connections [4096]");
        add_count("--connections-per-address-max", options_.http.connections_per_address_max,
                  "and from one address [1024]");
        add_count("--streams-max", options_.http.streams_max, "Clients of /events [1024]");
        add_count("--queue-max", options_.writer.queue_max, "Requests that wait [8192]");
        add_count("--batch-max", options_.writer.batch_max,
                  "Records that become durable together [1024]");
        add_count("--save-every", options_.save_every, "Records between two saves [100000]");
    }

    void read_address(const std::string& option, const std::string& text) {
        const std::size_t colon = text.rfind(':');
        const auto port = colon == std::string::npos
                              ? std::nullopt
                              : whole(std::string_view{text}.substr(colon + 1));
        if (!port || *port > 65'535 || colon == 0)
            fail(option, text, "an address and a port, such as 127.0.0.1:8080");
        options_.http.address = text.substr(0, colon);
        options_.http.port = static_cast<std::uint16_t>(*port);
    }

    void read_fee(const std::string& text) {
        const std::size_t equals = text.rfind('=');
        const auto amount = equals == std::string::npos || equals == 0
                                ? std::nullopt
                                : units_of(std::string_view{text}.substr(equals + 1));
        if (!amount)
            fail("--creation-fee", text, "a currency and an amount, such as CLORE-Blockchain=0.01");
        options_.settings.creation_fees[text.substr(0, equals)] = *amount;
    }

    static constexpr std::int64_t dwell_max = std::int64_t{365} * 86'400'000;

    Options& options_;
    CLI::App app_{
        "Runs a GPU spot market: renters bid over HTTP, machines are told what to run, and "
        "everybody is billed.",
        "gigaspot-server"};
};

}  // namespace

std::optional<Options> read_options(int argc, char** argv, int& status) {
    Options options;
    Parser parser{options};
    try {
        parser.app().parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        status = parser.app().exit(error) == 0 ? 0 : 2;
        return std::nullopt;
    }
    if (options.is_demo && parser.app().count("--interval") == 0)
        options.settings.interval = demo_interval;
    gigaspot::Policy& policy = options.settings.policy;
    policy.interval_min = gigaspot::Duration::unchecked(options.settings.interval);
    if (policy.price_min > policy.price_max) {
        fmt::print(stderr, "--price-min {} is above --price-max {}\n",
                   policy.price_min.text().view(), policy.price_max.text().view());
        status = 2;
        return std::nullopt;
    }
    return options;
}

}  // namespace market_server
