"""Providers as `medthread.toml` names them, each under `[identity.<name>]`, with what their claims mean here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from medthread.model import Label
from medthread.model.errors import ConfigurationError
from medthread.trust.identity.oidc import open_id_connect
from medthread.trust.identity.port import Kind, Provider
from medthread.trust.roles import ROLES

SECTION = "identity"
EXTENSIONS = "medthread.identity"  # packages that bring a kind of provider of their own
NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
SHIPPED: Mapping[str, Kind] = {"oidc": open_id_connect}


@dataclass(frozen=True, kw_only=True)
class Configured:
    """A provider and what its claims mean: which roles its groups give, and whether accounts come of themselves.

    `roles` maps a group to roles; where it is given, the provider alone says which roles its people have.
    """

    name: str
    label: Label
    provider: Provider
    roles: Mapping[str, tuple[str, ...]] | None
    create_accounts: bool
    link_by_name: bool


def configured(settings: Mapping[str, object]) -> dict[str, Configured]:
    """The providers of a workspace, by name; refused where a section cannot be meant."""
    sections = settings.get(SECTION, {})
    if not isinstance(sections, Mapping):
        raise ConfigurationError(f"[{SECTION}] is no section", hint=f"write [{SECTION}.<name>] for each provider")
    return {str(name): _one(str(name), section) for name, section in sections.items()}


def _one(name: str, section: object) -> Configured:
    where = f"[{SECTION}.{name}]"
    if not isinstance(section, Mapping) or not NAME.fullmatch(name):
        raise ConfigurationError(f"{where} is no provider", hint="small letters for the name, and its settings below it")
    kinds = {**SHIPPED, **{e.name: e.load() for e in entry_points(group=EXTENSIONS)}}
    kind = section.get("kind", "oidc")
    if kind not in kinds:
        raise ConfigurationError(f"{where} kind = {kind!r}", hint=f"there are: {', '.join(kinds)}")
    return Configured(
        name=name, label=Label(str(section.get("zh", name)), str(section.get("en", name))), provider=kinds[kind](name, section),
        roles=_roles(where, section.get("roles")), create_accounts=_flag(where, section, "create_accounts"), link_by_name=_flag(where, section, "link_by_name"))


def _flag(where: str, section: Mapping[str, Any], name: str) -> bool:
    value = section.get(name, False)
    if not isinstance(value, bool):
        raise ConfigurationError(f"{where} {name} = {value!r}", hint="true or false")
    return value


def _roles(where: str, given: object) -> dict[str, tuple[str, ...]] | None:
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"{where[:-1]}.roles] is no section", hint='write for each group: "Quality" = ["qa"]')
    for group, roles in given.items():
        strangers = [r for r in roles if r not in ROLES] if isinstance(roles, list) else [roles]
        if strangers:
            raise ConfigurationError(f"{where[:-1]}.roles] {group} = {roles!r}", hint=f"a list of roles: {', '.join(ROLES)}")
    return {str(group): tuple(roles) for group, roles in given.items()}
