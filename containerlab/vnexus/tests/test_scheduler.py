"""Jobs that the switch runs by itself: the dead man's way back, repetition, reload, the text of a job."""

from __future__ import annotations

import calendar

import pytest

from vnexus.exec.shell import Shell
from vnexus.lab import Lab
from vnexus.topology import NodeSpec, Topology

DEAD_MAN = (
    "checkpoint SAFE", "conf t", "feature scheduler",
    "scheduler job name BACK", "rollback running-config checkpoint SAFE ;copy running-config startup-config",
    "exit", "scheduler schedule name DEADMAN", "time start +00:05", "job name BACK", "exit",
    "vlan 66", "end",
)  # fmt: skip


@pytest.fixture
def shell() -> Shell:
    lab = Lab(Topology("scheduler", (NodeSpec("sw", "n9k-10", "N9K-C93180YC-FX3", "127.77.7.1"),)))
    return lab.nodes["sw"].shell("admin")


def say(shell: Shell, *lines: str) -> list[str]:
    return [shell.run(line).text for line in lines]


def vlans(shell: Shell) -> set[int]:
    return set(shell.node.config.vlans())


def wait(shell: Shell, seconds: float) -> None:
    shell.node.clock.advance(seconds)
    shell.node.world.refresh()


def test_a_dead_man_rolls_back_by_itself(shell: Shell) -> None:
    say(shell, *DEAD_MAN)
    wait(shell, 290)
    assert vlans(shell) == {1, 66}
    wait(shell, 75)
    assert vlans(shell) == {1}
    assert not shell.node.config.feature("scheduler")
    (run,) = shell.node.scheduler.runs
    assert (run.schedule, run.job, run.ok) == ("DEADMAN", "BACK", True)
    assert "Rollback completed successfully." in run.output
    assert "Copy complete." in run.output


def test_removed_in_time_nothing_happens(shell: Shell) -> None:
    say(shell, *DEAD_MAN, "conf t", "no scheduler schedule name DEADMAN", "end")
    wait(shell, 600)
    assert vlans(shell) == {1, 66}


def test_a_job_holds_its_commands(shell: Shell) -> None:
    say(shell, *DEAD_MAN)
    lines = shell.run("show running-config | begin 'scheduler job'").text.splitlines()
    assert lines[:3] == [
        "scheduler job name BACK",
        "  rollback running-config checkpoint SAFE ;copy running-config startup-config",
        "end-job",
    ]
    assert lines[3] == "scheduler schedule name DEADMAN"
    assert "rollback running-config checkpoint SAFE" in shell.run("show scheduler job").text
    shown = shell.run("show scheduler schedule name DEADMAN").text
    assert "Last Execution Time : Yet to be executed" in shown
    assert "        BACK                      -NA-" in shown


def test_the_text_of_a_job_can_be_loaded_again(shell: Shell) -> None:
    say(shell, *DEAD_MAN)
    before = shell.node.config.lines_of()
    said = say(shell, "copy running-config bootflash:all", "conf t", "no feature scheduler", "end",
               "configure replace bootflash:all")[-1]  # fmt: skip
    assert "Configure replace completed successfully" in said
    assert shell.node.config.lines_of() == before


def test_repeated_jobs_run_each_time(shell: Shell) -> None:
    say(shell, "conf t", "feature scheduler", "scheduler job name SAVE", "copy running-config startup-config",
        "end", "conf t", "scheduler schedule name OFTEN", "time start +00:01 repeat 00:10", "job name SAVE",
        "end")  # fmt: skip
    wait(shell, 25 * 60)
    runs = shell.node.scheduler.runs
    assert [run.at - runs[0].at for run in runs] == [0.0, 600.0, 1200.0]
    log = shell.run("show scheduler logfile").text
    assert log.count("Job Status: Success (0)") == 3
    shell.run("clear scheduler logfile")
    assert shell.run("show scheduler logfile").text == ""


def test_a_job_that_fails_says_so(shell: Shell) -> None:
    say(shell, "conf t", "feature scheduler", "scheduler job name J", "bogus", "exit",
        "scheduler schedule name S", "time start now", "job name J", "end")  # fmt: skip
    wait(shell, 61)
    assert "Failed (1)" in shell.run("show scheduler schedule").text


def test_a_saved_schedule_survives_a_reload_and_another_does_not(shell: Shell) -> None:
    say(shell, *DEAD_MAN)
    shell.node.world.reboot("sw")
    wait(shell, 600)
    assert not shell.node.scheduler.runs
    say(shell, *DEAD_MAN[1:], "copy running-config startup-config")
    shell.node.world.reboot("sw")
    wait(shell, 600)
    assert [run.job for run in shell.node.scheduler.runs] == ["BACK"]


def test_times_that_are_none(shell: Shell) -> None:
    said = say(shell, "conf t", "feature scheduler", "scheduler schedule name S", "time start +5",
               "time daily 25:00", "time weekly moon:10:00", "time weekly 8:10:00", "time monthly 32:10:00",
               "time monthly 3:25:00")  # fmt: skip
    assert all("Invalid command" in text for text in said[3:])


def test_without_the_feature_there_is_nothing(shell: Shell) -> None:
    assert "Invalid command" in shell.run("show scheduler job").text


@pytest.mark.parametrize(
    ("typed", "kept", "kind", "days"),
    [
        ("weekly Mon:10:00", "weekly mon:10:00", "Run every week on Mon at 10:00", [0, 7, 14, 21, 28]),
        ("weekly 1:9:30", "weekly sun:09:30", "Run every week on Sun at 09:30", [0, 7, 14, 21, 28]),
        ("monthly 31:23:00", "monthly 31:23:00", "Run every month on 31 at 23:00", [0, 28]),
    ],
)
def test_once_a_week_or_a_month(shell: Shell, typed: str, kept: str, kind: str, days: list[int]) -> None:
    start = calendar.timegm((2027, 1, 25, 0, 0, 0))  # a Monday
    wait(shell, start - shell.node.clock.now())
    say(shell, "conf t", "feature scheduler", "scheduler job name J", "show clock", "exit",
        "scheduler schedule name S", f"time {typed}", "job name J", "end")  # fmt: skip
    assert f"time {kept}" in shell.run("show running-config").text
    assert kind in shell.run("show scheduler schedule").text
    wait(shell, 35 * 86_400)
    runs = shell.node.scheduler.runs
    assert [(run.at - runs[0].at) / 86_400 for run in runs] == days
    assert all(run.ok for run in runs)
