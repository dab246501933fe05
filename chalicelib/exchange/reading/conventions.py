"""The conventions of a file, decided for the whole of it from its survey. Pure.

Nothing is decided cell by cell. If the file does not tell a convention, or contradicts itself, it is refused with examples.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from chalicelib.exchange.answers.notes import Notes
from chalicelib.exchange.columns.dates import FORMS, SlashOrder
from chalicelib.exchange.columns.fields import FieldName
from chalicelib.exchange.columns.headings import heading_key
from chalicelib.exchange.columns.model import DecimalMark, TypedNumber, words
from chalicelib.exchange.columns.numbers import Shape, shape
from chalicelib.exchange.reading.doubts import refuse_rows_of_sums
from chalicelib.exchange.reading.model import SalesProfileForm
from chalicelib.exchange.reading.rows import Conventions
from chalicelib.exchange.reading.rules import status_of
from chalicelib.exchange.reading.sums import amount_source, discount_kind, may_be_sums_of_documents
from chalicelib.exchange.reading.survey import Example, Survey, is_invoice, value_of
from chalicelib.exchange.tables.model import Unreadable
from chalicelib.platform import spelled
from chalicelib.sales import word_kind

_SIDES = frozenset({"debit", "credit", "дебет", "кредит", "приход", "расход", "in", "out", "плюс", "минус"})
_BACKWARDS = re.compile(
    r"возв|сторн|повер|вяртан|қайтар|qaytar|credit|kredit|refund|return|retur|reverse|storno|gutschrift|avoir|abono|devol|zwrot|korekt|dobropis|iade|退|"
    r"\b(?:crn?|cn|cm|rtn|rma)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,11}")
_CENT = Decimal("0.011")
_WORD = re.compile(r"\w+")


def decide(survey: Survey, profile: SalesProfileForm, notes: Notes) -> tuple[Conventions, dict[FieldName, int]]:
    """The conventions of the file, and the columns that are read. Raises Unreadable."""
    if survey.wrong_day and survey.wrong_days == survey.days:
        line, text = survey.wrong_day
        raise Unreadable("dates_unreadable", line=line, value=text[:60], forms=FORMS)
    if survey.turned_day and survey.sound_day:
        (line, text), (other_line, other) = survey.turned_day, survey.sound_day
        raise Unreadable("dates_mixed", first=text[:60], first_line=line, second=other[:60], second_line=other_line)
    if survey.returns_apart and "return_flag" not in profile.columns:
        at, (line, text) = survey.returns_apart
        raise Unreadable("returns_apart", column=survey.place.shown(at), line=line, value=text[:60])
    if survey.discount_of_order and "discount" not in profile.columns:
        line, text = survey.discount_of_order
        raise Unreadable(
            "discount_of_document", column=survey.place.shown(survey.order_discount), line=line, value=text[:60]
        )
    if "customer" not in profile.columns:
        _refuse_shared_code(survey)
    mark = profile.format.decimal or _mark(survey)
    columns = dict(survey.place.heading.columns)
    _refuse_invoices_beside(survey, columns, profile)
    source = amount_source(survey, mark, columns, profile, notes)
    if _are_before_and_after(survey.kinds):
        raise Unreadable("kind_unclear", column=survey.place.shown(columns["kind"]), values=sorted(survey.kinds)[:10])
    sale_words = [*profile.sale_words, *_words_of_tills(survey)]
    named = _folded_all([*profile.return_words, *sale_words])
    tells_kinds = any(word_kind(word) or _folded(word) in named for word in survey.kinds)
    if "kind" in columns and "kind" not in profile.columns and not tells_kinds:
        _leave_kind(survey, columns.pop("kind"), profile, notes)
    if survey.unknown and "kind" not in columns:
        notes.add("kinds_unknown", values=sorted(survey.unknown)[:10])
    if "paid_on" in columns and "paid_on" not in profile.columns and survey.unpaid and not survey.paid:
        notes.add("payments_left", column=survey.place.shown(columns.pop("paid_on")), value=survey.unpaid[:60])
    told_sales = {*map(word_kind, survey.kinds)} == {"sale"} and not profile.return_words
    if survey.negative_at and not survey.positive and told_sales:
        line, value = survey.negative_at
        raise Unreadable("sales_negative", kind_value=min(survey.kinds)[:60], line=line, value=value[:60])
    unsigned = bool(survey.opposite) and not survey.together
    if unsigned:
        _refuse_signs(survey, profile)
        notes.add("unsigned_returns", count=survey.opposite)
    conventions = Conventions(
        mark=mark,
        slashes=_slashes(survey, profile),
        serials=0 < survey.serial_days == survey.days,
        source=source,
        discount=discount_kind(survey, mark, columns, source, profile),
        unsigned=unsigned,
        signed_returns=survey.signed_returns,
        orders_are_sales=_orders_are_sales(survey, columns, notes),
        orders_beside=bool(survey.twins.of("other", "sale") or survey.twins.of("purchase", "sale")),
        sums_of_documents=source == "amount" and may_be_sums_of_documents(survey, columns),
        return_words=frozenset(spelled(word).casefold() for word in profile.return_words),
        sale_words=frozenset(spelled(word).casefold() for word in sale_words),
        cancelled_words=_folded_all(profile.cancelled_words),
        valid_words=_folded_all(profile.valid_words),
    )
    _refuse_unclear_statuses(survey, conventions)
    return conventions, columns


def _refuse_signs(survey: Survey, profile: SalesProfileForm) -> None:
    """Raises Unreadable where each quantity has the sign that its sum has not: a list of goods that left the warehouse, or of returns."""
    tells_returns = "return" in {*map(word_kind, survey.kinds), *survey.documents}
    if not survey.opposite_at or survey.straight or tells_returns or profile.constants.kind:
        return
    line, value = survey.opposite_at
    raise Unreadable("signs_unclear", line=line, value=value[:60])


def _are_before_and_after(kinds: Iterable[str]) -> bool:
    """True where rows tell the state before a correction beside the one after it: their sums do not add up."""
    words = [set(_WORD.findall(kind.casefold())) for kind in kinds]
    return any("до" in each for each in words) and any("после" in each for each in words)


def _words_of_tills(survey: Survey) -> list[str]:
    """A till calls a sale `приход`, which elsewhere is a purchase; what it calls a return tells them apart."""
    kinds = {kind.casefold() for kind in survey.kinds}
    return ["приход"] if "возврат прихода" in kinds else []


def _refuse_invoices_beside(survey: Survey, columns: Mapping[FieldName, int], profile: SalesProfileForm) -> None:
    """Raises Unreadable where `Счет-фактура` stands beside the sales that it belongs to, or the same rows under two kinds of sales, or an amended paper beside
    the one that it takes the place of: their sums would count twice.
    """
    first, second = survey.invoice, survey.other_sale
    if "kind" in columns:
        sales = [kind for kind in survey.kinds if word_kind(kind) == "sale"]
        first = next(filter(is_invoice, sales), "")
        second = next((kind for kind in sales if not is_invoice(kind)), "")
    money_back = next((kind for kind in survey.kinds if kind.casefold() == "refund"), "")
    credited = next((kind for kind in survey.kinds if kind.casefold().startswith("credit")), "")
    if money_back and credited:
        first, second = money_back, credited  # of a ledger: what was credited is paid back
    amended = next((kind for kind in survey.kinds if kind.casefold().startswith("исправ")), "")
    if amended and "sale" in map(word_kind, survey.kinds):
        first, second = amended, next(kind for kind in survey.kinds if word_kind(kind) == "sale")
    if not (first and second):
        first, second = survey.twins.of("sale", "sale") or survey.twins.of("return", "return") or ("", "")
    if first and second and not any(_folded(first).startswith(_folded(word)) for word in profile.sale_words):
        raise Unreadable("documents_beside", first=first[:60], second=second[:60])


def _leave_kind(survey: Survey, at: int, profile: SalesProfileForm, notes: Notes) -> None:
    """Leaves out a column of other kinds, of goods or of customers. Raises Unreadable where its unknown words may be those of documents."""
    values = sorted(survey.kinds)
    heading = heading_key(survey.place.names[at])
    of_documents = any(
        word in heading
        for word in words(
            "документ; операц; регистратор; движени; чек; расчет; document; transaction; invoice; billing; receipt; beleg; faktur; "
            "fatura; belge; doklad; құжат; дакумент; hujjat; 单据; 业务"
        )
    )
    short = all(len(value) <= 2 or value.casefold() in _SIDES or _CODE.fullmatch(value) for value in values)
    backwards = any(_BACKWARDS.search(value) for value in values)
    if len(values) > 1 and (of_documents or short or backwards):
        raise Unreadable("kind_unclear", column=survey.place.shown(at), values=[value[:60] for value in values[:10]])
    if heading not in {heading_key(each.column) for each in profile.only}:
        refuse_rows_of_sums(survey.place.shown(at), values)
    if values:
        notes.add("kind_left", column=survey.place.shown(at), values=[value[:60] for value in values[:5]])


def _refuse_shared_code(survey: Survey) -> None:
    """Raises Unreadable where one code stands beside the names of several customers: it is the code of something else."""
    for code, names in survey.names_of.items():
        shortest = min(names.values(), key=len).casefold()
        # Names change, and get a mark when they are no longer used.
        others = sum(1 for name in names.values() if shortest not in name.casefold())
        if others > 1 or (others and len(survey.names_of) == 1):
            column = survey.place.shown(survey.place.heading.columns["customer"])
            raise Unreadable(
                "customer_code_shared", column=column, value=code[:60], names=[name[:60] for name in names.values()]
            )


def _folded(word: str) -> str:
    return spelled(word).casefold().replace("ё", "е")


def _folded_all(words: Sequence[str]) -> frozenset[str]:
    return frozenset(map(_folded, words))


def _mark(survey: Survey) -> DecimalMark:
    """The decimal mark that all numbers of the file agree on."""
    seen: dict[Shape, tuple[FieldName, Example]] = {}
    for wanted, column in survey.columns.items():
        for each, example in column.examples.items():
            seen.setdefault(each, (wanted, example))
    if "comma" in seen and "point" in seen:
        (_, comma), (_, point) = seen["comma"], seen["point"]
        raise Unreadable("decimal_mixed", comma=comma[1], comma_line=comma[0], point=point[1], point_line=point[0])
    doubtful = [each for each in ("comma?", "point?") if each in seen]
    if "comma" in seen or "point" in seen:
        mark: DecimalMark = "comma" if "comma" in seen else "point"
        # Groups of thousands that nothing in their own column confirms may be decimals of another hand.
        groups: Shape = "point?" if mark == "comma" else "comma?"
        for wanted, column in survey.columns.items():
            alone = column.shapes[groups] and not (column.shapes["comma"] or column.shapes["point"])
            if alone and not _settled(survey, wanted, groups):
                _doubt(survey, wanted, groups)
        return mark
    if not doubtful:
        return "comma"
    settled = _settled(survey, None, None)
    if settled is None:
        wanted, _ = seen[doubtful[0]]
        _doubt(survey, wanted, doubtful[0])
    return settled or "comma"


def _doubt(survey: Survey, wanted: FieldName, groups: Shape) -> None:
    line, text = survey.columns[wanted].examples[groups]
    raise Unreadable(
        "decimal_unclear", value=text, line=line, column=survey.place.shown(survey.place.heading.columns[wanted])
    )


def _settled(survey: Survey, wanted: FieldName | None, groups: Shape | None) -> DecimalMark | None:
    """The mark under which quantity times price is the amount in every row with a doubtful number; None where none is."""
    right = {"comma": 0, "point": 0}
    looked = 0
    for _, cells in survey.sample:
        texts = [cells.get(each, "").strip() for each in ("quantity", "unit_price", "amount")]
        doubtful = {shape(text) for text in texts if text and not isinstance(text, TypedNumber)} & {"comma?", "point?"}
        if not all(texts) or not doubtful:
            continue
        if wanted and groups and shape(cells.get(wanted, "").strip() or "0") != groups:
            continue
        looked += 1
        for mark in ("comma", "point"):
            values = [value_of(text, mark) for text in texts]
            if None in values:
                continue
            quantity, price, amount = (value or Decimal(0) for value in values)
            right[mark] += abs(abs(quantity * price) - abs(amount)) <= max(_CENT, abs(quantity) * _CENT / 2)
    both: tuple[tuple[DecimalMark, DecimalMark], ...] = (("comma", "point"), ("point", "comma"))
    for mark, other in both:
        if looked and right[mark] == looked > right[other]:
            return mark
    return None


def _slashes(survey: Survey, profile: SalesProfileForm) -> SlashOrder:
    told: dict[str, SlashOrder] = {"dd/mm/yyyy": "dmy", "mm/dd/yyyy": "mdy"}
    for each in profile.format.dates or []:
        if each in told:
            return told[each]
    if "dmy" in survey.slashes and "mdy" in survey.slashes:
        first, second = survey.slashes["dmy"], survey.slashes["mdy"]
        raise Unreadable("dates_mixed", first=first[1], first_line=first[0], second=second[1], second_line=second[0])
    if survey.short_days and _year_may_be_first(survey.short_days):
        value = min(survey.short_days)
        raise Unreadable("dates_unclear", value=value, line=survey.place.last + 1)
    ends = [(text[:2], text[-2:]) for text in survey.short_dotted]
    one_day_of_many_years = len({first for first, _ in ends}) == 1 and len({last for _, last in ends}) > 1
    if one_day_of_many_years and "dd.mm.yy" not in (profile.format.dates or []):
        raise Unreadable("dates_unclear", value=min(survey.short_dotted), line=survey.place.last + 1)
    if "either" in survey.slashes and len(survey.slashes) == 1:
        line, text = survey.slashes["either"]
        raise Unreadable("dates_unclear", value=text, line=line)
    return "mdy" if "mdy" in survey.slashes else "dmy"


def _year_may_be_first(days: set[str]) -> bool:
    """True where one year and many days are likelier than one day of many years."""
    ends = [(text[:2], text[-2:]) for text in days]
    firsts, lasts = {first for first, _ in ends}, {last for _, last in ends}
    return len(firsts) == 1 and (len(lasts) > 1 or max(firsts) > max(lasts))


def _refuse_unclear_statuses(survey: Survey, conventions: Conventions) -> None:
    for word, count in survey.statuses.items():
        if status_of(word, conventions.cancelled_words, conventions.valid_words) == "unclear":
            at = survey.place.heading.columns["status"]
            raise Unreadable("status_unclear", column=survey.place.shown(at), value=word[:60], count=count)


def _orders_are_sales(survey: Survey, columns: Mapping[FieldName, int], notes: Notes) -> bool:
    """True for a file of nothing but orders: its maker takes orders for sales, and is told so."""
    words = survey.kinds if "kind" in columns else survey.documents
    kinds = {word_kind(word) if "kind" in columns else word or None for word in words}
    if kinds == {"other"}:
        notes.add("orders", count=sum(words.values()))
        return True
    return False
