"""Does the management port answer? Configuration, power and one fault decide."""

from __future__ import annotations

import re
from collections.abc import Mapping

from vnexus.facts import ConfigFacts
from vnexus.grammar.names import allowed_vlans
from vnexus.world.faults import Board, ManagementLost
from vnexus.world.state import Deriver, Snapshot

_VLANS = re.compile(r"vlan [\d,-]+")
Lines = frozenset[tuple[tuple[str, ...], str]]
"""Every line with the headers above it."""


class Management:
    """Asked for every line that a session reads: what it works out is kept per version."""

    def __init__(self, board: Board, deriver: Deriver, configs: Mapping[str, ConfigFacts]) -> None:
        self.board, self.deriver, self.configs = board, deriver, configs
        self._armed: dict[ManagementLost, Lines] = {}
        self._lost: dict[str, tuple[int, int, bool]] = {}

    def arm(self, fault: ManagementLost) -> None:
        """Changes count from here."""
        self._armed[fault] = _lines(self.configs[fault.node])

    def answers(self, node: str, snapshot: Snapshot) -> bool:
        """``snapshot`` decides about the port, the running configuration about the fault."""
        port = snapshot.interfaces.get("mgmt0")
        return self.deriver.powered(node) and (port is None or port.admin_up) and not self.lost(node)

    def lost(self, node: str) -> bool:
        """Has a change cut the switch off?"""
        fault = self.board.of(ManagementLost).get(node)
        if fault is None:
            return False
        config, board = self.configs[node], self.board.version
        known = self._lost.get(node)
        if known is None or known[:2] != (config.version, board):
            changed = self._armed.get(fault, frozenset()) ^ _lines(config)
            found = any(re.search(fault.pattern, line) for _, line in changed)
            known = self._lost[node] = (config.version, board, found)
        return known[2]


def _lines(config: ConfigFacts) -> Lines:
    found: set[tuple[tuple[str, ...], str]] = set()
    paths: list[tuple[str, ...]] = [()]
    while paths:
        path = paths.pop()
        for line in config.lines(*path):
            if not path and _VLANS.fullmatch(line):
                found |= {((), f"vlan {vlan}") for vlan in allowed_vlans(line[5:])}
            elif (path, line) not in found:
                found.add((path, line))
                if len(path) < 4:
                    paths.append((*path, line))
    return frozenset(found)
