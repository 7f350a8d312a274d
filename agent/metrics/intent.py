"""What the intent expects and services deliver."""

from __future__ import annotations

from agent.metrics.catalogue import CATALOGUE, Metric, gauge

CITY_DEVICE_INFO = gauge("city_device_info", "1; the switch as it is meant", "site", "role", "platform")
CITY_INTERFACE_INFO = gauge(
    "city_interface_info",
    "1; what the port is for. endpoint is the asset tag or the far end, place the human words",
    "interface",
    "kind",
    "service",
    "site",
    "tenant",
    "endpoint",
    "place",
)
EXPECTED_INTERFACE_UP = gauge(
    "city_expected_interface_up", "1 per port that the intent expects up", "interface"
)
EXPECTED_POE_WATTS = gauge(
    "city_expected_poe_min_watts", "Least power that the device on the port takes when it lives", "interface"
)
EXPECTED_NEIGHBOR = gauge(
    "city_expected_neighbor",
    "1 per LLDP neighbour that the intent expects",
    "interface",
    "neighbor",
    "neighbor_interface",
)
EXPECTED_BGP = gauge(
    "city_expected_bgp_session", "1 per BGP session that the intent expects", "vrf", "peer", "carrier"
)
EXPECTED_PREFIXES = gauge(
    "city_expected_bgp_min_prefixes",
    "Fewest prefixes that a healthy session brings",
    "vrf",
    "peer",
    "carrier",
)
EXPECTED_HSRP = gauge(
    "city_expected_hsrp_group", "1 per HSRP group that must be complete", "interface", "group", "address"
)
EXPECTED_OSPF = gauge(
    "city_expected_ospf_neighbor",
    "1 per OSPF neighbour that must be up; neighbor is its address, neighbor_device its name",
    "vrf",
    "neighbor",
    "neighbor_device",
)
EXPECTED_VPC = gauge(
    "city_expected_vpc", "1 per vPC that must be up and consistent", "domain", "vpc", "interface"
)
EXPECTED_WIDTH = gauge(
    "city_expected_port_channel_members", "Members of the port-channel that must carry traffic", "interface"
)

CITY_ENDPOINTS = CATALOGUE.declare(
    Metric("city_service_endpoints", "Endpoints that the intent holds", ("service", "site"))
)
CITY_SERVICE_INFO = CATALOGUE.declare(
    Metric("city_service_info", "1; the service and the team that answers for it", ("service", "owner"))
)
SERVICE_OBJECTIVE = CATALOGUE.declare(
    Metric("city_service_objective_ratio", "Least share of good time that was promised", ("service",))
)
CITY_PARENT = gauge(
    "city_device_parent",
    "1; a neighbour on the way to a core; when all are lost, so is the device",
    "parent",
)
CITY_MAINTENANCE = CATALOGUE.declare(
    Metric(
        "city_maintenance",
        "1 while works go on at the site: announced, in a quiet window, or a change in progress",
        ("site", "reason"),
    )
)
CITY_FREEZE = CATALOGUE.declare(
    Metric("city_change_freeze", "1 while a change freeze is in force at the site", ("reason", "site"))
)

CITY_SITE_INFO = CATALOGUE.declare(
    Metric("city_site_info", "1; the site as people know it", ("site", "title", "street", "district"))
)
CITY_SITE_LATITUDE = CATALOGUE.declare(
    Metric("city_site_latitude_degrees", "Where the site is, north; absent without coordinates", ("site",))
)
CITY_SITE_LONGITUDE = CATALOGUE.declare(
    Metric("city_site_longitude_degrees", "Where the site is, east; absent without coordinates", ("site",))
)
