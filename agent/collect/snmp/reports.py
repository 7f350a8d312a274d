"""What agents say in Reports, and what a person does about it (RFC 3414 §5, RFC 3412 §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.collect.snmp.ber import Row, decode_oid, encode_oid


@dataclass(frozen=True, slots=True)
class Report:
    """``problem`` and ``hint`` have places for {user} and {level}."""

    name: str
    """The counter that the agent sends."""
    problem: str
    hint: str

    def about(self, user: str, level: str) -> Report:
        """The same with its places filled."""
        filled = [
            text.replace("{user}", user).replace("{level}", level) for text in (self.problem, self.hint)
        ]
        return replace(self, problem=filled[0], hint=filled[1])


WINDOW = Report(
    "usmStatsNotInTimeWindows",
    "its clock does not fit ours, twice in a row",
    "look whether something on the path delays or repeats packets",
)
ENGINE = Report(
    "usmStatsUnknownEngineIDs",
    "its SNMP engine has another identity than before",
    "the next poll asks for it anew. if this stays, look whether two devices share the address",
)
_REPORTS = {
    "1.3.6.1.6.3.15.1.1.1": Report(
        "usmStatsUnsupportedSecLevels",
        "it does not let user {user} speak {level}",
        "give the user both passwords on the device, or leave the privacy words out of the secret",
    ),
    "1.3.6.1.6.3.15.1.1.2": WINDOW,
    "1.3.6.1.6.3.15.1.1.3": Report(
        "usmStatsUnknownUserNames",
        "it does not know the SNMPv3 user {user}",
        "configure 'snmp-server user {user} …' on the device, or correct the name in the secret",
    ),
    "1.3.6.1.6.3.15.1.1.4": ENGINE,
    "1.3.6.1.6.3.15.1.1.5": Report(
        "usmStatsWrongDigests",
        "wrong password or digest of SNMPv3 user {user}",
        "compare authentication protocol and password with the device's; keys die when its engineID changes",
    ),
    "1.3.6.1.6.3.15.1.1.6": Report(
        "usmStatsDecryptionErrors",
        "it cannot decrypt what user {user} asks",
        "compare privacy protocol and password with its own; with AES-192/256 try the other key extension",
    ),
    "1.3.6.1.6.3.12.1.4": Report(
        "snmpUnavailableContexts",
        "the SNMP context is not available",
        "look whether the VRF or VLAN behind the context is up",
    ),
    "1.3.6.1.6.3.12.1.5": Report(
        "snmpUnknownContexts",
        "it does not know the SNMP context",
        "configure 'snmp-server context …' on the device, or leave the context out",
    ),
}
_BY_OID = {encode_oid(oid): report for oid, report in _REPORTS.items()}


def read_report(rows: Sequence[Row]) -> Report:
    """The Report of these variable bindings; one that we do not know is named by its OID."""
    if not rows:
        return Report("", "it reports an error without saying which", "look at the agent's log")
    oid = rows[0][0]
    known = _BY_OID.get(oid.removesuffix(b"\x00")) or _BY_OID.get(oid)
    text = f"it reports {decode_oid(oid)} instead of an answer"
    return known or Report(decode_oid(oid), text, "look at the agent's log")
