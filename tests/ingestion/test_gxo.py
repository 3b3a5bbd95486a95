"""A warehouse's files are read once each, taken whole or put aside whole, and never believed about what they omit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from connectors.gxo.client import RemoteFile
from ingestion import gxo
from tests.connectors.gxo.interchanges import ACKNOWLEDGEMENT, ADJUSTMENT, ADVICE, RECEIPT, SNAPSHOT, interchange
from tests.ingestion.conftest import UK, Bench
from tieout.settings import Gxo

AT = datetime(2026, 1, 10, 2, 10, tzinfo=UTC)
SITE = Gxo(
    site="NTH1",
    shops=[UK],
    host="sftp.example",
    user="northgate",
    password=SecretStr("only-for-tests"),
    host_key="ssh-ed25519 AAAA",
    depositor="NORTHGATE",
    our_id="NORTHGATE",
    their_id="GXONTH1",
)
FILES = ("gxo", "files", "")


@dataclass
class FakeFolders:
    """The receiving folder: name to content, each file a minute younger than the one before."""

    files: dict[str, str] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)

    def list_files(self, folder: str) -> list[RemoteFile]:
        return [
            RemoteFile(name, len(text.encode()), AT + timedelta(minutes=number))
            for number, (name, text) in enumerate(self.files.items())
        ]

    def read_file(self, folder: str, name: str) -> bytes:
        self.read.append(name)
        return self.files[name].encode()


def load(bench: Bench, folders: FakeFolders):
    return bench.ingest(gxo=lambda run: gxo.load(run, folders, SITE))


def numbered(number, functional_id, *sets):
    return interchange(functional_id, *sets, control=f"{number:09d}", group=str(number))


@pytest.fixture
def folders():
    messages = [("SW", ADVICE), ("IB", SNAPSHOT), ("AW", ADJUSTMENT), ("RE", RECEIPT), ("FA", ACKNOWLEDGEMENT)]
    return FakeFolders({f"{body[0]}.edi": numbered(n, fid, body) for n, (fid, body) in enumerate(messages, start=1)})


def test_every_message_lands_as_its_records(bench, folders):
    loads = load(bench, folders)
    assert loads[FILES].landed == 5
    assert bench.live("raw_gxo.shipping_advices") == {"SHP-1"}
    assert bench.live("raw_gxo.stock_levels") == {"NTH1/GROC-1", "NTH1/GROC-2"}
    assert bench.live("raw_gxo.stock_adjustments") == {"ADJ-1/1", "ADJ-1/2"}
    assert bench.live("raw_gxo.stock_receipts") == {"R1"}
    assert bench.live("raw_gxo.functional_acknowledgements") == {"OW/41"}
    snapshot = bench.query("select payload ->> '$.skus', payload ->> '$.skus_at_zero' from raw_gxo.stock_snapshots")
    assert snapshot == [("2", "1")]


def test_a_file_is_read_once(bench, folders):
    load(bench, folders)
    folders.read.clear()
    assert load(bench, folders)[FILES].landed == 0
    assert folders.read == []


def test_the_same_content_under_another_name_changes_nothing(bench, folders):
    load(bench, folders)
    folders.files["945 again.edi"] = folders.files["945.edi"]
    loads = load(bench, folders)
    assert ("gxo", "shipping_advices", "") not in loads or loads["gxo", "shipping_advices", ""].landed == 0


def test_a_control_number_that_comes_again_with_other_content_is_put_aside(bench, folders):
    load(bench, folders)
    other = [segment.replace("SHP-1", "SHP-2") for segment in ADVICE]
    folders.files["forged.edi"] = numbered(1, "SW", other)
    assert load(bench, folders)[FILES].quarantined == 1
    assert bench.live("raw_gxo.shipping_advices") == {"SHP-1"}


def test_a_refused_file_is_kept_with_its_place_and_the_others_flow(bench, folders):
    folders.files["945.edi"] = folders.files["945.edi"].replace("W03*3", "W03*4")
    loads = load(bench, folders)
    assert loads[FILES].quarantined == 1
    assert bench.live("raw_gxo.shipping_advices") == set()
    assert len(bench.live("raw_gxo.stock_levels")) == 2
    (row,) = bench.query("select payload ->> '$.field', payload ->> '$.reason' from raw_tieout.quarantine")
    assert row == ("segment 13 W0301", "expected the lines' total 3, found 4")
    (kept,) = bench.query("select payload ->> '$.content' from raw_gxo.files where id = '945.edi'")
    assert "W03*4" in kept[0]


def test_a_mended_file_leaves_quarantine(bench, folders):
    sound = folders.files["945.edi"]
    folders.files["945.edi"] = sound[:-40]
    load(bench, folders)
    assert bench.live("raw_tieout.quarantine") == {"gxo/files/945.edi"}
    folders.files["945.edi"] = sound
    load(bench, folders)
    assert bench.live("raw_tieout.quarantine") == set()
    assert bench.live("raw_gxo.shipping_advices") == {"SHP-1"}


def test_a_later_snapshot_that_leaves_a_sku_out_does_not_delete_it(bench, folders):
    load(bench, folders)
    shorter = ["846", "BIA*00*SI*SNAP-2*20260111*0200", "LIN**SK*GROC-1", "QTY*17*30", "CTT*1"]
    folders.files["846 later.edi"] = numbered(9, "IB", shorter)
    load(bench, folders)
    assert bench.live("raw_gxo.stock_levels") == {"NTH1/GROC-1", "NTH1/GROC-2"}


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [("*GXONTH1 ", "*STRANGER", "segment 1 ISA06"), ("*NORTHGATE ", "*ELSEWHERE ", "segment 1 ISA08")],
)
def test_a_file_of_another_partner_is_put_aside(bench, folders, before, after, field):
    folders.files = {"945.edi": folders.files["945.edi"].replace(before, after, 1)}
    load(bench, folders)
    assert bench.query("select payload ->> '$.field' from raw_tieout.quarantine") == [(field,)]


def test_times_of_the_site_are_turned_into_utc(bench, folders):
    summer = ["846", "BIA*00*SI*SNAP-3*20260710*0200", "LIN**SK*GROC-1", "QTY*17*30"]
    folders.files = {"846.edi": numbered(9, "IB", summer)}
    load(bench, folders)
    assert bench.query("select updated_at from raw_gxo.stock_levels") == [(datetime(2026, 7, 10, 1, 0, tzinfo=UTC),)]
