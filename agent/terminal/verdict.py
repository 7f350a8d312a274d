"""Is the city well, in one word and the reasons. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from agent.errors import UsageError
from agent.web.told import StatusTold, SwitchTold


class Health(StrEnum):
    """One word for a city, a site or a switch; the worst counts."""

    WELL = "well"
    DEGRADED = "degraded"
    """Something is not as meant."""
    UNKNOWN = "unknown"
    """Not everything was polled yet."""
    STALE = "stale"
    """The watch answers, but stopped polling: what it says is old."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The word, and a line for each reason."""

    health: Health
    reasons: tuple[str, ...]


def judge(status: StatusTold) -> Verdict:
    """The verdict over what was told. Old data is never well."""
    reasons = tuple(_faults(status))
    waiting = [one.device for one in status.switches if one.state == "waiting"]
    if status.stale:
        age = tell_age(status.age_seconds)
        return Verdict(
            Health.STALE,
            (f"the data is {age} old, polls are due every {status.interval_seconds:g} s", *reasons),
        )
    if reasons:
        return Verdict(Health.DEGRADED, reasons)
    if waiting or not status.switches:
        return Verdict(Health.UNKNOWN, (f"{len(waiting)} of {len(status.switches)} switches not polled yet",))
    return Verdict(Health.WELL, ())


def _faults(status: StatusTold) -> Iterator[str]:
    silent = sum(one.state == "down" for one in status.switches)
    if silent:
        yield f"{silent} of {len(status.switches)} switches do not answer"
    for service in status.services:
        if service.state in {"degraded", "out"}:
            dim = f", of {service.unknown} nobody knows" if service.unknown else ""
            yield f"{service.service}: {service.working} of {service.meant} work{dim}"
    rest = sum(one.kind != "switch" for one in status.incidents)
    if rest:
        yield f"{rest} endpoint{'s' if rest > 1 else ''} or link{'s' if rest > 1 else ''} not as meant"


def narrow(status: StatusTold, name: str) -> StatusTold:
    """Only one site or one switch. Raises UsageError for a name that is neither, with those that are near."""
    switches = [one for one in status.switches if name in {one.site, one.device}]
    if not switches:
        known = sorted({word for one in status.switches for word in (one.site, one.device)})
        near = get_close_matches(name, known, 3)
        hint = f"did you mean {', '.join(near)}?" if near else "names stand in: moulin status --json"
        raise UsageError(f"{name!r} is neither a site nor a switch of the city. {hint}")
    devices = {one.device for one in switches}
    sites = {one.site for one in switches}
    ages = [one.age_seconds for one in switches if one.age_seconds is not None]
    incidents = [one for one in status.incidents if one.device in devices]
    return status.model_copy(
        update={
            "services": [],
            "sites": [one for one in status.sites if one.site in sites] if name in sites else [],
            "switches": switches,
            "incidents": incidents,
            "age_seconds": max(ages, default=None),
        }
    )


def troubled(switch: SwitchTold) -> bool:
    """Whether a switch, or what hangs on it, is not as meant."""
    return switch.state != "up" or switch.ports_up < switch.ports_meant


def tell_share(ratio: float | None) -> str:
    """A share, exact enough for objectives.

    >>> tell_share(0.995), tell_share(1), tell_share(-0.5), tell_share(None)
    ('99.5 %', '100 %', '-50 %', '')
    """
    return "" if ratio is None else f"{100 * ratio:.4g} %"


def tell_age(seconds: float | None) -> str:
    """An age at a glance.

    >>> tell_age(None), tell_age(4.2), tell_age(150), tell_age(7_300), tell_age(200_000)
    ('-', '4 s', '2 min', '2 h', '2 d')
    """
    if seconds is None:
        return "-"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(max(0.0, seconds))} s"
