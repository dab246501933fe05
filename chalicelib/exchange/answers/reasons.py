"""Texts for a clerk, in English and in Russian: why a row or a file was refused, and what was decided for the whole file."""

from collections.abc import Mapping
from typing import Any

# Faults of a row.
REASONS: dict[str, tuple[str, str]] = {
    "missing": ("A value is needed here", "Здесь нужно значение"),
    "number": ("This is not a number", "Это не число"),
    "number_mark": (
        "This number has the other decimal mark than the rest of the file",
        "У этого числа другой десятичный знак, чем во всём файле",
    ),
    "number_too_large": ("This number is too large", "Слишком большое число"),
    "discount_negative": ("A discount below zero would raise the price", "Скидка меньше нуля подняла бы цену"),
    "discount_too_large": ("The discount is larger than the price", "Скидка больше цены"),
    "date": (
        "This is not a date; read are 12.01.2026, 2026-01-12, 12/01/2026, 12 января 2026, with or without a time",
        "Это не дата; читаются 12.01.2026, 2026-01-12, 12/01/2026, 12 января 2026, со временем или без",
    ),
    "date_out_of_range": ("This date is too early or in the future", "Слишком ранняя дата или дата в будущем"),
    "inn": ("An INN has 10 or 12 digits and a right checksum", "В ИНН 10 или 12 цифр и верная контрольная сумма"),
    "kpp": ("A KPP has nine characters", "В КПП девять знаков"),
    "currency": ("The club keeps no accounts in this currency", "В этой валюте клуб не ведёт учёт"),
    "flag": ("Expected yes or no", "Ожидается да или нет"),
    "kind": (
        "This kind of document is unknown; name it in the words for sales or for returns, or filter it out",
        "Неизвестный вид документа; назовите его в словах для продаж или возвратов или отберите строки",
    ),
    "status": (
        "This status does not tell whether the row counts; name it in `valid_words` or `cancelled_words`",
        "По этому статусу не понять, учитывать ли строку; назовите его в `valid_words` или `cancelled_words`",
    ),
    "not_a_sale": (
        "This is a purchase, a payment, a transfer, an order or a contract, not a sale",
        "Это закупка, оплата, перемещение, заказ или договор, а не продажа",
    ),
    "return_sign": (
        "Other returns of the file have a minus, this one has none: is it a return?",
        "У других возвратов файла есть минус, а здесь его нет: возврат ли это?",
    ),
    "sign_differs": ("Quantity and amount have different signs", "У количества и суммы разные знаки"),
    "spoilt": (
        "A spreadsheet has spoilt this code; export it as text",
        "Этот код испорчен таблицей; выгрузите его как текст",
    ),
    "quote": (
        "The quotation marks of this row do not match, so its cells cannot be told apart",
        "Кавычки в этой строке не парные, ячейки не разделить",
    ),
    "order_unknown": ("No row of the other file has this document", "В другом файле нет строки с этим документом"),
    "too_long": ("This text is too long", "Слишком длинный текст"),
    "too_many_cells": (
        "The row has more cells than the heading: is a delimiter inside a text that is not quoted?",
        "В строке больше ячеек, чем в заголовке: нет ли разделителя внутри текста без кавычек?",
    ),
    "too_few_cells": (
        "The row has fewer cells than the heading, so its cells may stand in wrong columns",
        "В строке меньше ячеек, чем в заголовке: значения могли сдвинуться в чужие столбцы",
    ),
    "cells_moved": (
        "The numbers of this row fit as they stand and one column to the right as well: is a delimiter inside a text that is not quoted?",
        "Числа этой строки подходят и как есть, и на столбец правее: нет ли разделителя внутри текста без кавычек?",
    ),
    "date_differs": ("Rows of this document have different dates", "У строк документа разные даты"),
    "customer_differs": ("Rows of this document name different customers", "В строках документа разные покупатели"),
    "currency_differs": ("Rows of this document have different currencies", "В строках документа разные валюты"),
    "mark_differs": (
        "Only some rows of this return are marked as one",
        "Не все строки этого возврата отмечены как возврат",
    ),
    "original_differs": (
        "Rows of this return name different original documents",
        "В строках возврата разные исходные документы",
    ),
    "original_after_return": (
        "The original document is dated after the return",
        "Исходный документ датирован позже возврата",
    ),
    "too_many_lines": ("The document has too many lines", "В документе слишком много строк"),
    "document_too_large": ("The document has too much text", "В документе слишком много текста"),
    "shipment_unclear": (
        "Several shipments of orders have this number, and none alone this sum: which of them is it?",
        "Этот номер у нескольких отгрузок по заказам, и ни у одной сумма не совпадает: какая из них это?",
    ),
    "customer_unknown": ("The club does not know this customer", "Клуб не знает этого покупателя"),
    "customer_unclear": (
        "Several companies have this INN; give the KPP, or a code for the customer",
        "Этот ИНН есть у нескольких компаний; укажите КПП или код покупателя",
    ),
    "inn_differs": ("The club knows this customer under another INN", "Клуб знает этого покупателя с другим ИНН"),
    "company_currency": (
        "The company's account is in another currency",
        "Учёт с этой компанией ведётся в другой валюте",
    ),
    "document_unclear": (
        "The club has another document of this number that this may be; bring both in one file, or tell whether it is a return",
        "У клуба есть другой документ с этим номером, и это может быть он; загрузите оба одним файлом или отметьте, возврат ли это",
    ),
    "row_beside": (
        "The row beside this one cannot be read and may belong to this document: mend that row and bring the file again",
        "Соседняя строка не прочитана, и она может быть частью этого документа: исправьте её и загрузите файл снова",
    ),
    "row_above": (
        "The row leaves its document to the rows above, and one of them cannot be read: mend that row and bring the file again",
        "Документ этой строки записан выше, а там есть непрочитанная строка: исправьте её и загрузите файл снова",
    ),
    "document_twice": (
        "The file has all rows of this document twice, perhaps with other sums; leave the right ones",
        "Все строки этого документа стоят в файле дважды, возможно с другими суммами; оставьте верные",
    ),
    "document_left_out": ("Another row of this document is wrong", "В другой строке этого документа ошибка"),
}

