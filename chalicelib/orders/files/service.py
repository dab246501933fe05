"""Files of an order: start, upload, confirm, download, remove.

    start ──▶ (uploading) ──the browser posts to the bucket──▶ confirm ──▶ attached ──remove──▶ (gone)
                  └── a day without confirmation: forgotten

The form of an upload fixes name, type and largest size. A confirmation copies the file out of reach of its form, looks at its first bytes,
and refuses one that is not what it says. A download is an address of some minutes, and always an attachment: no browser opens the file
beside the club. Each side removes its own files.

Weakest point: the objects of abandoned uploads and removed files stay in the bucket.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from chalicelib.orders import keys as orders_keys
from chalicelib.orders.files import events, rules, store
from chalicelib.orders.files.config import OrderFileLimits
from chalicelib.orders.files.model import OrderFile, OrderFileKind, OrderFiles, Side
from chalicelib.orders.files.schemas import OrderFileLinkView, OrderFilesView, OrderFileUploadView, OrderFileView
from chalicelib.orders.order.rules import Order
from chalicelib.platform import DAY, Context, EventType, Problem, clock, record_event, throttle
from chalicelib.platform.files import uploads
from chalicelib.table import Transaction, retry

ABANDONED = timedelta(days=1)


def list_files(context: Context, order: Order) -> OrderFilesView:
    """One call."""
    files = rules.arrived(store.read(context.table, order.company_id, order.order_id))
    return OrderFilesView(items=[OrderFileView.from_record(each) for each in files])


def show_file(context: Context, order: Order, file_id: str) -> OrderFileLinkView:
    """Raises 404 for a file that is not the order's, or has not arrived. One call."""
    file = rules.find(store.read(context.table, order.company_id, order.order_id), file_id)
    if file is None or not file.object:
        raise Problem("not_found")
    minutes = context.config[OrderFileLimits].link_minutes
    url = uploads.link(
        file.object, saved_as=rules.download_name(file), content_type=file.content_type, seconds=minutes * 60
    )
    ends = clock.stamp(context.now + timedelta(minutes=minutes))
    return OrderFileLinkView.from_record(file, url=url, expires_at=ends)


def start(
    context: Context, order: Order, member_id: str, kind: OrderFileKind, name: str, content_type: str
) -> OrderFileUploadView:
    """Raises 422 for an order that has the most files allowed, 429 for too many a day."""
    limits = context.config[OrderFileLimits]
    throttle(context, "order-files", order.order_id, limits.starts_per_order_per_day, DAY)
    file = OrderFile(context.new_id("ofl"), kind, name, content_type, member_id, context.at)
    before = clock.stamp(context.now - ABANDONED)

    def added(files: OrderFiles) -> OrderFiles:
        try:
            return rules.add(files, file, abandoned_before=before, most=limits.per_order)
        except rules.TooManyFiles:
            detail = f"An order has at most {limits.per_order} files."
            raise Problem.invalid("too_many_files", "", detail) from None

    _change(context, order, added)
    upload = uploads.start(
        context, _object(order, file.file_id), content_type, most_bytes=limits.most_bytes, minutes=limits.upload_minutes
    )
    return OrderFileUploadView(file_id=file.file_id, upload=upload)


def confirm(context: Context, order: Order, side: Side, member_id: str, file_id: str) -> OrderFileView:
    """Attaches an uploaded file. Safe to repeat.

    Raises 404 for a file of the other side, 409 before the upload has arrived, 422 for a file that is not what its type says.
    """
    file = _own(store.read(context.table, order.company_id, order.order_id), side, file_id)
    if file.object:
        return OrderFileView.from_record(file)
    uploaded = _object(order, file_id)
    name = uploads.keep(uploaded, f"{uploaded}/sent")
    if name is None:
        raise Problem("conflict", "The upload of this file has not arrived.")
    if not rules.is_what_it_says(file.content_type, uploads.beginning(name, rules.LONGEST_BEGINNING)):
        raise Problem.invalid("wrong_content", "", "The content of this file is not of its type.")

    def attached(files: OrderFiles) -> OrderFiles:
        present = _own(files, side, file_id)
        return files if present.object else rules.arrive(files, file_id, name)

    facts = {"file_name": file.name, "placed_by": order.placed_by.side, "orderer_id": order.placed_by.member_id}
    _change(context, order, attached, events.ATTACHED, {**_facts(file, member_id), **facts})
    return OrderFileView.from_record(file)


def remove(context: Context, order: Order, side: Side, member_id: str, file_id: str) -> None:
    """Raises 404 for a file of the other side, or one that was removed before."""
    file = _own(store.read(context.table, order.company_id, order.order_id), side, file_id)

    def removed(files: OrderFiles) -> OrderFiles:
        _own(files, side, file_id)
        return rules.remove(files, file_id)

    _change(context, order, removed, events.REMOVED, _facts(file, member_id))


def _facts(file: OrderFile, by: str) -> dict[str, str]:
    return {"file_id": file.file_id, "kind": file.kind, "by": by}


@retry("files")
def _change(
    context: Context,
    order: Order,
    change: Callable[[OrderFiles], OrderFiles],
    name: EventType | None = None,
    facts: Mapping[str, str] | None = None,
) -> None:
    before = store.read(context.table, order.company_id, order.order_id)
    after = change(before)
    if after == before:
        return
    tx = Transaction()
    store.replace(tx, order.company_id, order.order_id, before, after)
    if name:
        owner = orders_keys.order(order.company_id, order.order_id)
        about = {"company_id": order.company_id, "distributor_id": order.distributor_id, "order_id": order.order_id}
        record_event(tx, context, owner, name, **about, **(facts or {}))
    context.table.commit(tx)


def _own(files: OrderFiles, side: Side, file_id: str) -> OrderFile:
    file = rules.find(files, file_id)
    if file is None or file.kind not in rules.kinds_of(side):
        raise Problem("not_found")
    return file


def _object(order: Order, file_id: str) -> str:
    return f"orders/{order.order_id}/{file_id}"  # which may go to another company
