"""The formulas of the effect of promotions, in the reader's language."""

from collections.abc import Mapping

from chalicelib.platform import Language

FORMULAS: Mapping[Language, dict[str, str]] = {
    "en": {
        "net": "Invoices less returns of the promotion's goods on its days up to until, all companies, in the club's currency.",
        "expected": "The same of the 56 days before the first day / 56 x days.",
        "change_percent": "(net - expected) / expected x 100.",
        "year_before": "The same on the same dates a year before.",
        "year_change_percent": "(net - year_before) / year_before x 100.",
        "difference": "Mean purchases of companies that letters tell of promotions less those of companies that get no letters of campaigns, "
        "adjusted by the 56 days before. The price holds for both, so it is the effect of being told.",
        "low": "With high: the interval of 95 % of difference.",
        "basis": "hold_out: difference; earlier_periods: too few companies for it, so expected and year_before, which season and growth move, too.",
    },
    "ru": {
        "net": "Накладные минус возвраты по товарам акции в её дни по until, все компании, в валюте клуба.",
        "expected": "То же за 56 дней до первого дня / 56 x days.",
        "change_percent": "(net - expected) / expected x 100.",
        "year_before": "То же в те же даты годом раньше.",
        "year_change_percent": "(net - year_before) / year_before x 100.",
        "difference": "Средние закупки компаний, которым об акциях пишут, минус закупки компаний без рассылок, с поправкой на 56 дней до акции. "
        "Цена действует для тех и других, поэтому это эффект письма.",
        "low": "Вместе с high: интервал difference с вероятностью 95 %.",
        "basis": "hold_out: difference; earlier_periods: для неё мало компаний, поэтому expected и year_before, на которые влияют и сезон, и рост.",
    },
}
