"""The fields of a sales file and the usual headings of their columns. Pure."""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from typing_extensions import TypeAliasType

# With a name of its own, the contract tells the list once.
FieldName = TypeAliasType(
    "FieldName",
    Literal[
        "document",
        "business_date",
        "customer",
        "customer_name",
        "inn",
        "kpp",
        "sku",
        "name",
        "quantity",
        "unit_price",
        "amount",
        "net_amount",
        "vat",
        "discount",
        "currency",
        "kind",
        "return_flag",
        "original",
        "original_date",
        "paid_on",
        "contract",
        "status",
        "posted",
        "cancelled",
    ],
)
FIELDS: tuple[FieldName, ...] = get_args(FieldName.__value__)
SUMS: tuple[FieldName, ...] = ("amount", "net_amount", "unit_price")  # fields that hold money

# The usual headings of a column, likeliest first: those of 1C's reports, of spreadsheets and of shops, in Russian and English.
HEADINGS: dict[FieldName, str] = {
    "document": "номер документа; № документа; номер док; № док; № накл; номер накл; номер и дата документа; номер и дата счета-фактуры; "
    "номер и дата счета-фактуры продавца; документ номер; регистратор номер; номер накладной; № накладной; "
    "номер реализации; номер счета-фактуры; номер счет-фактуры; номер упд; номер ттн; регистрационный номер; номер отгрузки; номер продажи; регистратор; "
    "документ движения (регистратор); документ движения; документ (регистратор); документ; номер; № п/п документа; накладная; реализация; "
    "документ реализации; документ отгрузки; документ продажи; номер чека; чек; номер заказа; № заказа; заказ номер; "
    "заказ клиента; заказ; номер сборочного задания; "
    "document; document number; document no; doc no; doc number; invoice; invoice number; invoice no; invoice id; inv no; "
    "billing document; bill doc; sales invoice; receipt number; order number; order no; order id; sales order number; sales order; "
    "sales order id; order reference; order name; order; amazon order id; billing doc; doc num; voucher no; voucher number; "
    "transaction id; transaction no; transaction number; sale id; номер отправления; srid; фактура; номер фактуры; id заказа; номер сделки; id сделки; order ref; journal entry; invoice ref; receipt no; receipt; bill no; order nr; id order; bill number; sales order no; so number; invoice num; document nbr; sales order nbr; ticket number; sop number; number; num",
    "business_date": "дата документа; дата; дата док; дата накл; дата расхода; дата реализации; дата отгрузки; дата отгр; дата продажи; дата накладной; дата операции; "
    "дата счета-фактуры; документ.дата; регистратор дата; дата регистратора; период; период день; по дням; день; дата заказа; "
    "дата чека; дата выставления; дата выписки; дата поступления заказа; дата ттн; дата и время; время; принят в обработку; дата создания; дата фактуры; дата учета; дата проводки; учетный день; дата оформления; дата оформления заказа; дата создания заказа; дата создания сделки; "
    "date; business date; invoice date; document date; doc date; sale date; sales date; billing date; transaction date; "
    "posting date; invoice/bill date; order date; purchase date; voucher date; txn date; date ordered; order created; created at; "
    "created; creation date; created on; datetime; date time; bill date; date invoiced; date (utc); created (utc); date of sale; date created; created date; order creation date; date order; order create date; date issued; issue date; purchased on; line item date; date added; date add; event date; day; period",
    "customer": "код контрагента; контрагент.код; код клиента; клиент.код; код покупателя; покупатель.код; код партнера; "
    "партнер.код; id клиента; номер клиента; customer id; customer code; customer/vendor code; sold-to pt; bp code; customer number; customer no; sell-to customer no; bill-to customer no; cardcode; client id; client code; "
    "account number; account id; customer account; sold-to party; partner id; buyer id",
    "customer_name": "контрагент; покупатель; клиент; заказчик; партнер; контрагент наименование; наименование контрагента; "
    "контрагент.наименование; наименование покупателя; наименование клиента; название клиента; название контрагента; "
    "плательщик; дилер; комиссионер; грузополучатель; получатель; "
    "покупатель наименование; клиент наименование; заказчик наименование; партнер наименование; "
    "customer name; customer/vendor name; bp name; sell-to customer name; bill-to name; customer; client name; client; company name; company; account name; account; buyer; buyer name; buyer username; "
    "sold to; sold to name; company (billing); bill to; bill to name; billing company; partner name; partner; contact name; name 1; "
    "party name; dealer; ship name; ship to name; billing name; customer full name; invoice partner display name; name of sold-to party; bill-to customer; customer/company name; отображаемое имя партнера; имя клиента; имя партнера; название компании; компания клиента; компания; card name; particulars; contact",
    "inn": "инн; контрагент.инн; инн контрагента; инн покупателя; покупатель.инн; инн клиента; клиент.инн; партнер.инн; "
    "инн партнера; инн/кпп; инн/кпп контрагента; инн/кпп покупателя; inn; tax number",
    "kpp": "кпп; контрагент.кпп; кпп контрагента; кпп покупателя; покупатель.кпп; кпп клиента; kpp",
    "sku": "артикул; номенклатура.артикул; артикул номенклатуры; артикул товара; артикул поставщика; артикул продавца; "
    "код номенклатуры; номенклатура.код; код товара; товар.код; код; "
    "sku; article; item code; item no; item number; item id; product code; product sku; item sku; stock code; "
    "product id; part number; variant sku; lineitem sku; material; штрихкод; штрих-код; баркод; barcode; ваш sku; sku товара; код блюда; номер товара; internal reference; product/internal reference; default code; variant code; part no; ean code; upc; gtin; asin",
    "name": "номенклатура; товар; наименование; наименование товара; наименование товаров; название товара; наименование номенклатуры; "
    "номенклатура.наименование; товары (работы, услуги); товар/услуга; тмц; наименование тмц; материал; продукция; продукт; позиция; название; услуга; "
    "name; item; product; description; product name; item name; item title; item description; item/service description; product description; product title; "
    "lineitem name; product/service; memo/description; goods; order lines/product; invoice lines/product; invoice lines/label; order lines/description; product variant; product/service full name; material description; line item description; line item name; line item; label; блюдо; наименование блюда; order line/product id; invoice line ids/product id; dscription; наименование мц; наименование продукции",
    "quantity": "количество; кол-во; количество (в базовых единицах); количество в базовых единицах; количество товара; количество кг; кол-во кг; количество л; кол-во л; количество м; кол-во м; "
    "количество продаж; количество оборот; количество продано; количество отгружено; кол-во товара; кол; к-во; продано; отгружено; заказано; количество заказано; выставлено; "
    "quantity; qty; quantity ordered; order qty; ordered qty; order quantity; qty ordered; quantity sold; qty sold; "
    "units sold; units; billed quantity; invoiced quantity; invoiced qty; qty invoiced; shipped quantity; qty shipped; "
    "quantity shipped; net quantity; quantity (- refund); item quantity; item qty; lineitem quantity; "
    "order lines/quantity; invoice lines/quantity; order line/product uom qty; invoice line ids/quantity; line item quantity; number of units; total quantity; total qty; units ordered; net qty; order lines/ordered quantity; order lines/delivered quantity; order lines/invoiced quantity; quantity delivered; delivered quantity; delivered qty; qty delivered; quantity invoiced; billed qty; количество блюд; фактурированное количество; количество фактурированное; кол-во осн еи; количество осн еи; product quantity; отпущено",
    "unit_price": "цена с ндс; цена; цена за единицу; цена за ед; цена единицы; цена продажи; цена реализации; "
    "отпускная цена; цена отпускная; цена с налогами; цена за штуку; цена за шт; цена за кг; цена за л; цена за м; продажная цена; цена продажная; ваша цена; цена розничная; цена со скидкой; цена с учетом скидки; unit price; unit amount; price; price each; item price; price per unit; sales price; selling price; "
    "unit selling price; lineitem price; rate; order lines/unit price; invoice lines/unit price; order line/price unit; invoice line ids/price unit; line item price; item cost; sold for; ваша цена за штуку с ндс; unit price tax incl; paid price",
    "amount": "сумма с ндс; сумма включая ндс; сумма с учетом ндс; сумма продажи с ндс; сумма в т.ч. ндс; стоимость с ндс; "
    "стоимость включая ндс; стоимость продаж с ндс; стоимость с налогом; сумма с налогом; всего с налогом; итого с налогом; "
    "с налогом; с ндс; всего с ндс; итого с ндс; выручка с ндс; продажи с ндс; сумма вкл ндс; стоимость продаж с ндс в руб и коп; сумма с налогами; всего; итого; сумма; сумма продажи; "
    "сумма продаж; сумма реализации; продажная сумма; сумма продажная; продажная стоимость; сумма отгрузки; сумма строки; стоимость; общая стоимость; стоимость продажи; "
    "выручка; продажи; сумма оборот; стоимость оборот; сумма со скидкой; сумма с учетом скидки; итого со скидкой; итого с учетом скидки; "
    "сумма к оплате; к оплате; всего к оплате; итоговая стоимость товара; вайлдберриз реализовал товар (пр); сумма брутто; стоимость брутто; бюджет; "
    "amount; amount incl vat; amount including vat; amount inc vat; gross amount; total incl vat; total inc vat; total including vat; "
    "total including tax; total incl tax; total inc tax; line total; order line total; line amount; line total amount; extended price; extended amount; ext price; item total; total price; "
    "total amount; sales amount; sale amount; sales; net sales; revenue; line item amount; line item total; item revenue; product revenue; "
    "row total; subtotal; line subtotal; order lines/total; invoice lines/total; order line/price total; invoice line ids/price total; order lines/subtotal; "
    "invoice lines/subtotal; order line/price subtotal; invoice line ids/price subtotal; total signed; total price tax incl; gtotal; total; gross; gross value; gross total; sum; value",
    "net_amount": "сумма без ндс; line amount excl vat; line amount excluding vat; стоимость без ндс; стоимость продаж без ндс; стоимость без налога; стоимость без косв налогов; стоимость без косвенных налогов; сумма без налога; без ндс; выручка без ндс; сумма без учета ндс; продажи без ндс; всего без ндс; "
    "итого без ндс; стоимость без учета ндс; amount excl vat; amount ex vat; untaxed amount; total ex vat; total ex tax; amount excluding vat; net amount; net value; net total; total excl vat; "
    "total excl tax; total excluding tax; untaxed amount signed; untaxed total; tax excl; стоимость нетто; сумма нетто; net",
    "vat": "ндс; сумма ндс; ндс сумма; ндс 20%; ндс 22%; ндс 10%; ндс 18%; сумма ндс 20%; сумма ндс 22%; vat 20%; в т.ч. ндс; в том числе ндс; сумма налога; vat; vat amount; tax; tax amount; item tax amount; sales tax; item tax; line tax; gst; vat sum",
    "discount": "скидка; скидка %; % скидки; процент скидки; размер скидки; "
    "скидка сумма; сумма скидки; скидка, руб; "
    "lineitem discount; discount; discount %; discount percent; unit price discount; discount rate; line discount; disc %; "
    "discount amount; line discount amount",
    "currency": "валюта; валюта документа; код валюты; currency; currency code; curr; crcy",
    "kind": "вид документа; тип документа; вид регистратора; тип регистратора; тип операции; вид операции; "
    "документ вид; документ тип; тип чека; вид чека; признак расчета; "
    "хозяйственная операция; хозоперация; операция; вид движения; движение; тип; вид; "
    "document type; doc type; invoice type; billing type; bill type; billt; order type; transaction type; entry type; move type; record type; type; kind",
    "return_flag": "возврат; это возврат; признак возврата; return; is return; is cancel; is cancelled; returned",
    "original": "документ-основание; документ основание; исходный документ; номер исходного документа; "
    "документ реализации; документ отгрузки; документ продажи; original document; "
    "original document number; original invoice; original",
    "original_date": "дата документа-основания; дата исходного документа; дата документа реализации; "
    "original document date; original date",
    "paid_on": "дата оплаты; оплачено; дата полной оплаты; paid on; payment date; date paid",
    "contract": "договор; договор контрагента; номер договора; № договора; договор с контрагентом; договор покупателя; договор с покупателем; "
    "договор с клиентом; наименование договора; соглашение; "
    "contract; contract number; contract no; contract id; agreement; agreement number",
    "status": "статус; состояние; статус заказа; статус документа; статус сделки; стадия сделки; стадия; этап сделки; status; order status; "
    "financial status; payment status; invoice status; deal stage; stage",
    "posted": "проведен; проведено; проведена; документ проведен; posted; is posted",
    "cancelled": "пометка удаления; помечен на удаление; удален; отменен; аннулирован; дата отмены; deleted; is deleted; voided; "
    "cancelled at; canceled at; cancelled on; cancelled; canceled; cancellation date",
}
# The universal report of 1C names a column with its table before it: `Ссылка.Номер`, `Товары.Количество`.
_OF_A_DOCUMENT: dict[FieldName, str] = {
    "document": "номер",
    "business_date": "дата",
    "customer": "контрагент.код; покупатель.код; клиент.код; партнер.код",
    "customer_name": "контрагент; покупатель; клиент; партнер; контрагент.наименование",
    "inn": "контрагент.инн; покупатель.инн; клиент.инн; партнер.инн",
    "kpp": "контрагент.кпп; покупатель.кпп; клиент.кпп",
    "currency": "валюта документа; валюта",
    "kind": "вид операции; хозяйственная операция",
    "contract": "договор контрагента; договор; соглашение",
    "posted": "проведен",
    "cancelled": "пометка удаления",
}
_OF_GOODS: dict[FieldName, str] = {
    "sku": "номенклатура.артикул; номенклатура.код",
    "name": "номенклатура; номенклатура.наименование",
    "quantity": "количество",
    "unit_price": "цена",
    "amount": "сумма с ндс; всего; сумма",
    "vat": "сумма ндс",
}


