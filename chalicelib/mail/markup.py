"""The markup of letters, as HTML and as plain text. It is Markdown, with these pieces:

    # A title
    > what somebody typed
        a code to type                                  four spaces ahead
    `an address`                                        these three each alone in their paragraph
    [A button](https://…)
    <small>small print</small>
    | label | value |                                   pairs
    | name | article | price | remark | amount |        goods; the last row is their total
    ![](product:ARTICLE)                            a product, alone in its paragraph or among others; left out where there is none

Rows of cells have no head. A link that is not alone is a plain link, and **strong** is what it always is.
"""

import re
from collections.abc import Iterator, Mapping, MutableMapping
from functools import cache
from html import escape
from typing import Any, cast
from urllib.parse import unquote

from mistune import BaseRenderer, BlockParser, BlockState, InlineParser, Markdown

from chalicelib.mail.model import ProductBlock, TooMuchMarkup
from chalicelib.platform import Language

Token = dict[str, Any]
Products = Mapping[str, ProductBlock]  # by article

_ROWS = r"^(?:\|[^\n]*\|[ ]*(?:\n|$))+"
_REFERENCE = re.compile(r"^ {0,3}\[[^\]\n]*\]:", re.MULTILINE)
_MOST_STEPS = 20_000_000  # of the reader, for one text: less than a second
_IN_PAIRS = re.compile(r"\]\(([^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)+)(?=[\s)])")
_PERCENT = "\ue002"  # stands for a percent sign that is written, beside those with which the reader quotes an address
PRODUCT = "product:"
_QUOTES = {"ru": ("«", "»"), "en": ("“", "”")}

_P = "margin:0 0 16px"
_TITLE = "margin:0 0 16px;font:bold 23px/30px Arial,Helvetica,sans-serif;color:#10211d"
_BOX = "padding:10px 16px;border-left:3px solid #0c7a64;background:#f3f7f6"
_SMALL = "font-size:14px;line-height:21px;color:#5f6f6b"
_REMARK = "font-size:14px;line-height:21px;color:#a3420c"
_CODE = (
    "margin:0 0 20px;padding:18px 0;background:#f3f7f6;border-radius:8px;text-align:center;"
    "font:bold 34px/40px 'Courier New',Courier,monospace;letter-spacing:8px;color:#10211d"
)
_TABLE = '<table width="100%" cellpadding="0" cellspacing="0" border="0"'


def forms(words: str, language: Language, products: Products) -> tuple[str, str]:
    """HTML and plain text. Raises TooMuchMarkup for what would take seconds to read."""
    pieces, state = _read(words)
    html, text = (form.render_tokens(pieces, state).strip() for form in (_Html(products), _Text(products, language)))
    return html.replace(_PERCENT, "%"), re.sub(r"\n{3,}", "\n\n", text).replace(_PERCENT, "%")


def addresses(words: str) -> list[str]:
    """Of all links, as they are in HTML and in plain text. Raises as `forms`."""

    def links(tokens: list[Token]) -> Iterator[Token]:
        for each in tokens:
            if each["type"] == "link":
                yield each
            yield from links(each.get("children", []))

    return [_url(each).replace(_PERCENT, "%") for each in links(_read(words)[0])]


def _read(words: str) -> tuple[list[Token], BlockState]:
    """An address is written with brackets in pairs and with escapes, as it is copied from a browser; the reader of the library undoes both."""
    ready = re.sub(r"(?<!\\)%", _PERCENT, _IN_PAIRS.sub(r"](<\1>", words))
    return cast(tuple[list[Token], BlockState], _reader().parse(ready))


@cache
def _reader() -> Markdown:
    """It compiles its patterns once."""
    made = Markdown(renderer=None, inline=_Inline())
    made.before_parse_hooks.append(_count_references)
    made.block.register("rows", _ROWS, _rows, before="list")
    return made


class _Inline(InlineParser):
    """Looks for the end of each mark up to the end of its paragraph, so the work grows with both."""

    def __call__(self, text: str, env: MutableMapping[str, Any]) -> list[Token]:
        _count(env, len(text) * (10 * text.count("[") + text.count("*") + text.count("_")))
        return super().__call__(text, env)


def _count_references(_: Markdown, state: BlockState) -> None:
    _count(state.env, len(state.src) * len(_REFERENCE.findall(state.src)))


def _count(env: MutableMapping[str, Any], steps: int) -> None:
    env["steps"] = env.get("steps", 0) + steps
    if env["steps"] > _MOST_STEPS:
        raise TooMuchMarkup


