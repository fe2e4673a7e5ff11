#include "scenario/read.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "scenario/decimal.hpp"
#include "scenario/facts.hpp"
#include "scenario/read_form.hpp"

namespace simulator {

namespace {

void need_table(const Node& node, std::string_view key) {
    if (node.kind != Node::Kind::table) fail_value(node, key, "a table");
}

/// Resolves "rest", and checks that shares add up.
void add_up(const Node& table, const std::string& path, const std::vector<Millionths*>& shares) {
    Millionths sum = 0;
    Millionths* rest = nullptr;
    for (Millionths* const share : shares) {
        if (*share != rest_share) {
            sum += *share;
        } else if (rest) {
            fail_at(table, path,
                    "more than one share is \"rest\" or missing; allowed: one, which takes what "
                    "the others leave");
        } else {
            rest = share;
        }
    }
    if (sum > one || (!rest && sum != one))
        fail_at(table, path,
                fmt::format("the shares add up to {}%; allowed: 100%{}", write_decimal(sum, 4),
                            rest ? " or less, because one is \"rest\"" : ""));
    if (rest) *rest = one - sum;
}

class Resolve {
public:
    Resolve(const Node& table, const LoadFile& load, Checks checks)
        : table_{table}, load_{load}, is_strict_{checks == Checks::all} {}

    Scenario operator()() {
        ReadForm form{table_, "", load_};
        form.ignore(study_keys());
        describe_scenario(form, out_);
        if (const Node* const node = section(form, "market")) {
            ReadForm inner{*node, "market", load_};
            describe_market(inner, out_.market);
            inner.finish();
        }
        if (const Node* const node = section(form, "rate")) {
            ReadForm inner{*node, "rate", load_};
            describe_rate(inner, out_.rate);
            inner.finish();
        }
        read_tariffs(form);
        read_hosts(form);
        if (const Node* const node = section(form, "jobs")) {
            ReadForm inner{*node, "jobs", load_};
            describe_jobs(inner, out_.jobs);
            inner.finish();
        }
        read_renters(form);
        form.finish();
        if (is_strict_) check();
        return std::move(out_);
    }

private:
    static const Node* section(ReadForm& form, std::string_view key) {
        const Node* const node = form.take(key);
        if (node) need_table(*node, form.full(key));
        return node;
    }

    /// Reads each table of a table into a kind.
    template <class Kind, class Describe>
    void read_kinds(const Node& tables, const std::string& path, std::vector<Kind>& kinds,
                    Describe describe) {
        for (const Node& member : tables.members) {
            const std::string inner_path = path + "." + member.key;
            need_table(member, inner_path);
            if (!is_name(member.key))
                fail_at(member, inner_path, "a name has only letters, digits, _ and -");
            ReadForm form{member, inner_path, load_};
            describe(form, kinds.emplace_back(Kind{.name = member.key}));
            form.finish();
        }
    }

    void read_tariffs(ReadForm& form) {
        if (const Node* const node = section(form, "tariffs"))
            read_kinds(*node, "tariffs", out_.tariffs,
                       [](ReadForm& inner, Tariff& tariff) { describe_tariff(inner, tariff); });
    }

