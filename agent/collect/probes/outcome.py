"""What a probe found."""

from __future__ import annotations

from dataclasses import dataclass

from agent.errors import AgentError


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer, or why there is none."""

    success: bool
    seconds: float
    problem: str = ""
    """Short words for people; empty when it is well."""
    expiry: float | None = None
    """Unix time at which the certificate that was shown expires."""


class ProbeError(AgentError):
    """Something answered, but not as it should; ``expiry`` when it had a certificate all the same."""

    def __init__(self, problem: str, expiry: float | None = None) -> None:
        super().__init__(problem)
        self.expiry = expiry
