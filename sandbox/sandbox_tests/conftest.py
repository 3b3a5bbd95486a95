"""A running TikTok Shop sandbox with a few hand-made records, and a client that signs on its own."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from sandbox import tiktok_shop
from sandbox.control import World
from sandbox.server import Running, Sandbox
from sandbox.store import Record, Store
from sandbox.systems import System
from sandbox.tiktok_shop.webhooks import CHANNEL

GB, US = "7495000000000000101", "7495000000000000202"
START = 1_767_571_200


def _order(number: int) -> Record:
    at = START + number * 60
    unit = {
        "sku_name": "Default",
        "original_price": "12",
        "sale_price": "10",
        "seller_discount": "2",
        "platform_discount": "0",
        "currency": "GBP",
    }
    body = {
        "id": f"5770000000000000{number:03}",
        "status": "CANCELLED" if number % 10 == 0 else "COMPLETED",
        "create_time": at,
        "update_time": at + 3600 - number,
        "user_id": f"buyer{number % 3}",
        "warehouse_id": f"wh{number % 2}",
        "payment_method_code": "CARD",
        "payment": {
            "currency": "GBP",
            "total_amount": "33.33",
            "shipping_fee": "3.33",
            "original_shipping_fee": "3.33",
        },
        "line_items": [
            {**unit, "id": f"{number}-1", "sku_id": "sku-a", "product_name": "Mug"},
            {**unit, "id": f"{number}-2", "sku_id": "sku-a", "product_name": "Mug"},
            {**unit, "id": f"{number}-3", "sku_id": "sku-b", "product_name": "Bowl"},
        ],
        "_secret_plan": "never on the wire",
    }
    return Record("tiktok_shop", "orders", str(body["id"]), body, GB, "", at, at + 3600 - number)


def _transaction(number: int, kind: str = "ORDER", **amounts: Any) -> Record:
    id = f"7400000000000000{number:03}"
    body = {
        "id": id,
        "type": kind,
        "order_id": f"5770000000000000{number:03}" if kind == "ORDER" else "",
        "order_create_time": START + number,
        "settlement_amount": "23.34",
        "revenue_amount": "30.01",
        "revenue_breakdown": {"subtotal_before_discount_amount": "36.01", "seller_discount_amount": "-6"},
        "shipping_cost_amount": "-3.33",
        "shipping_cost_breakdown": {
            "actual_shipping_fee_amount": "-3.33",
            "supplementary_component": {"customer_shipping_fee": "3.33"},
        },
        "fee_tax_amount": "-3.34",
        "fee_tax_breakdown": {
            "fee": {
                "platform_commission_amount": "-2.7",
                "affiliate_commission_amount": "-0.1",
                "affiliate_commission_amount_before_pit": "-0.1",
            },
            "tax": {},
        },
        "_statement_id": "stm-1",
        **amounts,
    }
    return Record("tiktok_shop", "statement_transactions", id, body, GB, "stm-1", START + number, START + number)


def _finance() -> list[Record]:
    statement = {
        "id": "stm-1",
        "statement_time": START + 86400,
        "settlement_amount": "46.68",
        "currency": "GBP",
        "net_sales_amount": "60.02",
        "shipping_cost_amount": "-6.66",
        "fee_amount": "-6.68",
        "adjustment_amount": "0",
        "payment_status": "PAID",
        "payment_id": "pay-1",
        "_total_reserve_amount": "-5",
    }
    money = {"value": "46.68", "currency": "GBP"}
    payment = {
        "id": "pay-1",
        "create_time": START + 90000,
        "status": "PAID",
        "amount": {"value": "41.68", "currency": "GBP"},
        "settlement_amount": money,
        "payment_amount_before_exchange": {"value": "41.68", "currency": "GBP"},
        "exchange_rate": "1.000000",
        "paid_time": START + 180000,
        "bank_account": "****4321",
        "_reserve_amount": {"value": "-5", "currency": "GBP"},
    }
    estimate = {"status": "UNSETTLED", "currency": "GBP", "est_settlement_amount": "1.10", "est_fee_tax_amount": "-0.4"}
    return [
        Record("tiktok_shop", "statements", "stm-1", statement, GB, "pay-1", START + 86400, START + 86400),
        Record("tiktok_shop", "payments", "pay-1", payment, GB, "", START + 90000, START + 90000),
        _transaction(1),
        _transaction(2),
        _transaction(3, "RESERVE", settlement_amount="", reserve_amount="-5", reserve_status="COLLECTED"),
        *(
            Record(
                "tiktok_shop", "unsettled_transactions", f"uns-{n}", {**estimate, "id": f"uns-{n}"}, GB, "", START + n
            )
            for n in range(5)
        ),
    ]


def seeded_store(store: Store) -> Store:
    """Fill a store with two shops, 45 orders of the GB shop and a little finance."""
    tiktok_shop.install(store)
    store.set_now(START)
    for shop_id, region in ((GB, "GB"), (US, "US")):
        body = {"id": shop_id, "name": region, "region": region, "seller_type": "LOCAL", "cipher": f"ROW_{region}"}
        store.put(Record("tiktok_shop", "shops", shop_id, {**body, "code": f"{region}LC1"}))
    store.put_many([_order(number) for number in range(45)])
    store.put_many(_finance())
    return store


def tiny_world() -> World:
    """Return a world whose clock moves and that plants what it is asked for."""

    def create(
        store: Store, *, seed: int, start: int, days: int, baskets: int, distinct_baskets: int
    ) -> dict[str, int]:
        store.set_now(start + days * 86400)
        return {"seed": seed, "baskets": baskets}

    def plant(store: Store, code: str, count: int) -> list[dict[str, Any]]:
        if code != "FIN-01":
            raise ValueError(f"code {code!r}: expected one of ['FIN-01']")
        planted = [{"code": code, "id": str(number)} for number in range(count)]
        store.set_meta("truth", [*store.get_meta("truth", []), *planted])
        return planted

    return World(create, lambda store, until: store.set_now(until), plant)


@dataclass
class Client:
    """Calls a running sandbox as an app of TikTok Shop; keeps what is under test apart from the signing under test."""

    sandbox: Sandbox
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=10, trust_env=False))
    token: str = ""

    @property
    def tiktok(self) -> str:
        """The vendor's base URL."""
        return self.sandbox.base_urls["tiktok_shop"]

    def control(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Call the control API on its own port."""
        return self.http.request(method, f"{self.sandbox.base_urls['control']}/_sandbox{path}", json=body)

    def access_token(self) -> str:
        """Return an access token, traded for the auth code once."""
        if not self.token:
            self.token = self.traded()["access_token"]
        return self.token

    def traded(self) -> dict[str, Any]:
        """Trade the auth code that the control API shows."""
        entry = self.control("GET", "/systems").json()["tiktok_shop"]
        query = {key: entry[key] for key in ("app_key", "app_secret", "auth_code")}
        reply = self.http.get(entry["token_get_url"], params={**query, "grant_type": "authorized_code"})
        return dict(reply.json()["data"])

    def call(
        self, method: str, path: str, *, cipher: str | None = "ROW_GB", body: Any = None, **query: Any
    ) -> httpx.Response:
        """Send a signed request; `query` values that are lists become repeated keys, None leaves a key out."""
        raw = b"" if body is None else json.dumps(body).encode()
        sent = {"app_key": tiktok_shop.tokens.APP_KEY, "timestamp": int(time.time()), "shop_cipher": cipher, **query}
        pairs = [(key, str(part)) for key, value in sent.items() for part in _parts(value)]
        pairs.append(("sign", sent.get("sign") or _sign(path, pairs, raw)))
        headers = {"x-tts-access-token": self.access_token(), "content-type": "application/json"}
        return self.http.request(method, self.tiktok + path, params=pairs, content=raw, headers=headers)

    def data(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """Send a signed request that must succeed; returns its `data`."""
        reply = self.call(method, path, **more).json()
        assert reply["code"] == 0, reply
        return dict(reply["data"])


def _parts(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _sign(path: str, pairs: list[tuple[str, str]], body: bytes) -> str:
    secret = tiktok_shop.tokens.APP_SECRET
    text = secret + path + "".join(key + value for key, value in sorted(pairs, key=lambda pair: pair[0]))
    return hmac.new(secret.encode(), text.encode() + body + secret.encode(), hashlib.sha256).hexdigest()


@pytest.fixture
def store() -> Iterator[Store]:
    """A seeded store in memory."""
    filled = seeded_store(Store())
    yield filled
    filled.close()


@pytest.fixture
def client(store: Store) -> Iterator[Client]:
    """A client of a running sandbox that serves TikTok Shop only."""
    system = System(
        "tiktok_shop",
        tuple(sorted(tiktok_shop.KINDS)),
        lambda url: tiktok_shop.systems_entry(store, url),
        tiktok_shop.tiktok_app(store),
        tiktok_shop.error_body,
        refusals=tiktok_shop.REFUSALS,
        webhooks=CHANNEL,
    )
    with Running(Sandbox(store, [system], tiny_world())) as running:
        caller = Client(running.sandbox)
        yield caller
        caller.http.close()
