"""What `tieout init` writes: the sections, secrets and maps of the systems that a tenant has, to be filled in.

Belongs here: the texts. A value that only the tenant knows is empty, so that `tieout doctor` asks for it. Does not:
writing files (tenant_commands), or which values are valid (tieout.settings, ingestion.config.specs).
"""

from __future__ import annotations

from collections.abc import Collection
from types import ModuleType

from ingestion.config.specs import CLASSES_OF_A_SALE, LINE_CLASSES, MAPS, REASON_SYSTEMS, SPECIAL_ACCOUNTS
from tieout.systems import PORTALS, SYSTEMS, WAREHOUSES, part

ALWAYS = tuple(system.name for system in SYSTEMS if not system.is_optional and system.name != "config")
OPTIONAL = tuple(system.name for system in SYSTEMS if system.is_optional)

_HEAD = """\
# The tenant {name}. Fill in what is empty; `tieout doctor` says what is still missing or wrong.
# Secrets come by environment or secret files, never from here: .env.example beside this file names them.
# Nothing is written to any system before `tieout go-live`.
tenant = "{name}"
"""
_TAIL = """
[books]
approval_above_amount = "10000"  # a journal above this amount waits for `tieout approve`
"""
_ENVIRONMENT = """\
# Secrets and places, as environment variables. tieout does not read this file: copy it, fill it in, keep the copy out
# of git, and let your shell or service manager load it. Secret files do as well: HOME/secrets/tiktok_shop__app_secret
# holds what TIEOUT_TIKTOK_SHOP__APP_SECRET would.
TIEOUT_CONFIG={config}
TIEOUT_HOME={home}
"""
_STATE = """
# The operational state in Postgres instead of SQLite; the URL holds a password
# TIEOUT_STATE_URL=postgresql://tieout:PASSWORD@localhost/tieout
"""
NOTES = {
    "accounts.csv": (
        "where a class is posted: shop id or * / class / number of the account in the ledger / first day / last day;"
        " in_transit may be taken out, and output_vat where no tax is yours",
        "*,gross_sales,4000,2026-01-01,",
    ),
    "taxes.csv": (
        "who owes the tax within a class: shop id or * / class / seller, marketplace or none / percent, with seller"
        " alone / first day / last day",
        "*,gross_sales,seller,20,,",
    ),
    "locations.csv": (
        f"who ships from a warehouse: shop id / warehouse id at TikTok Shop / {' or '.join(sorted(WAREHOUSES))}"
        " / site or location",
        "7495000000000000101,7395000000000000101,{system},{location},,",
    ),
    "skus.csv": (
        "only SKUs that the warehouse knows by another name: shop id / seller SKU / the warehouse's item",
        "7495000000000000101,MUG-RED-UK,MUG-RED,,",
    ),
    "bundles.csv": ("what a bundle is made of: bundle / component / pieces of it in one bundle", "SET-3,MUG-RED,3,,"),
    "costs.csv": ("what a unit costs you, landed: item or bundle / cost / currency", "MUG-RED,2.40,GBP,,"),
    "carriers.csv": (
        "the warehouse's carrier at TikTok Shop: system / its code / GB, US or * / provider id / provider's name",
        "{system},EVRI,GB,6617675021119438849,Evri,,",
    ),
    "services.csv": (
        "what the warehouse ships by: shop id or * / SELLER or TIKTOK / delivery option or * / the warehouse's service",
        "*,SELLER,*,STD,,",
    ),
    "buffers.csv": (
        "what is kept back from sale: shop id or * / item or * / units / percent of what could be sold",
        "*,MUG-RED,2,0,,",
    ),
    "peaks.csv": (
        "live events: shop id or * / name / begin and end with zone / units and percent kept back / minutes between"
        " pushes",
        "*,Black Friday,2026-11-27T08:00:00Z,2026-11-28T08:00:00Z,5,0,2",
    ),
    "return_policy.csv": (
        "what is answered to returns: shop id or * / request or parcel / type, reason, grading (passed, failed,"
        " grade:D, ungraded), or * for all / up to which amount / up to how many earlier returns / approve, reject,"
        " refund_without_return, offer_partial /"
        " its percent / auto or person",
        "*,request,RETURN_AND_REFUND,*,*,50,2,approve,0,person,,",
    ),
    "return_windows.csv": (
        "days in which a refund can be appealed against, or a loss claimed: shop id or * / appeal or claim / days",
        "*,appeal,7,,",
    ),
    "grades.csv": (
        f"which graded units can be sold again: {' or '.join(sorted(PORTALS))} / condition / disposition, in its codes"
        " / yes or no",
        "{system},A,restock,yes,,",
    ),
    "return_reasons.csv": (
        f"what a reason for a return means: {' or '.join(sorted(REASON_SYSTEMS))} / its code / your word for it",
        "{system},WRONG_SIZE,wrong_size,,",
    ),
}
"""Of each map: what its columns are, and a row as an example."""
OF_EVERY_TENANT = frozenset({"return_policy.csv", "return_windows.csv"})
"""Optional maps that are about TikTok Shop alone."""


def settings_text(name: str, systems: Collection[str]) -> str:
    """Return the settings file of a tenant that has these systems."""
    return _HEAD.format(name=name) + "".join(text.TEMPLATE for text in _texts(systems)) + _TAIL


def environment_text(systems: Collection[str], *, config: str, home: str) -> str:
    """Return the names of the secrets that these systems need, without values."""
    secrets = "".join(text.SECRETS for text in _texts(systems))
    return _ENVIRONMENT.format(config=config, home=home) + secrets + _STATE


def _texts(systems: Collection[str]) -> list[ModuleType]:
    return [part("orchestration.systems", name) for name in (*ALWAYS, *OPTIONAL) if name in systems]


def _example(system: str) -> dict[str, str]:
    return {"system": system, "location": getattr(part("orchestration.systems", system), "EXAMPLE_LOCATION", "")}


def map_texts(systems: Collection[str]) -> dict[str, str]:
    """Return the maps to be filled in, by file; fees.csv is not among them, for it is the demo's."""
    texts = {}
    for spec in MAPS:
        named = spec.allowed.get("system", WAREHOUSES)  # a map that names no system is a warehouse's
        users = [system for system in OPTIONAL if system in systems and system in named]
        if spec.file not in NOTES or (spec.is_optional and not users and spec.file not in OF_EVERY_TENANT):
            continue
        example = _example(users[0]) if users else {}
        meaning, row = NOTES[spec.file]
        lines = [",".join(spec.columns), f"# {meaning}", f"# {row.format(**example)}"]
        if spec.file == "accounts.csv":
            lines += [f"*,{line_class},,," for line_class in (*sorted(LINE_CLASSES), *SPECIAL_ACCOUNTS)]
        elif spec.file == "taxes.csv":
            lines += [f"*,{line_class},,,," for line_class in CLASSES_OF_A_SALE]
        texts[spec.file] = "\n".join(lines) + "\n"
    return texts
