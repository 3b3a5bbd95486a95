import json
import multiprocessing
import stat
import threading
from datetime import UTC, datetime, timedelta

import pytest

from connectors.transport.errors import CredentialError
from connectors.transport.tokens import Token, TokenFile
from tieout.clock import utc_now

SPAWN = multiprocessing.get_context("spawn")


def issuing(issued):
    def issue(kept):
        issued.append(kept)
        return Token(f"access-{len(issued)}", f"refresh-{len(issued)}", (utc_now() + timedelta(hours=1)).isoformat())

    return issue


def renew_in_process(path, start, issued):
    def issue(kept):
        issued.put(kept.refresh if kept else "")
        return Token("fresh", "next", (utc_now() + timedelta(hours=1)).isoformat())

    tokens = TokenFile(path, issue, grant="g")
    tokens.current()
    start.wait(30)
    tokens.renew("stale")


def test_a_token_is_asked_for_once_and_kept_for_its_owner_only(tmp_path):
    issued, path = [], tmp_path / "secrets" / "token.json"
    tokens = TokenFile(path, issuing(issued), grant="g")
    assert [tokens.current(), tokens.current()] == ["access-1", "access-1"]
    assert TokenFile(path, issuing(issued), grant="g").current() == "access-1"
    assert issued == [None]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_token_about_to_expire_is_renewed_from_its_refresh_token(tmp_path):
    issued, instants = [], [utc_now()]
    tokens = TokenFile(tmp_path / "t.json", issuing(issued), grant="g", now=lambda: instants[-1])
    tokens.current()
    instants.append(utc_now() + timedelta(minutes=58, seconds=30))
    assert tokens.current() == "access-2"
    assert issued[1].refresh == "refresh-1"


def test_a_new_token_that_looks_expired_is_used_until_it_is_refused(tmp_path):
    issued = []
    tokens = TokenFile(tmp_path / "t.json", issuing(issued), grant="g", now=lambda: utc_now() + timedelta(days=400))
    assert [tokens.current(), tokens.current()] == ["access-1", "access-1"]
    tokens.renew("access-1")
    assert (tokens.current(), len(issued)) == ("access-2", 2)


def test_other_credentials_make_a_kept_token_void(tmp_path):
    issued = []
    TokenFile(tmp_path / "t.json", issuing(issued), grant="old").current()
    assert TokenFile(tmp_path / "t.json", issuing(issued), grant="new").current() == "access-2"
    assert issued == [None, None]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"access": "a"}'])
def test_a_torn_file_is_as_none(tmp_path, text):
    (tmp_path / "t.json").write_text(text)
    assert TokenFile(tmp_path / "t.json", issuing([]), grant="g").current() == "access-1"


def test_threads_that_meet_the_same_stale_token_renew_it_once(tmp_path):
    issued = []
    tokens = TokenFile(tmp_path / "t.json", issuing(issued), grant="g")
    stale = tokens.current()
    threads = [threading.Thread(target=tokens.renew, args=(stale,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(issued) == 2
    assert tokens.current() == "access-2"


def test_processes_that_meet_the_same_stale_token_renew_it_once(tmp_path):
    path, start, issued = tmp_path / "t.json", SPAWN.Event(), SPAWN.Queue()
    later = (utc_now() + timedelta(hours=1)).isoformat()
    TokenFile(path, lambda kept: Token("stale", "first", later), grant="g").current()
    both = [SPAWN.Process(target=renew_in_process, args=(path, start, issued)) for _ in range(2)]
    for process in both:
        process.start()
    start.set()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    assert issued.get(timeout=10) == "first"
    assert issued.empty()


def test_a_refusal_reaches_the_caller_and_leaves_the_kept_token_alone(tmp_path):
    def refuse(kept):
        raise CredentialError("refresh token expired")

    path = tmp_path / "t.json"
    TokenFile(path, issuing([]), grant="g").current()
    before = path.read_text()
    with pytest.raises(CredentialError):
        TokenFile(path, refuse, grant="g").renew("access-1")
    assert path.read_text() == before


def test_nothing_secret_shows_in_a_representation():
    token = Token("access-x", "refresh-x", datetime(2026, 11, 2, tzinfo=UTC).isoformat(), "grant-x")
    assert "-x" not in repr(token)


def test_the_file_holds_no_configured_secret(tmp_path):
    TokenFile(tmp_path / "t.json", issuing([]), grant="configured-secret").current()
    kept = json.loads((tmp_path / "t.json").read_text())
    assert "configured-secret" not in kept.values()
