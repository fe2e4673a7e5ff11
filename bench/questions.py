"""Lists the questions of the report, one per row, with a goal where there is one.

A goal has a floor, which must be met, and a reach, which is the aim. Goals for events are
instructions, which are the same in each run, or times relative to the ceiling in the same round,
because the state of the machine's caches changes all other figures. bench/ceiling.hpp says what the
ceiling is.
"""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Goal:
    """Without `against`, the numbers are absolute, in the row's own unit. With it, they are times
    relative to the row of this name in the same round. `name` is what the tables call that row."""
    floor: float
    reach: float
    against: str = ""
    name: str = ""


@dataclasses.dataclass(frozen=True)
class Question:
    text: str
    ours: str  # the name of a benchmark
    unit: str  # a key of `units`
    peers: str = ""  # a peer's benchmark, with {} in place of the peer's name
    goal: Goal = None
    ceiling: str = ""  # the benchmark of the ceiling


@dataclasses.dataclass(frozen=True)
class Unit:
    text: str
    scale: float  # factor from a benchmark's own unit to this one
    field: str  # name of the field in a benchmark's result
    is_more_better: bool


units = {
    "M/s": Unit("M/s", 1e-6, "items_per_second", True),
    "GB/s": Unit("GB/s", 1e-9, "bytes_per_second", True),
    "ns": Unit("ns", 1e9, "seconds", False),
    "us": Unit("us", 1e6, "seconds", False),
    "ms": Unit("ms", 1e3, "seconds", False),
    "bytes": Unit("bytes per bid", 1, "bytes_per_bid", False),
    "s": Unit("s", 1, "seconds", False),
    "instructions": Unit("instructions", 1, "instructions", False),
}

# Column titles by the peers' names in the benchmarks.
peers = {"multimap": "multimap", "vector": "vector", "multi_index": "multi_index",
         "sqlite": "SQLite"}

# Rows that the report itself measures, with its options.
SNAPSHOT = "process/snapshot_to_ranking"
COMPILER = "process/compile_four_commands"
INSTRUCTIONS = "instructions/{}"  # bench/instructions.py makes these rows
MEMORY = "machine/read/memory"

LARGE = "events/large/{}"
SMALL = "events/small/{}"


def events(text, ours, peers_row, floor=None, reach=None):
    """Makes a question that the ceiling answers too, with a goal relative to it if there is a floor."""
    ceiling = peers_row.format("ceiling_" + ours)
    goal = Goal(floor, reach, ceiling, "the ceiling") if floor else None
    return Question(text, peers_row.format(ours), "M/s", peers_row, goal, ceiling)


def instructions(text, name, *goal):
    return Question(text, INSTRUCTIONS.format(name), "instructions", goal=Goal(*goal) if goal else None)


def shards(text, work):
    """Two engines on two threads, with a goal relative to the same engines on one."""
    name = f"shards/{work}/{{}}/real_time"
    return Question(text, name.format("two_threads"), "M/s",
                    goal=Goal(0.87, 0.53, name.format("one_thread"), "one thread"))


questions = [
    events("Events, by ids", "ids", LARGE, 1.9, 1.6),
    Question("Events, by ids, in batches", "events/large/ids_batches", "M/s", LARGE),
    events("Events, by handles", "handles", LARGE),
    events("Events, by handles, in batches", "handles_batches", LARGE, 1.7, 1.4),
    Question("Events, 3 % bitcoin, by ids", "events/bitcoin/ids", "M/s", "events/bitcoin/{}"),
    events("Events, small market, by ids", "ids", SMALL),
    events("Events, small market, by handles", "handles", SMALL, 2, 1.6),
    events("Events, small market, by handles, in batches", "handles_batches", SMALL),
    instructions("An event in the cache, by handle", "event_by_handle", 450, 350),
    instructions("An event in the cache, by handle, packed profiles", "event_packed_by_handle", 380, 300),
    instructions("An event in the cache, by id", "event_by_id"),
    instructions("A new price and its choice, by handle", "reprice_and_choice", 300, 170),
    instructions("A command as a line of JSON", "line", 4_000, 3_000),
    Question("An adversary, books of 50", "adversary/large/engine", "M/s", "adversary/large/{}"),
    Question("An adversary, books of 500", "adversary/deep/engine", "M/s", "adversary/deep/{}"),
    Question("Energy prices", "energy_price/large/engine", "M/s", "energy_price/large/{}"),
    *(Question(f"Rate moves by {move}, all choices read", f"rate_move/large/{move}/choices", "ms",
               "rate_move/large/" + move + "/{}") for move in ("0.1%", "1%", "10%", "50%")),
    Question("Rate moves by 0.1%, close", "rate_move/large/0.1%", "us", goal=Goal(20, 5)),
    Question("Rate moves by 1%, close", "rate_move/large/1%", "us", goal=Goal(100, 60)),
    Question("Rate moves by 10%, close", "rate_move/large/10%", "us", goal=Goal(500, 150)),
    Question("Rate moves by 50%, close", "rate_move/large/50%", "us"),
    *(Question(f"Rate moves by {move}, 3 % bitcoin, close", f"rate_move/bitcoin/{move}", "us",
               goal=Goal(10, 3, f"rate_move/large/{move}", "one currency"))
      for move in ("0.1%", "1%", "10%")),
    Question("Close, nothing moves", "rate_move/large/none", "us"),
    Question("Close, all runs charged", "close/large/charges", "ms", goal=Goal(2, 0.5)),
    Question("All bids evaluated from scratch", "brute_force/large/engine/manual_time", "GB/s"),
    Question("Market built", "build/engine", "M/s", "build/{}"),
    Question("Memory, with profiles and the index of ids", "build/engine", "bytes", "build/{}",
             Goal(160, 120)),
    Question("Market saved", "save/save", "ms", goal=Goal(250, 150)),
    Question("Market restored", "save/restore", "ms", goal=Goal(400, 250)),
    Question("Bids validated, public values", "validate/structs", "M/s", goal=Goal(10, 30)),
    Question("Bids validated, public values, fetched ahead", "validate/structs_ahead", "M/s"),
    Question("Bids validated, packed", "validate/packed", "M/s", goal=Goal(70, 100)),
    Question("Bids validated, packed, fetched ahead", "validate/packed_ahead", "M/s"),
    Question("Bids validated, packed, by host", "validate/packed_grouped", "M/s",
             goal=Goal(250, 300)),
    shards("Events, two engines on two threads", "large/events"),
    shards("Events, small market, two engines on two threads", "small/events"),
    shards("Runs charged by closes, two engines on two threads", "large/close"),
    Question("Lines of JSON, small market", "replay/small/lines", "M/s"),
    Question("Snapshot of 26 MB to ranking, whole process", SNAPSHOT, "ms", goal=Goal(150, 60)),
    Question("A file with four commands compiled", COMPILER, "s", goal=Goal(2, 1.5)),
    Question("The machine reads memory", MEMORY, "GB/s"),
    Question("The machine reads prices and watts of all bids", "machine/read/prices_and_watts",
             "us"),
    Question("The machine reads 16 bytes for each bid", "machine/read/lines", "us"),
    Question("The machine reads a line, large market", "machine/random_miss/large", "ns"),
    Question("The machine reads a line, small market", "machine/random_miss/small", "ns"),
    Question("The machine reads one of 8,192 lines side by side", "machine/lines/side_by_side", "ns"),
    Question("The machine reads one of 8,192 lines, one per page", "machine/lines/a_page_each", "ns"),
]
