"""How one request becomes calls: the shop's cipher, the version its market offers, the page that is returned.

Belongs here: everything that all endpoints share. Does not: which endpoints there are (endpoints), or what is requested
(client, goods, shipping, cancellations, returns).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from urllib.parse import quote

from connectors.tiktok_shop import endpoints
from connectors.tiktok_shop.auth import VENDOR
from connectors.tiktok_shop.endpoints import Endpoint, Version
from connectors.tiktok_shop.pages import RawPage, ReadPage, raw_page_of
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
class Request:
    """One request before its version is chosen: which endpoint, for which shop."""

    endpoint: Endpoint
    shop_id: str
    ids: tuple[tuple[str, str], ...] = ()
    filters: Query = ()
    body: bytes = b""
    is_read: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> dict[str, str]:
        """The place that errors name."""
        return {"vendor": VENDOR, "endpoint": f"{self.endpoint.name} of shop {self.shop_id}"}


class Requester:
    """Sends requests through one connection; remembers ciphers, and versions that a shop is not offered."""

    def __init__(self, api: Api) -> None:
        """Send through `api`; shops are looked up once, at the first need."""
        self._api = api
        self._shops: dict[str, AuthorizedShop] = {}
        self._versions: dict[tuple[str, str], Version] = {}
        self._guard = Lock()

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def shops(self) -> list[AuthorizedShop]:
        """Return the shops this app may read (Get Authorized Shops 202309; not paged)."""
        raw_page = self.raw_page(Request(endpoints.AUTHORIZED_SHOPS, ""), "")
        found = [
            AuthorizedShop(*(str(row.get(name) or "") for name in ("id", "name", "region", "cipher")))
            for row in raw_page.page.rows
        ]
        self._shops = {shop.id: shop for shop in found}
        return found

    def detail(self, request: Request) -> Detail:
        """Return one object."""
        raw_page = self.raw_page(request, "")
        return Detail(raw_page.header, raw_page.page.as_of, raw_page.page.api_version)

    def reader(self, request: Request) -> ReadPage:
        """Return a function that reads the page behind a token."""
        return lambda token: self.raw_page(request, token)

    def raw_page(self, request: Request, token: str) -> RawPage:
        """Read one page, stepping back to an older version of the endpoint where the newest is not offered."""
        version = self._version(request)
        try:
            reply = self._api.send(self._call(request, version, token=token))
        except UnknownVersionError:
            if not self._step_back(request, version):
                raise
            return self.raw_page(request, token)
        data = reply.json().get("data")
        return raw_page_of(data, version.rows, as_of=reply.server_time, api_version=version.number, place=request.place)

    def _call(self, request: Request, version: Version, *, token: str) -> Call:
        endpoint = request.endpoint
        ids = {name: quote(value, safe="") for name, value in request.ids}
        query = endpoint.query(self._cipher(request) if endpoint.needs_cipher else "") + request.filters
        return Call(
            endpoint.name,
            endpoint.method,
            endpoint.path.format(version=version.number, **ids),
            is_read=request.is_read,
            query=query + ((("page_token", token),) if token else ()),
            body=request.body,
            headers=request.headers,
            scope=request.shop_id,
        )

    def _version(self, request: Request) -> Version:
        return self._versions.get((request.shop_id, request.endpoint.name), request.endpoint.versions[0])

    def _step_back(self, request: Request, refused: Version) -> bool:
        """Remember the next older version for this shop; False when there is none."""
        versions = request.endpoint.versions
        older = versions[versions.index(refused) + 1 :]
        if older:
            self._versions[request.shop_id, request.endpoint.name] = older[0]
        return bool(older)

    def _cipher(self, request: Request) -> str:
        with self._guard:
            if not self._shops:
                self.shops()
        shop = self._shops.get(request.shop_id)
        if shop is None or not shop.cipher:
            known = ", ".join(sorted(self._shops)) or "none"
            raise CredentialError(
                f"shop {request.shop_id} has not authorized this app; authorized: {known}", **request.place
            )
        return shop.cipher
