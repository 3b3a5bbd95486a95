"""How one question becomes calls: the shop's cipher, the version its market offers, the page that comes back.

Belongs here: everything that all endpoints share. Does not: which endpoints there are (endpoints), or what is asked
(client, goods, shipping, cancelling).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from urllib.parse import quote

from connectors.tiktok_shop import endpoints
from connectors.tiktok_shop.auth import VENDOR
from connectors.tiktok_shop.endpoints import Endpoint, Version
from connectors.tiktok_shop.pages import Leaf, ReadPage, leaf_of
from connectors.transport.client import Api
from connectors.transport.errors import CredentialError, UnknownVersionError
from connectors.transport.messages import Call, Query
from connectors.transport.rows import Row


@dataclass(frozen=True)
class AuthorizedShop:
    """A shop the token may read. `region` as the vendor writes it (GB, US); `cipher` addresses it in calls."""

    id: str
    name: str
    region: str
    cipher: str


@dataclass(frozen=True)
class Detail:
    """One object as received: `data` of the answer. `as_of` UTC, the vendor's clock."""

    data: Row
    as_of: datetime
    api_version: str


@dataclass(frozen=True)
class Question:
    """One call before its version is chosen: what is asked of which shop."""

    endpoint: Endpoint
    shop_id: str
    ids: tuple[tuple[str, str], ...] = ()
    filters: Query = ()
    body: bytes = b""
    is_read: bool = True

    @property
    def place(self) -> dict[str, str]:
        """What errors name it by."""
        return {"vendor": VENDOR, "endpoint": f"{self.endpoint.name} of shop {self.shop_id}"}


class Asking:
    """Asks TikTok Shop through one connection; remembers ciphers, and versions that a shop is not offered."""

    def __init__(self, api: Api) -> None:
        """Ask through `api`; shops are looked up once, at the first need."""
        self._api = api
        self._shops: dict[str, AuthorizedShop] = {}
        self._versions: dict[tuple[str, str], Version] = {}
        self._guard = Lock()

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def shops(self) -> list[AuthorizedShop]:
        """Return the shops this app may read (Get Authorized Shops 202309; not paged)."""
        leaf = self.leaf(Question(endpoints.AUTHORIZED_SHOPS, ""), "")
        found = [
            AuthorizedShop(*(str(row.get(name) or "") for name in ("id", "name", "region", "cipher")))
            for row in leaf.page.rows
        ]
        self._shops = {shop.id: shop for shop in found}
        return found

    def detail(self, question: Question) -> Detail:
        """Ask for one object."""
        leaf = self.leaf(question, "")
        return Detail(leaf.header, leaf.page.as_of, leaf.page.api_version)

    def reader(self, question: Question) -> ReadPage:
        """Return a function that reads the page behind a token."""
        return lambda token: self.leaf(question, token)

    def leaf(self, question: Question, token: str) -> Leaf:
        """Read one page, stepping back to an older version of the endpoint where the newest is not offered."""
        version = self._version(question)
        try:
            reply = self._api.send(self._call(question, version, token=token))
        except UnknownVersionError:
            if not self._step_back(question, version):
                raise
            return self.leaf(question, token)
        data = reply.json().get("data")
        return leaf_of(data, version.rows, as_of=reply.server_time, api_version=version.number, place=question.place)

    def _call(self, question: Question, version: Version, *, token: str) -> Call:
        endpoint = question.endpoint
        ids = {name: quote(value, safe="") for name, value in question.ids}
        query = endpoint.query(self._cipher(question) if endpoint.needs_cipher else "") + question.filters
        return Call(
            endpoint.name,
            endpoint.method,
            endpoint.path.format(version=version.number, **ids),
            is_read=question.is_read,
            query=query + ((("page_token", token),) if token else ()),
            body=question.body,
            scope=question.shop_id,
        )

    def _version(self, question: Question) -> Version:
        return self._versions.get((question.shop_id, question.endpoint.name), question.endpoint.versions[0])

    def _step_back(self, question: Question, refused: Version) -> bool:
        """Remember the next older version for this shop; False when there is none."""
        versions = question.endpoint.versions
        older = versions[versions.index(refused) + 1 :]
        if older:
            self._versions[question.shop_id, question.endpoint.name] = older[0]
        return bool(older)

    def _cipher(self, question: Question) -> str:
        with self._guard:
            if not self._shops:
                self.shops()
        shop = self._shops.get(question.shop_id)
        if shop is None or not shop.cipher:
            known = ", ".join(sorted(self._shops)) or "none"
            raise CredentialError(
                f"shop {question.shop_id} has not authorized this app; authorized: {known}", **question.place
            )
        return shop.cipher
