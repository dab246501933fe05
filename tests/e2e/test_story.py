"""The demonstration's story, in a club with a handful of companies."""

from datetime import date

from infra.demo import seed, slot, story
from infra.demo.portal import Portal
from tests.support.cloud import DeployedClub


def test_a_partners_year_goes_through_the_api(cloud: DeployedClub, guest: Portal, today: date) -> None:
    told: list[str] = []
    seed.fill(guest, today, companies=10, say=told.append)

    def figures() -> None:
        for job in ("nightly_rollups", "nightly_club", "nightly_people", "nightly_overview"):
            cloud.invoke(job, {})

    nights = story.Nights(
        tiers=lambda: cloud.invoke("nightly_tiers", {"day": today.isoformat()}),
        bonuses=lambda: cloud.invoke("nightly_bonuses", {"day": today.isoformat()}),
        recommendations=lambda: cloud.invoke("nightly_recommendations", {}),
        audit=lambda: cloud.invoke("audit_bonuses", {}),
        figures=figures,
        slot=lambda issue_id: slot.come(cloud, [issue_id]),
        letter_results=lambda issue_id: slot.count(cloud, [issue_id]),
    )
    partner = story.play(guest, today, nights, told.append)
    subjects = [letter["subject"] for letter in cloud.mail(partner)]
    assert len(set(subjects)) == len(subjects), f"a letter came twice: {subjects}"
