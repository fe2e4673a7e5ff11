"""Lists the deliberate bugs: what a careless change might break, and the tests that must see it."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Mutant:
    what: str
    header: str  # below include/gigaspot
    old: str  # occurs there exactly once
    new: str
    tests: tuple
    also: tuple = ()  # changes of other headers that the same bug makes: (header, old, new)


def of(header, *tests):
    return lambda what, old, new: Mutant(what, header, old, new, tests)


def in_save(what, written, instead, read, read_instead):
    """Returns a bug of the writer of a save and the same bug of its reader, so that the two agree."""
    return Mutant(what, "engine/save.hpp", written, instead, ("unit/engine/save",),
                  (("engine/market/restorer.hpp", read, read_instead),))


units = of("values/quantity.hpp", "unit/values/units")
decimal = of("base/decimal.hpp", "unit/base/decimal", "unit/values/units")
billing = of("rules/billing.hpp", "unit/rules/billing")
profit = of("rules/profit.hpp", "unit/rules/profit")
bounds = of("rules/price_bounds.hpp", "unit/rules/price_bounds", "unit/rules/validate")
validate = of("rules/validate.hpp", "unit/rules/validate")
packed = of("rules/packed.hpp", "unit/rules/packed", "properties/packed")
eligibility = of("rules/eligibility.hpp", "unit/rules/eligibility")
select = of("rules/select.hpp", "unit/rules/select")
rank = of("rules/rank.hpp", "unit/rules/rank")
quote = of("rules/quote.hpp", "unit/rules/quote")
rates = of("rules/rate_range.hpp", "unit/rules/rate_range")
keep = of("rules/keep.hpp", "unit/rules/keep")
cheapest = of("rules/cheapest.hpp", "unit/rules/cheapest")
answer = of("rules/answer.hpp", "unit/rules/answer")
explain = of("rules/explain.hpp", "unit/rules/explain", "model")
offer = of("rules/offer.hpp", "unit/rules/offer")
book = of("engine/store/book.hpp", "unit/engine/store/book", "model")
scan = of("engine/choice/scan.hpp", "unit/engine/choice/scan", "model")
best = of("engine/choice/best_bids.hpp", "unit/engine/choice/chooser", "model")
pending = of("engine/market/live_market.hpp", "scenarios/pending")
fees = of("engine/market/host_commands.hpp", "scenarios/rejections")
form = of("json/reader/command_form.hpp", "unit/json/replay_fields")
draft = of("json/reader/command_draft.hpp", "unit/json/replay_fields")
narrowing = of("engine/choice/best_bids.hpp", "unit/engine/choice/best_bids")
chooser = of("engine/choice/chooser.hpp", "unit/engine/choice/chooser", "model")
market = of("engine/market/live_market.hpp", "model")
closing = of("engine/market/close.hpp", "model")
bids = of("engine/market/bid_commands.hpp", "model")
hosts = of("engine/market/host_commands.hpp", "model")
stages = of("engine/market/stages.hpp", "model")
store = of("engine/store/store.hpp", "model")
index = of("engine/store/interval_index.hpp", "unit/engine/store/interval_index", "model")
ids = of("engine/store/id_index.hpp", "unit/engine/store/id_index")
order = of("engine/store/host_order.hpp", "model")
questions = of("engine/market/questions.hpp", "model", "unit/engine/engine")
gpus = of("engine/store/host_gpus.hpp", "unit/engine/store/host_gpus", "model")
restorer = of("engine/market/restorer.hpp", "unit/engine/market/restorer", "unit/engine/save")
engine = of("engine/engine.hpp", "allocation", "checked/promises")
run_command = of("engine/market/run_command.hpp", "unit/engine/engine", "allocation")
lists = of("base/list_view.hpp", "checked/promises")
config = of("base/config.hpp", "checked/promises")
replay = of("json/replay.hpp", "unit/json/replay")
states = of("engine/market/state_reader.hpp", "unit/engine/queries", "model")
command_text = of("json/command_text.hpp", "properties/command_text")
command_number = of("json/reader/command_number.hpp", "unit/json/replay_fields")
command_reader = of("json/command_reader.hpp", "unit/json/command_reader")
event_form = of("json/reader/event_form.hpp", "properties/event_text")
event_reader = of("json/event_reader.hpp", "unit/json/event_reader")
event_text = of("json/event_text.hpp", "unit/json/event_text")
market_fields = of("json/reader/market_fields.hpp", "unit/json/snapshot")
kind = of("json/document_kind.hpp", "unit/json/document_kind")
cursor = of("json/reader/cursor.hpp", "unit/json/reader/cursor")
fields = of("json/reader/fields.hpp", "unit/json/snapshot")
snapshot = of("json/snapshot.hpp", "unit/json/snapshot")
json_problem = of("json/reader/problem.hpp", "unit/json/command_reader")

mutants = [
    # --- Numbers (section 2) ---
    units("the limit itself is outside",
          "count >= min_count() && count <= Row::max",
          "count >= min_count() && count < Row::max"),
    units("a fraction above the maximum is inside",
          "(number.units == Row::max && !has_tail)",
          "number.units == Row::max"),
    units("digits below the unit are cut off in an order",
          "if (rounding == Rounding::exact && number->tail != detail::Tail::none)",
          "if (false)"),
    decimal("a tie is rounded up", "(tail == Tail::half && units % 2 != 0)", "tail == Tail::half"),
    decimal("a negative minimum rounds away from 0",
            "case Rounding::up: is_away_from_zero = tail != Tail::none && !negative; break;",
            "case Rounding::up: is_away_from_zero = tail != Tail::none; break;"),
    decimal("a maximum rounds towards 0",
            "case Rounding::down: is_away_from_zero = tail != Tail::none && negative; break;",
            "case Rounding::down: break;"),
    decimal("all tails are ties",
          "if (tail_first > 5 || (tail_first == 5 && tail_beyond_first))",
          "if (tail_first > 5)"),
    decimal("a minus sign is lost", "return negative ? -absolute : absolute;", "return absolute;"),
    decimal("a zero in front is allowed",
          "(parts.whole.size() > 1 && parts.whole[0] == '0')",
          "false"),
    decimal("the minus sign of an exponent is lost", "if (negative) parts.exponent = -parts.exponent;", ""),
    # --- Money (sections 4 and 8) ---
    profit("the fee is not deducted",
          "const std::int64_t kept = million - fee.count();",
          "const std::int64_t kept = million - 0 * fee.count();"),
    profit("the base power is not paid",
          "offer.power_limits.count() + host.base_power.count()",
          "offer.power_limits.count()"),
    profit("a day has 23 hours", "2'400'000'000", "2'300'000'000"),
    profit("a net rate is rounded up",
          "rate.count() % million * kept / million",
          "(rate.count() % million * kept + million - 1) / million"),
    billing("what is due is rounded down",
          "detail::ceil_div(sum, milliseconds_a_day)",
          "detail::floor_div(sum, milliseconds_a_day)"),
    billing("each charge is rounded separately",
          "sum_ += Int128{price.count()} * milliseconds;",
          "sum_ = Int128{due_} * milliseconds_a_day + Int128{price.count()} * "
          "milliseconds;"),
    billing("the fee of each charge is rounded separately",
          "fee_of(due_, fee) - fee_of(before, fee)",
          "fee_of(due_ - before, fee)"),
    billing("a day has 86,400 ms", "milliseconds_a_day = 86'400'000", "milliseconds_a_day = 86'400"),
    # --- Validation (section 3) ---
    validate("no profile is enough", "if (power == Power{}) {", "if (false) {"),
    validate("the card's minimum is outside",
          "} else if (power < limits.power_limit.min) {",
          "} else if (power <= limits.power_limit.min) {"),
    validate("the host's maximum is outside",
          "} else if (power > limits.power_limit.max) {",
          "} else if (power >= limits.power_limit.max) {"),
    validate("a setting without a range is allowed",
          "if (!range) return report(Violation{.code = codes.not_supported, .gpu = "
          "gpu});",
          "if (!range) return true;"),
    validate("a range's end is outside",
          "if (value > range->max) return",
          "if (value >= range->max) return"),
    validate("a price of 0 is allowed",
          "if (price == Price{}) return report(Violation{.code = "
          "Code::price_not_positive});",
          ""),
    validate("the host's minimum is ignored",
          "if (host_lowest && price.count() < *host_lowest)",
          "if (false)"),
    validate("the fast check forgets the market's maximum",
          "price >= policy.price_min && price <= policy.price_max)",
          "price >= policy.price_min)"),
    validate("the fast check forgets the market's minimum",
          "price >= policy.price_min && price <= policy.price_max)",
          "price <= policy.price_max)"),
    validate("the fast check forgets the host's minimum",
          "price > Price{} && price >= min_bid &&",
          "price > Price{} &&"),
    bounds("a limit in another currency is rounded down",
          "return detail::ceil_div(Int128{bound.count()} * main->count(), "
          "own->count());",
          "return detail::floor_div(Int128{bound.count()} * main->count(), "
          "own->count());"),
    bounds("the maximum price is rounded up",
          "return detail::floor_div(Int128{bound.count()} * main->count(), "
          "own->count());",
          "return detail::ceil_div(Int128{bound.count()} * main->count(), "
          "own->count());"),
    packed("an absent setting counts as a present one",
          "constexpr auto absent = static_cast<std::int32_t>(detail::absent_setting);",
          "constexpr auto absent = 0;"),
    packed("halves of odd watts are rounded the same way",
          "(watts + 1) / 2)} {}",
          "watts / 2)} {}"),
    packed("0 W counts as a power limit", "min.count() == 0 ? 1 : min.count()", "min.count()"),
    packed("the maximum is outside",
          "detail::setting_max - detail::above_lowest(range->max)",
          "detail::setting_max - detail::above_lowest(range->max) + 1"),
    # --- Eligibility (section 5) ---
    eligibility("a bid runs in the millisecond in which it expires",
          "conditions.now >= *offer.expiry",
          "conditions.now > *offer.expiry"),
    eligibility("a host that is rented may run bids",
          "if (status.on_demand_rented) return Code::host_on_demand_rented;",
          ""),
    eligibility("an invalid overclock is ignored",
          "if (!offer.is_overclock_valid) return Code::overclock_invalid;",
          ""),
    eligibility("a profit equal to the reserve is not enough",
          "profit->count() < conditions.policy.reserve.count()",
          "profit->count() <= conditions.policy.reserve.count()"),
    eligibility("the cache is never required",
          "conditions.policy.require_cached && !offer.is_cached",
          "false"),
    eligibility("the main currency needs no rate",
          "if (offer.currency != main_currency && !conditions.has_rate(main_currency))",
          "if (false)"),
    of("values/policy.hpp", "unit/values/policy", "unit/rules/eligibility")("a rate is too old a millisecond late",
          "now.count() - quoted.given.count() <= policy.rate_age_max->count()",
          "now.count() - quoted.given.count() <= policy.rate_age_max->count() + 1"),
    # --- Selection (section 6) ---
    select("the last of several equal bids wins",
          "return left.sequence < right.sequence;",
          "return left.sequence > right.sequence;"),
    select("the minimum profit wins",
          "return left.profit > right.profit;",
          "return left.profit < right.profit;"),
    select("an equal profit replaces",
          "if (shelter == Shelter::none) return lead > 0;",
          "if (shelter == Shelter::none) return lead >= 0;"),
    select("a lead equal to the margin is enough",
          "if (lead <= policy.switch_margin.count()) return false;",
          "if (lead < policy.switch_margin.count()) return false;"),
    select("the relative margin is ignored",
          "if (policy.switch_margin_ppm == Ppm{}) return true;", "return true;"),
    select("the margin of an incumbent at a loss is negative",
          "incumbent.count() < 0 ? -incumbent.count() : incumbent.count()",
          "incumbent.count()"),
    select("a dwell ends a millisecond late",
          "first_won->count() + conditions.policy.dwell_min.count() > "
          "conditions.now.count()",
          "first_won->count() + conditions.policy.dwell_min.count() >= "
          "conditions.now.count()"),
    select("an incumbent that has worsened stays protected",
          "if (!first_won || has_worsened) return Shelter::none;",
          "if (!first_won) return Shelter::none;"),
    rank("an incumbent does not rank before equal bids",
          "return left.is_incumbent;",
          "return right.is_incumbent;"),
    rank("bids that cannot win rank first",
          "return is_left_eligible;",
          "return !is_left_eligible;"),
    # --- Questions (section 10) ---
    quote("an equal price is enough",
          "(!rival || *at_price.profit > rival->profit)",
          "(!rival || *at_price.profit >= rival->profit)"),
    answer("an expired bid counts as compared",
           "if (reason == Code::bid_expired) ++expired;",
           ""),
    answer("answers are equal whatever they did not compare",
           "left == static_cast<const T&>(right) && left.not_compared == right.not_compared",
           "left == static_cast<const T&>(right)"),
    of("rules/select.hpp", "unit/rules/quote")(
        "a bid without a rate is skipped silently", "contest.not_compared.count(result.reason);", ""),
    rank("a cached bid without a rate counts as a candidate for the cache",
         "if (!conditions.policy.require_cached || offer.is_cached) continue;",
         "if (!conditions.policy.require_cached) continue;"),
    cheapest("the price per GPU is rounded down",
             "left.price->count() * divisor(right.gpus)",
             "left.price->count() / divisor(left.gpus) * divisor(left.gpus) * divisor(right.gpus)"),
    cheapest("a host where no price helps comes first",
             "return left.price.has_value();",
             "return right.price.has_value();"),
    cheapest("one GPU of the model is enough",
             "if (!(gpu.model == *request_.model)) return false;",
             "if (gpu.model == *request_.model) return true;"),
    cheapest("only the first GPU must allow the profile",
             "if (!detail::check_profile(profile, gpu, 0, report)) return false;",
             "return detail::check_profile(profile, gpu, 0, report);"),
    cheapest("bids of hosts that do not fit count as compared",
             "not_compared_ += quote.price.not_compared;",
             "not_compared_ = quote.price.not_compared;"),
    quote("a tick too much", "while (enough - too_low > 1) {", "while (enough - too_low > 2) {"),
    quote("the search begins a tick too low", "profit = UsdPerDay::unchecked(count + 1)",
          "profit = UsdPerDay::unchecked(count)"),
    quote("the search begins without the cost of power",
          "const Int128 income = profit.count() + cost.count();",
          "const Int128 income = profit.count();"),
    quote("the search begins with the smaller margin",
          "share > policy.switch_margin.count() ? share", "share < policy.switch_margin.count() ? share"),
    quote("a dwell is ignored",
          "if (incumbent && shelter == Shelter::dwell) return "
          "Unexpected{Code::incumbent_protected};",
          ""),
    quote("the owner's own incumbent stays the incumbent",
          "if (request_.owner && offer.owner == *request_.owner) return true;",
          ""),
    quote("only the first of the named bids is ignored",
          "if (id == offer.id) return true;",
          "return id == offer.id;"),
    quote("a bid with 0 W can be placed",
          "lowest += gpu.power_limit.min == Power{} ? 1 : gpu.power_limit.min.count();",
          "lowest += gpu.power_limit.min.count();"),
    rates("the range ends one too late",
          "range_.max = ExchangeRate::unchecked(*at - 1);",
          "range_.max = ExchangeRate::unchecked(*at);"),
    rates("the range begins one too early",
          "range_.min = ExchangeRate::unchecked(*at);",
          "range_.min = ExchangeRate::unchecked(*at - 1);"),
    rates("the winner's own reserve is ignored", "search.keep_eligible(*winning);", ""),
    explain("a challenger that wins must outbid itself",
            "return other.id == offer.id;",
            "return other.id != offer.id && false;"),
    explain("the winner gets advice to raise its price",
            "return lowest && *lowest < offer.price ? *lowest : offer.price;",
            "return lowest ? *lowest : offer.price;"),
    offer("a profile is not counted",
          "TotalPower::rep sum = 0;",
          "TotalPower::rep sum = profiles.empty() ? 0 : "
          "-profiles.front().power_limit.count();"),
    # --- The engine's memory ---
    book("a gap is not used again",
         "book.first_gap = (*this)[number].next_gap();",
         "book.first_gap = no_entry;"),
    book("a removed bid keeps its entry", "(*this)[number] = BookEntry::gap(book.first_gap);", ""),
    book("a returned block is lost", "next_[block] = free_;\n            free_ = block;", ""),
    book("the gaps of the last block are forgotten when gaps are closed",
         "make_gaps(book, to, place);", ""),
    book("a moved entry is not reported", "moved(entry, number_of(to, place));", ""),
    book("a copy forgets which blocks are free", "free_{other.free_} {", "free_{no_block} {"),
    scan("an end of an interval is rounded outwards",
          "const double bound = hi_meet * (1 - slack) - 2;",
          "const double bound = hi_meet * (1 + slack) + 2;"),
    scan("the lower end of an interval is rounded outwards",
          "const double bound = lo_meet * (1 + slack) + 2;",
          "const double bound = lo_meet * (1 - slack) - 2;"),
    scan("the last block is not scanned",
         "at != no_block;",
         "at != no_block && entries_.after(at) != no_block;"),
    scan("a price below the minimum is considered",
          "lowest_ = Doubles<lanes>{} + static_cast<double>(terms.price_min);",
          "lowest_ = Doubles<lanes>{};"),
    scan("a bid whose image is not cached is considered",
          "(terms.require_cached ? BookEntry::cached_mask : 0);",
          "0;"),
    scan("the next best bid in the same lane is not a rival",
          "best[lane] = next[lane];",
          "best[lane] = -infinity;"),
    scan("the bounds of a cost below 0 are on the wrong sides",
         "const double cost_slack = cost < 0 ? -slack : slack;",
         "const double cost_slack = slack;"),
    best("fewer watts count as cheaper where energy is below 0",
         "return host.energy_price < EnergyPrice{} ? entry.watts() >= other.watts()",
         "return false ? entry.watts() >= other.watts()"),
    best("a best bid that pays and draws more stays the best",
         "costs_no_more(host, after, before) && is_fresh(host) &&", "is_fresh(host) &&"),
    best("a better new bid is not noticed", "if (wins) set_top(host, entry);", ""),
    best("a new bid with an equal profit wins",
          "const bool wins = lead > 0 || (lead == 0 && sequence_of(entry) < "
          "sequence_of(top.entry));",
          "const bool wins = lead >= 0;"),
    best("the best bid is removed but remembered", "if (host.top.entry.bid() == bid) forget(host);", ""),
    best("an edit that worsens the best bid is ignored",
          "if (!is_better) return forget(host);",
          ""),
    best("an interval is not found when the rate has moved",
         "if (was_left_by_rate && host.is_at_rate) find_interval(host);", ""),
    best("the interval of the previous best bid counts as known",
         "host.is_at_rate = is_in_main && best.bid() != no_slot;", "host.is_at_rate = false;"),
    best("new bids do not narrow the interval",
          "narrow_by_rival(host, wins ? entry : top.entry, wins ? top.entry : entry, top.interval);",
          ""),
    best("an interval is kept although bids in other currencies arrive",
          "if (host.foreign != 0) top.interval = {state_.rates.main(), "
          "state_.rates.main()};",
          ""),
    chooser("an incumbent below the reserve continues",
          "if (!is_choosable(host, incumbent) || its_profit < reserve()) {",
          "if (!is_choosable(host, incumbent)) {"),
    best("a change of the energy price is not noticed",
          "        host.top.interval = Interval::none();\n", ""),
    best("the next best bid gets the id of the previous one",
          "host.has_top_id = host.has_top_holder = false;", "host.has_top_holder = false;"),
    best("the next best bid gets the owner of the previous one",
          "host.has_top_id = host.has_top_holder = false;", "host.has_top_id = false;"),
    best("a bid in the place of the best one gets its owner",
          "host.has_former = host.has_top_holder = false;", "host.has_former = false;"),
    best("a best bid that returns does not find its account",
          "if (top->entry.bid() == bid) top->holder.account = account;", ""),
    best("the best bid does not find its account",
          "if (host.top.entry.bid() == bid) host.top_account = account;", ""),
    best("an older best bid gets the holder of the last one",
          "if (found != &former.last) std::swap(former.last, former.older);",
          "if (found != &former.last) {\n            std::swap(former.last, former.older);\n"
          "            std::swap(former.last.holder, former.older.holder);\n        }"),
    best("the owner of a best bid that returns is lost",
          "former.owner = next.owner;", ""),
    chooser("a run above the reserve at this rate counts as above it at every rate",
            "return its_profit - "
            "Int128{entry.price().count()} * (state_.rates.main() - rate) >=",
            "return its_profit >="),
    best("the best bid is remembered with the interval of the next",
         "former.last = {host.top.entry, host.top.interval, top_holder(slot, host, former)};",
         "former.last = {host.top.entry, {}, top_holder(slot, host, former)};"),
    of("engine/store/host_order.hpp", "unit/engine/choice/chooser")(
        "a host that is listed twice counts as sorted",
        "next = std::uint64_t{rank} + 1;", "next = rank;"),
    chooser("a walk over hosts omits one",
            "if (is_due(last)) act(hosts[last]);",
            "if (is_due(last) && last != 0) act(hosts[last]);"),
    of("engine/store/pending_edits.hpp", "allocation")(
        "a copy has no room for an edit", "list.reserve(other.list.capacity());", ""),
    of("engine/store/bid_pool.hpp", "allocation")(
        "wider records count as room for any bid",
        "if (block.width >= width && block.width <= widest)", "if (block.width >= width)"),
    of("engine/store/host_order.hpp", "unit/engine/engine")(
        "a list that was moved from keeps its order",
        "in_order_{std::exchange(other.in_order_, 0)}", "in_order_{other.in_order_}"),
    engine("an engine is assigned part by part",
           "return *this = BasicEngine{other};",
           "stages_ = other.stages_; events_.clear(); return *this;"),
    run_command("a close that is rejected makes room for its events",
                "stages.is_in_time(now) ? close_events_max(market, now) : 1",
                "close_events_max(market, now)"),
    run_command("room for the events of a removed host is not made",
                "events_of_one + (slot == no_slot ? 0 : market.store.hosts[slot].book.bids)",
                "events_of_one"),
    of("engine/market/bid_commands.hpp", "unit/engine/choice/chooser")(
        "caching is considered where it decides nothing",
        "market.conditions.policy.require_cached && ", ""),
    replay("a truncated save is reported as a save of other types", "words.rest()",
           "bytes.last(words.left() * 8)"),
    replay("models without names are accepted",
           "detail::models_used(replay.engine_) <= models.size();", "true;"),
    replay("too many GPUs are reported as a name that is too long",
           "(unit == Unit::none || unit == Unit::currency)", "true"),
    replay("a late time is judged after other numbers",
           "if (late.code != Code::none) {", "if (late.code == Code::time_too_far) {"),
    replay("every line counts as a command", "if (reader_.has_known_op()) ", ""),
    command_text("the owner of a cancel is not written",
                 "put_id(\"id\", command.id);\n        if (command.owner) put_id(\"owner\", *command.owner);\n"
                 "    }\n    template <class Traits>\n    void put_fields(const BasicRevokeBid",
                 "put_id(\"id\", command.id);\n    }\n    template <class Traits>\n    void put_fields(const BasicRevokeBid"),
    command_text("a range is written from its maximum down",
                 "put_count(range.min);\n        out_.put(\",\");\n        put_count(range.max);",
                 "put_count(range.max);\n        out_.put(\",\");\n        put_count(range.min);"),
    command_text("an edit with an empty list of profiles is written as one without a list",
                 "if (command.overclock) put_overclock(*command.overclock);",
                 "if (command.overclock && !command.overclock->empty()) put_overclock(*command.overclock);"),
    command_text("flags that are false are not written", "if (!flag) return;",
                 "if (!flag || !*flag) return;"),
    command_reader("the op is taken for known before it is",
                   "draft_.clear();\n        has_op_ = false;", "draft_.clear();\n        has_op_ = true;"),
    command_reader("a number problem loses the time of its command",
                   "CommandProblem{*std::move(problem), draft_.time}", "CommandProblem{*std::move(problem), {}}"),
    event_text("a bid's unknown host is named as its id",
               "if constexpr (requires { command.host; }) host_field = \"host\";", ""),
    event_text("money is written as a number",
               "const std::string_view quote = is_decimal ? \"\\\"\" : \"\";",
               "const std::string_view quote = \"\";"),
    json_problem("the limit is the other end of the range",
                 "is_below ? lowest.view() : highest.view()", "is_below ? highest.view() : lowest.view()"),
    json_problem("a negative number that is too large is above the range",
                 "(number->negative || (!number->too_large && number->units < row.min))",
                 "(!number->too_large && (number->negative || number->units < row.min))"),
    of("engine/store/owner_counts.hpp", "unit/engine/store/owner_counts")(
        "a count of owners' bids overflows",
        "if (at_most(bits, width) != SIZE_MAX) words_[at.word] +=", "words_[at.word] +="),
    of("engine/store/store.hpp", "unit/engine/engine")(
        "only one of several owners that share a count is counted",
        "host.owners.set(bits, owners_width, together);",
        "host.owners.set(bits, owners_width, count);"),
    of("engine/store/store.hpp", "unit/engine/engine")(
        "owners share a count only if all bits of their hashes agree",
        "if (!OwnerCounts::are_counted_together(entry.owner_bits(), bits, owners_width))\n"
        "                continue;",
        "if (!entry.may_be_of(tag)) continue;"),
    of("engine/store/store.hpp", "unit/engine/engine")(
        "a count at its maximum never goes down",
        "host.owners.set(bits, owners_width, together);", ""),
    of("engine/market/run_command.hpp", "checked/promises")(
        "a command leaves earlier events good", "    take_back(lender);\n", ""),
    lists("a place in a list does not look whether the list is lent",
          "        detail::check_lent(loan_);\n        return at_;",
          "        return at_;"),
    lists("a moved engine's events are good", "++other.commands; }", "}"),
    lists("a sink may use its engine", "lender.is_in_use = true;", ""),
    of("engine/engine.hpp", "checked/promises")(
        "events of before a reserve are good",
        "        detail::take_back(lender_);\n        detail::make_room", "        detail::make_room"),
    of("values/event.hpp", "unit/values/event")(
        "handles of one bid are unequal if their hints differ",
        "left.slot == right.slot && left.generation == right.generation",
        "left.slot == right.slot && left.generation == right.generation && left.entry == right.entry"),
    of("engine/store/interval_index.hpp", "unit/engine/store/interval_index")(
        "a common interval misses the last slot of a block",
        "for (std::size_t i = 0; i < block_size; ++i) intersect",
        "for (std::size_t i = 0; i + 1 < block_size; ++i) intersect"),
    gpus("the limits of previous GPUs remain", "kept.limits.clear();", ""),
    index("a slot outside its interval is skipped",
          "if (!intervals[i].contains(number)) found",
          "if (intervals[i].lo > number) found"),
    index("a block does not include a new interval",
          "intersect(block.common, interval);",
          ""),
    ids("a search never ends", "} while (at != begin);", "} while (true);"),
    ids("an erased id hides the ids after it",
          "            --bucket.passed;",
          "            bucket.passed = 0;"),
    order("a host is visited twice, or out of order",
          "marked_[rank / 64] |= std::uint64_t{1} << (rank % 64);",
          "marked_[slot / 64] |= std::uint64_t{1} << (slot % 64);"),
    order("new hosts come last, whatever their id",
          "const bool is_new_last =\n                in_order_ == 0 || "
          "is_before(order_[in_order_ - 1], merging_.back());",
          "const bool is_new_last = true;"),
    # --- Commands and closes (sections 7, 9 and 11) ---
    stages("time may go back", "return step >= 0 && step <= ", "return step <= "),
    stages("a rejected command moves the clock",
          "void put_clock_back() { market_.conditions.now = "
          "market_.clock.value_or(Timestamp{}); }",
          "void put_clock_back() {}"),
    stages("anybody may cancel",
          "if (owner && *owner != market.store.bids.details(bid).owner)",
          "if (false)"),
    stages("a bid with a pending cancel can be edited",
          "if (market.is_leaving(at) && !may_be_leaving) return reject(attempt, "
          "Code::bid_unknown);",
          ""),
    bids("two bids can have one id",
          "if (store.find_bid(command.id) != no_slot) return stages.reject(attempt, "
          "Code::bid_exists);",
          ""),
    bids("an offline host accepts bids",
          "if (!host.status.is_available() && "
          "!market.conditions.policy.queue_unavailable)",
          "if (false)"),
    bids("an edit keeps its place in the queue",
          "edit.sequence = ++market.sequence;",
          "edit.sequence = at.bid.sequence;"),
    bids("an edit of a run takes effect at once",
          "if (at.is_running()) {\n            auto& run",
          "if (false) {\n            auto& run"),
    bids("a cancel ends the run at once",
          "run.is_cancelled = true;",
          "market.revoke(at.slot, sink); return;"),
    bids("a rental length counts as milliseconds",
          "std::int64_t{longest.count()} * 1'000",
          "std::int64_t{longest.count()}"),
    bids("an owner may have one bid too many",
          "if (of_owner > most.bids_per_owner)", "if (of_owner > most.bids_per_owner + 1)"),
    hosts("a fee can change",
          "if (is_fixed && command.fee && *command.fee != quoted.fee)",
          "if (false)"),
    hosts("a close may come a millisecond early",
          "if (now.count() < soonest)",
          "if (now.count() < soonest - 1)"),
    hosts("a run continues although its profile is no longer allowed",
          "if (run.bid != no_slot && !store.entry(run.bid).is_overclock_valid())",
          "if (false)"),
    hosts("a host that goes offline keeps its run",
          "if (reason != Code::none && market.store.runs[slot].bid != no_slot)",
          "if (false)"),
    hosts("a removed host's run is not charged",
          "market.charge(run, sink);\n            "
          "market.stop(slot, market.store.hosts[slot], run, Code::host_removed, sink);",
          "market.stop(slot, market.store.hosts[slot], run, Code::host_removed, sink);"),
    market("a run starts with a new account",
          "run.account = Account{store.billed(holder.account)};",
          "run.account = Account{};"),
    closing("an edit that worsens the bid keeps the protection",
          "run.has_worsened = true;",
          "run.has_worsened = false;"),
    closing("a run counts as having won only from its second close",
          "if (!run.has_won) run.set_first_won(market_.conditions.now);",
          ""),
    closing("expired bids are not removed",
            "expiry <= market_.conditions.now.count() || is_cancelled", "is_cancelled"),
    closing("bids in other currencies are ignored when their rate moves",
          "                               host.foreign != 0);",
            "                               false);"),
    market("no bid starts between closes",
          "if (conditions.policy.refill == Refill::at_once) refill_at_once",
          "if (false) refill_at_once"),
    closing("a close does not charge",
            "if (store_.runs[host].bid != no_slot) market_.charge(store_.runs[host], sink_);", ""),
    questions("the reserve is ignored between closes",
          "if (profit < market.conditions.policy.reserve.count()) return {};",
          ""),
    questions("an expired bid is still chosen", " || now >= host.first_expiry)", ")"),
    questions("the margins are ignored between closes",
          "if (host.running != no_slot && host.running != best.bid())\n        return "
          "choice_beside_run(market, slot);",
          ""),
    questions("an unavailable host chooses", "if (!host.status.is_available()) return {};", ""),
    questions("a cancelled bid is considered", "if (runs && run.is_cancelled) continue;", ""),
    # --- Saved markets ---
    restorer("a restored market accepts handles of the saved one",
          "stages.market.store.first_generation = static_cast<std::uint32_t>(checksum.get());",
          ""),
    keep("the protection does not return with the price that is in force",
         "contest.shelter_at(price)",
         "contest.shelter"),
    keep("a lower price keeps the protection",
         "contest.shelter_at(price)",
         "contest.unworsened"),
    keep("the price in force must be a multiple of the tick",
         "        consider(in_force);",
         "        static_cast<void>(consider);"),
    keep("a price in force that the market would reject is an answer",
         "in_force <= highest_price(offer.currency, conditions)",
         "in_force <= Price::highest()"),
    quote("a GPU that allows only 0 W accepts a bid",
          "if (gpu.power_limit.max == Power{}) return false;",
          ""),
    questions("a pending lower price does not worsen the run",
              "if (edit.price != entry.price()) next.run->price_in_force = entry.price();",
              ""),
    select("a price below the price in force keeps the protection",
           "return price < in_force ? Shelter::none : unworsened;",
           "return unworsened;"),
    restorer("a save may have more bids than commands",
             "if (market_.sequence > taken) words_.fail();", ""),
    restorer("a save may have more rejected commands than commands",
             "stages_.rejections[code] = words_.get_at_most(taken);",
             "stages_.rejections[code] = words_.get();"),
    restorer("a count of commands may be as large as it likes",
             "counts_max = std::uint64_t{1} << 53", "counts_max = ~std::uint64_t{0}"),
    replay("names need not be UTF-8", "if (!simdjson::validate_utf8(name)) return false;", ""),
    restorer("codes may be in any order", "if (code < first_free || ", "if ("),
    restorer("a billed sum may be negative",
          "if (billed >= 0 && billed <= most) return billed;",
          "if (billed <= most) return billed;"),
    restorer("two bids may have the same sequence number",
          "if (std::adjacent_find(sequences_.begin(), sequences_.end()) != "
          "sequences_.end())",
          "if (false)"),
    restorer("a run may be charged into the future",
          "if (run.charged > market_.conditions.now || run.charged < market_.last_close"
          " ||",
          "if (run.charged < market_.last_close ||"),
    restorer("a bid may be placed in the future",
             "placed > market_.conditions.now || length < second", "length < second"),
    restorer("a bid may last longer than 20 days", "length > longest ||", ""),
    restorer("a bid may last no time", "length < second", "length < 0"),
    restorer("a bid may last a part of a second", "length % second != 0", "false"),
    restorer("a run may start before its bid is placed",
             "started < market_.store.bids.details(bid).placed || ", ""),
    restorer("a run may be charged up to a time before it starts", "run.charged < started ||", ""),
    restorer("a run may win a close before it starts",
             "(run.has_won && run.first_win < started)", "false"),
    restorer("bytes may follow the end of a save",
          "if (words_.is_wrong() || !words_.is_at_end()) return Code::save_damaged;",
          "if (words_.is_wrong()) return Code::save_damaged;"),
    config("a broken promise is reported, and the program continues",
           "    std::abort();",
           "    std::exit(0);"),
    config("a broken promise is reported as another one",
           "::gigaspot::detail::assertion_failed(#promise, __FILE__, __LINE__))",
           "::gigaspot::detail::assertion_failed(\"\", __FILE__, __LINE__))"),
    engine("any number of bids is accepted as a limit",
           "GIGASPOT_ASSERT(limits.bids <= gigaspot::limits::bids_max);",
           ""),
    # --- What a live market is asked about bids and runs ---
    states("the bill of a running bid is that of its earlier runs",
           "state.billed = run.account.due();",
           "state.billed = Account{store_.billed(record.account)}.due();"),
    states("what has accrued is rounded by itself", "Account account = run.account;",
           "Account account;"),
    states("what has accrued is counted from the start of the run",
           "market_.conditions.now.count() - run.charged.count()",
           "market_.conditions.now.count() - store_.starts[record.host].count()"),
    states("a cancel that waits is not shown", "state.is_cancelled = run.is_cancelled;", ""),
    states("an edit that waits is shown with the number of the terms in force",
           ".sequence = edit.sequence,", ".sequence = record.sequence,"),
    states("profiles of an edit are those in force",
           "return unpack<Traits>(store_.edits.profiles(host));", "return overclock(slot);"),
    states("a waiting bid has the edited profiles of the run beside it",
           "if (run.bid != slot || !run.has_edit())", "if (!run.has_edit())"),
    states("the profit of a run is without the base power",
           "electricity_cost(power_draw, host.energy_price)",
           "electricity_cost(PowerDraw::unchecked(power_limits.count()), host.energy_price)"),
    states("the profit of a run is before the fee", "net_rate_count(*rate, fee)",
           "net_rate_count(*rate, Ppm{})"),
    states("a removed host is visited", "if (host.is_used) visit(", "visit("),
    states("the bids of an owner are those of all",
           " && store_.bids.details(slot).owner == owner", ""),
    of("engine/market/live_market.hpp", "unit/engine/queries", "model")(
        "a run keeps the start of the one before it",
        "store.starts[slot] = conditions.now;",
        "if (store.starts[slot] == Timestamp{}) store.starts[slot] = conditions.now;"),
    of("engine/store/store.hpp", "unit/engine/queries")(
        "a copy forgets when its runs started",
        "starts{other.starts, arena_}", "starts{allocator_}"),
    of("engine/market/bid_commands.hpp", "unit/engine/queries", "model")(
        "it is not noted when a bid was placed", ".placed = now},", "},"),
    of("engine/states.hpp", "unit/engine/states")(
        "a close charges from the start of the run",
        "time.count() - charged.count()", "time.count() - started.count()"),
    of("engine/states.hpp", "unit/engine/states")(
        "a close rounds each charge by itself", "Account after = account;", "Account after;"),
    of("engine/states.hpp", "checked/promises")(
        "a charge may be asked for before the last one", "GIGASPOT_ASSERT(time >= charged);", ""),
    of("engine/queries.hpp", "unit/engine/queries", "model")(
        "bids without a rate count as compared",
        "return gigaspot::not_compared(next->host, next->bids(), next->conditions);",
        "NotCompared found;\n"
        "        for (const auto& offer : next->bids())\n"
        "            found.expired += offer.expiry && *offer.expiry < next->conditions.now ? 1 : 0;\n"
        "        return found;"),
    lists("a visitor may change the engine", "if (lender.visits != 0)", "if (false)"),
    of("engine/queries.hpp", "checked/promises")(
        "a visit of all bids does not say that it is under way",
        "        const detail::LenderVisited visited{lender_};\n        states().visit_bids(visit);",
        "        states().visit_bids(visit);"),
    restorer("a restored run started when the market was saved",
             "market_.store.starts[host] = started;", ""),
    # --- Neighbours swapped, ends of ranges, and leftovers ---
    narrowing("a new bid meets the best at a rate that is too low",
              "more / static_cast<double>(price_lead);",
              "more / static_cast<double>(price_lead) * (1 - 1e-12);"),
    narrowing("a new bid meets the best at a rate that is too high",
              "more / static_cast<double>(price_lead);",
              "more / static_cast<double>(price_lead) * (1 + 1e-12);"),
    narrowing("a new bid narrows the other end of the interval",
              "price_lead > 0 ? meet : -infinity, price_lead > 0 ? infinity : meet,",
              "price_lead > 0 ? -infinity : meet, price_lead > 0 ? meet : infinity,"),
    form("a GPU's mem_offset is named core_offset",
         "read_range<&Gpu::mem_offset, 5>", "read_range<&Gpu::mem_offset, 4>"),
    form("a GPU's core_offset is read as its mem_lock",
         "read_range<&Gpu::mem_lock, 3>", "read_range<&Gpu::core_offset, 3>"),
    form("the end of a range is not named", "place.end = static_cast<std::uint32_t>(end);", ""),
    form("a bid's owner is named host",
         '{"owner", true, read_id<&Draft::owner, 4>}', '{"owner", true, read_id<&Draft::owner, 3>}'),
    form("an edit's owner is checked before its profiles",
         "read_id<&Draft::owner, 5>", "read_id<&Draft::owner, 3>"),
    form("a bid's profiles are named price", "read_overclock<7>", "read_overclock<5>"),
    form("a profile's mem_offset is read as its core_offset",
         "read_setting<&Profile::mem_offset, 4>", "read_setting<&Profile::core_offset, 4>"),
    form("a host's base_power is named max_rental_length",
         "read_number<&Draft::base_power, 5>", "read_number<&Draft::base_power, 6>"),
    form("a host's GPUs are named max_rental_length",
         "read_gpus<10>", "read_gpus<6>"),
    form("a rate is named fee_ppm",
         "draft.problems, {.field = 3}, amount", "draft.problems, {.field = 4}, amount"),
    command_number("an energy price is not rounded",
         "std::is_same_v<Q, ExchangeRate> || std::is_same_v<Q, EnergyPrice>", "std::is_same_v<Q, ExchangeRate>"),
    command_number("all numbers of a command are rounded",
         "return is_measured ? Rounding::half_even : Rounding::exact;", "return Rounding::half_even;"),
    of("json/reader/command_form.hpp", "unit/json/command_reader")(
        "an unknown field of a GPU is ignored", "UnknownFields::rejected_unless_x);", "UnknownFields::ignored);"),
    of("json/reader/command_form.hpp", "unit/json/replay")(
        "a bid adds the name of its currency",
        "known = context.names.find_currency(name)", "known = context.names.find_or_add_currency(name)"),
    command_reader("a misspelt field of a command is ignored",
                   "detail::UnknownFields::rejected_unless_x", "detail::UnknownFields::ignored"),
    of("json/reader/fields.hpp", "unit/json/command_reader")(
        "a field of the sender needs no underscore", 'name.starts_with("x_")', 'name.starts_with("x")'),
    of("json/reader/fields.hpp", "unit/json/command_reader")(
        "a profile may have a field of the sender",
        "unknown == UnknownFields::rejected_unless_x && name", "name"),
    of("json/reader/id_reader.hpp", "unit/json/id_text")(
        "an id may be larger than its type", "if (number.count() > id_max<AnyId>())", "if (false)"),
    of("json/reader/id_reader.hpp", "unit/json/replay_ids")(
        "a wrong text is the id 0", "if (!read)\n        return context.fail(", "if (false)\n        return context.fail("),
    of("json/reader/command_number.hpp", "unit/json/replay_ids")(
        "a setting of another type is lost", "if (problem == Code::none) setting = Setting{frequency};", ""),
    form("a bid's host is read as its id", '{"host", true, read_id<&Draft::host, 3>}', '{"host", true, read_id<&Draft::bid, 3>}'),
    of("json/text/buffer.hpp", "unit/json/id_text")(
        "an id that is a string has no escapes", "out.put_json(text);\n    } else",
        'out.put("\\"");\n        out.put(text);\n        out.put("\\"");\n    } else'),
    event_form("the fee of a charge is read as its amount",
               '{"fee", true, read_amount<&Event::fee>}', '{"fee", true, read_amount<&Event::amount>}'),
    event_form("the code of a reason is the next one", "code = named.code;",
               "code = static_cast<Code>(static_cast<int>(named.code) + 1);"),
    event_form("money of a reason is a number", "reason.is_decimal = true;", ""),
    event_form("the GPU of a reason is lost", '{"gpu", false, read_gpu},', ""),
    event_reader("a rejected command has no time", "draft_.rejected.time = draft_.event.time;", ""),
    event_reader("a wrong line leaves the name of its currency", "names.forget_since(mark);", ""),
    event_reader("reasons of the previous line remain", "draft_.rejected.reasons.clear();", ""),
    event_reader("an event keeps fields of the previous line", "draft_.event = {};", ""),
    replay("a line of a byte-order mark alone is a command", "detail::without_utf8_mark(line).find_first_not_of",
           "line.find_first_not_of"),
    draft("the first wrong number of the text counts", "if (place < place_) {", "if (!problem_) {"),
    of("json/command_reader.hpp", "unit/json/replay_fields")(
        "a host_status reads two flags as each other",
        ".on_demand_rented = draft_.on_demand_rented,\n"
        "                                              .working_properly = draft_.working_properly",
        ".on_demand_rented = draft_.working_properly,\n"
        "                                              .working_properly = draft_.on_demand_rented"),
    # --- Questions of a live market about prices (section 10) ---
    of("engine/market/questions.hpp", "unit/engine/engine_questions")(
        "a search ignores the condition of the caller",
        "if (!search.includes(host) || !wanted(host)) continue;", "if (!search.includes(host)) continue;"),
    of("engine/market/questions.hpp", "unit/engine/engine_questions")(
        "a search sees no run", "search.add(host, next.bids(), next.run);", "search.add(host, next.bids());"),
    of("engine/queries.hpp", "unit/engine/engine_questions")(
        "price_to_keep has steps of its own",
        "return gigaspot::price_to_keep(next->host, next->bids(), next->conditions, next->run, tick);",
        "return gigaspot::price_to_keep(next->host, next->bids(), next->conditions, next->run);"),
    # --- Documents (sections 2 and 12) ---
    market_fields("the minimum of a range rounds half to even",
                  "end == 0 ? Rounding::up : Rounding::down",
                  "end == 0 ? Rounding::half_even : Rounding::down"),
    market_fields("the maximum of a range rounds half to even",
                  "end == 0 ? Rounding::up : Rounding::down",
                  "end == 0 ? Rounding::up : Rounding::half_even"),
    kind("a saved market is taken for text", 'if (text.starts_with("gpsnames")) return saved_market;', ""),
    kind("one zero makes a text UTF-16", "if (zeros == 0b0101 || zeros == 0b1010) return utf16;",
         "if (zeros != 0) return utf16;"),
    kind("brackets in strings count", "                at = end_of_string(at);", "                ++at;"),
    kind("a backslash does not protect a quote", "            if (rest_[at] == '\\\\') {\n                ++at;",
         "            if (rest_[at] == '\\\\') {\n                at += 0;"),
    snapshot("an object without a machine is an empty market",
             "if (known.has_machine || snapshot.skipped.empty()) return Code::none;", "return Code::none;"),
    snapshot("a rejected document leaves its names behind", "        names.forget_since(names_before);\n", ""),
    cursor("a mark in front is read as a value", "        begin_ = size_of_mark();\n    }\n\n    JsonText() = default;",
           "    }\n\n    JsonText() = default;"),
    fields("a field that no rule uses skips its machine",
           "if (problem != Code::none && field.is_noted) problem = context.add_note();", ""),
    snapshot("a skipped bid leaves its currency behind", "    context.names.forget_since(place.names);\n", ""),
    snapshot("a note on a skipped bid remains", "    context.forget_notes_of_item();\n", ""),
    snapshot("two bids with one id are kept",
             "if (known != nullptr && problem == Code::none && !known->insert(bid.id).second)", "if (false)"),
    snapshot("a machine that is skipped leaves its bids behind", "    snapshot.bids.resize(mark.bids);\n", ""),
    snapshot("a minimum bid rounds half to even",
             "draft.machine.host.min_bid, value, Rounding::up",
             "draft.machine.host.min_bid, value, Rounding::half_even"),
    draft("an environment remains from the previous line", "        environment.clear();", ""),
    draft("the flag for profiles remains from the previous line",
          "        static_cast<CommandFields<Traits>&>(*this) = {};",
          "        const bool kept = this->has_overclock;\n"
          "        static_cast<CommandFields<Traits>&>(*this) = {};\n        this->has_overclock = kept;"),
    draft("a fee remains from the previous line",
          "        static_cast<CommandFields<Traits>&>(*this) = {};",
          "        const auto kept = this->fee;\n"
          "        static_cast<CommandFields<Traits>&>(*this) = {};\n        this->fee = kept;"),
    of("json/command_reader.hpp", "unit/json/replay_fields")(
        "a line is read without clearing the previous one", "        draft_.clear();\n", ""),
    validate("a mem_offset is compared with the range of the core_offset",
             "check_setting(\n               profile.mem_offset, limits.mem_offset,",
             "check_setting(\n               profile.mem_offset, limits.core_offset,"),
    validate("the fast check compares a mem_offset with the range of the core_offset",
             "below_0_outside(profile.mem_offset, limits.mem_offset)",
             "below_0_outside(profile.mem_offset, limits.core_offset)"),
    validate("the fast check compares a mem_lock with the range of the core_lock",
             "below_0_outside(profile.mem_lock, limits.mem_lock)",
             "below_0_outside(profile.mem_lock, limits.core_lock)"),
    validate("the fast check compares a core_offset with the range of the mem_offset",
             "below_0_outside(profile.core_offset, limits.core_offset)",
             "below_0_outside(profile.core_offset, limits.mem_offset)"),
    of("rules/packed.hpp", "unit/rules/packed")(
        "a mem_offset is compared with the maximum of the core_offset",
        "free_above(gpu.core_offset), free_above(gpu.mem_offset)",
        "free_above(gpu.core_offset), free_above(gpu.core_offset)"),
    of("rules/packed.hpp", "unit/rules/packed")(
        "a mem_offset is compared with the minimum of the core_offset",
        "min_of(gpu.core_offset), min_of(gpu.mem_offset)",
        "min_of(gpu.core_offset), min_of(gpu.core_offset)"),
    quote("a price counts as helpful in the millisecond in which a bid expires",
          "conditions.now >= *offer.expiry", "conditions.now > *offer.expiry"),
    quote("the market's maximum is not converted to the bid's currency",
          "conditions.policy.price_max, currency, conditions",
          "conditions.policy.price_max, main_currency, conditions"),
    quote("a price may be above the maximum of all prices",
          "if (count > Price::highest().count()) return Price::highest();", ""),
    quote("the market's maximum is rounded up to a tick",
          "highest_price(offer.currency, conditions).count() / tick.count();",
          "(highest_price(offer.currency, conditions).count() + tick.count() - 1) / tick.count();"),
    quote("a quote ignores the minimums",
          "return at_price.is_eligible() && (!rival", "return at_price.profit && (!rival"),
    pending("the next run is cancelled like the previous one",
            "        run.is_cancelled = false;\n", ""),
    pending("the next run gets the edit of the previous one",
            "        store.edits.drop(run);\n", ""),
    of("engine/market/close.hpp", "scenarios/pending")(
        "a close keeps the bids that expire in its millisecond",
        "expiry <= market_.conditions.now.count()", "expiry < market_.conditions.now.count()"),
    of("engine/store/store.hpp", "scenarios/pending")(
        "a close checks expiries a millisecond late",
        "{Interval::all().lo, time - 1}", "{Interval::all().lo, time}"),
    of("engine/market/questions.hpp", "unit/engine/engine_questions")(
        "a bid is still chosen in the millisecond in which it expires",
        "now >= host.first_expiry", "now > host.first_expiry"),
    of("engine/choice/best_bids.hpp", "scenarios/refill")(
        "a host that is refilled in the millisecond of an expiry trusts its best bid",
        "state_.conditions.now.count() < host.first_expiry",
        "state_.conditions.now.count() <= host.first_expiry"),
    of("engine/choice/best_bids.hpp", "scenarios/refill")(
        "a host is refilled with a bid in the millisecond in which it expires",
        "expiry > state_.conditions.now.count()", "expiry >= state_.conditions.now.count()"),
    fees("a first rate without a fee does not fix the fee",
         "market.is_named[number] = true;",
         "market.is_named[number] = command.fee.has_value();"),
    fees("a first rate that is null does not fix the fee",
         "market.is_named[number] = true;",
         "market.is_named[number] = command.usd.has_value();"),
    of("engine/market/bid_commands.hpp", "scenarios/rejections")(
        "a bid can be in any currency of the table",
        "if (!market.has_currency(command.currency))",
        "if (command.currency.number >= limits::currencies_max)"),
    of("engine/market/live_market.hpp", "scenarios/rejections")(
        "the main currency must be named too",
        "if (currency == main_currency) return true;", ""),
    restorer("a saved bid can be in any currency of the table",
             "if (!market_.has_currency(Currency{currency})) words_.fail();", ""),
    restorer("a saved currency that was never named can have a rate",
             "if (!is_named && quoted != QuotedRate{}) words_.fail();", ""),
    fees("a later rate without a fee makes it 0",
         "if (!is_fixed) quoted.fee", "if (!is_fixed || !command.fee) quoted.fee"),
    in_save("worsened and cancelled are swapped, in writer and reader",
            "words_.put(run.has_worsened ? 1 : 0);\n        words_.put(run.is_cancelled ? 1 : 0);",
            "words_.put(run.is_cancelled ? 1 : 0);\n        words_.put(run.has_worsened ? 1 : 0);",
            "run.has_worsened = words_.get_flag();\n        run.is_cancelled = words_.get_flag();",
            "run.is_cancelled = words_.get_flag();\n        run.has_worsened = words_.get_flag();"),
    in_save("online and rented are swapped, in writer and reader",
            "(status.online ? 1U : 0U) | (status.on_demand_rented ? 2U : 0U)",
            "(status.online ? 2U : 0U) | (status.on_demand_rented ? 1U : 0U)",
            "{(status & 1) != 0, (status & 2) != 0, (status & 4) != 0}",
            "{(status & 2) != 0, (status & 1) != 0, (status & 4) != 0}"),
    in_save("online and working are swapped, in writer and reader",
            "(status.online ? 1U : 0U) | (status.on_demand_rented ? 2U : 0U) |\n"
            "                   (status.working_properly ? 4U : 0U)",
            "(status.online ? 4U : 0U) | (status.on_demand_rented ? 2U : 0U) |\n"
            "                   (status.working_properly ? 1U : 0U)",
            "{(status & 1) != 0, (status & 2) != 0, (status & 4) != 0}",
            "{(status & 4) != 0, (status & 2) != 0, (status & 1) != 0}"),
    in_save("the ranges of the memory are swapped, in writer and reader",
            "{&gpu.core_lock, &gpu.mem_lock, &gpu.core_offset, &gpu.mem_offset}",
            "{&gpu.core_lock, &gpu.mem_offset, &gpu.core_offset, &gpu.mem_lock}",
            "{&gpu.core_lock, &gpu.mem_lock, &gpu.core_offset, &gpu.mem_offset}",
            "{&gpu.core_lock, &gpu.mem_offset, &gpu.core_offset, &gpu.mem_lock}"),
    in_save("the first close won and the last charge are swapped, in writer and reader",
            "put_time(run.first_won());\n        put_quantity(words_, run.charged);",
            "put_quantity(words_, run.charged);\n        put_time(run.first_won());",
            "run.set_first_won(get_time());\n"
            "        run.charged = words_.get_quantity<Timestamp>();",
            "run.charged = words_.get_quantity<Timestamp>();\n"
            "        run.set_first_won(get_time());"),
    in_save("the start of a run and its last charge are swapped, in writer and reader",
            "put_quantity(words_, market_.store.starts[slot]);\n"
            "        put_time(run.first_won());\n"
            "        put_quantity(words_, run.charged);",
            "put_quantity(words_, run.charged);\n"
            "        put_time(run.first_won());\n"
            "        put_quantity(words_, market_.store.starts[slot]);",
            "const auto started = words_.get_quantity<Timestamp>();\n"
            "        market_.store.starts[host] = started;\n"
            "        run.set_first_won(get_time());\n"
            "        run.charged = words_.get_quantity<Timestamp>();",
            "run.charged = words_.get_quantity<Timestamp>();\n"
            "        run.set_first_won(get_time());\n"
            "        const auto started = words_.get_quantity<Timestamp>();\n"
            "        market_.store.starts[host] = started;"),
    in_save("a bid's cache and its sequence are swapped, in writer and reader",
            "words_.put(entry.is_cached() ? 1 : 0);\n        words_.put(bid.sequence);",
            "words_.put(bid.sequence);\n        words_.put(entry.is_cached() ? 1 : 0);",
            "const bool is_cached = words_.get_flag();\n"
            "        const std::uint64_t sequence = get_sequence();",
            "const std::uint64_t sequence = get_sequence();\n"
            "        const bool is_cached = words_.get_flag();"),
    of("engine/store/store.hpp", "scenarios/pending")(
        "a host in the place of another gets its first expiry",
        "        host.first_expiry = Interval::all().hi;\n", ""),
    of("engine/store/store.hpp", "scenarios/pending")(
        "a bid in the place of another continues its bill",
        "        at.bid.account = no_slot;\n", ""),
    of("engine/market/bid_commands.hpp", "scenarios/rejections")(
        "a bid that just fits a host's limit is rejected by it",
        "bids_here > most.bids_per_host)", "bids_here >= most.bids_per_host)"),
]
