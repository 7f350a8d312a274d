"""Pages in the Prometheus text format 0.0.4 and in OpenMetrics 1.0: families together, each series once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from agent.export.negotiate import OPENMETRICS, TEXT, choose_format
from agent.metrics import CATALOGUE, Kind, Metric, Page
from agent.metrics.roll import Tally

__all__ = ["END", "OPENMETRICS", "TEXT", "choose_format", "write_head", "write_lines", "write_page"]

END = "# EOF\n"


def write_page(page: Page, content_type: str = TEXT, metrics: Iterable[Metric] = CATALOGUE) -> str:
    """The page as text, families in the order of ``metrics``; without the ``# EOF`` of OpenMetrics.

    >>> from agent.metrics import UPTIME, Sample
    >>> page = Page()
    >>> page.add(Sample(UPTIME, ("core-1",), 12.5))
    >>> print(write_page(page), end="")
    # HELP net_device_uptime_seconds Time since the system started, not since the SNMP agent did
    # TYPE net_device_uptime_seconds gauge
    net_device_uptime_seconds{device="core-1"} 12.5
    """
    return "".join(_write(page, content_type, metrics))


def _write(page: Page, content_type: str, metrics: Iterable[Metric]) -> Iterator[str]:
    families = page.families
    for metric in metrics:
        values = families.get(metric.name)
        if values:
            yield write_head(metric, content_type)
            yield write_lines(values)


def write_lines(values: Mapping[str, float]) -> str:
    r"""The series of a family, one a line; the same in both formats.

    >>> write_lines({'a{b="c"} ': 1, "d ": float("inf")})
    'a{b="c"} 1\nd +Inf\n'
    """
    if not isinstance(values, Tally):
        lines = "".join([f"{series}{value}\n" for series, value in values.items()])
    elif values.is_whole:
        return values.write()
    else:
        lines = values.write()
    return lines if "nan\n" not in lines and "inf\n" not in lines else _write_odd(values)


def _write_odd(values: Mapping[str, float]) -> str:
    return "".join(f"{series}{_number(value)}\n" for series, value in values.items())


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(value)


@lru_cache(maxsize=1024)
def write_head(metric: Metric, content_type: str) -> str:
    """HELP and TYPE of a family."""
    name = metric.name
    text = metric.help.replace("\\", r"\\").replace("\n", r"\n")
    if content_type == OPENMETRICS:
        text = text.replace('"', r"\"")
        if metric.kind is Kind.COUNTER:
            name = name.removesuffix("_total")
    return f"# HELP {name} {text}\n# TYPE {name} {metric.kind.value}\n"
