"""From a paid order to the customer's door and back: supplier orders, parcels, withdrawals, and news of them."""
