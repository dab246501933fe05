"""Files as programs other than 1C export them, by the headings that their makers publish; each is made up."""

from decimal import Decimal
from typing import Any

import pytest

from tests.exchange.reading.steps import read_file, why

ONE_CUSTOMER = {"constants": {"customer": "К-1"}}

QUICKBOOKS_ONLINE = """Acme Corp
"Sales by Customer Detail"
"January - March, 2026"

,Date,Transaction Type,Num,Product/Service,Memo/Description,Qty,Sales Price,Amount,Balance
Alpha LLC,,,,,,,,,
,01/15/2026,Invoice,1001,Lamp,Desk lamp,2,50.00,100.00,100.00
,01/20/2026,Credit Memo,1002,Lamp,Desk lamp,-1,50.00,-50.00,50.00
Total for Alpha LLC,,,,,,1,,50.00,
Beta LLC,,,,,,,,,
,01/25/2026,Invoice,1003,Brush,Brush,4,25.00,100.00,100.00
Total for Beta LLC,,,,,,4,,100.00,
TOTAL,,,,,,5,,150.00,
"""
QUICKBOOKS_DESKTOP = ""","Type","Date","Num","Memo","Name","Item","Account","Qty","Sales Price","Amount","Balance"
"Alpha LLC",,,,,,,,,,,
,"Invoice","01/15/2026","1001","Desk lamp","Alpha LLC","Lamp","Sales",2,50.00,100.00,100.00
,"Credit Memo","01/20/2026","1002","Desk lamp","Alpha LLC","Lamp","Sales",-1,50.00,-50.00,50.00
"Total Alpha LLC",,,,,,,,1,,50.00,50.00
"TOTAL",,,,,,,,1,,50.00,50.00
"""
XERO = """*ContactName,EmailAddress,*InvoiceNumber,Reference,*InvoiceDate,*DueDate,Total,TaxTotal,InventoryItemCode,*Description,*Quantity,*UnitAmount,Discount,LineAmount,*AccountCode,*TaxType,TaxAmount,Currency,Type,Sent,Status
Alpha,a@x.ru,INV-0001,,15/01/2026,15/02/2026,240.00,40.00,L-1,Lamp,2,50.00,,100.00,200,20% VAT,20.00,RUB,Sales invoice,Sent,Paid
Alpha,a@x.ru,INV-0001,,15/01/2026,15/02/2026,240.00,40.00,B-1,Brush,4,25.00,,100.00,200,20% VAT,20.00,RUB,Sales invoice,Sent,Paid
Beta,b@x.ru,CN-0002,,16/01/2026,,60.00,10.00,L-1,Lamp,1,50.00,,50.00,200,20% VAT,10.00,RUB,Sales credit note,Sent,Paid
Beta,b@x.ru,INV-0003,,17/01/2026,,60.00,10.00,L-1,Lamp,1,50.00,,50.00,200,20% VAT,10.00,RUB,Sales invoice,,Draft
"""
AMAZON = (
    "amazon-order-id\tpurchase-date\torder-status\tproduct-name\tsku\tasin\titem-status\tquantity\tcurrency\titem-price\titem-tax\n"
    "111-1\t2026-01-15T10:00:00+00:00\tShipped\tLamp\tL-1\tB01\tShipped\t2\tRUB\t100.00\t\n"
    "111-2\t2026-01-15T10:00:00+00:00\tCancelled\tBrush\tB-1\tB02\tCancelled\t0\tRUB\t\t\n"
)
SAP = """Billing Doc.;Item;Billing Date;Sold-To Party;Name 1;Material;Description;Billed Quantity;SU;Net Value;Tax Amount;Curr.
90000001;10;15.01.2026;100001;Alpha;L-1;Lamp;2;PC;100,00;20,00;RUB
90000001;20;15.01.2026;100001;Alpha;B-1;Brush;4;PC;100,00;20,00;RUB
"""
ODOO = """Number,Invoice/Bill Date,Partner,Invoice lines/Product,Invoice lines/Quantity,Invoice lines/Unit Price,Invoice lines/Subtotal
INV/2026/00001,2026-01-15,Alpha,Lamp,2.0,50.0,100.0
,,,Brush,4.0,25.0,100.0
INV/2026/00002,2026-01-16,Beta,Lamp,1.0,50.0,50.0
RINV/2026/00001,2026-01-17,Beta,Lamp,1.0,50.0,50.0
"""
WOOCOMMERCE = """Order Number,Order Status,Order Date,First Name (Billing),Company (Billing),Order Total Amount,SKU,Item #,Item Name,Quantity (- Refund),Item Cost,Order Line Subtotal
501,Completed,2026-01-15 10:11,Ann,Alpha,200.00,L-1,1,Lamp,2,50.00,100.00
501,Completed,2026-01-15 10:11,Ann,Alpha,200.00,B-1,2,Brush,4,25.00,100.00
502,Processing,2026-01-16 10:11,Bob,Beta,50.00,L-1,1,Lamp,1,50.00,50.00
503,Failed,2026-01-16 10:11,Bob,Beta,50.00,L-1,1,Lamp,1,50.00,50.00
"""
SHOPIFY = """Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Company,Cancelled at
#1001,a@x.ru,paid,2026-01-15 10:00:00 +0300,fulfilled,RUB,200.00,0.00,0.00,200.00,,0.00,2026-01-15 09:59:00 +0300,2,Lamp,50.00,L-1,Ann Lee,Alpha,
#1001,a@x.ru,,,,,,,,,,,2026-01-15 09:59:00 +0300,4,Brush,25.00,B-1,,,
#1002,b@x.ru,voided,,,RUB,50.00,0.00,0.00,50.00,,0.00,2026-01-16 09:59:00 +0300,1,Lamp,50.00,L-1,Bob,Beta,2026-01-17 09:59:00 +0300
#1002,b@x.ru,,,,,,,,,,,2026-01-16 09:59:00 +0300,1,Brush,25.00,B-1,,,
"""
MOYSKLAD = """№;Время;Контрагент;Организация;Наименование;Код;Артикул;Кол-во;Ед. изм.;Цена;Скидка, %;Сумма
00001;15.01.2026 10:00;ООО Альфа;ООО Мы;Лампа;0001;L-1;2;шт;50,00;10;90,00
00001;15.01.2026 10:00;ООО Альфа;ООО Мы;Кисть;0002;B-1;4;шт;25,00;0;100,00
"""
OZON = """Номер заказа;Номер отправления;Принят в обработку;Статус;Сумма отправления;Название товара;OZON id;Артикул;Итоговая стоимость товара;Количество
1-1;1-1-1;2026-01-15 10:00:00;Доставлен;200,00;Лампа;99;L-1;200,00;2
2-1;2-1-1;2026-01-15 10:00:00;Отменён;50,00;Лампа;99;L-1;50,00;1
"""
WILDBERRIES = """Артикул поставщика;Название;Тип документа;Обоснование для оплаты;Дата заказа покупателем;Дата продажи;Кол-во;Цена розничная;Вайлдберриз реализовал Товар (Пр);Srid
L-1;Лампа;Продажа;Продажа;2026-01-10;2026-01-12;1;500,00;450,00;s1
L-1;Лампа;Возврат;Возврат;2026-01-10;2026-01-13;1;500,00;430,00;s2
L-1;Лампа;;Логистика;2026-01-10;2026-01-13;0;0;0;s3
"""

