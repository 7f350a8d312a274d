"""Leaves and subtrees as gNMI values."""

from __future__ import annotations

import json
from decimal import Decimal

from vnexus.telemetry.gnmi.messages import GNMI
from vnexus.telemetry.schema import Message
from vnexus.telemetry.tree import Leaf, Node, plain


def scalar(leaf: Leaf) -> Message:
    """A value with its own type, for the encoding PROTO."""
    value = GNMI["TypedValue"]
    match leaf:
        case bool():
            return value(bool_val=leaf)
        case int():
            return value(uint_val=leaf) if leaf >= 0 else value(int_val=leaf)
        case Decimal():
            return value(decimal_val=_decimal(leaf))
        case tuple():
            made = value()
            made.leaflist_val.element.extend(value(string_val=one) for one in leaf)
            if not leaf:
                made.leaflist_val.SetInParent()
            return made
        case _:
            return value(string_val=leaf)


def _decimal(leaf: Decimal) -> Message:
    """Digits and precision (``decimal64`` of RFC 7950)."""
    _, _, exponent = leaf.as_tuple()
    precision = max(0, -exponent) if isinstance(exponent, int) else 0
    return GNMI["Decimal64"](digits=int(leaf.scaleb(precision)), precision=precision)


def blob(node: Node) -> bytes:
    """A subtree in one piece, for the encoding JSON."""
    return json.dumps(plain(node), separators=(",", ":")).encode()
