"""What neighbours and protocols say."""

from __future__ import annotations

from agent.metrics.catalogue import gauge

NEIGHBOR_INFO = gauge(
    "net_lldp_neighbor_info", "1 per LLDP neighbour seen", "interface", "neighbor", "neighbor_interface"
)
BGP_UP = gauge("net_bgp_session_up", "1 when the session is established", "peer")
CONFIG_CHANGED = gauge("net_config_running_changed_seconds", "sysUpTime when running-config last changed")
CONFIG_SAVED = gauge("net_config_saved_seconds", "sysUpTime when startup-config was last written")
