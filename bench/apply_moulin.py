"""The Moulin side of ``bench/apply.py``: the flows of ``moulin apply`` over the lines of a folder.

``python bench/apply_moulin.py FOLDER wave|waves|bare``: FOLDER has ``inventory`` and ``lines/<switch>.cfg``.
``wave`` and ``waves`` read, plan and apply with all that protects; ``bare`` reads, compares, sends and saves.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from nornir.core import Nornir

from agent.apply.checkpoint import save_startup
from agent.apply.policy import Policy
from agent.apply.verdict import Outcome, Stop
from agent.flows.apply import Change, apply_change
from agent.flows.fleet import Device, Harvest, closing, each, open_fleet
from agent.flows.history import open_journal
from agent.intent.calm import calm_collector
from agent.plan.build import build_plan
from agent.plan.plan import Plan
from agent.settings import Settings, load_secrets
from agent.store.journal import Why


def quiet(device: str, words: str) -> None:
    """Nobody watches."""


def plan_of(folder: Path, device: Device, running: str) -> Plan:
    """What is running, and the lines."""
    lines = (folder / "lines" / f"{device.name}.cfg").read_text("utf-8")
    return build_plan(
        device.name,
        running,
        f"{running}\n{lines}",
        complete=True,
        platform=device.platform,
        reached_at=str(device.host.hostname),
    )


def read_and_plan(folder: Path, device: Device) -> Plan:
    (running,) = device.begin("show running-config")
    return plan_of(folder, device, running)


def send_bare(folder: Path, device: Device) -> bool:
    """As nxos_config does it: one session, no way back; True when lines were sent."""
    session = device.open_session()
    plan = plan_of(folder, device, session.run("show running-config"))
    lines = tuple(line for step in plan.steps for line in step.lines)
    if lines:
        session.configure(lines)
        save_startup(session)
    return bool(lines)


def whole(harvest: Harvest[object]) -> None:
    """Every switch answered."""
    assert not harvest.errors, [str(error) for error in harvest.errors.values()]


def apply_guarded(settings: Settings, nornir: Nornir, folder: Path, policy: Policy) -> None:
    planned = each(nornir, partial(read_and_plan, folder), progress=quiet, keep=lambda plan: bool(plan.steps))
    whole(planned)
    plans = dict(sorted(planned.values.items()))
    assert all(plan.steps for plan in plans.values()), "nothing to do"
    journal = open_journal(settings)
    try:
        change = Change(plans, Why("apply", "bench", "figures", ""), policy=policy)
        done = apply_change(nornir, change, journal, Stop(), quiet)
    finally:
        journal.close()
    bad = [verdict for verdict in done.verdicts if verdict.outcome is not Outcome.APPLIED]
    assert not bad, bad


def main() -> None:
    folder, how = Path(sys.argv[1]), sys.argv[2]
    calm_collector()  # as the command does
    settings = Settings()
    nornir = open_fleet(settings, load_secrets(settings.secrets))
    if how == "bare":
        sent = each(nornir, partial(send_bare, folder), progress=quiet)
        whole(sent)
        assert all(sent.values.values()), "nothing to do"
        return
    policy = Policy() if how == "waves" else Policy(canaries=min(50, len(nornir.inventory.hosts)))
    with closing(nornir):
        apply_guarded(settings, nornir, folder, policy)


if __name__ == "__main__":
    main()
