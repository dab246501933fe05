"""The formulas of the club's figures, in the reader's language."""

from collections.abc import Mapping

from chalicelib.platform import Language

FORMULAS: Mapping[Language, dict[str, str]] = {
    "en": {
        "net": "Invoices less returns of all companies, by the date of the document, in one currency.",
        "active": "Companies whose net purchases of the month are above zero.",
        "orders": "Orders with a shipment in the month, and invoices without an order.",
        "largest_percent": "net of the ten largest companies of the month / net x 100.",
        "churn_percent": "Companies lost in the month / active of the month before x 100.",
        "saved": "Base prices of what orders shipped less the amounts.",
        "saved_percent": "saved / (net + saved) x 100.",
        "credited": "Bonuses credited less those taken back.",
        "credited_percent": "credited / net x 100.",
        "new": "Companies that bought for the first time ever.",
        "won_back": "Companies that had bought before, not in the earlier period, and again now.",
        "lost": "Companies that bought in the earlier period and not now.",
        "moves": "new: first purchase ever; won_back: again after a pause; grown, shrunk, kept: in both periods; lost: in the earlier only. Under a name, of what was bought under it.",
        "known": "Companies with purchases before the month.",
        "reactivation_percent": "won_back / (known - active of the month before) x 100.",
        "repeat_percent": "Companies with two orders or more in the three months that end with this one / companies with an order in them x 100.",
        "cross_sale_percent": "Companies that bought of two categories or more in the three months that end with this one / companies that bought of a known category x 100.",
        "wallet_percent": "net of the twelve months that end with this one / yearly_total, of all companies that told it, x 100.",
        "retained_percent": "Companies of the cohort that bought in the quarter / companies of the cohort x 100.",
        "cohort": "The quarter of the first month with purchases.",
        "change_percent": "(net - year_before) / year_before x 100.",
    },
    "ru": {
        "net": "Накладные минус возвраты всех компаний, по дате документа, в одной валюте.",
        "active": "Компании, у которых чистые закупки месяца больше нуля.",
        "orders": "Заказы с отгрузкой в этом месяце и накладные без заказа.",
        "largest_percent": "net десяти крупнейших компаний месяца / net x 100.",
        "churn_percent": "Ушедшие в этом месяце компании / active предыдущего месяца x 100.",
        "saved": "Базовые цены отгруженного по заказам минус суммы.",
        "saved_percent": "saved / (net + saved) x 100.",
        "credited": "Начисленные бонусы минус снятые обратно.",
        "credited_percent": "credited / net x 100.",
        "new": "Компании, купившие впервые.",
        "won_back": "Компании, которые покупали раньше, не покупали в прошлом периоде и снова купили.",
        "lost": "Компании, которые покупали в прошлом периоде и не купили в этом.",
        "moves": "new: первая покупка; won_back: снова после паузы; grown, shrunk, kept: в обоих периодах; lost: только в прошлом. Под именем — по купленному под ним.",
        "known": "Компании с закупками до этого месяца.",
        "reactivation_percent": "won_back / (known - active предыдущего месяца) x 100.",
        "repeat_percent": "Компании с двумя и более заказами за три месяца по этот / компании с заказом за эти месяцы x 100.",
        "cross_sale_percent": "Компании, купившие за три месяца по этот товары двух и более категорий / компании, купившие товары известной категории, x 100.",
        "wallet_percent": "net двенадцати месяцев по этот / yearly_total, по всем компаниям, которые его указали, x 100.",
        "retained_percent": "Компании когорты, купившие в этом квартале / компании когорты x 100.",
        "cohort": "Квартал первого месяца с покупками.",
        "change_percent": "(net - year_before) / year_before x 100.",
    },
}
