"""YAML as people write it in a workspace: words stay words."""

import re
from pathlib import Path
from typing import Any

import yaml

from medthread.model.errors import DeclarationError


class PlainYaml(yaml.SafeLoader):
    """YAML whose words stay words: a column called `no` or `on` is no truth value, and a code like 2024-01-05 no date."""


PlainYaml.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
PlainYaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), ["t", "f"])


def read_yaml(path: Path) -> Any:
    """The content of a workspace file."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DeclarationError(f"{path.name}: {str(error)[:500]}", hint="mend the file; it is YAML in UTF-8") from error
    return parse_yaml(text, file=path.name)


def parse_yaml(text: str, *, file: str) -> Any:
    """The content of a text that is, or would be, a workspace file."""
    try:
        return yaml.load(text, Loader=PlainYaml)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError) as error:
        raise DeclarationError(f"{file}: {str(error)[:500]}", hint="mend the file; it is YAML in UTF-8") from error
