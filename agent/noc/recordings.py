"""Recording rules: rates and ratios that alerts, dashboards and reports share."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.rule import PORT, Recording, meant, of_device, of_port

UPLINK = '{kind="uplink"}'
CARRIER = '{kind="carrier"}'
USERS = '{kind!~"uplink|carrier"}'

RX_BITS = Recording("device_interface:receive_bits:rate5m", f"rate({m.INTERFACE_RX_BYTES.name}[5m]) * 8")
TX_BITS = Recording("device_interface:transmit_bits:rate5m", f"rate({m.INTERFACE_TX_BYTES.name}[5m]) * 8")
ERRORS = Recording(
    "device_interface:errors:rate5m",
    f"rate({m.INTERFACE_RX_ERRORS.name}[5m]) + rate({m.INTERFACE_TX_ERRORS.name}[5m])",
)
DISCARDS = Recording(
    "device_interface:discards:rate5m",
    f"rate({m.INTERFACE_RX_DISCARDS.name}[5m]) + rate({m.INTERFACE_TX_DISCARDS.name}[5m])",
)
UTILISATION = Recording(
    "device_interface:utilisation:ratio",
    # the busier direction; a port without speed has no utilisation
    f"({TX_BITS.name} >= {RX_BITS.name} or {RX_BITS.name}) / {PORT} group_left ()"
    f" max by (device, interface) ({m.INTERFACE_SPEED.name} * 8 > 0)",
)

UPLINKS_UP = Recording("device:uplinks_up:sum", f"sum by (device) ({of_port(m.INTERFACE_UP.name, UPLINK)})")
UPLINKS_MEANT = Recording(
    "device:uplinks_meant:count", f"count by (device) ({meant(m.CITY_INTERFACE_INFO.name + UPLINK)})"
)
REDUNDANCY_LOST = of_device(
    f"{UPLINKS_UP.name} < {UPLINKS_MEANT.name} and {UPLINKS_MEANT.name} > 1",
    '{role!="core"}',  # the far end tells it; a core would only repeat it
)
"""Not recorded, for it is rare: switches that hang on fewer uplinks than meant."""
POE_USED_RATIO = Recording(
    "device:poe_used:ratio",
    f"sum by (device) ({m.POE_USED.name}) / (sum by (device) ({m.POE_BUDGET.name}) > 0)",
)
DRAWN_WATTS = Recording("device:drawn_watts:sum", f"max by (device) ({m.DEVICE_POWER.name})")
"""One figure per switch: where every supply shows the total, their sum would be twice too much."""

ENDPOINT_UP = Recording(
    "device_interface:endpoint_up:bool",
    # an endpoint that is fed by its port lives when the port is up and it draws enough
    of_port(
        f"min by (device, interface) ("
        f"{m.POE_WATTS.name} >= bool {PORT} group_left ()"
        f" max by (device, interface) ({m.EXPECTED_POE_WATTS.name})"
        f" or {m.INTERFACE_UP.name} and {PORT} {m.EXPECTED_INTERFACE_UP.name} == 1)"
    ),
)
ENDPOINTS_UP = Recording("service_site:endpoints_up:sum", f"sum by (service, site) ({ENDPOINT_UP.name})")
ENDPOINTS_MEANT = Recording(
    "service_site:endpoints_meant:count",
    f"count by (service, site) ({meant(m.CITY_INTERFACE_INFO.name)}"
    f" and {PORT} {m.EXPECTED_INTERFACE_UP.name} == 1)",
)
SERVICE_UP = Recording(
    "service:endpoints_up:ratio",
    f"sum by (service) ({ENDPOINTS_UP.name}) / sum by (service) ({ENDPOINTS_MEANT.name})",
)

RECORDINGS: tuple[Recording, ...] = (
    RX_BITS,
    TX_BITS,
    ERRORS,
    DISCARDS,
    UTILISATION,
    UPLINKS_UP,
    UPLINKS_MEANT,
    POE_USED_RATIO,
    DRAWN_WATTS,
    ENDPOINT_UP,
    ENDPOINTS_UP,
    ENDPOINTS_MEANT,
    SERVICE_UP,
)
"""In an order in which each uses only those before it: a group is evaluated top to bottom."""

SITE_UP = Recording(
    "site:endpoints_up:ratio",
    # what nobody answers for is not up: the intent says how many there are
    f"(sum by (site) ({ENDPOINTS_UP.name}) or 0 * sum by (site) ({ENDPOINTS_MEANT.name}))"
    f" / sum by (site) ({ENDPOINTS_MEANT.name})",
)
SITE_ANSWERING = Recording(
    "site:switches_answering:ratio", f"avg by (site) ({of_device(m.POLL_SUCCESS.name)})"
)
SITE_STATE = Recording(
    "site:state:level",
    # 0 well, 1 something is down, 2 no switch answers
    f"(2 * ({SITE_ANSWERING.name} == bool 0) > 0)"
    f" or on (site) (({SITE_UP.name} < {SITE_ANSWERING.name} or {SITE_ANSWERING.name}) < bool 1)",
)
CAMERA_DARK, CAMERA_DEGRADED = 2, 1
CAMERA_LEAST_BITS = 64_000
"""A camera that lives and sends less than this a second shows nothing that anybody could use."""
_CAMERA = f'{ENDPOINT_UP.name}{{kind="camera"}}'
CAMERA_STATE = Recording(
    "device_interface:camera:state",
    # 0 healthy, 1 degraded (hardly a picture, or errors on its cable), 2 dark
    f"({_CAMERA} == 0) + {CAMERA_DARK}"
    f" or ({_CAMERA} == 1 and {PORT} ({RX_BITS.name} < {CAMERA_LEAST_BITS} or {ERRORS.name} > 0.1))"
    f" or {_CAMERA} - 1",
)
TENANT_BITS = Recording(
    "tenant:bits:rate5m",
    f"sum by (tenant) ({of_port(RX_BITS.name, USERS)} + {of_port(TX_BITS.name, USERS)})",
)
CARRIER_RX_BITS = Recording(
    "carrier:receive_bits:rate5m", f"sum by (endpoint) ({of_port(RX_BITS.name, CARRIER)})"
)
CARRIER_TX_BITS = Recording(
    "carrier:transmit_bits:rate5m", f"sum by (endpoint) ({of_port(TX_BITS.name, CARRIER)})"
)
CITY_WATTS = Recording("city:drawn_watts:sum", f"sum ({DRAWN_WATTS.name})")
SERVICE_POE_WATTS = Recording("service:poe_watts:sum", f"sum by (service) ({of_port(m.POE_WATTS.name)})")

RECORDINGS += (
    SITE_UP,
    SITE_ANSWERING,
    SITE_STATE,
    CAMERA_STATE,
    TENANT_BITS,
    CARRIER_RX_BITS,
    CARRIER_TX_BITS,
    CITY_WATTS,
    SERVICE_POE_WATTS,
)
"""Those of the dashboards; each needs what stands before it."""
