"""A queue on disk that survives whoever writes it: records in segment files, and a place: sent up to here.

A record is length, CRC-32, number of samples and body. Every append is handed to the kernel at once, so it
outlives a killed process; it is forced to the disk (fsync) when a segment is full and every few seconds, so
that a power cut costs no more than these. A torn record at the end of a segment is cut off when the queue
is opened. The place that was sent is written after each answer; what was under way then is sent again.
When the queue is full, its oldest segment goes, and is counted.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from agent.errors import StoreError

_HEAD = struct.Struct(">III")
_PLACE = struct.Struct(">QQ")
SEGMENT_BYTES = 4 << 20
MOST_RECORD_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Record:
    """One record and where the next begins."""

    body: bytes
    samples: int
    segment: int
    next_at: int


@dataclass(slots=True)
class Segment:
    """A segment file: its valid bytes, and the samples of its records."""

    path: Path
    size: int = 0
    samples: int = 0


@dataclass(slots=True)
class DiskQueue:
    """First in, first out. One process may have a folder open at a time."""

    folder: Path
    most_bytes: int = 512 << 20
    sync_seconds: float = 5.0
    monotonic: Callable[[], float] = lambda: 0.0
    dropped: int = 0
    """Samples lost because the queue was full."""
    torn: int = 0
    """Records found damaged when the queue was opened."""
    _segments: dict[int, Segment] = field(default_factory=dict)
    _place: tuple[int, int] = (0, 0)
    _read_at: tuple[int, int] = (0, 0)
    _file: int | None = None
    _synced_at: float = 0.0
    _sent_samples: int = 0

    def open(self) -> None:
        """Find what an earlier process left. Raises StoreError."""
        self._segments, self._file = {}, None
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for path in sorted(self.folder.glob("*.seg")):
                self._segments[int(path.stem)] = self._scan(path)
            self._place = self._read_place()
            self._start_segment(max(self._segments, default=self._place[0]) + 1)
        except (OSError, ValueError) as exc:
            raise StoreError(
                f"{self.folder}: not a usable queue ({exc}). check the disk, or remove it"
            ) from exc
        if self._place[0] not in self._segments:
            self._place = (min(number for number in self._segments if number >= self._place[0]), 0)
        self._sent_samples = self._count_sent()
        self._drop_sent()
        self.rewind()

    def _scan(self, path: Path) -> Segment:
        """Read a segment and cut what is torn at its end."""
        segment = Segment(path)
        data = path.read_bytes()
        while record := _parse(data, segment.size, 0):
            segment.size, segment.samples = record.next_at, segment.samples + record.samples
        if segment.size < len(data):
            self.torn += 1
            os.truncate(path, segment.size)
        return segment

    def _read_place(self) -> tuple[int, int]:
        file = self.folder / "place"
        if not file.exists():
            return (0, 0)
        data = file.read_bytes()
        if len(data) != _PLACE.size + 4 or zlib.crc32(data[:-4]) != int.from_bytes(data[-4:], "big"):
            return (0, 0)  # everything that is there is sent again: receivers take equal samples twice
        segment, at = _PLACE.unpack(data[:-4])
        return segment, at

    def _count_sent(self) -> int:
        number, at = self._place
        segment = self._segments.get(number)
        if segment is None:
            return 0
        data, found, samples = segment.path.read_bytes(), 0, 0
        while found < at and (record := _parse(data, found, number)):
            found, samples = record.next_at, samples + record.samples
        return samples

    def _start_segment(self, number: int) -> None:
        if self._file is not None:
            os.fsync(self._file)
            os.close(self._file)
        path = self.folder / f"{number:020d}.seg"
        self._segments[number] = Segment(path)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def append(self, body: bytes, samples: int) -> None:
        """Add a record; drops the oldest when there is no room. Raises StoreError when the disk refuses."""
        number = max(self._segments)
        if self._segments[number].size >= SEGMENT_BYTES:
            number += 1
            self._start_segment(number)
        segment = self._segments[number]
        record = _HEAD.pack(len(body), zlib.crc32(body), samples) + body
        if self._file is None:
            raise StoreError(f"{self.folder}: the queue is not open. call open() first")
        try:
            _write_whole(self._file, record)
            now = self.monotonic()
            if now - self._synced_at >= self.sync_seconds:
                os.fsync(self._file)
                self._synced_at = now
        except OSError as exc:
            os.ftruncate(self._file, segment.size)
            self.dropped += samples
            raise StoreError(f"{segment.path}: {exc.strerror}. make room on the disk") from exc
        segment.size += len(record)
        segment.samples += samples
        while self.size > self.most_bytes and len(self._segments) > 1:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        first = min(self._segments)
        segment = self._segments.pop(first)
        self.dropped += segment.samples - (self._sent_samples if self._place[0] == first else 0)
        segment.path.unlink(missing_ok=True)
        following = (min(self._segments), 0)
        if self._place < following:
            self._place, self._sent_samples = following, 0
        self._read_at = max(self._read_at, following)

    def read(self) -> Record | None:
        """The next record after the last one read, None when there is none."""
        number, at = self._read_at
        while number in self._segments:
            segment = self._segments[number]
            if at < segment.size:
                with segment.path.open("rb") as file:
                    file.seek(at)
                    head = file.read(_HEAD.size)
                    record = _parse(head + file.read(_HEAD.unpack(head)[0]), 0, number)
                if record is not None:
                    record = Record(record.body, record.samples, number, at + record.next_at)
                    self._read_at = (number, record.next_at)
                    return record
            following = [later for later in self._segments if later > number]
            if not following:
                return None
            number, at = min(following), 0
            self._read_at = (number, at)
        return None

    def rewind(self) -> None:
        """Read again from what was not marked as sent."""
        self._read_at = self._place

    def back(self, record: Record) -> None:
        """Put the record that was read last back."""
        self._read_at = (record.segment, record.next_at - _HEAD.size - len(record.body))

    def done(self, record: Record) -> None:
        """All up to this record is sent, or given up. Raises StoreError."""
        place = (record.segment, record.next_at)
        if place < self._place:
            return  # it was dropped meanwhile
        if record.segment != self._place[0]:
            self._sent_samples = 0
        self._place = place
        data = _PLACE.pack(*place)
        try:
            temporary = self.folder / "place.new"
            temporary.write_bytes(data + zlib.crc32(data).to_bytes(4, "big"))
            temporary.replace(self.folder / "place")
        except OSError as exc:
            raise StoreError(f"{self.folder}: {exc.strerror}. make room on the disk") from exc
        self._sent_samples += record.samples
        self._drop_sent()

    def _drop_sent(self) -> None:
        for number in [number for number in self._segments if number < self._place[0]]:
            self._segments.pop(number).path.unlink(missing_ok=True)

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(segment.size for segment in self._segments.values())

    @property
    def waiting(self) -> int:
        """Samples that were not sent yet."""
        return sum(segment.samples for segment in self._segments.values()) - self._sent_samples

    def close(self) -> None:
        """Force what was written to the disk."""
        if self._file is not None:
            os.fsync(self._file)
            os.close(self._file)
            self._file = None


def _write_whole(file: int, data: bytes) -> None:
    if os.write(file, data) != len(data):
        raise OSError(0, "written in part")


def _parse(data: bytes, at: int, segment: int) -> Record | None:
    if at + _HEAD.size > len(data):
        return None
    length, crc, samples = _HEAD.unpack_from(data, at)
    body = data[at + _HEAD.size : at + _HEAD.size + length]
    if length > MOST_RECORD_BYTES or len(body) < length or zlib.crc32(body) != crc:
        return None
    return Record(body, samples, segment, at + _HEAD.size + length)
