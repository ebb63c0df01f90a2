"""Who is whose fan, day by day, by the plan's binding policy: as the shop binds, for many at once."""

import numpy as np

from shared_core.plan.schema.plan import Plan
from shared_core.plan.table import ABSENT, Flags, Numbers

FOR_EVER = 32_000
"""A day that never comes."""


class Locks:
    """Every fan's newest lock, and the first link of those who are bound later."""

    def __init__(self, plan: Plan, members: int) -> None:
        binding = plan.binding
        self.moment = "sign_up" if binding.by == "click" and binding.consent else binding.by
        self.days = binding.days
        self.protected = {"after_expiry": None, "after_protection": binding.protected_days, "always": 0}[binding.rebind]
        self.only_members, self.only_new = binding.lockers == "members", binding.whom == "new"
        self.from_place = 0 if binding.from_rank is None else plan.places[binding.from_rank]
        self.sponsor = np.full(members, ABSENT, dtype=np.int32)
        self.last_day = np.full(members, ABSENT, dtype=np.int16)
        self.safe_until = np.full(members, ABSENT, dtype=np.int16)
        self.first_link = np.full(members, ABSENT, dtype=np.int32)
        self.link_until = np.full(members, ABSENT, dtype=np.int16)
        self.has_fans = np.zeros(members, dtype=bool)

    def holder(self, fans: Numbers, day: int) -> Numbers:
        """Whose fan each of them is on this day, ABSENT for nobody's."""
        return np.where((fans != ABSENT) & (self.last_day[fans] >= day), self.sponsor[fans], ABSENT)

    def follow(
        self, fans: Numbers, sponsors: Numbers, day: int, *, known: Flags, joined: Flags, places: Numbers, new: bool
    ) -> Numbers:
        """Links are followed, at most one by each fan. Those of `fans` who are newly bound.

        `known`: of each fan, whether they have signed up; `joined` and `places`: of everybody, whether they are
        promoters, and where they stand on the ladder. `new`: this is the first that the shop sees of these fans.
        """
        if self.moment == "nobody" or (self.only_new and not new):
            return fans[:0]
        free = self._free(fans, sponsors, day, joined) & (places[sponsors] >= self.from_place)
        at_once = free & (known if self.moment == "sign_up" else self.moment == "click")
        noted = free & ~at_once & (self.link_until[fans] < day)
        self.first_link[fans[noted]], self.link_until[fans[noted]] = sponsors[noted], self._end(self.days, day)
        return self._bind(fans[at_once], sponsors[at_once], day)

    def reach(self, moment: str, fans: Numbers, day: int, *, joined: Flags) -> Numbers:
        """The policy's moment may have come for these fans: those whom the link they followed first now binds."""
        if moment != self.moment:
            return fans[:0]
        fans = fans[self.first_link[fans] != ABSENT]
        sponsors, alive = self.first_link[fans], self.link_until[fans] >= day
        self.first_link[fans], self.link_until[fans] = ABSENT, ABSENT
        fans, sponsors = fans[alive], sponsors[alive]
        free = self._free(fans, sponsors, day, joined)
        return self._bind(fans[free], sponsors[free], day)

    def _free(self, fans: Numbers, sponsors: Numbers, day: int, joined: Flags) -> Flags:
        """Whether nothing but a loop stands in the way of these links."""
        alive = self.last_day[fans] >= day
        withstands = alive & ((self.sponsor[fans] == sponsors) | (self.safe_until[fans] >= day))
        entitled = joined[sponsors] if self.only_members else True
        return np.asarray((fans != sponsors) & ~withstands & entitled)

    def _bind(self, fans: Numbers, sponsors: Numbers, day: int) -> Numbers:
        """Bind in the given order, but for those links that would close a loop; who was bound."""
        self.has_fans[sponsors] = True
        risky = self.has_fans[fans]  # nobody else is above anybody
        self._write(fans[~risky], sponsors[~risky], day)
        bound = ~risky
        for place in np.flatnonzero(risky):
            fan, sponsor = int(fans[place]), int(sponsors[place])
            if not self._is_below(sponsor, fan, day):
                self._write(fans[place : place + 1], sponsors[place : place + 1], day)
                bound[place] = True
        return fans[bound]

    def _is_below(self, member: int, wanted: int, day: int) -> bool:
        while member != wanted:
            if self.last_day[member] < day:
                return False
            member = int(self.sponsor[member])
        return True

    def _write(self, fans: Numbers, sponsors: Numbers, day: int) -> None:
        self.sponsor[fans] = sponsors
        self.last_day[fans] = self._end(self.days, day)
        safe = self.days if self.protected is None else self.protected
        self.safe_until[fans] = self._end(safe, day)

    @staticmethod
    def _end(days: int | None, day: int) -> int:
        """The last day of so many after this one."""
        return FOR_EVER if days is None else min(day + days, FOR_EVER)
