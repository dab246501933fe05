"""A company's place on the ladder, today and in the days ahead."""
