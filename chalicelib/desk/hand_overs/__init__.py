"""Hand-overs of many companies: from one manager to another, or to the managers of their regions."""
