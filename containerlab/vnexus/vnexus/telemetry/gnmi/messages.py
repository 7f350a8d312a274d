"""The messages of the service."""

from __future__ import annotations

from typing import Any, TypeVar

from google.protobuf.message import DecodeError
from grpclib.const import Status
from grpclib.encoding.base import CodecBase
from grpclib.exceptions import GRPCError

from vnexus.telemetry.schema import Message, load_messages

GNMI = load_messages("gnmi")
T = TypeVar("T")


class Codec(CodecBase):
    """Bytes that are no message of the kind are the caller's mistake."""

    __content_subtype__ = "proto"

    def encode(self, message: Message, message_type: type[T]) -> bytes:  # noqa: ARG002 - grpclib's signature
        return bytes(message.SerializeToString())

    def decode(self, data: bytes, message_type: type[T]) -> Message:
        made: Any = message_type()
        try:
            made.ParseFromString(data)
        except DecodeError as exc:
            raise GRPCError(Status.INVALID_ARGUMENT, "Error parsing request") from exc
        return made


def encoding(name: str) -> int:
    """Number of ``JSON`` or ``PROTO``."""
    return int(
        GNMI["CapabilityResponse"].DESCRIPTOR.file.enum_types_by_name["Encoding"].values_by_name[name].number
    )
