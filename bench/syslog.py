"""What a line of syslog costs: python bench/syslog.py [--write] [--lines 20000]

CPU time of this process, best of three rounds: reading alone, the whole way to an event on the desk, and the
refusal of a flood. The lines are what switches of the city say, each with another port or neighbour.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Sequence

from section import write_section

from agent.collect.poll import Clocks
from agent.collect.syslog.known import standard_lexicon
from agent.collect.syslog.line import read_line
from agent.collect.syslog.meaning import Understanding
from agent.collect.traps.gate import Limits
from agent.flows.newsdesk import Newsdesk
from agent.flows.syslog import Syslog
from agent.store.timeline import Timeline

ROUNDS = 3
OPEN = Limits(1e12, 1e12, 1e12, 1e12)
STAMP = ": 2026 Nov 22 23:01:02.123 UTC: "
FORMS = (
    f"<189>{STAMP}%ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1/%d is down (Link failure)",
    f"<189>{STAMP}%ETHPORT-5-IF_UP: Interface Ethernet1/%d is up in mode access",
    f"<189>{STAMP}%BGP-5-ADJCHANGE:  bgp-65010 [1] (default) neighbor 10.0.%d.1 Up",
    f"<189>{STAMP}%VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by u%d on 10.66.2.7@pts/3",
    f"<187>{STAMP}%AUTHPRIV-3-SYSTEM_MSG: pam_aaa:Authentication failed from 10.0.0.%d - dcos_sshd[1436]",
    f"<186>{STAMP}%PLATFORM-2-PS_FAIL: Power supply %d failed or shut down (Serial number DTM1)",
    f"<189>{STAMP}%HSRP_ENGINE-5-GRP_STATECHANGE:  Interface Vlan%d, Group 20 state changed to Active",
    f"<190>{STAMP}%ODD-6-THING: nothing that matters to anybody %d",
)


def make_lines(count: int) -> list[bytes]:
    """So many lines, of all forms in turn."""
    forms = itertools.islice(itertools.cycle(FORMS), count)
    return [form.replace("%d", str(number)).encode() for number, form in enumerate(forms)]


def make_syslog(limits: Limits | None) -> Syslog:
    """The feed, without a socket."""
    clock = itertools.count(1_795_388_462.0, 0.001)
    clocks = Clocks(lambda: next(clock), lambda: next(clock))
    desk = Newsdesk(Timeline(), lambda *_: None)
    return Syslog(("", 0), {"127.0.0.1": "hall"}, desk, Understanding(standard_lexicon()), clocks, limits)


def rate(count: int, work: Callable[[], object]) -> float:
    """Lines per second of CPU, in the best round."""
    best = 0.0
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        best = max(best, count / (time.process_time() - begun))
    return best


def feed_all(lines: Sequence[bytes], source: str, limits: Limits | None) -> None:
    """Through the gate, and as far as they come."""
    syslog = make_syslog(limits)
    for line in lines:
        syslog.intake.feed(source, line)


def measure(count: int) -> list[tuple[str, float]]:
    """(what, lines per CPU second)."""
    lines = make_lines(count)
    works: dict[str, Callable[[], object]] = {
        "read (`read_line`)": lambda: [read_line(line) for line in lines],
        "gate, read, understood, told once, in the timeline": lambda: feed_all(lines, "127.0.0.1", OPEN),
        "refused: a switch that floods": lambda: feed_all(lines, "127.0.0.1", Limits(1, 1, 1, 1)),
        "refused: a stranger": lambda: feed_all(lines, "127.0.0.9", None),
    }
    return [(what, rate(count, work)) for what, work in works.items()]


def main() -> None:
    """Print the table, and keep it with ``--write``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--lines", type=int, default=20_000)
    asked = parser.parse_args()
    rows = measure(asked.lines)
    body = (
        f"`python bench/syslog.py`: {asked.lines:,} lines of NX-OS in {len(FORMS)} forms, CPU time of one"
        " process, best of three, the socket not counted.\n\n"
        "| a line is | lines per CPU second | µs each |\n|---|---:|---:|\n"
        + "".join(f"| {what} | {found:,.0f} | {1e6 / found:.1f} |\n" for what, found in rows)
    )
    print(body)
    if asked.write:
        write_section("Syslog", body)


if __name__ == "__main__":
    main()