ZOHO = """Invoice Date,Invoice Number,Invoice Status,Customer ID,Customer Name,Currency Code,Item Name,SKU,Quantity,Item Price,Item Total,Item Tax Amount,SubTotal,Total
2026-01-12,INV-1,Sent,55,Alpha,RUB,Lamp,L-1,2,50.00,100.00,20.00,200.00,240.00
2026-01-12,INV-1,Sent,55,Alpha,RUB,Brush,B-1,4,25.00,100.00,20.00,200.00,240.00
2026-01-13,INV-2,Void,56,Beta,RUB,Lamp,L-1,1,50.00,50.00,10.00,50.00,60.00
"""
NETSUITE = """Document Number,Date,Name,Item,Quantity,Amount,Type
INV1,1/15/2026,Alpha,Lamp,2,100.00,Invoice
CM2,1/16/2026,Alpha,Lamp,-1,-50.00,Credit Memo
"""
DYNAMICS = """Document No.;Posting Date;Sell-to Customer No.;Sell-to Customer Name;Type;No.;Description;Quantity;Line Amount Excl. VAT;Amount Including VAT
PSI-1;15.01.2026;C-1;Alpha;Item;1000;Lamp;2;100,00;120,00
PSI-1;15.01.2026;C-1;Alpha;Item;1001;Brush;4;100,00;120,00
"""
ETSY = """Sale Date,Item Name,Buyer,Quantity,Price,Discount Amount,Item Total,Currency,Transaction ID,Order ID
01/15/26,Lamp,ann,2,50.00,0.00,100.00,RUB,11,900
01/15/26,Brush,ann,4,25.00,0.00,100.00,RUB,12,900
"""
ODOO_ORDERS = """Order Reference,Order Date,Customer,Untaxed Amount,Total,Order Lines/Product,Order Lines/Quantity,Order Lines/Delivery Quantity,Order Lines/Unit Price,Order Lines/Subtotal,Order Lines/Total
S00001,2026-01-15 10:00:00,Alpha,200.0,240.0,Lamp,2.0,2.0,50.0,100.0,120.0
,,,,,Brush,4.0,0.0,25.0,100.0,120.0
S00002,2026-01-16 10:00:00,Beta,50.0,60.0,Lamp,1.0,1.0,50.0,50.0,60.0
"""
ODOO_TECHNICAL = """name,date_order,partner_id,order_line/product_id,order_line/product_uom_qty,order_line/price_unit,order_line/price_total
S00001,2026-01-15 10:00:00,Alpha,Lamp,2.0,50.0,120.0
,,,Brush,4.0,25.0,120.0
"""
ODOO_INVOICES = """Number,Invoice Partner Display Name,Invoice/Bill Date,Untaxed Amount Signed,Total Signed,Payment Status
INV/2026/00001,Alpha,2026-01-15,200.0,240.0,Paid
RINV/2026/00001,Alpha,2026-01-16,-50.0,-60.0,Paid
"""
ODOO_JOURNAL = """Date,Journal Entry,Partner,Product,Label,Quantity,Unit Price,Subtotal,Total
2026-01-15,INV/2026/00001,Alpha,Lamp,Desk lamp,2.0,50.0,100.0,120.0
2026-01-15,INV/2026/00001,Alpha,Brush,Brush,4.0,25.0,100.0,120.0
"""
IIKO = """Учетный день;Номер чека;Контрагент;Блюдо;Количество блюд;Сумма со скидкой, р.
15.01.2026;1;Кафе;Суп;2;100,00
15.01.2026;2;Кафе;Чай;1;20,50
Всего;;;;3;120,50
"""
STRIPE = """id,Invoice Number,Date (UTC),Customer Name,Line Item Description,Quantity,Line Item Amount,Currency,Status
in_1,INV-1,2026-01-15 10:00:00,Alpha,Lamp,2,100.00,rub,paid
in_2,INV-2,2026-01-15 10:00:00,Alpha,Lamp,2,100.00,rub,void
"""
QUICKBOOKS_2026 = """Transaction date,Transaction type,Num,Customer full name,Product/Service full name,Quantity,Sales price,Amount
01/15/2026,Invoice,1001,Alpha,Lamp,2,50.00,100.00
01/16/2026,Credit memo,1002,Alpha,Lamp,-1,50.00,-50.00
"""
BITRIX = """ID;Стадия сделки;Название сделки;Компания;Дата создания;Товар;Цена;Количество;Сумма
7;Сделка успешна;Январь;Ромашка;15.01.2026;Лампа;50;2;100
8;Сделка провалена;Февраль;Ромашка;16.01.2026;Лампа;50;2;100
"""
GERMAN = """Belegart;Belegnummer;Belegdatum;Kundennummer;Kundenname;Artikelnummer;Bezeichnung;Menge;Einzelpreis;Nettobetrag;MwSt;Bruttobetrag
Rechnung;RE-1;15.01.2026;1001;Alpha;L-1;Lampe;2;50,00;100,00;19,00;119,00
Gutschrift;GS-1;16.01.2026;1001;Alpha;L-1;Lampe;1;50,00;50,00;9,50;59,50
Summe;;;;;;;3;;150,00;28,50;178,50
"""
FRENCH = """Type de document;N° facture;Date facture;Client;Référence;Désignation;Quantité;Prix unitaire HT;Montant HT;TVA;Montant TTC
Facture;F-1;15/01/2026;Alpha;L-1;Lampe;2;50,00;100,00;20,00;120,00
Avoir;A-1;16/01/2026;Alpha;L-1;Lampe;1;50,00;50,00;10,00;60,00
"""
SPANISH = """Número de factura;Fecha;Cliente;Código;Descripción;Cantidad;Precio unitario;Importe
F-1;15/01/2026;Alpha;L-1;Lámpara;2;50,00;100,00
"""
POLISH = """Numer faktury;Data wystawienia;Nabywca;NIP;Nazwa towaru;Ilość;Cena netto;Wartość netto;Stawka VAT;Kwota VAT;Wartość brutto
FV/1/2026;15.01.2026;Alpha;5260001246;Lampa;2;50,00;100,00;23%;23,00;123,00
Razem;;;;;2;;100,00;;23,00;123,00
"""
ITALIAN = """Numero fattura;Data fattura;Cliente;Descrizione;Quantità;Prezzo unitario;Importo
1;15/01/2026;Alpha;Lampada;2;50,00;100,00
"""
UKRAINIAN = """Номер накладної;Дата;Покупець;Товар;Кількість;Ціна з ПДВ;Сума з ПДВ
1;15.01.2026;Альфа;Лампа;2;60,00;120,00
Разом;;;;2;;120,00
"""
BY_HAND = """№ накл;Дата;Клиент;Товар;К-во;Цена;Сумма
15;12.01.26;Ромашка;Лампа;2;50;100
16;13.01.26;Ромашка;Кисть;1;70;70
;;;;;ИТОГО:;170
"""
UNIVERSAL_REPORT = """Ссылка;Ссылка.Дата;Ссылка.Контрагент;Ссылка.Контрагент.ИНН;Номенклатура;Количество;Цена;Сумма;Сумма НДС
Реализация (акт, накладная, УПД) 0000-000001 от 12.01.2026 12:00:00;12.01.2026 12:00:00;Ромашка ООО;7707083893;Лампа;2,000;60,00;120,00;20,00
Реализация (акт, накладная, УПД) 0000-000002 от 13.01.2026 12:00:00;13.01.2026 12:00:00;Ромашка ООО;7707083893;Кисть;1,000;60,00;60,00;10,00
Итого;;;;;3,000;;180,00;30,00
"""
TABLE_OF_1C = """Номер;Дата;Контрагент;Контрагент.ИНН;Товары.Номенклатура;Товары.Количество;Товары.Цена;Товары.Сумма;Товары.Сумма НДС;Проведен
0000-000001;12.01.2026 12:00:00;Ромашка ООО;7707083893;Лампа;2,000;60,00;120,00;20,00;Да
0000-000002;12.01.2026 12:00:00;Ромашка ООО;7707083893;Лампа;2,000;60,00;120,00;20,00;Нет
"""
KINDS_OF_1C = """Дата;Номер;Вид документа;Контрагент;Номенклатура;Количество;Сумма
12.01.2026;1;Отчет комиссионера;К;Л;1;100
12.01.2026;2;Реализация;К;Л;1;100
12.01.2026;3;Чек ККМ;К;Л;1;100
12.01.2026;4;Чек ККМ на возврат;К;Л;1;100
"""
TURKISH = """Fatura No;Fatura Tarihi;Müşteri;Ürün;Miktar;Birim Fiyat;Tutar
F-1;12 Ocak 2026;Alfa;Lamba;2;50,00;100,00
F-2;13 Ocak 2026;Beta;Lamba;1;50,00;50,00
Genel Toplam;;;;3;;150,00
"""
KAZAKH = """Құжат нөмірі;Күні;Сатып алушы;Тауар;Саны;Бағасы;Сомасы
1;12 қаңтар 2026;Альфа;Шам;2;50,00;100,00
Барлығы;;;;2;;100,00
"""
CHINESE = """单据编号,单据日期,客户,商品,数量,单价,金额,税额,价税合计
1,2026年1月12日,Alfa,Lamp,2,50.00,100.00,13.00,113.00
合计,,,,2,,100.00,13.00,113.00
"""
UZBEK = """Hujjat raqami;Sana;Mijoz;Tovar;Miqdori;Narxi;Summasi
1;12.01.2026;Alfa;Lampa;2;50;100
Jami;;;;2;;100
"""
CZECH = """Číslo faktury;Datum vystavení;Odběratel;Název zboží;Množství;Cena za MJ;Celkem s DPH
1;12.01.2026;Alfa;Lampa;2;50,00;100,00
"""
SWEDISH = """Fakturanummer;Fakturadatum;Kund;Artikel;Antal;Pris;Belopp
1;2026-01-12;Alfa;Lampa;2;50,00;100,00
"""
BELARUSIAN = """Нумар;Дата;Пакупнік;Тавар;Колькасць;Сума
1;12.01.2026;Альфа;Лампа;2;100,00
Усяго;;;;2;100,00
"""
BOOK_OF_SALES = """Номер и дата счета-фактуры продавца;Наименование покупателя;ИНН/КПП покупателя;Стоимость продаж с НДС в руб. и коп.;Сумма НДС 20%
1 от 12.01.2026;ООО Альфа;7707083893/770701001;120,00;20,00
Всего;;;120,00;20,00
"""
FOOTER_OF_1C = """Дата;Номер;Контрагент;Номенклатура;Количество;Цена;Сумма
12.01.2026;1;Альфа;Лампа;2;60,00;120,00
;;;;;Итого:;120,00
;;;;;В том числе НДС:;20,00
;;;;;Всего к оплате:;120,00
"""
SHIPMENTS_OF_MOYSKLAD = """№;Время;Контрагент;Сумма;Валюта;Проведено
00001;15.01.2026 10:00;ООО Альфа;190,00;руб;да
00002;15.01.2026 10:00;ООО Альфа;50,00;руб;нет
"""
SAP_B1 = """DocNum;DocDate;CardCode;CardName;ItemCode;Dscription;Quantity;Price;LineTotal;VatSum;GTotal
1001;12.01.26;C20000;Alpha;A001;Lamp;2,000;50,00;100,00;20,00;120,00
1001;12.01.26;C20000;Alpha;A002;Brush;4,000;25,00;100,00;20,00;120,00
1002;13.01.26;C30000;Beta;A001;Lamp;1,000;50,00;50,00;10,00;60,00
"""
XERO_DETAIL = """Invoice Date,Invoice Number,Contact,Description,Quantity,Unit Price (ex),Discount,Tax,Gross
15 Jan 2026,INV-001,Alpha,Lamp,2.00,50.00,0.00,20.00,120.00
16 Jan 2026,INV-002,Beta,Lamp,1.00,50.00,0.00,10.00,60.00
Total,,,,3.00,,0.00,30.00,180.00
"""
TALLY = """Sales Register,,,,,,,
1-Apr-2026 to 31-Mar-2027,,,,,,,
Date,Particulars,Voucher Type,Voucher No.,Item,Quantity,Rate,Value
15-Apr-26,Alpha Traders,Sales,1,Lamp,2 Nos,"1,00,000.00","2,00,000.00"
16-Apr-26,Beta Stores,Sales,2,Lamp,1 Nos,"1,00,000.00","1,00,000.00"
,Grand Total,,,,3 Nos,,"3,00,000.00"
"""
GALAKTIKA = """Реестр накладных на отпуск за 01.2026;;;;;;
№ накладной;Дата выписки;Контрагент;Наименование МЦ;Отпущено;Цена учетная;Сумма с НДС
000123;12/01/2026;ООО Альфа;Лампа;2.000;50.00;100.00
000124;13/01/2026;ООО Бета;Кисть;4.000;25.00;100.00
ИТОГО;;;;6.000;;200.00
"""
YANDEX_MARKET = """Ваш номер заказа;Номер заказа;Дата оформления;Ваш SKU;Название товара;Количество;Ваша цена за штуку с НДС, ₽;Скидка маркетплейса;Статус заказа
1;100;15.01.2026;L1;Лампа;2;50,00;0;Доставлен
2;101;15.01.2026;L1;Лампа;1;50,00;0;Отменен в процессе обработки
"""
PRESTASHOP = """id_order;reference;date_add;company;product_reference;product_name;product_quantity;unit_price_tax_incl;total_price_tax_incl;total_price_tax_excl
1;XKBKNABJK;2026-01-15 10:00:00;Alpha;L1;Lamp;2;60.000000;120.000000;100.000000
2;OHSATSERP;2026-01-16 10:00:00;Beta;L1;Lamp;1;60.000000;60.000000;50.000000
"""
A_SUM_EACH = {"constants": {"quantity": "1", "name": "Товары"}}