# Reasons why a file is refused as a whole.
FAILURES: dict[str, tuple[str, str]] = {
    "empty_file": ("The file is empty.", "Файл пуст."),
    "not_a_table": ("This file holds no table of sales: {kind}.", "В файле нет таблицы продаж: {kind}."),
    "encoding_broken": (
        "The text is {encoding}, but damaged in line {line}: was the file cut off, or glued together from two?",
        "Текст в кодировке {encoding}, но повреждён в строке {line}: файл обрезан или склеен из двух?",
    ),
    "encoding_unknown": (
        "The encoding is not known. Read as {encoding}, the headings are: {found}. Save the file in UTF-8, or name `format.encoding`: UTF-8, UTF-16, cp1251, cp866, "
        "koi8-r, cp1250, cp1252, cp1254 and gb18030 are read.",
        "Кодировка файла неизвестна. В {encoding} заголовки такие: {found}. Сохраните файл в UTF-8 или укажите `format.encoding`: читаются UTF-8, UTF-16, cp1251, "
        "cp866, koi8-r, cp1250, cp1252, cp1254 и gb18030.",
    ),
    "column_missing": (
        "Columns are missing from the heading in row {row}: {names}. Found there: {found}.",
        "В заголовке в строке {row} нет столбцов: {names}. Есть: {found}.",
    ),
    "column_twice": (
        "Several columns have the heading {heading}: {columns}. Name one by its letter, or as {heading}#2.",
        "Несколько столбцов с заголовком {heading}: {columns}. Укажите нужный буквой или как {heading}#2.",
    ),
    "heading_row_missing": (
        "There is no heading in the line that the profile names.",
        "В строке, указанной в профиле, нет заголовка.",
    ),
    "amount_unclear": (
        "Two columns may be the sum of a row, and neither is the other with VAT: {first} ({first_column}) and "
        "{second} ({second_column}). Name the right one for `amount`.",
        "Суммой строки могут быть два столбца, и ни один не равен другому с НДС: {first} ({first_column}) и "
        "{second} ({second_column}). Укажите нужный для `amount`.",
    ),
    "amount_of_document": (
        "All rows of a document have the same sum in the column {column}: it is the sum of the document, or may be. Name a column with the sum of the "
        "row, leave `amount` empty to take quantity times price, or give the file a row with its total.",
        "У всех строк документа одна сумма в столбце {column}: это сумма документа или может ею быть. Укажите столбец с суммой строки, оставьте "
        "`amount` пустым, чтобы взять количество на цену, или добавьте в файл строку с общим итогом.",
    ),
    "row_may_be_total": (
        "The row in line {line} ({label}, {amount}) has no document, and its sum is that of the rows above: is it a total? Name the document in each "
        "row, write Total before it, or give the file a row with its total.",
        "У строки {line} ({label}, {amount}) нет документа, а её сумма равна сумме строк выше: не итог ли это? Укажите документ в каждой строке, "
        "напишите «Итого» или добавьте в файл строку с общим итогом.",
    ),
    "rows_doubled": (
        "Every row of the file stands twice, one below the other ({count} rows). Export it without the join or the second sheet that doubles it.",
        "Каждая строка файла стоит дважды подряд (строк: {count}). Выгрузите его без соединения, которое удваивает строки.",
    ),
    "cut_within_number": (
        "The file ends within line {line}: its last sum is not quantity times price, and the line has no end. Export it again.",
        "Файл обрывается в строке {line}: последняя сумма не равна количеству на цену, и у строки нет конца. Выгрузите его заново.",
    ),
    "documents_beside": (
        "The file has {first} beside {second}: one sale may stand in it twice. Leave the rows of one kind out with `only`, or name both in `sale_words` if "
        "they are different sales.",
        "В файле {first} стоит рядом с {second}: одна продажа может быть в нём дважды. Уберите строки одного вида через `only` или назовите оба в "
        "`sale_words`, если это разные продажи.",
    ),
    "thousands": (
        "Sums are in thousands or millions ({text}), so they are not exact. Export them in whole units of money.",
        "Суммы в тысячах или миллионах ({text}), то есть не точны. Выгрузите их в рублях.",
    ),
    "currency_shown": (
        "Sums are in {found} ({shown}, line {line}), but rows without a currency count in {expected}. Name the currency of the import, or "
        "add a column of currencies.",
        "Суммы в {found} ({shown}, строка {line}), а строки без валюты считаются в {expected}. Укажите валюту импорта или добавьте "
        "столбец с валютой.",
    ),
    "returns_apart": (
        "The column {column} holds returns beside the sales ({value} in line {line}), and the sums do not tell whether they are taken "
        "away. Export returns as rows of their own; or leave `return_flag` empty to count the sums as they are, or name in it the column that marks "
        "returns.",
        "В столбце {column} возвраты стоят рядом с продажами ({value} в строке {line}), и по суммам не видно, вычтены ли они. Выгрузите "
        "возвраты отдельными строками; или оставьте `return_flag` пустым, чтобы учесть суммы как есть, или укажите в нём столбец с отметкой "
        "возврата.",
    ),
    "return_beside": (
        "The column {column} says “{value}” in line {line}, but the row would count as a sale. Name the column for `return_flag` or `kind`; or "
        "leave `return_flag` empty if these rows are sales.",
        "В столбце {column} в строке {line} написано «{value}», а строка считалась бы продажей. Укажите столбец для `return_flag` или `kind`; "
        "или оставьте `return_flag` пустым, если это продажи.",
    ),
    "kind_beside": (
        "The column {column} says “{value}” in line {line} and names sales in other lines, but every row would count as a sale. Name the column for "
        "`kind`, or leave `kind` empty if all rows are sales.",
        "В столбце {column} в строке {line} написано «{value}», в других строках названы продажи, а продажей считалась бы каждая строка. Укажите "
        "столбец для `kind` или оставьте `kind` пустым, если все строки — продажи.",
    ),
    "cancelled_beside": (
        "The column {column} says “{value}” in line {line}, but the row would count. Name the column for `status`; or leave `status` empty if these "
        "rows count.",
        "В столбце {column} в строке {line} написано «{value}», а строка была бы учтена. Укажите столбец для `status`; или оставьте `status` "
        "пустым, если эти строки надо учесть.",
    ),
    "signs_unclear": (
        "Quantities and sums have opposite signs in every row ({value} in line {line}): are these returns, or goods that left the warehouse? Export "
        "quantities with the sign of their sums, or name `constants.kind`.",
        "У количества и суммы во всех строках разные знаки ({value} в строке {line}): это возвраты или расход со склада? Выгрузите количество "
        "со знаком суммы или укажите `constants.kind`.",
    ),
    "price_changed": (
        "The column {column} may change the price ({value} in line {line}), and the file has no column of sums. Export the sum of each row; or name the column for "
        "`discount`, or leave `discount` empty to take quantity times price.",
        "Столбец {column} может менять цену ({value} в строке {line}), а столбца с суммой нет. Выгрузите сумму строки; или укажите этот столбец для "
        "`discount`, или оставьте `discount` пустым, чтобы взять количество на цену.",
    ),
    "rate_beside": (
        "The column {column} holds a rate of exchange ({value} in line {line}), and nothing tells the currency of the sums. Add a column of "
        "currencies; or leave `currency` empty if all sums are in the currency of the import.",
        "В столбце {column} курс валюты ({value} в строке {line}), а в какой валюте суммы, не видно. Добавьте столбец с валютой или "
        "оставьте `currency` пустым, если все суммы в валюте импорта.",
    ),
    "kopecks_apart": (
        "The column {column} holds kopecks apart from the sums ({value} in line {line}). Export each sum as one number.",
        "В столбце {column} копейки стоят отдельно от сумм ({value} в строке {line}). Выгрузите сумму одним числом.",
    ),
    "decimals_apart": (
        "Behind each sum, the column {column} holds two digits ({value} in line {line}): are decimal commas the delimiters of the file? Export it with ; or tab "
        "between the cells; or name the decimal mark if they are something else.",
        "За каждой суммой в столбце {column} стоят две цифры ({value} в строке {line}): не разделяет ли запятая и ячейки, и копейки? Выгрузите файл "
        "с ; или табуляцией между ячейками или укажите десятичный знак, если это не копейки.",
    ),
    "dates_spoilt": (
        "Days up to the twelfth are dates of the workbook ({typed} in line {typed_line}) and all others are texts ({value} in line {line}): a spreadsheet has "
        "probably turned day and month around. Open the original file as text, or name the order in `format.dates` if the dates are right.",
        "Дни до 12-го числа — даты книги ({typed} в строке {typed_line}), а все остальные — тексты ({value} в строке {line}): таблица, вероятно, "
        "поменяла день и месяц. Откройте исходный файл как текст или укажите порядок в `format.dates`, если даты верны.",
    ),
    "currency_heading": (
        "The heading {heading} is in {found}, but the column {column} says {value} in line {line}. Name the column of sums in that currency for `amount`, or "
        "leave `currency` empty if all sums are in {found}.",
        "Заголовок {heading} говорит о валюте {found}, а в столбце {column} в строке {line} {value}. Укажите для `amount` столбец сумм в этой "
        "валюте или оставьте `currency` пустым, если все суммы в {found}.",
    ),
    "taxes_apart": (
        "Beside {sums}, the column {column} holds another tax ({value} in line {line}), and no column tells the sum with all taxes. Export that sum; or name "
        "`vat`: `gross` to take {sums} as it is.",
        "Кроме {sums}, в столбце {column} есть ещё налог ({value} в строке {line}), а столбца суммы со всеми налогами нет. Выгрузите такую сумму; или "
        "укажите `vat`: `gross`, чтобы взять {sums} как есть.",
    ),
    "document_parts": (
        "The rows of document {number} differ in the column {column} ({first}, {second} in line {line}): are they several documents, or states of one? "
        "Name both columns for `document` (`{document} + {column}`), leave the other states out with `only`, or name {document} alone for `document` if it "
        "is one.",
        "Строки документа {number} различаются в столбце {column} ({first}, {second} в строке {line}): это несколько документов или состояния одного? "
        "Укажите для `document` оба столбца (`{document} + {column}`), отберите состояние в `only` или укажите для `document` только {document}, если "
        "документ один.",
    ),
    "not_goods": (
        "The column {column} says “{value}” in line {line}: a balance, a payment, a part of a kit or an order, a tax within or a discount without a minus is no sale. Leave such rows out with `only`; or "
        "leave `kind` empty if they count.",
        "В столбце {column} в строке {line} написано «{value}»: остаток, оплата, часть комплекта или заказа, налог в том числе или скидка без минуса — не продажа. Отберите такие строки в `only` или "
        "оставьте `kind` пустым, если их надо учесть.",
    ),
    "sales_negative": (
        "All sums are negative ({value} in line {line}), though the documents are told to be sales ({kind_value}). Export them without the minus, or name "
        "this kind in `return_words` if they are returns.",
        "Все суммы отрицательные ({value} в строке {line}), хотя документы названы продажами ({kind_value}). Выгрузите их без минуса или назовите этот вид в "
        "`return_words`, если это возвраты.",
    ),
    "rows_of_sums": (
        "The column {column} tells rows of “{value}” from those of goods, and nothing says whether the sum of the document has them in it. List the values that "
        "count in `only`, or leave `kind` empty if all of them do.",
        "В столбце {column} строки «{value}» стоят среди строк товаров, и не видно, входят ли они в сумму документа. Перечислите в `only` значения, которые "
        "учитывать, или оставьте `kind` пустым, если все.",
    ),
    "vat_unclear": (
        "By its numbers, the VAT in {column} is not within {sums} but on top of it, and nothing says which sum was paid. Name a column of sums with VAT for "
        "`amount`; or name `vat`: `gross` if {sums} has it in it, `net_plus_vat` if it has not.",
        "По числам НДС в столбце {column} не входит в {sums}, а начислен сверху, и не видно, сколько заплачено. Укажите для `amount` столбец сумм с НДС "
        "или укажите `vat`: `gross`, если {sums} с НДС, `net_plus_vat`, если без.",
    ),
    "decimal_mixed": (
        "The file writes decimals in two ways: {comma} in line {comma_line} and {point} in line {point_line}. "
        "Export it with one decimal mark, or name the mark.",
        "В файле два десятичных знака: {comma} в строке {comma_line} и {point} в строке {point_line}. "
        "Выгрузите с одним знаком или укажите его.",
    ),
    "decimal_unclear": (
        "The number {value} in line {line} (column {column}) may have decimals or thousands, and nothing in the file tells which. "
        "Name the decimal mark.",
        "Число {value} в строке {line} (столбец {column}) может быть с дробью или с тысячами, и файл этого не показывает. "
        "Укажите десятичный знак.",
    ),
    "dates_unreadable": (
        "No date of the file can be read, such as {value} in line {line}. Read are: {forms}.",
        "Ни одна дата файла не читается, например {value} в строке {line}. Читаются: {forms}.",
    ),
    "dates_mixed": (
        "Day and month change places: {first} in line {first_line}, {second} in line {second_line}.",
        "День и месяц меняются местами: {first} в строке {first_line}, {second} в строке {second_line}.",
    ),
    "dates_unclear": (
        "No date tells whether the day or the month comes first, such as {value} in line {line}. Name the order of dates.",
        "По датам не понять, что раньше, день или месяц, например {value} в строке {line}. Укажите порядок.",
    ),
    "discount_unclear": (
        "The column {column} may hold shares, percents or money (largest value {value}). Name its meaning.",
        "В столбце {column} могут быть доли, проценты или деньги (наибольшее значение {value}). Укажите, что это.",
    ),
    "heading_changes": (
        "Another heading stands in line {line}: {found}. Bring the tables as files of their own.",
        "В строке {line} другой заголовок: {found}. Загрузите таблицы отдельными файлами.",
    ),
    "kind_unclear": (
        "The column {column} holds kinds that the club does not know: {values}. Name those of returns in `return_words` and those of sales in "
        "`sale_words`, or leave `kind` empty.",
        "В столбце {column} неизвестные виды: {values}. Назовите виды возвратов в `return_words`, продаж — в `sale_words` или оставьте "
        "`kind` пустым.",
    ),
    "price_unclear": (
        "Two columns may be the price: {first} ({first_column}) and {second} ({second_column}). Name the right one for `unit_price`.",
        "Ценой могут быть два столбца: {first} ({first_column}) и {second} ({second_column}). Укажите нужный для `unit_price`.",
    ),
    "quantity_unclear": (
        "Two columns may be the quantity, and the sum follows from it: {first} ({first_column}) and {second} ({second_column}). Name the right "
        "one for `quantity`.",
        "Количеством могут быть два столбца, и от него зависит сумма: {first} ({first_column}) и {second} ({second_column}). Укажите нужный "
        "для `quantity`.",
    ),
    "delivery_within": (
        "In some rows {amount} is quantity times price and {column} together, in others not. Leave `amount` empty to take quantity times price, or "
        "name the column if its sums are right.",
        "В одних строках {amount} равно количеству на цену вместе с {column}, в других нет. Оставьте `amount` пустым, чтобы взять количество на цену, "
        "или укажите столбец, если его суммы верны.",
    ),
    "price_or_sum": (
        "{column} may be the sum of a row or the price of a piece: line {line} has the quantity {value}, and nothing proves either. Name it for `amount` "
        "or for `unit_price`.",
        "{column} может быть суммой строки или ценой за штуку: в строке {line} количество {value}, и ничто не доказывает ни того, ни другого. Укажите "
        "столбец для `amount` или для `unit_price`.",
    ),
    "section": (
        "Line {line} says “{text}”, but row {row} below it would count as a sale. Name the kind of all documents in `constants.kind`, or bring "
        "sales and returns as files of their own.",
        "В строке {line} написано «{text}», а строка {row} под ней считалась бы продажей. Укажите вид всех документов в `constants.kind` или "
        "загрузите продажи и возвраты отдельными файлами.",
    ),
    "status_unclear": (
        "The column {column} says {value} ({count} rows), and the file does not tell whether these rows count. Name the status in "
        "`valid_words` if they do, in `cancelled_words` if not.",
        "В столбце {column} есть {value} (строк: {count}), и по файлу не понять, учитывать ли их. Назовите статус в `valid_words`, если да, "
        "или в `cancelled_words`, если нет.",
    ),
    "customer_code_shared": (
        "The column {column} has one code ({value}) for different customers ({names}): is it the code of something else? Name the column of "
        "their codes for `customer`, or leave it empty.",
        "В столбце {column} один код ({value}) у разных покупателей ({names}): это код чего-то другого? Укажите столбец с их кодами для "
        "`customer` или оставьте его пустым.",
    ),
    "discount_beside": (
        "The column {column} holds discounts ({value} in line {line}), and nothing shows that they are taken off {amount}. If they are, leave `discount` "
        "empty. If not, name the column for `discount` and leave `amount` empty: the discount is taken off quantity times price.",
        "В столбце {column} есть скидки ({value} в строке {line}), и не видно, вычтены ли они из {amount}. Если вычтены, оставьте `discount` пустым. "
        "Если нет, укажите столбец для `discount`, а `amount` оставьте пустым: скидка вычтется из количества на цену.",
    ),
    "discount_of_document": (
        "The column {column} holds discounts of whole orders ({value} in line {line}), which are in no row. Export discounts line by line, or "
        "leave `discount` empty to count the rows without them.",
        "В столбце {column} скидки на весь заказ ({value} в строке {line}), в строках их нет. Выгрузите скидки по строкам или оставьте "
        "`discount` пустым, чтобы учесть строки без них.",
    ),
    "total_differs": (
        "The total in line {line} ({label}) says {said} for {column}, the rows above make {found}.",
        "Итог в строке {line} ({label}) в столбце {column} равен {said}, а строки выше дают {found}.",
    ),
    "group_differs": (
        "The group in line {line} ({label}) says {said} for {column}, its rows make {found}.",
        "Группа в строке {line} ({label}) в столбце {column} равна {said}, а её строки дают {found}.",
    ),
    "group_unclear": (
        "The groups below line {line} ({label}) cannot be told apart by their sums. Export the report with its columns side by side.",
        "Группы под строкой {line} ({label}) не различить по суммам. Выгрузите отчёт с отдельными столбцами.",
    ),
    "group_rows": (
        "The grouped report has more than {most} rows. Export it with its columns side by side.",
        "В сгруппированном отчёте больше {most} строк. Выгрузите его с отдельными столбцами.",
    ),
    "group_row_broken": (
        "Row {line} of the grouped report is broken.",
        "Строка {line} сгруппированного отчёта испорчена.",
    ),
    "group_without_label": (
        "Row {line} of the grouped report has numbers but no name.",
        "В строке {line} сгруппированного отчёта есть числа, но нет названия.",
    ),
    "group_number": (
        "{value} in the column {column} of the grouped report is not a number.",
        "{value} в столбце {column} сгруппированного отчёта — не число.",
    ),
    "groups_without_documents": (
        "The report is grouped, but no group is a document. Add documents to its groups.",
        "Отчёт сгруппирован, но документов среди групп нет. Добавьте группировку по документам.",
    ),
    "several_tables": (
        "Several tables hold sales: {names}. Name one of them.",
        "Продажи в нескольких таблицах: {names}. Укажите одну.",
    ),
    "orders_differ": (
        "Some documents have another sum in their own table than their rows make ({count}): {examples}. Bring all rows; or name the column with the sum "
        "of a row for `amount` if the rows are right, as where delivery is in the document only.",
        "У части документов сумма в их таблице не равна сумме строк ({count}): {examples}. Выгрузите все строки; или укажите для `amount` столбец с "
        "суммой строки, если верны строки: например, доставка есть только в документе.",
    ),
    "order_twice": (
        "The document {document} stands twice in the table of documents, with other cells in line {line}.",
        "Документ {document} есть в таблице документов дважды, с другими ячейками в строке {line}.",
    ),
    "orders_many": (
        "The table of documents has more than {most} documents.",
        "В таблице документов больше {most} документов.",
    ),
    "sheet_missing": ("There is no sheet or file {sheet}.", "Нет листа или файла {sheet}."),
    "filter_column": ("There is no column {column} to filter by.", "Нет столбца {column} для отбора."),
    "time_zone": ("The time zone {zone} is unknown.", "Неизвестный часовой пояс {zone}."),
    "line_too_long": ("Line {line} is longer than {most} characters.", "Строка {line} длиннее {most} знаков."),
    "cell_too_long": (
        "A cell in row {line} is longer than {most} characters.",
        "Ячейка в строке {line} длиннее {most} знаков.",
    ),
    "too_many_columns": (
        "Row {line} has {columns} columns, more than {most}.",
        "В строке {line} столбцов {columns}, больше {most}.",
    ),
    "workbook_too_large": (
        "The workbook is larger than {most} MiB. Export it as CSV.",
        "Книга больше {most} МиБ. Выгрузите в CSV.",
    ),
    "workbook_unpacked": (
        "Unpacked, the workbook is larger than {most} MiB. Export it as CSV.",
        "В распакованном виде книга больше {most} МиБ. Выгрузите в CSV.",
    ),
    "workbook_rows": (
        "A sheet has more than {most} rows. Export it as CSV.",
        "На листе больше {most} строк. Выгрузите в CSV.",
    ),
    "workbook_memory": (
        "The workbook needs more memory or time than there is: are far cells filled by mistake? Export it as CSV.",
        "Книге не хватает памяти или времени: нет ли заполненных ячеек далеко внизу или справа? Выгрузите в CSV.",
    ),
    "workbook_broken": (
        "The workbook is damaged ({detail}). Save it anew.",
        "Книга повреждена ({detail}). Сохраните её заново.",
    ),
    "formulas_without_values": (
        "The values of {count} formulas were never worked out. Open the workbook in Excel or LibreOffice and save it.",
        "Значения формул ({count}) не вычислены. Откройте книгу в Excel или LibreOffice и сохраните.",
    ),
    "entities": (
        "The workbook holds declarations of types or entities ({part}), which no spreadsheet writes.",
        "В книге есть объявления типов или сущностей ({part}), которых табличные программы не пишут.",
    ),
    "page_too_large": (
        "The web page is larger than {most} MiB. Export it as CSV.",
        "Веб-страница больше {most} МиБ. Выгрузите в CSV.",
    ),
    "too_many_tables": ("The web page has more than {most} tables.", "На веб-странице больше {most} таблиц."),
    "archive_broken": (
        "The archive or workbook is damaged or cut off ({detail}).",
        "Архив или книга повреждены или обрезаны ({detail}).",
    ),
    "archive_empty": ("The archive holds no file.", "В архиве нет файлов."),
    "archive_members": (
        "The archive holds {count} files, more than {most}.",
        "В архиве файлов {count}, больше {most}.",
    ),
    "archive_unpacked": (
        "Unpacked, the archive is larger than {most} MiB.",
        "В распакованном виде архив больше {most} МиБ.",
    ),
    "archive_nested": (
        "The archive holds another archive, {name}. Unpack it first.",
        "В архиве лежит другой архив, {name}. Сначала распакуйте его.",
    ),
    "takes_too_long": (
        "Reading the file takes too long; line {line} was reached. Bring it in parts, month by month, without columns that are not needed.",
        "Файл читается слишком долго; дошли до строки {line}. Загрузите его частями, по месяцам, без лишних столбцов.",
    ),
    "file_too_large": ("The file is larger than {most} MiB.", "Файл больше {most} МиБ."),
    "author_dismissed": (
        "Whoever announced this file may not bring files any more. Let somebody else start the import.",
        "Тот, кто объявил этот файл, больше не может загружать файлы. Пусть импорт начнёт другой сотрудник.",
    ),
    "upload_replaced": (
        "Another file was uploaded to the same address while this one was read. Start a new import for each file.",
        "Пока файл читался, по тому же адресу загрузили другой. Начните для каждого файла новый импорт.",
    ),
}

