"""Lists the questions of the report, one per row, with a goal where there is one.

A goal has a floor, which must be met, and a reach, which is the aim. The floors are what prototypes
of the same kind did. A floor that is a ratio is compared with the multimap, or with how fast the
machine reads its memory, in the same round. All other floors are absolute.
"""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Goal:
    """`against` is a row of the same round that the numbers are ratios to. Without it, the numbers
    are absolute, in the row's own unit."""
    floor: float
    reach: float
    against: str = ""


@dataclasses.dataclass(frozen=True)
class Question:
    text: str
    ours: str  # the name of a benchmark
    unit: str  # a key of `units`
    peers: str = ""  # a peer's benchmark, with {} in place of the peer's name
    goal: Goal = None


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
}

# Column titles by the peers' names in the benchmarks.
peers = {"multimap": "multimap", "vector": "vector", "multi_index": "multi_index",
         "sqlite": "SQLite"}

SNAPSHOT = "process/snapshot_to_ranking"  # measured by the report itself
MEMORY = "machine/read/memory"


def times_multimap(floor, reach, peers_row):
    return Goal(floor, reach, peers_row.format("multimap"))


LARGE = "events/large/{}"
SMALL = "events/small/{}"

questions = [
    Question("Events, by ids", "events/large/ids", "M/s", LARGE, times_multimap(5, 8, LARGE)),
    Question("Events, by ids, in batches", "events/large/ids_batches", "M/s", LARGE,
             times_multimap(9, 12, LARGE)),
    Question("Events, by handles", "events/large/handles", "M/s", LARGE),
    Question("Events, by handles, in batches", "events/large/handles_batches", "M/s", LARGE,
             times_multimap(18, 25, LARGE)),
    Question("Events, 3 % bitcoin, by ids", "events/bitcoin/ids", "M/s", "events/bitcoin/{}"),
    Question("Events, small market, by ids", "events/small/ids", "M/s", SMALL),
    Question("Events, small market, by handles", "events/small/handles", "M/s", SMALL,
             Goal(35, 60)),
    Question("Events, small market, by handles, in batches", "events/small/handles_batches", "M/s",
             SMALL),
    Question("An adversary, books of 50", "adversary/large/engine", "M/s", "adversary/large/{}"),
    Question("An adversary, books of 500", "adversary/deep/engine", "M/s", "adversary/deep/{}"),
    Question("Energy prices", "energy_price/large/engine", "M/s", "energy_price/large/{}"),
    *(Question(f"Rate moves by {move}, all choices read", f"rate_move/large/{move}/choices", "ms",
               "rate_move/large/" + move + "/{}") for move in ("0.1%", "1%", "10%", "50%")),
    Question("Rate moves by 0.1%, close", "rate_move/large/0.1%", "us", goal=Goal(20, 5)),
    Question("Rate moves by 1%, close", "rate_move/large/1%", "us", goal=Goal(100, 60)),
    Question("Rate moves by 10%, close", "rate_move/large/10%", "us", goal=Goal(500, 150)),
    Question("Rate moves by 50%, close", "rate_move/large/50%", "us"),
    Question("Close, nothing moves", "rate_move/large/none", "us"),
    Question("Close, all runs charged", "close/large/charges", "ms", goal=Goal(2, 0.5)),
    Question("All bids evaluated from scratch", "brute_force/large/engine/manual_time", "GB/s",
             goal=Goal(0.6, 0.85, MEMORY)),
    Question("Market built", "build/engine", "M/s", "build/{}"),
    Question("Memory, with profiles and the index of ids", "build/engine", "bytes", "build/{}",
             Goal(160, 120)),
    Question("Bids validated, public values", "validate/structs", "M/s", goal=Goal(10, 30)),
    Question("Bids validated, public values, fetched ahead", "validate/structs_ahead", "M/s"),
    Question("Bids validated, packed", "validate/packed", "M/s", goal=Goal(70, 100)),
    Question("Bids validated, packed, fetched ahead", "validate/packed_ahead", "M/s"),
    Question("Bids validated, packed, by host", "validate/packed_grouped", "M/s",
             goal=Goal(250, 300)),
    Question("Lines of JSON, small market", "replay/small/lines", "M/s"),
    Question("Snapshot of 26 MB to ranking, whole process", SNAPSHOT, "ms", goal=Goal(150, 60)),
    Question("The machine reads memory", MEMORY, "GB/s"),
    Question("The machine reads prices and watts of all bids", "machine/read/prices_and_watts",
             "us"),
    Question("The machine reads 16 bytes for each bid", "machine/read/lines", "us"),
    Question("The machine reads a line, large market", "machine/random_miss/large", "ns"),
    Question("The machine reads a line, small market", "machine/random_miss/small", "ns"),
    Question("The machine reads one of 8,192 lines side by side", "machine/lines/side_by_side", "ns"),
    Question("The machine reads one of 8,192 lines, one per page", "machine/lines/a_page_each", "ns"),
]
