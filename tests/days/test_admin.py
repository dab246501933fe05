"""The admin's day after the first one, which made the club: who did what, who may do what, what is wrong."""

from tests.days.steps import Club, downloaded, problem


def test_the_admin_follows_the_work_and_changes_who_may_do_it(club: Club) -> None:
    admin = club.admin
    people = admin.get("/v1/staff/people?count=true")
    assert people["count"] == {"value": 5, "more": False}
    assert {each["role"] for each in people["items"]} == {
        "admin",
        "head_of_sales",
        "manager",
        "marketing",
        "operations",
    }
    journal = f"/v1/staff/journal?month={club.today:%Y-%m}"  # another month may begin meanwhile
    appointed = admin.get(f"{journal}&operation=appoint_staff&count=true")
    assert appointed["count"]["value"] == 4 and appointed["items"][0]["name"] == "Alla Adminova"
    assert {row["operation"] for row in downloaded(admin, journal)} >= {"appoint_staff", "start_import"}

    new = admin.post("/v1/staff/people", {"name": "Пётр Павлов", "email": "petr@club.example", "role": "manager"})
    petr = club.guest.sign_in("petr@club.example")
    assert problem(petr, "GET", "/v1/staff/journal", status=403)["code"] == "scope_missing"
    admin.post("/v1/staff/people", {"name": "Пётр Павлов", "email": "petr@club.example", "role": "operations"})
    petr.refresh()
    assert petr.get("/v1/staff/imports?state=done&q=sales.csv&count=true")["count"]["value"] == 1
    admin.call("DELETE", f"/v1/staff/people/{new['member_id']}", expect=204)
    form = {"name": "Нигде", "email": "no@distributor.example", "regions": []}
    assert problem(petr, "POST", "/v1/staff/distributors", form, status=403)["title"]
    me = next(each for each in people["items"] if each["role"] == "admin")
    last = problem(admin, "DELETE", f"/v1/staff/people/{me['member_id']}", status=409)
    assert "администратор" in last["detail"]

    for address in ("bonus-proof", "suppressions", "machine-clients", "approvals", "dashboard", "retention/overview"):
        admin.get(f"/v1/staff/{address}")
