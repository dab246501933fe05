"""Headings in further languages: German, French, Spanish, Italian, Polish, Portuguese, Dutch, Ukrainian, Belarusian, Turkish, Kazakh, Uzbek, Czech,
Swedish and Chinese. Pure.

A word that means two fields stands for neither. Prices without VAT are left out: alone, they would make sums that nobody paid.
"""

from unicodedata import combining, normalize

from chalicelib.exchange.columns.fields import FieldName

_ABROAD: dict[FieldName, str] = {
    "document": "rechnungsnummer; rechnungsnr; rechnungs-nr; rechnung nr; rechnung; belegnummer; belegnr; beleg-nr; beleg nr; lieferscheinnummer; "
    "lieferschein-nr; fakturanummer; faktura; auftragsnummer; auftragsnr; bestellnummer; bestellnr; vorgangsnummer; nummer; "
    "n° facture; n° de facture; numéro facture; numéro de facture; no facture; facture; n° pièce; n° de pièce; numéro de pièce; n° document; "
    "n° commande; numéro de commande; numéro; "
    "número de factura; n° factura; nº factura; nº de factura; núm factura; factura; número de documento; nº documento; número de pedido; "
    "nº pedido; número; "
    "numero fattura; n° fattura; nr fattura; fattura; numero documento; n° documento; nr documento; numero ordine; numero; "
    "numer faktury; nr faktury; faktura nr; numer dokumentu; nr dokumentu; numer zamówienia; nr zamówienia; numer; "
    "número da fatura; número da nota; nota fiscal; "
    "factuurnummer; factuurnr; factuur; ordernummer; bestelnummer; "
    "номер накладної; видаткова накладна; номер рахунку-фактури; "
    "fatura no; fatura numarası; belge no; belge numarası; evrak no; nr dokumentu; fiş no; irsaliye no; sipariş no; құжат нөмірі; жүкқұжат нөмірі; "
    "шот-фактура нөмірі; hujjat raqami; faktura raqami; нумар; нумар дакумента; číslo faktury; číslo dokladu; "
    "číslo objednávky; fakturanummer; 单据编号; 单据号; 订单号; 订单编号; 发票号; 发票号码; 销售单号",
    "business_date": "rechnungsdatum; belegdatum; fakturadatum; lieferdatum; buchungsdatum; auftragsdatum; bestelldatum; verkaufsdatum; datum; "
    "date facture; date de facture; date de facturation; date document; date de vente; date commande; date de commande; "
    "fecha de factura; fecha factura; fecha de emisión; fecha documento; fecha de venta; fecha pedido; fecha; "
    "data fattura; data documento; data vendita; data ordine; "
    "data wystawienia; data sprzedaży; data faktury; data dokumentu; data zamówienia; "
    "data da fatura; data de emissão; data da venda; data; "
    "factuurdatum; orderdatum; besteldatum; "
    "дата накладної; "
    "fatura tarihi; belge tarihi; evrak tarihi; data wyst; sipariş tarihi; tarih; құжат күні; күні; hujjat sanasi; sana; datum vystavení; "
    "datum dokladu; fakturadatum; 单据日期; 订单日期; 销售日期; 开票日期; 日期",
    "customer": "kundennummer; kundennr; kunden-nr; kunden nr; debitor; debitorennummer; debitor-nr; "
    "code client; n° client; numéro client; id client; "
    "código cliente; código de cliente; cód cliente; nº cliente; "
    "codice cliente; cod cliente; "
    "kod klienta; kod kontrahenta; kod odbiorcy; id klienta; numer klienta; "
    "código do cliente; "
    "klantnummer; klantnr; debiteurnummer; "
    "код клієнта; код покупця; "
    "müşteri kodu; cari kodu; cari kod; cari hesap kodu; kontrahent kod; сатып алушы коды; mijoz kodi; číslo zákazníka; kundnummer; 客户编码; 客户编号; 客户代码",
    "customer_name": "kunde; kundenname; name des kunden; auftraggeber; rechnungsempfänger; käufer; "
    "nom client; nom du client; raison sociale; acheteur; "
    "cliente; nombre cliente; nombre del cliente; razón social; comprador; "
    "ragione sociale; nome cliente; acquirente; "
    "nabywca; nazwa nabywcy; klient; nazwa klienta; kontrahent; nazwa kontrahenta; odbiorca; nazwa odbiorcy; "
    "nome do cliente; razão social; "
    "klant; klantnaam; afnemer; "
    "покупець; клієнт; замовник; назва клієнта; назва контрагента; найменування покупця; "
    "müşteri; müşteri adı; cari adı; cari ünvanı; cari unvan; kontrahent nazwa; cari hesap ünvanı; cari hesap adı; alıcı; сатып алушы; тапсырыс беруші; mijoz; xaridor; пакупнік; кліент; odběratel; "
    "zákazník; kund; kundnamn; 客户; 客户名称; 购买方; 购买方名称",
    "sku": "artikelnummer; artikelnr; artikel-nr; artikel nr; art-nr; artikelcode; produktnummer; materialnummer; ean; "
    "référence article; réf article; code article; référence produit; code produit; référence; "
    "código artículo; código de artículo; cód artículo; código producto; código de producto; referencia; código; "
    "codice articolo; cod articolo; codice prodotto; codice; "
    "kod towaru; kod produktu; indeks; symbol towaru; kod ean; "
    "código do produto; código do artigo; "
    "productcode; "
    "артикул товару; код товару; "
    "ürün kodu; stok kodu; stok kod; malzeme kodu; towar kod; тауар коды; tovar kodi; kód zboží; 商品编码; 商品编号; 物料编码; 货号",
    "name": "artikelbezeichnung; artikelname; artikel; produkt; produktname; produktbezeichnung; bezeichnung; warenbezeichnung; beschreibung; "
    "désignation; libellé; libellé article; article; produit; nom du produit; description article; "
    "artículo; producto; descripción; concepto; nombre del producto; "
    "articolo; prodotto; descrizione; descrizione articolo; "
    "nazwa towaru; nazwa produktu; nazwa; towar; towar/usługa; nazwa towaru/usługi; opis; "
    "produto; descrição; nome do produto; artigo; "
    "omschrijving; artikelomschrijving; "
    "найменування; назва товару; найменування товару; товар/послуга; "
    "ürün; ürün adı; stok adı; stok ismi; malzeme; malzeme adı; towar nazwa; malzeme açıklaması; mal/hizmet; тауар; тауар атауы; тауардың атауы; tovar; tovar nomi; mahsulot; тавар; "
    "назва тавару; zboží; název zboží; položka; název položky; benämning; 商品; 商品名称; 品名; 产品; 产品名称; 货物名称",
    "quantity": "menge; anzahl; stückzahl; stück; verkaufte menge; fakturierte menge; liefermenge; "
    "quantité; qté; quantité vendue; quantité facturée; "
    "cantidad; cant; unidades; uds; "
    "quantità; qtà; q.tà; pezzi; "
    "ilość; ilość sztuk; liczba sztuk; "
    "quantidade; qtd; qtde; "
    "aantal; "
    "кількість; к-сть; кіль-сть; "
    "miktar; adet; саны; miqdori; soni; колькасць; množství; počet; antal; 数量",
    "unit_price": "einzelpreis brutto; einzelpreis; stückpreis; preis pro stück; verkaufspreis; vk-preis; preis; "
    "prix unitaire ttc; pu ttc; prix unitaire; prix de vente; prix; "
    "precio unitario; precio de venta; precio; "
    "prezzo unitario; prezzo di vendita; prezzo; "
    "cena brutto; cena jednostkowa; cena sprzedaży; cena; "
    "preço unitário; preço; "
    "stukprijs; eenheidsprijs; prijs; "
    "ціна з пдв; ціна; ціна за одиницю; "
    "birim fiyat; birim fiyatı; fiyat; бағасы; narxi; цана; cena za mj; cena za kus; pris; à-pris; styckpris; 单价; 含税单价",
    "amount": "bruttobetrag; betrag brutto; gesamt brutto; gesamtbetrag brutto; summe brutto; umsatz brutto; bruttoumsatz; bruttowert; brutto; "
    "gesamtpreis; gesamtbetrag; betrag; gesamtsumme; summe; gesamt; positionsbetrag; zeilenbetrag; "
    "montant ttc; total ttc; prix total ttc; ttc; montant; montant total; prix total; total ligne; "
    "importe total; importe con iva; total con iva; importe; total línea; "
    "importo totale; totale ivato; totale con iva; importo; totale; totale riga; "
    "wartość brutto; kwota brutto; wartość sprzedaży brutto; razem brutto; wartość; kwota; razem; suma; "
    "valor total; valor; preço total; "
    "bedrag incl btw; totaal incl btw; bedrag; totaal; totaalprijs; "
    "сума з пдв; сума; всього; разом; сума продажу; "
    "kdv dahil tutar; kdv dahil; tutar; toplam tutar; genel toplam; toplam; ққс-мен сома; сомасы; summasi; jami; "
    "cena celkem; celkem s dph; celkem; belopp; summa inkl moms; summa; 价税合计; 含税金额; 金额; 总金额",
    "net_amount": "nettobetrag; betrag netto; gesamt netto; summe netto; umsatz netto; nettoumsatz; nettowert; netto; "
    "montant ht; total ht; prix total ht; ht; "
    "base imponible; importe sin iva; total sin iva; importe neto; "
    "imponibile; totale imponibile; importo netto; "
    "wartość netto; kwota netto; wartość sprzedaży netto; razem netto; "
    "bedrag excl btw; totaal excl btw; "
    "сума без пдв; "
    "kdv hariç tutar; kdv hariç; ққс-сыз сома; celkem bez dph; základ daně; summa exkl moms; 不含税金额",
    "vat": "mwst; mwst-betrag; mehrwertsteuer; ust; ust-betrag; umsatzsteuer; steuerbetrag; tva; montant tva; iva; cuota iva; importe iva; "
    "importo iva; kwota vat; podatek vat; podatek; btw; btw-bedrag; пдв; сума пдв; "
    "kdv; kdv tutarı; ққс; ққс сомасы; dph; moms; 税额",
    "discount": "rabatt; rabatt %; rabatt in %; rabattbetrag; remise; remise %; descuento; dto; descuento %; sconto; sconto %; rabat; rabat %; "
    "desconto; korting; знижка",
    "currency": "währung; devise; divisa; moneda; valuta; waluta; moeda; para birimi; валютасы; valyuta; měna; 币种",
    "kind": "belegart; belegtyp; rechnungsart; dokumentart; dokumenttyp; type de document; type de pièce; type document; tipo de documento; "
    "tipo documento; typ dokumentu; rodzaj dokumentu; documenttype; tipo; typ; вид документу; тип документу; "
    "belge türü; fatura türü; құжат түрі; hujjat turi; turi; від дакумента; тып дакумента; typ dokladu; druh dokladu; fakturatyp; 单据类型; 业务类型",
    "status": "rechnungsstatus; belegstatus; statut; état; estado; stato; durum; күйі; holati; stav; 状态",
}
# Of these, sums with VAT in them.
_WITH_VAT = (
    "bruttobetrag; betrag brutto; gesamt brutto; gesamtbetrag brutto; summe brutto; umsatz brutto; bruttoumsatz; bruttowert; brutto; montant ttc; "
    "total ttc; prix total ttc; ttc; importe con iva; total con iva; totale ivato; totale con iva; wartość brutto; kwota brutto; "
    "wartość sprzedaży brutto; razem brutto; bedrag incl btw; totaal incl btw; сума з пдв; einzelpreis brutto; prix unitaire ttc; pu ttc; "
    "cena brutto; ціна з пдв; kdv dahil tutar; kdv dahil; ққс-мен сома; celkem s dph; summa inkl moms; 价税合计; 含税金额; 含税单价"
)
_OTHER_LETTERS = str.maketrans({"ł": "l", "ß": "ss"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def headings_abroad(wanted: FieldName) -> list[str]:
    """The headings of a field in further languages, each also without its accents, as programs that know ASCII alone write them."""
    return _both(_ABROAD.get(wanted, ""))


def with_vat_abroad() -> list[str]:
    return _both(_WITH_VAT)


def _both(names: str) -> list[str]:
    return [spelling for name in names.split("; ") if name for spelling in (name, *_in_ascii(name))]


def _in_ascii(name: str) -> list[str]:
    bare = "".join(sign for sign in normalize("NFD", name.translate(_OTHER_LETTERS)) if not combining(sign))
    return [text for text in dict.fromkeys((bare, name.translate(_UMLAUTS))) if text.isascii() and text != name]