    void read_hosts(ReadForm& form) {
        const Node* const node = section(form, "hosts");
        if (!node) return;
        ReadForm inner{*node, "hosts", load_};
        inner.number("count", out_.hosts, whole(1, 100'000, "hosts"));
        if (const Node* const kinds = section(inner, "kinds"))
            read_kinds(*kinds, "hosts.kinds", out_.host_kinds,
                       [](ReadForm& each, HostKind& kind) { describe_host_kind(each, kind); });
        inner.finish();
    }

    void read_renters(ReadForm& form) {
        if (const Node* const node = section(form, "renters"))
            read_kinds(*node, "renters", out_.renter_kinds, [](ReadForm& inner, RenterKind& kind) {
                describe_renter_kind(inner, kind);
            });
    }

    /// The node of a dotted path, or the nearest table above it.
    [[nodiscard]] const Node& at(std::string_view path) const {
        const Node* node = &table_;
        for (const std::string& part : split_key(path, table_)) {
            const Node* const inner = node->find(part);
            if (!inner) break;
            node = inner;
        }
        return *node;
    }

    void check_tariffs() const {
        for (const Tariff& tariff : out_.tariffs) {
            const std::string path = "tariffs." + tariff.name;
            const Node& node = at(path);
            const bool has_price = node.find("low") || node.find("high") ||
                                   !tariff.prices.empty() || !tariff.hours.empty() ||
                                   !tariff.series.empty();
            if (!has_price)
                fail_at(node, path, "has no price; allowed: low and high, prices, hours or a file");
        }
    }

    /// What depends on more than one value.
    void check() {
        if (out_.warm_up.count() >= out_.days * ms_per_day)
            fail_at(at("warm_up"), "warm_up",
                    fmt::format("got {}; allowed: less than the {} days that are simulated",
                                write_duration(out_.warm_up.count()), out_.days));
        // The measured time begins and ends with a close.
        const std::int64_t interval = out_.interval.count();
        if ((out_.warm_up.count() + interval - 1) / interval >= out_.days * ms_per_day / interval)
            fail_at(at("warm_up"), "warm_up",
                    fmt::format("got {}; allowed: a time that leaves an interval of {} to measure",
                                write_duration(out_.warm_up.count()), write_duration(interval)));
        if (out_.rate.jump_at && out_.rate.jump_at->count() >= out_.days * ms_per_day)
            fail_at(at("rate.jump_at"), "rate.jump_at",
                    fmt::format("got {}; allowed: less than the {} days that are simulated",
                                write_duration(out_.rate.jump_at->count()), out_.days));
        for (const Tariff& tariff : out_.tariffs) {
            if (tariff.low > tariff.high)
                fail_at(at("tariffs." + tariff.name + ".low"), "tariffs." + tariff.name + ".low",
                        fmt::format("got {}, which is above high = {}",
                                    write_decimal(tariff.low.count(), 9),
                                    write_decimal(tariff.high.count(), 9)));
        }
        check_hosts();
        check_tariffs();
        check_jobs();
        check_renters();
    }

    void check_hosts() {
        std::vector<std::string> card_names;
        for (const Card& card : cards()) card_names.emplace_back(card.name);
        std::vector<std::string> tariff_names;
        for (const Tariff& tariff : out_.tariffs) tariff_names.push_back(tariff.name);
        std::vector<Millionths*> shares;
        for (HostKind& kind : out_.host_kinds) {
            const std::string path = "hosts.kinds." + kind.name;
            check_name(path + ".card", kind.card, card_names);
            check_name(path + ".tariff", kind.tariff, tariff_names);
            shares.push_back(&kind.share);
        }
        add_up(at("hosts.kinds"), "hosts.kinds", shares);
    }

    void check_name(const std::string& path, const std::string& name,
                    const std::vector<std::string>& known) const {
        const Node& node = at(path);
        if (name.empty() && node.kind == Node::Kind::table)
            fail_at(node, path, "is missing; allowed: " + join(known));
        if (std::find(known.begin(), known.end(), name) != known.end()) return;
        const std::string similar = find_similar(name, known);
        fail_value(node, path,
                   join(known) +
                       (similar.empty() ? "" : fmt::format("; did you mean '{}'?", similar)));
    }

    void check_jobs() {
        std::set<std::string> known;
        for (const Curve& curve : curves()) known.insert(std::string{curve.workload});
        std::vector<Millionths*> shares;
        for (WorkloadShare& each : out_.jobs.workloads) {
            const std::string path = "jobs.workloads." + each.workload;
            if (!known.contains(each.workload))
                fail_at(at(path), path,
                        fmt::format("unknown workload{}",
                                    suggest(each.workload, {known.begin(), known.end()})));
            for (const HostKind& kind : out_.host_kinds) {
                if (find_curve(kind.card, each.workload)) continue;
                fail_at(at(path), path,
                        fmt::format("no curve is known for the card {} of hosts.kinds.{}; known: "
                                    "{}",
                                    kind.card, kind.name, join(workloads_of(kind.card))));
            }
            shares.push_back(&each.share);
        }
        add_up(at("jobs.workloads"), "jobs.workloads", shares);
    }

    static std::vector<std::string> workloads_of(std::string_view card) {
        std::vector<std::string> names;
        for (const Curve& curve : curves()) {
            if (curve.card == card) names.emplace_back(curve.workload);
        }
        return names;
    }

    void check_renters() {
        std::vector<Millionths*> shares;
        for (RenterKind& kind : out_.renter_kinds) {
            const std::string path = "renters." + kind.name;
            check_watts(path, kind);
            if (kind.bids_on > kind.looks_at)
                fail_at(at(path + ".bids_on"), path + ".bids_on",
                        fmt::format("got {}, which is above looks_at = {}", kind.bids_on,
                                    kind.looks_at));
            shares.push_back(&kind.share);
        }
        add_up(at("renters"), "renters", shares);
    }

    void check_watts(const std::string& path, const RenterKind& kind) const {
        const Node& node = at(path + ".watts");
        if (kind.power != PowerChoice::fixed) {
            if (node.kind == Node::Kind::table) return;
            fail_at(node, path + ".watts", "has no effect; allowed: only with power = \"fixed\"");
        }
        for (const HostKind& hosts : out_.host_kinds) {
            const Card* const card = find_card(hosts.card);
            if (kind.watts.count() < card->limit_min || kind.watts.count() > card->limit_max)
                fail_at(node, path + ".watts",
                        fmt::format("got {}; allowed: {} to {} W, the power limits of the card {}",
                                    kind.watts.count(), card->limit_min, card->limit_max,
                                    card->name));
        }
    }

    const Node& table_;
    const LoadFile& load_;
    bool is_strict_;
    Scenario out_{};
};

/// A table of a table; null if there is a value of another type, which `resolve` will reject.
Node* inner_table(Node& table, std::string_view key) {
    Node* const node = table.find(key);
    if (!node) return &table.set(key, Node{.where = table.where});
    return node->kind == Node::Kind::table ? node : nullptr;
}

void add_rest(Node* kinds) {
    if (!kinds) return;
    for (Node& member : kinds->members) {
        if (member.kind == Node::Kind::table && !member.find("share"))
            member.set("share", Node::make_text("rest")).where = member.where;
    }
}

/// Adds a default to a table that has no members.
void add_default(Node* tables, std::string_view toml) {
    if (tables && tables->members.empty()) tables->members = parse_toml(toml, "default").members;
}

}  // namespace

const std::vector<std::string>& study_keys() {
    static const std::vector<std::string> keys{"title", "question", "study", "axis", "report"};
    return keys;
}

void add_defaults(Node& table) {
    if (Node* const hosts = inner_table(table, "hosts")) {
        Node* const kinds = inner_table(*hosts, "kinds");
        add_default(kinds, "rtx3090 = { card = \"rtx3090\" }");
        add_rest(kinds);
    }
    Node* const tariffs = inner_table(table, "tariffs");
    add_default(tariffs, "home = { low = 0.06, high = 0.33 }");
    Node* const hosts = table.find("hosts");
    Node* const kinds = hosts ? hosts->find("kinds") : nullptr;
    if (kinds && kinds->kind == Node::Kind::table && tariffs && tariffs->members.size() == 1) {
        for (Node& kind : kinds->members) {
            if (kind.kind == Node::Kind::table && !kind.find("tariff"))
                kind.set("tariff", Node::make_text(tariffs->members.front().key)).where =
                    kind.where;
        }
    }
    if (Node* const jobs = inner_table(table, "jobs")) {
        if (!jobs->find("workloads"))
            jobs->set("workloads",
                      parse_value(R"({ llm_decode = "50%", llm_prefill = "50%" })", "default"));
    }
    Node* const renters = inner_table(table, "renters");
    add_default(renters, "people = { strategy = \"shade\" }");
    add_rest(renters);
}

void set_value(Node& table, std::string_view key, const Node& value) {
    const std::vector<std::string> parts = split_key(key, value);
    Node* node = &table;
    std::string path;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool has_kinds = path == "hosts.kinds" || path == "tariffs" || path == "renters";
        if (has_kinds && !node->find(parts[i])) {
            std::vector<std::string> names;
            for (const Node& member : node->members) names.push_back(member.key);
            fail_at(value, key,
                    fmt::format("{} has no '{}'{}", path, parts[i], suggest(parts[i], names)));
        }
        path += (path.empty() ? "" : ".") + parts[i];
        if (i + 1 == parts.size()) break;
        Node* inner = node->find(parts[i]);
        if (!inner) inner = &node->set(parts[i], Node{.where = value.where});
        if (inner->kind != Node::Kind::table)
            fail_at(value, key, fmt::format("{} is not a table", path));
        node = inner;
    }
    node->set(parts.back(), value);
}

Scenario resolve(const Node& table, const LoadFile& load, Checks checks) {
    return Resolve{table, load, checks}();
}

std::int64_t read_whole(const Node& value, std::string_view key, std::int64_t lowest,
                        std::int64_t highest) {
    const DecimalRead read = value.kind == Node::Kind::number
                                 ? read_decimal(value.text, 0)
                                 : DecimalRead{0, DecimalRead::Fault::malformed};
    if (read.fault != DecimalRead::Fault::none || read.count < lowest || read.count > highest)
        fail_value(value, key, fmt::format("a whole number from {} to {}", lowest, highest));
    return read.count;
}

std::string read_text(const Node& value, std::string_view key) {
    if (value.kind != Node::Kind::text || value.text.empty())
        fail_value(value, key, "a text in quotes");
    return value.text;
}

bool read_flag(const Node& value, std::string_view key) {
    if (value.kind != Node::Kind::boolean) fail_value(value, key, "true or false");
    return value.text == "true";
}

void check_keys(const Node& table, std::string_view path, const std::vector<std::string>& known) {
    for (const Node& member : table.members) {
        if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
        const std::string full = path.empty() ? member.key : fmt::format("{}.{}", path, member.key);
        fail_at(member, full, "unknown key" + suggest(member.key, known));
    }
}

}  // namespace simulator
