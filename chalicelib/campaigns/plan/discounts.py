"""Discounts in the words of a letter.

A figure beside a word of discounts is one whatever else is said. For all other figures words cannot decide: "reduced by 10 %" is a price, or a
weight. Any share, any sum of money, any number near a word of giving and any word of discounts may be one, unless the author states that none is
(decision 0144). The reader's own discount, a variable, is none: it is what the tier gives anyway.
"""

import re
from html import unescape
from typing import NamedTuple
from unicodedata import normalize

_PERCENT = (
    r"(?:\d[\d.,]{0,5}|(?:ten|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|five)(?:-\w+)?"
    r"|(?:пят|десят|пятнадцат|двадцат|тридцат|сорок|шест|сем|восем|девян)[а-яё]*(?:\s[а-яё]{3,7})?)"
    r"(?:\s?%|[\s-]?per\s?cent|[\s-]?процент|\s?проц\b)"
)
_MONEY = (
    r"(?:[$€₽]\s?\d[\d\s.,]{0,12}|\d[\d\s.,]{0,12}(?:[$€₽]|руб|(?:RUB|EUR|USD|roubles?|rubles?|euros?|dollars?)\b))"
)
_SUM = rf"(?:{_PERCENT}|{_MONEY})"
_GIVEN = r"(?:discount|rebate|скид[ко]|cash\s?back|к[еэ]шб[еэ]к|уценк|coupon|voucher|купон|promo\s?code|промокод)\w*"
_CERTAIN = re.compile(
    rf"{_SUM}[\w-]*\.?\s*(?:off\b|{_GIVEN})|{_GIVEN}\s*(?:[-−–—:]\s*)?(?:of\s+|up\s+to\s+|в\s+|на\s+|до\s+)?{_SUM}",
    re.IGNORECASE,
)
_NEAR = r"[^.\n{]{0,30}?"  # in the same sentence
_GIVING = (
    r"(?:\b(?:gift|present|free|sale|clearance|cheap|sav(?:e|es|ings?)\b|minus|deduct|instead|on\s+us\b|pays?\b|was\b|before\b|price|bogo|get\b)"
    r"|\b(?:подар|дар(?:им|ю|ом)\b|бесплатн|распродаж|ликвидац|акци[яию]\b|(?:по|у)?д[её]шев|выго|с?эконом|минус|вместо|по\s+цене|вычт|ски[нд]|уступ"
    rf"|было|раньше|плат|цен[аыеуо]|верн[её]м)|\b{_GIVEN})"
)
_OWN = r"\{\}"  # stands for a variable
_COUNT = (
    r"(?:\d(?:[\d.,]{0,4}\d)?(?:\s?%)?|\b(?:one|two|three|nine|half|third|quarter|второй|один|одн[оу]й?|две|два|тр[её]х|десят\w+|треть|четверть)\b"
    r"|\b(?:second|fourth|fifth|tenth|втор|трет|четв[её]рт|пят|кажд)\w*|\bв\s+\w+\s+раз)"
)
_POSSIBLE = re.compile(
    "|".join(
        (
            _SUM,
            r"\b(?:half|third|quarter|fifth|tenth|половин\w*|трет[ьи]|четверт[ьи])[\s-]+(?:off|less|(?:(?:of|the|its|usual)\s+)*price|от|цен|меньше|деше)|полцены",
            rf"{_GIVING}{_NEAR}{_COUNT}|{_COUNT}{_NEAR}{_GIVING}",
            r"\b(\d)\s?\+\s?\1\b|\b[2-5]\s+for\s+[1-4]\b",
            rf"(?<!{_OWN}\s)\b{_GIVEN}(?![^.\n]{{0,40}}{_OWN})",
            r"\b(?:sale|clearance|markdown|bogo|at\s+cost|for\s+the\s+price\s+of|распродаж\w*|ликвидац\w*|себестоимост\w*|в\s+придачу|пополам)\b",
        )
    ),
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"\{%[^%]*%\}|[*\\]|\]\([^()\s]*\)")
_VARIABLE = re.compile(r"\{\{[^{}]*\}\}")
_CONSTANT = re.compile(r"\{\{\s*(?:'([^'{}]*)'|\"([^\"{}]*)\"|([\d.]+))\s*(\|\s*percent\s*)?(?:\|[^{}]*)?\}\}")


class Discount(NamedTuple):
    words: str
    certain: bool


def discount_in(text: str) -> Discount | None:
    """The first discount that a text names for certain, or else the first that it may name; None where it can name none."""
    read = _CONSTANT.sub(lambda found: f"{found[1] or found[2] or found[3] or ''}{' %' if found[4] else ''}", text)
    read = _UNSEEN.sub("", normalize("NFKC", unescape(_VARIABLE.sub("{}", read))))
    for pattern in (_CERTAIN, _POSSIBLE):
        if found := pattern.search(read):
            return Discount(" ".join(found[0].split()), pattern is _CERTAIN)
    return None
