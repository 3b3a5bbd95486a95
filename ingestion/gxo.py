"""What GXO says: X12 files in a folder, each read once per content.

A file is read when its name, size or content is new, or when it is in quarantine. It is taken whole or put aside whole,
and its text is kept either way. What a file says never deletes anything: a SKU that a snapshot leaves out is not zero.
Belongs here: which files are read, and which records their messages become. Does not: X12 (connectors.gxo), or what
quantities mean (dbt). Times in messages are the site's local ones; `updated_at` is UTC.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from connectors.gxo.errors import X12Error
from connectors.gxo.messages import (
    FunctionalAcknowledgement,
    Message,
    ShippingAdvice,
    StockAdjustment,
    StockReceipt,
    StockSnapshot,
)
from connectors.gxo.reading import read_message, read_note
from connectors.gxo.x12 import Interchange, read_interchange
from ingestion.quarantine import Rejected
from ingestion.run import Origin, Reading, Run, sound_versions
from tieout.settings import Gxo

if TYPE_CHECKING:  # only who loads pays for loading SSH
    from connectors.gxo.client import GxoClient, RemoteFile

SYSTEM = "gxo"
MAX_BYTES = 20_000_000

_KNOWN = """
select id, arg_max(payload ->> '$.size', observed_at) as size, arg_max(payload ->> '$.sha256', observed_at) as sha256
from raw_gxo.files
group by id
"""
_INTERCHANGES = """
select payload ->> '$.control_number' as control_number, min(payload ->> '$.sha256') as sha256
from raw_gxo.files
where payload ->> '$.control_number' <> ''
group by all
"""


@dataclass(frozen=True)
class _Record:
    """One record of one entity, as its raw payload."""

    entity: str
    payload: dict[str, Any]
    parent_id: str
    updated_at: datetime | None


def load(run: Run, client: GxoClient, gxo: Gxo) -> None:
    """Read every new file of the receiving folder; a file that cannot be read does not block the others."""
    known = {name: (int(size), sha256) for name, size, sha256 in run.connection.execute(_KNOWN).fetchall()}
    seen = dict(run.connection.execute(_INTERCHANGES).fetchall())
    doubtful = run.quarantine.live_scopes(SYSTEM, "files", shop_id="")
    files = client.list_files(gxo.receive_folder)
    read = 0
    for file in sorted(files, key=lambda file: (file.modified_at, file.name)):
        if file.name in known and known[file.name][0] == file.size and file.name not in doubtful:
            continue
        content = client.read_file(gxo.receive_folder, file.name) if file.size <= MAX_BYTES else b""
        _read(run, gxo, file, content, seen=seen)
        read += 1
    for name in doubtful - {file.name for file in files}:
        run.quarantine.scope_read(SYSTEM, "files", shop_id="", scope=name)
    now = run.clock()
    run.cover("files", start=datetime(2000, 1, 1, tzinfo=UTC), end=now, rows=len(files))
    run.report(f"{SYSTEM} {gxo.site}: {len(files)} files, {read} read")


def _read(run: Run, gxo: Gxo, file: RemoteFile, content: bytes, *, seen: dict[str, str]) -> None:
    digest = hashlib.sha256(content).hexdigest()
    try:
        interchange, messages = _parsed(gxo, content, too_large=file.size > MAX_BYTES)
        if seen.setdefault(interchange.control_number, digest) != digest:
            reason = f"interchange {interchange.control_number} came before with another content"
            raise X12Error(reason, segment="ISA", position=1, element=13)
    except X12Error as error:
        _put_aside(run, file, error)
        _keep(run, file, content, {"sha256": digest, "control_number": "", "fault": str(error)})
        return
    run.quarantine.scope_read(SYSTEM, "files", shop_id="", scope=file.name)
    _keep(run, file, content, {"sha256": digest, "control_number": interchange.control_number, "fault": ""})
    for record in _records(gxo, messages):
        origin = Origin(record.entity, file.modified_at, scope=file.name)
        run.landing.add(
            record.entity,
            sound_versions(
                run,
                origin,
                [record.payload],
                reading=Reading(),
                parent=lambda _row, parent=record.parent_id: parent,  # type: ignore[misc]
                updated_at=lambda _row, at=record.updated_at: at,  # type: ignore[misc]
            ),
        )


def _parsed(gxo: Gxo, content: bytes, *, too_large: bool) -> tuple[Interchange, list[Message]]:
    if too_large:
        raise X12Error(f"the file is larger than {MAX_BYTES} bytes", segment="ISA", position=1)
    interchange = read_interchange(content)
    if interchange.sender != gxo.their_id:
        raise X12Error(f"expected sender {gxo.their_id!r}, found another", segment="ISA", position=1, element=6)
    if interchange.receiver != gxo.our_id:
        raise X12Error(f"expected receiver {gxo.our_id!r}, found another", segment="ISA", position=1, element=8)
    messages: list[Message] = [read_note(note) for note in interchange.notes]
    return interchange, messages + [message for found in interchange.sets if (message := read_message(found))]


def _keep(run: Run, file: RemoteFile, content: bytes, facts: dict[str, str]) -> None:
    payload = {"id": file.name, "size": file.size, "content": content.decode("utf-8", "backslashreplace"), **facts}
    origin = Origin("files", file.modified_at, scope=file.name)
    run.landing.add("files", sound_versions(run, origin, [payload], reading=Reading()))


def _put_aside(run: Run, file: RemoteFile, error: X12Error) -> None:
    place = f"{error.segment}{error.element:02d}" if error.element else error.segment
    rejected = Rejected(
        SYSTEM,
        "files",
        "",
        file.name,
        field=f"segment {error.position} {place}",
        value="",
        reason=error.reason,
        remedy="ask GXO to send it again under a new control number; the file as received is kept in raw_gxo.files",
    )
    run.quarantine.reject(rejected, observed_at=file.modified_at, scope=file.name)


def _records(gxo: Gxo, messages: list[Message]) -> Iterator[_Record]:
    zone = ZoneInfo(gxo.time_zone)
    for message in messages:
        if isinstance(message, StockSnapshot):
            yield from _stock(message, gxo.site, zone)
        elif isinstance(message, StockAdjustment):
            yield from _adjustments(message, gxo.site, zone)
        else:
            yield _single(message, gxo.site, zone)
    snapshots = [message for message in messages if isinstance(message, StockSnapshot)]
    for reference in dict.fromkeys(snapshot.reference for snapshot in snapshots):
        yield _snapshot([found for found in snapshots if found.reference == reference], gxo.site, zone)


def _single(message: ShippingAdvice | StockReceipt | FunctionalAcknowledgement, site: str, zone: ZoneInfo) -> _Record:
    values = asdict(message)
    if isinstance(message, ShippingAdvice):
        payload = {"id": message.shipment_id, "site": site, **values}
        return _Record("shipping_advices", payload, message.order_number, _instant(message.ship_date, "", zone))
    if isinstance(message, StockReceipt):
        payload = {"id": message.number, "site": site, **values}
        return _Record("stock_receipts", payload, message.order_number, _instant(message.date, "", zone))
    key = f"{message.functional_id}/{message.group_control_number}"
    return _Record("functional_acknowledgements", {"id": key, **values}, message.group_control_number, None)


def _stock(snapshot: StockSnapshot, site: str, zone: ZoneInfo) -> Iterator[_Record]:
    site, at = snapshot.site or site, _instant(snapshot.date, snapshot.time, zone)
    for line in snapshot.lines:
        taken = {"reference": snapshot.reference, "at": at.isoformat() if at else ""}
        payload = {"id": f"{site}/{line.sku}", "site": site, "sku": line.sku, "quantities": line.quantities, **taken}
        yield _Record("stock_levels", payload, snapshot.reference, at)


def _snapshot(parts: list[StockSnapshot], site: str, zone: ZoneInfo) -> _Record:
    first = parts[0]
    lines = [line for part in parts for line in part.lines]
    at = _instant(first.date, first.time, zone)
    payload = {
        "id": first.reference,
        "site": first.site or site,
        "at": at.isoformat() if at else "",
        "skus": len({line.sku for line in lines}),
        "skus_at_zero": len({line.sku for line in lines if not any(line.quantities.values())}),
    }
    return _Record("stock_snapshots", payload, "", at)


def _adjustments(adjustment: StockAdjustment, site: str, zone: ZoneInfo) -> Iterator[_Record]:
    site, at = adjustment.site or site, _instant(adjustment.date, "", zone)
    for number, line in enumerate(adjustment.lines, start=1):
        payload = {"id": f"{adjustment.number}/{number}", "site": site, "date": adjustment.date, **asdict(line)}
        yield _Record("stock_adjustments", payload, adjustment.number, at)


def _instant(date: str, time: str, zone: ZoneInfo) -> datetime | None:
    """Return the instant of a site's date and time ("" is midnight), UTC."""
    if not date:
        return None
    clock = f"{time[:2]}:{time[2:4]}" if len(time) >= 4 else "00:00"
    return datetime.fromisoformat(f"{date}T{clock}").replace(tzinfo=zone).astimezone(UTC)
