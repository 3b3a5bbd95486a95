"""XML from outside: read in the encoding that it declares, with its depth, size and declarations bounded.

Belongs here: bytes to an element tree, at a cost that grows with the file and no faster. Does not: what it means.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, ParseError, TreeBuilder  # types and a builder: parsing is defusedxml's

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from ingestion.bank.records import Fault, FileFaultError

MAX_DEPTH = 64  # a camt.053 has about twenty levels
MAX_ELEMENTS = 4_000_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_TEXT_ENCODING = re.compile(
    r"utf_?(8|16|32).*|(us_)?ascii|iso_?8859.*|latin.*|windows_?\d+|cp_?\d+|koi8.*|mac.*|gb.*|big5.*|shift_jis.*|euc.*"
)
_REMEDY = "ask the bank to deliver the file again"


class _BoundedBuilder(TreeBuilder):
    """Builds a tree, and stops at the element that is too deep or one too many."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._count = 0

    def start(self, tag: str, attrs: Mapping[str, str]) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > MAX_DEPTH or self._count > MAX_ELEMENTS:
            limit = f"{MAX_DEPTH} levels" if self._depth > MAX_DEPTH else f"{MAX_ELEMENTS} elements"
            raise FileFaultError(Fault("", local(tag)[:40], "", f"XML of more than {limit}", _REMEDY))
        return super().start(tag, dict(attrs))

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return super().end(tag)


def decoded(content: bytes, *, default: str = "utf-8") -> str:
    """Return a file as text: by its byte order mark, else the encoding that its XML declares, else `default`.

    Raises:
        FileFaultError: when that encoding is unknown, or a byte is not of it.
    """
    mark, encoding = next(((mark, name) for mark, name in _MARKS if content.startswith(mark)), (b"", ""))
    declared = _DECLARED.match(content) if not mark else None
    if declared:
        encoding = declared[1].decode("ascii")
    encoding = encoding or default
    try:
        if not _TEXT_ENCODING.fullmatch(encoding.lower().replace("-", "_")):
            raise LookupError(encoding)
        return content[len(mark) :].decode(encoding)
    except LookupError:
        reason = "expected an encoding of text, such as UTF-8 or ISO-8859-1"
        raise FileFaultError(Fault("", "encoding", encoding, reason, _REMEDY)) from None
    except UnicodeDecodeError as error:
        shown = f"0x{content[len(mark) :][error.start]:02x}" if error.start < len(content) - len(mark) else ""
        reason = f"expected {encoding.upper()}, found another byte at position {error.start}"
        remedy = "deliver it in the encoding that it declares (CSV: that `encoding` of the account's csv table names)"
        raise FileFaultError(Fault("", "", shown, reason, remedy)) from None


def parsed(text: str) -> Element:
    """Return the root of a document.

    Raises:
        FileFaultError: when it is not well-formed, declares types or entities, or is deeper or larger than allowed.
    """
    parser = DefusedXMLParser(target=_BoundedBuilder(), forbid_dtd=True)
    try:
        parser.feed(text)
        root = parser.close()
    except DefusedXmlException:
        reason = "XML with a DOCTYPE or ENTITY declaration: such a file is not opened"
        raise FileFaultError(Fault("", "", "", reason, _REMEDY)) from None
    except ParseError as error:
        line, column = error.position
        reason = f"Malformed XML at line {line}, column {column}: {str(error).split(':')[0]}"
        raise FileFaultError(Fault("", "", "", reason, _REMEDY)) from None
    except (UnicodeEncodeError, ValueError):
        raise FileFaultError(Fault("", "", "", "Malformed XML: text that is no Unicode", _REMEDY)) from None
    if not isinstance(root, Element):
        raise FileFaultError(Fault("", "", "", "Malformed XML: no element", _REMEDY))
    return root


def local(tag: object) -> str:
    """Return an element's name without its namespace; "" for a comment or instruction."""
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def children(parent: Element | None, name: str) -> list[Element]:
    """Return an element's children of a name, whatever their namespace."""
    return [child for child in parent if local(child.tag) == name] if parent is not None else []


def child(parent: Element | None, *names: str) -> Element | None:
    """Return the first element along a path of names."""
    for name in names:
        parent = next(iter(children(parent, name)), None)
    return parent


def text_at(parent: Element | None, *names: str) -> str:
    """Return the stripped text of the first element along a path of names; "" when there is none."""
    found = child(parent, *names)
    return (found.text or "").strip() if found is not None else ""


def texts_below(parent: Element | None) -> list[str]:
    """Return every text of an element's leaves, in order."""
    found = parent.iter() if parent is not None else ()
    return [text for element in found if len(element) == 0 and (text := (element.text or "").strip())]
