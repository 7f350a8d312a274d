"""Lines are printed as NX-OS spells and orders them, however they were typed."""

from __future__ import annotations

from vnexus.config.configuration import Configuration
from vnexus.config.platform import Platform
from vnexus.config.session import ConfigSession


def _printed(typed: str) -> list[str]:
    config = Configuration(Platform("n9k-10", "N9K-C93180YC-FX3", ("Ethernet1/1",)), lambda: 0.0)
    session = ConfigSession(config)
    for line in typed.splitlines():
        reply = session.feed(line)
        assert not reply.error, f"{line}: {reply.text}"
    return [line.rstrip() for line in config.lines_of()]


def test_entries_of_an_access_list_stand_by_number_whatever_their_protocol() -> None:
    printed = _printed(
        "ip access-list A\n"
        "  30 permit udp any any eq 123\n"
        "  10 permit udp any any eq 53\n"
        "  20 permit icmp any any\n"
        "  5 remark first"
    )
    start = printed.index("ip access-list A")
    assert [line.split()[0] for line in printed[start + 1 : start + 5]] == ["5", "10", "20", "30"]


def test_keywords_keep_the_case_of_the_switch() -> None:
    printed = _printed(
        "feature telemetry\n"
        "telemetry\n"
        "  destination-group 1\n"
        "    ip address 192.0.2.1 port 57500 protocol grpc encoding gpb\n"
        "  sensor-group 1\n"
        "    data-source dme"
    )
    assert "    ip address 192.0.2.1 port 57500 protocol gRPC encoding GPB" in printed
    assert "    data-source DME" in printed
