"""The queue on disk: order, restarts, torn ends, its bound."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import StoreError
from agent.export.remote import queue as queue_module
from agent.export.remote.queue import DiskQueue


def opened(folder: Path, **options: int) -> DiskQueue:
    queue = DiskQueue(folder, **options)
    queue.open()
    return queue


def drain(queue: DiskQueue, most: int = 10**9) -> list[bytes]:
    found = []
    while len(found) < most and (record := queue.read()):
        queue.done(record)
        found.append(record.body)
    return found


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "SEGMENT_BYTES", 100)


def test_first_in_first_out_over_segments_and_restarts(tmp_path: Path, small: None) -> None:
    bodies = [b"%d" % number * 5 for number in range(100)]
    queue = opened(tmp_path)
    for body in bodies[:60]:
        queue.append(body, 2)
    assert queue.waiting == 120
    assert drain(queue, 25) == bodies[:25]
    # no close: the process was killed
    again = opened(tmp_path)
    assert again.waiting == 70
    for body in bodies[60:]:
        again.append(body, 2)
    assert drain(again) == bodies[25:]
    assert (again.waiting, again.dropped, again.torn) == (0, 0, 0)
    assert len(list(tmp_path.glob("*.seg"))) == 1


def test_what_was_read_but_not_answered_comes_again(tmp_path: Path) -> None:
    queue = opened(tmp_path)
    queue.append(b"a", 1)
    queue.append(b"b", 1)
    first, second = queue.read(), queue.read()
    assert first is not None
    assert second is not None
    queue.back(second)
    queue.done(first)
    assert drain(opened(tmp_path)) == [b"b"]
    queue.rewind()
    assert drain(queue) == [b"b"]


@given(st.integers(1, 30))
def test_a_torn_end_costs_its_record_and_no_other(cut: int) -> None:
    import tempfile  # noqa: PLC0415  # a folder for each example

    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        queue = opened(folder)
        for body in (b"first", b"second", b"third"):
            queue.append(body, 1)
        queue.close()
        path = next(path for path in folder.glob("*.seg") if path.stat().st_size)
        os.truncate(path, path.stat().st_size - cut)
        again = opened(folder)
        left = 1 if cut > 17 else 2  # a record of five bytes is 17 long
        again.append(b"later", 1)
        assert drain(again) == [*[b"first", b"second"][:left], b"later"]
        again.close()


def test_a_full_queue_loses_its_oldest_and_counts(tmp_path: Path, small: None) -> None:
    queue = opened(tmp_path, most_bytes=1000)
    for number in range(200):
        queue.append(b"%03d" % number * 3, 10)
    kept = drain(queue)
    assert queue.dropped == 10 * (200 - len(kept))
    assert kept == [b"%03d" % number * 3 for number in range(200 - len(kept), 200)]
    assert 30 < len(kept) < 60


def test_half_sent_segments_are_not_counted_as_lost(tmp_path: Path, small: None) -> None:
    queue = opened(tmp_path, most_bytes=1000)
    for number in range(6):
        queue.append(b"%03d" % number * 3, 10)
    drain(queue, 3)
    for number in range(200):
        queue.append(b"%03d" % number * 3, 10)
    assert queue.dropped + queue.waiting == 10 * 203


def test_a_lost_place_sends_again_rather_than_nothing(tmp_path: Path) -> None:
    queue = opened(tmp_path)
    queue.append(b"a", 1)
    queue.append(b"b", 1)
    drain(queue, 1)
    (tmp_path / "place").write_bytes(b"rubbish")
    assert drain(opened(tmp_path)) == [b"a", b"b"]


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="not a usable queue"):
        opened(tmp_path / "file")
