"""The messages of NX-OS dial-out, by the published field numbers."""

from __future__ import annotations

from agent.collect.streaming.wire import make_messages

_MESSAGES = make_messages(
    "mdt_dialout",
    {
        "MdtDialoutArgs": {
            "ReqId": "1 int64",
            "data": "2 bytes",
            "errors": "3 string",
            "totalSize": "4 int32",
        },
        "Telemetry": {
            "node_id_str": "1 string",
            "subscription_id_str": "3 string",
            "encoding_path": "6 string",
            "collection_id": "8 uint64",
            "collection_start_time": "9 uint64",
            "msg_timestamp": "10 uint64",
            "data_gpbkv": "11 repeated TelemetryField",
            "data_gpb": "12 bytes",
            "collection_end_time": "13 uint64",
        },
        "TelemetryField": {
            "timestamp": "1 uint64",
            "name": "2 string",
            "bytes_value": "4 bytes in value",
            "string_value": "5 string in value",
            "bool_value": "6 bool in value",
            "uint32_value": "7 uint32 in value",
            "uint64_value": "8 uint64 in value",
            "sint32_value": "9 sint32 in value",
            "sint64_value": "10 sint64 in value",
            "double_value": "11 double in value",
            "float_value": "12 float in value",
            "fields": "15 repeated TelemetryField",
        },
    },
)  # fmt: skip

ENVELOPE = _MESSAGES["MdtDialoutArgs"]
TELEMETRY = _MESSAGES["Telemetry"]
FIELD = _MESSAGES["TelemetryField"]
SERVICE, METHOD = "mdt_dialout.gRPCMdtDialout", "MdtDialout"
