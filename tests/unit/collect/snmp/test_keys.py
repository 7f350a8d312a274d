"""Keys against the published vectors."""

from __future__ import annotations

import pytest

from agent.collect.snmp.keys import PRIVACY, localize, localize_privacy, name_protocol, stretch

ENGINE = bytes(11) + b"\x02"

RFC_3414 = [
    # A.3.1, A.3.2: password to key; A.5.1, A.5.2: the key after its change
    ("md5", "maplesyrup", "9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b"),
    ("md5", "newsyrup", "01add273107c4e596b4b00f82b1d42a7", "87021d7bd9d101ba05ea6e3bf9d9bd4a"),
    (
        "sha1",
        "maplesyrup",
        "9fb5cc0381497b3793528939ff788d5d79145211",
        "6695febc9288e36282235fc7151f128497b38f3f",
    ),
    (
        "sha1",
        "newsyrup",
        "3a51a6d736aa347b83dc4a87e3e55ee4d698ac71",
        "78e2dcce79d59403b58c1bbaa5bff46391f1cd25",
    ),
]


@pytest.mark.parametrize(("algorithm", "password", "key", "localized"), RFC_3414)
def test_keys_are_those_of_rfc_3414(algorithm: str, password: str, key: str, localized: str) -> None:
    assert stretch(algorithm, password.encode()).hex() == key
    assert localize(algorithm, password.encode(), ENGINE).hex() == localized


@pytest.mark.parametrize(
    ("algorithm", "long"),
    [
        ("md5", "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0a3a40abfac5acc12"),
        ("sha1", "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78936ba6e7d19dfd9c"),
    ],
)
def test_a_key_grows_as_the_reeder_draft_shows(algorithm: str, long: str) -> None:
    """draft-reeder-snmpv3-usm-3desede-00 §B.1, §B.2."""
    assert localize_privacy(algorithm, b"maplesyrup", ENGINE, PRIVACY["aes256"]).hex() == long


@pytest.mark.parametrize("name", list(PRIVACY))
@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"])
def test_a_privacy_key_is_as_long_as_its_cipher_needs(algorithm: str, name: str) -> None:
    key = localize_privacy(algorithm, b"maplesyrup", ENGINE, PRIVACY[name])
    assert len(key) == PRIVACY[name].key_bytes
    both = localize(algorithm, b"maplesyrup", ENGINE)
    assert key[: len(both)] == both[: len(key)]


def test_the_two_extensions_differ_where_a_digest_is_too_short_only() -> None:
    for algorithm, differ in (("sha1", True), ("sha224", True), ("sha256", False), ("sha512", False)):
        one = localize_privacy(algorithm, b"maplesyrup", ENGINE, PRIVACY["aes256"])
        two = localize_privacy(algorithm, b"maplesyrup", ENGINE, PRIVACY["aes256b"])
        assert (one != two) is differ


@pytest.mark.parametrize(
    ("written", "word"),
    [("SHA", "sha"), ("sha-1", "sha"), ("SHA-512", "sha512"), ("AES_128", "aes"), ("AES-192-C", "aes192")],
)
def test_protocols_have_many_spellings(written: str, word: str) -> None:
    assert name_protocol(written) == word
