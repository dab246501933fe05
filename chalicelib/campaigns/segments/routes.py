from chalicelib.campaigns.segments import audience, service
from chalicelib.campaigns.segments.schemas import (
    AudienceForm,
    AudiencesQuery,
    AudienceView,
    SegmentForm,
    SegmentsQuery,
    SegmentView,
)
from chalicelib.campaigns.segments.store import Segment
from chalicelib.platform import Answer, Call, ListPage, Routes, etag

routes = Routes(__name__, tag="letters")


@routes.post("/v1/staff/segments", scope="staff.campaigns.write", status=201, keyed=True)
def create_segment(call: Call, form: SegmentForm) -> SegmentView:
    """Save a segment."""
    return service.create(call.answering(_created), form, by=call.principal.for_member())


@routes.get("/v1/staff/segments", scope="staff.campaigns.read", query=SegmentsQuery)
def list_segments(call: Call) -> ListPage[SegmentView]:
    """List saved segments by name."""
    return call.page(ListPage[SegmentView], service.page, call.context)


@routes.post(
    "/v1/staff/segments/preview", scope="staff.campaigns.write", status=201, keyed=True, problems=("not_found",)
)
def preview_segment(call: Call, form: AudienceForm) -> AudienceView:
    """Count a segment: how many people, a sample, and who is left out and why.

    The count runs page by page. Follow it at the Location of the answer, until its state is done.
    """
    return audience.start(call.answering(_started), form, by=call.principal.for_member())


@routes.get("/v1/staff/audiences", scope="staff.campaigns.read", query=AudiencesQuery)
def list_audiences(call: Call) -> ListPage[AudienceView]:
    """List the counts of segments that somebody asked for, newest first."""
    return call.page(ListPage[AudienceView], audience.page, call.context)


@routes.get("/v1/staff/audiences/{audience_id}", scope="staff.campaigns.read")
def show_audience(call: Call, audience_id: str) -> AudienceView:
    """Show the count of a segment, and its progress."""
    return audience.show(call.context, audience_id)


@routes.get("/v1/staff/segments/{segment_id}", scope="staff.campaigns.read")
def show_segment(call: Call, segment_id: str) -> Answer[SegmentView]:
    """Show a saved segment."""
    return _with_version(service.read(call.context, segment_id))


@routes.put("/v1/staff/segments/{segment_id}", scope="staff.campaigns.write", matched=True)
def change_segment(call: Call, form: SegmentForm, segment_id: str) -> Answer[SegmentView]:
    """Change a saved segment. Audiences that were counted before stay as they are."""
    by = call.principal.for_member()
    return _with_version(service.change(call.context, segment_id, call.expected_version(), form, by=by))


@routes.delete("/v1/staff/segments/{segment_id}", scope="staff.campaigns.write", status=204, matched=True)
def delete_segment(call: Call, segment_id: str) -> Answer[None]:
    """Delete a saved segment."""
    service.delete(call.context, segment_id, call.expected_version())
    return Answer(None)


def _created(segment: SegmentView) -> Answer[SegmentView]:
    return Answer(segment, headers={"Location": f"/v1/staff/segments/{segment.segment_id}", **etag(1)})


def _started(found: AudienceView) -> Answer[AudienceView]:
    return Answer(found, headers={"Location": f"/v1/staff/audiences/{found.audience_id}"})


def _with_version(segment: Segment) -> Answer[SegmentView]:
    return Answer.at(service.shown(segment), segment.version)
