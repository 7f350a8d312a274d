"""What planning costs: python bench/plan.py [--write]

Load the city, render, parse and compare every switch, in this process.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from agent.flows.lab import make_secrets
from agent.intent.expand import expand_switches
from agent.intent.load import load_city
from agent.nxos.digest import digest_config
from agent.plan.build import build_plan
from agent.render.env import Templates
from agent.render.render import render_switch

ROOT = Path(__file__).parents[1]
ROUNDS = 5


def measure(work: Callable[[], object]) -> float:
    """Median CPU milliseconds of a few rounds."""
    spent = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        spent.append((time.process_time() - begun) * 1000)
    return statistics.median(spent)


def main() -> None:
    """Print the table; with --write put it into RESULTS.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    city = load_city(ROOT / "inventory")
    switches, secrets, templates = expand_switches(city), make_secrets(city), Templates(ROOT / "templates")
    texts = {name: render_switch(switch, secrets, templates) for name, switch in switches.items()}
    factory = {name: f"hostname {name}\nfeature nxapi\n" for name in texts}
    count, lines = len(texts), sum(len(text.splitlines()) for text in texts.values())
    platform = {name: switch.platform for name, switch in switches.items()}

    def plan(running: dict[str, str]) -> None:
        for name, text in texts.items():
            build_plan(name, running[name], text, platform=platform[name])

    rows = [
        ("load and check the inventory", measure(lambda: load_city(ROOT / "inventory"))),
        ("render", measure(lambda: [render_switch(s, secrets, templates) for s in switches.values()])),
        ("digest (is the plan stale?)", measure(lambda: [digest_config(text) for text in texts.values()])),
        ("plan, nothing to do", measure(lambda: plan(texts))),
        ("plan from factory state", measure(lambda: plan(factory))),
    ]
    table = ["| what | CPU ms, whole city | per switch |", "|---|---|---|"]
    table += [f"| {what} | {spent:.0f} | {spent / count:.1f} |" for what, spent in rows]
    head = f"{count} switches, {lines} lines, median of {ROUNDS} rounds."
    print(head, *table, sep="\n")
    if parser.parse_args().write:
        results = ROOT / "bench" / "RESULTS.md"
        text = results.read_text("utf-8").partition("\n## Planning\n")[0].rstrip()
        body = "\n".join(["## Planning", "", f"`python bench/plan.py --write`: {head}", "", *table])
        results.write_text(f"{text}\n\n{body}\n", "utf-8")


if __name__ == "__main__":
    main()
