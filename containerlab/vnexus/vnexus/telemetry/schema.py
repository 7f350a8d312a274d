"""Protocol Buffers messages from a ``.proto`` file, in a pool of their own.

Generated modules register their names for the whole process; whoever tests with another gNMI library in the
same process would find them taken. Here every file gets a private pool. Read is what our files use: messages,
enums, ``oneof``, ``map``, ``repeated``; services are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClassesForFiles

Message = Any
"""An instance; messages carry no static types, for their classes are made at run time."""
Messages = Mapping[str, Any]
"""Message classes by name."""

_TOKEN = re.compile(r'"[^"]*"|[\w.]+|[{}=;<>,]')
_SCALARS = {
    "double": FieldDescriptorProto.TYPE_DOUBLE,
    "float": FieldDescriptorProto.TYPE_FLOAT,
    "int64": FieldDescriptorProto.TYPE_INT64,
    "uint64": FieldDescriptorProto.TYPE_UINT64,
    "int32": FieldDescriptorProto.TYPE_INT32,
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "string": FieldDescriptorProto.TYPE_STRING,
    "bytes": FieldDescriptorProto.TYPE_BYTES,
    "uint32": FieldDescriptorProto.TYPE_UINT32,
    "sint32": FieldDescriptorProto.TYPE_SINT32,
    "sint64": FieldDescriptorProto.TYPE_SINT64,
}


def load_messages(name: str) -> Messages:
    """Classes of a file under ``telemetry/proto``, by message name without the package."""
    text = files("vnexus.telemetry").joinpath("proto", f"{name}.proto").read_text(encoding="utf-8")
    described = _Reader(text).read(f"{name}.proto")
    pool = DescriptorPool()
    pool.Add(described)
    found = GetMessageClassesForFiles([described.name], pool)
    return {full.removeprefix(f"{described.package}."): kind for full, kind in found.items()}


class _Reader:
    """Reads one file token by token."""

    def __init__(self, text: str) -> None:
        self._tokens: Iterator[str] = iter(_TOKEN.findall(re.sub(r"//.*", "", text)))

    def read(self, name: str) -> FileDescriptorProto:
        described = FileDescriptorProto(name=name, syntax="proto3")
        for token in self._tokens:
            match token:
                case "package":
                    described.package = next(self._tokens)
                case "message":
                    self._message(described.message_type.add())
                case "enum":
                    self._enum(described.enum_type.add())
                case "service":
                    self._skip()
        return described

    def _skip(self) -> None:
        depth = 0
        for token in self._tokens:
            depth += (token == "{") - (token == "}")  # noqa: S105 - a brace
            if token == "}" and depth == 0:  # noqa: S105 - a brace
                return

    def _enum(self, made: EnumDescriptorProto) -> None:
        made.name = next(self._tokens)
        next(self._tokens)
        while (name := next(self._tokens)) != "}":
            made.value.add(name=name, number=self._number())

    def _message(self, made: DescriptorProto) -> None:
        made.name = next(self._tokens)
        next(self._tokens)
        while (token := next(self._tokens)) != "}":
            match token:
                case "message":
                    self._message(made.nested_type.add())
                case "enum":
                    self._enum(made.enum_type.add())
                case "oneof":
                    made.oneof_decl.add(name=next(self._tokens))
                    next(self._tokens)
                    while (kind := next(self._tokens)) != "}":
                        self._field(made, kind).oneof_index = len(made.oneof_decl) - 1
                case "map":
                    self._map(made)
                case "repeated":
                    self._field(made, next(self._tokens)).label = FieldDescriptorProto.LABEL_REPEATED
                case _:
                    self._field(made, token)

    def _field(self, made: DescriptorProto, kind: str) -> FieldDescriptorProto:
        name = next(self._tokens)
        field = made.field.add(name=name, number=self._number(), label=FieldDescriptorProto.LABEL_OPTIONAL)
        if kind in _SCALARS:
            field.type = _SCALARS[kind]
        else:
            field.type_name = kind
        return field

    def _map(self, made: DescriptorProto) -> None:
        """A map of strings to strings, the only one there is."""
        for _ in range(5):
            next(self._tokens)
        name = next(self._tokens)
        entry = made.nested_type.add(name=f"{name.title()}Entry")
        entry.options.map_entry = True
        for number, part in enumerate(("key", "value"), 1):
            entry.field.add(
                name=part, number=number, type=FieldDescriptorProto.TYPE_STRING,
                label=FieldDescriptorProto.LABEL_OPTIONAL,
            )  # fmt: skip
        made.field.add(
            name=name, number=self._number(), label=FieldDescriptorProto.LABEL_REPEATED,
            type=FieldDescriptorProto.TYPE_MESSAGE, type_name=entry.name,
        )  # fmt: skip

    def _number(self) -> int:
        """``= N ;``"""
        next(self._tokens)
        number = int(next(self._tokens))
        next(self._tokens)
        return number
