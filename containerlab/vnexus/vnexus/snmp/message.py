"""SNMP messages and PDUs: requests in, responses out (RFC 1157, RFC 3416)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from vnexus.snmp import ber
from vnexus.snmp.ber import BerError

VERSION_1, VERSION_2C, VERSION_3 = 0, 1, 3
MAX_PACKET = 65_507


class Pdu(IntEnum):
    GET = 0xA0
    GET_NEXT = 0xA1
    RESPONSE = 0xA2
    SET = 0xA3
    GET_BULK = 0xA5
    INFORM = 0xA6
    TRAP = 0xA7
    REPORT = 0xA8


class ErrorStatus(IntEnum):
    NONE = 0
    TOO_BIG = 1
    NO_SUCH_NAME = 2
    READ_ONLY = 4
    NO_ACCESS = 6
    AUTHORIZATION_ERROR = 16


_REQUESTS = (Pdu.GET, Pdu.GET_NEXT, Pdu.SET, Pdu.GET_BULK)


@dataclass(frozen=True, slots=True)
class Request:
    version: int
    community: bytes
    """Empty in version 3."""
    pdu: Pdu
    request_id: bytes
    """Encoded, to be sent back as it came."""
    first: int
    """non-repeaters of GetBulk; error-status otherwise."""
    second: int
    """max-repetitions of GetBulk; error-index otherwise."""
    names: tuple[bytes, ...]
    """Encoded OIDs that were asked for, with tag and length."""
    keys: tuple[bytes, ...]
    """The same in sorting form."""
    varbinds: bytes
    """The list as it came, to be echoed with an error."""


def read_request(data: bytes) -> Request:
    """Raises BerError for anything that is not a v1 or v2c request, whole and without a rest."""
    tag, start, end = ber.read_tlv(data, 0, len(data))
    if tag != ber.SEQUENCE or end != len(data):
        raise BerError("not one message")
    version, start = ber.read_integer(data, start, end)
    if version not in (VERSION_1, VERSION_2C):
        raise BerError(f"version {version}")
    tag, first, start = ber.read_tlv(data, start, end)
    if tag != ber.OCTETS:
        raise BerError("no community")
    community = data[first:start]
    return read_pdu(data, start, end, version, community)


def read_pdu(data: bytes, start: int, end: int, version: int, community: bytes = b"") -> Request:
    """The PDU that fills these bytes. Raises BerError."""
    pdu, start, last = ber.read_tlv(data, start, end)
    if pdu not in _REQUESTS or last != end or (version == VERSION_1 and pdu == Pdu.GET_BULK):
        raise BerError(f"PDU {pdu:#x}")
    id_start = start
    _, start = ber.read_integer(data, start, end)
    request_id = data[id_start:start]
    one, start = ber.read_integer(data, start, end)
    two, start = ber.read_integer(data, start, end)
    tag, start, last = ber.read_tlv(data, start, end)
    if tag != ber.SEQUENCE or last != end:
        raise BerError("no list of variables")
    names, keys = _read_names(data, start, end)
    return Request(version, community, Pdu(pdu), request_id, one, two, names, keys, data[start:end])


def _read_names(data: bytes, start: int, end: int) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    names, keys = [], []
    while start < end:
        tag, inside, after = ber.read_tlv(data, start, end)
        if tag != ber.SEQUENCE:
            raise BerError("not a variable")
        tag, first, last = ber.read_tlv(data, inside, after)
        if tag != ber.OID:
            raise BerError("a variable without a name")
        _, _, rest = ber.read_tlv(data, last, after)
        if rest != after:
            raise BerError("more than a value")
        names.append(data[inside:last])
        keys.append(ber.key_of_body(data[first:last]))
        start = after
    return tuple(names), tuple(keys)


def write_response(request: Request, varbinds: bytes, status: int = 0, index: int = 0) -> bytes:
    """A response to this request; the bare PDU for version 3, which its security model wraps."""
    body = request.request_id + ber.integer(status) + ber.integer(index) + ber.tlv(ber.SEQUENCE, varbinds)
    pdu = ber.tlv(Pdu.RESPONSE, body)
    if request.version == VERSION_3:
        return pdu
    return ber.tlv(ber.SEQUENCE, ber.integer(request.version) + ber.tlv(ber.OCTETS, request.community) + pdu)
