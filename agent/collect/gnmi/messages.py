"""The messages of gNMI 0.8, by the published field numbers, and paths in their forms.

``Update.path``, ``Notification.prefix`` and ``Subscription.path`` are declared as bytes: a path that was seen
before is looked up as it stands on the wire and never taken apart.
"""

from __future__ import annotations

from agent.collect.streaming.models import LONGEST_KEY, LONGEST_PATH, Elements, plain_name
from agent.collect.streaming.rules import Step
from agent.collect.streaming.wire import Message, make_messages

_MESSAGES = make_messages(
    "gnmi",
    {
        "Path": {"origin": "2 string", "elem": "3 repeated PathElem", "target": "4 string"},
        "PathElem": {"name": "1 string", "key": "2 map"},
        "Decimal64": {"digits": "1 int64", "precision": "2 uint32"},
        "ScalarArray": {"element": "1 repeated TypedValue"},
        "TypedValue": {
            "string_val": "1 string in value",
            "int_val": "2 int64 in value",
            "uint_val": "3 uint64 in value",
            "bool_val": "4 bool in value",
            "bytes_val": "5 bytes in value",
            "float_val": "6 float in value",
            "decimal_val": "7 Decimal64 in value",
            "leaflist_val": "8 ScalarArray in value",
            "json_val": "10 bytes in value",
            "json_ietf_val": "11 bytes in value",
            "ascii_val": "12 string in value",
            "proto_bytes": "13 bytes in value",
            "double_val": "14 double in value",
        },
        "Update": {"path": "1 bytes", "val": "3 TypedValue", "duplicates": "4 uint32"},
        "Notification": {
            "timestamp": "1 int64",
            "prefix": "2 bytes",
            "update": "4 repeated Update",
            "delete": "5 repeated bytes",
            "atomic": "6 bool",
        },
        "Error": {"code": "1 uint32", "message": "2 string"},
        "ModelData": {"name": "1 string", "organization": "2 string", "version": "3 string"},
        "CapabilityRequest": {},
        "CapabilityResponse": {
            "supported_models": "1 repeated ModelData",
            "supported_encodings": "2 repeated int32",
            "gNMI_version": "3 string",
        },
        "Subscription": {
            "path": "1 bytes",
            "mode": "2 int32",
            "sample_interval": "3 uint64",
            "suppress_redundant": "4 bool",
            "heartbeat_interval": "5 uint64",
        },
        "SubscriptionList": {
            "prefix": "1 bytes",
            "subscription": "2 repeated Subscription",
            "mode": "5 int32",
            "encoding": "8 int32",
            "updates_only": "9 bool",
        },
        "SubscribeRequest": {"subscribe": "1 SubscriptionList"},
        "SubscribeResponse": {
            "update": "1 Notification in response",
            "sync_response": "3 bool in response",
            "error": "4 Error in response",
        },
    },
)  # fmt: skip

PATH = _MESSAGES["Path"]
CAPABILITY_REQUEST = _MESSAGES["CapabilityRequest"]
CAPABILITY_RESPONSE = _MESSAGES["CapabilityResponse"]
SUBSCRIBE_REQUEST = _MESSAGES["SubscribeRequest"]
SUBSCRIBE_RESPONSE = _MESSAGES["SubscribeResponse"]
NOTIFICATION = _MESSAGES["Notification"]

JSON, PROTO, JSON_IETF = 0, 2, 4
TARGET_DEFINED, ON_CHANGE, SAMPLE = 0, 1, 2
STREAM, ONCE = 0, 1
SUBSCRIBE = "/gnmi.gNMI/Subscribe"
CAPABILITIES = "/gnmi.gNMI/Capabilities"
LONGEST_WIRE_PATH = 4096


def write_path(steps: tuple[Step, ...], origin: str = "openconfig") -> bytes:
    """A path to all entries of the lists on its way."""
    made = PATH(origin=origin)
    for step in steps:
        made.elem.add(name=step.name, key=dict.fromkeys(step.keys, "*"))
    return bytes(made.SerializeToString())


def read_path(data: bytes) -> Elements | None:
    """Elements of a path on the wire; None when it is no path, or longer than any that means something.

    Raises ``google.protobuf.message.DecodeError``.
    """
    if len(data) > LONGEST_WIRE_PATH:
        return None
    made: Message = PATH.FromString(data)
    if len(made.elem) > LONGEST_PATH:
        return None
    found = []
    for elem in made.elem:
        pairs = tuple(sorted(elem.key.items()))
        if any(len(value) > LONGEST_KEY for _, value in pairs):
            return None
        found.append((plain_name(elem.name), pairs))
    return tuple(found)
