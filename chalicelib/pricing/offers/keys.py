from chalicelib.table import Key, company_partition, in_gsi1, in_table


@in_table("one", "E, S, T")
def granted(company_id: str) -> Key:
    """The offers and display deals of a company."""
    return Key(company_partition(company_id), "GRANTED")


@in_table("one", "S")
def offer(company_id: str, offer_id: str) -> Key:
    """An offer to a company."""
    return Key(company_partition(company_id), f"OFFER#{offer_id}")


@in_gsi1("by time")
def offer_list(company_id: str, at: str, offer_id: str) -> Key:
    """The offers to a company, newest first."""
    return Key(f"OFFERS#{company_id}", f"{at}#{offer_id}")


@in_table("by time", "E")
def listed_offer(at: str, offer_id: str) -> Key:
    """The place of an offer among those to all companies, newest first."""
    return Key("OFFERS", f"{at}#{offer_id}")
