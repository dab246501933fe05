"""The tables that can be exported, and their rows: company by company, letters member by member."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from chalicelib import bonuses, campaigns, companies, mail, members, orders, retention, sales
from chalicelib.companies import Company
from chalicelib.exports.model import Cell, Description, ExportColumn, ExportSource
from chalicelib.platform import Context
from chalicelib.table import SHARDS, Position

Rows = Iterator[Sequence[Cell]]

_COMPANY = (ExportColumn("company_id", "Код компании"), ExportColumn("company", "Компания"))

DESCRIPTIONS: dict[ExportSource, Description] = {
    ExportSource.COMPANIES: Description(
        "Companies",
        "Компании",
        "staff.companies.read",
        (
            *_COMPANY,
            ExportColumn("inn", "ИНН"),
            ExportColumn("kpp", "КПП"),
            ExportColumn("region", "Регион"),
            ExportColumn("currency", "Валюта"),
            ExportColumn("manager_id", "Менеджер"),
            ExportColumn("distributor_id", "Дистрибьютор"),
            ExportColumn("joined_into", "Объединена с"),
            ExportColumn("created_at", "Создана"),
        ),
    ),
    ExportSource.ORDERS: Description(
        "Orders",
        "Заказы",
        "staff.orders.read",
        (
            *_COMPANY,
            ExportColumn("order_id", "Код заказа"),
            ExportColumn("number", "Номер"),
            ExportColumn("buyer_order_number", "Номер у покупателя"),
            ExportColumn("distributor", "Дистрибьютор"),
            ExportColumn("placed_at", "Размещён"),
            ExportColumn("state", "Состояние"),
            ExportColumn("lines", "Строк", "count"),
            ExportColumn("currency", "Валюта"),
            ExportColumn("total", "Сумма", "amount"),
        ),
        control="total",
    ),
    ExportSource.DOCUMENTS: Description(
        "Sales documents",
        "Документы продаж",
        "staff.companies.read",
        (
            *_COMPANY,
            ExportColumn("source", "Источник"),
            ExportColumn("number", "Номер"),
            ExportColumn("kind", "Вид"),
            ExportColumn("business_date", "Дата", "day"),
            ExportColumn("counts_on", "Учтён на дату", "day"),
            ExportColumn("lines", "Строк", "count"),
            ExportColumn("currency", "Валюта"),
            ExportColumn("total", "Сумма", "amount"),
        ),
        control="total",
    ),
    ExportSource.ENTRIES: Description(
        "Bonus entries",
        "Проводки бонусов",
        "staff.bonuses.read",
        (
            *_COMPANY,
            ExportColumn("posting_id", "Код проводки"),
            ExportColumn("at", "Записана"),
            ExportColumn("day", "День", "day"),
            ExportColumn("kind", "Причина"),
            ExportColumn("account", "Счёт"),
            ExportColumn("lot", "Сгорает", "day"),
            ExportColumn("currency", "Валюта"),
            ExportColumn("amount", "Сумма", "amount"),
        ),
        control="amount",
    ),
    ExportSource.LETTERS: Description(
        "Letters",
        "Письма",
        "staff.campaigns.read",
        (
            *_COMPANY,
            ExportColumn("member_id", "Код участника"),
            ExportColumn("letter_id", "Код письма"),
            ExportColumn("letter", "Письмо"),
            ExportColumn("title", "Тема"),
            ExportColumn("class", "Класс"),
            ExportColumn("topic", "Тематика"),
            ExportColumn("written_at", "Написано"),
            ExportColumn("state", "Состояние"),
            ExportColumn("reason", "Причина"),
            ExportColumn("sent_at", "Отправлено"),
            ExportColumn("delivered_at", "Доставлено"),
            ExportColumn("bounced_at", "Возвращено"),
            ExportColumn("opened_at", "Открыто"),
            ExportColumn("clicked_at", "Переход по ссылке"),
        ),
    ),
    ExportSource.CASES: Description(
        "Cases",
        "Звонки компаниям",
        "staff.retention.read",
        (
            *_COMPANY,
            ExportColumn("case_id", "Код"),
            ExportColumn("company_state", "Состояние компании"),
            ExportColumn("state", "Состояние"),
            ExportColumn("due", "Следующий контакт", "day"),
            ExportColumn("reason", "Причина"),
            ExportColumn("manager_id", "Менеджер"),
            ExportColumn("tries", "Попыток", "count"),
            ExportColumn("last_contact", "Последний контакт", "day"),
            ExportColumn("opened_on", "Открыто", "day"),
        ),
    ),
}


def some_of(context: Context, source: ExportSource, limit: int, after: Position) -> tuple[list[str], Position]:
    """The ids of the next companies of a table, of letters the next members, and where to go on. One call; of members one more for each empty shard."""
    if source in _ROWS:
        several, following = companies.some_companies(context, limit, after)
        return [each.company_id for each in several], following
    place = dict(after or {"shard": "0"})
    shard, inside = int(place.pop("shard")), place or None
    people, following = members.some_members(context, shard, limit, inside)
    while not people and following is None and shard + 1 < SHARDS:
        shard += 1
        people, following = members.some_members(context, shard, limit, None)
    if following is None and shard + 1 < SHARDS:
        return [each.member_id for each in people], {"shard": str(shard + 1)}
    return [each.member_id for each in people], {**following, "shard": str(shard)} if following else None


def rows_of(context: Context, source: ExportSource, ids: Sequence[str]) -> Rows:
    """The rows of these companies or members, in their order."""
    if source not in _ROWS:
        yield from _letters(context, ids)
        return
    known = companies.read_companies(context, ids)
    for company_id in ids:
        if company := known.get(company_id):
            head = (company.company_id, company.name)
            yield from ((*head, *row) for row in _ROWS[source](context, company))


def _company(context: Context, company: Company) -> Rows:
    yield (
        *(company.inn, company.kpp, company.region, company.currency),
        *(company.manager_id, company.distributor_id, company.joined_into, company.created_at),
    )


def _orders(context: Context, company: Company) -> Rows:
    for order in orders.orders_since(context, company.company_id, "0"):
        yield (
            *(order.order_id, order.number, order.buyer_order_number or None, order.distributor_name),
            *(order.placed_at, order.state.value, len(order.lines), order.currency, order.total),
        )


def _documents(context: Context, company: Company) -> Rows:
    for document, counts_on in sales.current_documents(context, company.company_id, date.min, date.max):
        shown = document.title or document.number
        yield (
            *(document.source, shown, document.kind, document.business_date, counts_on),
            *(len(document.lines), document.currency, document.total),
        )


def _entries(context: Context, company: Company) -> Rows:
    for posting in bonuses.every_posting(context, company.company_id):
        for entry in posting.entries:
            yield (
                *(posting.posting_id, posting.at, posting.day, posting.cause.kind),
                *(str(entry.account), entry.lot, posting.currency, entry.amount),
            )


def _cases(context: Context, company: Company) -> Rows:
    if case := retention.case_of(context, company.company_id):
        yield (
            *(case.case_id, case.company_state.value, case.state.value, case.due),
            *(case.reason.value if case.reason else None, case.manager_id, case.tries, case.last_contact),
            case.opened_on,
        )


def _letters(context: Context, member_ids: Sequence[str]) -> Rows:
    """Service letters as notifications tell of them, and the letters of campaigns; each member's, the oldest first."""
    possible = {
        each.letter_id: (each.member_id, each.title) for each in campaigns.possible_letters(context, member_ids)
    }
    for member_id in member_ids:
        for notice in mail.every_notice(context, member_id):
            possible[mail.letter_id_of(notice)] = member_id, notice.title
    letters = mail.letters(context.table, list(possible))
    readings = campaigns.readings_of(context.table, list(letters))
    acting = members.memberships(context, member_ids)
    owners = {member_id: each.owner for member_id, each in acting.items() if each.is_of_company}
    known = companies.read_companies(context, sorted(set(owners.values())))
    place = {member_id: number for number, member_id in enumerate(member_ids)}
    for each in sorted(
        letters.values(), key=lambda each: (place[possible[each.letter_id][0]], each.written_at, each.letter_id)
    ):
        member_id, title = possible[each.letter_id]
        company, read = known.get(owners.get(member_id, "")), readings.get(each.letter_id)
        yield (
            *((company.company_id, company.name) if company else (None, None)),
            *(member_id, each.letter_id, each.template, title, each.letter_class.value, each.topic or None),
            *(each.written_at, each.state.value, each.reason or None, each.sent_at or None),
            *(each.delivered_at or None, each.bounced_at or None),
            *((read.opened_at or None, read.clicked_at or None) if read else (None, None)),
        )


_ROWS: dict[ExportSource, Callable[[Context, Company], Rows]] = {
    ExportSource.COMPANIES: _company,
    ExportSource.ORDERS: _orders,
    ExportSource.DOCUMENTS: _documents,
    ExportSource.ENTRIES: _entries,
    ExportSource.CASES: _cases,
}
