"""A change that broke the glass is told to the watch."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from agent.cli.changing import reason_of
from agent.export.health import Health, health_registry, write_health
from agent.flows.glass import read_broken
from agent.settings import Settings
from agent.store.journal import Journal, Why


def test_only_changes_in_spite_of_the_rules_are_told(tmp_path: Path) -> None:
    read = read_broken(Settings(state=tmp_path))
    assert read() == {}
    assert list(tmp_path.iterdir()) == [], "reading makes no journal"
    begun = datetime(2027, 3, 14, 12, tzinfo=UTC)
    journal = Journal(tmp_path, clock=lambda: begun)
    journal.begin(Why("apply", "ana", reason_of("ticket 7", ""), "i"), ())
    journal.begin(Why("apply", "ben", reason_of("", "cameras are blind"), "i"), ())
    journal.close()
    assert read() == {("2", "ben"): begun.timestamp()}

    health = Health(broken=read)
    text = write_health(health_registry(health), "text/plain")
    assert 'moulin_break_glass_timestamp_seconds{change="2",who="ben"} 1.8050256e+09' in text


def test_a_journal_that_cannot_be_read_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_text("this is no database at all" * 90)
    assert read_broken(Settings(state=tmp_path))() == {}
