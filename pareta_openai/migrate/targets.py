"""Where a client points, by the expressions for its base URL and by the project's environment files."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from .base_urls import AZURE, OPENAI, Target, classify, named_after
from .module import Module
from .project import Project
from .values import Value, values

_AMBIENT = re.compile(
    rb"""^\s*(?:export\s+|-\s+)?["']?OPENAI_(?:BASE_URL|API_BASE)["']?\s*[=:]\s*["']?([^\s"'#]+)""", re.MULTILINE
)
_ENVIRONMENT_FILES = re.compile(r"(^|/)(\.env[^/]*|[^/]*\.env|(docker-)?compose[^/]*\.ya?ml)$")


def targets_of(module: Module, project: Project, urls: Sequence[ast.expr], *, azure: bool) -> tuple[list[Target], str]:
    """Whose APIs the URLs are, and what is in doubt about them. Without a URL it is the class's own."""
    targets: list[Target] = []
    doubt = ""
    default = AZURE if azure else ambient_target(project)
    for url in urls:
        found = values(module, url)
        for value in found:
            target = _target(value, found, default)
            if target is None:
                doubt = doubt or f"its base_url is {_described(value)}"
            else:
                targets.append(target)
    if not (targets or doubt):
        targets.append(default)
    return list(dict.fromkeys(targets)), doubt


def _target(value: Value, beside: Sequence[Value], default: Target) -> Target | None:
    """Whose the URL is; None where the file does not tell."""
    if value.kind == "none" or (value.kind == "text" and not value.text):
        return default
    if value.kind == "text":
        target = classify(value.text)
        return None if target.kind == "unknown" else target
    named = named_after(value.text)
    if named is not None and named.kind != "openai":
        return named
    if value.kind != "variable":
        return None
    if named is not None:
        return default
    # A variable of no telling name points where its default does.
    return next((classify(other.text) for other in beside if other.kind == "text" and other.text), None)


def ambient_target(project: Project) -> Target:
    """Where a client points that says nothing itself: OpenAI, unless the project's environment files say another."""
    if "ambient target" not in project.memo:
        found = OPENAI
        for path in sorted(project.files):
            if _ENVIRONMENT_FILES.search(path):
                try:
                    urls = _AMBIENT.findall(project.read(path))
                except OSError:
                    continue  # reported where the file itself is looked into
                found = next((t for t in map(classify, map(bytes.decode, urls)) if t.kind == "other"), found)
        project.memo["ambient target"] = found
    target: Target = project.memo["ambient target"]
    return target


def _described(value: Value) -> str:
    if value.kind == "variable":
        return f"the environment's {value.text}"
    return f"the parameter {value.text}" if value.kind == "parameter" else value.text
