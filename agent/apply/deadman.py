"""The dead man on the switch: a scheduled job that rolls back to a checkpoint, unless it is taken away.

Job and schedule are made before the checkpoint, so that the rollback finds them the same on both sides: the
scheduler never takes away a job that is just running. What is left of them afterwards is cleaned up by us.
The wait is given relative to now, and so by the switch's own clock, right or wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.apply.protection import FEATURE, Protection
from agent.device.transport import Transport
from agent.errors import CommandRejectedError

OURS = r"moulin-\d+-[0-9a-f]+"
"""Names of our checkpoints, jobs and schedules: change, and when it began, in hex."""

_HEADER = re.compile(rf"scheduler (?:job|schedule) name ({OURS})\s*")


def arm(session: Transport, name: str, minutes: int) -> None:
    """Schedule the rollback to checkpoint ``name``; raises CommandRejectedError unless it reads back."""
    session.configure(
        (
            FEATURE,
            f"scheduler job name {name}",
            f"  rollback running-config checkpoint {name}",
            "  exit",
            f"scheduler schedule name {name}",
            f"  job name {name}",
            f"  time start +{minutes // 60:02}:{minutes % 60:02}",
            "  exit",
        )
    )
    if not is_armed(session.run("show running-config"), name):
        raise CommandRejectedError(
            session.name,
            "the scheduler took the job, but does not show it",
            hint="see: show scheduler schedule",
        )


def disarm(session: Transport, name: str, running: str, *, keep_feature: bool) -> None:
    """Take away what is left of the dead man in ``running``, the schedule first: from then on nothing rings.

    Raises DeviceError.
    """
    rows = running.splitlines()
    lines = [
        f"no scheduler {kind} name {name}"
        for kind in ("schedule", "job")
        if any(row.rstrip() == f"scheduler {kind} name {name}" for row in rows)
    ]
    if FEATURE in rows and not keep_feature:
        lines.append(f"no {FEATURE}")
    if lines:
        session.configure(tuple(lines))


def is_armed(running: str, name: str) -> bool:
    """Whether a job and a schedule with a time stand in the running-config."""
    job = _section(running, f"scheduler job name {name}")
    schedule = _section(running, f"scheduler schedule name {name}")
    return any("rollback running-config" in row for row in job) and any(
        "time start" in row for row in schedule
    )


def armed_names(running: str) -> tuple[str, ...]:
    """Names of all dead men of ours in the running-config, ringing or left over."""
    found = (_HEADER.fullmatch(row) for row in running.splitlines())
    return tuple(dict.fromkeys(match[1] for match in found if match))


def without_dead_man(running: str, name: str, *, keep_feature: bool) -> str:
    r"""The running-config as it would be without our job and schedule.

    >>> text = "vlan 2\nscheduler job name moulin-1-a\n  rollback\nend-job\nvlan 3"
    >>> print(without_dead_man(text, "moulin-1-a", keep_feature=True))
    vlan 2
    vlan 3
    """
    headers = {f"scheduler {kind} name {name}" for kind in ("job", "schedule")}
    kept: list[str] = []
    inside = False
    for row in running.split("\n"):
        if row.rstrip() in headers:
            inside = True
        elif not (inside and (row.startswith(" ") or row.rstrip() in {"end-job", ""})):
            inside = False
            if keep_feature or row.rstrip() != FEATURE:
                kept.append(row)
    return "\n".join(kept)


def bare(running: str, name: str, protection: Protection, *, after: bool) -> str:
    """The running-config without the arming, to be compared with the target (``after``) or with the base."""
    keep = protection.feature_after if after else protection.feature_before
    return without_dead_man(running, name, keep_feature=keep)


def _section(running: str, header: str) -> Iterator[str]:
    """Lines below a top-level header."""
    inside = False
    for row in running.splitlines():
        if row.rstrip() == header:
            inside = True
        elif inside and row.startswith(" "):
            yield row
        else:
            inside = False
