"""Shipping labels: the address where one is fetched, and the PDF that is there (fact sheet tiktok_shop 4.2).

Belongs here: signed addresses and a PDF of one page. Does not: who may have one (`packages`). An address is good for
24 hours of the world's clock; anything else there is an error page, not a PDF (fact sheet tiktok_shop 4.4).
"""

from __future__ import annotations

import hashlib
import hmac

from sandbox.store import Store
from sandbox.tiktok_shop.tokens import APP_SECRET

VALID_SECONDS = 24 * 3600
PATH = "/labels/{package_id}.pdf"
DOCUMENTS = (
    "SHIPPING_LABEL",
    "PACKING_SLIP",
    "SHIPPING_LABEL_AND_PACKING_SLIP",
    "SHIPPING_LABEL_PICTURE",
    "HAZMAT_LABEL",
)


def url(host: str, package_id: str, *, expires: int) -> str:
    """Return the address of a package's label on `host` (name and port), good until `expires` (epoch seconds)."""
    return f"http://{host}{PATH.format(package_id=package_id)}?expires={expires}&token={_token(package_id, expires)}"


def label(store: Store, package_id: str, expires: str, token: str) -> bytes | None:
    """Return the PDF behind an address, None when it has expired, was tampered with, or has no package."""
    if not expires.isdigit() or int(expires) < store.now:
        return None
    if not hmac.compare_digest(_token(package_id, int(expires)).encode(), token.encode()):
        return None
    record = store.get("tiktok_shop", "packages", package_id)
    if record is None:
        return None
    body = record.body
    carrier, tracking = str(body.get("shipping_provider_name")), str(body.get("tracking_number"))
    return pdf([carrier, tracking, f"Package {package_id}", f"Order {body.get('_order_id')}"])


def pdf(lines: list[str]) -> bytes:
    """Return a PDF of one A6 page with lines of text."""
    shown = "".join(f"({_escaped(line)}) Tj 0 -24 Td " for line in lines)
    content = f"BT /F1 14 Tf 24 370 Td {shown}ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 298 420] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    written, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        written
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(written))
    )


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _token(package_id: str, expires: int) -> str:
    return hmac.new(APP_SECRET.encode(), f"label:{package_id}:{expires}".encode(), hashlib.sha256).hexdigest()[:32]
