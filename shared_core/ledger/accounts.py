"""Chart of accounts: the only place where account addresses are made.

The first part of an address is its kind, as accountants use the words: what we have is `assets`, what we owe is
`liabilities`, what we earn is `income`, what it costs us is `expenses`. Money moves from a source to a destination;
the source is credited, the destination debited. Numbers in brackets are those of the study's chart.
"""


def clearing(rail: str) -> str:
    """[1010, 1015] Money a rail or a collector has taken in for us and not yet handed over."""
    return f"assets:clearing:{rail}"


def bank() -> str:
    """[1020] Our own money at the bank."""
    return "assets:bank"


def dispute_receivable() -> str:
    """[1100] Taken back by a customer's bank and claimed by us."""
    return "assets:dispute-receivable"


def customer_deposit() -> str:
    """[2000] Paid by customers, goods not yet delivered."""
    return "liabilities:customer-deposit"


def refund_payable() -> str:
    """[2010] Promised back to customers, not yet sent."""
    return "liabilities:refund-payable"


def unidentified_receipts() -> str:
    """[2020] Money that came in and matches no order."""
    return "liabilities:unidentified-receipts"


def member_pending(member_id: int) -> str:
    """[2100] Earned, the return window still open."""
    return f"liabilities:member:{member_id}:pending"


def member_available(member_id: int) -> str:
    """[2110] Earned for good and not paid out; a debit balance is a debt the next earnings net."""
    return f"liabilities:member:{member_id}:available"


def member_held(member_id: int) -> str:
    """[2115] Kept back while a dispute is open."""
    return f"liabilities:member:{member_id}:held"


def fund_pending() -> str:
    """[2130] Earned by the team fund, the return window still open."""
    return "liabilities:fund:pending"


def fund_available() -> str:
    """[2140] The team fund's for good and not handed out; a debit balance is a debt that its next earnings net."""
    return "liabilities:fund:available"


def fund_held() -> str:
    """[2145] Kept back of the team fund while a dispute is open."""
    return "liabilities:fund:held"


def payout_in_flight(payout: str) -> str:
    """[2120] Sent to a member, not yet confirmed by the rail."""
    return f"liabilities:payout:{payout.lower()}"


def due_hub_supply() -> str:
    """[2200] Owed to the hub for goods and their carriage."""
    return "liabilities:hub:supply"


def due_hub_payable() -> str:
    """[2210] Owed to the hub for its platform fee."""
    return "liabilities:hub:payable"


def hub_paid() -> str:
    """[2220] Paid to the hub, to be set off against what is owed to it: a debit balance, also when paid in advance."""
    return "liabilities:hub:paid"


def hub_credits() -> str:
    """[2230] Credited by the hub for lines the shop objected to, to be set off like what was paid."""
    return "liabilities:hub:credits"


def tax_withheld(authority: str) -> str:
    """[2300] Kept back from payouts for a tax authority."""
    return f"liabilities:tax-withheld:{authority.lower()}"


def sales() -> str:
    """[4000] Goods delivered, at the price paid."""
    return "income:sales"


def shipping_income() -> str:
    """[4010] Carriage charged to customers, delivered."""
    return "income:shipping"


def returns() -> str:
    """[4090] Refunds of delivered goods; lowers income."""
    return "income:returns"


def discounts() -> str:
    """[4095] What the shop lets customers off so that no two pay the same amount."""
    return "expenses:discounts"


def cogs_supply() -> str:
    """[5000] What the delivered goods cost us at the hub."""
    return "expenses:supply"


def shipping_cost() -> str:
    """[5010] What carriage cost us."""
    return "expenses:shipping"


def commission() -> str:
    """[5100] Profit shares of members."""
    return "expenses:commission"


def gateway_fee(rail: str) -> str:
    """[5200] What a payment rail keeps."""
    return f"expenses:gateway-fee:{rail}"


def platform_fee() -> str:
    """[5300] What the hub takes of sales."""
    return "expenses:platform-fee"


def chargeback_loss() -> str:
    """[5400] Payments of delivered goods that disputes took back for good."""
    return "expenses:chargeback-loss"


def dispute_fee() -> str:
    """[5410] What rails keep for a dispute, however it ends."""
    return "expenses:dispute-fee"


def payee_bad_debt() -> str:
    """[5420] Members' debts given up."""
    return "expenses:payee-bad-debt"


def due_store(store: str) -> str:
    """[1300, hub] What a storefront owes the hub: the mirror of its due_hub accounts."""
    return f"assets:store:{store.lower()}"


def supplier_payable(supplier: str) -> str:
    """[2400, hub] Owed to a supplier for goods."""
    return f"liabilities:supplier:{supplier.lower()}"


def carrier_payable() -> str:
    """[2410, hub] Owed for carriage."""
    return "liabilities:carrier"


def platform_fee_income() -> str:
    """[4100, hub] The hub's fee."""
    return "income:platform-fee"


def supply_margin() -> str:
    """[4110, hub] What the hub earns between supplier's cost and supply price."""
    return "income:supply-margin"


def shipping_margin() -> str:
    """[hub] What the hub earns between carriage charged and carriage paid."""
    return "income:shipping-margin"


def store_credit() -> str:
    """[hub] Given to stores for lines of their statements that were wrong."""
    return "expenses:store-credit"
