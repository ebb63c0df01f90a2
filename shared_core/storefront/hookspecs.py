"""The third rung of the ladder by which a shop differs: a few named places where its own Python runs.

brand/hooks.py implements any of these with `@hookimpl`, taking any subset of the arguments. A misspelt hook fails at
start. The `on_…` hooks run after the commit through the outbox: at least once, never inside the shop's transaction,
so that a fault in a hook delays only that hook. There are at most eight hooks, for ever.
"""

import importlib.util
import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
from fastapi import APIRouter

from shared_core import members, orders, rewards
from shared_core.kernel.findings import ConfigError, Finding
from shared_core.kernel.i18n import N_
from shared_core.kernel.listeners import Listeners
from shared_core.storefront.who import Viewer

PROJECT = "shop"
HOOKS_MAX = 8

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookSpecs:
    """What a shop may implement."""

    @hookspec
    def routes(self, router: APIRouter) -> None:
        """Add the shop's own pages and API routes; they come after the core's."""

    @hookspec
    def template_context(self, viewer: Viewer) -> Mapping[str, object]:  # type: ignore[empty-body]
        """More names for every template."""

    @hookspec
    def on_member_joined(self, event: members.MemberJoined) -> None:
        """Somebody became a promoter."""

    @hookspec
    def on_order_placed(self, event: orders.OrderPlaced) -> None:
        """An order was placed and its goods are held."""

    @hookspec
    def on_order_paid(self, event: orders.OrderPaid) -> None:
        """An order was paid."""

    @hookspec
    def on_order_completed(self, event: orders.OrderCompleted) -> None:
        """The return window of an order has closed."""

    @hookspec
    def on_order_refunded(self, event: orders.OrderRefunded) -> None:
        """Money of an order was given back."""

    @hookspec
    def on_rank_changed(self, event: rewards.RankChanged) -> None:
        """A member has another rank."""


EVENT_HOOKS: dict[str, type[Any]] = {
    "on_member_joined": members.MemberJoined,
    "on_order_placed": orders.OrderPlaced,
    "on_order_paid": orders.OrderPaid,
    "on_order_completed": orders.OrderCompleted,
    "on_order_refunded": orders.OrderRefunded,
    "on_rank_changed": rewards.RankChanged,
}


class Hooks:
    """The hooks of one shop."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self._manager = manager
        self.call = manager.hook

    @classmethod
    def load(cls, brand_dir: Path) -> "Hooks":
        """Read `brand_dir`/hooks.py if there is one. Raises ConfigError when it names a hook that does not exist."""
        manager = pluggy.PluginManager(PROJECT)
        manager.add_hookspecs(HookSpecs)
        file = brand_dir / "hooks.py"
        if file.is_file():
            module = _import(file)
            found = list(_bad_hooks(module, file))
            if found:
                raise ConfigError(found)
            manager.register(module, name=str(file))
        return cls(manager)

    def template_context(self, viewer: Viewer) -> dict[str, object]:
        merged: dict[str, object] = {}
        for names in self.call.template_context(viewer=viewer):
            merged.update(names)
        return merged

    def subscribe(self, listeners: Listeners) -> None:
        """Have the implemented `on_…` hooks told through the outbox."""
        for name, event_type in EVENT_HOOKS.items():
            caller = getattr(self.call, name)
            if caller.get_hookimpls():
                listeners.after_commit(event_type, f"hook-{name}", _teller(caller))


def _teller(caller: Any) -> Callable[[Any], None]:
    def tell(event: object) -> None:
        caller(event=event)

    return tell


def _import(file: Path) -> ModuleType:
    spec: Any = importlib.util.spec_from_file_location(f"brand_hooks_{abs(hash(file))}", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _bad_hooks(module: ModuleType, file: Path) -> Iterator[Finding]:
    """What is marked as a hook and is none, or asks for arguments that its hook does not have."""
    known = [name for name in vars(HookSpecs) if not name.startswith("_")]
    for name, function in vars(module).items():
        if not hasattr(function, f"{PROJECT}_impl"):
            continue
        if name not in known:
            message, remedy = N_("{name!r} is not a hook."), N_("Known hooks: {known}.")
            yield _bad_hook(function, file, message, remedy, name=name, known=", ".join(known))
            continue
        given = [each for each in inspect.signature(getattr(HookSpecs, name)).parameters if each != "self"]
        if not set(inspect.signature(function).parameters) <= set(given):
            message = N_("{name!r} asks for arguments that this hook does not have.")
            remedy = N_("It may take any of: {given}.")
            yield _bad_hook(function, file, message, remedy, name=name, given=", ".join(given))


def _bad_hook(function: Any, file: Path, message: str, remedy: str, **params: str) -> Finding:
    line = function.__code__.co_firstlineno
    return Finding(code="bad_hook", message=message, remedy=remedy, file=str(file), line=line, params=params)
