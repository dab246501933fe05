"""The formulas of a company's figures, in the reader's language."""

from collections.abc import Mapping

from chalicelib.platform import Language

FORMULAS: Mapping[Language, dict[str, str]] = {
    "en": {
        "net": "Invoices less returns, by the date of the document, in one currency.",
        "sold": "The sum of the invoices.",
        "returned": "The sum of the returns of goods sold in the same month.",
        "returned_earlier": "The sum of the returns of goods sold in an earlier month.",
        "units": "Units sold less units returned.",
        "orders": "Orders with a shipment in the days of the row, each once, and invoices without an order.",
        "documents": "Invoices and returns.",
        "share_percent": "net / net of all rows x 100.",
        "year_before": "net of the same months a year before; of a running month, up to the same day.",
        "change_percent": "(net - year_before) / year_before x 100.",
        "savings": "The base price of the order's day x units shipped, less the amount, by the rule that made the price.",
        "bonuses": "The difference of the balances after the last posting of the row's days and after the last one before them.",
        "tier": "The tier announced last by the end of the row's days.",
        "missing": "Articles bought in at least 3 of the 6 months before the last whole month of the period, and not since. None if a month since has articles in *.",
        "whole": "A month keeps its largest rows, and the sum of all others is in *. False if the name has no row in a month that has *, of the "
        "period or the year before: then it may have been bought there.",
    },
    "ru": {
        "net": "Накладные минус возвраты, по дате документа, в одной валюте.",
        "sold": "Сумма накладных.",
        "returned": "Сумма возвратов товаров, проданных в том же месяце.",
        "returned_earlier": "Сумма возвратов товаров, проданных в более ранние месяцы.",
        "units": "Продано единиц минус возвращено единиц.",
        "orders": "Заказы с отгрузкой в дни строки, каждый один раз, и накладные без заказа.",
        "documents": "Накладные и возвраты.",
        "share_percent": "net / net всех строк x 100.",
        "year_before": "net тех же месяцев годом раньше; незаконченного месяца — по тот же день.",
        "change_percent": "(net - year_before) / year_before x 100.",
        "savings": "Базовая цена в день заказа x отгруженные единицы минус сумма, по правилу, которое дало цену.",
        "bonuses": "Разница остатков после последней проводки в дни строки и после последней проводки до них.",
        "tier": "Последний уровень, о котором сообщили к концу дней строки.",
        "missing": "Товары, купленные не менее чем в 3 из 6 месяцев перед последним полным месяцем периода и не купленные с его начала. Пусто, если с "
        "тех пор в каком-либо месяце есть товары в *.",
        "whole": "Месяц хранит самые крупные строки, сумма всех остальных — в *. false, если в месяце с * (за период или годом раньше) у "
        "имени нет строки: тогда часть покупок может быть там.",
    },
}
