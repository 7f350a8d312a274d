"""What strangers may send to the SNMP engine, as one function: it returns, or one of its own errors does."""

from __future__ import annotations

import random

from agent.collect.snmp import ber
from agent.collect.snmp.credentials import read_credentials
from agent.collect.snmp.envelope import read_envelope, read_scoped
from agent.collect.snmp.layout import Layouts
from agent.collect.snmp.session import RefusedError, ReportedError, Session

IDENTITY = bytes.fromhex("80000009030000000001")
SECRETS = ("v3 bench", "v3 bench md5 authpass123", "v3 bench sha authpass123 des privpass123")
_LAYOUTS = Layouts()


def make_session(secret: str) -> Session:
    """A user who has met the engine."""
    who = read_credentials(secret)
    assert not hasattr(who, "version")
    session = Session(who, lambda: 1000.0, random.Random(1))  # type: ignore[arg-type]
    session.meet(IDENTITY, 7, 100_000)
    return session


SESSIONS = [make_session(secret) for secret in SECRETS]


def read(data: bytes) -> int:
    """Read the bytes in every way that the engine does; how many rows there were."""
    rows = 0
    try:
        version = ber.read_version(data)
        if version == 3:
            return _read_sealed(data)
        short = ber.read_usual(data)
        header = ber.read_header(data)
        assert short in {None, header}
        bindings = data[header.at : header.end]
        found = ber.read_rows(data, header.at, header.end)
        rows = len(found)
        again = _LAYOUTS.read(("", b"+"), bindings)
        if again is None:
            again = _LAYOUTS.note(("", b"+"), bindings, found)
        assert again == found
        for oid, _ in found:
            ber.decode_oid(oid)
            ber.follows(oid, oid)
    except ber.BerError:
        pass
    return rows


def _read_sealed(data: bytes) -> int:
    rows = 0
    try:
        envelope = read_envelope(data)
    except ber.BerError:
        return 0
    for session in SESSIONS:
        try:
            rows += len(session.open(envelope, "")[1])
        except (ber.BerError, RefusedError, ReportedError):
            continue
    try:
        read_scoped(envelope.body)
    except ber.BerError:
        return rows
    return rows
