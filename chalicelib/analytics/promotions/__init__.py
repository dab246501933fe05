"""The effect of promotions: what their goods sold, against companies that no letter tells of them, the weeks before and the year before."""
