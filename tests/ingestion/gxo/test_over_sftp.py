"""Files of a server that misbehave one by one are quarantined and named; the others load, and what heals is read."""

from __future__ import annotations

import os
from pathlib import Path

from connectors.gxo.client import open_gxo
from ingestion.gxo import loader as gxo
from tests.connectors.gxo.interchanges import ADJUSTMENT, ADVICE, RECEIPT, SNAPSHOT
from tests.ingestion.conftest import Bench
from tests.ingestion.gxo.test_loader import SITE, numbered, quarantined
from tests.support.odd_sftp import odd_sftp


def drop(folder: Path) -> None:
    names = ("denied.edi", "growing.edi", "hanging.edi", "cutting.edi")
    bodies = [("SW", ADVICE), ("IB", SNAPSHOT), ("AW", ADJUSTMENT), ("RE", RECEIPT)]
    for number, (name, (group, body)) in enumerate(zip(names, bodies, strict=True), start=1):
        (folder / name).write_text(numbered(number, group, body))
    later = [line.replace("SNAP-1", "SNAP-2") for line in SNAPSHOT]
    (folder / "z.edi").write_text(numbered(9, "IB", later))
    Path(os.fsdecode(bytes(folder) + b"/caf\xe9.edi")).write_text(numbered(10, "SW", ADVICE))
    (folder / "archive").mkdir()
    (folder / "later.edi.part").write_text("ISA")


def test_each_odd_file_is_named_and_stops_no_other(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "site" / "out"
    folder.mkdir(parents=True)
    drop(folder)
    with odd_sftp(folder.parent, SITE.model_copy(update={"file_timeout_seconds": 1})) as site:

        def load() -> None:
            client = open_gxo(site)
            bench.ingest(gxo=lambda run: gxo.load(run, client, site))
            client.close()

        load()
        reported = {name: reason for name, _, reason in quarantined(bench)}
        assert sorted(reported) == ["caf\\xe9.edi", "denied.edi", "growing.edi", "hanging.edi"]
        assert "Permission denied" in reported["denied.edi"]
        assert "it is being written" in reported["growing.edi"]
        assert "did not end within 1 seconds" in reported["hanging.edi"]
        assert "no UTF-8" in reported["caf\\xe9.edi"]
        assert len(bench.live("raw_gxo.stock_receipts")) == 1  # over the connection that was opened again
        assert len(bench.live("raw_gxo.stock_levels")) == 2
        for name in ("denied", "growing", "hanging"):
            (folder / f"{name}.edi").rename(folder / f"{name[0]}.edi")
        os.remove(bytes(folder) + b"/caf\xe9.edi")
        load()
    assert quarantined(bench) == []
    assert len(bench.live("raw_gxo.shipping_advices")) == 1
    assert len(bench.live("raw_gxo.stock_adjustments")) == 2
