"""Links of a letter that lead through the club, and readings by programs.

A link leads to `/v1/links/<token>/<number>`: the token names the letter and carries a keyed hash, the number is that of the address in the
issue's texts. So a link holds no address, and leads nowhere else than the text says. Addresses with anything of the reader in them stay as they are.
"""

import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from html import unescape
from ipaddress import IPv4Network, IPv6Network, ip_address

from chalicelib.campaigns.tracking.model import Machine, Reading, Readings

Network = IPv4Network | IPv6Network

HIDDEN = 0  # the number of a link that nobody sees
NO_LINK = -1
SOON = timedelta(seconds=10)  # after the delivery, nobody has read yet
BURST, BURST_LINKS = timedelta(seconds=2), 3

_HASH_LENGTH = 24  # hex digits
_HREF = re.compile(r'href="([^"]*)"')
# Programs that look at letters for others, by what they call themselves; Apple's mail privacy calls itself nothing more than Mozilla/5.0.
_PROGRAMS = re.compile(
    r"bot\b|crawl|spider|scan|preview|barracuda|proofpoint|mimecast|safelinks|zscaler|python|curl|wget|java/|go-http|axios|node-fetch|libwww|httpclient|headless|^mozilla/5\.0$|^$",
    re.IGNORECASE,
)


def token_of(secret: str, letter_id: str) -> str:
    digest = hmac.new(secret.encode(), f"links of letters\x1f{letter_id}".encode(), sha256).hexdigest()
    return f"{letter_id}-{digest[:_HASH_LENGTH]}"


def letter_of(secret: str, token: str) -> str | None:
    """The letter that the token names; None for a token that is not ours."""
    letter_id = token.rpartition("-")[0]
    return letter_id if hmac.compare_digest(token_of(secret, letter_id).encode(), token.encode()) else None


def tracked(html: str, text: str, links: Mapping[str, str], hidden: str) -> tuple[str, str]:
    """HTML and text whose addresses lead to the links that stand for them, and a link that only programs find."""
    html = _HREF.sub(lambda found: f'href="{links.get(unescape(found[1]), found[1])}"', html)
    longest_first = "|".join(map(re.escape, sorted(links, key=len, reverse=True)))
    text = (
        re.sub(rf"(?<![^\s(])(?:{longest_first})(?=[.,;:!?]*(?:[\s)]|$))", lambda found: links[found[0]], text)
        if links
        else text
    )
    nobody_sees = f'<a href="{hidden}" style="display:none" aria-hidden="true" tabindex="-1"></a>'
    return html.replace("</body>", f"{nobody_sees}\n</body>"), text


def judged(readings: Sequence[Reading], delivered_at: str) -> list[tuple[Reading, Machine | None]]:
    """Each reading, and why it is a program's; None for a person's. The order of readings does not matter."""
    ordered = sorted(readings, key=lambda each: (each.at, each.link))
    hidden = [datetime.fromisoformat(each.at) for each in ordered if each.kind == "click" and each.link == HIDDEN]
    return [(each, _program(each, ordered, hidden, delivered_at)) for each in ordered]


def together(readings: Sequence[Reading], delivered_at: str) -> Readings:
    verdicts = judged(readings, delivered_at)
    people = [each for each, machine in verdicts if machine is None]
    opens, clicks = ([each for each in people if each.kind == kind] for kind in ("open", "click"))
    every = {kind: sum(each.kind == kind for each in readings) for kind in ("open", "click")}
    return Readings(
        seen=len(readings),
        opens=len(opens),
        clicks=len(clicks),
        machine_opens=every["open"] - len(opens),
        machine_clicks=every["click"] - len(clicks),
        opened_at=opens[0].at if opens else "",
        clicked_at=clicks[0].at if clicks else "",
        links=tuple(sorted({each.link for each in clicks})),
    )


def is_among(networks: Iterable[Network], address: str) -> bool:
    """Whether an address is one of these networks'. One that cannot be read is not."""
    try:
        at = ip_address(address)
    except ValueError:
        return False
    return any(at in network for network in networks)


def is_first_of_day(reading: Reading, readings: Sequence[Reading], delivered_at: str) -> bool:
    """Whether this is the first reading of its kind by a person on its day."""
    people = [each for each, machine in judged(readings, delivered_at) if machine is None and each.kind == reading.kind]
    day = len("2026-12-01")
    return reading == next((each for each in people if each.at[:day] == reading.at[:day]), None)


def _program(
    reading: Reading, readings: Sequence[Reading], hidden: Sequence[datetime], delivered_at: str
) -> Machine | None:
    at = datetime.fromisoformat(reading.at)
    if any(abs(at - each) <= SOON for each in hidden):
        return "hidden_link"
    if reading.is_head:
        return "head"
    if reading.from_scanner:
        return "network"
    if _PROGRAMS.search(reading.agent):
        return "program"
    if delivered_at and at - datetime.fromisoformat(delivered_at) < SOON:
        return "too_soon"
    near = [datetime.fromisoformat(each.at) for each in readings if each.kind == "click"]
    links = [each.link for each in readings if each.kind == "click"]
    if reading.kind == "click" and any(
        first <= at <= first + BURST
        and len({link for link, each in zip(links, near, strict=True) if first <= each <= first + BURST}) >= BURST_LINKS
        for first in near
    ):
        return "burst"
    return None
