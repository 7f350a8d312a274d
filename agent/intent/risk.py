"""What a change can hurt, in the words that plans show and policies name."""

from __future__ import annotations

from enum import StrEnum


class Risk(StrEnum):
    """Marks that a step can carry; the text is what a person reads, and writes into ``policy.yaml``."""

    MANAGEMENT = "management path"
    PEER_LINK = "vPC peer-link"
    ROUTING = "routing neighbour"
    GATEWAY = "gateway"
    VLAN_REMOVAL = "VLAN removal"
    VRF_REMOVAL = "VRF removal"
    POWER_CUT = "power cut"
    PORT_DOWN = "port down"
    FEATURE_REMOVAL = "feature removal"
    CONTROL_PLANE = "ACL on control plane"
    RELOAD = "needs reload"
