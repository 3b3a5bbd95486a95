"""The SFTP client against a warehouse's server in a process of its own: whole files, once, and a pinned host."""

import time

import pytest
from pydantic import SecretStr

from connectors.gxo.client import GxoClient
from connectors.gxo.errors import UnreadableFileError
from connectors.transport.errors import CredentialError, OutcomeUnknownError, TransientError
from tests.support.stand_ins import ask, stand_ins
from tieout.errors import ConfigError
from tieout.settings import Gxo


@pytest.fixture(scope="module")
def control(tmp_path_factory):
    with stand_ins(tmp_path_factory.mktemp("sandbox")) as url:
        yield url


@pytest.fixture
def settings(control):
    site = ask(f"{control}/systems")["gxo"]
    yield Gxo(
        site=site["partner"]["site"],
        shops=["1"],
        host=site["host"],
        port=site["port"],
        user=site["user"],
        password=SecretStr(site["password"]),
        host_key=site["host_public_key"],
        timeout_seconds=5,
        depositor=site["partner"]["client_id"],
        our_id=site["partner"]["client_id"],
        their_id=site["partner"]["warehouse_id"],
    )
    ask(f"{control}/faults", method="DELETE")


@pytest.fixture
def client(settings):
    with GxoClient(settings) as opened:
        yield opened


def changed(settings, **fields):
    return GxoClient(settings.model_copy(update=fields))


def test_a_delivered_file_is_there_whole(client):
    client.deliver("whole.edi", b"x" * 100_000)
    assert client.was_delivered("whole.edi")
    assert client.read_file("in", "whole.edi") == b"x" * 100_000
    assert [file.size for file in client.list_files("in") if file.name == "whole.edi"] == [100_000]


def test_a_file_that_is_there_already_stays_as_it_is(client):
    client.deliver("once.edi", b"first")
    client.deliver("once.edi", b"second")
    assert client.read_file("in", "once.edi") == b"first"
    assert not any(file.name.endswith(".tmp") for file in client.list_files("in"))


def test_what_was_never_delivered_is_not_there(client):
    assert not client.was_delivered("never.edi")
    with pytest.raises(TransientError):
        client.read_file("in", "never.edi")


def test_a_key_logs_in_as_well_as_a_password(control, settings):
    key = SecretStr(ask(f"{control}/systems")["gxo"]["client_key"])
    with changed(settings, password=None, private_key=key) as client:
        assert client.list_files("out") == []


def test_a_server_with_another_key_is_not_talked_to(control, settings):
    other = ask(f"{control}/systems")["gxo"]["client_public_key"]
    with changed(settings, host_key=other) as client, pytest.raises(CredentialError, match="pin the new one"):
        client.list_files("out")


def test_a_wrong_password_is_reported_without_showing_it(settings):
    with changed(settings, password=SecretStr("not-the-one")) as client:
        with pytest.raises(CredentialError, match="refused") as caught:
            client.list_files("out")
        assert "not-the-one" not in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "reported"),
    [({"password": None}, "gxo.password or gxo.private_key is missing"), ({"host_key": "nonsense"}, "gxo.host_key")],
)
def test_settings_that_cannot_be_used_are_named(settings, fields, reported):
    with changed(settings, **fields) as client, pytest.raises(ConfigError, match=reported):
        client.list_files("out")


def test_an_unreachable_server_is_a_passing_fault(settings):
    with changed(settings, port=1) as client, pytest.raises(TransientError):
        client.list_files("out")


def fault(control, kind, match, **more):
    ask(f"{control}/faults", {"system": "gxo", "kind": kind, "match": match, "count": 1, **more})


def test_a_connection_that_breaks_is_opened_again(control, client):
    client.list_files("out")
    fault(control, "drop_request", "out")
    with pytest.raises(TransientError):
        client.list_files("out")
    assert client.list_files("out") == []


def test_a_download_that_ends_early_is_not_taken_for_the_file(control, client):
    client.deliver("long.edi", b"y" * 50_000)
    fault(control, "truncated_body", "long.edi")
    with pytest.raises(TransientError):
        client.read_file("in", "long.edi")
    assert len(client.read_file("in", "long.edi")) == 50_000


def test_a_lost_reply_to_the_rename_leaves_the_outcome_unknown_until_it_is_looked_for(control, client):
    fault(control, "lost_reply", "rename")
    with pytest.raises(OutcomeUnknownError):
        client.deliver("unknown.edi", b"z")
    assert client.was_delivered("unknown.edi")


def test_a_file_that_cannot_be_read_says_so_and_the_next_one_is_read(control, client):
    client.deliver("sound.edi", b"s")
    with pytest.raises(UnreadableFileError, match="NoSuchFile"):
        client.read_file("in", "gone.edi")
    fault(control, "truncated_body", "sound.edi")
    with pytest.raises(UnreadableFileError, match=r"0 bytes came of 1, now 1: it is being written"):
        client.read_file("in", "sound.edi")
    assert client.read_file("in", "sound.edi") == b"s"


def test_a_connection_that_breaks_while_a_file_is_read_is_opened_again_for_it(control, client):
    client.deliver("kept.edi", b"k")
    fault(control, "drop_request", "kept.edi")
    assert client.read_file("in", "kept.edi") == b"k"


def test_a_transfer_that_hangs_ends_at_its_time_and_the_next_file_is_read(control, settings):
    with changed(settings, file_timeout_seconds=0.5) as client:
        client.deliver("slow.edi", b"s")
        client.deliver("quick.edi", b"q")
        fault(control, "slow", "slow.edi", seconds=30)
        began = time.monotonic()
        with pytest.raises(UnreadableFileError, match=r"did not end within 0\.5 seconds"):
            client.read_file("in", "slow.edi")
        assert time.monotonic() - began < 10
        assert client.read_file("in", "quick.edi") == b"q"


def test_a_server_that_breaks_off_every_file_is_given_up(control, settings):
    with changed(settings, file_timeout_seconds=0.2) as client:
        client.deliver("never.edi", b"n")
        ask(f"{control}/faults", {"system": "gxo", "kind": "slow", "match": "never.edi", "count": 50, "seconds": 30})
        for _ in range(4):
            with pytest.raises(UnreadableFileError):
                client.read_file("in", "never.edi")
        with pytest.raises(TransientError) as caught:
            client.read_file("in", "never.edi")
        assert not isinstance(caught.value, UnreadableFileError)


def test_what_was_sent_is_listed_where_it_lies_and_a_missing_archive_is_empty(settings):
    with changed(settings, archive_folder="nowhere") as client:
        client.deliver("sent.edi", b"s")
        assert ("in", "sent.edi") in [(folder, file.name) for folder, file in client.list_sent()]
