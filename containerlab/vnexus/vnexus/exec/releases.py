"""The same structure as each release writes it: lists of tables or of rows, numbers or texts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vnexus.exec.output import Body, Output

_TABLES_IN_LISTS = frozenset({"show-ip-interface", "show-ip-interface-brief", "show-ipv6-interface"})
"""Commands whose rows sit in a table each on 7.x: ``TABLE_intf: [{ROW_intf: …}, {ROW_intf: …}]``."""


def shaped(output: Output, profile: str, run: str) -> Output:
    """7.x knows texts only; 9.3 and 10.x write some numbers as numbers, as the commands made them."""
    if output.body is None or not profile.startswith("n7k"):
        return output
    body: Body = _texts(output.body)
    return replace(output, body=_split(body) if run in _TABLES_IN_LISTS else body)


def _texts(value: Any) -> Any:
    """Every number becomes text.

    >>> _texts({"eth_bw": 1000, "rows": [{"up": True}]})
    {'eth_bw': '1000', 'rows': [{'up': 'True'}]}
    """
    if isinstance(value, dict):
        return {key: _texts(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return value if value is None or isinstance(value, str) else str(value)


def _split(body: Body) -> Body:
    """Every row gets a table of its own.

    >>> _split({"TABLE_intf": {"ROW_intf": [{"a": "1"}, {"a": "2"}]}})
    {'TABLE_intf': [{'ROW_intf': {'a': '1'}}, {'ROW_intf': {'a': '2'}}]}
    """
    split: Body = {}
    for key, value in body.items():
        rows = value.get(f"ROW_{key.removeprefix('TABLE_')}") if isinstance(value, dict) else None
        if key.startswith("TABLE_") and isinstance(rows, list):
            split[key] = [{f"ROW_{key.removeprefix('TABLE_')}": row} for row in rows]
        else:
            split[key] = value
    return split
