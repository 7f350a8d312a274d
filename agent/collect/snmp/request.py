"""Requests, built from templates: only request-id, repetitions and OID change from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from agent.collect.snmp.ber import GET, GET_BULK, encode_integer, encode_tlv

FIRST_ID, LAST_ID = 0x01000000, 0x7FFFFFFF
"""Request-ids of exactly four bytes, so that templates have a fixed hole for them."""

_NULL = b"\x05\x00"


@lru_cache(maxsize=4096)
def _bulk_template(community: bytes, oid_size: int, repetitions: int) -> tuple[bytes, bytes]:
    """(what stands before the request-id, what stands between it and the OID)."""
    middle = encode_integer(0) + encode_integer(repetitions)
    binding = encode_tlv(0x06, bytes(oid_size))[:-oid_size]
    inner = len(binding) + oid_size + len(_NULL)
    bindings = encode_tlv(0x30, encode_tlv(0x30, bytes(inner)))[:-inner] + binding
    pdu_size = 6 + len(middle) + len(bindings) + oid_size + len(_NULL)
    pdu = encode_tlv(GET_BULK, bytes(pdu_size))[:-pdu_size] + b"\x02\x04"
    head = encode_integer(1) + encode_tlv(0x04, community) + pdu
    size = len(head) + pdu_size - 2
    return encode_tlv(0x30, bytes(size))[:-size] + head, middle + bindings


def write_bulk(community: bytes, request_id: int, oid: bytes, repetitions: int) -> bytes:
    """GetBulk of one OID with no non-repeaters (RFC 3416 §4.2.3)."""
    before, between = _bulk_template(community, len(oid), repetitions)
    return b"".join((before, request_id.to_bytes(4), between, oid, _NULL))


def write_get(community: bytes, request_id: int, oids: Sequence[bytes]) -> bytes:
    """Get of some OIDs (RFC 3416 §4.2.1)."""
    bindings = b"".join(encode_tlv(0x30, encode_tlv(0x06, oid) + _NULL) for oid in oids)
    pdu = b"\x02\x04" + request_id.to_bytes(4) + encode_integer(0) * 2 + encode_tlv(0x30, bindings)
    return encode_tlv(0x30, encode_integer(1) + encode_tlv(0x04, community) + encode_tlv(GET, pdu))
