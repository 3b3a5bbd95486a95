"""Returns and refunds: by update time, some by id, and what was done to each.

Belongs here: which of them are read again, and when a missing one counts as deleted. Does not: orders and money
(loader).

Past the deadline of an answer TikTok Shop decides by itself: a return that the models still have open then, and that no
listing shows, is read by its id, as is one that a notification names. No listing shows that a return is gone, or was
changed without a new `update_time`: with the settlements, some of the last `reread_days` are read by id, and all that
are in doubt. What was done to a return costs a call each: new and changed returns are looked at, the latest first, and
those whose records are in quarantine.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.transport.errors import CredentialError, EndpointRestingError, UnreachableError
from ingestion.coverage import BEGINNING
from ingestion.load_context import Origin, Reading, valid_versions
from ingestion.tiktok_shop.fields import FIELDS, is_id, records_of
from ingestion.tiktok_shop.reading import Shop, updated_listing
from ingestion.versions import deletion_of
from tieout.clock import to_epoch
from tieout.errors import TieoutError

NOTIFICATIONS = ("12",)  # return status
MOST_OVERDUE = 500  # read again by id in one load, as are those in doubt; of more, others with each load
MOST_DRAWN = 250  # read again by id in one load, a new sample each time
RECORDS_PER_LOAD = 250

_STAGED = "select 1 from information_schema.tables where table_schema = $schema and table_name = $table"
_OVERDUE = """
select return_id
from staging.stg_tiktok_shop__returns
where
    shop_id = $shop_id
    and not is_deleted
    and action_due_at < $now
    and return_status in (
        'RETURN_OR_REFUND_REQUEST_PENDING', 'BUYER_SHIPPED_ITEM', 'REPLACEMENT_REQUEST_PENDING',
        'EXCHANGE_REQUEST_PENDING'
    )
order by md5($load_id || return_id)
"""
_DRAWN = """
select id
from raw_tiktok_shop.returns
where shop_id = $shop_id and updated_at >= $since
group by id
having not arg_max(is_deleted, observed_at)
order by md5($load_id || id)
"""
_DOUBTED = """
select return_id
from (
    select case when entity_type = 'return' then [entity_id] else evidence ->> '$.return_ids[*]' end as return_ids
    from exceptions.open
    where shop_id = $shop_id and entity_type in ('return', 'order') and code in ('RET-04', 'RET-07', 'RET-13')
) as doubted, unnest(return_ids) as each (return_id)
group by return_id
order by md5($load_id || return_id)
"""
_UNREAD = """
with returns as (
    select id, arg_max(struct_pack(at := updated_at), observed_at).at as updated_at
    from raw_tiktok_shop.returns
    where shop_id = $shop_id
    group by id
    having not arg_max(is_deleted, observed_at)
),

read as (
    select id, arg_max(struct_pack(at := updated_at), observed_at).at as updated_at
    from raw_tiktok_shop.return_records
    where shop_id = $shop_id
    group by id
)

select returns.id, returns.updated_at
from returns
left join read on returns.id = read.id
where read.id is null or read.updated_at is distinct from returns.updated_at or list_contains($held, returns.id)
order by list_contains($held, returns.id) desc, returns.updated_at desc nulls last, returns.id
"""


def load_returns(shop: Shop) -> None:
    """Read returns and their records; what cannot be read is listed as a problem."""
    shop.guarded("returns", _returns)
    shop.guarded("return_records", _records)


def _returns(shop: Shop) -> None:
    listed = updated_listing(
        shop, "returns", lambda start: shop.client.returns(shop.id, updated_from=start), parts=("return_lines",)
    ).ids
    notified = shop.notified(NOTIFICATIONS)
    known = {each for each in (*_overdue(shop), *_doubted(shop), *_drawn(shop)) if is_id(each)} - listed
    wanted = sorted({each for each, _ in notified if is_id(each)} - listed | known)
    if wanted:
        reading, as_of = shop.listing("returns", shop.client.returns_by_id(shop.id, wanted))
        gone = known - reading.ids if reading.all_identified else set()
        shop.context.landing.add(
            "returns", (deletion_of(shop.id, each, observed_at=as_of, parent_id="") for each in sorted(gone))
        )
    shop.handled_once_landed(name for _, name in notified)
    if listed or wanted:
        shop.context.landing.flush()  # what follows asks the raw layer which returns there are


def _overdue(shop: Shop) -> list[str]:
    connection = shop.context.connection
    if not connection.execute(_STAGED, {"schema": "staging", "table": "stg_tiktok_shop__returns"}).fetchone():
        return []
    until = shop.read_until("returns")  # TikTok Shop's own clock
    binds = {"shop_id": shop.id, "now": until, "load_id": shop.context.landing.load_id}
    return [str(row[0]) for row in connection.execute(_OVERDUE, binds).fetchmany(MOST_OVERDUE)]


def _doubted(shop: Shop) -> list[str]:
    """Return the returns that the last build found to contradict themselves, their order or its settlements."""
    connection = shop.context.connection
    if not connection.execute(_STAGED, {"schema": "exceptions", "table": "open"}).fetchone():
        return []
    binds = {"shop_id": shop.id, "load_id": shop.context.landing.load_id}
    return [str(row[0]) for row in connection.execute(_DOUBTED, binds).fetchmany(MOST_OVERDUE)]


def _drawn(shop: Shop) -> list[str]:
    """Return as many returns of the last `reread_days` as one load reads again, others with each.

    None in a lane that reads no settlements: it is about what changes.
    """
    until = shop.read_until("returns")
    if not until or not shop.context.wants("statements"):
        return []
    since = until - timedelta(days=shop.context.settings.tiktok_shop.reread_days)
    binds = {"shop_id": shop.id, "since": since, "load_id": shop.context.landing.load_id}
    return [str(row[0]) for row in shop.context.connection.execute(_DRAWN, binds).fetchmany(MOST_DRAWN)]


def _records(shop: Shop) -> None:
    held = sorted({record.record_id for record in shop.held("return_records")})
    unread = shop.context.connection.execute(_UNREAD, {"shop_id": shop.id, "held": held}).fetchall()
    askable = [(str(return_id), updated_at) for return_id, updated_at in unread if is_id(str(return_id))]
    wanted = askable[:RECORDS_PER_LOAD]
    reading = Reading()
    for return_id, updated_at in wanted:
        try:
            _records_of(shop, return_id, updated_at, reading=reading)
        except (CredentialError, EndpointRestingError, UnreachableError):
            raise
        except TieoutError as error:
            named = TieoutError(f"return {return_id} of shop {shop.id}: {error}")
            shop.context.fail("return_records", named, shop_id=shop.id)
    as_of = shop.read_until("returns")
    # Covered is what all returns were read for: some wait for a later load, and what was done to them is not known yet.
    if as_of and len(reading.ids) == len(askable):
        shop.cover("return_records", reading, start=BEGINNING, end=as_of)


def _records_of(shop: Shop, return_id: str, updated_at: datetime | None, *, reading: Reading) -> None:
    detail = shop.client.return_records(shop.id, return_id)
    known = {"return_id": return_id, "update_time": to_epoch(updated_at) if updated_at else None}
    origin = Origin("return_records", detail.as_of, shop.id, api_version=detail.api_version)
    fields = FIELDS["return_records"]
    rows = fields.named([records_of(known, detail.data)])
    versions = valid_versions(shop.context, origin, rows, reading=reading, updated_at=fields.updated_at)
    shop.context.landing.add("return_records", versions)
