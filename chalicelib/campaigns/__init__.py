"""Campaigns: letters that the club decides to send, to whom and when.

Vocabulary. A *segment* is a set of conditions on members and their companies, saved under a name. An *audience* is the count of a segment
at one moment: who matches, and who of them gets no letter and why. The *hold-out* is a lasting share of companies that get no letters of
campaigns, so that their purchases can be compared. An *issue* is a planned letter to a segment; its *slot* is a day and an hour in each
member's own time zone. The *plan* is all issues, by slot. A *run* is the letters of an issue in one time zone. A
*series* is letters that follow each other after something happened to a member or their company; an *enrolment* is one member in one series.
"""

# A wing uses only those before it.
WINGS = ("segments", "plan", "tracking", "series", "sending", "results")
