from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from connectors.transport.bearer import BearerSigner, read_token
from connectors.transport.errors import MalformedReplyError
from connectors.transport.exact_json import dump_json
from connectors.transport.messages import Call, Reply, Signature

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)


def reply(body):
    return Reply("vendor", Call("token", "POST", "/token", is_read=True), 200, {}, dump_json(body), NOW)


def test_a_request_carries_the_token_in_force():
    signer = BearerSigner(SimpleNamespace(current=lambda: "t1"))
    assert signer.sign(None) == Signature(headers={"Authorization": "Bearer t1"}, token="t1")


@pytest.mark.parametrize("lifetime", [1800, "1800"])
def test_a_token_lasts_for_the_seconds_that_its_reply_says(lifetime):
    token = read_token(reply({"jwt": "abc", "expires_in": lifetime}), "jwt", now=NOW)
    assert (token.access, token.refresh, token.expires_at) == ("abc", "", "2026-01-10T12:30:00+00:00")


@pytest.mark.parametrize(
    "body",
    [
        *([], {}, {"jwt": "abc"}, {"expires_in": 1800}, {"jwt": "abc", "expires_in": "soon"}),
        *({"jwt": damaged, "expires_in": 1800} for damaged in ("", None, 7, "ä", "a\nb")),
    ],
)
def test_a_reply_without_a_usable_token_is_malformed(body):
    with pytest.raises(MalformedReplyError, match=r"expected jwt \(text\) and expires_in \(seconds\)"):
        read_token(reply(body), "jwt", now=NOW)
