"""The fields of a sales file, and the columns in which a heading shows them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

FieldName = Literal[
    "document",
    "business_date",
    "customer",
    "customer_name",
    "inn",
    "kpp",
    "sku",
    "name",
    "quantity",
    "unit_price",
    "amount",
    "currency",
    "return_flag",
    "original",
    "original_date",
    "paid_on",
]
FIELDS: tuple[FieldName, ...] = get_args(FieldName)

# The usual headings of a column: those of 1C's reports, and plain English.
HEADINGS: dict[FieldName, str] = {
    "document": "номер; номер документа; № документа; документ; регистратор; документ движения (регистратор); "
    "document; document number; invoice; invoice number; number",
    "business_date": "дата; дата документа; период; date; business date; invoice date; document date",
    "customer": "код контрагента; контрагент.код; код клиента; код покупателя; код партнера; customer; customer id; "
    "customer code",
    "customer_name": "контрагент; покупатель; клиент; партнер; customer name",
    "inn": "инн; контрагент.инн; инн контрагента; inn",
    "kpp": "кпп; контрагент.кпп; кпп контрагента; kpp",
    "sku": "артикул; номенклатура.артикул; код номенклатуры; номенклатура.код; код; sku; article; item code",
    "name": "номенклатура; товар; наименование; наименование товара; name; item; product; description",
    "quantity": "количество; кол-во; количество (в базовых единицах); quantity; qty",
    "unit_price": "цена; цена, руб.; unit price; price",
    "amount": "сумма; сумма, руб.; стоимость; стоимость, руб.; amount; total; line total",
    "currency": "валюта; currency",
    "return_flag": "возврат; это возврат; return; is return; is cancel",
    "original": "документ-основание; документ основание; исходный документ; номер исходного документа; "
    "документ реализации; документ отгрузки; документ продажи; original document; "
    "original document number; original invoice; original",
    "original_date": "дата документа-основания; дата исходного документа; дата документа реализации; "
    "original document date; original date",
    "paid_on": "дата оплаты; оплачено; дата полной оплаты; paid on; payment date; date paid",
}
# A file needs a column for at least one field of each group.
REQUIRED: tuple[tuple[FieldName, ...], ...] = (
    ("document",),
    ("business_date",),
    ("customer", "inn", "customer_name"),
    ("sku", "name"),
    ("quantity",),
    ("unit_price", "amount"),
)
# A field without a column is represented by another one of its group.
STAND_INS: tuple[tuple[FieldName, ...], ...] = (*REQUIRED, ("original_date", "original"))


@dataclass(frozen=True, slots=True)
class Heading:
    """The column of each field, and the groups of fields without a column."""

    columns: Mapping[FieldName, int]
    missing: Sequence[tuple[FieldName, ...]]


def read_heading(cells: Sequence[str], mapping: Mapping[FieldName, str]) -> Heading:
    """Finds each field by its heading in `mapping`, or else by the usual ones. A field mapped to an empty text is not read."""
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        places.setdefault(normalized(cell), place)
    columns: dict[FieldName, int] = {}
    missing: list[tuple[FieldName, ...]] = []
    for wanted in FIELDS:
        named = mapping.get(wanted)
        names = HEADINGS[wanted].split("; ") if named is None else [named] if named else []
        found = [places[name] for name in map(normalized, names) if name in places]
        if found:
            columns[wanted] = found[0]
        elif named:
            missing.append((wanted,))
    missing += [several for several in REQUIRED if not columns.keys() & set(several) and (several[0],) not in missing]
    return Heading(columns, missing)


@lru_cache(maxsize=512)
def normalized(heading: str) -> str:
    """The heading in its form for comparison: `Дата_документа ` is `дата документа`."""
    return " ".join(heading.casefold().replace("ё", "е").replace("_", " ").split())


def headings_of(several: Iterable[FieldName], mapping: Mapping[FieldName, str]) -> list[str]:
    """Names of missing columns: the heading in `mapping`, or the first usual ones in both languages."""
    names = []
    for wanted in several:
        usual = HEADINGS[wanted].split("; ")
        english = next(name for name in usual if name.isascii())
        names.append(mapping.get(wanted) or f"{usual[0].capitalize()} / {english}")
    return names
