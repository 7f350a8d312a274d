"""What a switch answered during a change stands in the journal, word for word."""

from __future__ import annotations

from typing import Any

import pytest

from agent.apply.verdict import Outcome
from agent.flows.heard import LONGEST
from agent.store.journal import Journal, Reply
from vnexus.faults import RejectLine

Ground = Any
"""The fixture of conftest.py, which cannot be imported here."""

EVERYWHERE = pytest.mark.parametrize("ground", ["10 ssh", "9.3 nxapi", "7.3 ssh"], indirect=True)


def replies(ground: Ground) -> tuple[Reply, ...]:
    journal = Journal(ground.settings.state)
    try:
        return journal.replies(1, "switch")
    finally:
        journal.close()


@EVERYWHERE
def test_every_line_and_its_reply_are_kept(ground: Ground) -> None:
    plan = ground.plan(
        ground.text + "vlan 30\n  name doors\nsnmp-server community w0rd group network-operator\n"
    )
    assert ground.apply(plan).outcome is Outcome.APPLIED
    heard = replies(ground)
    said = [reply.said for reply in heard]
    for step in plan.steps:
        for line in step.lines:
            assert line.replace("w0rd", "<hidden>") in said
    assert not any("w0rd" in reply.said + reply.reply for reply in heard)
    saved = next(reply for reply in heard if reply.said == "copy running-config startup-config")
    assert "Copy complete" in saved.reply
    shown = [reply for reply in heard if reply.said == "show running-config"]
    assert shown
    assert all(len(reply.reply) <= LONGEST + 100 for reply in shown)
    assert any(reply.cut for reply in shown), "a long one says how much is not kept"


@EVERYWHERE
def test_the_words_of_a_refusal_are_kept(ground: Ground) -> None:
    plan = ground.plan()
    ground.node.faults.add(RejectLine("name phones", message="ERROR: no room for 'phones'"))
    verdict = ground.apply(plan)
    assert verdict.outcome is Outcome.UNDONE
    (refused,) = [reply for reply in replies(ground) if "no room" in reply.reply]
    assert refused.said.strip() in {"name phones", "commit confirmed 300"}  # in dual-stage the commit says it
    assert "ERROR: no room for 'phones'" in refused.reply
