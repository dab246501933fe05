"""Pictures of products: upload, confirmation, removal and links.

The browser uploads with a signed form, which fixes the name, type and largest size of the object. A picture is shown after its
confirmation, so never without its object.

Weakest point: the object of an unconfirmed upload, or of a removal that crashed, stays in the bucket.
"""

from collections.abc import Callable

from boto3.dynamodb.conditions import Attr

from chalicelib.catalog import keys, store
from chalicelib.catalog.config import Catalogue
from chalicelib.catalog.rules import Image
from chalicelib.catalog.schemas import ImageForm, ImagesView, ImageUploadView, ImageView
from chalicelib.platform import Context, Problem, aws
from chalicelib.platform.files import uploads
from chalicelib.platform.settings import settings
from chalicelib.table import Item, Transaction, retry

LINK_SECONDS = 3600
FRESH_SECONDS = 900  # least remaining validity of a returned link
KEEP_PENDING_DAYS = 1
MOST_LINKS = 10_000


def start(context: Context, form: ImageForm) -> ImageUploadView:
    """Raises 422 for an unknown product. Two calls, none to the bucket."""
    if form.sku not in store.read_items(context.table, [form.sku], consistent=True):
        raise Problem.invalid("unknown_sku", "/sku", "There is no such product.")
    image = Image(context.new_id("img"), form.content_type)
    store.put_image(context.table, form.sku, image, context.expiry(days=KEEP_PENDING_DAYS))
    limits = context.config[Catalogue]
    upload = uploads.start(
        context,
        _object(image.image_id),
        form.content_type,
        most_bytes=limits.image_most_bytes,
        minutes=limits.image_upload_minutes,
    )
    return ImageUploadView(image_id=image.image_id, upload=upload)


def confirm(context: Context, image_id: str) -> ImagesView:
    """Adds the picture after the other pictures of its product. Safe to repeat.

    Raises 404 for an unknown picture, 409 before its upload has arrived, 422 when the product has the most pictures allowed.
    """
    image, sku = _load_image(context, image_id)
    if uploads.mark(_object(image_id)) is None:
        raise Problem("conflict", "The picture has not been uploaded yet.")

    def added(images: list[Image]) -> list[Image]:
        if image in images:
            return images
        if len(images) >= context.config[Catalogue].images_per_product:
            most = context.config[Catalogue].images_per_product
            raise Problem.invalid(
                "too_many", "/path/image_id", f"A product has at most {most} pictures. Remove one first."
            )
        return [*images, image]

    return _change_images(context, sku, image_id, added)


def remove(context: Context, image_id: str) -> ImagesView:
    """Raises 404 for an unknown picture."""
    image, sku = _load_image(context, image_id)
    left = _change_images(context, sku, image_id, lambda images: [each for each in images if each != image], gone=True)
    aws.s3().delete_object(Bucket=settings().files_bucket, Key=_object(image_id))
    return left


def address(context: Context, image_id: str) -> str:
    """A link to a confirmed picture, open to anybody with its id, which nobody can guess. Raises 404. One call."""
    item = store.read_image(context.table, image_id)
    if item is None or "expires_at" in item:
        raise Problem("not_found")
    return link(context, image_id)


def views_of(context: Context, item: Item) -> list[ImageView]:
    """The pictures of a product's item, with links."""
    return [
        ImageView(image_id=each.image_id, content_type=each.content_type, url=link(context, each.image_id))  # type: ignore[arg-type]
        for each in store.images_of(item)
    ]


def _load_image(context: Context, image_id: str) -> tuple[Image, str]:
    item = store.read_image(context.table, image_id)
    if item is None or int(item.get("expires_at", context.expiry())) < context.expiry():
        raise Problem("not_found")
    return Image(item["image_id"], item["content_type"]), item["sku"]


@retry("product")
def _change_images(
    context: Context, sku: str, image_id: str, change: Callable[[list[Image]], list[Image]], *, gone: bool = False
) -> ImagesView:
    item = store.read_items(context.table, [sku], consistent=True)[sku]
    before = store.images_of(item)
    after = change(before)
    tx = Transaction()
    if after != before:
        store.write_images(tx, sku, item, after)
    if gone:
        tx.delete(keys.image(image_id))
    elif after != before:
        tx.update(keys.image(image_id), remove=["expires_at"], when=Attr("pk").exists(), label="image")
    tx.instead["image"] = Problem("not_found")
    context.table.commit(tx)
    return ImagesView(sku=sku, images=views_of(context, {"images": [each._asdict() for each in after]}))


def _object(image_id: str) -> str:
    return f"products/{image_id}"


_links: dict[tuple[str, str], tuple[int, str]] = {}


def link(context: Context, image_id: str) -> str:
    """The same link while it is fresh, so that browsers can cache the picture. Signing a link costs more than reading a product."""
    bucket, now = settings().files_bucket, context.expiry()
    until, url = _links.get((bucket, image_id), (0, ""))
    if until - now < FRESH_SECONDS or until - now > LINK_SECONDS:
        if len(_links) >= MOST_LINKS:
            _links.clear()
        url = uploads.link(_object(image_id), seconds=LINK_SECONDS)
        _links[bucket, image_id] = now + LINK_SECONDS, url
    return url
