"""The sum of a row: which of several columns holds it, whether with VAT, and what discounts take off. Pure.

Questions that the arithmetic of the rows does not settle are asked back.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from chalicelib.exchange.answers.notes import Notes
from chalicelib.exchange.columns.fields import AFTER_DISCOUNT, OF_A_ROW, WITH_VAT, FieldName
from chalicelib.exchange.columns.headings import Heading, field_of, heading_key, letter_of
from chalicelib.exchange.columns.languages import with_vat_abroad
from chalicelib.exchange.columns.model import CellError, DecimalMark
from chalicelib.exchange.columns.numbers import is_percent
from chalicelib.exchange.reading.model import SalesProfileForm
from chalicelib.exchange.reading.places import refuse_missing
from chalicelib.exchange.reading.rows import AmountSource, DiscountKind, vat_rate
from chalicelib.exchange.reading.survey import Example, Survey, is_net_price, value_of
from chalicelib.exchange.tables.model import Unreadable

_CENT = Decimal("0.011")
_RATES = tuple(1 + Decimal(percent) / 100 for percent in (3, 5, 6, 7, 8, 9, 10, 12, 13, 16, 18, 19, 20, 21, 22, 23))
_VAT = re.compile(
    r"ндс|пдв|налог|vat|tax|gst|mwst|mehrwertsteuer|\bust\b|umsatzsteuer|tva|\biva\b|btw|kdv|dph|moms|ққс|税",
    re.IGNORECASE,
)
_MONEY_DISCOUNT = re.compile(r"сумм|руб|amount|lineitem|betrag", re.IGNORECASE)
_PRICE = re.compile(r"\bцена\b|\bprice\b|preis\b|\bprix\b|\bprecio\b|\bprezzo\b|\bcena\b|ціна", re.IGNORECASE)
_COST = re.compile(r"закуп|себестоим|учетн|учётн|cost|purchase|einkauf|achat|acquisto|zakup", re.IGNORECASE)


def _keys(headings: str) -> frozenset[str]:
    return frozenset(map(heading_key, headings.split("; ")))


_PLAIN_PRICES = _keys(
    "цена; цена за единицу; цена за шт; unit price; price; price each; einzelpreis; preis; prix unitaire; prix; precio unitario; "
    "precio; prezzo unitario; prezzo; cena jednostkowa; cena; ціна"
)
_DEBIT, _CREDIT = (
    re.compile(r"\bдебет|\bdebit\b|\bдт\b", re.IGNORECASE),
    re.compile(r"\bкредит\b|\bcredit\b|\bкт\b", re.IGNORECASE),
)
_AGE = re.compile(
    r"\W*(?:current|(?:over|свыше|более|>|до)?\s*\d+(?:\s*[-–—]\s*\d+)?\s*\+?\s*(?:days?|дн\w*|дней)?(?: overdue| past due)?)\W*",
    re.IGNORECASE,
)
_REVENUE = re.compile(r"выручк|revenue|netsales")  # is always less the discounts
_ORDERED = re.compile(r"заказан|\bordered\b|\border (?:qty|quantity)", re.IGNORECASE)
_SUMS: tuple[FieldName, ...] = ("amount", "net_amount")
_OF_A_ROW = _keys(OF_A_ROW)
_OF_A_ROW_OR_PIECE = _keys("итоговая стоимость товара")
_AFTER_DISCOUNT = _keys(AFTER_DISCOUNT)
_WITH_VAT = _keys("; ".join((WITH_VAT, *with_vat_abroad())))
# Odoo takes them without VAT.
_WITHOUT_VAT = _keys(
    "order lines/subtotal; invoice lines/subtotal; order line/price subtotal; invoice line ids/price subtotal"
)
_WITHIN = re.compile(r"\bв\s?т\.?\s?ч|в том числе|\bincl|davon|dont|di cui|w tym", re.IGNORECASE)


def amount_source(
    survey: Survey, mark: DecimalMark, columns: dict[FieldName, int], profile: SalesProfileForm, notes: Notes
) -> AmountSource:
    """The source of amounts; `columns` gets the column of sums that is chosen among several."""
    others = list(survey.place.heading.others.get("amount", ()))
    if "amount" in columns and not profile.vat and "amount" not in profile.columns and not others:
        _look_at_net_price(survey, mark, columns)
    if profile.vat == "net_plus_vat":
        if "net_amount" not in columns and "amount" in columns:
            columns["net_amount"] = columns["amount"]
        columns.pop("amount", None)
        priced = "net_amount" not in columns and "unit_price" in columns
        _refuse_without(survey, columns, ("vat",) if priced else ("net_amount", "vat"), profile)
        if priced:
            return "price_plus_vat"
    if profile.vat == "gross" and "unit_price" not in columns:
        _refuse_without(survey, columns, ("amount",), profile)
    _choose_quantity(survey, mark, columns, profile)
    if "amount" in columns and "amount" not in profile.columns:
        _refuse_sums_of_accounts(survey, columns["amount"])
        if "unit_price" not in columns:
            _look_at_pieces(survey, mark, columns)
        elif "net_amount" not in columns:
            _leave_delivery(survey, mark, columns, notes)
    if "amount" in columns:
        for other in others:
            columns["amount"] = _better(survey, mark, columns, other, notes)
        if "net_amount" in columns:
            _tell_choice(survey, columns["amount"], [columns["net_amount"]], notes)
        if not others:
            _refuse_sums_of_documents(survey, mark, columns)
            told: Sequence[FieldName | int] = ["discount"] if "discount" in columns else survey.discounts
            settled = "amount" in profile.columns or ("discount" in profile.columns and "discount" not in columns)
            for each in () if settled else told:
                _refuse_discount_beside(survey, mark, columns, each, notes)
        if not profile.vat and "amount" not in profile.columns and _is_vat_on_top(survey, mark, columns):
            if _WITHIN.search(survey.place.shown(columns["vat"])):
                _refuse_vat(survey, columns, "amount")
            columns["net_amount"] = columns.pop("amount")
            _tell_vat(survey, columns, notes)
            return "net_plus_vat"
        if heading_key(survey.place.names[columns["amount"]]) in _WITHOUT_VAT:
            notes.add("without_vat", column=survey.place.shown(columns["amount"]))
        elif not others and not profile.vat:
            _tell_rate(survey, mark, columns, "amount", notes)
        return "amount"
    if "net_amount" not in columns:
        _choose_price(survey, mark, columns, profile, notes)
    if "net_amount" in columns:
        if not profile.vat and "vat" not in profile.columns:
            _refuse_other_taxes(survey, mark, columns)
        rate = next((at for at in survey.rates if _are_rates(survey, mark, at)), None)
        if "vat" not in columns and rate is not None and "vat" not in profile.columns:
            columns["vat"] = rate
            _tell_vat(survey, columns, notes)
            return "net_plus_rate"
        if "vat" in columns:
            _tell_vat(survey, columns, notes)
            return "net_plus_rate" if _are_rates(survey, mark, "vat") else "net_plus_vat"
        notes.add("without_vat", column=survey.place.shown(columns["net_amount"]))
        return "net"
    if not profile.vat:
        if _is_vat_on_top(survey, mark, columns):
            _refuse_vat(survey, columns, "unit_price")
        _refuse_vat_of_orders(survey, mark, columns)
        _tell_rate(survey, mark, columns, "unit_price", notes)
    return "price"


def _leave_delivery(survey: Survey, mark: DecimalMark, columns: dict[FieldName, int], notes: Notes) -> None:
    """Leaves sums with a delivery in them, which stands beside: quantity times price tells the goods. Raises Unreadable where only some rows show it."""
    amount, price = columns["amount"], columns["unit_price"]
    discounts: tuple[FieldName | int, ...] = ("discount", *survey.discounts)
    for at in survey.deliveries:
        proofs = others = 0
        for _, cells in survey.sample:
            several: tuple[FieldName | int, ...] = ("quantity", "unit_price", "amount", at, "vat")
            quantity, each_price, total, delivery, vat = (value_of(cells.get(each, ""), mark) for each in several)
            if quantity is not None and each_price is not None and total is not None:
                over = total - quantity * each_price - (delivery or 0)
                within = abs(over) <= _CENT
                proofs += bool(delivery) and (within or abs(over - (vat or 0)) <= _CENT)
                others += not within or any(value_of(cells.get(each, ""), mark) for each in discounts)
        if proofs and others:
            raise Unreadable("delivery_within", amount=survey.place.shown(amount), column=survey.place.shown(at))
        if proofs:
            del columns["amount"]
            _tell_choice(survey, price, [amount], notes)
            return


def _look_at_pieces(survey: Survey, mark: DecimalMark, columns: dict[FieldName, int]) -> None:
    """Takes sums without a price as prices where the sums of the documents beside prove that. Raises Unreadable where the heading names either and nothing
    proves which.
    """
    amount, example = columns["amount"], None
    sums: defaultdict[tuple[int, str, Decimal], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for line, cells in survey.sample:
        fields: tuple[FieldName | int, ...] = ("quantity", _sampled(survey, amount))
        quantity, value = (value_of(cells.get(each, ""), mark) or Decimal(0) for each in fields)
        if quantity * value != value:
            example = example or (line, cells.get("quantity", "").strip())
        for at in survey.document_sums:
            if said := value_of(cells[at], mark):
                made = sums[at, cells["document"], said]
                made[0], made[1] = made[0] + value, made[1] + quantity * value
    differing = [(said, made) for (*_, said), made in sums.items() if made[0] != made[1]]
    rows, pieces = (any(abs(made[each] - said) <= _CENT for said, made in differing) for each in (0, 1))
    if pieces and not rows:
        columns["unit_price"] = columns.pop("amount")
    elif example and not rows and heading_key(survey.place.names[amount]) in _OF_A_ROW_OR_PIECE:
        raise Unreadable("price_or_sum", column=survey.place.shown(amount), line=example[0], value=example[1][:60])


def _refuse_sums_of_accounts(survey: Survey, amount: int) -> None:
    """Raises Unreadable where sums stand beside both sides of an account, as in a journal, or beside ages of a debt."""
    names = survey.place.names
    ages = [at for at, name in enumerate(names) if _AGE.fullmatch(name)]
    sides = [
        next((at for at, name in enumerate(names) if at != amount and side.search(name)), -1)
        for side in (_DEBIT, _CREDIT)
    ]
    if len(ages) > 1:
        raise _either(survey, "amount_unclear", amount, ages[0])
    if min(sides) >= 0:
        raise _either(survey, "amount_unclear", *sides)


def _look_at_net_price(survey: Survey, mark: DecimalMark, columns: dict[FieldName, int]) -> None:
    """Takes the sums as without VAT where they are quantity times a price that its heading says is without VAT. Raises Unreadable where a column tells
    that VAT.
    """
    price: FieldName | int = survey.net_price
    if "unit_price" in columns:
        price = "unit_price" if is_net_price(survey.place.shown(columns["unit_price"])) else -1
    if price == -1 or "net_amount" in columns:
        return
    for _, cells in survey.sample:
        numbers = [value_of(cells.get(each, ""), mark) for each in ("quantity", price, "amount")]
        quantity, unit_price, amount = numbers
        if quantity is None or unit_price is None or amount is None or abs(quantity * unit_price - amount) > _CENT:
            return
    told = [columns["vat"]] if "vat" in columns else survey.rates
    if told:
        _refuse_vat(survey, {**columns, "vat": told[0]}, "amount")
    columns["net_amount"] = columns.pop("amount")


def _refuse_other_taxes(survey: Survey, mark: DecimalMark, columns: Mapping[FieldName, int]) -> None:
    """Raises Unreadable where a column that is not read holds a tax beside sums without VAT."""
    for at in survey.taxes:
        for line, cells in survey.sample:
            text = cells.get(at, "").strip()
            if not is_percent(text) and value_of(text, mark):
                raise Unreadable(
                    "taxes_apart",
                    sums=survey.place.shown(columns["net_amount"]),
                    column=survey.place.shown(at),
                    line=line,
                    value=text[:60],
                )


def _refuse_vat(survey: Survey, columns: Mapping[FieldName, int], sums: FieldName) -> None:
    raise Unreadable("vat_unclear", column=survey.place.shown(columns["vat"]), sums=survey.place.shown(columns[sums]))


def _refuse_without(
    survey: Survey, columns: Mapping[FieldName, int], wanted: Sequence[FieldName], profile: SalesProfileForm
) -> None:
    """Raises Unreadable where a column is missing that the profile needs."""
    missing: list[tuple[FieldName, ...]] = [(each,) for each in wanted if each not in columns]
    refuse_missing(replace(survey.place, heading=Heading(columns, missing)), profile)


def _choose_price(
    survey: Survey, mark: DecimalMark, columns: dict[FieldName, int], profile: SalesProfileForm, notes: Notes
) -> None:
    """Of two prices the one less the discount. Raises Unreadable where two others differ."""
    for other in survey.place.heading.others.get("unit_price", ()):
        first, second = columns["unit_price"], other
        mine, yours = (heading_key(survey.place.names[at]) in _AFTER_DISCOUNT for at in (first, second))
        if mine != yours:
            columns["unit_price"] = first if mine else second
            columns.pop("discount", None)
            notes.add("price_chosen", column=survey.place.shown(columns["unit_price"]))
        elif any(
            value_of(cells.get("unit_price", ""), mark) != value_of(cells.get(other, ""), mark)
            for _, cells in survey.sample
        ):
            raise _either(survey, "price_unclear", first, second)
    if "unit_price" not in profile.columns and (beside := _other_price(survey, columns)) is not None:
        raise _either(survey, "price_unclear", columns["unit_price"], beside)


def _choose_quantity(
    survey: Survey, mark: DecimalMark, columns: dict[FieldName, int], profile: SalesProfileForm
) -> None:
    """Of two quantities, ordered beside shipped, the shipped one where the sums are those of it. Raises Unreadable where a sum is that of the ordered
    one, or nothing but a quantity tells it.
    """
    first_at = columns.get("quantity", -1)
    for at in survey.place.heading.others.get("quantity", ()):
        of_orders = [bool(_ORDERED.search(survey.place.names[each])) for each in (first_at, at)]
        for _, cells in survey.sample:
            fields: tuple[FieldName | int, ...] = ("quantity", at, "unit_price", "amount")
            first, second, price, amount = (value_of(cells.get(each, ""), mark) for each in fields)
            if first == second:
                continue
            fits = [
                value is not None and price is not None and amount is not None and abs(value * price - amount) <= _CENT
                for value in (first, second)
            ]
            of_ordered = fits[of_orders == [False, True]]
            if amount is None or of_ordered or (price is None and any(of_orders)):
                raise _either(survey, "quantity_unclear", first_at, at)
            if fits[1] and of_orders == [True, False] and "quantity" not in profile.columns:
                columns["quantity"] = at


def _other_price(survey: Survey, columns: Mapping[FieldName, int]) -> int | None:
    """A column of another kind of price, where the one that was found is not simply the price: retail beside wholesale."""
    names, mine = survey.place.names, columns["unit_price"]
    key = heading_key(names[mine])
    if key in _PLAIN_PRICES or key in _AFTER_DISCOUNT or key in _WITH_VAT or "сндс" in key:
        return None
    read = {*columns.values(), *survey.place.heading.others.get("unit_price", ())}
    prices = (
        at for at, name in enumerate(names) if at not in read and _PRICE.search(name) and field_of(name) != "amount"
    )
    return next((at for at in prices if not _COST.search(names[at])), None)


def _tell_vat(survey: Survey, columns: Mapping[FieldName, int], notes: Notes) -> None:
    notes.add("net_plus_vat", net=survey.place.shown(columns["net_amount"]), vat=survey.place.shown(columns["vat"]))


def _refuse_vat_of_orders(survey: Survey, mark: DecimalMark, columns: Mapping[FieldName, int]) -> None:
    """Raises Unreadable where VAT comes on top of the lines of an order, in its total only."""
    for _, cells in survey.sample:
        sums = [value_of(cells.get(at, ""), mark) for at in survey.order_sums]
        if not sums or None in sums:
            continue
        lines, delivery, vat, total = (value or Decimal(0) for value in sums)
        if vat > 0 and abs(lines + delivery + vat - total) <= _CENT:
            _refuse_vat(survey, {**columns, "vat": survey.order_sums[2]}, "unit_price")


def _tell_rate(
    survey: Survey, mark: DecimalMark, columns: Mapping[FieldName, int], sums: FieldName, notes: Notes
) -> None:
    """A note where a column tells rates of VAT and nothing tells whether the sums have it in them."""
    key = heading_key(survey.place.names[columns[sums]])
    if key in _WITH_VAT or "сндс" in key or "net_amount" in columns:
        return
    told: list[tuple[FieldName | int, int]] = [("vat", columns["vat"])] if "vat" in columns else []
    told += [(at, at) for at in survey.rates] if not told else []
    for sampled, at in told:
        texts = [text for _, cells in survey.sample if (text := cells.get(sampled, "").strip())]
        if any(map(is_percent, texts)) or (texts and sampled != "vat"):
            notes.add("vat_within", column=survey.place.shown(at), sums=survey.place.shown(columns[sums]))


def _sampled(survey: Survey, at: int) -> FieldName | int:
    """The key in a sample of this column of sums."""
    return at if at in survey.place.heading.others.get("amount", ()) else "amount"


def _is_vat_on_top(survey: Survey, mark: DecimalMark, columns: Mapping[FieldName, int]) -> bool:
    """True where the VAT of every row is a rate of its sum, or of quantity times price: within it, it would be a smaller part."""
    if "vat" not in columns or "net_amount" in columns or not _VAT.search(survey.place.shown(columns["vat"])):
        return False
    sums = columns.get("amount", columns.get("unit_price", -1))
    if heading_key(survey.place.names[sums]) in _WITH_VAT or "сндс" in heading_key(survey.place.names[sums]):
        return False
    proofs = 0
    for _, cells in survey.sample:
        vat = value_of(cells.get("vat", ""), mark)
        if "amount" in columns:
            amount = value_of(cells.get(_sampled(survey, sums), ""), mark)
        else:
            factors = [value_of(cells.get(each, ""), mark) for each in ("quantity", "unit_price")]
            amount = None if None in factors else (factors[0] or Decimal(0)) * (factors[1] or Decimal(0))
        if not amount or not vat:
            continue
        if is_percent(cells["vat"].strip()) or not any(abs(amount * (rate - 1) - vat) <= _CENT for rate in _RATES):
            return False
        proofs += all(abs(amount * (rate - 1) / rate - vat) > _CENT for rate in _RATES)
    return proofs > 0


def _are_rates(survey: Survey, mark: DecimalMark, column: FieldName | int) -> bool:
    """True where this column of the sample holds rates: `20%`, 20 or 0.2, and is not that part of every sum."""
    amounts = True
    for _, cells in survey.sample:
        net, text = value_of(cells.get("net_amount", ""), mark), cells.get(column, "").strip()
        if not net or not text:
            continue
        try:
            rate, amount = vat_rate(text, mark), value_of(text, mark)
        except CellError:
            return False
        amounts &= not is_percent(text) and any(
            abs(net * (each - 1) - (amount or 0)) <= _CENT for each in (Decimal(1), *_RATES)
        )
        if rate is None or (rate and rate + 1 not in _RATES):
            return False
    return not amounts


def may_be_sums_of_documents(survey: Survey, columns: Mapping[FieldName, int]) -> bool:
    """True where the rows of each document have one sum and no price proves it: only a total tells whether it is that of the document."""
    survey.end_document()
    alike = survey.repeated_documents > 0 and not survey.varied and not survey.place.levels
    sums = [columns[each] for each in _SUMS if each in columns]
    of_a_row = any(heading_key(survey.place.names[at]) in _OF_A_ROW for at in sums)
    return alike and "unit_price" not in columns and not of_a_row


def _refuse_sums_of_documents(survey: Survey, mark: DecimalMark, columns: Mapping[FieldName, int]) -> None:
    """Raises Unreadable where each row of a document shows the sum of the whole document."""
    several = survey.repeated_documents > 1 and len(survey.repeated_sums) > 1
    if may_be_sums_of_documents(survey, columns) and several:
        raise Unreadable("amount_of_document", column=survey.place.shown(columns["amount"]))
    if not survey.same_amounts or survey.other_amounts or survey.place.levels:
        return
    right = looked = 0
    for _, cells in survey.sample:
        quantity, price, amount = (value_of(cells.get(each, ""), mark) for each in ("quantity", "unit_price", "amount"))
        if quantity is not None and price is not None and amount is not None:
            looked += 1
            right += abs(abs(quantity * price) - abs(amount)) <= _CENT
    if (survey.same_amounts > 1 and not looked) or right < looked:
        raise Unreadable("amount_of_document", column=survey.place.shown(columns["amount"]))


def _refuse_discount_beside(
    survey: Survey, mark: DecimalMark, columns: Mapping[FieldName, int], told: FieldName | int, notes: Notes
) -> None:
    """Raises Unreadable where rows have a discount and nothing shows that their sum is less it: it is quantity times price, or no price is told.

    `told`: the column of discounts in the sample. A note tells discounts in percent, which no price proves.
    """
    at = columns[told] if isinstance(told, str) else told
    names = survey.place.names
    heading, discount = heading_key(names[columns["amount"]]), heading_key(names[at])
    before_promotions = heading in ("itemprice", "itemrevenue")
    in_percent = "процент" in discount or "percent" in discount  # beside a sum alone, it says how the sum came about
    unpriced = "unit_price" not in columns and not in_percent and not _REVENUE.search(heading)
    if heading in _AFTER_DISCOUNT or heading_key(names[columns.get("unit_price", at)]) in _AFTER_DISCOUNT:
        return
    found: Example | None = None
    suspect: Example | None = None
    for line, cells in survey.sample:
        values = [value_of(cells.get(each, ""), mark) for each in ("quantity", "unit_price", "amount")]
        if not (value := value_of(cells.get(told, ""), mark)):
            continue
        found = line, cells[told].strip()
        if before_promotions or (unpriced and abs(value) >= 1 and not is_percent(found[1])):
            suspect = suspect or found
        if None in values:
            continue
        quantity, price, amount = (value or Decimal(0) for value in values)
        if abs(abs(quantity * price) - abs(amount)) > _CENT:
            return
        suspect = suspect or found
    shown, sums = survey.place.shown(at), survey.place.shown(columns["amount"])
    if suspect:
        raise Unreadable("discount_beside", column=shown, amount=sums, line=suspect[0], value=suspect[1][:60])
    if found:
        notes.add("discount_within", column=shown, sums=sums)


def _better(survey: Survey, mark: DecimalMark, columns: Mapping[FieldName, int], other: int, notes: Notes) -> int:
    """The one of two columns of sums that a partner paid: with VAT, or less the discount. Raises Unreadable where the file does not tell it."""
    chosen = columns["amount"]
    equal = taxed = vat_more = vat_less = rate_more = rate_less = first_less = second_less = rows = 0
    for _, cells in survey.sample:
        one, two = (value_of(cells.get(key, ""), mark) for key in (_sampled(survey, chosen), other))
        if one is None or two is None:
            continue
        rows += 1
        vat = value_of(cells.get("vat", ""), mark)
        equal += abs(one - two) <= _CENT
        if vat is not None:
            taxed += vat != 0
            vat_more += abs(two + vat - one) <= _CENT
            vat_less += abs(one + vat - two) <= _CENT
        discount = value_of(cells.get("discount", ""), mark) or Decimal(0)
        second_less += abs(one - discount - two) <= _CENT
        first_less += abs(two - discount - one) <= _CENT
        rate_more += any(abs(two * rate - one) <= _CENT for rate in _RATES)
        rate_less += any(abs(one * rate - two) <= _CENT for rate in _RATES)
    # The sum of a row goes before that of its document, unless its VAT makes the other sum in every row.
    keys = [heading_key(survey.place.names[at]) for at in (chosen, other)]
    proven = taxed and rows in (vat_more, vat_less)
    for better in (frozenset() if proven else _OF_A_ROW, frozenset() if _WITH_VAT & {*keys} else _AFTER_DISCOUNT):
        first, second = (key in better for key in keys)
        if first != second:
            _tell_choice(survey, chosen if first else other, [other if first else chosen], notes)
            return chosen if first else other
    if not rows or equal == rows:
        return chosen
    if first_less == rows or second_less == rows:
        paid, before = (chosen, other) if first_less == rows else (other, chosen)
        _tell_choice(survey, paid, [before], notes)
        return paid
    if heading_key(survey.place.names[chosen]) in _WITH_VAT or vat_more == rows or rate_more == rows:
        _tell_choice(survey, chosen, [other], notes)
        return chosen
    if vat_less == rows or rate_less == rows:
        _tell_choice(survey, other, [chosen], notes)
        return other
    raise _either(survey, "amount_unclear", chosen, other)


def _either(survey: Survey, code: str, first: int, second: int) -> Unreadable:
    return Unreadable(
        code,
        first=survey.place.shown(first),
        first_column=letter_of(first),
        second=survey.place.shown(second),
        second_column=letter_of(second),
    )


def _tell_choice(survey: Survey, chosen: int, others: Sequence[int], notes: Notes) -> None:
    notes.add(
        "amount_chosen", column=survey.place.shown(chosen), others=[survey.place.shown(other) for other in others]
    )


def discount_kind(
    survey: Survey, mark: DecimalMark, columns: dict[FieldName, int], source: AmountSource, profile: SalesProfileForm
) -> DiscountKind | None:
    """The meaning of discounts, where amounts are worked out from prices. Raises Unreadable where the file does not tell it."""
    if source not in ("price", "price_plus_vat") or "discount" not in columns:
        return None
    if profile.discount:
        return profile.discount
    heading = survey.place.shown(columns["discount"])
    values = [
        (cells["discount"], value)
        for _, cells in survey.sample
        if (value := value_of(cells.get("discount", ""), mark)) is not None and value
    ]
    if not values:
        return None
    most = max(abs(value) for _, value in values)
    if any(is_percent(text) for text, _ in values):
        return "percent"
    if ("%" in heading or "проц" in heading.casefold()) and most > 1:
        return "percent"  # a workbook writes 10 % as 0.1
    if _MONEY_DISCOUNT.search(heading):
        return "sum"
    if most < 1 and "%" not in heading and "проц" not in heading.casefold():
        return "share"
    raise Unreadable("discount_unclear", column=heading, value=str(most))
