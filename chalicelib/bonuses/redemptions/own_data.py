"""Redemptions with a note that names a person."""

from chalicelib.bonuses.redemptions import keys
from chalicelib.platform import Context
from chalicelib.platform.own_data import Person, erasure, take_from_texts


@erasure
def forget_in_notes(context: Context, person: Person) -> None:
    for company_id in person.companies:
        take_from_texts(context, keys.redemption(company_id, ""), person)
