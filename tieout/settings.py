"""Settings of one tenant: config/<tenant>/tieout.toml, the environment, and secret files.

Belongs here: what is configured, where it may come from, and clear errors about it. Does not: reading CSV maps
(ingestion lands those with history) or any default that decides about money.

Precedence: environment (`TIEOUT_NETSUITE__ACCOUNT`), then secret files (`<home>/secrets/netsuite__private_key`),
then tieout.toml. Secrets belong in the first two only.
"""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsError,
)

from tieout.bank_settings import Bank, BankAccount
from tieout.errors import ConfigError
from tieout.netsuite_settings import NetSuite
from tieout.newstore_settings import NewStore
from tieout.reading import (
    Reading,
    SettingsFile,
    home_folder,
    require_known_names,
    require_readable_secrets,
    require_settings_file,
)
from tieout.sections import Address, Currency, Day, Port, Seconds, Secret, Section, Text, TimeZone
from tieout.setting_faults import no_json, unusable
from tieout.zigzag_settings import ZigZag

__all__ = ["Bank", "BankAccount", "NetSuite", "NewStore", "Settings", "ZigZag", "load_settings"]

_DEMO = Path("config/demo")
_MOVED = {
    "stock.gxo_stale_after_minutes": "gxo.stock_stale_after_minutes",
    "stock.linnworks_stale_after_minutes": "linnworks.stock_stale_after_minutes",
}
"""Keys of former releases, and where their values belong now."""


class Shop(Section):
    """One TikTok shop. `netsuite_*` values are external ids or internal ids of records in NetSuite."""

    shop_id: Text
    name: Text
    region: Literal["GB", "US"]
    currency: Currency
    payout_currency: Currency
    bank_account: Text = Field(description="account id of [[bank.accounts]] that receives this shop's payouts")
    netsuite_subsidiary: Text
    netsuite_customer: str = ""
    time_zone: TimeZone | Literal[""] = Field(
        default="", description="IANA name, for dates in the shop's own days; empty: its region's"
    )


class TikTokShop(Section):
    """Access to TikTok Shop. Times in seconds, minutes or days as named."""

    base_url: Address = "https://open-api.tiktokglobalshop.com"
    auth_base_url: Address = "https://auth.tiktok-shops.com"
    app_key: Secret
    app_secret: Secret
    refresh_token: Secret
    shops: list[Shop]
    requests_per_second: int = Field(default=50, ge=1, description="per endpoint and shop, shared by all processes")
    timeout_seconds: Seconds = 20
    order_overlap_minutes: int = Field(default=30, ge=0)
    reread_days: int = Field(default=90, ge=1, description="statements this recent are read again in every cycle")


class Gxo(Section):
    """One GXO site: its SFTP account and the trading-partner profile, for GXO publishes no interface of its own.

    `host_key` is the server's public key ("ssh-ed25519 AAAA..."); a server with another key is not talked to.
    """

    site: Text = Field(description="the warehouse's id in N1*WH")
    shops: list[str] = Field(description="shop ids whose orders this site ships")
    time_zone: TimeZone = Field(default="Europe/London", description="of dates and times in its messages")
    host: Text
    port: Port = 22
    user: Text
    password: SecretStr | None = None
    private_key: SecretStr | None = None
    host_key: Text
    timeout_seconds: Seconds = 30
    file_timeout_seconds: Seconds = Field(default=60, gt=0, description="for one file's transfer")
    units: dict[str, Annotated[int, Field(gt=0)]] = Field(
        default={"EA": 1}, description="single items per unit of measure that its messages may use"
    )
    ignored_sets: list[str] = Field(
        default=[], description="transaction sets that the site sends and that are not needed, as `856`"
    )
    send_folder: str = "in"
    receive_folder: str = "out"
    archive_folder: str = "archive"
    depositor: Text = Field(description="our id at the warehouse, N1*DE")
    our_qualifier: str = "ZZ"
    our_id: Text
    their_qualifier: str = "ZZ"
    their_id: Text
    element_separator: str = Field(default="*", min_length=1, max_length=1)
    component_separator: str = Field(default=">", min_length=1, max_length=1)
    segment_terminator: str = Field(default="~", min_length=1, max_length=1)
    usage: Literal["P", "T"] = "P"
    stock_stale_after_minutes: int = Field(default=1560, ge=1, description="age of the newest 846 that is too old")


