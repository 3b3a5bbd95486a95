"""What `tieout init` writes: the sections, secrets and maps of the systems that a tenant has, to be filled in.

Belongs here: the texts. A value that only the tenant knows is empty, so that `tieout doctor` asks for it. Does not:
writing files (tenant_commands), or which values are valid (tieout.settings, ingestion.config.specs).
"""

from __future__ import annotations

from collections.abc import Collection

from ingestion.config.specs import CLASSES_OF_A_SALE, LINE_CLASSES, MAPS

ALWAYS = ("tiktok_shop", "netsuite", "bank")
OPTIONAL = ("gxo", "linnworks")

_HEAD = """\
# The tenant {name}. Fill in what is empty; `tieout doctor` says what is still missing or wrong.
# Secrets come by environment or secret files, never from here: .env.example beside this file names them.
# Nothing is written to any system before `tieout go-live`.
tenant = "{name}"
"""
_SECTIONS = {
    "tiktok_shop": """
# One block for each shop.
[[tiktok_shop.shops]]
shop_id = ""                 # as Seller Center shows it, all digits, in quotes
name = ""                    # for people
region = ""                  # GB or US
currency = ""                # of sale and settlement, ISO 4217: GBP
payout_currency = ""         # that reaches the bank
bank_account = "main"        # account_id of [[bank.accounts]] that receives the payouts
netsuite_subsidiary = ""     # internal id of the subsidiary whose books the payouts go to
""",
    "netsuite": """
[netsuite]
base_url = ""                # https://ACCOUNT.suitetalk.api.netsuite.com
account = ""                 # account id, such as 1234567 or 1234567_SB1
auth = "oauth2"              # or oauth1, with four other secrets
""",
    "bank": """
# One block for each account that payouts arrive in.
[[bank.accounts]]
account_id = "main"          # your name for it
iban = ""                    # as statements write it
currency = ""                # ISO 4217
format = "camt053"           # or csv: then say under [bank.accounts.columns] what the bank calls its columns
folder = "bank/main"         # where its files arrive; relative to the home, or absolute
netsuite_account = ""        # its number in NetSuite
""",
    "gxo": """
[gxo]
site = ""                    # the warehouse's id in N1*WH
shops = [""]                 # shop ids whose orders it ships
time_zone = "Europe/London"  # of dates and times in its messages
host = ""                    # of its SFTP server
port = 22
user = ""
host_key = ""                # the server's public key: ssh-ed25519 AAAA...
depositor = ""               # our id there, N1*DE
our_id = ""                  # ISA06 of what we send
their_id = ""                # ISA08 of what we send
""",
    "linnworks": """
[linnworks.shops]
"SHOP_ID" = ""               # a shop's id, and its name in Linnworks (SubSource)
""",
}
_TAIL = """
[books]
approval_above_amount = "10000"  # a journal above this amount waits for `tieout approve`
"""
_SECRETS = {
    "tiktok_shop": """
# TikTok Shop: Partner Center, your app, and the refresh token of the seller's consent
TIEOUT_TIKTOK_SHOP__APP_KEY=
TIEOUT_TIKTOK_SHOP__APP_SECRET=
TIEOUT_TIKTOK_SHOP__REFRESH_TOKEN=
""",
    "netsuite": """
# NetSuite with OAuth 2.0 client credentials: integration record, certificate mapping, key as PEM text
TIEOUT_NETSUITE__CLIENT_ID=
TIEOUT_NETSUITE__CERTIFICATE_ID=
TIEOUT_NETSUITE__PRIVATE_KEY=
# NetSuite with tokens (auth = "oauth1"), instead of the three above
# TIEOUT_NETSUITE__CONSUMER_KEY=
# TIEOUT_NETSUITE__CONSUMER_SECRET=
# TIEOUT_NETSUITE__TOKEN_ID=
# TIEOUT_NETSUITE__TOKEN_SECRET=
""",
    "gxo": """
# GXO over SFTP: a password, or a private key (OpenSSH or PEM text)
TIEOUT_GXO__PASSWORD=
# TIEOUT_GXO__PRIVATE_KEY=
""",
    "linnworks": """
# Linnworks: the application, and the token of its installation in your account
TIEOUT_LINNWORKS__APPLICATION_ID=
TIEOUT_LINNWORKS__APPLICATION_SECRET=
TIEOUT_LINNWORKS__TOKEN=
""",
}
_ENVIRONMENT = """\
# Secrets and places, as environment variables. tieout does not read this file: copy it, fill it in, keep the copy out
# of git, and let your shell or service manager load it. Secret files do as well: HOME/secrets/netsuite__private_key
# holds what TIEOUT_NETSUITE__PRIVATE_KEY would.
TIEOUT_CONFIG={config}
TIEOUT_HOME={home}
"""
_SHIPPING = ("locations.csv", "skus.csv", "bundles.csv", "carriers.csv", "services.csv", "buffers.csv", "peaks.csv")
"""Maps that only a tenant with a warehouse needs."""
_BESIDES = ("bank", "clearing", "rounding", "in_transit", "output_vat")
"""Accounts besides those of fees."""
NOTES = {
    "accounts.csv": (
        "where a class is posted: shop id or * / class / number of the account in NetSuite / first day / last day;"
        " in_transit may be taken out, and output_vat where no tax is yours",
        "*,gross_sales,4000,2026-01-01,",
    ),
    "taxes.csv": (
        "who owes the tax within a class: shop id or * / class / seller, marketplace or none / percent, with seller"
        " alone / first day / last day",
        "*,gross_sales,seller,20,,",
    ),
    "locations.csv": (
        "who ships from a warehouse: shop id / warehouse id at TikTok Shop / gxo or linnworks / site or location",
        "7495000000000000101,7395000000000000101,{system},{location},,",
    ),
    "skus.csv": (
        "only SKUs that the warehouse knows by another name: shop id / seller SKU / the warehouse's item",
        "7495000000000000101,MUG-RED-UK,MUG-RED,,",
    ),
    "bundles.csv": ("what a bundle is made of: bundle / component / pieces of it in one bundle", "SET-3,MUG-RED,3,,"),
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
}
"""Of each map: what its columns are, and a row as an example."""


