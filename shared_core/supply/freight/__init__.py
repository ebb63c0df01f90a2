"""What it costs to send goods to a region: a supplier's templates, and the rule that charges by them."""