@pytest.mark.parametrize(
    ("content", "profile", "documents", "customers", "total"),
    [
        pytest.param(QUICKBOOKS_ONLINE, {}, 3, 2, "150.00", id="QuickBooks Online"),
        pytest.param(QUICKBOOKS_DESKTOP, {}, 2, 1, "50.00", id="QuickBooks Desktop"),
        pytest.param(XERO, {}, 2, 2, "180.00", id="Xero"),
        pytest.param(AMAZON, ONE_CUSTOMER, 1, 1, "100.00", id="Amazon"),
        pytest.param(SAP, {}, 1, 1, "240.00", id="SAP"),
        pytest.param(ODOO, {}, 3, 2, "200.00", id="Odoo"),
        pytest.param(WOOCOMMERCE, {}, 2, 2, "250.00", id="WooCommerce"),
        pytest.param(SHOPIFY, {}, 1, 1, "200.00", id="Shopify"),
        pytest.param(MOYSKLAD, {}, 1, 1, "190.00", id="МойСклад"),
        pytest.param(OZON, ONE_CUSTOMER, 1, 1, "200.00", id="Ozon"),
        pytest.param(WILDBERRIES, ONE_CUSTOMER, 3, 1, "20.00", id="Wildberries"),
        pytest.param(ZOHO, {}, 1, 1, "240.00", id="Zoho Books"),
        pytest.param(NETSUITE, {}, 2, 1, "50.00", id="NetSuite"),
        pytest.param(DYNAMICS, {}, 1, 1, "240.00", id="Dynamics"),
        pytest.param(ETSY, {}, 1, 1, "200.00", id="Etsy"),
        pytest.param(ODOO_ORDERS, {}, 2, 2, "300.00", id="orders of Odoo"),
        pytest.param(ODOO_TECHNICAL, {}, 1, 1, "240.00", id="Odoo by names of fields"),
        pytest.param(
            ODOO_INVOICES, {"constants": {"quantity": "1", "name": "Goods"}}, 2, 1, "180.00", id="invoices of Odoo"
        ),
        pytest.param(ODOO_JOURNAL, {}, 1, 1, "240.00", id="journal of Odoo"),
        pytest.param(IIKO, {}, 2, 1, "120.50", id="iiko"),
        pytest.param(STRIPE, {}, 1, 1, "100.00", id="Stripe"),
        pytest.param(QUICKBOOKS_2026, {}, 2, 1, "50.00", id="QuickBooks of 2026"),
        pytest.param(BITRIX, {}, 1, 1, "100.00", id="Битрикс24"),
        pytest.param(GERMAN, {}, 2, 1, "59.50", id="German"),
        pytest.param(FRENCH, {}, 2, 1, "60.00", id="French"),
        pytest.param(SPANISH, {}, 1, 1, "100.00", id="Spanish"),
        pytest.param(POLISH, {}, 1, 1, "123.00", id="Polish"),
        pytest.param(ITALIAN, {}, 1, 1, "100.00", id="Italian"),
        pytest.param(UKRAINIAN, {}, 1, 1, "120.00", id="Ukrainian"),
        pytest.param(BY_HAND, {}, 2, 1, "170.00", id="by hand"),
        pytest.param(UNIVERSAL_REPORT, {}, 2, 1, "180.00", id="universal report of 1C"),
        pytest.param(TABLE_OF_1C, {}, 1, 1, "120.00", id="table of a document of 1C"),
        pytest.param(KINDS_OF_1C, {}, 4, 1, "200.00", id="kinds of 1C"),
        pytest.param(TURKISH, {}, 2, 2, "150.00", id="Turkish"),
        pytest.param(KAZAKH, {}, 1, 1, "100.00", id="Kazakh"),
        pytest.param(CHINESE, {}, 1, 1, "113.00", id="Chinese"),
        pytest.param(UZBEK, {}, 1, 1, "100.00", id="Uzbek"),
        pytest.param(CZECH, {}, 1, 1, "100.00", id="Czech"),
        pytest.param(SWEDISH, {}, 1, 1, "100.00", id="Swedish"),
        pytest.param(BELARUSIAN, {}, 1, 1, "100.00", id="Belarusian"),
        pytest.param(BOOK_OF_SALES, A_SUM_EACH, 1, 1, "120.00", id="book of sales of 1C"),
        pytest.param(FOOTER_OF_1C, {}, 1, 1, "120.00", id="VAT below the total, in a column of numbers"),
        pytest.param(SHIPMENTS_OF_MOYSKLAD, A_SUM_EACH, 1, 1, "190.00", id="shipments of МойСклад"),
        pytest.param(SAP_B1, {}, 2, 2, "300.00", id="SAP Business One"),
        pytest.param(XERO_DETAIL, {}, 2, 2, "180.00", id="invoice detail of Xero"),
        pytest.param(TALLY, {}, 2, 2, "300000.00", id="Tally, with lakhs"),
        pytest.param(GALAKTIKA, {}, 2, 2, "200.00", id="Галактика"),
        pytest.param(YANDEX_MARKET, ONE_CUSTOMER, 1, 1, "100.00", id="Яндекс Маркет"),
        pytest.param(PRESTASHOP, {}, 2, 2, "180.00", id="PrestaShop"),
    ],
)
def test_a_file_of_another_program_comes_to_its_sum(
    content: str, profile: dict[str, Any], documents: int, customers: int, total: str
) -> None:
    read = read_file(content, profile)
    assert not read.faults
    assert (len(read.documents), len(read.customers), read.total) == (documents, customers, Decimal(total))


