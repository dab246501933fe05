"""The ground of every room, beside the table: access, HTTP, configuration, events, money, texts. These names are asked for everywhere."""

from chalicelib.platform.registry.lazy import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.platform.access.principal import Principal
    from chalicelib.platform.access.rights import STAFF_OWNER
    from chalicelib.platform.approvals.model import Approval
    from chalicelib.platform.clock import local_day, moment, stamp
    from chalicelib.platform.config import Section, SectionPart
    from chalicelib.platform.config.club_config import Calendar, Club
    from chalicelib.platform.context import Context
    from chalicelib.platform.events import Event, EventType, consumer
    from chalicelib.platform.events import record as record_event
    from chalicelib.platform.fields import (
        CURRENCY,
        ONE_LINE,
        ONE_LINE_OR_NONE,
        Day,
        Identifier,
        Moment,
        Month,
        Name,
        Percent,
        Region,
    )
    from chalicelib.platform.http.forms import ChartView, Form, PageQuery, PeriodQuery, Text, View, WorkView
    from chalicelib.platform.http.lists import CursorPage, ListPage, ListQuery, narrowed
    from chalicelib.platform.http.problems import Fault, Problem, or_not_found
    from chalicelib.platform.http.routes import Answer, Call, Routes, etag
    from chalicelib.platform.http.throttle import DAY, hold_throttle, throttle
    from chalicelib.platform.ids import derived_id
    from chalicelib.platform.jobs import chunks, send_bodies
    from chalicelib.platform.model import Record, Written
    from chalicelib.platform.money import Money, UnitPrice, line_sum, round_half_up, same_currency, unit_price_text
    from chalicelib.platform.parts import Progress, WorkInParts
    from chalicelib.platform.quarters import months_in, quarter_of
    from chalicelib.platform.registry.names import NameOf
    from chalicelib.platform.settings import queue_url
    from chalicelib.platform.spelling.email import Email
    from chalicelib.platform.spelling.words import code_key, spelled
    from chalicelib.platform.text import Language
