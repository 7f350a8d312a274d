"""Show commands to series: tables of rows, whose values carry units."""

from __future__ import annotations

from agent.collect.mdt.plain import Plain, find_rows
from agent.collect.streaming.form import fill_slot, open_slot
from agent.collect.streaming.held import Held
from agent.collect.streaming.rules import Rules, TableRule

_MOST_ROWS = 10_000


class TableReader:
    """Feeds the values of one device from the structured output of show commands."""

    def __init__(self, rules: Rules, held: Held) -> None:
        self._held = held
        self._series: dict[str, set[str]] = {}
        self._rules: dict[str, list[TableRule]] = {}
        for rule in rules.tables:
            self._rules.setdefault(rule.command, []).append(rule)

    def read(self, content: Plain, command: str, seconds: float | None) -> None:
        """Store the tables of an answer that the rules know."""
        rules = self._rules.get(" ".join(command.split()))
        self._held.updates += _count(content)
        if rules is None:
            self._held.problems["unknown-leaf"] += 1
            return
        for rule in rules:
            for row in find_rows(content, rule.table)[:_MOST_ROWS]:
                values = {
                    f".{name}": str(value)
                    for name, value in row.items()
                    if not isinstance(value, (dict, list))
                }
                for name, form in rule.fields:
                    series = form.series(self._held.device, values) if name in row else None
                    slot = open_slot(self._held, form, series, seconds) if series else None
                    if slot is not None:
                        fill_slot(self._held, slot, row[name])
                        self._series.setdefault(rule.command, set()).add(slot.series)

    def delete(self, command: str) -> None:
        """Take back what the answers to a command said."""
        for series in self._series.pop(" ".join(command.split()), ()):
            self._held.drop(series)


def _count(value: Plain) -> int:
    if isinstance(value, dict):
        return sum(_count(one) for one in value.values())
    return sum(_count(one) for one in value) if isinstance(value, list) else 1
