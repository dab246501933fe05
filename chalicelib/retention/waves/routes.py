"""Waves of winning companies back, for the head of sales."""

from chalicelib.platform import Answer, Call, Routes
from chalicelib.retention.waves import service, store
from chalicelib.retention.waves.model import Wave
from chalicelib.retention.waves.schemas import WaveForm, WavePage, WavesQuery, WaveView

routes = Routes(__name__, tag="retention")


@routes.post("/v1/staff/retention/waves", scope="staff.retention.write", status=201, keyed=True, problems=("conflict",))
def plan_wave(call: Call, form: WaveForm) -> WaveView:
    """Plan a wave, and read the smallest difference that it can show.

    The companies that are dormant or lost on its first day enter it, and those that become so until its last one. A random share of them is
    held out, and neither a manager nor a head of sales sees or chooses whom. The answer says in plain words how many companies are expected,
    the smallest difference that the wave notices, and on which days its result is looked at.
    """
    context = call.answering(
        lambda wave: Answer(wave, headers={"Location": f"/v1/staff/retention/waves/{wave.wave_id}"})
    )
    return service.plan(context, form, call.language, by=call.principal.for_member())


@routes.get("/v1/staff/retention/waves", scope="staff.retention.read", query=WavesQuery)
def list_waves(call: Call) -> WavePage:
    """List waves, newest first."""
    today, language = call.context.today, call.language
    return call.page(
        WavePage, store.page, call.context.table, of=Wave, show=lambda wave: WaveView.of(wave, today, language)
    )


@routes.get("/v1/staff/retention/waves/{wave_id}", scope="staff.retention.read")
def show_wave(call: Call, wave_id: str) -> WaveView:
    """Show a wave and its plan in words."""
    return WaveView.of(service.read(call.context, wave_id), call.context.today, call.language)


@routes.post(
    "/v1/staff/retention/waves/{wave_id}/pool", scope="staff.retention.write", keyed=True, problems=("wrong_state",)
)
def pool_wave(call: Call, wave_id: str) -> WaveView:
    """Pool a wave that has not begun with the next one: it takes companies in for twice as long."""
    return service.pool(call.answering(), wave_id, call.language, by=call.principal.for_member())


@routes.post("/v1/staff/retention/waves/{wave_id}/cancel", scope="staff.retention.write", problems=("wrong_state",))
def cancel_wave(call: Call, wave_id: str) -> WaveView:
    """Cancel a wave that has not begun. Cancelling again changes nothing."""
    return service.cancel(call.context, wave_id, call.language, by=call.principal.for_member())