def settings_text(name: str, systems: Collection[str]) -> str:
    """Return the settings file of a tenant that has these systems."""
    return _HEAD.format(name=name) + "".join(text for key, text in _SECTIONS.items() if key in systems) + _TAIL


def environment_text(systems: Collection[str], *, config: str, home: str) -> str:
    """Return the names of the secrets that these systems need, without values."""
    secrets = "".join(text for key, text in _SECRETS.items() if key in systems)
    return _ENVIRONMENT.format(config=config, home=home) + secrets


def map_texts(systems: Collection[str]) -> dict[str, str]:
    """Return the maps to be filled in, by file; fees.csv is not among them, for it is the demo's."""
    warehouses = [system for system in OPTIONAL if system in systems]
    example = {"system": (warehouses or ["gxo"])[0], "location": "Default" if warehouses == ["linnworks"] else "NTH1"}
    texts = {}
    for spec in MAPS:
        if spec.file not in NOTES or (spec.file in _SHIPPING and not warehouses):
            continue
        meaning, row = NOTES[spec.file]
        lines = [",".join(spec.columns), f"# {meaning}", f"# {row.format(**example)}"]
        if spec.file == "accounts.csv":
            lines += [f"*,{line_class},,," for line_class in (*sorted(LINE_CLASSES), *_BESIDES)]
        elif spec.file == "taxes.csv":
            lines += [f"*,{line_class},,,," for line_class in CLASSES_OF_A_SALE]
        texts[spec.file] = "\n".join(lines) + "\n"
    return texts
