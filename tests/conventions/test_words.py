"""Retired words stay retired: one noun per concept, and the field's terms (docs/naming.md).

Belongs here: names and phrases that were replaced. Does not: the glossary itself, and the stand-ins, which speak the
vendors' words.
"""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SUFFIXES = {".py", ".sql", ".yml", ".md", ".csv", ".toml"}
ELSEWHERE = ("sandbox/", "tests/sandbox/", "config/")

RETIRED = {
    # phrases and verbs
    "told": "sent (to a vendor), reported (to a person), distinguished (told apart)",
    "untold": "unsent",
    "in vain": "unmet demand",
    "put aside": "quarantined",
    "judge": "check, classify or decide",
    "judged": "checked, classified or decided",
    "strangers": "orphan warehouse orders",
    "bespoken": "allocated_units",
    "authority": "system of record",
    "authorities": "systems of record",
    # models, macros and columns
    "touched_keys": "changed keys",
    "forget_touched": "delete_changed_keys",
    "statements_judged_anew": "statements_reclassified",
    "rec_payouts__named_deposits": "rec_payouts__deposits_by_reference",
    "rec_payouts__naming_deposits": "rec_payouts__deposit_reference_candidates",
    "rec_payouts__unnamed_deposits": "rec_payouts__deposits_by_amount",
    "rec_orders__judged": "int_orders__fulfilment_breaks",
    "rec_shipments__told": "int_shipments__tracking_reconciled",
    "int_shipments__told": "int_shipments__tracking_sent",
    "int_items__bought": "int_items__last_sale_price",
    "int_items__arriving": "int_items__open_receipts",
    "int_items__nameless": "int_items__without_sku",
    "exc_operations": "exc_pipeline",
    "operations.documents": "operations.warehouse_orders",
    "document_status": "warehouse_status",
    "living_documents": "active_warehouse_orders",
    "parting": "break_reason",
    # Python
    "Verdict": "Decision",
    "AtOnce": "Concurrency",
    "lease_rows_at_once": "lease_rows_concurrent",
    "Asking": "Requester",
    "Leaf": "RawPage",
    "passage": "acquire",
    "Spool": "ParquetBuffer",
    "LoadSummary": "LoadResult",
    "nameless_id": "surrogate_id",
    "sound_versions": "valid_versions",
    "judge_reply": "classify_reply",
    "order_source": "order_lookup",
    "answer_commands": "query_commands",
}


def texts() -> list[tuple[str, str]]:
    """Return path and text of every file of the product, its documents and its tests."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = [name for name in listed.stdout.split() if Path(name).suffix in SUFFIXES]
    found = [name for name in names if not name.startswith(ELSEWHERE) and (ROOT / name).is_file()]
    return [(name, (ROOT / name).read_text()) for name in found if ROOT / name != Path(__file__)]


@pytest.fixture(scope="module")
def product() -> list[tuple[str, str]]:
    return texts()


@pytest.mark.parametrize("word", RETIRED)
def test_a_retired_word_is_not_used(product, word):
    used = re.compile(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", re.IGNORECASE if word.islower() else 0)
    places = [
        f"{name}:{number}"
        for name, text in product
        if used.search(text)
        for number, line in enumerate(text.splitlines(), start=1)
        if used.search(line)
    ]
    assert not places, f"write {RETIRED[word]} instead of {word!r}: {', '.join(places[:10])}"
