// Machines: what their providers register, and what they report.
#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include <gigaspot/format/rules.hpp>
#include <gigaspot/json/command_reader.hpp>

#include "json.hpp"
#include "messages.hpp"
#include "operations.hpp"

namespace market_server {
namespace {

/// The id of a machine, and the provider's document as it came. The body is both, with a space
/// between them. The server has made it, so the id is a number.
struct Registration {
    std::uint64_t id = 0;
    std::string_view document{};
};

Registration registration_of(std::string_view body) {
    const std::size_t space = body.find(' ');
    Registration found;
    found.id = static_cast<std::uint64_t>(std::stoull(std::string{body.substr(0, space)}));
    found.document = space == std::string_view::npos ? std::string_view{} : body.substr(space + 1);
    return found;
}

template <class Q>
bool holds(const gigaspot::Range<Q>& now, const gigaspot::Range<Q>& before) {
    return now.min <= before.min && now.max >= before.max;
}
template <class Q>
bool holds(const std::optional<gigaspot::Range<Q>>& now,
           const std::optional<gigaspot::Range<Q>>& before) {
    return !before || (now && holds(*now, *before));
}

/// Whether a change could end the run that a machine has: a higher minimum bid, or a range that
/// allows less.
bool can_end_run(const gigaspot::PutHost& now, const gigaspot::HostCapabilities& before) {
    if (now.min_bid > before.min_bid || now.gpus.size() != before.gpus.size()) return true;
    for (std::size_t i = 0; i < now.gpus.size(); ++i) {
        const gigaspot::GpuLimits& gpu = now.gpus[i];
        const gigaspot::GpuLimits& old = before.gpus[i];
        if (!holds(gpu.power_limit, old.power_limit) || !holds(gpu.core_lock, old.core_lock) ||
            !holds(gpu.mem_lock, old.mem_lock) || !holds(gpu.core_offset, old.core_offset) ||
            !holds(gpu.mem_offset, old.mem_offset))
            return true;
    }
    return false;
}

/// Whether the dwell protects the run of a machine now.
bool is_protected(const Step& step, gigaspot::HostId id) {
    const auto run = step.state.engine().run(id);
    return run && run->first_won && !run->has_worsened &&
           step.record.time - run->first_won->count() <
               step.state.settings.policy.dwell_min.count();
}

/// The machine of a record's account; answers an error if it is unknown or belongs to another.
bool owns(Step& step, std::uint64_t id) {
    const auto found = step.state.machines.find(id);
    if (found == step.state.machines.end()) {
        step.answer_error(404, 4, fmt::format("machine {} is not registered", id));
        return false;
    }
    if (found->second.account != step.record.account) {
        step.answer_error(403, 6, fmt::format("machine {} belongs to another account", id));
        return false;
    }
    return true;
}

/// Why a machine cannot be registered; empty if it can.
std::string objection(const Step& step, const gigaspot::PutHost& host) {
    const auto& known = step.state.settings.gpu_models;
    for (std::size_t i = 0; i < host.gpus.size(); ++i) {
        const gigaspot::GpuLimits& gpu = host.gpus[i];
        const std::string_view model = gpu.model == gigaspot::gpu_model_without_number
                                           ? std::string_view{}
                                           : step.state.market.names().name(gpu.model);
        if (std::find(known.begin(), known.end(), model) == known.end())
            return fmt::format("gpus[{}].model: {} is not on the market's list; use a model of the "
                               "list, or ask the market's operator to add it",
                               i, json_text(model));
    }
    const auto before = step.state.engine().host(host.id);
    if (before && is_protected(step, host.id) && can_end_run(host, *before))
        return "gpus, min_bid: the minimum dwell of this machine's run is not over, so ranges can "
               "only "
               "become wider and min_bid lower; try again when it is over";
    return {};
}

/// Reads a machine's document. Throws BadInput, and leaves the names as they were then.
auto read_machine(gigaspot::BasicCommandReader<>& reader, gigaspot::MarketNames& names,
                  const Registration& asked, std::int64_t time) {
    const auto mark = names.mark();
    auto read =
        reader.read(command_line(fmt::format(R"("op":"host","time":{},"id":{})", time, asked.id),
                                 asked.document),
                    names);
    if (!read) {
        names.forget_since(mark);
        throw_problem(read.error().problem);
    }
    return read;
}

}  // namespace

void need_form_of_machine(State& state, const Record& record) {
    gigaspot::MarketNames& names = state.market.names();
    const auto mark = names.mark();
    gigaspot::BasicCommandReader<> reader;
    static_cast<void>(read_machine(reader, names, registration_of(record.body), record.time));
    names.forget_since(mark);
}

void put_machine(Step& step) {
    const Registration asked = registration_of(step.record.body);
    const auto known = step.state.machines.find(asked.id);
    if (known != step.state.machines.end() && known->second.account != step.record.account)
        return step.answer_error(403, 6,
                                 fmt::format("machine {} belongs to another account", asked.id));
    gigaspot::MarketNames& names = step.state.market.names();
    const auto mark = names.mark();
    gigaspot::BasicCommandReader<> reader;
    const auto read = read_machine(reader, names, asked, step.record.time);
    const auto& host = std::get<gigaspot::PutHost>(read->command);
    if (const std::string why = objection(step, host); !why.empty()) {
        names.forget_since(mark);
        return step.answer_error(200, 6, why);
    }
    step.state.machines.try_emplace(asked.id, Machine{.account = step.record.account});
    if (const auto done = step.run(host); !done) {
        names.forget_since(mark);
        if (!step.state.engine().find_host(asked.id)) step.state.machines.erase(asked.id);
        return step.answer_error(200, 6, messages(done.error(), "id"));
    }
    step.outcome.hosts.push_back(asked.id);
    step.outcome.answer.body = fmt::format(R"({{"code":0,"id":{}}})", asked.id);
}

void remove_machine(Step& step) {
    const std::uint64_t id = registration_of(step.record.body).id;
    if (!owns(step, id)) return;
    static_cast<void>(step.run(gigaspot::RemoveHost{id}));
    step.state.machines.erase(id);
    step.outcome.hosts.push_back(id);
    step.outcome.answer.body = R"({"code":0})";
}

Beat Beat::of(std::string_view body) {
    const Registration report = registration_of(body);
    const Fields fields{report.document.empty() ? "{}" : report.document,
                        {"online", "on_demand_rented", "working_properly", "cached"}};
    Beat beat{.id = report.id};
    beat.online = fields.flag("online").value_or(true);
    beat.on_demand_rented = fields.flag("on_demand_rented").value_or(false);
    beat.working_properly = fields.flag("working_properly").value_or(true);
    beat.cached = fields.texts("cached");
    if (beat.cached) std::sort(beat.cached->begin(), beat.cached->end());
    return beat;
}

namespace {

/// Calls `take(bid, is_cached)` for each bid whose image has come or gone.
template <class Take>
void visit_changed_images(const State& state, const Beat& beat, Take take) {
    if (!beat.cached) return;
    static_cast<void>(state.engine().visit_bids_on(beat.id, [&](const gigaspot::BidState& bid) {
        const std::string& image = state.orders.at(bid.id.value).image;
        const bool is_there =
            image.empty() || std::binary_search(beat.cached->begin(), beat.cached->end(), image);
        if (is_there != bid.is_cached && !bid.is_cancelled) take(bid.id, is_there);
    }));
}

}  // namespace

bool is_news(const State& state, const Beat& beat) {
    const auto host = state.engine().host(beat.id);
    if (!host) return true;
    bool is_new = host->status !=
                  gigaspot::HostStatus{beat.online, beat.on_demand_rented, beat.working_properly};
    visit_changed_images(state, beat, [&](gigaspot::BidId, bool) { is_new = true; });
    return is_new;
}

void take_beat(Step& step) {
    const Beat beat = Beat::of(step.record.body);
    if (!owns(step, beat.id.value)) return;
    std::vector<std::pair<gigaspot::BidId, bool>> images;
    visit_changed_images(step.state, beat, [&](gigaspot::BidId bid, bool is_cached) {
        images.emplace_back(bid, is_cached);
    });
    std::sort(images.begin(), images.end());
    for (const auto& [bid, is_cached] : images)
        static_cast<void>(step.run(gigaspot::SetCached{bid, is_cached}));
    static_cast<void>(step.run(gigaspot::SetHostStatus{.id = beat.id,
                                                       .online = beat.online,
                                                       .on_demand_rented = beat.on_demand_rented,
                                                       .working_properly = beat.working_properly}));
    step.outcome.hosts.push_back(beat.id);
    step.outcome.answer.body = R"({"code":0})";
}

void set_offline(Step& step) {
    const std::uint64_t id = registration_of(step.record.body).id;
    static_cast<void>(step.run(gigaspot::SetHostStatus{.id = id, .online = false}));
    step.outcome.hosts.push_back(id);
    step.outcome.answer.body = R"({"code":0})";
}

}  // namespace market_server
