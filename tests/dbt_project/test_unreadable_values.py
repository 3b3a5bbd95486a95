"""A value that cannot be read is named in quarantine, whichever field holds it, and clears when corrected.

Belongs here: one raw record for each field that staging reads and each kind of bad value. Does not: what the rest of
the product makes of such a record (tests/integration), or records that ingestion refuses.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.support.raw_world import DAMAGE_LOAD, SHOP, UNDO_LOAD, build, land
from tests.support.unreadable_records import SOUND, lines, records, sound_ones


def landed(home: Path, load: tuple[str, str], *, mended: bool) -> None:
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        connection.execute("set TimeZone = 'UTC'")
        rows = [(table, key, payload) for table, key, _field, payload in records()]
        rows += [(table, key, payload) for table, _entity, key, _field, payload in lines()]
        rows += [(table, f"sound-{number}", sound) for table in SOUND for number, sound in enumerate(sound_ones(table))]
        for table, key, payload in rows:
            shop = SHOP if table.startswith("tiktok_shop") else ""
            body = SOUND[table][1] if mended else payload
            land(connection, f"raw_{table}", key, body, shop=shop, parent="parent", load=load)
        level, parent = SOUND["linnworks.stock_levels"][1], "parent" if mended else ""
        land(connection, "raw_linnworks.stock_levels", "nowhere", level, shop="", parent=parent, load=load)


def held(home: Path) -> set[tuple[str, str, str, str]]:
    build(home, "exceptions_build.exc_quarantine", "audit.quarantine")
    with duckdb.connect(home / "warehouse.duckdb") as connection:
        named = connection.execute(
            "select system, entity, if(entity in ('order_lines', 'return_lines'), parent_id, record_id),"
            " replace(field, '[*]', '') from audit.quarantine"
        ).fetchall()
        rows = connection.execute("select entity_id from exceptions_build.exc_quarantine").fetchall()
    reported = {key for (key,) in rows}
    assert reported >= {
        f"{system}/{entity}/{record}" for system, entity, record, _ in named if not entity.endswith("_lines")
    }
    return set(named)


def test_every_value_that_cannot_be_read_is_named_until_it_is_corrected(home: Path) -> None:
    landed(home, DAMAGE_LOAD, mended=False)
    bad = {(table.split(".")[0], SOUND[table][0], key, field) for table, key, field, _payload in records()}
    bad |= {("linnworks", "stock_levels", "nowhere", "location_id")}
    bad |= {("tiktok_shop", entity, parent, field) for _table, entity, parent, field, _payload in lines()}
    found = held(home)
    assert bad - found == set()
    assert found - bad == set()
    landed(home, UNDO_LOAD, mended=True)
    assert held(home) == set()
