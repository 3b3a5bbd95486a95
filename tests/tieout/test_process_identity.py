"""A process is reported to be dead only by who can know it: the same boot, the same process-id namespace."""

import os
import subprocess
import sys

import pytest

from tieout.process_identity import is_gone, new_owner
from tieout.state import outbox, slots

NAME = "from tieout.process_identity import new_owner; print(new_owner(), flush=True)"


def test_a_live_process_is_not_gone():
    own = new_owner()
    assert not is_gone(own)
    assert len(own) <= min(outbox.c.lease_owner.type.length, slots.c.holder.type.length)


def test_every_run_of_a_process_has_a_name_of_its_own():
    assert new_owner() != new_owner()


def test_a_killed_process_is_gone_also_before_its_parent_has_looked():
    with subprocess.Popen([sys.executable, "-c", f"{NAME}; input()"], stdout=-1, stdin=-1, text=True) as child:
        owner = child.stdout.readline().strip()
        assert not is_gone(owner)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(owner), "a zombie"
        child.wait()
        assert is_gone(owner)


def test_another_process_under_the_same_id_is_not_the_owner():
    machine, pid, _start, mark = new_owner().split(":")
    assert is_gone(f"{machine}:{pid}:12345:{mark}")


@pytest.mark.parametrize(
    "owner", ["", "unreadable", "elsewhere:1:x", "0123456789abcdef:999999:1:abc", "a:b:c:d", "::::"]
)
def test_who_is_elsewhere_or_unreadable_is_not_checked(owner):
    assert not is_gone(owner)


def test_the_same_host_name_in_another_container_is_another_machine():
    elsewhere = "import os; os.readlink = lambda _path: 'pid:[1]'"
    reported = f"{elsewhere}; {NAME}"
    other = subprocess.run([sys.executable, "-c", reported], capture_output=True, text=True, check=True).stdout.strip()
    assert other.split(":")[0] != new_owner().split(":")[0]
    assert not is_gone(other), "it may live: its process ids are not ours"
