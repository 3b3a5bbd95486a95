"""Retired words stay retired: one noun per concept, and the field's terms (docs/naming.md).

Belongs here: names and phrases that were replaced. Does not: the glossary itself, and the stand-ins' data, which
speak the vendors' words.
"""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SUFFIXES = {".py", ".sql", ".yml", ".md", ".csv", ".toml"}
ELSEWHERE = ("sandbox/", "config/")

RETIRED = {
    # phrases and verbs
    "untold": "unsent",
    "in vain": "unmet demand",
    "put aside": "quarantined",
    "judge": "check, classify or decide",
    "judged": "checked, classified or decided",
    "strangers": "orphan warehouse orders",
    "bespoken": "allocated_units",
    "nobody has": "say who or what is missing",
    "nobody is": "say who or what is missing",
    "nobody knows": "unknown",
    "nobody lists": "no vendor lists",
    "nobody needs": "not needed",
    "nobody says": "not configured, unknown",
    "living": "active, existing, not deleted",
    "heard": "received",
    "tell whether": "return whether",
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
    "int_settlements__parted_orders": "int_settlements__order_breaks",
    "exc_orders__parted": "exc_orders__contradicted",
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
    "order_source": "the client",
    "answer_commands": "query_commands",
}


RETIRED_EVERYWHERE = {
    "told": "sent (to a vendor), reported (to a person), distinguished (told apart)",
    "tells": "sends, reports, returns or says",
    "stands": "is, means, replaces",
    "parted": "different, mismatched, a break",
    "speak_in_tongues": "set_unknown_status",
    "tricks": "file faults",
    "drafts": "unit of work",
}
"""Of the stand-ins too: their code and documents, not the vendors' records."""


Texts = list[tuple[str, str]]


@pytest.fixture(scope="module")
def everything() -> Texts:
    """Return path and text of every file: product, documents, tests and stand-ins."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = [name for name in listed.stdout.split() if Path(name).suffix in SUFFIXES]
    return [
        (name, (ROOT / name).read_text()) for name in names if (ROOT / name).is_file() and ROOT / name != Path(__file__)
    ]


def places_of(word: str, texts: Texts) -> list[str]:
    used = re.compile(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", re.IGNORECASE if word.islower() else 0)
    return [
        f"{name}:{number}"
        for name, text in texts
        if used.search(text)
        for number, line in enumerate(text.splitlines(), start=1)
        if used.search(line)
    ]


@pytest.mark.parametrize("word", RETIRED)
def test_a_retired_word_is_not_used(everything: Texts, word: str) -> None:
    product = [(name, text) for name, text in everything if not name.startswith(ELSEWHERE)]
    places = places_of(word, product)
    assert not places, f"write {RETIRED[word]} instead of {word!r}: {', '.join(places[:10])}"


@pytest.mark.parametrize("word", RETIRED_EVERYWHERE)
def test_a_word_that_is_retired_everywhere_is_not_used(everything: Texts, word: str) -> None:
    places = places_of(word, [(name, text) for name, text in everything if not name.endswith(".csv")])
    assert not places, f"write {RETIRED_EVERYWHERE[word]} instead of {word!r}: {', '.join(places[:10])}"
