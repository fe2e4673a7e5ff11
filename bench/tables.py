"""Computes medians, spreads and ratios over rounds, and makes tables of them.

A round is a dictionary of results by benchmark. A result has `seconds` (processor time per
iteration) and everything else that the benchmark counted.
"""
import statistics

from questions import peers, questions, units

markdown_escapes = str.maketrans({"|": r"\|"})


def median_and_spread(values):
    """The spread is half the distance between the quartiles, relative to the median."""
    median = statistics.median(values)
    if len(values) < 2 or median == 0:
        return median, 0.0
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return median, (high - low) / 2 / abs(median)


def values_of(rounds, name, unit):
    field = units[unit].field
    return [a_round[name][field] * units[unit].scale for a_round in rounds
            if field in a_round.get(name, {})]


def ratio(rounds, unit, name, other):
    """Returns how many times better `name` was than `other`: the median of the ratios of all rounds."""
    field, ratios = units[unit].field, []
    for a_round in rounds:
        if field in a_round.get(name, {}) and field in a_round.get(other, {}):
            ours, theirs = a_round[name][field], a_round[other][field]
            ratios.append(ours / theirs if units[unit].is_more_better else theirs / ours)
    return statistics.median(ratios) if ratios else None


def times_as_long(rounds, question, other):
    """Returns how many times as long as the row `other` a question takes."""
    return ratio(rounds, question.unit, other, question.ours)


def digits(number):
    """Formats three significant digits, and no decimals from 100 on."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def cell(rounds, name, unit):
    values = values_of(rounds, name, unit)
    if not values:
        return ""
    median, spread = median_and_spread(values)
    return f"{digits(median)} ± {100 * spread:.0f} %"


def best_peer(rounds, question):
    """Returns the peer with the best median, and how many times better we are."""
    best = None
    for peer in peers:
        lead = question.peers and ratio(rounds, question.unit, question.ours,
                                        question.peers.format(peer))
        if lead and (best is None or lead < best[1]):
            best = (peer, lead)
    return best


def goal_cells(rounds, question):
    """Returns the floor, the reach, and which of them is met."""
    goal, unit = question.goal, units[question.unit]
    if not goal:
        return ["", "", ""]
    if goal.against:
        reached = times_as_long(rounds, question, goal.against)
        texts = [f"{digits(wanted)} x {goal.name}" for wanted in (goal.floor, goal.reach)]
    else:
        reached = statistics.median(values_of(rounds, question.ours, question.unit))
        texts = [f"{digits(wanted)} {unit.text}" for wanted in (goal.floor, goal.reach)]
    if reached is None:
        return [*texts, ""]
    is_more_better = unit.is_more_better and not goal.against
    over = [reached >= wanted if is_more_better else reached <= wanted
            for wanted in (goal.floor, goal.reach)]
    state = "reach" if over[1] else "floor" if over[0] else "below"
    return [*texts, f"{state} ({digits(reached)} x)" if goal.against else state]


def short_table(rounds):
    """Makes the table of docs/performance.md: only the best peer of each question."""
    rows = [["question", "unit", "gigaspot", "best alternative", "ratio"]]
    for question in questions:
        lead = best_peer(rounds, question)
        if lead:
            theirs = cell(rounds, question.peers.format(lead[0]), question.unit)
            rows.append([question.text, units[question.unit].text,
                         cell(rounds, question.ours, question.unit), f"{theirs}, {peers[lead[0]]}", digits(lead[1])])
    return rows


def peer_table(rounds):
    """Makes the table of questions that peers answer too."""
    rows = [["question", "unit", "ours", *peers.values(), "best peer"]]
    for question in questions:
        ours = cell(rounds, question.ours, question.unit)
        if not ours or not question.peers:
            continue
        theirs = [cell(rounds, question.peers.format(peer), question.unit) for peer in peers]
        lead = best_peer(rounds, question)
        rows.append([question.text, units[question.unit].text, ours, *theirs,
                     f"{digits(lead[1])} x {peers[lead[0]]}" if lead else ""])
    return rows


def ceiling_table(rounds):
    """Makes the table of questions that the ceiling answers too."""
    rows = [["question", "unit", "ours", "ceiling", "time relative to it"]]
    for question in questions:
        times = question.ceiling and times_as_long(rounds, question, question.ceiling)
        if times:
            rows.append([question.text, units[question.unit].text, cell(rounds, question.ours, question.unit),
                         cell(rounds, question.ceiling, question.unit), f"{digits(times)} x the ceiling"])
    return rows


def goal_table(rounds):
    """Makes the table of questions with a goal, and of questions without peers."""
    rows = [["question", "unit", "ours", "floor", "reach", "is at"]]
    for question in questions:
        ours = cell(rounds, question.ours, question.unit)
        if ours and (question.goal or not question.peers):
            rows.append([question.text, units[question.unit].text, ours,
                         *goal_cells(rounds, question)])
    return rows


def shown_names():
    names = set()
    for question in questions:
        names.update((question.ours, question.ceiling))
        names.update(question.peers.format(peer) for peer in peers if question.peers)
    return names


def other_table(rounds):
    """Makes the table of benchmarks that appear in no other table."""
    rows = [["benchmark", "ms", "per second"]]
    for name in sorted({name for a_round in rounds for name in a_round} - shown_names()):
        rate = cell(rounds, name, "M/s")
        rows.append([name, cell(rounds, name, "ms"), rate and rate.replace(" ±", " M ±")])
    return rows


def notes(rounds):
    """Returns the notes of benchmarks, such as that a peer got only a part of the work."""
    labels = {name: result["label"] for a_round in rounds for name, result in a_round.items()
              if "label" in result}
    return [f"{name}: {label}" for name, label in sorted(labels.items())]


def as_text(rows, is_markdown):
    """Aligns columns, and omits empty ones."""
    columns = [column for column in zip(*rows) if any(column[1:])]
    if is_markdown:
        columns = [[text.translate(markdown_escapes) for text in column] for column in columns]
    widths = [max(map(len, column)) for column in columns]
    lines = []
    for number, row in enumerate(zip(*columns)):
        padded = [text.ljust(width) for text, width in zip(row, widths)]
        lines.append("| " + " | ".join(padded) + " |" if is_markdown
                     else "  ".join(padded).rstrip())
        if number == 0:
            rules = ["-" * width for width in widths]
            lines.append("|-" + "-|-".join(rules) + "-|" if is_markdown else "  ".join(rules))
    return "\n".join(lines) + "\n"


def summary(rounds):
    """Returns each benchmark's values, and the median and spread of its main value, for programs."""
    rows = {}
    for name in sorted({name for a_round in rounds for name in a_round}):
        results = [a_round[name] for a_round in rounds if name in a_round]
        fields = {field: [result[field] for result in results if field in result]
                  for field in results[0] if field != "label"}
        rows[name] = {field: dict(zip(("median", "spread"), median_and_spread(values)),
                                  values=values) for field, values in fields.items()}
    return rows