def _rows(block: BlockParser, match: re.Match[str], state: BlockState) -> int:
    rows = [line.strip().strip("|").split("|") for line in match.group().strip().splitlines()]
    cells = [
        {"type": "row", "children": [{"type": "block_text", "text": cell.strip()} for cell in row]} for row in rows
    ]
    state.append_token({"type": "goods" if len(rows[0]) > 2 else "pairs", "children": cells})
    return match.end()


class _Form(BaseRenderer):
    def __init__(self, products: Products) -> None:
        super().__init__()
        self.products = products

    def inside(self, token: Token, state: BlockState) -> str:
        return self.render_tokens(token["children"], state)

    block_text = inside

    def rows(self, token: Token, state: BlockState) -> Iterator[list[str]]:
        for row in token["children"]:
            yield [self.inside(cell, state) for cell in row["children"]]

    def shown(self, paragraph: Token) -> list[ProductBlock] | None:
        """The products of a paragraph of nothing else; None for any other paragraph."""
        if {each["type"] for each in paragraph["children"]} - {"image", "softbreak"}:
            return None
        skus = [_sku(each) for each in paragraph["children"] if each["type"] == "image"]
        return [self.products[sku] for sku in skus if sku in self.products]

    def items(self, token: Token, state: BlockState) -> Iterator[str]:
        return (self.inside(item, state).strip() for item in token["children"])

    def blank_line(self, token: Token, state: BlockState) -> str:
        return ""

    def softbreak(self, token: Token, state: BlockState) -> str:
        return "\n"


class _Html(_Form):
    NAME = "html"

    def text(self, token: Token, state: BlockState) -> str:
        return escape(token["raw"])

    def heading(self, token: Token, state: BlockState) -> str:
        return f'<h1 style="{_TITLE}">{self.inside(token, state)}</h1>\n'

    def paragraph(self, token: Token, state: BlockState) -> str:
        if [each["type"] for each in token["children"]] == ["link"]:
            return self._button(token["children"][0], state)
        if (products := self.shown(token)) is not None:
            return "".join(map(self._product, products))
        return f'<p style="{_P}">{self.inside(token, state)}</p>\n'

    def _button(self, link: Token, state: BlockState) -> str:
        return (
            '<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 20px"><tr>\n'
            f'  <td bgcolor="#0c7a64" style="border-radius:8px"><a href="{escape(_url(link))}" style="display:inline-block;'
            "padding:13px 26px;font:bold 16px/20px Arial,Helvetica,sans-serif;color:#ffffff;text-decoration:none"
            f'">{self.inside(link, state)}</a></td>\n</tr></table>\n'
        )

    def _product(self, product: ProductBlock) -> str:
        picture = (
            f'  <td width="92" valign="top" style="padding:14px 0 14px 12px"><img src="{product.picture}" width="80" alt="{product.name}" '
            'style="display:block;width:80px;height:auto;border:0;border-radius:4px"></td>\n'
        )
        why = f'<br>\n    <span style="{_SMALL}">{product.why}</span>' if product.why else ""
        return (
            f'{_TABLE} role="presentation" style="margin:0 0 16px;border:1px solid #dfe8e5;border-radius:8px"><tr>\n'
            f"{picture if product.picture else ''}"
            f'  <td valign="top" style="padding:12px 16px">{product.name}<br>\n    <span style="{_SMALL}">{product.sku}</span><br>\n'
            f"    <b>{product.price}</b>{why}</td>\n</tr></table>\n"
        )

    def link(self, token: Token, state: BlockState) -> str:
        return f'<a href="{escape(_url(token))}" style="color:#0c5c4c">{self.inside(token, state)}</a>'

    def strong(self, token: Token, state: BlockState) -> str:
        return f"<b>{self.inside(token, state)}</b>"

    def emphasis(self, token: Token, state: BlockState) -> str:
        return f"<i>{self.inside(token, state)}</i>"

    def codespan(self, token: Token, state: BlockState) -> str:
        return f'<span style="display:block;{_BOX}">{escape(token["raw"])}</span>'

    def inline_html(self, token: Token, state: BlockState) -> str:
        return {"<small>": f'<span style="display:block;{_SMALL}">', "</small>": "</span>"}[token["raw"]]

    def linebreak(self, token: Token, state: BlockState) -> str:
        return "<br>\n"

    def block_code(self, token: Token, state: BlockState) -> str:
        return f'<p style="{_CODE}">{escape(token["raw"].strip())}</p>\n'

    def block_quote(self, token: Token, state: BlockState) -> str:
        return self.inside(token, state).replace(_P, f"{_P};{_BOX}", 1)

    def list(self, token: Token, state: BlockState) -> str:
        tag = "ol" if token["attrs"]["ordered"] else "ul"
        items = "".join(f'  <li style="margin:0 0 8px">{item}</li>\n' for item in self.items(token, state))
        return f'<{tag} style="margin:0 0 20px;padding:0 0 0 22px">\n{items}</{tag}>\n'

    def pairs(self, token: Token, state: BlockState) -> str:
        rows, line = "", ""
        for label, value in self.rows(token, state):
            rows += (
                f'<tr>\n  <td style="padding:10px 0 10px 12px;{line}font-size:15px;color:#5f6f6b">{label}</td>\n'
                f'  <td align="right" style="padding:10px 12px;{line}font-weight:bold">{value}</td>\n</tr>\n'
            )
            line = "border-top:1px solid #dfe8e5;"
        style = "margin:0 0 20px;background:#f3f7f6;border-radius:8px"
        return f'{_TABLE} role="presentation" style="{style}">\n{rows}</table>\n'

    def goods(self, token: Token, state: BlockState) -> str:
        """In two columns: four would not fit on a telephone."""
        *lines, total = self.rows(token, state)
        cell = "padding:10px 0;border-bottom:1px solid #e4ebe9"
        rows = ""
        for name, sku, price, remark, amount in lines:
            noted = f'<br>\n    <span style="{_REMARK}">{remark}</span>' if remark else ""
            rows += (
                f'<tr>\n  <td valign="top" style="{cell}">{name}<br>\n    <span style="{_SMALL}">{sku} · {price}</span>{noted}</td>\n'
                f'  <td align="right" valign="top" style="{cell};padding-left:8px;white-space:nowrap">{amount}</td>\n</tr>\n'
            )
        rows += (
            f'<tr>\n  <td style="padding:12px 0;font-weight:bold">{total[0]}</td>\n'
            f'  <td align="right" style="padding:12px 0 12px 8px;font-weight:bold;white-space:nowrap">{total[-1]}</td>\n</tr>\n'
        )
        return f'{_TABLE} style="margin:0 0 20px;border-top:1px solid #c9d6d2">\n{rows}</table>\n'


