"""The scheduler: jobs of the configuration, run by the switch when their time comes.

The dead man's way: a job that rolls back, scheduled a few minutes ahead and removed when all is well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vnexus.config.effects.scheduler import (
    DAY,
    day_of_month,
    moment,
    next_monthly,
    next_weekly,
    seconds_of,
    weekday,
)
from vnexus.config.tree import Section
from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command

if TYPE_CHECKING:
    from vnexus.node import Node

BAR = "=" * 78


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of one job."""

    schedule: str
    job: str
    at: float
    ok: bool
    output: str


@dataclass(slots=True)
class Scheduler:
    """Timers of one node's schedules, planned anew when its configuration changes."""

    runs: list[Run] = field(default_factory=list)
    timers: list[int] = field(default_factory=list)
    planned: int = -1
    """Version of the configuration that was planned."""

    def plan(self, node: Node, now: float) -> None:
        """Make an appointment for the next time of every schedule after ``now``."""
        self.planned = node.config.version
        agenda = node.world.agenda
        for timer in self.timers:
            agenda.cancel(timer)
        self.timers = []
        if not node.config.feature("scheduler"):
            return
        for name, section in sections(node, "schedule"):
            at = next_time(section.value("time") or "", now)
            if at is not None:
                self.timers.append(agenda.add(at, lambda at, name=name: self._ring(node, name, at)))  # type: ignore[misc]

    def _ring(self, node: Node, schedule: str, at: float) -> None:
        section = dict(sections(node, "schedule")).get(schedule)
        if section is None or not node.powered():
            return
        for job in jobs_of(section):
            lines = dict(sections(node, "job")).get(job)
            if lines is not None:
                self.runs.append(_run(node, schedule, job, lines, at))
        self.plan(node, at)

    def last(self, schedule: str, job: str | None = None) -> Run | None:
        found = (run for run in reversed(self.runs) if run.schedule == schedule and job in {None, run.job})
        return next(found, None)


def sections(node: Node, kind: str) -> Iterator[tuple[str, Section]]:
    """Jobs or schedules of the running configuration by name."""
    for entry in node.config.root.under("scheduler", kind, "name"):
        if entry.section is not None:
            yield entry.identity[3], entry.section


def jobs_of(schedule: Section) -> list[str]:
    return [entry.identity[2] for entry in schedule.under("job", "name")]


def commands_of(job: Section) -> list[str]:
    return [entry.text for entry in job.ordered()]


def next_time(text: str, now: float) -> float | None:
    """When the ``time`` of a schedule comes after ``now``; None for never.

    ``start yyyy:mm:dd:HH:MM [repeat [D:]HH:MM]``, ``daily HH:MM``, ``weekly mon:HH:MM``,
    ``monthly 28:HH:MM``.

    >>> next_time("start 1970:01:01:00:01", 30.0), next_time("start 1970:01:01:00:01", 60.0)
    (60.0, None)
    >>> next_time("start 1970:01:01:00:01 repeat 00:02", 60.0), next_time("daily 00:01", 60.0)
    (180.0, 86460.0)
    >>> next_time("weekly fri:00:01", 60.0), next_time("monthly 2:00:01", 60.0)
    (86460.0, 86460.0)
    """
    words = text.split()
    if len(words) < 2:
        return None
    if words[0] in {"weekly", "monthly"}:
        name, _, clock = words[1].partition(":")
        day, then = (
            (weekday(name), next_weekly) if words[0] == "weekly" else (day_of_month(name), next_monthly)
        )
        seconds = seconds_of(clock)
        return None if day is None or seconds is None else then(day, seconds, now)
    at = moment(words[1], now)
    if at is None or at > now:
        return at
    step = seconds_of(words[3]) if len(words) == 4 else DAY if words[0] == "daily" else None
    return at + (int((now - at) // step) + 1) * step if step else None


def _run(node: Node, schedule: str, job: str, lines: Section, at: float) -> Run:
    """Type the job's lines on a session of its own that asks no questions."""
    shell = node.shell(node.username)
    shell.ask = shell.interactive = False
    said: list[str] = []
    ok = True
    for line in commands_of(lines):
        output = shell.run(line)
        ok = ok and not output.error
        said += [f"`{line}`", *([output.text] if output.text else [])]
    return Run(schedule, job, at, ok, "\n".join(said))


@command("show-scheduler-job")
def show_scheduler_job(call: Call) -> Output:
    lines: list[str] = []
    for name, section in sections(call.node, "job"):
        if call.get("name") in {None, name}:
            lines += [f"Job Name: {name}", "-" * 26, *commands_of(section), "", BAR]
    return Output("\n".join(lines))


@command("show-scheduler-schedule")
def show_scheduler_schedule(call: Call) -> Output:
    node = call.node
    lines: list[str] = []
    for name, section in sections(node, "schedule"):
        if call.get("name") not in {None, name}:
            continue
        last = node.scheduler.last(name)
        at = next_time(section.value("time") or "", node.clock.now())
        lines += [f"Schedule Name       : {name}", "-" * 26, f"User Name           : {node.username}",
                  f"Schedule Type       : {_kind(section, node, at)}",
                  f"Last Execution Time : {node.stamp(last.at) if last else 'Yet to be executed'}",
                  "-" * 47, "     Job Name            Last Execution Status", "-" * 47]  # fmt: skip
        for job in jobs_of(section):
            run = node.scheduler.last(name, job)
            status = "-NA-" if run is None else "Success (0)" if run.ok else "Failed (1)"
            lines.append(f"{job:>12}{status:>26}")
        lines.append(BAR)
    return Output("\n".join(lines))


def _kind(section: Section, node: Node, at: float | None) -> str:
    words = (section.value("time") or "").split()
    if not words:
        return "Not configured"
    if words[0] == "daily":
        return f"Run every day at {words[1]}"
    if words[0] in {"weekly", "monthly"}:
        day, _, clock = words[1].partition(":")
        return f"Run every {words[0].removesuffix('ly')} on {day.capitalize()} at {clock}"
    if len(words) == 4:
        return f"Run every {words[3]} starting from {words[1]}"
    return f"Run once on {node.stamp(at)}" if at is not None else "Run once, done"


@command("show-scheduler-logfile")
def show_scheduler_logfile(call: Call) -> Output:
    node = call.node
    lines: list[str] = []
    for run in node.scheduler.runs:
        status = "Success (0)" if run.ok else "Failed (1)"
        lines += [f"Job Name       : {run.job:<34}Job Status: {status}",
                  f"Schedule Name  : {run.schedule:<34}User Name : {node.username}",
                  f"Completion time: {node.stamp(run.at)}", f"{' Job Output ':-^78}",
                  run.output, BAR]  # fmt: skip
    return Output("\n".join(lines))


@command("clear-scheduler-logfile")
def clear_scheduler_logfile(call: Call) -> Output:
    call.node.scheduler.runs.clear()
    return Output()
