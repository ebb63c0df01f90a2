"""Your own Python, run at a few named places. Implement any of them, taking any subset of the arguments:

    routes(router)                  add pages and API routes
    template_context(viewer)        more names for every template
    on_member_joined(event)         somebody became a promoter
    on_order_placed(event)          and so on: on_order_paid, on_order_completed, on_order_refunded
    on_rank_changed(event)          a member has another rank

The `on_…` hooks run after the fact, at least once each: what they do must bear a repeat. For example:

    from shared_core.storefront import hookimpl

    @hookimpl
    def on_order_paid(event):
        print("paid:", event.order_id)
"""
