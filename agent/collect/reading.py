"""What decoders are handed: the raw columns of one device, and small readers of their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agent.collect.snmp.ber import ObjectId, Value, decode_numbers, encode_numbers, encode_oid

_NOTHING: Mapping[bytes, Value] = {}


@dataclass(frozen=True, slots=True)
class Reading:
    """Columns and scalars of one device by MIB name; an index is the raw bytes behind the column's OID."""

    device: str
    platform: str = ""
    model: str = ""
    release: str = ""
    scalars: Mapping[str, Value] = field(default_factory=dict)
    columns: Mapping[str, Mapping[bytes, Value]] = field(default_factory=dict)
    vrf: str = "default"
    """VRF whose SNMP context was read."""

    def column(self, name: str) -> Mapping[bytes, Value]:
        """Values of a column by index; empty when the device has none."""
        return self.columns.get(name, _NOTHING)

    def number(self, name: str, index: bytes) -> int | None:
        """Integer of a column at an index."""
        value = self.column(name).get(index)
        return value if isinstance(value, int) else None

    def text(self, name: str, index: bytes) -> str:
        """Text of a column at an index; empty when there is none."""
        return read_text(self.column(name).get(index))

    def scalar(self, name: str) -> int | None:
        """Integer scalar."""
        value = self.scalars.get(name)
        return value if isinstance(value, int) else None

    @staticmethod
    def index_of(*numbers: int) -> bytes:
        """Raw index of these numbers."""
        return encode_numbers(numbers)

    def interfaces(self) -> Iterator[tuple[bytes, str]]:
        """(index, name) of every port: ifName, ifDescr where a device has no ifName."""
        names = self.column("ifName")
        for index, value in names.items():
            yield index, read_text(value)
        for index, value in self.column("ifDescr").items():
            if index not in names:
                yield index, read_text(value)

    def ports_of_entities(self) -> dict[bytes, str]:
        """Port name by entity index, from entAliasMapping; IF-MIB rows only."""
        names = dict(self.interfaces())
        ports = {}
        for index, value in self.column("entAliasMappingIdentifier").items():
            if isinstance(value, ObjectId) and value.startswith(_IF_ENTRY):
                name = names.get(value[len(_IF_ENTRY) + 1 :])
                if name:
                    ports[index[: -_last_number_size(index)]] = name
        return ports


_IF_ENTRY = encode_oid("1.3.6.1.2.1.2.2.1")
"""1.3.6.1.2.1.2.2.1 (ifEntry); the alias points to any of its columns, ifIndex as a rule."""


def _last_number_size(index: bytes) -> int:
    size = 1
    while size < len(index) and index[-size - 1] >= 0x80:
        size += 1
    return size


def first_number(index: bytes) -> tuple[int, int]:
    r"""(bytes, value) of the first number of a raw index; (0, 0) of none.

    >>> first_number(b"\x83\x7f\x05")
    (2, 511)
    """
    value = 0
    for size, byte in enumerate(index, 1):
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return size, value
    return 0, 0


def split_index(index: bytes) -> tuple[int, ...]:
    """Numbers of a raw index."""
    return decode_numbers(index)


def read_text(value: Value) -> str:
    r"""Text of an octet string: UTF-8, else Latin-1; control characters and padding away.

    >>> read_text(b"mgmt0\x00\x00"), read_text(b"\xe9cole"), read_text(None)
    ('mgmt0', 'école', '')
    """
    if not isinstance(value, bytes):
        return ""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    if text.isprintable():
        return text.strip()
    return "".join(char if char.isprintable() else " " for char in text.replace("\x00", "")).strip()
