import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.transport.redaction import MAX_LENGTH, plain_id, redact

PRINTABLE = st.text(string.printable, max_size=60)
SECRET = st.text(string.ascii_letters + string.digits + "-_", min_size=12, max_size=40)


@given(PRINTABLE, SECRET, PRINTABLE)
def test_a_known_secret_never_comes_through(before, secret, after):
    assert secret not in redact(before + secret + after, [secret])


@given(st.sampled_from(["name", "full_address", "phone_number", "buyer_email", "sign", "access_token"]), SECRET)
def test_the_value_of_a_telling_name_never_comes_through(name, value):
    for text in (f"{name}={value}", f'"{name}": "{value}"', f"bad {name}: {value}, order_id=5"):
        assert value not in redact(text)


@given(PRINTABLE)
def test_the_text_stays_on_one_short_line(text):
    shown = redact(text * 20)
    assert len(shown) <= MAX_LENGTH and "\n" not in shown


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("sent to ann.lee+x@example.co.uk today", "ann.lee"),
        ("call +44 20 7946 0018 first", "7946"),
        ("call 020 7946 0018 first", "7946"),
        ('value "Ann Lee" is too long', "Ann"),
        ("recipient 'Ann Lee, 4 Low Road' refused", "Low Road"),
        ("Authorization: Bearer abc.def.ghi", "abc.def"),
        ("bearer abc.def.ghi was refused", "abc.def"),
        ("b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8 is not it", "b596b73e"),
        ("access token ROW_xkMbgAAAeVAQra0eZWebFQq5aIK has expired", "xkMbgAAA"),
        ("assertion eyJhbGciOi.eyJpc3Mi.c2ln", "eyJpc3Mi"),
    ],
)
def test_people_and_proofs_are_hidden(text, gone):
    assert gone not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "order 576461413038785752 is not of this seller",
        "Unknown identifier 'acctnumbr'",
        "param body.address is missing",
        "Invalid API version",
        "Journal with external ID TTS-7495000000000000101-7936346027562187410-202602-R0.",
        "subtotal -1234.56 GBP on 2026-11-02",
        "the accounting period Oct 2026 is closed",
    ],
)
def test_what_a_person_needs_to_find_the_fault_stays(text):
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("20261102110005E1C5B9A3F04477B21D9C", "20261102110005E1C5B9A3F04477B21D9C"),
        ("105002", "105002"),
        ("Ann Lee", ""),
        ("a@b.example", ""),
        ("x" * 65, ""),
        ("the-app-secret", ""),
        ("", ""),
    ],
)
def test_ids_stay_whole_and_nothing_else_passes_as_one(text, shown):
    assert plain_id(text, ["the-app-secret", ""]) == shown
