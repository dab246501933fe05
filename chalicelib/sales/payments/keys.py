from chalicelib.table import Key, in_table


@in_table("one", "S")
def payment(source: str, document: str) -> Key:
    """The payment of a document. It may come before the document."""
    return Key(f"DOCUMENT#{source}#{document}", "PAYMENT")
