"""The company that a person acts for, invitations, and delivery addresses that name the person."""

from collections.abc import Iterator

from chalicelib.companies import keys, rules, store
from chalicelib.companies.addresses import service as addresses
from chalicelib.companies.events import OWNER_LEFT, PERSON_REMOVED
from chalicelib.companies.joins import with_joined
from chalicelib.companies.model import Company
from chalicelib.companies.people.membership import decide_anew, record_of_company
from chalicelib.platform import Context
from chalicelib.platform.own_data import Fields, Person, Row, erasure, own_data
from chalicelib.table import Transaction, retry

_MEMBERSHIP: Fields = {
    "company": {"en": "Company", "ru": "Компания"},
    "role": {"en": "Role", "ru": "Роль"},
    "status": {"en": "Status", "ru": "Статус"},
    "influence": {"en": "Influence", "ru": "Влияние"},
    "since": {"en": "Since", "ru": "С"},
    "claimed_name": {"en": "Company as you named it", "ru": "Компания, как вы её назвали"},
    "claimed_inn": {"en": "INN that you named", "ru": "ИНН, который вы назвали"},
}
_INVITATIONS: Fields = {
    "company_id": {"en": "Company", "ru": "Компания"},
    "name": {"en": "Name in the invitation", "ru": "Имя в приглашении"},
    "email": {"en": "Address in the invitation", "ru": "Адрес в приглашении"},
    "since": {"en": "Invited", "ru": "Приглашение от"},
}
_ADDRESSES: Fields = {
    "name": {"en": "Address", "ru": "Адрес"},
    "contact_name": {"en": "Contact", "ru": "Контакт"},
    "contact_phone": {"en": "Telephone", "ru": "Телефон"},
}


_CONTACTS: Fields = {
    "name": {"en": "Name", "ru": "Имя"},
    "position": {"en": "Position", "ru": "Должность"},
    "phone": {"en": "Telephone", "ru": "Телефон"},
    "email": {"en": "Email", "ru": "Электронная почта"},
}


@own_data("company", title={"en": "Your company", "ru": "Ваша компания"}, fields=_MEMBERSHIP)
def membership(context: Context, person: Person) -> Iterator[Row]:
    if person.company_id is None:
        return
    company = store.read(context.table, person.company_id)
    found = store.read_person(context.table, person.company_id, person.member_id)
    if company and found:
        known = found.model_dump(include={"role", "status", "influence"})
        # Until somebody confirms the claim, only the claimant's own words are shown.
        name = company.name if found.status == "active" else None
        claimed = found.claimed
        yield {
            "company": name,
            **known,
            "since": found.at,
            "claimed_name": claimed.name if claimed else None,
            "claimed_inn": claimed.inn if claimed else None,
        }


@own_data(
    "companies",
    title={"en": "Companies for which you acted", "ru": "Компании, от имени которых вы действовали"},
    fields={"company": {"en": "Company", "ru": "Компания"}},
)
def acted_for(context: Context, person: Person) -> Iterator[Row]:
    for company in store.read_many(context.table, person.companies).values():
        yield {"company": company.name}


@own_data("invitations", title={"en": "Invitations", "ru": "Приглашения"}, fields=_INVITATIONS)
def invitations(context: Context, person: Person) -> Iterator[Row]:
    for found in store.invitations(context.table, person.member_id):
        if said := found.invitation:
            yield {"company_id": found.company_id, "name": said.name, "email": said.email, "since": found.at}


@own_data("delivery_contacts", title={"en": "You as a delivery contact", "ru": "Вы как получатель"}, fields=_ADDRESSES)
def delivery_contacts(context: Context, person: Person) -> Iterator[Row]:
    books = [addresses.read_book(context, each.company_id).addresses for each in _theirs(context, person)]
    known = {each.address_id: each for book in reversed(books) for each in book}
    for each in known.values():
        if person.is_meant_by(each.contact_name, each.contact_phone):
            yield {name: getattr(each, name) for name in _ADDRESSES}


@own_data(
    "company_contacts",
    title={"en": "You as a contact of the company", "ru": "Вы как контакт компании"},
    fields=_CONTACTS,
)
def company_contacts(context: Context, person: Person) -> Iterator[Row]:
    known = dict.fromkeys(each for company in _theirs(context, person) for each in company.contacts or ())
    yield from (each.model_dump() for each in known if person.is_meant_by(each.name, each.phone, each.email))


def _theirs(context: Context, person: Person) -> list[Company]:
    """The person's companies, and those that turned out to be one of them: they keep what they had, the company has it, too."""
    return [each for company_id in person.companies for each in with_joined(context, company_id)]


@erasure
def forget_company_contact(context: Context, person: Person) -> None:
    """The company keeps its other contacts. It goes before the membership, which tells the company."""
    for company in _theirs(context, person):
        _forget_contact(context, company.company_id, person)


@retry("version")
def _forget_contact(context: Context, company_id: str, person: Person) -> None:
    company = store.read(context.table, company_id, consistent=True)
    known = (company.contacts if company else None) or ()
    others = tuple(each for each in known if not person.is_meant_by(each.name, each.phone, each.email))
    if company and len(others) < len(known):
        tx = Transaction()
        store.change(tx, company, {"contacts": others or None}, context.at)
        context.table.commit(tx)


@erasure
def forget_person(context: Context, person: Person) -> None:
    """The person leaves the company. The manager hears of a company that is left without an owner."""
    invited = store.invitations(context.table, person.member_id)
    context.table.delete_many(keys.person(each.company_id, person.member_id) for each in invited)
    company_id = person.company_id
    if company_id is None:
        return

    def attempt() -> None:
        found = store.read_person(context.table, company_id, person.member_id)
        if found is None:
            return
        people = list(store.people(context.table, company_id, consistent=True))
        tx = Transaction()
        store.delete_person(tx, found)
        facts = {"member_id": person.member_id, "by": person.member_id}
        record_of_company(tx, context, company_id, PERSON_REMOVED, **facts)
        if rules.is_owner(found) and rules.another_owner(people, person.member_id) is None:
            record_of_company(tx, context, company_id, OWNER_LEFT, **facts)
        context.table.commit(tx)

    decide_anew(context, attempt)


@erasure
def forget_delivery_contact(context: Context, person: Person) -> None:
    """The saved addresses stay, without the person."""
    for company in _theirs(context, person):
        addresses.forget_contact(context, company.company_id, person)
