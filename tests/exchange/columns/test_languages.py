"""Headings in further languages: each means one field, with its accents or without them."""

from collections import defaultdict

import pytest

from chalicelib.exchange.columns.fields import FIELDS, WITH_VAT, FieldName
from chalicelib.exchange.columns.headings import field_of, heading_key, usual
from chalicelib.exchange.columns.languages import headings_abroad, with_vat_abroad


def test_a_heading_in_another_language_means_one_field() -> None:
    fields = defaultdict(list)
    for wanted in FIELDS:
        for heading in {*map(heading_key, headings_abroad(wanted))}:
            fields[heading].append(wanted)
        for heading in usual(wanted):
            if heading in fields and wanted not in fields[heading]:
                fields[heading].append(wanted)
    assert {heading: found for heading, found in fields.items() if len(found) > 1} == {}


def test_a_sum_with_vat_is_a_known_heading_of_a_sum_or_a_price() -> None:
    assert {field_of(heading) for heading in [*with_vat_abroad(), *WITH_VAT.split("; ")]} == {"amount", "unit_price"}


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Rechnungs-Nr.", "document"),
        ("Käufer", "customer_name"),
        ("Kaeufer", "customer_name"),
        ("Désignation", "name"),
        ("DESIGNATION", "name"),
        ("Montant TTC (EUR)", "amount"),
        ("Ilość", "quantity"),
        ("Ilosc", "quantity"),
        ("Wartość netto, PLN", "net_amount"),
        ("Stückpreis", "unit_price"),
        ("Кількість", "quantity"),
        ("Fatura Tarihi", "business_date"),
        ("MÜŞTERİ", "customer_name"),
        ("KDV Dahil Tutar", "amount"),
        ("Сатып алушы", "customer_name"),
        ("ҚҚС-мен сома, тг", "amount"),
        ("Miqdori", "quantity"),
        ("Číslo faktury", "document"),
        ("Колькасць", "quantity"),
        ("单据日期", "business_date"),
        ("价税合计", "amount"),
    ],
)
def test_headings_are_known_with_accents_and_without(heading: str, field: FieldName) -> None:
    assert field_of(heading) == field
