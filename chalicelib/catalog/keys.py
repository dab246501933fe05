from chalicelib.table import Key, in_table


@in_table("by sku", "E")
def product(sku: str) -> Key:
    """The products of the catalogue."""
    return Key("PRODUCTS", sku)


@in_table("one", "E, S")
def categories() -> Key:
    """The tree of categories."""
    return Key("CATEGORIES", "TREE")


@in_table("one", "E, S, T")
def warehouses() -> Key:
    """The warehouses that each distributor names, and the distributors whose binding stock lies in a warehouse."""
    return Key("DISTRIBUTORS", "WAREHOUSES")


@in_table("one", "S")
def image(image_id: str) -> Key:
    """A product's picture."""
    return Key(f"IMAGE#{image_id}", "IMAGE")
