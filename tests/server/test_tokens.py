"""A browser's token: from this issuer, for this audience, in time, signed as it was agreed."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from agent.errors import SettingsError
from agent.server.tokens import TokenError, Tokens

from .setting import SECRET, begin, claims, serving, settings, token, with_tokens

RSA, OTHER_RSA = (rsa.generate_private_key(65537, 2048) for _ in range(2))
EC = ec.generate_private_key(ec.SECP256R1())


def public(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(encoding, form)


def checked(file: Path, text: bytes, algorithm: str = "RS256") -> Tokens:
    file.write_bytes(text)
    return Tokens(with_tokens(token_key=str(file), token_algorithm=algorithm))


def test_a_good_one_names_the_person() -> None:
    told = token(name="Ada", email="ada@acme.com", locale="de", attributes={"region": ["EU"], "vip": "yes"})
    user = Tokens(with_tokens()).read(told)
    assert (user.id, user.tenant, user.name, user.email, user.locale) == (
        "ada",
        "acme",
        "Ada",
        "ada@acme.com",
        "de",
    )
    assert user.attributes == {"region": ["EU"], "vip": "yes"}


def unsigned() -> str:
    parts = [{"alg": "none", "typ": "JWT"}, claims()]
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return f"{'.'.join(coded)}."


NOW = int(time.time())
BAD = {
    "expired": token(iat=NOW - 900, exp=NOW - 600),
    "of another issuer": token(iss="https://evil.example"),
    "without an issuer": token(iss=None),
    "for another audience": token(aud="elsewhere"),
    "without an audience": token(aud=None),
    "without an end": token(exp=None),
    "without a beginning": token(iat=None),
    "of tomorrow": token(iat=NOW + 9000, exp=NOW + 9300),
    "not good yet": token(nbf=NOW + 9000),
    "good for a day": token(exp=NOW + 86_400),
    "of nobody": token(sub=None),
    "of an empty name": token(" "),
    "of another secret": token(key=SECRET[::-1]),
    "of a sister algorithm": token(algorithm="HS512"),
    "of another family": token(key=RSA, algorithm="RS256"),
    "unsigned": unsigned(),
    "unsigned, by the library": jwt.encode(claims(), "", "none"),
    "with odd attributes": token(attributes={"region": {"in": "EU"}}),
    "with a list of attributes": token(attributes=["EU"]),
    "with an odd name": token(name=["Ada"]),
    "cut off": token()[:-5],
    "no token": "x.y.z",
    "with a changed end": token() + "A",
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_bad_one_is_refused(bad: str) -> None:
    with pytest.raises(TokenError) as caught:
        Tokens(with_tokens()).read(bad)
    assert bad not in str(caught.value)
    assert "ada" not in str(caught.value)


def test_one_that_names_no_tenant_here_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path, settings=with_tokens()) as server:
        for bad in (token(tenant="nobody"), token(tenant=None)):
            with server.client(bad) as client:
                assert client.post("/v1/conversations", json={}).status_code == 401


def test_where_there_is_one_tenant_it_need_not_be_named(tmp_path: Path) -> None:
    one = with_tokens(api_keys="acme:0123456789abcdef")
    with (
        serving(tmp_path, settings=one) as server,
        server.client(token(tenant=None)) as ada,
        server.client("0123456789abcdef") as host,
    ):
        assert host.get(f"/v1/conversations/{begin(ada)['id']}").status_code == 200


def test_tokens_need_no_key_beside_them(tmp_path: Path) -> None:
    with serving(tmp_path, settings=with_tokens(api_keys="")) as server:
        with server.client() as nobody:
            assert nobody.post("/v1/conversations", json={}).status_code == 401
        with server.client(token(tenant=None)) as ada:
            assert ada.post("/v1/conversations", json={}).status_code == 201


def test_with_a_public_key(tmp_path: Path) -> None:
    tokens = checked(tmp_path / "key.pem", public(RSA))
    assert tokens.read(token(key=RSA, algorithm="RS256")).id == "ada"
    with pytest.raises(TokenError):
        tokens.read(token(key=OTHER_RSA, algorithm="RS256"))
    # Key confusion: the public key, which anybody has, as a secret.
    secret = jwt.utils.base64url_encode(public(RSA))
    for key in (public(RSA).strip(), public(RSA), secret):
        header = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")
        body = base64.urlsafe_b64encode(json.dumps(claims()).encode()).rstrip(b"=")
        signed = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
            header + b"." + body, key
        )
        forged = b".".join([header, body, base64.urlsafe_b64encode(signed).rstrip(b"=")]).decode()
        with pytest.raises(TokenError, match="another algorithm"):
            tokens.read(forged)


def test_with_a_curve(tmp_path: Path) -> None:
    assert (
        checked(tmp_path / "key.pem", public(EC), "ES256").read(token(key=EC, algorithm="ES256")).id == "ada"
    )


def jwks(**keys: rsa.RSAPrivateKey) -> bytes:
    listed = [
        {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "alg": "RS256"}
        for kid, key in keys.items()
    ]
    return json.dumps({"keys": listed}).encode()


def test_with_a_key_set_the_kid_says_which(tmp_path: Path) -> None:
    tokens = checked(tmp_path / "keys.json", jwks(one=RSA, two=OTHER_RSA))

    def signed(key: rsa.RSAPrivateKey, **headers: Any) -> str:
        return jwt.encode(claims(), key, "RS256", headers=headers)

    assert tokens.read(signed(RSA, kid="one")).id == "ada"
    assert tokens.read(signed(OTHER_RSA, kid="two")).id == "ada"
    for bad in (signed(RSA, kid="two"), signed(RSA, kid="three"), signed(RSA)):
        with pytest.raises(TokenError):
            tokens.read(bad)


def private(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.mark.parametrize(
    ("text", "algorithm", "named"),
    [
        (private(RSA), "RS256", "private key"),
        (public(EC), "RS256", "no public key for RS256"),
        (public(RSA), "ES256", "no public key for ES256"),
        (b"hello", "RS256", "no public key"),
        (b'{"keys": []}', "RS256", "no public key"),
        (b'{"keys": [{"kty": "oct", "k": "YWJj"}]}', "RS256", "no public key"),
    ],
)
def test_a_key_that_cannot_be_used_is_named(tmp_path: Path, text: bytes, algorithm: str, named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        checked(tmp_path / "key", text, algorithm)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"token_key": "x" * 31}, "32 bytes"),
        ({"token_key": "x" * 63, "token_algorithm": "HS512"}, "64 bytes"),
        ({"token_key": public(RSA).decode()}, "is a PEM"),
        ({"token_key": "/nowhere", "token_algorithm": "RS256"}, "cannot be read"),
    ],
)
def test_a_secret_that_cannot_be_used_is_named(values: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named) as caught:
        Tokens(with_tokens(**values))
    assert "/nowhere" not in str(caught.value)


def test_nothing_secret_shows() -> None:
    shown = repr(with_tokens()) + str(settings(api_keys="acme:0123456789abcdef"))
    assert SECRET not in shown
    assert "0123456789abcdef" not in shown
