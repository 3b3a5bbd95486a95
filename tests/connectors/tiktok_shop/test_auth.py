import pytest

from connectors.tiktok_shop.client import open_tiktok_shop
from connectors.transport.errors import CredentialError, MalformedReplyError


def test_the_first_call_buys_a_token_with_the_configured_refresh_token(client, fake_shop):
    client.shops()
    assert fake_shop.refreshes == [
        {
            "app_key": "key",
            "app_secret": "app-secret-for-tests",
            "refresh_token": "refresh-token-for-tests",
            "grant_type": "refresh_token",
        }
    ]


def test_a_second_process_uses_the_kept_token(client, fake_shop, make_settings, make_wire, state):
    client.shops()
    with open_tiktok_shop(make_settings(), state, wire=make_wire(fake_shop)) as second:
        second.shops()
    assert len(fake_shop.refreshes) == 1


def test_an_expired_token_is_refreshed_once_with_the_rotated_refresh_token(client, fake_shop):
    client.shops()
    fake_shop.valid_token = "somebody else's"
    client.shops()
    assert [each["refresh_token"] for each in fake_shop.refreshes] == ["refresh-token-for-tests", "refresh-1"]


def test_expiry_is_an_instant_and_not_a_duration(client, fake_shop, steady_time):
    client.shops()
    for hours, refreshes in ((7 * 24, 1), (2, 2)):
        steady_time.sleep(hours * 3600)
        client.shops()
        assert len(fake_shop.refreshes) == refreshes


def test_a_refused_refresh_token_says_what_to_do_and_nothing_secret(client, fake_shop, answer, caplog):
    caplog.set_level("DEBUG")
    fake_shop.refresh = lambda request: answer(code=36004001, message="refresh-token-for-tests has expired")
    with pytest.raises(CredentialError, match=r"authorize again and set tiktok_shop.refresh_token") as caught:
        client.shops()
    assert "refresh-token-for-tests" not in str(caught.value) + caplog.text
    assert "app-secret" not in str(caught.value) + caplog.text


@pytest.mark.parametrize(
    "data", [None, {}, {"access_token": "a"}, {"access_token": "a", "access_token_expire_in": "x"}]
)
def test_a_refresh_without_its_parts_is_no_token(client, fake_shop, answer, data):
    fake_shop.refresh = lambda request: answer(data)
    with pytest.raises(MalformedReplyError, match="access_token_expire_in"):
        client.shops()
