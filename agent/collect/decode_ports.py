"""Why ports are down, and the core files that crashed processes left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agent import metrics
from agent.collect.reading import Reading, first_number
from agent.metrics import Sample

_NO_REASON = 2

_REASONS: Mapping[int, str] = {
    1: "other",
    3: "hardware-failure",
    4: "loopback-diagnostics-failure",
    5: "error-disabled",
    6: "software-failure",
    7: "link-failure",
    8: "offline",
    10: "initializing",
    12: "admin-down",
    13: "channel-admin-down",
    14: "channel-suspended",
    15: "channel-configuring",
    26: "parent-down",
    28: "interface-removed",
    29: "sfp-not-present",
    30: "sfp-vendor-not-supported",
    31: "incompatible-mode",
    32: "incompatible-speed",
    33: "suspended-by-mode",
    34: "suspended-by-speed",
    40: "upgrade-in-progress",
    43: "channel-members-down",
    57: "invalid-configuration",
    78: "channel-misconfigured",
    79: "bit-errors",
    83: "loss-of-signal",
    84: "loss-of-sync",
    87: "debounce-timeout",
    99: "sfp-checksum-error",
    107: "graceful-shutdown",
    115: "tracked-port-down",
    122: "out-of-service",
    123: "authentication-failed",
    124: "channel-standby",
    125: "sfp-type-error",
    126: "error-disabled-for-good",
    138: "externally-disabled",
    141: "sfp-read-error",
    142: "sticky-down",
    143: "link-flaps",
    144: "udld-unidirectional",
    145: "udld-loop",
    146: "udld-neighbor-mismatch",
    147: "authorization-pending",
    148: "channel-hot-standby",
    149: "incomplete-configuration",
    151: "hardware-programming-failed",
    153: "suspended-by-mtu",
    154: "sfp-invalid",
    155: "sfp-absent",
    156: "capabilities-unknown",
    157: "channel-error-disabled",
    158: "vrf-mismatch",
    161: "primary-vlan-down",
    162: "vrf-unusable",
    163: "error-disabled-handshake",
    164: "error-disabled-bpdu-guard",
    165: "error-disabled-dot1x",
    166: "udld-empty-echo",
    168: "port-disabled",
    176: "physical-interface-down",
    183: "error-disabled-lacp",
    191: "module-offline",
    192: "udld-aggressive",
    193: "stp-inconsistent-vpc-peer",
    195: "suspended-by-vpc",
    196: "vpc-configuring",
    197: "vpc-peer-link-down",
    198: "vpc-no-response-from-peer",
    203: "error-disabled-ip-conflict",
    212: "port-guard-bit-errors",
    213: "port-guard-loss-of-signal",
    218: "error-disabled-pause-rate",
    225: "loop-detected",
    230: "no-such-vlan",
    232: "vlan-down",
    233: "vpc-peer-upgrade",
    237: "sfp-speed-mismatch",
    238: "sfp-initializing",
    239: "transceiver-absent",
    240: "transceiver-invalid",
    248: "speed-mismatch",
    249: "flow-control-mismatch",
    251: "suspended-by-min-links",
    254: "parent-port-down",
    255: "module-removed",
    266: "not-licensed",
}
"""IfOperStatusReason of CISCO-TC, without what only Fibre Channel knows."""

_CAUSES: Mapping[int, str] = {
    1: "udld",
    2: "bpdu-guard",
    3: "channel-misconfigured",
    4: "pagp-flap",
    5: "dtp-flap",
    6: "link-flap",
    7: "l2pt-guard",
    8: "dot1x-violation",
    9: "port-security",
    10: "gbic-invalid",
    11: "dhcp-rate-limit",
    12: "unicast-flood",
    13: "vmps",
    14: "storm-control",
    15: "inline-power",
    16: "arp-inspection",
    17: "loopback",
    18: "packet-buffer",
    19: "mac-limit",
    20: "link-monitor",
    21: "oam-remote-failure",
    24: "sfp-config-mismatch",
    26: "invalid-policy",
    29: "port-mode-failure",
}
"""CErrDisableFeatureID of CISCO-ERR-DISABLE-MIB."""


def decode_down_reason(reading: Reading) -> Iterator[Sample]:
    """One series per port that has a reason not to be up."""
    names = dict(reading.interfaces())
    for index, cause in reading.column("cieIfOperStatusCause").items():
        if isinstance(cause, int) and cause != _NO_REASON and index in names:
            labels = (reading.device, names[index], _REASONS.get(cause, f"cause-{cause}"))
            yield Sample(metrics.INTERFACE_DOWN_REASON, labels, 1)


def decode_error_disabled(reading: Reading) -> Iterator[Sample]:
    """One series per port, or VLAN of a port, that the switch took out of service."""
    names = dict(reading.interfaces())
    for index, cause in reading.column("cErrDisableIfStatusCause").items():
        size, _ = first_number(index)
        _, vlan = first_number(index[size:])
        if isinstance(cause, int) and index[:size] in names:
            reason = _CAUSES.get(cause, f"cause-{cause}")
            labels = (reading.device, names[index[:size]], str(vlan) if vlan else "", reason)
            yield Sample(metrics.INTERFACE_ERROR_DISABLED, labels, 1)


def decode_cores(reading: Reading) -> Iterator[Sample]:
    """How many core files there are; a switch whose agent knows none has 0."""
    yield Sample(metrics.CORE_FILES, (reading.device,), len(reading.column("cseSwCoresPID")))
