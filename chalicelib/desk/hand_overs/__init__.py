"""Hand-overs of many companies: from one manager to another, to the managers of their regions, or as a file tells."""
