"""The route of links in letters, for everybody who holds one."""

from chalicelib.campaigns.tracking import service
from chalicelib.platform import Answer, Call, Routes, Text

routes = Routes(__name__, tag="letters")


@routes.get("/v1/links/{token}/{number}", scope=None, status=302, content_type="text/plain; charset=utf-8")
def follow_link(call: Call, token: str, number: str) -> Answer[Text]:
    """Go on to the address of a link in a letter. The click is noted.

    A link holds no address: it leads where the letter's text says, and nowhere else.
    """
    link = int(number) if number.isascii() and number.isdigit() else -1
    target = service.follow(
        call.context, token, link, call.agent, is_head=call.is_head, caller_address=call.caller_address
    )
    return Answer(
        Text(content=""), headers={"Location": target, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    )
