"""Fault, poll, Prometheus, alert, Alertmanager, ticket: every alert of a table, in the embedded city.

All faults happen at once, each at a place of its own; for each alert a ticket must be opened that names the
site. Then everything is mended, and every one of these tickets must be closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from netmiko import BaseConnection, ConnectHandler

from agent.intent.lab import LISTEN
from agent.noc.alerts import ALERTS
from agent.noc.fault import Aimed, Fault, aim
from agent.noc.proved import PROVED
from tests.sim.noc_lab import TOOLS, NocLab, noc_lab, until

pytestmark = [
    pytest.mark.skipif(not all(TOOLS.values()), reason=f"not installed: {TOOLS}"),
    pytest.mark.timeout(900),
]

SETTLE_SECONDS, RAISE_SECONDS, MEND_SECONDS = 240, 150, 180
"""Patience with a machine that is busy; an idle one needs a third."""
BUILDINGS = 8
ALONE = frozenset({"power-off", "reboot", "snmp-view", "snmp-silence", "snmp-slow", "cpu-storm"})
"""Faults that hide or disturb what else happens on the switch."""
TUNED = {"PollPartial": {"seconds": "0.5"}}
"""Arguments that suit a watch that polls every three seconds."""
BY_NAME = {alert.name: alert for alert in ALERTS}


@dataclass
class Places:
    """Who gets which place: a switch that is disturbed is left to its disturbance."""

    lab: NocLab
    alone: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    ports: set[tuple[str, str]] = field(default_factory=set)
    found: dict[Fault, Aimed] = field(default_factory=dict)

    def find(self, wanted: Fault) -> Aimed:
        """A place for the fault that no other fault has; alerts of one fault share it."""
        if wanted not in self.found:
            self.found[wanted] = self._look(wanted)
        return self.found[wanted]

    def _look(self, wanted: Fault) -> Aimed:
        number = 0
        while True:
            aimed = aim(wanted, self.lab.expected, number)
            device, port = aimed.words.get("device", ""), aimed.words.get("interface", "")
            number += 1
            if device in self.alone or (port and (device, port) in self.ports):
                continue
            if wanted.kind in ALONE:
                if device in self.used:
                    continue
                self.alone.add(device)
            self.used.add(device)
            self.ports.add((device, port))
            return aimed


@contextmanager
def typing(lab: NocLab, device: str) -> Iterator[BaseConnection]:
    """A session on the switch."""
    with ConnectHandler(
        device_type="cisco_nxos",
        host=lab.city.hosts[device].hostname,
        port=LISTEN["ssh"],
        username="admin",
        password=lab.secrets["admin_password"],
        conn_timeout=60,
        banner_timeout=60,
        auth_timeout=60,
        read_timeout_override=60,
    ) as session:
        yield session


def inject(lab: NocLab, name: str, aimed: Aimed) -> str:
    """Let it happen; number of the fault, empty for lines that were typed."""
    if aimed.fault.way == "fault":
        return lab.fault(aimed.fault.kind, **{**aimed.arguments, **TUNED.get(name, {})})
    with typing(lab, aimed.words["device"]) as session:
        session.send_command("checkpoint before")
        session.send_config_set(list(aimed.lines), error_pattern="%")
    return ""


def mend(lab: NocLab, aimed: Aimed, number: str) -> None:
    """Make it well again."""
    if number:
        lab.mend(number)
        return
    with typing(lab, aimed.words["device"]) as session:
        session.send_command("rollback running-config checkpoint before")
        session.send_command("copy running-config startup-config")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NocLab]:
    with noc_lab(tmp_path_factory.mktemp("noc"), 100, BUILDINGS) as running:
        until(running.settled, SETTLE_SECONDS, lambda: "all switches polled and scraped")
        yield running


def test_every_fault_ends_as_a_ticket_and_every_mend_closes_it(lab: NocLab) -> None:
    wanted = set(PROVED)
    until(
        lambda: not wanted & {ticket["alert"] for ticket in lab.tickets("open")},
        SETTLE_SECONDS,
        lambda: f"a quiet city, but {sorted({ticket['title'] for ticket in lab.tickets('open')})}",
    )
    places = Places(lab)
    order = sorted(PROVED, key=lambda name: BY_NAME[name].fault.kind not in ALONE)
    aimed = {name: places.find(BY_NAME[name].fault) for name in order}
    happening = {one.fault: (name, one) for name, one in aimed.items()}
    with ThreadPoolExecutor(3) as pool:
        numbers = list(pool.map(lambda item: inject(lab, *item), happening.values()))

    def missing(state: str) -> list[str]:
        found = {(ticket["alert"], ticket["site"]) for ticket in lab.tickets(state)}
        return [
            f"{name}: {one.fault.kind} {dict(one.arguments)} {one.lines} {one.words.get('site', '')}"
            for name, one in aimed.items()
            if (name, one.words.get("site", "") if "site" in BY_NAME[name].labels else "") not in found
        ]

    until(lambda: not missing("open"), RAISE_SECONDS, lambda: "tickets of\n" + "\n".join(missing("open")))
    until(lambda: wanted <= lab.filed(), 20, lambda: f"files of {sorted(wanted - lab.filed())}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one, number: mend(lab, one[1], number), happening.values(), numbers))
    until(lab.answering, MEND_SECONDS, lambda: "an answer of every switch")
    lab.age()
    until(
        lambda: not wanted & {ticket["alert"] for ticket in lab.tickets("open")},
        MEND_SECONDS,
        lambda: f"closed: {sorted(wanted & {ticket['alert'] for ticket in lab.tickets('open')})}",
    )
    assert not missing("closed")
    until(lambda: not lab.waiting(), 10, lambda: "the last word in the folder")
    for file in (lab.folder / "tickets").glob("T-*.md"):
        text = file.read_text("utf-8")
        assert not any(secret in text for secret in lab.secrets.values()), file.name
