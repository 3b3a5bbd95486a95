import pytest

from connectors.transport.webhooks import RefusedError, id_text, require_certificate, require_secret

PRINT = "AB:CD:" * 15 + "EF:01"


def test_a_shared_secret_is_compared_whole():
    require_secret({"x-webhook-secret": "hush"}, "X-Webhook-Secret", "hush")
    for sent in ("", "hus", "hush!", "HUSH", "é"):
        with pytest.raises(RefusedError, match=r"forged: .*X-Webhook-Secret"):
            require_secret({"x-webhook-secret": sent}, "X-Webhook-Secret", "hush")


def test_a_fingerprint_is_the_same_with_or_without_colons_and_capitals():
    for sent in (PRINT, PRINT.lower(), PRINT.replace(":", "")):
        require_certificate({"x-client-cert-sha256": sent}, "X-Client-Cert-Sha256", PRINT)
    with pytest.raises(RefusedError, match=r"forged: .*fingerprint"):
        require_certificate({"x-client-cert-sha256": PRINT[:-1] + "2"}, "X-Client-Cert-Sha256", PRINT)


@pytest.mark.parametrize("require", [require_secret, require_certificate])
def test_what_is_not_configured_lets_nobody_in(require):
    for headers in ({}, {"x": ""}, {"x": "anything"}):
        with pytest.raises(RefusedError, match="forged"):
            require(headers, "X", "")


def test_an_id_is_text_or_a_whole_number_of_bounded_length():
    assert [id_text(value) for value in ("4-a", 571, True, None, ["1"], "a b", "9" * 65)] == ["4-a", "571"] + [""] * 5
    assert id_text("9" * 41, longest=40) == ""
