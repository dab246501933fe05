from chalicelib.table import Key, company_partition, distributor_partition, in_gsi1, in_gsi2, in_table


@in_table("one", "E, S")
def order(company_id: str, order_id: str) -> Key:
    """An order of a company."""
    return Key(company_partition(company_id), f"ORDER#{order_id}")


@in_gsi1("by time")
def club_order_list(at: str, order_id: str) -> Key:
    """All orders of the club, newest first: pointers."""
    return Key("ORDERS", f"{at}#{order_id}")


@in_gsi1("by time")
def order_list(company_id: str, at: str, order_id: str) -> Key:
    """The orders of a company, newest first."""
    return Key(f"ORDERS#{company_id}", f"{at}#{order_id}")


@in_table("one", "E, S")
def distributor_order(distributor_id: str, order_id: str) -> Key:
    """The company of a distributor's order, and its numbers."""
    return Key(distributor_partition(distributor_id), f"ORDER#{order_id}")


@in_gsi2("by time")
def distributor_queue(distributor_id: str, at: str, order_id: str) -> Key:
    """The orders of a distributor, newest first."""
    return Key(f"QUEUE#{distributor_id}", f"{at}#{order_id}")


@in_table("one", "T")
def shipment(distributor_id: str, year: int, document: str) -> Key:
    """The shipping documents that a distributor has named.

    Written with the shipment and never changed. Bookkeeping numbers its documents again each year.
    """
    return Key(distributor_partition(distributor_id), f"SHIPMENT#{year}#{document}")


@in_table("one", "T")
def returned(distributor_id: str, year: int, document: str) -> Key:
    """The documents of returns that a distributor has named. As `shipment`; what comes back has numbers of its own."""
    return Key(distributor_partition(distributor_id), f"RETURN#{year}#{document}")
