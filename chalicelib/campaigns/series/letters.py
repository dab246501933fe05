"""The letters of series, as the engine of letters knows them."""

from chalicelib.campaigns.series.model import TEMPLATE
from chalicelib.campaigns.tracking.service import note_report
from chalicelib.contacts import ADVERTISING_GUARD
from chalicelib.mail import room_letter

room_letter(TEMPLATE, module=__name__, guard=ADVERTISING_GUARD, on_reading=note_report)
