"""Apollo's format of traces: the part of `reports.proto` that a subgraph's inline trace has."""

from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

_MESSAGES: Mapping[str, str] = {
    "Timestamp": "int64 seconds 1, int32 nanos 2",
    "Location": "uint32 line 1, uint32 column 2",
    "Error": "string message 1, *Location location 2, string json 4",
    "Node": (
        "?string response_name 1, ?uint32 index 2, string original_field_name 14, string type 3, "
        "string parent_type 13, uint64 start_time 8, uint64 end_time 9, *Error error 11, "
        "*Node child 12"
    ),
    "Trace": (
        "Timestamp start_time 4, Timestamp end_time 3, uint64 duration_ns 11, Node root 14, "
        "double field_execution_weight 31, bool is_incomplete 33"
    ),
}
"""Type, name and number of each message's fields; `*` is repeated, `?` part of the oneof `id`."""


def _field(text: str) -> FieldDescriptorProto:
    kind, name, number = text.lstrip("*?").split()
    field = FieldDescriptorProto(name=name, number=int(number))
    field.label = field.LABEL_REPEATED if text[0] == "*" else field.LABEL_OPTIONAL
    if kind in _MESSAGES:
        field.type, field.type_name = field.TYPE_MESSAGE, f".{kind}"
    else:
        field.type = FieldDescriptorProto.Type.Value(f"TYPE_{kind.upper()}")
    if text[0] == "?":
        field.oneof_index = 0
    return field


def _messages() -> Iterator[DescriptorProto]:
    for name, fields in _MESSAGES.items():
        message = DescriptorProto(name=name, field=map(_field, fields.split(", ")))
        if "?" in fields:
            message.oneof_decl.add(name="id")
        yield message


_POOL = DescriptorPool()
_POOL.Add(FileDescriptorProto(name="reports.proto", syntax="proto3", message_type=_messages()))
TraceReport: Any = GetMessageClass(_POOL.FindMessageTypeByName("Trace"))
"""A trace; `root` is the first of its nodes."""
