"""What planning costs: python bench/plan.py [--write] [--switches 300]

Bellerive as it is, then cities that grow: load, render, parse, compare every switch in this process; caches
cold unless the row says otherwise.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grown_city import add_models, grow_city
from section import write_section

from agent.flows.lab import make_secrets
from agent.flows.rendered import remember_rendered
from agent.intent.calm import calm_collector
from agent.intent.expand import expand_switches
from agent.intent.load import load_city
from agent.intent.switch import Switch
from agent.nxos import read, section
from agent.nxos.digest import digest_config
from agent.plan import meaning, risk
from agent.plan.build import build_plan
from agent.render.env import Templates
from agent.render.render import render_switch

ROOT = Path(__file__).parents[1]
ROUNDS = 5


def forget() -> None:
    """Empty every cache of the dialect and of the plans."""
    for cached in (read._read_stanza, section._leaf, meaning._by_table, risk._by_table):  # noqa: SLF001
        cached.cache_clear()


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of a piece of work."""

    cpu: float
    wall: float


def once(work: Callable[[], object], *, cold: bool = True) -> Spent:
    """One round."""
    if cold:
        forget()
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Spent(time.process_time() - cpu, time.perf_counter() - wall)


def median_ms(work: Callable[[], object]) -> float:
    """Median CPU milliseconds of a few rounds."""
    return statistics.median(once(work).cpu * 1000 for _ in range(ROUNDS))


def plan_all(switches: dict[str, Switch], running: dict[str, str], wanted: dict[str, str]) -> None:
    for name, text in wanted.items():
        build_plan(name, running[name], text, platform=switches[name].platform)


def measure_city() -> list[str]:
    """The table of Bellerive."""
    city = load_city(ROOT / "inventory")
    switches, secrets, templates = expand_switches(city), make_secrets(city), Templates(ROOT / "templates")
    texts = {name: render_switch(switch, secrets, templates) for name, switch in switches.items()}
    factory = {name: f"hostname {name}\nfeature nxapi\n" for name in texts}
    count, lines = len(texts), sum(len(text.splitlines()) for text in texts.values())
    rows = [
        ("load and check the inventory", median_ms(lambda: load_city(ROOT / "inventory"))),
        ("render", median_ms(lambda: [render_switch(s, secrets, templates) for s in switches.values()])),
        ("digest (is the plan stale?)", median_ms(lambda: [digest_config(text) for text in texts.values()])),
        ("plan, nothing to do", median_ms(lambda: plan_all(switches, texts, texts))),
        ("plan from factory state", median_ms(lambda: plan_all(switches, factory, texts))),
    ]
    head = f"Bellerive, {count} switches, {lines} lines, median of {ROUNDS} rounds."
    table = ["| what | CPU ms, whole city | per switch |", "|---|---|---|"]
    return [head, "", *table, *(f"| {what} | {spent:.0f} | {spent / count:.1f} |" for what, spent in rows)]


def measure_grown(count: int) -> tuple[str, dict[str, Spent]]:
    """(size in words, seconds by piece) of a city of so many building switches."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "inventory"
        folder.mkdir()
        grow_city(folder, count)
        templates, spent = Templates(ROOT / "templates"), {}
        spent["load, check, expand"] = once(lambda: expand_switches(load_city(folder)))
        city = load_city(folder)
        switches, secrets = expand_switches(city), make_secrets(city)
        texts: dict[str, str] = {}

        def render() -> None:
            memory = remember_rendered(Path(scratch) / "state", "t", secrets)
            texts.update({name: memory.text(s, secrets, templates) for name, s in switches.items()})

        spent["render, nothing remembered"] = once(render)
        spent["render, everything remembered"] = once(render)
        small = {
            name: text.replace(" mtu 9216", " mtu 9000").replace(" 12\n", " 13\n")
            for name, text in texts.items()
        }
        factory = {name: f"hostname {name}\nfeature nxapi\n" for name in texts}
        spent["parse and compare, nothing to do"] = once(lambda: plan_all(switches, texts, texts))
        spent["parse and compare, a few lines each"] = once(lambda: plan_all(switches, small, texts))
        spent["parse and compare, from factory state"] = once(lambda: plan_all(switches, factory, texts))
        lines = sum(len(text.splitlines()) for text in texts.values())
        return f"{len(texts)} switches, {lines:,} lines", spent


def measure_growth(most: int) -> list[str]:
    """The table of growing cities: CPU and wall seconds."""
    add_models()
    found = [measure_grown(count) for count in (most // 4, most // 2, most)]
    head = " | ".join(f"{size}: CPU s | wall s" for size, _ in found)
    table = [f"| what | {head} |", "|---|" + "---|---|" * len(found)]
    for what in found[0][1]:
        cells = " | ".join(f"{spent[what].cpu:.2f} | {spent[what].wall:.2f}" for _, spent in found)
        table.append(f"| {what} | {cells} |")
    usual = ("load, check, expand", "render, nothing remembered", "parse and compare, a few lines each")
    sums = [
        (sum(spent[what].cpu for what in usual), sum(spent[what].wall for what in usual))
        for _, spent in found
    ]
    cells = " | ".join(f"**{cpu:.2f}** | **{wall:.2f}**" for cpu, wall in sums)
    return [*table, f"| **all of it: load, render, parse, compare (a few lines each)** | {cells} |"]


def main() -> None:
    """Print the tables; with --write put them into RESULTS.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--switches", type=int, default=300)
    options = parser.parse_args()
    calm_collector()  # as the command does
    command = (
        f"`python bench/plan.py --write --switches {options.switches}`: one process, one round if large.\n"
        "CPU seconds hold on a busy machine too; wall seconds are then an upper bound."
    )
    body = "\n".join([command, "", *measure_city(), "", *measure_growth(options.switches)])
    print(body)
    if options.write:
        write_section("Planning", body)


if __name__ == "__main__":
    main()