KINDS: dict[str, tuple[str, str]] = {
    "pdf": (
        "it is a PDF document; export the report as XLSX or CSV",
        "это документ PDF; выгрузите отчёт в XLSX или CSV",
    ),
    "rtf": ("it is a text document; save the table as CSV", "это текстовый документ; сохраните таблицу как CSV"),
    "word": (
        "it is a Word document; save the table as XLSX or CSV",
        "это документ Word; сохраните таблицу как XLSX или CSV",
    ),
    "document": (
        "it is a text document or a presentation; save the table as XLSX or CSV",
        "это текстовый документ или презентация; сохраните таблицу как XLSX или CSV",
    ),
    "mxl": (
        "it is a spreadsheet document of 1C (MXL); in 1C, save it as XLSX",
        "это табличный документ 1С (MXL); сохраните его в 1С как XLSX",
    ),
    "xml": ("it is XML; export the report as XLSX or CSV", "это XML; выгрузите отчёт в XLSX или CSV"),
    "commerceml": (
        "it is CommerceML, the exchange with a web site; export the report of sales as XLSX or CSV",
        "это CommerceML, обмен с сайтом; выгрузите отчёт о продажах в XLSX или CSV",
    ),
    "json": ("it is JSON; export the report as XLSX or CSV", "это JSON; выгрузите отчёт в XLSX или CSV"),
    "html": ("it is a web page without a table", "это веб-страница без таблицы"),
    "mhtml": (
        "it is a web archive (MHTML); open it in Excel and save it as XLSX",
        "это веб-архив (MHTML); откройте его в Excel и сохраните как XLSX",
    ),
    "gzip": ("it is packed by gzip; unpack it, or pack it as ZIP", "это архив gzip; распакуйте его или упакуйте в ZIP"),
    "archive": ("it is an archive other than ZIP; pack it as ZIP", "это архив, но не ZIP; упакуйте в ZIP"),
    "empty_archive": ("it is an empty or cut-off ZIP archive", "это пустой или обрезанный архив ZIP"),
    "picture": ("it is a picture; export the report as XLSX or CSV", "это картинка; выгрузите отчёт в XLSX или CSV"),
    "database": (
        "it is a database; export the report as XLSX or CSV",
        "это база данных; выгрузите отчёт в XLSX или CSV",
    ),
    "dbf": (
        "it is a DBF table; open it in Excel and save it as XLSX",
        "это таблица DBF; откройте её в Excel и сохраните как XLSX",
    ),
    "parquet": ("it is a Parquet table; export it as CSV", "это таблица Parquet; выгрузите её в CSV"),
    "sylk": (
        "it is a SYLK table; open it in Excel and save it as XLSX",
        "это таблица SYLK; откройте её в Excel и сохраните как XLSX",
    ),
    "protected": (
        "it is protected by a password; save it without one",
        "файл защищён паролем; сохраните его без пароля",
    ),
    "binary": ("it is no text and no workbook", "это не текст и не книга"),
    "unknown": (
        "no table with ; , | or tab between its cells was found",
        "не найдена таблица с ; , | или табуляцией между ячейками",
    ),
}

