"""``moulin check`` reads the city's own messages too."""

from __future__ import annotations

import shutil
from pathlib import Path

from agent.collect.syslog.known import city_lexicon
from agent.collect.traps.known import city_dictionary, numbers_of
from agent.flows.check import check_inventory

ROOT = Path(__file__).parents[3]
DOOR = "{message: DOOR-OPEN, find: 'Door (?P<part>[0-9]+)', kind: door-open, severity: warning, text: open}"
TRAP = "{oid: 1.3.6.1.4.1.99999.0.1, kind: door-open, severity: notice, text: open}"


def test_messages_of_the_city_are_taken_and_mistakes_have_a_file(tmp_path: Path) -> None:
    city = tmp_path / "inventory"
    shutil.copytree(ROOT / "inventory", city)
    for folder, text in (("syslog", f"messages: [{DOOR}]"), ("traps", f"notifications: [{TRAP}]")):
        (city / folder).mkdir()
        (city / folder / "doors.yaml").write_text(text, encoding="utf-8")
    assert check_inventory(city).sound
    assert city_lexicon(city).find("DOOR-OPEN") is not None
    assert numbers_of("1.3.6.1.4.1.99999.0.1") in city_dictionary(city).notifications

    (city / "syslog" / "doors.yaml").write_text("messages: [{message: lower}]", encoding="utf-8")
    (city / "traps" / "doors.yaml").write_text("notifications: [{oid: x}]", encoding="utf-8")
    report = check_inventory(city)
    assert not report.sound
    assert [finding.place.file for finding in report.findings] == [
        f"{city.as_posix()}/traps/doors.yaml",
        f"{city.as_posix()}/syslog/doors.yaml",
    ]
    assert all(finding.problem and finding.hint for finding in report.findings)