def test_a_list_of_documents_without_goods_needs_the_goods_and_the_quantity_from_its_profile() -> None:
    content = (
        "Дата;Номер;Контрагент;ИНН;Сумма без НДС;Ставка НДС;НДС;Итого\n"
        "25.09.2026;147;ООО Тест;7722753969;108196,72;22%;23803,28;132000,00\n"
    )
    assert why(content)[0] == "column_missing"
    read = read_file(content, {"constants": {"quantity": "1", "name": "Товары"}})
    assert read.total == Decimal("132000.00")


def test_a_column_of_documents_as_1c_shows_them_needs_no_known_heading() -> None:
    content = "Основание отгрузки;Клиент;Товар;Количество;Сумма\n{};К;Лампа;1;100\n{};К;Лампа;1;40\nИтого;;;2;{}\n"
    sale, back = "Реализация УТ-1 от 12.01.2026 10:00:00", "Возврат от покупателя УТ-2 от 13.01.2026 10:00:00"
    assert read_file(content.format(sale, back, 140)).total == Decimal(60)
    assert why(content.format(sale, "Заказ клиента УТ-2 от 13.01.2026", 140))[0] == "column_missing"


def test_a_code_of_the_ledger_is_no_code_of_a_customer() -> None:
    content = "Date,Number,Account Number,Customer,Item,Qty,Amount\n2026-01-12,1,200,Alpha,Lamp,1,100\n2026-01-13,2,200,Beta,Lamp,1,50\n"
    code, facts = why(content)
    assert (code, facts["value"], facts["names"]) == ("customer_code_shared", "200", ["Alpha", "Beta"])
    assert read_file(content, {"mapping": {"customer": ""}}).customers == {"name:alpha", "name:beta"}


