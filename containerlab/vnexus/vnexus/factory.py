"""The configuration of a node that nobody has configured yet."""

from __future__ import annotations

from vnexus.config.secrets import hash_password, salt_of
from vnexus.config.snmpkeys import localized
from vnexus.hardware import RELEASES, engine_id
from vnexus.topology import NodeSpec

_LIMITS = {
    "n7k-7.3": ("vlan minimum 16 maximum 4094", "monitor-session minimum 0 maximum 2",
                "vrf minimum 2 maximum 4096", "port-channel minimum 0 maximum 768",
                "u4route-mem minimum 96 maximum 96", "u6route-mem minimum 24 maximum 24",
                "m4route-mem minimum 58 maximum 58", "m6route-mem minimum 8 maximum 8"),
    "n9k-9.3": ("vlan minimum 16 maximum 4094", "vrf minimum 2 maximum 4096",
                "port-channel minimum 0 maximum 511", "u4route-mem minimum 248 maximum 248",
                "u6route-mem minimum 96 maximum 96", "m4route-mem minimum 58 maximum 58",
                "m6route-mem minimum 8 maximum 8"),
    "n9k-10": ("vlan minimum 16 maximum 4094", "vrf minimum 2 maximum 4096",
               "port-channel minimum 0 maximum 511", "m4route-mem minimum 58 maximum 58",
               "m6route-mem minimum 8 maximum 8"),
}  # fmt: skip
_EVENTS = (("FATAL(1)", "FATAL"), ("CRITICAL(2)", "CRITICAL"), ("ERROR(3)", "ERROR"),
           ("WARNING(4)", "WARNING"), ("INFORMATION(5)", "INFO"))  # fmt: skip


def factory_config(spec: NodeSpec, username: str, password: str) -> str:
    """Name, user, ``feature nxapi``, a console, the image; ports are the platform's."""
    hashed = hash_password(password, salt_of(spec.name))
    key = "0x" + localized("md5", password, engine_id(spec.address)).hex()
    new = spec.profile == "n9k-10"
    limits = "\n".join(f"  limit-resource {limit}" for limit in _LIMITS[spec.profile])
    log = " log trap public" if new else ""
    events = "\n".join(
        f"rmon event {n}{log} description {text} owner PMON@{owner}"
        for n, (text, owner) in enumerate(_EVENTS, 1)
    )
    image = RELEASES[spec.profile].image.replace(":///", ":/")
    boot = (
        f"boot kickstart {image.replace('s2-dk9', 's2-kickstart')}\nboot system {image}"
        if spec.profile.startswith("n7k")
        else f"boot nxos {image}"
    )
    return f"""hostname {spec.name}
vdc {spec.name} id 1
{limits}
feature nxapi
{"" if spec.profile.startswith("n7k") else "feature scp-server"}
no password strength-check
username {username} password 5 {hashed}  role network-admin
ip domain-lookup
copp profile strict
snmp-server user {username} network-admin auth md5 {key} priv {key} localizedkey
{events}
interface mgmt0
  vrf member management
line console
line vty
{boot}
"""
