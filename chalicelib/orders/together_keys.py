"""Keys of what is bought together."""

from chalicelib.table.key import Key, in_table


@in_table("one", "E, S")
def together(sku: str) -> Key:
    """The articles that others buy together with an article."""
    return Key(f"TOGETHER#{sku}", "COUNTS")


@in_table("one", "S")
def counted_together(buyer: str) -> Key:
    """The counts that a buyer added to.

    `buyer`: an INN, so that the shops of a chain are one; without one the company.
    """
    return Key(f"BUYER#{buyer}", "TOGETHER")
