"""Requests, built from templates: only request-id, repetitions and OID change from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from agent.collect.snmp.ber import GET, GET_BULK, GET_NEXT, encode_integer, encode_tlv

FIRST_ID, LAST_ID = 0x01000000, 0x7FFFFFFF
"""Request-ids of exactly four bytes, so that templates have a fixed hole for them."""

_NULL = b"\x05\x00"
_V2C = 1


@lru_cache(maxsize=4096)
def _rows_template(kind: int, oid_size: int, repetitions: int) -> tuple[bytes, bytes]:
    """PDU of one OID: (what stands before the request-id, what stands between it and the OID)."""
    middle = encode_integer(0) + encode_integer(repetitions)
    binding = encode_tlv(0x06, bytes(oid_size))[:-oid_size]
    inner = len(binding) + oid_size + len(_NULL)
    bindings = encode_tlv(0x30, encode_tlv(0x30, bytes(inner)))[:-inner] + binding
    size = 6 + len(middle) + len(bindings) + oid_size + len(_NULL)
    return encode_tlv(kind, bytes(size))[:-size] + b"\x02\x04", middle + bindings


@lru_cache(maxsize=4096)
def _bulk_template(community: bytes, oid_size: int, repetitions: int) -> tuple[bytes, bytes]:
    before, between = _rows_template(GET_BULK, oid_size, repetitions)
    head = encode_integer(_V2C) + encode_tlv(0x04, community) + before
    size = len(head) + 4 + len(between) + oid_size + len(_NULL)
    return encode_tlv(0x30, bytes(size))[:-size] + head, between


def write_bulk(community: bytes, request_id: int, oid: bytes, repetitions: int) -> bytes:
    """v2c message: GetBulk of one OID with no non-repeaters (RFC 3416 §4.2.3)."""
    before, between = _bulk_template(community, len(oid), repetitions)
    return b"".join((before, request_id.to_bytes(4), between, oid, _NULL))


def write_bulk_pdu(request_id: int, oid: bytes, repetitions: int) -> bytes:
    """GetBulk without its message."""
    before, between = _rows_template(GET_BULK, len(oid), repetitions)
    return b"".join((before, request_id.to_bytes(4), between, oid, _NULL))


def write_get_pdu(request_id: int, oids: Sequence[bytes], kind: int = GET) -> bytes:
    """Get or GetNext of some OIDs without its message (RFC 3416 §4.2.1, §4.2.2)."""
    bindings = b"".join(encode_tlv(0x30, encode_tlv(0x06, oid) + _NULL) for oid in oids)
    return encode_tlv(
        kind, b"\x02\x04" + request_id.to_bytes(4) + encode_integer(0) * 2 + encode_tlv(0x30, bindings)
    )


def write_get(
    community: bytes, request_id: int, oids: Sequence[bytes], *, version: int = _V2C, kind: int = GET
) -> bytes:
    """Message with a Get or GetNext; version code 0 is v1, 1 is v2c."""
    pdu = write_get_pdu(request_id, oids, kind)
    return encode_tlv(0x30, encode_integer(version) + encode_tlv(0x04, community) + pdu)


def write_next(community: bytes, request_id: int, oid: bytes) -> bytes:
    """v1 message: GetNext of one OID (RFC 1157 §4.1.3)."""
    return write_get(community, request_id, (oid,), version=0, kind=GET_NEXT)
