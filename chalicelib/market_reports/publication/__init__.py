"""Publication of market reports by marketing: drafts and their files, versions, and withdrawal."""
