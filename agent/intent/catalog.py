"""Kinds of service: one file each in ``catalog/``. A city adds a kind here, without Python."""

from __future__ import annotations

from string import Formatter
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from agent.intent.about import SecretName
from agent.intent.probe import Probes
from agent.intent.promise import Objective
from agent.intent.record import Name, Record, Words


class PortProfile(Record):
    """How the port of such an endpoint is set up. Networks are named by segment of the address plan."""

    segment: Name
    """Untagged network of the endpoint."""
    voice_segment: Name | None = None
    """Tagged network of a telephone that has a computer behind it."""
    tagged_segments: tuple[Name, ...] = ()
    """More networks, tagged: the port becomes a trunk with ``segment`` as its native VLAN."""
    qos_class: Literal["REALTIME", "CCTV", "INTERACTIVE", "BULK"] | None = None
    trust: bool = False
    storm_control_percent: Annotated[float, Field(gt=0, le=100)] | None = None
    max_macs: Annotated[int, Field(ge=1, le=100)] | None = None
    mtu: Annotated[int, Field(ge=576, le=9216)] | None = None


class Power(Record):
    """Power over Ethernet, watts at the port."""

    minimum_watts: Annotated[float, Field(ge=0, le=90)]
    """Least draw of a device that lives; below it the alert comes."""
    maximum_watts: Annotated[float, Field(gt=0, le=90)]
    """What the port may draw; counts against the switch's budget."""
    priority: Literal["critical", "high", "low"] = "low"

    @model_validator(mode="after")
    def _in_order(self) -> Power:
        if self.minimum_watts > self.maximum_watts:
            raise ValueError("minimum_watts is more than maximum_watts")
        return self


ALERT_WORDS = ("tag", "place", "site", "switch")


class AlertText(Record):
    """What people read when it fails; ``{tag}``, ``{place}``, ``{site}`` and ``{switch}`` are filled in."""

    title: Words
    action: Words
    severity: Literal["page", "ticket", "note"]
    after_seconds: Annotated[int, Field(ge=0, le=86400)] = 120

    @field_validator("title", "action")
    @classmethod
    def _known_words(cls, text: str) -> str:
        for _, word, _, _ in Formatter().parse(text):
            if word is not None and word not in ALERT_WORDS:
                raise ValueError(f"no {{{word}}} to fill in; there are {', '.join(ALERT_WORDS)}")
        return text


class DeviceModel(Record):
    """A make of endpoint: what it draws and what it sends, for budgets, forecasts and the lab."""

    watts: Annotated[float, Field(ge=0, le=90)] = 0.0
    maximum_watts: Annotated[float, Field(gt=0, le=90)] | None = None
    """What the port may draw for this make; else what the kind says."""
    poe_class: Annotated[int, Field(ge=0, le=8)] = 0
    transmit_bps: Annotated[int, Field(ge=0)] = 0
    receive_bps: Annotated[int, Field(ge=0)] = 0


class Snmp(Record):
    """How an endpoint of the kind is polled itself: what a UPS, a camera or an access point says."""

    community: SecretName
    """Name of a secret, never the community."""
    port: Annotated[int, Field(ge=1, le=65535)] = 161


class Kind(Record):
    """A service kind: everything that follows from hanging such an endpoint on a port."""

    title: Words
    titles: Annotated[dict[Annotated[str, Field(pattern=r"^[a-z]{2}$")], Words], Field(default_factory=dict)]
    """The title in other languages: ``fr: Vidéoprotection``."""
    owner: Name | None = None
    """Team of ``city.yaml`` that answers for it; None: the one that answers for all the rest."""
    endpoint: Name
    """Word for one of its endpoints: ``camera``, ``access-point``, ``phone``, ``display``."""
    port: PortProfile
    power: Power | None = None
    probes: Probes = ()
    snmp: Snmp | None = None
    """Present when endpoints with a fixed address are polled too."""
    objective: Objective
    alert: AlertText
    models: Annotated[dict[Name, DeviceModel], Field(min_length=1)]


def segments(port: PortProfile) -> tuple[str, ...]:
    """Every segment that the profile asks for."""
    voice = (port.voice_segment,) if port.voice_segment else ()
    return (port.segment, *voice, *port.tagged_segments)
