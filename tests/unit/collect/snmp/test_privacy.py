"""Ciphers against the published vectors, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collect.snmp.ber import BerError
from agent.collect.snmp.keys import PRIVACY
from agent.collect.snmp.privacy import ciphers

PLAIN = bytes.fromhex("6bc1bee22e409f96e93d7e117393172a")
VECTOR = bytes(range(16))


@pytest.mark.parametrize(
    ("name", "key", "sealed"),
    [
        # SP 800-38A F.3.13, F.3.15, F.3.17: CFB128, whose vector is boots, time and salt in RFC 3826
        ("aes", "2b7e151628aed2a6abf7158809cf4f3c", "3b3fd92eb72dad20333449f8e83cfb4a"),
        (
            "aes192",
            "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
            "cdc80d6fddf18cab34c25909c99a4174",
        ),
        (
            "aes256",
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            "dc7e84bfda79164b7ecd8486985d3860",
        ),
    ],
)
def test_aes_is_that_of_nist(name: str, key: str, sealed: str) -> None:
    encrypt, decrypt = ciphers(PRIVACY[name], bytes.fromhex(key))
    assert encrypt(VECTOR[:8], VECTOR[8:], PLAIN).hex() == sealed
    assert decrypt(VECTOR[:8], VECTOR[8:], bytes.fromhex(sealed)) == PLAIN


def test_des_is_that_of_fips_81() -> None:
    pre = bytes.fromhex("00ff00ff00ff00ff")
    salt = bytes(a ^ b for a, b in zip(pre, bytes.fromhex("1234567890abcdef"), strict=True))
    encrypt, decrypt = ciphers(PRIVACY["des"], bytes.fromhex("0123456789abcdef") + pre)
    sealed = encrypt(b"", salt, b"Now is the time for all ")
    assert sealed.hex() == "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6"
    assert decrypt(b"", salt, sealed) == b"Now is the time for all "


@given(
    st.sampled_from(sorted(PRIVACY)), st.binary(min_size=1, max_size=80), st.binary(min_size=8, max_size=8)
)
def test_what_is_encrypted_comes_back(name: str, data: bytes, salt: bytes) -> None:
    encrypt, decrypt = ciphers(PRIVACY[name], bytes(range(PRIVACY[name].key_bytes)))
    assert decrypt(bytes(8), salt, encrypt(bytes(8), salt, data))[: len(data)] == data


@pytest.mark.parametrize("name", sorted(PRIVACY))
def test_what_no_cipher_has_made_is_an_error(name: str) -> None:
    _, decrypt = ciphers(PRIVACY[name], bytes(PRIVACY[name].key_bytes))
    with pytest.raises(BerError, match=r"salt|blocks"):
        decrypt(bytes(8), bytes(7), bytes(16))
    if name == "des":
        with pytest.raises(BerError, match="blocks"):
            decrypt(bytes(8), bytes(8), bytes(9))
