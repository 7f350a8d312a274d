"""One route of a routing table."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import NamedTuple

DEFAULT_ROUTE = IPv4Network("0.0.0.0/0")


class Hop(NamedTuple):
    """Where a route leads. ``interface`` is empty when it needs another look-up, ``address`` for Null0."""

    address: str
    interface: str


@dataclass(frozen=True, slots=True)
class Route:
    prefix: IPv4Network
    protocol: str
    """``direct``, ``local``, ``hsrp``, ``static``, ``ospf-NAME``, ``bgp-ASN``."""
    kind: str
    """``intra``, ``inter``, ``type-2``, ``external``, ``internal``; empty where there is none."""
    preference: int
    metric: int
    hops: tuple[Hop, ...]
    since: float
    """World time since when it stands."""
    tag: str = ""

    @property
    def attached(self) -> bool:
        return self.protocol in {"direct", "local", "hsrp"}