class Linnworks(Section):
    """One Linnworks account. `base_url` is where its sessions begin; each session names the server it lives on."""

    base_url: Address = "https://api.linnworks.net"
    application_id: SecretStr | None = None
    application_secret: SecretStr | None = None
    token: SecretStr | None = None
    shops: dict[str, str] = Field(description="shop ids it ships for, with each shop's name there (SubSource)")
    timeout_seconds: Seconds = 30
    history_days: int = Field(default=90, ge=1, description="how far back the first load reads processed orders")
    reread_days: int = Field(default=7, ge=1, description="orders processed this recently are read again every time")
    stock_stale_after_minutes: int = Field(default=120, ge=1, description="age of the last reading that is too old")


class Books(Section):
    """How payouts become journals, and refunds documents."""

    approval_above_amount: Decimal = Field(default=Decimal("100000"), ge=0, description="in the payout's currency")
    max_journals_per_run: int = Field(default=500, ge=1)
    post_from: Day | Literal[""] = Field(
        default="", description="no journals for payouts paid before this date, YYYY-MM-DD"
    )
    refund_document: Literal["journal", "credit_memo", "cash_refund"] = Field(
        default="journal", description="what books a refund; journal: the payout's journal alone"
    )
    refund_documents_from: Day | Literal[""] = Field(
        default="", description="no credit memo or cash refund for what was settled before this date, YYYY-MM-DD"
    )
    refund_in_closed_period: Literal["hold", "next_open"] = Field(
        default="hold", description="next_open: dated the first day of the next open period of the books"
    )
    refund_item: str = Field(default="", description="item that refunds are booked with: external id or internal id")


class Fulfilment(Section):
    """How orders reach warehouses and parcels reach TikTok Shop."""

    max_changes_per_run: int = Field(default=5000, ge=1, description="most records of one sync in one run")
    answer_cancellations: Literal["ask", "auto"] = Field(
        default="ask", description="whether a person approves each answer to a buyer who asks to cancel"
    )


class Stock(Section):
    """When a warehouse's word about its stock is believed, and how much may change at once."""

    every_minutes: int = Field(
        default=5, ge=1, le=15, description="between two corrections of listed stock; peaks.csv may ask for less"
    )
    smallest_snapshot_share: float = Field(
        default=0.8, ge=0, le=1, description="of the items of the snapshot before that a snapshot must name"
    )
    most_zero_share_jump: float = Field(
        default=0.2, ge=0, le=1, description="by which the share of items at zero may grow between two snapshots"
    )
    most_zeroed_share: float = Field(
        default=0.2, ge=0, le=1, description="of a shop's listed SKUs that may go to zero at once without approval"
    )
    max_changes_per_run: int = Field(default=20000, ge=1, description="most SKUs in one run")


class Returns(Section):
    """When a return is late, and until when money can be claimed back. Counted by the vendors' own time."""

    refund_after_hours: int = Field(default=48, ge=1, description="after its inspection, until a refund is late")
    restock_after_hours: int = Field(default=24, ge=1, description="after grading, until sellable units count as stock")
    decide_ungraded_hours: int = Field(
        default=6, ge=1, le=48, description="before TikTok Shop accepts a parcel itself, to decide on it ungraded"
    )
    lost_after_days: int = Field(default=14, ge=1, description="after it was posted, until a parcel counts as lost")
    appeal_days: int = Field(default=7, ge=1, description="in which a refund by TikTok Shop can be appealed against")
    till_refunds: Literal["off", "ask", "auto"] = Field(
        default="off", description="whether TikTok Shop is asked to refund what came back to a till"
    )
    claim_days: int = Field(default=40, ge=1, description="in which a carrier or TikTok Shop takes a claim")


