"""The bugs: what a hurried change might get wrong, and the tests that must see it."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Mutant:
    what: str
    header: str  # below include/gigaspot
    old: str  # stands there once
    new: str
    tests: tuple
    also: tuple = ()  # changes of other headers that the same bug makes: (header, old, new)


def of(header, *tests):
    return lambda what, old, new: Mutant(what, header, old, new, tests)


def in_save(what, written, instead, read, read_instead):
    """A bug of the writer of a save, and the same of its reader, so that the two agree."""
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
explain = of("rules/explain.hpp", "unit/rules/explain", "model")
offer = of("rules/offer.hpp", "unit/rules/offer")
book = of("engine/store/book.hpp", "unit/engine/store/book", "model")
scan = of("engine/choice/scan.hpp", "unit/engine/choice/scan", "model")
best = of("engine/choice/best_bids.hpp", "unit/engine/choice/chooser", "model")
pending = of("engine/market/live_market.hpp", "scenarios/pending")
fees = of("engine/market/host_commands.hpp", "scenarios/refusals")
form = of("json/reader/command_form.hpp", "unit/json/replay_fields")
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
config = of("base/config.hpp", "checked/promises")
replay = of("json/replay.hpp", "unit/json/replay")

mutants = [
    # --- Numbers (section 2) ---
    units("the bound itself is outside",
          "count >= min_count() && count <= Row::max",
          "count >= min_count() && count < Row::max"),
    units("a fraction above the greatest is inside",
          "(number.units == Row::max && !has_tail)",
          "number.units == Row::max"),
    units("digits below the unit are cut off in an order",
          "if (rounding == Rounding::exact && number->tail != detail::Tail::none)",
          "if (false)"),
    decimal("a tie is rounded up", "(tail == Tail::half && units % 2 != 0)", "tail == Tail::half"),
    decimal("all tails are ties",
          "if (tail_first > 5 || (tail_first == 5 && tail_beyond_first))",
          "if (tail_first > 5)"),
    decimal("a minus is lost", "return negative ? -absolute : absolute;", "return absolute;"),
    decimal("a nought in front is allowed",
          "(parts.whole.size() > 1 && parts.whole[0] == '0')",
          "false"),
    decimal("an exponent's minus is lost", "if (negative) parts.exponent = -parts.exponent;", ""),
    # --- Money (sections 4 and 8) ---
    profit("the fee is not taken",
          "const std::int64_t kept = million - fee.count();",
          "const std::int64_t kept = million - 0 * fee.count();"),
    profit("the base power is not paid",
          "offer.power_limits.count() + host.base_power.count()",
          "offer.power_limits.count()"),
    profit("23 hours a day", "2'400'000'000", "2'300'000'000"),
    profit("a net rate is rounded up",
          "rate.count() % million * kept / million",
          "(rate.count() % million * kept + million - 1) / million"),
    billing("what is due is rounded down",
          "detail::ceil_div(sum, milliseconds_a_day)",
          "detail::floor_div(sum, milliseconds_a_day)"),
    billing("each charge is rounded by itself",
          "sum_ += Int128{price.count()} * milliseconds;",
          "sum_ = Int128{due_} * milliseconds_a_day + Int128{price.count()} * "
          "milliseconds;"),
    billing("the fee of each charge is rounded by itself",
          "fee_of(due_, fee) - fee_of(before, fee)",
          "fee_of(due_ - before, fee)"),
    billing("a day of 86,400 ms", "milliseconds_a_day = 86'400'000", "milliseconds_a_day = 86'400"),
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
    validate("the host's minimum counts for nothing",
          "if (host_least && price.count() < *host_least)",
          "if (false)"),
    validate("the quick look forgets the market's maximum",
          "price >= policy.price_min && price <= policy.price_max)",
          "price >= policy.price_min)"),
    validate("the quick look forgets the market's minimum",
          "price >= policy.price_min && price <= policy.price_max)",
          "price <= policy.price_max)"),
    validate("the quick look forgets the host's minimum",
          "price > Price{} && price >= min_bid &&",
          "price > Price{} &&"),
    bounds("a bound in another currency is rounded down",
          "return detail::ceil_div(Int128{bound.count()} * main->count(), "
          "own->count());",
          "return detail::floor_div(Int128{bound.count()} * main->count(), "
          "own->count());"),
    bounds("the greatest price is rounded up",
          "return detail::floor_div(Int128{bound.count()} * main->count(), "
          "own->count());",
          "return detail::ceil_div(Int128{bound.count()} * main->count(), "
          "own->count());"),
    packed("an absent setting is not told from one",
          "constexpr auto absent = static_cast<std::int32_t>(detail::absent_setting);",
          "constexpr auto absent = 0;"),
    packed("halves of odd watts are rounded the same way",
          "(watts + 1) / 2)} {}",
          "watts / 2)} {}"),
    packed("0 W is a power limit", "min.count() == 0 ? 1 : min.count()", "min.count()"),
    packed("the greatest is outside",
          "detail::setting_max - detail::above_lowest(range->max)",
          "detail::setting_max - detail::above_lowest(range->max) + 1"),
    # --- Eligibility (section 5) ---
    eligibility("a bid runs in the millisecond that it expires",
          "conditions.now >= *offer.expiry",
          "conditions.now > *offer.expiry"),
    eligibility("a host that is rented may run bids",
          "if (status.on_demand_rented) return Code::host_on_demand_rented;",
          ""),
    eligibility("an invalid overclock is overlooked",
          "if (!offer.is_overclock_valid) return Code::overclock_invalid;",
          ""),
    eligibility("a profit equal to the reserve is too low",
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
    select("the last of equal bids wins",
          "return left.sequence < right.sequence;",
          "return left.sequence > right.sequence;"),
    select("the least profit wins",
          "return left.profit > right.profit;",
          "return left.profit < right.profit;"),
    select("an equal profit replaces",
          "if (shelter == Shelter::none) return lead > 0;",
          "if (shelter == Shelter::none) return lead >= 0;"),
    select("a lead of the margin is enough",
          "if (lead <= policy.switch_margin.count()) return false;",
          "if (lead < policy.switch_margin.count()) return false;"),
    select("the relative margin counts for nothing",
          "if (policy.switch_margin_ppm == Ppm{}) return true;", "return true;"),
    select("the margin of an incumbent at a loss is negative",
          "incumbent.count() < 0 ? -incumbent.count() : incumbent.count()",
          "incumbent.count()"),
    select("a dwell ends a millisecond late",
          "first_won->count() + conditions.policy.dwell_min.count() > "
          "conditions.now.count()",
          "first_won->count() + conditions.policy.dwell_min.count() >= "
          "conditions.now.count()"),
    select("one that has worsened keeps its shelter",
          "if (!first_won || has_worsened) return Shelter::none;",
          "if (!first_won) return Shelter::none;"),
    rank("an incumbent is not before its equals",
          "return left.is_incumbent;",
          "return right.is_incumbent;"),
    rank("those that can't win stand in front",
          "return is_left_eligible;",
          "return !is_left_eligible;"),
    # --- Questions (section 10) ---
    quote("a price that draws is enough",
          "(!rival || *at_price.profit > rival->profit)",
          "(!rival || *at_price.profit >= rival->profit)"),
    quote("a tick too much", "while (enough - too_low > 1) {", "while (enough - too_low > 2) {"),
    quote("a dwell is overlooked",
          "if (incumbent && shelter == Shelter::dwell) return "
          "Unexpected{Code::incumbent_protected};",
          ""),
    quote("0 W can be placed",
          "least += gpu.power_limit.min == Power{} ? 1 : gpu.power_limit.min.count();",
          "least += gpu.power_limit.min.count();"),
    rates("the range ends one too late",
          "range_.max = ExchangeRate::unchecked(*at - 1);",
          "range_.max = ExchangeRate::unchecked(*at);"),
    rates("the range begins one too early",
          "range_.min = ExchangeRate::unchecked(*at);",
          "range_.min = ExchangeRate::unchecked(*at - 1);"),
    rates("the winner's own reserve is overlooked", "search.keep_eligible(*winning);", ""),
    explain("the winner is told to raise",
          "bid.price_to_win = offer.price;",
          "bid.price_to_win = Price{};"),
    offer("a profile is not counted",
          "TotalPower::rep sum = 0;",
          "TotalPower::rep sum = profiles.empty() ? 0 : "
          "-profiles.front().power_limit.count();"),
    # --- The engine's memory ---
    book("a gap is not used again",
         "book.first_gap = (*this)[number].next_gap();",
         "book.first_gap = no_line;"),
    book("a removed bid keeps its line", "(*this)[number] = BookEntry::gap(book.first_gap);", ""),
    book("a block that is given back is lost", "next_[block] = free_;\n            free_ = block;", ""),
    book("the gaps of the last block are forgotten when gaps are closed",
         "make_gaps(book, to, place);", ""),
    book("a line that moves is not told of", "moved(entry, number_of(to, place));", ""),
    book("a copy forgets which blocks are free", "free_{other.free_} {", "free_{no_block} {"),
    scan("a bound is rounded outwards",
          "const double bound = hi_meet * (1 - slack) - 2;",
          "const double bound = hi_meet * (1 + slack) + 2;"),
    scan("the lower bound is rounded outwards",
          "const double bound = lo_meet * (1 + slack) + 2;",
          "const double bound = lo_meet * (1 - slack) - 2;"),
    scan("the last block is not looked at",
         "at != no_block;",
         "at != no_block && lines_.after(at) != no_block;"),
    scan("a price below the minimum is looked at",
          "least_ = Doubles<lanes>{} + static_cast<double>(terms.price_min);",
          "least_ = Doubles<lanes>{};"),
    scan("a bid whose image is not cached is looked at",
          "(terms.require_cached ? BookEntry::cached_mask : 0);",
          "0;"),
    scan("the next best in the same lane is no rival",
          "best[lane] = next[lane];",
          "best[lane] = -infinity;"),
    best("a better newcomer is not seen", "if (wins) set_top(host, entry);", ""),
    best("a newcomer that draws wins",
          "const bool wins = lead > 0 || (lead == 0 && sequence_of(entry) < "
          "sequence_of(top.entry));",
          "const bool wins = lead >= 0;"),
    best("the best goes and is remembered", "if (host.top.entry.bid() == bid) forget(host);", ""),
    best("an edit of the best for the worse is not looked at",
          "if (!is_better) return forget(host);",
          ""),
    best("an interval is not found when the rate has moved",
         "if (was_left_by_rate && host.is_at_rate) find_interval(host);", ""),
    best("the interval of the last best bid is believed to be known",
         "host.is_at_rate = true;",
         "host.top.interval = {0, Interval::all().hi};"),
    best("the interval is not narrowed by newcomers",
          "narrow_by_rival(host, wins ? entry : top.entry, wins ? top.entry : entry, top.interval);",
          ""),
    best("an interval outlives bids in other currencies",
          "if (host.foreign != 0) top.interval = {state_.rates.main(), "
          "state_.rates.main()};",
          ""),
    chooser("an incumbent below the reserve goes on",
          "if (!is_choosable(host, incumbent) || its_profit < reserve()) {",
          "if (!is_choosable(host, incumbent)) {"),
    best("a change of the energy price is not seen",
          "        host.top.interval = Interval::none();\n", ""),
    best("the next best bid has the id of the one before",
          "host.has_top_id = host.has_top_holder = false;", "host.has_top_holder = false;"),
    best("the next best bid has the owner of the one before",
          "host.has_top_id = host.has_top_holder = false;", "host.has_top_id = false;"),
    best("a bid in the place of the best has its owner",
          "host.has_former = host.has_top_holder = false;", "host.has_former = false;"),
    best("a best bid that comes back does not know of its account",
          "if (top->entry.bid() == bid) top->holder.account = account;", ""),
    best("the best bid does not know of its account",
          "if (host.top.entry.bid() == bid) host.top_account = account;", ""),
    best("an older best bid has the holder of the last",
          "if (found != &former.last) std::swap(former.last, former.older);",
          "if (found != &former.last) {\n            std::swap(former.last, former.older);\n"
          "            std::swap(former.last.holder, former.older.holder);\n        }"),
    best("the owner of a best bid that comes back is not kept",
          "former.owner = next.owner;", ""),
    chooser("a run above the reserve now is taken to be so at every rate",
            "return its_profit - "
            "Base::product(entry.price().count(), state_.rates.main() - rate) >=",
            "return its_profit >="),
    best("the best bid is remembered with the interval of the next",
         "former.last = {host.top.entry, host.top.interval, top_holder(slot, host, former)};",
         "former.last = {host.top.entry, {}, top_holder(slot, host, former)};"),
    of("engine/store/host_order.hpp", "unit/engine/choice/chooser")(
        "a host that is there twice is taken to be in order",
        "next = std::uint64_t{rank} + 1;", "next = rank;"),
    chooser("a walk over hosts leaves one out",
            "if (is_due(last)) act(hosts[last]);",
            "if (is_due(last) && last != 0) act(hosts[last]);"),
    of("engine/store/pending_edits.hpp", "allocation")(
        "a copy has no room for an edit", "list.reserve(other.list.capacity());", ""),
    of("engine/store/bid_pool.hpp", "allocation")(
        "wider records count as room for any bid",
        "if (block.width >= width && block.width <= widest)", "if (block.width >= width)"),
    of("engine/store/host_order.hpp", "unit/engine/engine")(
        "a list that was moved away keeps its order",
        "in_order_{std::exchange(other.in_order_, 0)}", "in_order_{other.in_order_}"),
    engine("an engine is assigned part by part",
           "return *this = BasicEngine{other};",
           "commands_ = other.commands_; events_.clear(); return *this;"),
    engine("a close that is refused makes room for its events", "is_late ? 1 : ", ""),
    of("engine/market/bid_commands.hpp", "unit/engine/choice/chooser")(
        "caching is looked at where it decides nothing",
        "market.conditions.policy.require_cached && ", ""),
    replay("a save that is cut is taken for another's", "words.rest()",
           "bytes.last(words.left() * 8)"),
    replay("models without names are believed",
           "detail::models_used(replay.engine_) <= models.size();", "true;"),
    of("engine/store/owner_counts.hpp", "unit/engine/store/owner_counts")(
        "a count of owners' bids runs over",
        "if (at_most(bits, width) != SIZE_MAX) words_[at.word] +=", "words_[at.word] +="),
    of("engine/store/store.hpp", "unit/engine/engine")(
        "of owners who are counted together one is counted",
        "host.owners.set(bits, owners_width, together);",
        "host.owners.set(bits, owners_width, count);"),
    of("engine/store/store.hpp", "unit/engine/engine")(
        "owners are counted together only if all their bits agree",
        "if (!OwnerCounts::are_counted_together(entry.owner_bits(), bits, owners_width))\n"
        "                continue;",
        "if (!entry.may_be_of(tag)) continue;"),
    of("engine/store/store.hpp", "unit/engine/engine")(
        "a count that has come to its end stays there",
        "host.owners.set(bits, owners_width, together);", ""),
    of("values/event.hpp", "unit/values/event")(
        "handles of one bid differ by their hints",
        "left.slot == right.slot && left.generation == right.generation",
        "left.slot == right.slot && left.generation == right.generation && left.line == right.line"),
    of("engine/store/interval_index.hpp", "unit/engine/store/interval_index")(
        "the greatest of four bounds is missed", "for (std::size_t i = 1; i < 4; ++i) intersect",
        "for (std::size_t i = 1; i < 3; ++i) intersect"),
    gpus("the limits of former GPUs stay", "kept.limits.clear();", ""),
    index("a slot outside is passed over",
          "if (!intervals[i].contains(number)) found",
          "if (intervals[i].lo > number) found"),
    index("a block knows nothing of a new interval",
          "intersect(block.common, interval);",
          ""),
    ids("a search goes round for ever", "} while (at != begin);", "} while (true);"),
    ids("an erased id cuts off those behind",
          "            --bucket.passed;",
          "            bucket.passed = 0;"),
    order("a host is looked at twice, or out of order",
          "marked_[rank / 64] |= std::uint64_t{1} << (rank % 64);",
          "marked_[slot / 64] |= std::uint64_t{1} << (slot % 64);"),
    order("new hosts come last, whatever their id",
          "const bool is_new_last =\n                in_order_ == 0 || "
          "is_before(order_[in_order_ - 1], merging_.back());",
          "const bool is_new_last = true;"),
    # --- Commands and closes (sections 7, 9 and 11) ---
    stages("time may go back", "return step >= 0 && step <= ", "return step <= "),
    stages("a refused command moves the clock",
          "void put_clock_back() { market_.conditions.now = "
          "market_.clock.value_or(Timestamp{}); }",
          "void put_clock_back() {}"),
    stages("anybody may cancel",
          "if (owner && *owner != market.store.bids.details(bid).owner)",
          "if (false)"),
    stages("a bid whose cancel waits can be edited again",
          "if (market.is_leaving(at) && !may_be_leaving) return refuse(attempt, "
          "Code::bid_unknown);",
          ""),
    bids("two bids of one id",
          "if (store.find_bid(command.id) != no_slot) return stages.refuse(attempt, "
          "Code::bid_exists);",
          ""),
    bids("an offline host takes bids",
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
    bids("a bid lives for its host's rental length in ms",
          "std::int64_t{longest.count()} * 1'000",
          "std::int64_t{longest.count()}"),
    bids("an owner may have one more",
          "store.bids_of(command.owner, host, most.bids_per_owner) < most.bids_per_owner",
          "store.bids_of(command.owner, host, most.bids_per_owner) <= most.bids_per_owner"),
    hosts("a fee can change",
          "if (is_fixed && command.fee && *command.fee != quoted.fee)",
          "if (false)"),
    hosts("a close may come a millisecond early",
          "if (now.count() < soonest)",
          "if (now.count() < soonest - 1)"),
    hosts("a run goes on where its profile is no longer allowed",
          "if (run.bid != no_slot && !store.entry(run.bid).is_overclock_valid())",
          "if (false)"),
    hosts("a host that goes offline keeps its run",
          "if (reason != Code::none && market.store.runs[slot].bid != no_slot)",
          "if (false)"),
    hosts("a removed host's run is not charged",
          "market.charge(run, sink);\n            "
          "market.stop(slot, market.store.hosts[slot], run, Code::host_removed, sink);",
          "market.stop(slot, market.store.hosts[slot], run, Code::host_removed, sink);"),
    market("a run starts with an account of its own",
          "run.account = Account{store.billed(holder.account)};",
          "run.account = Account{};"),
    closing("an edit for the worse keeps the shelter",
          "run.has_worsened = true;",
          "run.has_worsened = false;"),
    closing("a run has won only its second close",
          "if (!run.has_won) run.set_first_won(market_.conditions.now);",
          ""),
    closing("expired bids stay",
            "expiry <= market_.conditions.now.count() || is_cancelled", "is_cancelled"),
    closing("bids in other currencies are not looked at when their rate moves",
          "                               host.foreign != 0);",
            "                               false);"),
    market("no bid starts between closes",
          "if (conditions.policy.refill == Refill::at_once) refill_at_once",
          "if (false) refill_at_once"),
    closing("a close does not charge",
            "if (store_.runs[host].bid != no_slot) market_.charge(store_.runs[host], sink_);", ""),
    questions("the reserve is overlooked between closes",
          "if (profit < market.conditions.policy.reserve.count()) return {};",
          ""),
    questions("an expired bid is still chosen", " || now >= host.first_expiry)", ")"),
    questions("the margins are overlooked between closes",
          "if (host.running != no_slot && host.running != best.bid())\n        return "
          "choice_beside_run(market, slot);",
          ""),
    questions("an unavailable host chooses", "if (!host.status.is_available()) return {};", ""),
    questions("a cancelled bid is asked about", "if (runs && run.is_cancelled) continue;", ""),
    # --- Saved markets ---
    restorer("a restored market takes handles of the saved one for its own",
          "stages.market.store.first_generation = static_cast<std::uint32_t>(checksum.get());",
          ""),
    explain("shelter does not come back with the price in force",
            "contest.shelter_at(price)",
            "contest.shelter"),
    quote("a card that allows nothing takes a bid",
          "if (gpu.power_limit.max == Power{}) return false;",
          ""),
    questions("an edit that waits has worsened a run for ever",
               "if (!next.run->has_worsened) next.run->worsened_below = entry.price();",
               ""),
    restorer("codes come in any order", "if (code < first_free || ", "if ("),
    restorer("a billed sum may be negative",
          "if (billed >= 0 && billed <= most) return billed;",
          "if (billed <= most) return billed;"),
    restorer("two bids may have stood equally long",
          "if (std::adjacent_find(sequences_.begin(), sequences_.end()) != "
          "sequences_.end())",
          "if (false)"),
    restorer("a run may be charged into the future",
          "if (run.charged > market_.conditions.now || run.charged < market_.last_close"
          " ||",
          "if (run.charged < market_.last_close ||"),
    restorer("bytes may follow the end",
          "if (words_.is_wrong() || !words_.is_at_end()) return Code::save_damaged;",
          "if (words_.is_wrong()) return Code::save_damaged;"),
    config("a broken promise is told, and the program goes on",
           "    std::abort();",
           "    std::exit(0);"),
    config("a broken promise is told as another one",
           "::gigaspot::detail::assertion_failed(#promise, __FILE__, __LINE__))",
           "::gigaspot::detail::assertion_failed(\"\", __FILE__, __LINE__))"),
    engine("any number of bids is taken as a limit",
           "GIGASPOT_ASSERT(limits.bids <= gigaspot::limits::bids_max);",
           ""),
    # --- Neighbours mixed up, ends of ranges, and what is left over ---
    narrowing("a newcomer that nearly meets the best where another does is passed over",
              "1 - 1e-12 : 1 + 1e-12", "1 + 1e-12 : 1 - 1e-12"),
    narrowing("a newcomer that nearly meets the best above another is passed over",
              "1 - 1e-12 : 1 + 1e-12", "1 + 1e-12 : 1 + 1e-12"),
    narrowing("a newcomer that nearly meets the best below another is passed over",
              "1 - 1e-12 : 1 + 1e-12", "1 - 1e-12 : 1 - 1e-12"),
    form("a GPU's mem_offset is named core_offset",
         "read_range<&GpuLimits::mem_offset, 5>", "read_range<&GpuLimits::mem_offset, 4>"),
    form("a GPU's core_offset is read as its mem_lock",
         "read_range<&GpuLimits::mem_lock, 3>", "read_range<&GpuLimits::core_offset, 3>"),
    form("the end of a range is not named", "place.end = end;", ""),
    form("a bid's owner is named host",
         '{"owner", true, read_field<&CommandDraft::owner, 3>}',
         '{"owner", true, read_field<&CommandDraft::owner, 2>}'),
    form("an edit's owner is judged before its profiles",
         "read_field<&CommandDraft::owner, 4>", "read_field<&CommandDraft::owner, 2>"),
    form("a bid's profiles are named price", "read_overclock<6>", "read_overclock<4>"),
    form("a profile's mem_offset is read as its core_offset",
         "read_profile_field<&OverclockProfile::mem_offset, 4>",
         "read_profile_field<&OverclockProfile::core_offset, 4>"),
    form("a host's base_power is named max_rental_length",
         "read_field<&CommandDraft::base_power, 4>", "read_field<&CommandDraft::base_power, 5>"),
    form("a host's GPUs are named max_rental_length",
         "read_command_gpus<9>", "read_command_gpus<5>"),
    form("a rate is named fee_ppm",
         "draft.problems, {.field = 2}, NumberForm::amount",
         "draft.problems, {.field = 3}, NumberForm::amount"),
    form("the first wrong number of the text counts",
         "if (place < place_) {", "if (code_ == Code::none) {"),
    of("json/replay.hpp", "unit/json/replay_fields")(
        "a host_status reads two flags as each other",
        ".on_demand_rented = draft.on_demand_rented,\n"
        "                                       .working_properly = draft.working_properly",
        ".on_demand_rented = draft.working_properly,\n"
        "                                       .working_properly = draft.on_demand_rented"),
    form("an environment is left over from the line before", "        empty.environment.clear();", ""),
    form("that there are profiles is left over from the line before",
         "        *this = std::move(empty);",
         "        empty.has_overclock = has_overclock;\n        *this = std::move(empty);"),
    form("a fee is left over from the line before",
         "        *this = std::move(empty);",
         "        empty.fee = fee;\n        *this = std::move(empty);"),
    of("json/command_reader.hpp", "unit/json/replay_fields")(
        "a line is read on top of the line before", "        draft.clear();\n", ""),
    validate("a mem_offset is compared with the range of the core_offset",
             "check_setting(\n               profile.mem_offset, limits.mem_offset,",
             "check_setting(\n               profile.mem_offset, limits.core_offset,"),
    validate("the quick look compares a mem_offset with the range of the core_offset",
             "below_0_outside(profile.mem_offset, limits.mem_offset)",
             "below_0_outside(profile.mem_offset, limits.core_offset)"),
    validate("the quick look compares a mem_lock with the range of the core_lock",
             "below_0_outside(profile.mem_lock, limits.mem_lock)",
             "below_0_outside(profile.mem_lock, limits.core_lock)"),
    validate("the quick look compares a core_offset with the range of the mem_offset",
             "below_0_outside(profile.core_offset, limits.core_offset)",
             "below_0_outside(profile.core_offset, limits.mem_offset)"),
    of("rules/packed.hpp", "unit/rules/packed")(
        "a mem_offset is compared with the maximum of the core_offset",
        "free_above(gpu.core_offset), free_above(gpu.mem_offset)",
        "free_above(gpu.core_offset), free_above(gpu.core_offset)"),
    of("rules/packed.hpp", "unit/rules/packed")(
        "a mem_offset is compared with the minimum of the core_offset",
        "least_of(gpu.core_offset), least_of(gpu.mem_offset)",
        "least_of(gpu.core_offset), least_of(gpu.core_offset)"),
    quote("a price may help in the millisecond that a bid expires",
          "conditions.now >= *offer.expiry", "conditions.now > *offer.expiry"),
    quote("the market's maximum is not converted to the bid's currency",
          "conditions.policy.price_max, offer.currency, conditions",
          "conditions.policy.price_max, main_currency, conditions"),
    quote("a price may be above the greatest of all prices",
          "if (greatest > Price::highest().count()) greatest = Price::highest().count();", ""),
    quote("the market's maximum is rounded up to a tick",
          "Int128 enough = greatest / tick.count();",
          "Int128 enough = (greatest + tick.count() - 1) / tick.count();"),
    quote("the minimums do not hold for a quote",
          "return at_price.is_eligible() && (!rival", "return at_price.profit && (!rival"),
    pending("the next run is cancelled like the one before",
            "        run.is_cancelled = false;\n", ""),
    pending("the next run has the edit of the one before",
            "        store.edits.drop(run);\n", ""),
    of("engine/market/close.hpp", "scenarios/pending")(
        "a close keeps the bids that expire in its millisecond",
        "expiry <= market_.conditions.now.count()", "expiry < market_.conditions.now.count()"),
    of("engine/store/store.hpp", "scenarios/pending")(
        "a close looks at expiries a millisecond late",
        "{Interval::all().lo, time - 1}", "{Interval::all().lo, time}"),
    of("engine/market/questions.hpp", "unit/engine/engine_questions")(
        "a bid is still chosen in the millisecond that it expires",
        "now >= host.first_expiry", "now > host.first_expiry"),
    of("engine/choice/best_bids.hpp", "scenarios/refill")(
        "a host that is refilled in the millisecond of an expiry trusts its best bid",
        "state_.conditions.now.count() < host.first_expiry",
        "state_.conditions.now.count() <= host.first_expiry"),
    of("engine/choice/best_bids.hpp", "scenarios/refill")(
        "a host is refilled with a bid in the millisecond that it expires",
        "expiry > state_.conditions.now.count()", "expiry >= state_.conditions.now.count()"),
    fees("a first rate without a fee fixes none",
         "market.has_fixed_fee[number] = true;",
         "market.has_fixed_fee[number] = command.fee.has_value();"),
    fees("a first rate that is null fixes no fee",
         "market.has_fixed_fee[number] = true;",
         "market.has_fixed_fee[number] = command.usd.has_value();"),
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
    in_save("a bid's cache and its sequence are swapped, in writer and reader",
            "words_.put(entry.is_cached() ? 1 : 0);\n        words_.put(bid.sequence);",
            "words_.put(bid.sequence);\n        words_.put(entry.is_cached() ? 1 : 0);",
            "const bool is_cached = words_.get_flag();\n"
            "        const std::uint64_t sequence = get_sequence();",
            "const std::uint64_t sequence = get_sequence();\n"
            "        const bool is_cached = words_.get_flag();"),
    of("engine/store/store.hpp", "scenarios/pending")(
        "a host in the place of another has its first expiry",
        "        host.first_expiry = Interval::all().hi;\n", ""),
    of("engine/store/store.hpp", "scenarios/pending")(
        "a bid in the place of another goes on with its bill",
        "        at.bid.account = no_slot;\n", ""),
    of("engine/market/bid_commands.hpp", "scenarios/refusals")(
        "a bid that just fits a host's limit is blamed on it",
        "bids_here > most.bids_per_host)", "bids_here >= most.bids_per_host)"),
]
