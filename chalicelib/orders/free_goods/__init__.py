"""Free goods of orders: promised with the order, granted when it is paid in time, shipped by the distributor."""