def test_a_discount_of_a_whole_order_is_in_no_row() -> None:
    content = SHOPIFY.replace("200.00,,0.00", "180.00,X,20.00", 1)
    code, facts = why(content)
    assert (code, facts["value"]) == ("discount_of_document", "20.00")
    assert read_file(content, {"mapping": {"discount": ""}}).total == Decimal("200.00")


def test_a_day_or_a_customer_may_be_a_part_of_the_number() -> None:
    content = (
        "Дата;Клиент;Товар;К-во;Сумма\n12.01.2026;А;Лампа;2;100\n12.01.2026;А;Кисть;2;10\n12.01.2026;Б;Кисть;2;10\n"
    )
    read = read_file(content, {"mapping": {"document": "Дата + Клиент"}})
    assert sorted(read.documents.values()) == [Decimal("10.00"), Decimal("110.00")]
    assert read.customers == {"name:а", "name:б"}


def test_vat_that_a_shop_adds_to_an_order_is_in_no_row() -> None:
    table = "Name,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Billing Company\n"
    code, facts = why(table + "#1,RUB,100.00,5.00,20.00,125.00,2026-01-12,2,Lamp,50.00,Alpha\n")
    assert (code, facts["column"]) == ("vat_unclear", "Taxes")
    within = read_file(table + "#1,RUB,120.00,5.00,20.00,125.00,2026-01-12,2,Lamp,60.00,Alpha\n")
    assert within.total == Decimal("120.00")


