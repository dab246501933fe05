"""An advertising letter, so that the engine can be tested with one."""

from chalicelib import contacts, members
from chalicelib.mail.declarations import asking_events, letter
from chalicelib.mail.model import Facts, LetterClass, Reader, Recipient
from chalicelib.platform.context import Context
from chalicelib.platform.events import EventType
from chalicelib.table.transactions import Item

asking_events()  # the house's letters are known, and this one is not counted among them


@letter(
    "news",
    on=EventType("news.told"),
    to=members.the_member,
    letter_class=LetterClass.ADVERTISING,
    guard=contacts.ADVERTISING_GUARD,
)
def news(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    return members.member_reader(context, recipient.id), {}
