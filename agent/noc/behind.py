"""Who cannot be reached because everything before it is dead: parents come from the cables of the intent."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.rule import Recording, meant, said

_DEAD_PARENT = f'label_replace({said(f"{m.POLL_SUCCESS.name} == 0")}, "parent", "$1", "device", "(.*)")'

BEHIND = Recording(
    "device:behind_dead_uplink:bool",
    f"count by (device) ({meant(m.CITY_PARENT.name)})"
    f" == on (device) count by (device) ({meant(m.CITY_PARENT.name)}"
    f" and on (parent) max by (parent) ({_DEAD_PARENT}))",
)
"""There for a device all of whose parents do not answer, and only then; its value is their number."""
ROOTS = f"unless on (device) {BEHIND.name}"
"""Leaves out what is only a consequence."""
HANGS_ON_IT = (
    '{{ with query (printf "count by (kind) (max by (interface, kind)'
    f" ({m.CITY_INTERFACE_INFO.name}{{device=%q, kind!='uplink'}}))\" $labels.device)"
    ' | sortByLabel "kind" }}{{ range . }}{{ .Value }} {{ .Labels.kind }}; {{ end }}'
    "{{ else }}nothing {{ end }}hangs on it"
)
"""``12 camera; 3 phone; hangs on it``, as Prometheus works it out."""