def test_a_promotion_of_amazon_is_not_within_the_price_of_an_item() -> None:
    table = (
        "amazon-order-id\tpurchase-date\tproduct-name\tsku\tquantity\tcurrency\titem-price\titem-promotion-discount\n"
    )
    line = "111-{}\t2026-01-12T10:00:00+00:00\tLamp\tL-1\t2\tRUB\t100.00\t{}\n"
    code, facts = why(table + line.format(1, "10.00") + line.format(2, "0.00"), ONE_CUSTOMER)
    assert (code, facts["column"]) == ("discount_beside", "item-promotion-discount")
    assert read_file(table + line.format(1, "0.00"), ONE_CUSTOMER).total == Decimal("100.00")


def test_the_state_of_odoos_invoices_by_the_names_of_its_fields_is_read() -> None:
    table = "name,partner_id,invoice_date,state,move_type,invoice_line_ids/product_id,invoice_line_ids/quantity,invoice_line_ids/price_total\n"
    read = read_file(
        table
        + "INV/1,Alpha,2026-01-12,posted,out_invoice,Lamp,2,120.00\nINV/2,Alpha,2026-01-13,draft,out_invoice,Lamp,1,60.00\n"
    )
    assert read.documents == {"INV/1": Decimal("120.00")}


@pytest.mark.parametrize(
    ("heading", "sale", "back"),
    [
        ("Belge Türü;Fatura No;Fatura Tarihi;Müşteri;Ürün;Miktar;Tutar", "Satış Faturası", "İade Faturası"),
        ("Құжат түрі;Құжат нөмірі;Күні;Сатып алушы;Тауар;Саны;Сомасы", "Сату", "Қайтару"),
        ("Hujjat turi;Hujjat raqami;Sana;Mijoz;Tovar;Miqdori;Summasi", "Sotuv", "Qaytarish"),
        ("Від дакумента;Нумар;Дата;Пакупнік;Тавар;Колькасць;Сума", "Продаж", "Вяртанне"),
        ("Typ dokladu;Číslo dokladu;Datum vystavení;Odběratel;Zboží;Množství;Celkem", "Faktura", "Dobropis"),
        ("Typ;Fakturanummer;Fakturadatum;Kund;Artikel;Antal;Belopp", "Faktura", "Kreditfaktura"),
        ("单据类型;单据编号;单据日期;客户;商品;数量;金额", "销售出库", "销售退货"),
    ],
    ids=["Turkish", "Kazakh", "Uzbek", "Belarusian", "Czech", "Swedish", "Chinese"],
)
def test_a_return_has_a_name_in_the_language_of_the_headings(heading: str, sale: str, back: str) -> None:
    rows = [f"{sale};1;12.01.2026;A;L;2;100,00", f"{back};2;13.01.2026;A;L;1;50,00"]
    assert read_file("\n".join([heading, *rows, ""])).total == Decimal(50)
    beside = "\n".join(
        [heading.partition(";")[2] + ";Info", *(f"{row.partition(';')[2]};{row.partition(';')[0]}" for row in rows), ""]
    )
    assert why(beside)[0] == "return_beside"


