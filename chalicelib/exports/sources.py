"""The tables that can be exported, and their rows, company by company."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from chalicelib import bonuses, companies, orders, retention, sales
from chalicelib.companies import Company
from chalicelib.exports.model import Cell, Description, ExportColumn, Source
from chalicelib.platform.context import Context

Rows = Iterator[Sequence[Cell]]

_COMPANY = (ExportColumn("company_id", "Код компании"), ExportColumn("company", "Компания"))

DESCRIPTIONS: dict[Source, Description] = {
    Source.COMPANIES: Description(
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
    Source.ORDERS: Description(
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
    Source.DOCUMENTS: Description(
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
    Source.ENTRIES: Description(
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
    Source.CASES: Description(
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


def rows_of(context: Context, source: Source, company_ids: Sequence[str]) -> Rows:
    """The rows of these companies, in their order."""
    known = companies.read_companies(context, company_ids)
    for company_id in company_ids:
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


_ROWS: dict[Source, Callable[[Context, Company], Rows]] = {
    Source.COMPANIES: _company,
    Source.ORDERS: _orders,
    Source.DOCUMENTS: _documents,
    Source.ENTRIES: _entries,
    Source.CASES: _cases,
}
