from datetime import timedelta

import httpx
import pytest

from connectors.transport.errors import CredentialError, MalformedReplyError, TransientError
from tieout.errors import ConfigError

LOCATIONS = "Inventory/GetStockLocations"
NOWHERE = httpx.Response(401, json={"Message": "Your session has expired or the token is invalid."})


def test_the_sign_in_carries_the_three_credentials_and_calls_the_bare_session_token(client, fake, body_of):
    fake.answers[LOCATIONS] = httpx.Response(200, json=[])
    client.locations()
    [sign_in] = fake.sign_ins
    assert sign_in.url.host == "api.linnworks.example"
    assert set(body_of(sign_in)) == {"ApplicationId", "ApplicationSecret", "Token"}
    [call] = fake.seen
    assert call.url.host == "eu-ext.linnworks.example"
    assert call.headers["authorization"] == "00000000-0000-4000-8000-000000000001"


def test_a_session_serves_every_client_until_shortly_before_its_end(open_client, fake, steady_time):
    fake.answers[LOCATIONS] = httpx.Response(200, json=[])
    for minutes, sign_ins in ((0, 1), (17, 1), (2, 2)):
        steady_time.sleep(minutes * 60)
        with open_client() as client:
            client.locations()
        assert len(fake.sign_ins) == sign_ins


def test_a_401_buys_one_new_session_and_sends_again_also_a_write_since_it_was_not_done(client, fake):
    def answer(request):
        return NOWHERE if request.headers["authorization"].endswith("1") else httpx.Response(200, json=["id"])

    fake.answers["Orders/CreateOrders"] = answer
    assert client.create_orders([{}], "Default") == ["id"]
    assert (len(fake.seen), len(fake.sign_ins)) == (2, 2)


def test_a_new_session_on_another_server_takes_the_calls_there(client, fake):
    def answer(request):
        if request.url.host.startswith("eu-ext"):
            fake.server = "https://us-ext.linnworks.example"
            return NOWHERE
        return httpx.Response(200, json=["id"])

    fake.answers["Orders/CreateOrders"] = answer
    assert client.create_orders([{}], "Default") == ["id"]
    assert [request.url.host.split(".")[0] for request in fake.seen] == ["eu-ext", "us-ext"]
    assert client.create_orders([{}], "Default") == ["id"]
    assert len(fake.sign_ins) == 2


def test_a_session_that_is_refused_at_once_is_a_matter_for_a_person(client, fake):
    fake.answers[LOCATIONS] = NOWHERE
    with pytest.raises(CredentialError):
        client.locations()
    assert len(fake.sign_ins) == 3


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refused_credentials_stop_and_show_nothing(client, fake, status, caplog):
    caplog.set_level("DEBUG")
    fake.issue = lambda request: httpx.Response(status, json={"Message": f"wrong {request.content.decode()}"})
    with pytest.raises(CredentialError) as caught:
        client.locations()
    assert "22222222" not in str(caught.value) + caplog.text


@pytest.mark.parametrize("state", ["LOCKED_FULL", "MAINTENANCE"])
def test_an_account_that_is_not_available_is_not_talked_to(client, fake, state):
    fake.state = state
    with pytest.raises(CredentialError, match=state):
        client.locations()
    assert fake.seen == []


@pytest.mark.parametrize(
    "missing", [{"Token": None}, {"Server": ""}, {"Server": "eu-ext"}, {"TTL": None}, {"TTL": "soon"}, {"Token": "a b"}]
)
def test_a_session_without_token_server_or_lifetime_is_none(client, fake, missing):
    whole = {"Token": "00000000-0000-4000-8000-000000000001", "Server": "https://eu.example", "TTL": 1200}
    fake.issue = lambda request: httpx.Response(200, json={**whole, **missing})
    with pytest.raises(MalformedReplyError, match="expected Token"):
        client.locations()


@pytest.mark.parametrize("name", ["application_id", "application_secret", "token"])
def test_missing_credentials_are_named(open_client, name):
    with pytest.raises(ConfigError, match=f"TIEOUT_LINNWORKS__{name.upper()}"):
        open_client(**{f"linnworks__{name}": ""})


def test_a_write_whose_session_could_not_be_had_was_not_sent(client, fake):
    def lose(request):
        raise httpx.ReadTimeout("lost")

    fake.issue = lose
    with pytest.raises(TransientError, match="AuthorizeByApplication"):
        client.create_orders([{}], "Default")
    assert fake.seen == []


def test_other_credentials_make_a_kept_session_void(open_client, fake, tmp_path, steady_time):
    fake.answers[LOCATIONS] = httpx.Response(200, json=[])
    with open_client() as client:
        client.locations()
    kept = (tmp_path / "home" / "secrets" / "linnworks_session.json").read_text()
    assert (steady_time.now() + timedelta(minutes=20)).isoformat() in kept
    with open_client(linnworks__token="44444444-dddd-4ddd-8ddd-000000000004") as client:
        client.locations()
    assert len(fake.sign_ins) == 2
