"""Pages in the Prometheus text format 0.0.4 and in OpenMetrics 1.0: families together, each series once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

from agent.metrics import CATALOGUE, Kind, Metric, Page

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
END = "# EOF\n"


def choose_format(accept: str) -> str:
    """Content type to answer with; OpenMetrics when the client names it.

    >>> choose_format("application/openmetrics-text;version=1.0.0,text/plain;q=0.5") == OPENMETRICS
    True
    """
    return OPENMETRICS if "application/openmetrics-text" in accept else TEXT


def write_page(page: Page, content_type: str = TEXT) -> str:
    """The page as text, families in the order of the catalogue; without the ``# EOF`` of OpenMetrics.

    >>> from agent.metrics import UPTIME, Sample
    >>> page = Page()
    >>> page.add(Sample(UPTIME, ("core-1",), 12.5))
    >>> print(write_page(page), end="")
    # HELP net_device_uptime_seconds Time since the system started, not since the SNMP agent did
    # TYPE net_device_uptime_seconds gauge
    net_device_uptime_seconds{device="core-1"} 12.5
    """
    return "".join(_write(page, content_type))


def _write(page: Page, content_type: str) -> Iterator[str]:
    families = page.families
    for metric in CATALOGUE:
        values = families.get(metric.name)
        if not values:
            continue
        yield _head(metric, content_type)
        lines = "".join([f"{series}{value}\n" for series, value in values.items()])
        yield lines if "nan\n" not in lines and "inf\n" not in lines else _write_odd(values)


def _write_odd(values: dict[str, float]) -> str:
    return "".join(f"{series}{_number(value)}\n" for series, value in values.items())


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(value)


@lru_cache(maxsize=1024)
def _head(metric: Metric, content_type: str) -> str:
    name = metric.name
    text = metric.help.replace("\\", r"\\").replace("\n", r"\n")
    if content_type == OPENMETRICS:
        text = text.replace('"', r"\"")
        if metric.kind is Kind.COUNTER:
            name = name.removesuffix("_total")
    return f"# HELP {name} {text}\n# TYPE {name} {metric.kind.value}\n"
