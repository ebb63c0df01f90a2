"""Bindings in memory: one claim after another decided by the same rules, for batches and whole histories.

The links of fans to sponsors are trees. Asking whether one more link would close a loop means walking up from the
sponsor; families that have never met are told apart without a walk.
"""

from collections import defaultdict
from datetime import datetime

from shared_core.members.rules import Binding, BindingPolicy, Outcome, decide, new_binding


class Forest:
    """Who is or was bound to whom. Bindings of one fan follow each other and never overlap."""

    def __init__(self) -> None:
        self._bindings: dict[int, list[Binding]] = defaultdict(list)
        self._family: dict[int, int] = {}

    def add(self, fan_id: int, binding: Binding) -> None:
        """Take a binding as given (it was decided before)."""
        self._bindings[fan_id].append(binding)
        self._family[self._family_of(fan_id)] = self._family_of(binding.sponsor_id)

    def claim(
        self,
        fan_id: int,
        sponsor_id: int,
        *,
        policy: BindingPolicy,
        entitled: bool,
        at: datetime,
        via: str = "click",
        welcome: bool = True,
    ) -> tuple[Outcome, Binding | None]:
        """Decide on a link of `sponsor_id` that `fan_id` followed at `at`, and keep the binding it makes.

        The binding is the one the fan has after the decision; None when the fan stays free.
        """
        in_the_way = self._in_the_way(fan_id, sponsor_id, at=at)
        outcome = decide(
            fan_id=fan_id,
            sponsor_id=sponsor_id,
            withstood=in_the_way is not None,
            entitled=entitled,
            welcome=welcome,
            closes_loop=lambda: self.closes_loop(fan_id, sponsor_id, at=at),
        )
        if outcome is not Outcome.BOUND:
            return outcome, in_the_way or self.live(fan_id, at=at)
        self._end(fan_id, at=at)
        binding = new_binding(sponsor_id, policy=policy, at=at, via=via)
        self.add(fan_id, binding)
        return outcome, binding

    def note(
        self, fan_id: int, sponsor_id: int, *, entitled: bool, at: datetime, welcome: bool = True
    ) -> tuple[Outcome, Binding | None]:
        """Decide on a link that is to be remembered only. Whether it closes a loop is asked when it is to bind."""
        in_the_way = self._in_the_way(fan_id, sponsor_id, at=at)
        outcome = decide(
            fan_id=fan_id,
            sponsor_id=sponsor_id,
            withstood=in_the_way is not None,
            entitled=entitled,
            welcome=welcome,
            closes_loop=lambda: False,
        )
        return (Outcome.NOTED, None) if outcome is Outcome.BOUND else (outcome, in_the_way)

    def live(self, fan_id: int, *, at: datetime) -> Binding | None:
        """The fan's binding that is in force at `at`, or else one that begins later."""
        return next((each for each in self._bindings.get(fan_id, ()) if each.outlives(at)), None)

    def history(self, fan_id: int) -> list[Binding]:
        """The fan's bindings in the order in which they were added."""
        return list(self._bindings.get(fan_id, ()))

    def closes_loop(self, fan_id: int, sponsor_id: int, *, at: datetime) -> bool:
        """Whether `sponsor_id` already depends on `fan_id` at `at` or later."""
        if fan_id == sponsor_id:
            return True
        if self._family_of(fan_id) != self._family_of(sponsor_id):
            return False
        seen, waiting = {sponsor_id}, [sponsor_id]
        while waiting:
            for binding in self._bindings.get(waiting.pop(), ()):
                above = binding.sponsor_id
                if binding.outlives(at) and above not in seen:
                    if above == fan_id:
                        return True
                    seen.add(above)
                    waiting.append(above)
        return False

    def _in_the_way(self, fan_id: int, sponsor_id: int, *, at: datetime) -> Binding | None:
        bindings = self._bindings.get(fan_id, ())
        return next((each for each in bindings if each.withstands(sponsor_id, at=at)), None)

    def _end(self, fan_id: int, *, at: datetime) -> None:
        bindings = self._bindings.get(fan_id, [])
        for index, binding in enumerate(bindings):
            if binding.outlives(at):
                bindings[index] = binding.until(at)

    def _family_of(self, member_id: int) -> int:
        """Whoever stands for all members that were ever linked with this one (with the path made short)."""
        family = self._family
        root = member_id
        while (above := family.get(root, root)) != root:
            root = above
        while (above := family.get(member_id, member_id)) != root:
            family[member_id] = root
            member_id = above
        return root
