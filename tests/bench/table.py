# SPDX-License-Identifier: Apache-2.0
"""From figures to a table: ratios within a round, then the median over the rounds."""

import statistics

HEADINGS = {"direct": "direct", "tidegate": "tidegate", "tecnativa": "HAProxy as Tecnativa ships it", "tuned": "HAProxy tuned"}
PEERS = {"tecnativa": "tidegate / Tecnativa", "tuned": "tidegate / tuned"}
SHOWN = {
    "": lambda figure, _: figure,
    "added": lambda figure, direct: figure - direct,
    "share": lambda figure, direct: figure / direct,
}


def render(scenarios, rounds, names):
    """The table as Markdown. `rounds` holds a dict each: (scenario, name) to a figure for each row."""
    peers = [peer for peer in PEERS if peer in names]
    headings = ["scenario", *(HEADINGS[name] for name in names), *(PEERS[peer] for peer in peers), "wanted"]
    lines = [headings, ["---"] + ["--:"] * (len(headings) - 2) + ["---"]]
    for scenario in scenarios:
        for at, row in enumerate(scenario.rows):
            figures = [figures_of(scenario, at, row, seen) for seen in rounds]
            cells = [middle([seen.get(name) for seen in figures]) for name in names]
            ratios = [middle([ratio(seen, peer) for seen in figures]) for peer in peers]
            lines.append([row.title, *cells, *ratios, row.wanted])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figures_of(scenario, at, row, seen):
    """One row's figures of one round, by name, as they are shown. `direct` is what it is."""
    mine = {name: figures[at] for (of, name), figures in seen.items() if of == scenario.name}
    direct = mine.get("direct")
    return {name: figure if name == "direct" else SHOWN[row.beside](figure, direct) for name, figure in mine.items()}


def ratio(figures, peer):
    """Nothing where there is nothing to divide by: what a proxy adds may drown in noise."""
    if peer not in figures or figures[peer] <= 0:
        return None
    return figures["tidegate"] / figures[peer]


def middle(values):
    values = [value for value in values if value is not None]
    return written(statistics.median(values)) if values else "–"


def written(value):
    """Three digits are more than these figures can bear."""
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"
