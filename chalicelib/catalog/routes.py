"""Routes of the catalogue, for partners, staff and machines."""

from chalicelib.catalog import images, recording, service
from chalicelib.catalog.schemas import (
    CategoryResultsView,
    CategoryRowsForm,
    CategoryTreeView,
    ImageForm,
    ImagesView,
    ImageUploadView,
    ProductQuery,
    StaffProductView,
    StockResultsView,
    StockRowsForm,
)
from chalicelib.platform import Answer, Call, ListPage, Routes, Text

routes = Routes(__name__, tag="catalogue")


@routes.get("/v1/categories", scope="catalog.read")
def list_categories(call: Call) -> CategoryTreeView:
    """Show the tree of categories."""
    return service.category_list(call.context)


# --- staff ------------------------------------------------------------------------------------------------------------


@routes.get("/v1/staff/products", scope="staff.catalog.read", query=ProductQuery)
def list_staff_products(call: Call) -> ListPage[StaffProductView]:
    """List and search products, with their prices in all price types and their cost."""
    return service.page_of_staff_products(call.context, call.query, call.cursors(), call.language)


@routes.get("/v1/staff/categories", scope="staff.catalog.read")
def list_staff_categories(call: Call) -> CategoryTreeView:
    """Show the tree of categories."""
    return service.category_list(call.context)


@routes.put("/v1/staff/stock", scope="staff.catalog.write")
def write_stock(call: Call, form: StockRowsForm) -> StockResultsView:
    """Record up to 100 stock figures.

    A figure is the quantity of a product in a warehouse at a moment. An older figure never replaces a newer one, in any order of
    arrival. Sending the same rows again changes nothing.
    """
    return recording.write_stock(call.context, form.stock)


@routes.put("/v1/staff/categories", scope="staff.catalog.write")
def write_categories(call: Call, form: CategoryRowsForm) -> CategoryResultsView:
    """Create, rename and move up to 100 categories.

    Each row has its own result. Sending the same rows again changes nothing. Products keep the code of a category that moves.
    """
    return recording.write_categories(call.context, form.categories)


@routes.post("/v1/staff/product-images", scope="staff.catalog.write")
def start_image_upload(call: Call, form: ImageForm) -> ImageUploadView:
    """Get an address to upload a picture of a product to."""
    return images.start(call.context, form)


@routes.post("/v1/staff/product-images/{image_id}/confirm", scope="staff.catalog.write", problems=("conflict",))
def confirm_image(call: Call, image_id: str) -> ImagesView:
    """Show an uploaded picture on its product.

    Returns the pictures of the product. Confirming again changes nothing. Before the upload has arrived, the answer is a conflict.
    """
    return images.confirm(call.context, image_id)


@routes.delete("/v1/staff/product-images/{image_id}", scope="staff.catalog.write")
def remove_image(call: Call, image_id: str) -> ImagesView:
    """Remove a picture from its product."""
    return images.remove(call.context, image_id)


@routes.get("/v1/pictures/{image_id}", scope=None, status=302, content_type="text/plain; charset=utf-8")
def show_picture(call: Call, image_id: str) -> Answer[Text]:
    """Go on to a picture of a product, as letters show it.

    The address stays good as long as the picture is shown, unlike the link that it leads to.
    """
    target = images.address(call.context, image_id)
    return Answer(Text(content=""), headers={"Location": target, "Cache-Control": "public, max-age=600"})


# --- machines ---------------------------------------------------------------------------------------------------------


@routes.put("/v1/machine/stock", scope="machine.catalog")
def write_stock_by_machine(call: Call, form: StockRowsForm) -> StockResultsView:
    """Record up to 100 stock figures, as `PUT /v1/staff/stock` does."""
    return recording.write_stock(call.context, form.stock)


@routes.put("/v1/machine/categories", scope="machine.catalog")
def write_categories_by_machine(call: Call, form: CategoryRowsForm) -> CategoryResultsView:
    """Create, rename and move up to 100 categories, as `PUT /v1/staff/categories` does."""
    return recording.write_categories(call.context, form.categories)
