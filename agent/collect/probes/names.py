"""DNS: a question, an answer that fits it (RFC 1035), and the record that was expected."""

from __future__ import annotations

import socket

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from agent.collect.probes.exchange import talk
from agent.collect.probes.outcome import ProbeError
from agent.intent.expectation import ExpectedProbe


async def ask_dns(probe: ExpectedProbe, number: int) -> None:
    """Ask for the addresses of a name over UDP; raises OSError, ProbeError.

    ``number`` (0 to 65535) is the question's own; answers to other questions are not heard.
    """
    kind = dns.rdatatype.AAAA if ":" in probe.match else dns.rdatatype.A
    question = dns.message.make_query(probe.name, kind, id=number)

    def enough(heard: bytes) -> bool:
        try:
            answer = dns.message.from_wire(heard, ignore_trailing=True)
        except (dns.exception.DNSException, ValueError):
            return False
        if not question.is_response(answer):
            return False
        if answer.rcode() != dns.rcode.NOERROR:
            raise ProbeError(f"answers {dns.rcode.to_text(answer.rcode())}")
        records = [item.to_text() for rrset in answer.answer for item in rrset]
        if not records:
            raise ProbeError("knows no address")
        if probe.match and probe.match not in records:
            raise ProbeError(f"answers {', '.join(records)[:100]}")
        return True

    await talk(probe, socket.SOCK_DGRAM, question.to_wire(), enough)
