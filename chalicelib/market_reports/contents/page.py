"""Judgement of a page: only elements and attributes of a list, so what is not known is refused.

Browsers read broken pages in their own way. So a page that passed also carries a policy by which the browser runs nothing and loads nothing.
"""

import re
from html.parser import HTMLParser

from chalicelib.market_reports.contents.model import Unfit

_TAGS = """
    html head title meta style body header footer main section article aside nav div span p br hr h1 h2 h3 h4 h5 h6 a abbr b blockquote caption cite
    center code col colgroup dd details dl dt em figcaption figure font i img li mark ol pre q s small strong sub summary sup table tbody td tfoot th thead time
    tr u ul wbr
"""
_NAMES = """
    align alt bgcolor border cellpadding cellspacing charset class color colspan content datetime dir face frame headers height href hspace id lang
    name noshade nowrap open rel rowspan rules scope sdnum sdval size span src start style target title valign value vspace width
"""
_ELEMENTS, _ATTRIBUTES = frozenset(_TAGS.split()), frozenset(_NAMES.split())
_OF_ELEMENTS = {("meta", "http-equiv"), ("style", "type")}
_LINK = re.compile(r"(https?:|mailto:|tel:|#)", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml)[;,]", re.IGNORECASE)
_LOADS = re.compile(
    r"@import|expression\s*\(|javascript:|behavior\s*:|-moz-binding|(?:image-set|cross-fade|\bimage|\bsrc)\s*\(|url\s*\(\s*[\"']?(?!data:image/)",
    re.I,
)
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE)  # of a style
_UNCLEAR = re.compile(r"<!---?>|--!>|--\s+>")  # browsers end comments here, or go on, where the parser does not
_DOCTYPE = re.compile(r"\s*<!doctype[^>]*>", re.IGNORECASE)
POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'\">"
)


def check_page(content: bytes) -> None:
    """Raises Unfit, naming the first element or attribute that may not be there."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unfit("The page is not in UTF-8: save it as UTF-8.") from None
    if "\0" in text or not re.match(r"\s*<(!doctype|html|head|meta|title|body)", text, re.IGNORECASE):
        raise Unfit("The content of this file is not of its type.")
    if _UNCLEAR.search(text):
        raise Unfit("A comment of the page does not begin with <!-- and end with -->.")
    parser = _Judge(convert_charrefs=True)
    parser.feed(text)
    parser.close()


def without_rights(content: bytes) -> bytes:
    """The page with the policy before everything that it could bind."""
    text = content.decode("utf-8-sig")
    start = found.end() if (found := _DOCTYPE.match(text)) else 0
    return f'{text[:start]}<meta charset="utf-8">{POLICY}{text[start:]}'.encode()


class _Judge(HTMLParser):
    """Raises Unfit at the first thing that is not on the lists."""

    def __init__(self, *, convert_charrefs: bool) -> None:
        super().__init__(convert_charrefs=convert_charrefs)
        self._in_style = self._in_title = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._check_title()
        if tag not in _ELEMENTS:
            raise Unfit(f"The page has the element {_shown(tag)}: only texts, tables and pictures can be published.")
        self._in_style, self._in_title = tag == "style", tag == "title"
        for name, value in attributes:
            self._check_attribute(tag, name, (value or "").strip())

    def _check_attribute(self, tag: str, name: str, value: str) -> None:
        known = name in _ATTRIBUTES or name.startswith(("aria-", "data-")) or (tag, name) in _OF_ELEMENTS
        allowed = (
            known
            and {
                "href": lambda: tag == "a" and bool(_LINK.match(value)),
                "src": lambda: tag == "img" and bool(_PICTURE.match(value)),
                "style": lambda: not _loads(value),
                "type": lambda: value.lower() == "text/css",
                "http-equiv": lambda: value.lower() in ("content-type", "x-ua-compatible", "content-language"),
            }.get(name, lambda: True)()
        )
        if not allowed:
            raise Unfit(f"The page has the attribute {_shown(name)} of {_shown(tag)}, which may load or run something.")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag in ("style", "title"):  # which browsers leave open
            raise Unfit(f"The element {tag} of the page has no end.")

    def handle_endtag(self, tag: str) -> None:
        self._in_style = self._in_title = False

    def handle_comment(self, text: str) -> None:
        self._check_title()

    def _check_title(self) -> None:
        """To a browser a title is text up to its end, whatever stands in it."""
        if self._in_title:
            raise Unfit("The title of the page is more than text.")

    def handle_data(self, text: str) -> None:
        if self._in_style and ("</" in text or _loads(text)):
            raise Unfit("A style of the page loads something from elsewhere.")

    def handle_pi(self, text: str) -> None:
        raise Unfit("The content of this file is not of its type.")

    def unknown_decl(self, text: str) -> None:
        raise Unfit("The content of this file is not of its type.")


def _loads(style: str) -> bool:
    """True for a style that loads or runs something, also where it is written in escapes."""
    plain = _ESCAPE.sub(lambda found: chr(min(int(found[1], 16), 0x10FFFF)) if found[1] else found[2], style)
    return bool(_LOADS.search(style) or _LOADS.search(plain))


def _shown(name: str) -> str:
    return re.sub(r"[^a-z0-9-]", "", name)[:40]