class _Text(_Form):
    NAME = "text"

    def __init__(self, products: Products, language: Language) -> None:
        super().__init__(products)
        self.opening, self.closing = _QUOTES[language]

    def text(self, token: Token, state: BlockState) -> str:
        return str(token["raw"])

    codespan = text

    def paragraph(self, token: Token, state: BlockState) -> str:
        if [each["type"] for each in token["children"]] == ["link"]:
            link = token["children"][0]
            return f"{self.inside(link, state)}: {_url(link)}\n\n"
        if (products := self.shown(token)) is not None:
            return "".join(map(self._product, products)) + "\n"
        return f"{self.inside(token, state)}\n\n"

    def _product(self, product: ProductBlock) -> str:
        why = f"  {product.why}\n" if product.why else ""
        return f"* {product.name} ({product.sku})\n  {product.price}\n{why}"

    heading = paragraph
    strong = emphasis = _Form.inside

    def link(self, token: Token, state: BlockState) -> str:
        label, address = self.inside(token, state), _url(token)
        return label if label == address.removeprefix("mailto:") else f"{label} ({address})"

    def inline_html(self, token: Token, state: BlockState) -> str:
        return ""

    linebreak = _Form.softbreak

    def block_code(self, token: Token, state: BlockState) -> str:
        return f"{token['raw'].strip()}\n\n"

    def block_quote(self, token: Token, state: BlockState) -> str:
        return f"{self.opening}{self.inside(token, state).strip()}{self.closing}\n\n"

    def list(self, token: Token, state: BlockState) -> str:
        ordered = token["attrs"]["ordered"]
        items = enumerate(self.items(token, state), start=1)
        return "".join(f"{f'{number}.' if ordered else '*'} {item}\n" for number, item in items) + "\n"

    def pairs(self, token: Token, state: BlockState) -> str:
        rows = self.rows(token, state)
        return "".join(f"* {label}{' —' if ':' in label else ':'} {value}\n" for label, value in rows) + "\n"

    def goods(self, token: Token, state: BlockState) -> str:
        *lines, total = self.rows(token, state)
        rows = [
            f"* {name} ({sku})\n  {price} = {amount}{f' ({remark})' if remark else ''}\n"
            for name, sku, price, remark, amount in lines
        ]
        return f"{''.join(rows)}\n{total[0]}: {total[-1]}\n\n"


def _sku(image: Token) -> str:
    """The article of a product. Raises ValueError for any other picture: a letter has none."""
    address = unquote(_url(image).replace(_PERCENT, "%"))
    if not address.startswith(PRODUCT):
        raise ValueError("a picture of no product")
    return address.removeprefix(PRODUCT)


def _url(link: Token) -> str:
    """As the letter's text has it: its facts are still stand-ins, which the parser has quoted."""
    return unquote(link["attrs"]["url"]).replace(" ", "%20")
