from chalicelib.table import Key, company_partition, folded, in_gsi1, in_gsi2, in_table


@in_table("one", "E, S")
def company(company_id: str) -> Key:
    """A company."""
    return Key(company_partition(company_id), "PROFILE")


@in_table("one", "S")
def firm(inn: str) -> Key:
    """The companies that have this INN, by KPP."""
    return Key(f"INN#{inn}", "FIRM")


@in_table("one", "S")
def customer_owner(source: str, customer: str) -> Key:
    """The company behind a customer's code in somebody's files."""
    return Key(f"CUSTOMER#{source}#{customer}", "OWNER")


@in_gsi1("by source")
def customers_of(company_id: str, source: str, customer: str) -> Key:
    """The customers of files that are this company."""
    return Key(f"CUSTOMERSOF#{company_id}", f"{source}#{customer}")


@in_gsi2("oldest first")
def customer_question_list(at: str, source: str, customer: str) -> Key:
    """Customers of files whose INN is that of another company than theirs, for the staff to decide."""
    return Key("CUSTOMER_QUESTIONS", f"{at}#{source}#{customer}")


@in_table("by member", "E, T")
def person(company_id: str, member_id: str) -> Key:
    """The people of a company. With an empty member: the prefix of the list."""
    return Key(company_partition(company_id), f"PERSON#{member_id}")


@in_gsi1("oldest first")
def invitation_list(member_id: str, at: str, company_id: str) -> Key:
    """The invitations of a member that are not accepted yet."""
    return Key(f"INVITED#{member_id}", f"{at}#{company_id}")


@in_gsi1("by name")
def company_list(name: str, company_id: str) -> Key:
    """All companies."""
    return Key("COMPANIES", f"{folded(name)}#{company_id}")


@in_gsi2("oldest first")
def claim_list(at: str, company_id: str, member_id: str) -> Key:
    """Pending claims, for the club's managers."""
    return Key("CLAIMS", f"{at}#{company_id}#{member_id}")
