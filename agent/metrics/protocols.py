"""What neighbours, routing protocols and multicast say, and who changed the configuration."""

from __future__ import annotations

from agent.metrics.catalogue import counter, gauge

NEIGHBOR_INFO = gauge(
    "net_lldp_neighbor_info", "1 per LLDP neighbour seen", "interface", "neighbor", "neighbor_interface"
)
CDP_NEIGHBOR_INFO = gauge(
    "net_cdp_neighbor_info",
    "1 per CDP neighbour seen; neighbor is its name without the serial number that Nexus puts behind it",
    "interface",
    "neighbor",
    "neighbor_interface",
    "model",
)

_SESSION = ("vrf", "peer")
BGP_UP = gauge("net_bgp_session_up", "1 when the session is established", *_SESSION)
BGP_ADMIN_UP = gauge("net_bgp_session_admin_up", "0 when the session is shut: down is meant then", *_SESSION)
BGP_INFO = gauge("net_bgp_session_info", "1; who is at the other end", *_SESSION, "remote_as", "local_as")
BGP_STATE = gauge(
    "net_bgp_session_state",
    "1 idle, 2 connect, 3 active, 4 open sent, 5 open confirm, 6 established",
    *_SESSION,
)
BGP_FLAPS = counter("net_bgp_session_transitions_total", "Times that it became established", *_SESSION)
BGP_ESTABLISHED = gauge(
    "net_bgp_session_established_seconds", "Time in or since the last established state", *_SESSION
)
BGP_UPDATES_RX = counter("net_bgp_session_received_updates_total", "UPDATE messages", *_SESSION)
BGP_UPDATES_TX = counter("net_bgp_session_sent_updates_total", "UPDATE messages", *_SESSION)
BGP_LAST_ERROR = gauge(
    "net_bgp_session_last_error",
    "256 × code + subcode of the last error (RFC 4271 §4.5), 0 for none",
    *_SESSION,
)
_FAMILY = (*_SESSION, "family")
BGP_PREFIXES = gauge(
    "net_bgp_prefixes_accepted", "Prefixes accepted; family is ipv4-unicast and so on", *_FAMILY
)
BGP_DENIED = gauge("net_bgp_prefixes_denied", "Prefixes that a policy refused", *_FAMILY)
BGP_LIMIT = gauge("net_bgp_prefixes_limit", "Prefixes at which the session is torn down", *_FAMILY)
BGP_LIMIT_RATIO = gauge("net_bgp_prefixes_warning_ratio", "Part of the limit that warns", *_FAMILY)
BGP_ADVERTISED = gauge("net_bgp_prefixes_advertised", "Prefixes sent to the peer", *_FAMILY)

_NEIGHBOR = ("vrf", "neighbor")
OSPF_UP = gauge(
    "net_ospf_neighbor_up",
    "1 when full, or two-way between routers of which neither is designated",
    *_NEIGHBOR,
)
OSPF_STATE = gauge(
    "net_ospf_neighbor_state",
    "1 down, 2 attempt, 3 init, 4 two-way, 5 exchange start, 6 exchange, 7 loading, 8 full",
    *_NEIGHBOR,
)
OSPF_INFO = gauge("net_ospf_neighbor_info", "1; router id of the neighbour", *_NEIGHBOR, "router_id")
OSPF_EVENTS = counter("net_ospf_neighbor_events_total", "State changes and errors", *_NEIGHBOR)
OSPF_QUEUE = gauge("net_ospf_neighbor_retransmit_queue", "Packets waiting for an acknowledgement", *_NEIGHBOR)
OSPF_INTERFACE = gauge(
    "net_ospf_interface_state",
    "1 down, 2 loopback, 3 waiting, 4 point-to-point, 5 designated, 6 backup, 7 other",
    "vrf",
    "address",
    "area",
)
OSPF_SPF = counter("net_ospf_area_spf_runs_total", "Runs of the shortest path algorithm", "vrf", "area")
OSPF_LSAS = gauge("net_ospf_area_lsas", "Link-state advertisements of the area", "vrf", "area")

_GROUP = ("interface", "group")
HSRP_STATE = gauge("net_hsrp_state", "1 initial, 2 learn, 3 listen, 4 speak, 5 standby, 6 active", *_GROUP)
HSRP_ACTIVE = gauge("net_hsrp_active", "1 when this switch answers for the virtual address", *_GROUP)
HSRP_COMPLETE = gauge(
    "net_hsrp_complete", "1 when the group has an active and a standby router: one may fail", *_GROUP
)
HSRP_PRIORITY = gauge("net_hsrp_priority", "Priority, tracking included", *_GROUP)
HSRP_INFO = gauge("net_hsrp_group_info", "1; virtual address of the group", *_GROUP, "address")

BFD_UP = gauge("net_bfd_session_up", "1 when the session is up", "interface", "peer", "session")

IGMP_GROUPS = gauge("net_igmp_groups", "Multicast groups with members", "vrf", "interface")
IGMP_JOINS = counter("net_igmp_joins_total", "Groups added", "vrf", "interface")
IGMP_WRONG_VERSION = counter("net_igmp_wrong_version_total", "Queries of another version", "vrf", "interface")
IGMP_QUERIER = gauge("net_igmp_querier_info", "1; who asks for members", "vrf", "interface", "querier")
PIM_NEIGHBORS = gauge("net_pim_neighbors", "PIM neighbours", "vrf", "interface")
PIM_NEIGHBOR_UPTIME = gauge(
    "net_pim_neighbor_uptime_seconds",
    "Time since the neighbour was first heard",
    "vrf",
    "interface",
    "neighbor",
)
PIM_DESIGNATED = gauge("net_pim_designated_router", "1 when this switch is it", "vrf", "interface")
MULTICAST_ROUTES = gauge("net_multicast_routes", "Entries of the multicast routing table", "vrf")

CONFIG_CHANGED = gauge("net_config_running_changed_seconds", "sysUpTime when running-config last changed")
CONFIG_SAVED = gauge("net_config_saved_seconds", "sysUpTime when startup-config was last written")
CONFIG_UNSAVED = gauge("net_config_unsaved", "1 when running-config changed after it was last saved")
CONFIG_EVENTS = counter("net_config_events_total", "Changes, saves and copies of configurations since start")
CONFIG_TIMESTAMP = gauge(
    "net_config_changed_timestamp_seconds", "Unix time of the last change, by the clock of the device"
)
SNMP_CONTEXTS = gauge("net_snmp_vrf_contexts", "SNMP contexts that show a VRF; read with SNMPv3 only")
SUPERVISOR_ACTIVE = gauge("net_supervisor_active", "1 when the answering supervisor is the active one")
SUPERVISOR_STANDBY = gauge(
    "net_supervisor_standby_ready",
    "1 when a second supervisor could take over at once; absent without a second",
)
SUPERVISOR_REASON = gauge(
    "net_supervisor_last_switchover_reason",
    "1 unsupported, 2 none, 3 unknown, 4 by a user, 5 forced by a user, 6 active failed, 7 active removed",
)
