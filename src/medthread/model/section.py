"""A section of `medthread.toml` that holds whole numbers, each within its bounds."""

from collections.abc import Mapping

from medthread.model.errors import ConfigurationError


def numbers(settings: Mapping[str, object], name: str, bounds: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """What a workspace says of it. Raises `ConfigurationError` where a word is unknown or a number is out of bounds (both inclusive)."""
    given = settings.get(name, {})
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"[{name}] is no section", hint=f"write [{name}] and its settings below it")
    strangers = sorted(set(given) - set(bounds))
    if strangers:
        raise ConfigurationError(f"[{name}] {strangers[0]} is no setting", hint=f"there are: {', '.join(bounds)}")
    for key, value in given.items():
        least, most = bounds[key]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ConfigurationError(f"[{name}] {key} = {value!r}", hint=f"a whole number from {least} to {most}")
    return dict(given)
