from tests.support.rights import hold_jobs_to_their_rights

hold_jobs_to_their_rights()  # before any room is imported
