"""Goods that were chosen, with a note that names a person."""

from chalicelib.bonuses.goods import keys
from chalicelib.platform import Context
from chalicelib.platform.own_data import Person, erasure, take_from_texts
from chalicelib.table import Key


@erasure
def forget_in_notes(context: Context, person: Person) -> None:
    for company_id in person.companies:
        take_from_texts(context, Key(keys.choice(company_id, "", "").pk, "CHOICE#"), person)
