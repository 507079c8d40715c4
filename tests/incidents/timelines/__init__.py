"""Ten public incidents as raw files, and the instants at which their facts were published."""
