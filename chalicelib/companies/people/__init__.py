"""The people who act for a company: claims, invitations, roles."""