# Choices and rows worth a look. `lines`: the first lines.
NOTES: dict[str, tuple[str, str]] = {
    "heading": (
        "Line {row} was taken for the heading, since it has the most columns that are known: {columns}.",
        "Заголовком взята строка {row}: в ней узнано больше всего столбцов: {columns}.",
    ),
    "heading_named": (
        "The heading is in line {row}, as the profile says.",
        "Заголовок в строке {row}, как указано в профиле.",
    ),
    "no_rows": (
        "There is no row of sales below the heading in line {row}.",
        "Под заголовком в строке {row} нет ни одной строки продаж.",
    ),
    "amount_chosen": (
        "{column} was taken for the sum of a row, not {others}.",
        "Суммой строки взят столбец {column}, а не {others}.",
    ),
    "day_chosen": (
        "{column} was taken for the day of a document, as it is likelier than {others}: the day of a document goes before that of its shipment, and that "
        "before the order's. Name another one for `business_date`.",
        "Днём документа взят столбец {column}, а не {others}: дата документа важнее даты отгрузки, а та важнее даты заказа. Другой столбец "
        "укажите для `business_date`.",
    ),
    "vat_within": (
        "{column} tells a rate of VAT, and {sums} was taken as having it in it. Name `vat` or a column of sums with VAT if it has not.",
        "В столбце {column} ставка НДС; {sums} взято как сумма с НДС. Если НДС сверху, укажите `vat` или столбец сумм с НДС.",
    ),
    "discount_within": (
        "{column} tells discounts, and {sums} was taken as less them; no price proves it. Leave `amount` empty if it is not.",
        "В столбце {column} скидки; {sums} взято как сумма с учётом скидки, цены для проверки нет. Если скидка не учтена, оставьте `amount` пустым.",
    ),
    "price_chosen": (
        "{column} was taken for the price: it is less the discount.",
        "Ценой взят столбец {column}: в нём учтена скидка.",
    ),
    "tables_left": (
        "Other sheets or files hold no sales and were not read: {names}.",
        "В других листах или файлах продаж нет, они не читались: {names}.",
    ),
    "kinds_unknown": (
        "Documents of kinds that the club does not know count as sales: {values}. Filter them out if they are none.",
        "Документы неизвестных видов учтены как продажи: {values}. Отберите их, если это не продажи.",
    ),
    "payments_left": (
        "The column {column} ({value}) tells no days of payment and was not read.",
        "В столбце {column} ({value}) нет дней оплаты, он не читался.",
    ),
    "kind_left": (
        "The column {column} ({values}) tells no kinds of documents and was not read.",
        "В столбце {column} ({values}) нет видов документов, он не читался.",
    ),
    "grouped": (
        "The report is grouped by {levels}; every group is the sum of its rows.",
        "Отчёт сгруппирован: {levels}; каждая группа равна сумме своих строк.",
    ),
    "net_plus_vat": ("The sum of a row is {net} plus {vat}.", "Сумма строки: {net} плюс {vat}."),
    "without_vat": (
        "Only sums without VAT were found ({column}); they were taken as they are.",
        "Найдены только суммы без НДС ({column}); взяты как есть.",
    ),
    "unsigned_returns": (
        "Returns have a negative quantity and a positive sum ({count}); their sums count as negative.",
        "У возвратов отрицательное количество и положительная сумма ({count}); суммы учтены с минусом.",
    ),
    "orders": (
        "All {count} documents are orders; they were taken for sales.",
        "Все документы ({count}) — заказы; они взяты как продажи.",
    ),
    "cancelled": (
        "Rows that are cancelled, deleted or drafts were not counted ({count} rows, sum {amount}; first lines {lines}).",
        "Отменённые, удалённые и непроведённые строки не учтены (строк: {count}, сумма {amount}; первые строки {lines}).",
    ),
    "skipped_texts": (
        "Rows that are no sales were skipped ({count}): {examples}.",
        "Пропущены строки, которые не продажи ({count}): {examples}.",
    ),
    "filtered": ("Rows were filtered out: {count}.", "Отобраны и не прочитаны строки: {count}."),
    "stray_quote": (
        "Quotation marks that do not match were read as letters (lines {lines}; {count} in all).",
        "Непарные кавычки прочитаны как обычные знаки (строки {lines}; всего {count}).",
    ),
    "too_few_cells": (
        "Rows have fewer cells than the heading ({count}; lines {lines}): check that nothing has moved to a wrong column.",
        "В строках меньше ячеек, чем в заголовке (строк: {count}; строки {lines}): проверьте, не сдвинулись ли значения.",
    ),
    "carried": (
        "Rows took their document, customer or date from the row above ({count}; first lines {lines}).",
        "Строки взяли документ, покупателя или дату из строки выше ({count}; первые строки {lines}).",
    ),
    "arithmetic": (
        "Quantity times price is not the sum ({count} rows; lines {lines}): {examples}.",
        "Количество на цену не равно сумме (строк: {count}; строки {lines}): {examples}.",
    ),
    "repeated": (
        "Rows repeat a row of the same document, or name its goods again elsewhere ({count}; lines {lines}); each was counted.",
        "Строки повторяют строку того же документа или снова называют его товар в другом месте ({count}; строки {lines}); каждая учтена.",
    ),
    "total_unproven": (
        "The total in line {lines} cannot be compared, since rows above it were not read.",
        "Итог в строке {lines} не сверить: строки выше не прочитаны.",
    ),
    "remarks": (
        "Remarks speak of returns ({count}; first lines {lines}): {examples}. These rows count as sales.",
        "В примечаниях сказано о возврате ({count}; первые строки {lines}): {examples}. Эти строки учтены как продажи.",
    ),
    "sheets_stacked": (
        "Sheets that are named for periods are read as one table, and its lines count on from sheet to sheet: {names}.",
        "Листы с названиями периодов прочитаны как одна таблица, и её строки считаются подряд: {names}.",
    ),
    "hidden_rows": (
        "Rows that are hidden or struck out are read like all others ({count}).",
        "Скрытые и зачёркнутые строки прочитаны как все остальные ({count}).",
    ),
    "no_total": (
        "The file has no total of its own, so nothing proves that it is complete.",
        "В файле нет своего итога: его полноту ничто не подтверждает.",
    ),
    "cut_off": ("The last row has no end: was the file cut off?", "У последней строки нет конца: файл не обрезан?"),
    "inn_ignored": (
        "INNs with a wrong checksum were left out ({count} rows).",
        "ИНН с неверной контрольной суммой не учтены (строк: {count}).",
    ),
    "other_branch": (
        "The club knows the INN of these new customers with another KPP: {examples}. A branch is a company of its own; where the KPP has only "
        "changed, move the customer (`customer-moves`).",
        "ИНН этих новых покупателей известен с другим КПП: {examples}. Филиал — отдельная компания; если просто сменился КПП, перенесите "
        "покупателя (`customer-moves`).",
    ),
    "delivery_left": (
        "Sums of delivery beside the rows ({count}; first lines {lines}) are not counted: {examples}.",
        "Суммы доставки в отдельном столбце ({count}; первые строки {lines}) не учтены: {examples}.",
    ),
    "services": (
        "Rows without a quantity count with their sum only ({count}).",
        "Строки без количества учтены только суммой ({count}).",
    ),
    "orders_differ": (
        "Documents whose sum in their own table is not that of their rows ({count}): {examples}. The rows count.",
        "Документы, сумма которых в своей таблице не равна сумме строк ({count}): {examples}. Учтены строки.",
    ),
    "orders_without_lines": (
        "Documents without rows in the other file: {count}.",
        "Документы без строк в другом файле: {count}.",
    ),
}
# Reasons why a dry run cannot be confirmed, or not without more.
BLOCKERS: dict[str, tuple[str, str]] = {
    "failed": ("The file was refused: {detail}", "Файл отклонён: {detail}"),
    "nothing_to_record": ("No document of the file can be recorded.", "Ни один документ файла не может быть записан."),
    "unreadable_rows": (
        "The period cannot be replaced: the document of {count} rows cannot be read, so nobody knows what the file does not name.",
        "Период не заменить: у {count} строк не читается документ, и неизвестно, чего в файле нет.",
    ),
    "needs_consent": (
        "The confirmation must name the number of documents that will be voided ({count}) in `void_documents`: they are more than {percent} % of the period.",
        "В подтверждении нужно назвать число аннулируемых документов ({count}) в `void_documents`: их больше {percent} % периода.",
    ),
    "file_gone": ("The file is no longer kept. Bring it again.", "Файл больше не хранится. Загрузите его снова."),
}
_MISSING = ("No column with this heading: {names}.", "Нет столбца с таким заголовком: {names}.")
_OR = (" or ", " или ")


def failure_text(code: str, facts: Mapping[str, Any], language: str) -> str:
    """The reason for refusing the file, in `ru` or `en`."""
    russian = int(language == "ru")
    texts = {name: _shown(value) for name, value in facts.items()}
    if "kind" in facts:
        texts["kind"] = KINDS[facts["kind"]][russian]
    if code == "column_missing":
        texts["names"] = ", ".join(_OR[russian].join(each["names"]) for each in facts["missing"])
    return FAILURES[code][russian].format(**texts)


def missing_columns(facts: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """Each missing field with the sentence for it."""
    russian = int(language == "ru")
    return [
        (each["field"], _MISSING[russian].format(names=_OR[russian].join(each["names"])))
        for each in facts.get("missing", [])
    ]


def note_text(code: str, facts: Mapping[str, Any], language: str) -> str:
    return NOTES[code][int(language == "ru")].format(**{name: _shown(value) for name, value in facts.items()})


def blocker_text(code: str, facts: Mapping[str, Any], language: str) -> str:
    return BLOCKERS[code][int(language == "ru")].format(**facts)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)
