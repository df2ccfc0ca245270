"""Keys that name tenants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.access import came_through_a_proxy, find_key, parse_api_keys, read_api_keys
from agent.errors import SettingsError

KEYS = parse_api_keys("acme:0123456789abcdef, other-1:fedcba:9876543210 ,acme:another-key-of-acme")


def test_a_key_names_its_tenant() -> None:
    found = [
        find_key(KEYS, secret) for secret in ("0123456789abcdef", "another-key-of-acme", "fedcba:9876543210")
    ]
    assert [key and key.tenant for key in found] == ["acme", "acme", "other-1"]
    assert len({key and key.name for key in found}) == 3
    assert parse_api_keys("") == read_api_keys({}) == ()


@given(st.text())
def test_nothing_else_does(secret: str) -> None:
    assert find_key(KEYS, secret) is None


@pytest.mark.parametrize(
    "text", ["key", "a b:0123456789abcdef", "acme:short-secret", "acme:0123456789 abcdef", ":x" * 9]
)
def test_a_mistake_names_no_key(text: str) -> None:
    with pytest.raises(SettingsError, match="HANDOFF_API_KEYS: ") as caught:
        read_api_keys({"HANDOFF_API_KEYS": f"good:0123456789abcdef,{text}"})
    assert "secret" not in str(caught.value)
    assert "0123456789" not in str(caught.value)


@pytest.mark.parametrize("name", ["forwarded", "via", "x-real-ip", "x-forwarded-for", "x-forwarded-host"])
def test_what_a_proxy_adds(name: str) -> None:
    assert came_through_a_proxy(["host", name])
    assert not came_through_a_proxy(["host", "x-requested-with"])
