"""The formulas and the chart of the service of distributors, in the reader's language."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from chalicelib.analytics.company.charts import MOST_BARS, Bar, by_name
from chalicelib.analytics.company.rules import share
from chalicelib.analytics.distributors.rules import DistributorMonth
from chalicelib.platform import Language
from chalicelib.platform.charts import Chart

FORMULAS: Mapping[Language, dict[str, str]] = {
    "en": {
        "orders": "Orders placed in the month, without those that the company took back before an answer.",
        "due": "Orders that were answered, or should have been by the deadline of the reminder.",
        "in_time_percent": "Orders answered by that deadline / due x 100.",
        "answer_hours": "Median of the hours from placing to the first answer.",
        "ship_hours": "Median of the hours from the acceptance to the first shipment.",
        "rejected_percent": "Orders rejected / orders answered x 100.",
        "cut_percent": "Orders answered with fewer units than ordered / orders answered x 100.",
    },
    "ru": {
        "orders": "Заказы, размещённые в месяце, без отменённых компанией до ответа.",
        "due": "Заказы, на которые ответили или должны были ответить к сроку напоминания.",
        "in_time_percent": "Заказы с ответом к этому сроку / due x 100.",
        "answer_hours": "Медиана часов от размещения до первого ответа.",
        "ship_hours": "Медиана часов от подтверждения до первой отгрузки.",
        "rejected_percent": "Отклонённые заказы / заказы с ответом x 100.",
        "cut_percent": "Заказы, подтверждённые в меньшем количестве, / заказы с ответом x 100.",
    },
}
_TITLES: Mapping[Language, tuple[str, str]] = {
    "en": (
        "Orders answered in time, by distributor, {}",
        "Of the orders that were due, those answered in time, in percent.",
    ),
    "ru": (
        "Заказы с ответом в срок по дистрибьюторам, {}",
        "Из заказов, на которые пора было ответить, — с ответом в срок, в процентах.",
    ),
}


def chart_of(month: str, rows: Sequence[DistributorMonth], language: Language) -> Chart:
    """The share in time of each distributor in the month, the best first; shares have no sum, so the rest is left out."""
    bars = [
        Bar(each.name, percent)
        for each in rows
        if each.month == month and (percent := share(Decimal(each.in_time), Decimal(each.due))) is not None
    ]
    bars.sort(key=lambda bar: (-bar.net, bar.name))
    title, description = _TITLES[language]
    return by_name(title.format(month), bars[:MOST_BARS], "%", language, description)
