"""A warehouse's files are read once each, taken whole or quarantined whole, and never believed about what they omit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from connectors.gxo.client import RemoteFile
from connectors.gxo.errors import UnreadableFileError
from connectors.transport.errors import TransientError
from ingestion.gxo import loader as gxo
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
ADVISED = "SHP-1/576812345678901234"
CASES = Path(__file__).resolve().parents[2] / "cases"


@dataclass
class FakeFolders:
    """The receiving folder: name to content, each file a minute younger than the one before."""

    files: dict[str, str] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    failing: dict[str, Exception] = field(default_factory=dict)
    at: datetime = AT

    def list_files(self, folder: str) -> list[RemoteFile]:
        return [
            RemoteFile(name, len(text.encode()), self.at + timedelta(minutes=number))
            for number, (name, text) in enumerate(self.files.items())
        ]

    def read_file(self, folder: str, name: str) -> bytes:
        self.read.append(name)
        if name in self.failing:
            raise self.failing[name]
        return self.files[name].encode()


def load(bench: Bench, folders: FakeFolders, **changes: object):
    return bench.ingest(gxo=lambda run: gxo.load(run, folders, SITE.model_copy(update=changes)))


def case(name: str) -> dict[str, str]:
    """Return the files of a case that was seen in real use."""
    return {path.name: path.read_bytes().decode() for path in sorted((CASES / name).iterdir())}


def quarantined(bench: Bench) -> list[tuple[str, str, str]]:
    query = """
        select payload ->> '$.record_id', payload ->> '$.field', payload ->> '$.reason' from raw_tieout.quarantine
        qualify row_number() over (partition by id order by observed_at desc) = 1 and not is_deleted
        order by 1
    """
    return bench.query(query)


def numbered(number, functional_id, *sets):
    return interchange(functional_id, *sets, control=f"{number:09d}", group=str(number))


@pytest.fixture
def folders():
    messages = [("SW", ADVICE), ("IB", SNAPSHOT), ("AW", ADJUSTMENT), ("RE", RECEIPT), ("FA", ACKNOWLEDGEMENT)]
    return FakeFolders({f"{body[0]}.edi": numbered(n, fid, body) for n, (fid, body) in enumerate(messages, start=1)})


def test_every_message_lands_as_its_records(bench, folders):
    loads = load(bench, folders)
    assert loads[FILES].landed == 5
    assert bench.live("raw_gxo.shipping_advices") == {ADVISED}
    assert bench.live("raw_gxo.stock_levels") == {"NTH1/GROC-1", "NTH1/GROC-2"}
    adjustments, receipts = bench.live("raw_gxo.stock_adjustments"), bench.live("raw_gxo.stock_receipts")
    assert sorted(key.rpartition("/")[2] for key in adjustments) == ["1", "2"]
    assert all(key.startswith("ADJ-1/2026-01-10/") for key in adjustments)
    assert [key.rpartition("/")[0] for key in receipts] == ["R1/2026-01-10"]
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


def test_a_control_number_that_comes_again_with_other_content_is_quarantined(bench, folders):
    load(bench, folders)
    other = [segment.replace("SHP-1", "SHP-2") for segment in ADVICE]
    folders.files["forged.edi"] = numbered(1, "SW", other)
    assert load(bench, folders)[FILES].quarantined == 1
    assert bench.live("raw_gxo.shipping_advices") == {ADVISED}


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


def test_a_set_that_nobody_reads_is_reported_once_and_its_neighbours_count(bench, folders):
    notice = ["856", "BSN*00*SHIP-9*20260110*0200"]
    for number in (8, 9):
        folders.files[f"notice {number}.edi"] = numbered(number, "SH", [*notice, f"HL*{number}**S"])
    other = [line.replace("SHP-1", "SHP-9") for line in ADVICE]
    folders.files["mixed.edi"] = numbered(10, "SH", notice) + numbered(11, "SW", other)
    load(bench, folders)
    ((kind, place, reason),) = quarantined(bench)
    assert (kind, place) == ("856", "ST01")
    assert reason == "no reader for this transaction set, in file mixed.edi"
    assert len(bench.live("raw_gxo.shipping_advices")) == 2
    load(bench, folders, ignored_sets=["856"])
    assert quarantined(bench) == []


def test_a_corrected_file_leaves_quarantine(bench, folders):
    sound = folders.files["945.edi"]
    folders.files["945.edi"] = sound[:-40]
    load(bench, folders)
    assert bench.live("raw_tieout.quarantine") == {"gxo/files/945.edi"}
    folders.files["945.edi"] = sound
    load(bench, folders)
    assert bench.live("raw_tieout.quarantine") == set()
    assert bench.live("raw_gxo.shipping_advices") == {ADVISED}


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
def test_a_file_of_another_partner_is_quarantined(bench, folders, before, after, field):
    folders.files = {"945.edi": folders.files["945.edi"].replace(before, after, 1)}
    load(bench, folders)
    assert bench.query("select payload ->> '$.field' from raw_tieout.quarantine") == [(field,)]


def test_times_of_the_site_are_turned_into_utc(bench, folders):
    summer = ["846", "BIA*00*SI*SNAP-3*20260710*0200", "LIN**SK*GROC-1", "QTY*17*30"]
    folders.files, folders.at = {"846.edi": numbered(9, "IB", summer)}, datetime(2026, 7, 10, 1, 10, tzinfo=UTC)
    load(bench, folders)
    assert bench.query("select updated_at from raw_gxo.stock_levels") == [(datetime(2026, 7, 10, 1, 0, tzinfo=UTC),)]


def test_a_file_that_was_written_again_under_its_name_is_read_again_though_its_size_is_the_same(bench, folders):
    load(bench, folders)
    folders.files["846.edi"] = numbered(12, "IB", [line.replace("SNAP-1", "SNAP-2") for line in SNAPSHOT]).replace(
        "QTY*17*40", "QTY*17*41"
    )
    folders.at += timedelta(days=1)
    load(bench, folders)
    assert len(bench.live("raw_gxo.stock_snapshots")) == 2


def test_a_reference_is_no_identity_without_its_scope(bench, folders):
    """Cases 15, 17 and 14: a shipment number of several orders, a constant reference, several lots of one SKU."""
    folders.files = case("15-945-shared-shipment-number") | case("17-846-constant-reference")
    load(bench, folders)
    orders = ("576812345678901234", "576812345678901235")
    assert bench.live("raw_gxo.shipping_advices") == {f"BOL-9901/{order}" for order in orders}
    snapshots = {f"NTH1/INVENTORY/{day}T0200" for day in ("2026-01-10", "2026-01-11")}
    assert bench.live("raw_gxo.stock_snapshots") == snapshots
    assert quarantined(bench) == []
    folders.files = case("14-846-lines-per-lot")
    load(bench, folders)
    (counts,) = bench.query("select payload ->> '$.skus' from raw_gxo.stock_snapshots where id like '%/S1/%'")
    stock = """
        select payload ->> '$.sku', payload ->> '$.quantities.17' from raw_gxo.stock_levels
        where parent_id like '%/S1/%' order by 1
    """
    assert (counts, bench.query(stock)) == (("2",), [("GROC-1", "100"), ("GROC-2", "5")])


def test_adjustments_and_receipts_under_one_number_are_all_kept_and_one_sent_twice_is_one(bench, folders):
    others = [
        numbered(11, "AW", [line.replace("*-3*", "*-4*") for line in ADJUSTMENT]),
        numbered(12, "AW", [line.replace("20260110", "20260109") for line in ADJUSTMENT]),
        numbered(13, "AW", ADJUSTMENT),
        numbered(14, "RE", [line.replace("20260110", "20260109") for line in RECEIPT]),
        numbered(15, "RE", RECEIPT),
    ]
    folders.files |= {f"{number}.edi": text for number, text in enumerate(others)}
    load(bench, folders)
    assert len(bench.live("raw_gxo.stock_adjustments")) == 6
    assert len(bench.live("raw_gxo.stock_receipts")) == 2


def test_an_advice_without_a_shipment_number_is_known_by_its_content(bench, folders):
    nameless = [line.replace("*SHP-1", "") for line in ADVICE]
    other = [line.replace("RM000000000001GB", "RM000000000009GB") for line in nameless]
    sets = (nameless, nameless, other)
    folders.files = {f"{n}.edi": numbered(n, "SW", body) for n, body in enumerate(sets, start=1)}
    load(bench, folders)
    assert len(bench.live("raw_gxo.shipping_advices")) == 2


MORE = ["LX*3", "MAN*CP*RM000000000003GB", "W12*CC*1*1*0*EA**SK*GROC-3", "W03*4"]


def changed(body: list[str], **texts: str) -> list[str]:
    """Return a body with texts replaced: `day`, `numbers` and `units` of the advice above."""
    pairs = {"day": ["20260110"], "numbers": ["0001GB", "0002GB"], "units": ["CC*2*2*0", "W03*3"]}
    for what, news in texts.items():
        for old, new in zip(pairs[what], news.split(), strict=True):
            body = [line.replace(old, new) for line in body]
    return body


RESTATED = {
    "number": changed(ADVICE, numbers="0008GB 0009GB"),
    "units": changed(ADVICE, units="CP*2*1*1 W03*2"),
    "more": [*ADVICE[:-1], *MORE],
}
CONTRADICTED = {
    "day": (changed(ADVICE, day="20260109"), "came before with day 2026-01-10, now 2026-01-09"),
    "skus": ([*ADVICE[:4], *MORE[:3], "W03*1"], "came before with GROC-1, GROC-2, which is not in it now"),
    "parcel": (
        changed(ADVICE, numbers="0008GB 0009GB", units="CP*2*1*1 W03*2"),
        "other units in parcels of other numbers",
    ),
}


def test_an_advice_under_a_known_id_restates_it_or_is_quarantined(bench, folders):
    bodies = {
        f"{what} {kind}.edi": [line.replace("SHP-1", f"SHP-{what}") for line in body]
        for what, after in (RESTATED | {what: body for what, (body, _) in CONTRADICTED.items()}).items()
        for kind, body in (("first", ADVICE), ("second", after))
    }
    folders.files = {name: numbered(n, "SW", body) for n, (name, body) in enumerate(bodies.items(), start=1)}
    load(bench, folders)
    reported = {name: reason for name, _, reason in quarantined(bench)}
    assert reported.keys() == {f"{what} second.edi" for what in CONTRADICTED}
    assert all(reported[f"{what} second.edi"].endswith(reason) for what, (_, reason) in CONTRADICTED.items())
    assert len(bench.live("raw_gxo.shipping_advices")) == 6


def test_a_snapshot_that_comes_again_with_other_quantities_is_quarantined(bench, folders):
    other = [line.replace("QTY*17*40", "QTY*17*41") for line in SNAPSHOT]
    folders.files = {"a.edi": numbered(1, "IB", SNAPSHOT), "b.edi": numbered(2, "IB", other)}
    load(bench, folders)
    ((name, place, reason),) = quarantined(bench)
    assert (name, place) == ("b.edi", "segment 4 BIA03") and "came before with other quantities" in reason
    assert bench.query("select payload ->> '$.quantities.17' from raw_gxo.stock_levels order by 1") == [("0",), ("40",)]


def test_an_acknowledgement_that_takes_back_an_acceptance_is_quarantined_and_an_acceptance_after_all_counts(
    bench, folders
):
    accepted = ["997", "AK1*OW*41", "AK2*940*0001", "AK5*A", "AK9*A*1*1*1"]
    refused = ["997", "AK1*OW*41", "AK2*940*0001", "AK5*R*5", "AK9*R*1*1*0"]
    folders.files = {"r.edi": numbered(1, "FA", refused), "a.edi": numbered(2, "FA", accepted)}
    load(bench, folders)
    assert quarantined(bench) == []
    folders.files["r2.edi"] = numbered(3, "FA", refused)
    load(bench, folders)
    assert [reason for _, _, reason in quarantined(bench)] == ["group 41 was accepted before (A), now R"]
    last = "select arg_max(payload ->> '$.status', observed_at) from raw_gxo.functional_acknowledgements"
    assert bench.query(last) == [("A",)]


def test_line_ends_wrapped_lines_and_several_interchanges_are_read(bench, folders):
    folders.files = case("18-x12-line-ends-and-envelopes")
    folders.files["crlf.x12"] = folders.files["newline.x12"].replace("\n", "\r\n")
    folders.files["spaces.x12"] = folders.files["two-interchanges.x12"].replace("~\n", "~ \r\n ") + "  \n\n \x1a"
    load(bench, folders)
    assert quarantined(bench) == []
    assert bench.live("raw_gxo.shipping_advices") == {ADVISED}


UNREADABLE = [
    ("945", "576812345678901234*20260110", "576812345678901234*202601 1", "W0603 expected a date CCYYMMDD"),
    ("945", "*20260110*SHP", "*\uff12\uff10260110*SHP", "W0603 expected a date CCYYMMDD"),
    ("945", "*20260110*SHP", "*20620110*SHP", "W0603 expected a day from 2000 to now"),
    ("945", "*20260110*SHP", "*00010101*SHP", "W0603 expected a day from 2000 to now"),
    ("945", "*20260110*SHP", "*20260203*SHP", "W0603 expected a day from 2000 to now"),
    ("945", "W12*CC*2*2*0*EA", "W12*CC*2*2*0*CA", "W1205 expected unit of measure EA ([gxo] units), found 'CA'"),
    ("945", "W12*CC*2*2*0*EA", "W12*CC*\uff12*2*0*EA", "W1202 expected a number"),
    ("945", "W12*CC*2*2*0*EA", "W12*CC*2*-2*4*EA", "W1203 expected no negative quantity"),
    ("945", "W12*CC*2*2*0*EA", "W12*IC*2*2*0*EA", "W1203 status IC means that nothing was shipped"),
    ("945", "W12*CC*2*2*0*EA", "W12*CC*2***EA", "W1203 the shipped quantity is missing"),
    ("945", "SW*GXONTH1", "IB*GXONTH1", "ST01 expected set 846 in group IB, found 945"),
    ("945", "0*P*>", "0*T*>", "ISA15 expected usage 'P'"),
    ("945", "*0*P*>~", "", "ISA"),
    ("945", "N1*WH*North*92*NTH1", "N1*WH*No\x07rth*92*NTH1", "N102 expected printable text, found text"),
    ("846", "QTY*17*40", "QTY*17*40*CA", "QTY03 expected unit of measure EA"),
    ("846", "QTY*17*40", "QTY*17*-40", "QTY02 expected no negative quantity"),
    ("846", "QTY*17*40", "QTY*17*4.5", "QTY02 expected whole units"),
    ("846", "QTY*17*40", "QTY*17*99999999999", "QTY02 expected at most 9999999 units"),
    ("846", "QTY*17*40", "SDQ*EA*92*NTH1*40", "SDQ quantities per location are not read"),
    ("846", "*20260110*0200", "*20260210*0200", "BIA04 expected a day from 2000 to now"),
    ("947", "*-3*EA", "*-3*PL", "W1903 expected unit of measure EA"),
    ("944", "W07*5*EA", "W07*5*CA", "W0702 expected unit of measure EA"),
    ("944", "W13*1*EA", "W13*1*CA", "W1302 expected unit of measure EA"),
    ("997", "AK9*P*2*2*1", "AK9*A*2*2*2", "AK904 2 of 2 sets accepted is not what the sets say"),
]


def test_what_cannot_be_read_is_named_with_its_place_and_stops_no_other_file(bench, folders):
    sound = {name.removesuffix(".edi"): text for name, text in folders.files.items()}
    for number, (kind, before, after, _) in enumerate(UNREADABLE):
        assert before in sound[kind]
        folders.files[f"bad {number}.edi"] = sound[kind].replace(before, after, 1)
    load(bench, folders)
    reported = {name: f"{place.split()[2]} {reason}" for name, place, reason in quarantined(bench)}
    expected = {f"bad {number}.edi": reported for number, (*_, reported) in enumerate(UNREADABLE)}
    assert {name: text for name, text in reported.items() if not text.startswith(expected[name])} == {}
    assert reported.keys() == expected.keys()
    assert bench.live("raw_gxo.shipping_advices") == {ADVISED}
    assert len(bench.live("raw_gxo.stock_levels")) == 2


def test_a_unit_that_was_agreed_is_counted_in_single_items(bench, folders):
    folders.files = {"846.edi": folders.files["846.edi"].replace("QTY*17*40", "QTY*17*4*DZ")}
    load(bench, folders, units={"EA": 1, "DZ": 12})
    units = "select payload ->> '$.quantities.17' from raw_gxo.stock_levels where id = 'NTH1/GROC-1'"
    assert bench.query(units) == [("48",)]


def test_a_file_that_cannot_be_fetched_is_quarantined_and_the_others_load_until_it_can(bench, folders):
    folders.failing = {"846.edi": UnreadableFileError("permission denied", vendor="gxo")}
    load(bench, folders)
    assert quarantined(bench) == [("846.edi", "file", "permission denied")]
    assert bench.live("raw_gxo.shipping_advices") == {ADVISED}
    folders.failing.clear()
    load(bench, folders)
    assert quarantined(bench) == []
    assert len(bench.live("raw_gxo.stock_levels")) == 2


def test_what_came_before_the_server_was_lost_is_landed(bench, folders):
    folders.failing = {"847.edi": TransientError("connect refused", vendor="gxo")}
    folders.files["847.edi"] = "late"
    loads = load(bench, folders)
    assert "connect refused" in loads["gxo", "*", ""].problem
    assert bench.live("raw_gxo.shipping_advices") == {ADVISED}
