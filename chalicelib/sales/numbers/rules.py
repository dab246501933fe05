"""One form for the number of a document, however a file shows the document. Pure.

1C shows a document by its kind, number, day and time: `Реализация товаров и услуг УТ-000123 от 12.01.2026 10:00:00`. Only the number names
it. The kind's words and the time change when somebody opens the document; leading zeros are lost in print and in spreadsheets.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from chalicelib.platform import code_key, spelled

WordKind = Literal["sale", "return", "correction", "purchase", "other"]


class DocumentName(NamedTuple):
    """A document as a text names it. `kind` and `day` (as written, without the time) are None where the text does not tell them.

    `number` is in its form for comparison, `shown` as written.
    """

    number: str
    shown: str
    kind: WordKind | None = None
    day: str | None = None


_DAY = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2} [А-ЯЁ]+ \d{4}|[A-Z]+ \d{1,2},? \d{4}"
_PRESENTED = re.compile(
    r"(?:(?P<words>.*?)(?:^|\s))?(?:(?:№|N|NO\.?) ?|#)?(?P<number>\S+) (?:ОТ|FROM|DATED|OF) "
    rf"(?P<day>{_DAY})(?:[ T]+\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?(?: ?(?:Г\.?|ГОДА))?"
)
_SIGNED = re.compile(r"(?P<words>.*?)\s?(?:№|\bNO\.|\bN(?= ))\s?(?P<number>\S*\d\S*)")
_WORDS = re.compile(r"(?P<words>[^\d]*[^\W\d]{4,}\)?,?) (?P<number>\S*\d\S*)")
# A word that begins so tells the kind of a document; the first such word decides, and of those at one place the upper line: `Заявка на возврат` is no return.
_KINDS: tuple[tuple[WordKind, re.Pattern[str]], ...] = (
    (
        "purchase",
        re.compile(
            r"\b(?:(?:КОРРЕКТИРОВ\w* )?ПОСТУПЛЕНИ[ЕЯ]\b|ВОЗВРАТ\w*(?: ТОВАРОВ)? ПОСТАВЩИК|ЗАКУПК|ПЕРЕМЕЩЕНИ|СПИСАНИ|ОПРИХОДОВАНИ|ИНВЕНТАРИЗАЦ|"
            r"ПЕРЕДАЧ\w* (?:ТОВАРОВ )?(?:НА КОМИССИ|МЕЖДУ)|КОМПЛЕКТАЦИ|ВНУТРЕНН\w* ПОТРЕБЛЕНИ|ПЛАТЕЖН|ОПЛАТ|ВВОД (?:НАЧАЛЬН\w* )?ОСТАТК|КОРРЕКТИРОВ\w* (?:ДОЛГ|РЕГИСТР|ЗАПИС)|ВЗАИМОЗАЧ|(?:ПРИХОДН|РАСХОДН)\w* (?:КАССОВ|ОРДЕР)|PURCHASE (?:ORDER|INVOICE|RECEIPT)|TRANSFER\b|PAYMENT\b|"
            r"EINGANGSRECHNUNG|FACTURE FOURNISSEUR|FACTURA DE COMPRA|FAKTURA ZAKUPU)"
        ),
    ),
    ("correction", re.compile(r"\b(?:КОРРЕКТИРОВ|ИСПРАВЛЕН|CORRECTION|CORRECTIVE|KOREKTA|FAKTURA KORYGUJ)")),
    (
        "return",
        re.compile(
            r"\b(?:ВОЗВРАТ(?!Н\w* ТАР)|СТОРНО|RETURN(?!ABLE)|REFUND|CREDIT[ -]?(?:NOTE|MEMO)|КРЕДИТ-?НОТ|GUTSCHRIFT|STORNO|RETOURE|AVOIR\b|"
            r"NOTA D[EI] CR[EÉ]DITO|ABONO\b|DEVOLUCI|RESO\b|ZWROT|ПОВЕРНЕННЯ|İADE|IADE|ҚАЙТАР|QAYTAR|ВЯРТАНН|DOBROPIS|KREDIT(?:FAKTURA|NOTA)|RETUR\b)|.*(?:退[货款]|红字)"
        ),
    ),
    (
        "other",
        re.compile(
            r"\b(?:ЗАКАЗ|SALES? (?:ORDER|QUOT)|КОММЕРЧЕСК\w* ПРЕДЛОЖ|РЕЗЕРВ\b|ЗАЯВК|ДОГОВОР|СОГЛАШЕН|СЧЕТ НА ОПЛАТУ|ORDER|REQUEST|CONTRACT|QUOTE|ANGEBOT|AUFTRAG|BESTELLUNG|COMMANDE|DEVIS\b|PEDIDO|ZAMÓWIENI|OFERTA)|.*\bPRO[ -]?FORMA"
        ),
    ),
    (
        "sale",
        re.compile(
            r"\b(?:РЕАЛИЗАЦ|ПРОДАЖ|РАСХОДН|ОТГРУЗ|АКТ\b|УПД\b|НАКЛАДН|СЧЕТ-ФАКТУР|ОТЧЕТ О РОЗНИЧН|ОТЧЕТ КОМИССИОНЕР|ОТЧЕТ АГЕНТ|ОКАЗАНИ|ТОВАРЫ\b|УСЛУГИ\b|ЧЕК\b|INVOICE|SALE|BILL\b|"
            r"\w*RECHNUNG|FACTURE|FACTURA|FATTURA|FAKTURA|PARAGON|ВИДАТКОВ|ПРОДАЖ|FATURA|SATIŞ|САТУ\b|SOTUV|ПРАДАЖ|PRODEJ|FÖRSÄLJNING)|.*(?:销售|出库)"
        ),
    ),
)
_RETURN_OF_ODOO = "RINV/"  # it writes the lines of credit notes without a minus
_ZEROS = re.compile(r"^[0-]+(?=[^\W_])|(?<!\d)0+(?=\d+$)")


def word_kind(words: str) -> WordKind | None:
    """The kind of a document from its words, or None.

    `purchase` is from a supplier, or moves goods or money alone; `other` is an order, a request or a contract: no sales.

    1C numbers sales, returns and corrections apart, so the kind belongs to the name of a document.
    """
    text = spelled(words.replace("_", " ")).upper().replace("Ё", "Е")
    begins = {kind: found.start() for kind, pattern in _KINDS if (found := pattern.search(text))}
    first = min(begins, key=lambda kind: begins[kind], default=None)
    # `Sales credit note` and `Накладная на возврат` are returns.
    return "return" if first == "sale" and "return" in begins else first


@lru_cache(maxsize=4096)
def document_name(text: str) -> DocumentName:
    """The document that a cell names: by its bare number, or as 1C shows it."""
    whole = spelled(text).upper().replace("Ё", "Е")
    found = _PRESENTED.fullmatch(whole)
    if found:
        return DocumentName(number_key(found["number"]), found["number"], word_kind(found["words"] or ""), found["day"])
    found = _SIGNED.fullmatch(whole)
    if found is None and (words := _WORDS.fullmatch(whole)) and word_kind(words["words"]):
        found = words
    if found:
        return DocumentName(number_key(found["number"]), found["number"], word_kind(found["words"]))
    return DocumentName(number_key(whole), whole, "return" if whole.startswith(_RETURN_OF_ODOO) else None)


def number_key(number: str) -> str:
    """The bare number in its form for comparison: `УТ-000123`, `ут-123` and `УT-000123` with a Latin T are `УТ-123`.

    Zeros are taken from the beginning and from the counter at the end, never from the middle: `2026-01/0005` is `2026-01/5`, and
    `0000-000123`, which has a prefix of nothing, is `123`.
    """
    key = code_key(number).lstrip("№#").strip()
    return _ZEROS.sub("", key) or key
