from datetime import timedelta
from urllib.parse import parse_qs

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from connectors.netsuite.oauth2 import assertion_claims, read_private_key
from connectors.transport.errors import CredentialError, MalformedReplyError, TransientError
from tieout.errors import ConfigError

TOKEN_URL = "http://127.0.0.1:8712/services/rest/auth/oauth2/v1/token"
SUBSIDIARY = ("GET", "/services/rest/record/v1/subsidiary/1")


def pem(key, encryption=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()).decode()


def test_the_assertion_proves_the_client_for_the_token_url(client, fake_netsuite, rsa_key, steady_time):
    fake_netsuite.answers[SUBSIDIARY] = httpx.Response(200, json={"id": "1"})
    client.read("subsidiary", "1")
    [request] = fake_netsuite.assertions
    form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
    assert form["grant_type"] == "client_credentials"
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert jwt.get_unverified_header(form["client_assertion"]) == {
        "alg": "PS256",
        "kid": "certificate-7",
        "typ": "JWT",
    }
    claims = jwt.decode(
        form["client_assertion"],
        rsa_key.public_key(),
        algorithms=["PS256"],
        audience=TOKEN_URL,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert (claims["iss"], claims["scope"]) == ("client-for-tests", "rest_webservices")
    assert claims["iat"] == int(steady_time.now().timestamp())
    assert 0 < claims["exp"] - claims["iat"] < 3600
    assert fake_netsuite.seen[0].headers["authorization"] == "Bearer token-1"


def test_a_token_serves_every_client_until_its_hour_is_nearly_over(open_client, fake_netsuite, steady_time):
    for minutes, tokens in ((0, 1), (57, 1), (2, 2)):
        steady_time.sleep(minutes * 60)
        with open_client() as client:
            client.read("subsidiary", "9")
        assert len(fake_netsuite.assertions) == tokens


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_401_buys_one_new_token_and_sends_again_also_a_write_since_it_was_not_done(client, fake_netsuite, method):
    def answer(request):
        if request.headers["authorization"] == "Bearer token-1":
            return httpx.Response(
                401, json={"o:errorDetails": [{"detail": "Invalid login", "o:errorCode": "INVALID_LOGIN"}]}
            )
        return httpx.Response(204, headers={"Location": "http://h/services/rest/record/v1/journalEntry/41"})

    fake_netsuite.answers["POST", "/services/rest/record/v1/journalEntry"] = answer
    fake_netsuite.answers[SUBSIDIARY] = lambda request: (
        httpx.Response(200, json={"id": "1"}) if "token-2" in request.headers["authorization"] else answer(request)
    )
    found = client.read("subsidiary", "1") if method == "GET" else client.create("journalEntry", {})
    assert found in ({"id": "1"}, "41")
    assert (len(fake_netsuite.seen), len(fake_netsuite.assertions)) == (2, 2)


def test_a_refused_assertion_is_a_matter_for_a_person_and_shows_nothing(client, fake_netsuite, caplog):
    caplog.set_level("DEBUG")

    def refuse(request):
        sent = parse_qs(request.content.decode())["client_assertion"][0]
        return httpx.Response(400, json={"error": "invalid_grant", "error_description": f"bad {sent}"})

    fake_netsuite.issue = refuse
    with pytest.raises(CredentialError, match="certificate mapping") as caught:
        client.read("subsidiary", "1")
    assert "eyJ" not in str(caught.value) + caplog.text


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (rsa.generate_private_key(public_exponent=65537, key_size=2048), "PS256"),
        (ec.generate_private_key(ec.SECP256R1()), "ES256"),
        (ec.generate_private_key(ec.SECP384R1()), "ES384"),
        (ec.generate_private_key(ec.SECP521R1()), "ES512"),
    ],
    ids=["rsa", "p256", "p384", "p521"],
)
def test_the_kind_of_key_decides_the_algorithm(key, algorithm, steady_time):
    for text in (pem(key), pem(key).replace("\n", "\\n")):
        read, found = read_private_key(text)
        assert found == algorithm
    signed = jwt.encode(assertion_claims("c", "https://aud", now=steady_time.now()), read, algorithm=found)
    assert jwt.decode(
        signed,
        key.public_key(),
        algorithms=[found],
        audience="https://aud",
        options={"verify_exp": False, "verify_iat": False},
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not a key",
        pem(ec.generate_private_key(ec.SECP256K1())),
        pem(dsa.generate_private_key(2048)),
        pem(ec.generate_private_key(ec.SECP256R1()), BestAvailableEncryption(b"pass")),
    ],
    ids=["empty", "text", "curve", "dsa", "encrypted"],
)
def test_a_key_that_netsuite_would_not_take_is_refused_by_name(text):
    with pytest.raises(ConfigError, match=r"netsuite\.private_key"):
        read_private_key(text)


def test_missing_credentials_are_named(open_client, netsuite_secrets):
    netsuite_secrets["netsuite__certificate_id"] = ""
    with pytest.raises(ConfigError, match="TIEOUT_NETSUITE__CERTIFICATE_ID"):
        open_client()


def test_a_write_whose_token_could_not_be_had_was_not_sent(client, fake_netsuite):
    def lose(request):
        raise httpx.ReadTimeout("lost")

    fake_netsuite.issue = lose
    with pytest.raises(TransientError, match="netsuite token"):
        client.create("journalEntry", {})
    assert fake_netsuite.seen == []


@pytest.mark.parametrize("lifetime", [None, "soon"])
def test_a_token_without_a_lifetime_is_no_token(client, fake_netsuite, lifetime):
    fake_netsuite.token_lifetime = lifetime
    with pytest.raises(MalformedReplyError, match="expires_in"):
        client.read("subsidiary", "1")


def test_a_token_file_of_the_account_lasts_an_hour(client, fake_netsuite, make_settings, steady_time):
    client.read("subsidiary", "1")
    kept = (make_settings().home / "secrets" / "netsuite_token.json").read_text()
    assert (steady_time.now() + timedelta(hours=1)).isoformat() in kept
