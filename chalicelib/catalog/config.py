from chalicelib.platform import Section


class Catalogue(Section, name="catalogue"):
    """Pictures of products: how large one may be, how long its upload may take, how many a product shows."""

    image_most_bytes: int = 5_242_880
    image_upload_minutes: int = 15
    images_per_product: int = 10
