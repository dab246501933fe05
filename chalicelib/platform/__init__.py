"""What every room stands on: settings, time, ids, money, problems, HTTP, events, logging."""
