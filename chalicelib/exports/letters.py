"""The letter of an export that is done."""

from chalicelib.exports.events import READY
from chalicelib.exports.model import ExportSource
from chalicelib.exports.sources import DESCRIPTIONS
from chalicelib.mail import Facts, Reader, Recipient, letter
from chalicelib.members import STAFF_OWNER, speaking_reader, the_member
from chalicelib.platform import Context
from chalicelib.table import Item


@letter("export_ready", on=READY, to=the_member, page="export")
def export_ready(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    reader = speaking_reader(context, recipient.id, STAFF_OWNER)
    title = DESCRIPTIONS[ExportSource(event["source"])].title_in(reader.language)
    return reader, {"table": title, "rows": int(event["rows"])}