BOOK_OF_SALES = """Книга продаж
Продажа за период с 01.01.2026 по 31.03.2026
№ п/п;Код вида операции;Номер и дата счета-фактуры продавца;Наименование покупателя;ИНН/КПП покупателя;Стоимость продаж по счету-фактуре, разница стоимости по корректировочному счету-фактуре (включая НДС) в рублях и копейках;Стоимость продаж, облагаемых налогом, без НДС 20 процентов;Сумма НДС 20 процентов
1;2;3;7;8;13б;14;17
1;01;17 от 12.01.2026;ООО Ромашка;7736050003/773601001;1 200,00;1 000,00;200,00
2;01;18 от 13.01.2026;АО Лютик;5003052454/500301001;600,00;500,00;100,00
Всего;;;;;1 800,00;1 500,00;300,00
"""
BUSINESS_ONE = """Document Number;Posting Date;Customer/Vendor Code;Customer/Vendor Name;Item No.;Item/Service Description;Quantity;Price;Row Total;Tax Amount;Gross Total
17;12.01.2026;C20000;Ромашка;A1;Лампа;2;500,00;1 000,00;200,00;1 200,00
18;13.01.2026;C30000;Лютик;A1;Лампа;1;500,00;500,00;100,00;600,00
"""
LOGO = """Fatura No;Fatura Tarihi;Cari Hesap Kodu;Cari Hesap Ünvanı;Malzeme Kodu;Malzeme Açıklaması;Miktar;Birim Fiyat;Tutar;KDV %;KDV Tutarı;Net Tutar
SAT17;12.01.2026;120.01;Papatya;L-1;Lamba;2;500,00;1.000,00;20;200,00;1.200,00
SAT18;13.01.2026;120.02;Lale;L-1;Lamba;1;500,00;500,00;20;100,00;600,00
"""
ALV = """Billing documents
----------------------------------------------------------------
|Bill.Doc.|Bill. date|Sold-to pt|Material|Billed qty|Net value |
----------------------------------------------------------------
|17       |12.01.2026|100001    |L-1     |     2    |  2.000,00|
|18       |13.01.2026|100002    |L-1     |     1-   |    200,00-|
|*        |          |          |        |     1    |  1.800,00|
----------------------------------------------------------------
"""


@pytest.mark.parametrize(
    ("content", "profile"),
    [
        (BOOK_OF_SALES, {"constants": {"quantity": "1", "name": "Товары"}}),
        (BUSINESS_ONE, {}),
        (LOGO, {}),
        (ALV, {}),
    ],
    ids=["book of sales", "SAP Business One", "Logo", "list of SAP"],
)
def test_lists_of_further_programs_are_read_by_their_own_headings(content: str, profile: dict[str, Any]) -> None:
    read = read_file(content, profile)
    assert (read.total, len(read.documents), len(read.customers), read.faults) == (Decimal(1800), 2, 2, [])
