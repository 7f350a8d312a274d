"""Protocol Buffers messages from a table of field numbers, in a pool of their own.

Generated modules register their names for the whole process, and two libraries that speak gNMI would then
not live in one; and what a field is may be chosen here for speed: a message that is only compared is
declared as ``bytes``, which is the same on the wire, and is never taken apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClassesForFiles

Message = Any
"""An instance; its class is made at run time, so it has no static type."""
Fields = Mapping[str, str]
"""Field name to ``NUMBER KIND``, with ``repeated`` before the kind or ``in ONEOF`` behind it."""

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


def make_messages(package: str, messages: Mapping[str, Fields]) -> dict[str, Any]:
    """Message classes by name. ``map`` as a kind is a map of text to text.

    >>> kinds = make_messages("example", {"Pair": {"name": "1 string", "sizes": "2 repeated uint32"}})
    >>> kinds["Pair"].FromString(kinds["Pair"](name="a", sizes=[1, 2]).SerializeToString()).sizes[1]
    2
    """
    file = FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
    for name, fields in messages.items():
        _describe(file.message_type.add(name=name), fields, f".{package}.")
    pool = DescriptorPool()
    pool.Add(file)
    found = GetMessageClassesForFiles([file.name], pool)
    return {full.removeprefix(f"{package}."): kind for full, kind in found.items()}


def _describe(made: DescriptorProto, fields: Fields, scope: str) -> None:
    groups: dict[str, int] = {}
    for name, text in fields.items():
        number, *words = text.split()
        field = made.field.add(name=name, number=int(number), label=FieldDescriptorProto.LABEL_OPTIONAL)
        if words[0] == "repeated":
            field.label = FieldDescriptorProto.LABEL_REPEATED
            words = words[1:]
        if words[0] == "map":
            _add_map(made, field, scope)
        elif words[0] in _SCALARS:
            field.type = _SCALARS[words[0]]
        else:
            field.type, field.type_name = FieldDescriptorProto.TYPE_MESSAGE, scope + words[0]
        if "in" in words:
            group = words[-1]
            if group not in groups:
                groups[group] = len(groups)
                made.oneof_decl.add(name=group)
            field.oneof_index = groups[group]


def _add_map(made: DescriptorProto, field: FieldDescriptorProto, scope: str) -> None:
    entry = made.nested_type.add(name=f"{field.name.title()}Entry")
    entry.options.map_entry = True
    for number, part in enumerate(("key", "value"), start=1):
        entry.field.add(
            name=part,
            number=number,
            type=FieldDescriptorProto.TYPE_STRING,
            label=FieldDescriptorProto.LABEL_OPTIONAL,
        )
    field.label = FieldDescriptorProto.LABEL_REPEATED
    field.type = FieldDescriptorProto.TYPE_MESSAGE
    field.type_name = f"{scope}{made.name}.{entry.name}"
