"""The questions that the club answers: SQL that Athena and DuckDB both understand. infra/docs/sql.md shows and explains each."""

from collections.abc import Mapping

from chalicelib.datasets.queries.model import AnswerColumn, Question, QuestionName

_SKU = AnswerColumn("sku", "Артикул")
_NAME = AnswerColumn("name", "Название")
_BRAND = AnswerColumn("brand", "Бренд")
_CURRENCY = AnswerColumn("currency", "Валюта")

QUESTIONS: Mapping[QuestionName, Question] = {
    QuestionName.BOUGHT_WITH_BRAND: Question(
        "Goods bought together with a brand",
        "Товары, которые покупают вместе с брендом",
        """
WITH lines AS (
    SELECT l.document, l.company_id, l.sku, l.currency, l.amount, p.name, p.brand
    FROM sale_lines l LEFT JOIN products p ON p.sku = l.sku
    WHERE l.kind = 'sale' AND l.counts_on BETWEEN {first} AND {last}
), with_brand AS (
    SELECT DISTINCT document, company_id FROM lines WHERE brand = {brand}
), buyers AS (
    SELECT count(DISTINCT company_id) AS number FROM with_brand
)
SELECT l.sku, max(l.name) AS name, max(l.brand) AS brand, l.currency,
       count(DISTINCT l.company_id) AS companies,
       round(CAST(count(DISTINCT l.company_id) AS double) * 100 / max(b.number), 1) AS percent_of_buyers,
       count(DISTINCT l.document) AS documents, sum(l.amount) AS amount
FROM lines l JOIN with_brand w ON w.document = l.document CROSS JOIN buyers b
WHERE l.brand IS NULL OR l.brand <> {brand}
GROUP BY l.sku, l.currency
ORDER BY companies DESC, amount DESC, l.sku
""",
        (
            *(_SKU, _NAME, _BRAND, _CURRENCY),
            AnswerColumn("companies", "Компаний", "number"),
            AnswerColumn("percent_of_buyers", "Процент покупателей бренда", "number"),
            AnswerColumn("documents", "Документов", "number"),
            AnswerColumn("amount", "Сумма", "sum"),
        ),
    ),
    QuestionName.PRICE_BY_TIER: Question(
        "Prices paid by tier, against the list price",
        "Цены по уровням рядом с базовой ценой",
        """
WITH spells AS (
    SELECT company_id, tier, day, lead(day) OVER (PARTITION BY company_id ORDER BY day, announced) AS next_day FROM tiers
)
SELECT l.sku, max(p.name) AS name, max(p.brand) AS brand, coalesce(s.tier, '') AS tier, l.currency,
       count(DISTINCT l.company_id) AS companies, sum(l.agreed) AS units,
       round(CAST(sum(l.list_price * l.agreed) AS double) / CAST(sum(l.agreed) AS double), 2) AS list_price,
       round(CAST(sum(l.amount) AS double) / CAST(sum(l.agreed) AS double), 2) AS paid_price,
       round(100 - 100 * CAST(sum(l.amount) AS double) / CAST(sum(l.list_price * l.agreed) AS double), 1) AS discount_percent
FROM order_lines l
LEFT JOIN spells s
    ON s.company_id = l.company_id AND s.day <= l.placed_on AND (s.next_day > l.placed_on OR s.next_day IS NULL)
LEFT JOIN products p ON p.sku = l.sku
WHERE l.placed_on BETWEEN {first} AND {last} AND l.state NOT IN ('rejected', 'cancelled') AND l.agreed > 0 AND l.list_price > 0
GROUP BY l.sku, coalesce(s.tier, ''), l.currency
ORDER BY l.sku, tier, l.currency
""",
        (
            *(_SKU, _NAME, _BRAND),
            AnswerColumn("tier", "Уровень"),
            _CURRENCY,
            AnswerColumn("companies", "Компаний", "number"),
            AnswerColumn("units", "Единиц", "sum"),
            AnswerColumn("list_price", "Базовая цена", "number"),
            AnswerColumn("paid_price", "Цена продажи", "number"),
            AnswerColumn("discount_percent", "Скидка, %", "number"),
        ),
    ),
    QuestionName.SECOND_PURCHASE: Question(
        "How soon new companies buy again",
        "Как скоро новые компании покупают снова",
        """
WITH days AS (
    SELECT DISTINCT company_id, business_date FROM documents WHERE kind = 'sale'
), numbered AS (
    SELECT company_id, business_date, row_number() OVER (PARTITION BY company_id ORDER BY business_date) AS place FROM days
), pairs AS (
    SELECT a.business_date AS first_day, date_diff('day', a.business_date, b.business_date) AS waited
    FROM numbered a LEFT JOIN numbered b ON b.company_id = a.company_id AND b.place = 2
    WHERE a.place = 1 AND a.business_date BETWEEN {first} AND {last}
)
SELECT CAST(date_trunc('quarter', first_day) AS date) AS quarter, count(*) AS companies, count(waited) AS bought_again,
       sum(CASE WHEN waited <= 30 THEN 1 ELSE 0 END) AS within_30_days,
       sum(CASE WHEN waited <= 90 THEN 1 ELSE 0 END) AS within_90_days,
       round(avg(CAST(waited AS double)), 1) AS average_days
FROM pairs
GROUP BY 1
ORDER BY 1
""",
        (
            AnswerColumn("quarter", "Квартал первой покупки", "day"),
            AnswerColumn("companies", "Компаний", "sum"),
            AnswerColumn("bought_again", "Купили снова", "sum"),
            AnswerColumn("within_30_days", "За 30 дней", "number"),
            AnswerColumn("within_90_days", "За 90 дней", "number"),
            AnswerColumn("average_days", "В среднем дней", "number"),
        ),
    ),
    QuestionName.BRAND_LOST: Question(
        "Companies that buy, and a brand no more",
        "Компании, которые покупают, но уже не этот бренд",
        """
WITH lines AS (
    SELECT l.company_id, l.currency, l.counts_on, l.amount, coalesce(p.brand = {brand}, false) AS of_brand
    FROM sale_lines l LEFT JOIN products p ON p.sku = l.sku
    WHERE l.counts_on BETWEEN {first} - INTERVAL '365' DAY AND {last}
), companies_now AS (
    SELECT company_id, currency,
           max(CASE WHEN of_brand AND amount > 0 THEN counts_on END) AS brand_last_bought_on,
           sum(CASE WHEN of_brand AND counts_on < {first} THEN amount ELSE 0 END) AS brand_amount_before,
           sum(CASE WHEN counts_on < {first} THEN amount ELSE 0 END) AS amount_before,
           sum(CASE WHEN counts_on >= {first} THEN amount ELSE 0 END) AS amount_since
    FROM lines GROUP BY company_id, currency
)
SELECT company_id, currency, brand_last_bought_on, brand_amount_before, amount_before, amount_since
FROM companies_now
WHERE brand_amount_before > 0 AND amount_since > 0 AND brand_last_bought_on < {first}
ORDER BY brand_amount_before DESC, company_id
""",
        (
            AnswerColumn("company_id", "Код компании", "company"),
            _CURRENCY,
            AnswerColumn("brand_last_bought_on", "Последняя покупка бренда", "day"),
            AnswerColumn("brand_amount_before", "Бренд за год до периода", "sum"),
            AnswerColumn("amount_before", "Все покупки за год до периода", "sum"),
            AnswerColumn("amount_since", "Все покупки за период", "sum"),
        ),
    ),
    QuestionName.RETURNED_ARTICLES: Question(
        "Articles that come back",
        "Товары, которые возвращают",
        """
WITH counted AS (
    SELECT sku, currency,
           sum(CASE WHEN kind = 'sale' THEN quantity ELSE 0 END) AS sold_units,
           -sum(CASE WHEN kind = 'return' THEN quantity ELSE 0 END) AS returned_units,
           -sum(CASE WHEN kind = 'return' THEN amount ELSE 0 END) AS returned_amount,
           count(DISTINCT CASE WHEN kind = 'return' THEN company_id END) AS companies
    FROM sale_lines WHERE counts_on BETWEEN {first} AND {last}
    GROUP BY sku, currency
)
SELECT c.sku, p.name, p.brand, c.currency, c.companies, c.sold_units, c.returned_units,
       round(CAST(c.returned_units AS double) * 100 / NULLIF(CAST(c.sold_units AS double), 0), 1) AS returned_percent,
       c.returned_amount
FROM counted c LEFT JOIN products p ON p.sku = c.sku
WHERE c.companies > 0
ORDER BY c.returned_amount DESC, c.sku
""",
        (
            *(_SKU, _NAME, _BRAND, _CURRENCY),
            AnswerColumn("companies", "Компаний", "number"),
            AnswerColumn("sold_units", "Продано", "number"),
            AnswerColumn("returned_units", "Возвращено", "number"),
            AnswerColumn("returned_percent", "Возвращено, %", "number"),
            AnswerColumn("returned_amount", "Сумма возвратов", "sum"),
        ),
    ),
}
