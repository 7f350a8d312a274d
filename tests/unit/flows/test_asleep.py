"""What sleeps by the night schedule is no drift; what somebody cut by hand is."""

from __future__ import annotations

from pathlib import Path

from agent.flows.asleep import Asleep, find_asleep, let_sleep
from agent.plan.build import build_plan
from agent.store.journal import Journal, NewRun, Why

WANTED = "interface Ethernet1/45\n  power inline auto\ninterface Ethernet1/46\n  switchport\n"
DARK = WANTED.replace("power inline auto", "power inline never")


def night(journal: Journal, verb: str, state: str = "saved") -> None:
    plan = build_plan("sw-1", WANTED, DARK, complete=True)
    number = journal.begin(
        Why(verb, "cron", "", ""), (NewRun("sw-1", plan.base, plan.target, 1, plan.model_dump_json()),)
    )
    journal.note(number, "sw-1", state)
    journal.end(number, "done")


def test_the_latest_word_counts(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    night(journal, "night power off")
    assert find_asleep(journal) == {"sw-1": Asleep(1, ("Ethernet1/45",))}
    night(journal, "night power on", "undone")
    assert find_asleep(journal)["sw-1"].change == 1, "a morning that was undone is none"
    night(journal, "apply")
    night(journal, "night power on")
    assert find_asleep(journal) == {}
    journal.close()


def test_only_what_is_dark_sleeps() -> None:
    asleep = Asleep(1, ("Ethernet1/45", "Ethernet1/46"))
    assert let_sleep(WANTED, DARK, asleep) == (DARK, ("Ethernet1/45",))
    assert let_sleep(WANTED, WANTED, asleep) == (WANTED, ())
    assert let_sleep(WANTED, DARK, None) == (WANTED, ())
