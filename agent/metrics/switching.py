"""What VLANs, spanning tree, port-channels and vPC say."""

from __future__ import annotations

from agent.metrics.catalogue import counter, gauge

VLANS = gauge("net_vlans", "VLANs by state: operational, suspended, other", "state")
ACCESS_VLAN = gauge("net_interface_access_vlan", "VLAN of the access port", "interface")
TRUNKING = gauge("net_interface_trunking", "1 when the port carries tagged frames now", "interface")
NATIVE_VLAN = gauge("net_interface_native_vlan", "VLAN of untagged frames of the trunk", "interface")
TRUNK_VLANS = gauge("net_interface_trunk_vlans", "VLANs that the trunk is allowed to carry", "interface")
MAC_ADDRESSES = gauge("net_mac_addresses", "Learned addresses; never one series per address", "vlan")

STP_CHANGES = counter("net_stp_topology_changes_total", "Topology changes of the first VLAN or instance")
STP_CHANGE_AGE = gauge("net_stp_topology_change_age_seconds", "Time since the last topology change")
STP_IS_ROOT = gauge("net_stp_root", "1 when the switch is the root bridge")
STP_ROOT_BRIDGE = gauge(
    "net_stp_root_bridge_number",
    "Address of the root bridge as a number: the same on all switches of a domain, another after a new root",
)
STP_ROOT_PRIORITY = gauge("net_stp_root_priority", "Priority of the root bridge, VLAN included")
STP_ROOT_COST = gauge("net_stp_root_cost", "Cost of the way to the root")
STP_PORTS = gauge("net_stp_ports", "Ports of the first VLAN or instance by state", "state")
STP_ROLES = gauge(
    "net_stp_interface_vlans",
    "VLANs or instances in which the port is root, designated, alternate, backup, boundary or master",
    "interface",
    "role",
)
STP_INCONSISTENT = gauge(
    "net_stp_inconsistencies", "VLANs in which the port is blocked as inconsistent", "interface"
)

LACP_ACTIVE = gauge(
    "net_lacp_member_active",
    "1 when the member is in sync, collects, distributes and is attached",
    "interface",
    "channel",
)
LACP_FLAG = gauge(
    "net_lacp_member_flag",
    "1 when the flag of the actor's state is set: sync, collecting, distributing, defaulted, expired",
    "interface",
    "channel",
    "flag",
)
LACP_RECEIVED = counter("net_lacp_received_total", "LACP frames received", "interface")
LACP_ILLEGAL = counter("net_lacp_illegal_total", "LACP frames that were malformed", "interface")
CHANNEL_MEMBERS = gauge("net_port_channel_members", "Ports that chose the port-channel", "interface")
CHANNEL_WIDTH = gauge("net_port_channel_active_members", "Members that carry traffic", "interface")

_DOMAIN = ("domain",)
VPC_KEEPALIVE = gauge("net_vpc_keepalive_up", "1 when the peer answers on the keepalive link", *_DOMAIN)
VPC_KEEPALIVE_STATE = gauge(
    "net_vpc_keepalive_state",
    "1 disabled, 2 alive, 3 peer unreachable, 4 domain mismatch, 5 suspended by ISSU,"
    " 6 destination unreachable, 7 VRF down, 8 misconfigured",
    *_DOMAIN,
)
VPC_ROLE = gauge(
    "net_vpc_role_info",
    "1; role is primary, secondary, primary-secondary, secondary-primary or none",
    *_DOMAIN,
    "role",
)
VPC_DUAL_ACTIVE = gauge("net_vpc_dual_active", "1 when both peers believe to be primary", *_DOMAIN)
VPC_PEER_LINK = gauge(
    "net_vpc_peer_link_info", "1; the peer-link: its state is net_interface_up of it", *_DOMAIN, "interface"
)
VPC_KEEPALIVES_RX = counter("net_vpc_keepalives_received_total", "Keepalives of the peer", *_DOMAIN)
VPC_PEER_CHANGES = counter("net_vpc_peer_changes_total", "Changes of the peer's state", *_DOMAIN)
VPC_UP = gauge("net_vpc_up", "1 when the vPC is up", *_DOMAIN, "vpc", "interface")
VPC_CONSISTENT = gauge(
    "net_vpc_consistent", "1 when both peers agree on the vPC; absent while nobody compared", *_DOMAIN, "vpc",
    "interface",
)  # fmt: skip
