"""What we rely on in our own records: the tenant's configuration, and our operational state as a source.

Belongs here: identity, which every suite claims, and what each record is about. Does not: whether a rule is right
(ingestion.config.maps quarantines it), or the life of an intent (reverse_sync).
"""

from __future__ import annotations

from expectations.suites.claims import Suite, amounts, fields, present

_CONFIGURED = (
    "fee_map",
    "account_map",
    "tax_map",
    "location_map",
    "sku_map",
    "bundle_map",
    "cost_map",
    "carrier_map",
    "service_map",
    "buffer_map",
    "peaks",
    "grades",
    "return_reasons",
    "return_portals",
    "shops",
    "bank_accounts",
    "books",
    "stock",
    "fulfilment",
    "return_windows",
    "return_policy",
    "returns",
)
_ABOUT = {
    "acknowledgements": ("sync", "entity_key", "desired_hash", "idempotency_key", "acknowledged_at"),
    "coverage": ("system", "entity", "window_from", "window_to", "verified_at"),
    "webhook_counts": ("system", "day", "outcome", "requests", "counted_at"),
    "quarantine": ("system", "entity", "record_id", "reason", "remedy"),
}
_INTENT = ("sync", "entity_key", "state", "desired_hash", "idempotency_key", "updated_at")

SUITES = (
    *(Suite(f"raw_config.{name}") for name in _CONFIGURED),
    *(Suite(f"raw_tieout.{name}", fields(*columns), present(*columns)) for name, columns in _ABOUT.items()),
    Suite("raw_tieout.outbox", fields(*_INTENT, "amount"), [*present(*_INTENT), *amounts("amount")]),
)