def headings_below_tables(wanted: FieldName) -> list[str]:
    """The headings of a field with a table of 1C before them; at last the document as it shows itself."""
    tables = (("ссылка", "документ", "регистратор"), ("товары", "запасы"))
    names = (_OF_A_DOCUMENT.get(wanted, ""), _OF_GOODS.get(wanted, ""))
    several = [
        f"{table}.{name}"
        for of, told in zip(tables, names, strict=True)
        if told
        for table in of
        for name in told.split("; ")
    ]
    return [*several, "ссылка"] if wanted == "document" else several


# Headings of a sum with VAT in it: beside another sum they are the ones that a partner paid.
WITH_VAT = (
    "сумма с ндс; сумма включая ндс; сумма с учетом ндс; сумма продажи с ндс; сумма в т.ч. ндс; стоимость с ндс; "
    "стоимость включая ндс; стоимость продаж с ндс; стоимость с налогом; сумма с налогом; всего с налогом; итого с налогом; "
    "с налогом; с ндс; всего с ндс; итого с ндс; выручка с ндс; продажи с ндс; сумма вкл ндс; amount incl vat; amount including vat; "
    "amount inc vat; gross amount; total incl vat; total inc vat; total including vat; total including tax; total incl tax; total inc tax; gross; gross value; gross total; "
    "order lines/total; invoice lines/total; order line/price total; invoice line ids/price total; сумма брутто; стоимость брутто"
)
# Headings of a sum that is less a discount: beside another sum they are the ones that a partner paid.
AFTER_DISCOUNT = (
    "сумма со скидкой; сумма с учетом скидки; итого со скидкой; итого с учетом скидки; сумма к оплате; к оплате; всего к оплате; "
    "цена со скидкой; цена с учетом скидки"
)
# Headings of a rate of VAT, which beside a sum without VAT tells the sum with it.
VAT_RATES = "ставка ндс; ндс %; % ндс; ставка налога; vat rate; vat %; tax rate; tax %; item tax %; mwst %; mwst-satz; steuersatz; ust %; ust-satz; tva %; taux tva; iva %; kdv %; kdv oranı; stawka vat; ставка пдв"
# Headings of the sum of a row, never of a document: beside another sum they are taken.
OF_A_ROW = (
    "сумма строки; сумма по строке; line total; order line total; line amount; line amount excl vat; line amount excluding vat; line total amount; line subtotal; item total; "
    "extended price; extended amount; ext price; order lines/total; invoice lines/total; order lines/subtotal; invoice lines/subtotal; "
    "order line/price total; invoice line ids/price total; order line/price subtotal; invoice line ids/price subtotal; line item amount; "
    "line item total; итоговая стоимость товара"
)
# A file needs a column or a constant for at least one field of each group. Without a date, the document tells it.
REQUIRED: tuple[tuple[FieldName, ...], ...] = (
    ("document",),
    ("business_date",),
    ("customer", "inn", "customer_name"),
    ("sku", "name"),
    ("quantity",),
    ("unit_price", "amount", "net_amount"),
)
_ABBREVIATIONS = ("инн", "кпп", "ндс")
# A field without a column is represented by another one of its group.
STAND_INS: tuple[tuple[FieldName, ...], ...] = (*REQUIRED, ("original_date", "original"))


def titled(heading: str) -> str:
    """A heading of the list as a person writes it: `Цена с НДС`, `ИНН`."""
    written = " ".join(each.upper() if each in _ABBREVIATIONS else each for each in heading.split(" "))
    return written[:1].upper() + written[1:]


def headings_of(several: Iterable[FieldName], mapping: Mapping[FieldName, str]) -> list[str]:
    """Names of missing columns: the heading in `mapping`, or the first usual ones in both languages."""
    names = []
    for wanted in several:
        usual = HEADINGS[wanted].split("; ")
        english = next(name for name in usual if name.isascii())
        names.append(mapping.get(wanted) or f"{titled(usual[0])} / {english}")
    return names
