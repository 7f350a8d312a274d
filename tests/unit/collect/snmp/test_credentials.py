"""Secrets as people write them."""

from __future__ import annotations

import pytest

from agent.collect.snmp.credentials import Community, User, read_credentials
from agent.errors import UsageError

FULL = "v3 noc SHA-256 correct-horse AES-256 battery-staple"


@pytest.mark.parametrize(
    ("secret", "meaning"),
    [
        ("public", Community("public")),
        ("v1 public", Community("public", version=1)),
        ("v3noc", Community("v3noc")),
        ("v3 noc", User("noc")),
        ("v3 noc md5 correct-horse", User("noc", "md5", "correct-horse")),
        (FULL, User("noc", "sha256", "correct-horse", "aes256", "battery-staple")),
        (f"{FULL} context v", User("noc", "sha256", "correct-horse", "aes256", "battery-staple", "v")),
        (f"{FULL} level authNoPriv", User("noc", "sha256", "correct-horse")),
        (f"{FULL} level noAuthNoPriv context v", User("noc", context="v")),
        (f"{FULL} context v level authPriv", read_credentials(f"{FULL} context v")),
    ],
)
def test_a_secret_is_read(secret: str, meaning: Community | User) -> None:
    assert read_credentials(secret) == meaning


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("v3 ", "an SNMPv3 secret is"),
        ("v3 noc md5", "an SNMPv3 secret is"),
        ("v3 noc rot13 correct-horse", "unknown SNMPv3 protocol"),
        ("v3 noc md5 correct-horse rot13 battery-staple", "unknown SNMPv3 protocol"),
        ("v3 noc md5 horse", "8 letters"),
        ("v3 noc md5 correct-horse aes horse", "8 letters"),
        ("v3 noc md5 correct-horse level authPriv", "level"),
        ("v3 noc md5 correct-horse level high", "level"),
    ],
)
def test_a_mistake_is_one_line_without_the_secret(secret: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        read_credentials(secret)
    assert "horse" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nothing_secret_is_shown() -> None:
    shown = repr((read_credentials(FULL), read_credentials("public")))
    assert "horse" not in shown
    assert "staple" not in shown
    assert "public" not in shown
