from chalicelib.table import Key, in_gsi2, in_table, shard_of

CLUB_TOTALS = "CLUBTOTALS"
MISMATCHES = "MISMATCHES"


@in_table("by company", "S")
def checkpoint(company_id: str) -> Key:
    """The point up to which a company's ledger is audited."""
    return Key(checkpoint_shard(shard_of(company_id)), company_id)


def checkpoint_shard(shard: int) -> str:
    """The partition of one shard of `checkpoint`."""
    return f"CHECKPOINT#{shard}"


@in_table("by currency", "S")
def club_total(currency: str, company_id: str) -> Key:
    """The club's totals of all bonuses.

    Of the shard in which the company lies, so that not all companies meet at one item.
    """
    return Key(CLUB_TOTALS, f"{currency}#{shard_of(company_id)}")


@in_table("by account", "E")
def mismatch(owner: str, account: str) -> Key:
    """The accounts of an owner that do not balance. `owner`: a company, or a club total."""
    return Key(f"MISMATCH#{owner}", account)


@in_gsi2("oldest first")
def mismatch_list(at: str, owner: str, account: str) -> Key:
    """The accounts that do not balance yet."""
    return Key(MISMATCHES, f"{at}#{owner}#{account}")