class Settings(Reading):
    """Everything one tenant has configured."""

    tenant: Text
    config_dir: Path = _DEMO
    state_url: str = ""
    live: bool = Field(default=False, description="whether writes may leave before `tieout go-live`")
    published_copies: int = Field(
        default=4, ge=1, description="times the newest generation's size that published/ may hold"
    )
    webhook_window_hours: int = Field(default=192, ge=1, description="how old a webhook may be, and is remembered")
    tiktok_shop: TikTokShop
    netsuite: NetSuite
    gxo: Gxo | None = None
    linnworks: Linnworks | None = None
    newstore: NewStore | None = None
    zigzag: ZigZag | None = None
    bank: Bank
    books: Books = Books()
    returns: Returns = Returns()
    fulfilment: Fulfilment = Fulfilment()
    stock: Stock = Stock()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, secret files, tieout.toml."""
        del dotenv_settings
        state = init_settings()
        secrets = NestedSecretsSettingsSource(
            file_secret_settings,
            secrets_dir=str(Path(state["home"]) / "secrets"),
            secrets_dir_missing="ok",
            secrets_nested_delimiter="__",
            secrets_prefix="",
            env_prefix="",
        )
        toml = SettingsFile(settings_cls, toml_file=Path(state["config_dir"]) / "tieout.toml")
        return init_settings, env_settings, secrets, toml

    @model_validator(mode="after")
    def _names_accounts_that_exist(self) -> Self:
        ids = [shop.shop_id for shop in self.tiktok_shop.shops]
        if twice := sorted({shop_id for shop_id in ids if ids.count(shop_id) > 1}):
            raise ValueError(f"tiktok_shop.shops: shop_id {', '.join(twice)} is there twice, expected each shop once")
        accounts = {account.account_id for account in self.bank.accounts}
        for shop in self.tiktok_shop.shops:
            if shop.bank_account not in accounts:
                raise ValueError(
                    f"tiktok_shop.shops: shop {shop.shop_id} is paid to bank_account {shop.bank_account!r},"
                    f" and [[bank.accounts]] has {', '.join(sorted(accounts)) or 'none'}"
                )
        return self

    def shop(self, shop_id: str) -> Shop:
        """Return a configured shop.

        Raises:
            ConfigError: when no such shop is configured.
        """
        for shop in self.tiktok_shop.shops:
            if shop.shop_id == shop_id:
                return shop
        known = ", ".join(shop.shop_id for shop in self.tiktok_shop.shops)
        raise ConfigError(f"shop {shop_id!r} is not in tieout.toml [[tiktok_shop.shops]]; configured: {known}")

    @property
    def database_url(self) -> str:
        """The operational state's database: `state_url`, or SQLite in the home folder."""
        return self.state_url or f"sqlite:///{self.home / 'state.sqlite'}"


def load_settings(config_dir: Path | None = None, home: Path | None = None) -> Settings:
    """Load a tenant's settings; arguments win over TIEOUT_CONFIG and TIEOUT_HOME.

    Raises:
        ConfigError: naming the file, each field, what was found and what to do.
    """
    home = home or home_folder()
    config_dir = config_dir or Path(os.environ.get("TIEOUT_CONFIG") or _usual_folder(home))
    source = require_settings_file(config_dir)
    require_known_names(source, Settings.model_fields)
    require_readable_secrets(home / "secrets")
    try:
        settings = Settings(config_dir=config_dir.resolve(), home=home.resolve())
    except ValidationError as error:
        raise unusable(error, source, model=Settings, home=home, moved=_MOVED) from None
    except SettingsError as error:
        raise no_json(error) from None
    return _with_folders(settings)


def is_demo_by_default(settings: Settings) -> bool:
    """Return whether no configuration was named, so that the demo's, as it comes with the project, was taken."""
    return not os.environ.get("TIEOUT_CONFIG") and settings.config_dir == _DEMO.resolve()


def _usual_folder(home: Path) -> Path:
    """Return the home's own configuration, which a demo writes, or the demo's as it comes with the project."""
    own = home / "config"
    return own if (own / "tieout.toml").is_file() else _DEMO


def _with_folders(settings: Settings) -> Settings:
    """Resolve the bank's folders against the home folder."""
    accounts = [a.model_copy(update={"folder": settings.home / a.folder}) for a in settings.bank.accounts]
    return settings.model_copy(update={"bank": settings.bank.model_copy(update={"accounts": accounts})})
