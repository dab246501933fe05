from chalicelib.table import Key, company_partition, in_gsi2, in_table


@in_table("newest first", "E, S")
def entitlement(company_id: str, entitlement_id: str) -> Key:
    """The goods that a company is owed.

    Ids begin with the day from which the goods are there, so the list is in the order of days.
    """
    return Key(company_partition(company_id), f"ENTITLEMENT#{entitlement_id}")


@in_table("by choice", "S")
def choice(company_id: str, entitlement_id: str, choice_id: str) -> Key:
    """The goods chosen for an entitlement. Without a choice: the prefix of the list."""
    return Key(company_partition(company_id), f"CHOICE#{entitlement_id}#{choice_id}")


@in_gsi2("oldest first")
def goods_list(at: str, choice_id: str) -> Key:
    """The goods that wait to be shipped or handed over. A gift waits under the id of its entitlement."""
    return Key("GOODS", f"{at}#{choice_id}")


@in_table("one", "E, S, T")
def price_list(list_id: str) -> Key:
    """The base prices at a close: when they were frozen, and whether the list is whole."""
    return Key(f"PRICELIST#{list_id}", "LIST")


@in_table("by sku", "E, S, T")
def frozen_price(list_id: str, sku: str) -> Key:
    """The base price of an article at a close. With the beginning of an article number: the prefix of the list."""
    return Key(f"PRICELIST#{list_id}", f"PRICE#{sku}")
