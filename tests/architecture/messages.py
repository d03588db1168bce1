"""Every message that the source can say, read from its syntax: where it is written, and its text with holes."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "medthread"
ROOT_ERROR = "MedthreadError"
FLAWS = "derive/soundness.py"  # rule, message and hint in threes
RETOLD = ("methods/sampling.py", "methods/shelf_life.py", "model/mapping.py", "model/source.py")  # a `ValueError` here is told on in an error of ours


@dataclass(frozen=True)
class Hole:
    """What is filled in when the message is made; its name is for readers and tells no two apart."""

    name: str = field(default="it", compare=False)


Text = tuple[str | Hole, ...]  # literal pieces and holes, no two of a kind side by side


@dataclass(frozen=True)
class Message:
    """A text that somebody may read."""

    at: str
    text: Text

    @property
    def pattern(self) -> str:
        """As it stands in the catalogue."""
        out, names = "", list[str]()
        for part in self.text:
            if isinstance(part, Hole):
                names.append(part.name)
                out += f"{{{part.name}{names.count(part.name) if names.count(part.name) > 1 else ''}}}"
            else:
                out += part.replace("{", "{{").replace("}", "}}")
        return out

    @property
    def skeleton(self) -> tuple[str, ...]:
        """Literal pieces, holes between them."""
        pieces = [""]
        for part in self.text:
            if isinstance(part, Hole):
                pieces.append("")
            else:
                pieces[-1] += part
        return tuple(pieces)

    @property
    def says_something(self) -> bool:
        """Whether there is a word in it that could be translated."""
        return any(isinstance(p, str) and any(c.isascii() and c.isalpha() for c in p) for p in self.text)


@dataclass
class Module:
    """A file's syntax, and what its names stand for."""

    path: Path
    tree: ast.Module
    constants: dict[str, ast.expr] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    within: dict[int, ast.FunctionDef] = field(default_factory=dict)
    imported: set[str] = field(default_factory=set)

    def at(self, node: ast.AST) -> str:
        """Where something stands, for whoever mends it."""
        return f"{self.path.relative_to(SOURCE.parents[1])}:{getattr(node, 'lineno', 0)}"


def _read(path: Path) -> Module:
    module = Module(path, ast.parse(path.read_text(encoding="utf-8")))
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                module.constants[name] = value
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                module.constants |= {n.id: v for n, v in zip(names, values, strict=False) if isinstance(n, ast.Name)}
            case ast.ImportFrom(names=names):
                module.imported |= {n.asname or n.name for n in names}
            case _:
                pass

    def walk(node: ast.AST, owner: ast.FunctionDef | None) -> None:
        for child in ast.iter_child_nodes(node):
            if owner is not None:
                module.within[id(child)] = owner
            if isinstance(child, ast.FunctionDef):
                module.functions[child.name] = child
                walk(child, child)
            else:
                walk(child, owner)

    walk(module.tree, None)
    return module


def _joined(texts: list[Text]) -> Text:
    out: list[str | Hole] = []
    for part in (p for t in texts for p in t if p != ""):
        before = out[-1] if out else None
        if isinstance(part, str) and isinstance(before, str):
            out[-1] = before + part
        elif isinstance(part, str) or not isinstance(before, Hole):
            out.append(part)
    return tuple(out)


def _name(node: ast.expr) -> str:
    """What a hole is called: after the last name in its expression."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name.strip("_").lower()
        case ast.Call(func=ast.Attribute(attr="join"), args=[one, *_]) | ast.Call(func=ast.Name(), args=[one, *_]):
            return _name(one)
        case ast.Call(func=ast.Attribute(value=one)) | ast.Subscript(value=one) | ast.Starred(value=one):
            return _name(one)
        case ast.GeneratorExp(elt=one) | ast.BinOp(left=one) | ast.BoolOp(values=[one, *_]) | ast.List(elts=[one, *_]):
            return _name(one)
        case _:
            return "it"


class Source:
    """All files, and the messages said in them."""

    def __init__(self, root: Path = SOURCE) -> None:
        self.modules = [_read(p) for p in sorted(root.rglob("*.py")) if "migrations/versions" not in p.as_posix()]

    @cached_property
    def errors(self) -> set[str]:
        """Classes of errors that a person can meet."""
        found, before = {ROOT_ERROR}, 0
        while len(found) != before:
            before = len(found)
            for node in (n for m in self.modules for n in ast.walk(m.tree) if isinstance(n, ast.ClassDef)):
                if any(isinstance(b, ast.Name) and b.id in found for b in node.bases):
                    found.add(node.name)
        return found

    @cached_property
    def calls(self) -> dict[str, list[tuple[Module, ast.Call]]]:
        """Calls by the name of what is called."""
        found: dict[str, list[tuple[Module, ast.Call]]] = {}
        for module in self.modules:
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Call):
                    found.setdefault(_called(node), []).append((module, node))
        return found

    def messages(self) -> Iterator[Message]:
        """Everything said; the same text may be said in several places."""
        for module in self.modules:
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Tuple) and module.path.as_posix().endswith(FLAWS):
                    for given in node.elts[1:] if len(node.elts) == 3 and isinstance(node.elts[0], ast.Constant) else ():
                        yield from (Message(at, text) for at, text in self.readings(module, given, ()))
                if isinstance(node, ast.Call):
                    for given in self._given(module, node):
                        for at, text in self.readings(module, given, ()):
                            yield Message(at, text)

    def _given(self, module: Module, call: ast.Call) -> Iterator[ast.expr]:
        """What a call that builds an error says: its message and its hint."""
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        ours = isinstance(call.func, ast.Attribute) and call.func.attr == "__init__" and any(k.arg == "hint" for k in call.keywords)
        if name in self.errors or ours:
            yield from call.args[:1]
            yield from (k.value for k in call.keywords if k.arg == "hint")
        elif name == "problem":
            yield from (k.value for k in call.keywords if k.arg in ("detail", "hint"))
        elif name == "ValueError" and module.path.as_posix().endswith(RETOLD):
            yield from call.args[:1]
        elif _called(call) == "add" and any(k.arg == "reason" for k in call.keywords):  # a record that no reader can take
            yield from (k.value for k in call.keywords if k.arg == "message")

    def readings(self, module: Module, node: ast.expr, seen: tuple[int, ...]) -> list[tuple[str, Text]]:  # noqa: PLR0911 - a case for each kind of expression
        """Every text that an expression may stand for; a hole where that is not written in the source."""
        at, nothing = module.at(node), [(module.at(node), (Hole(_name(node)),))]
        if id(node) in seen or len(seen) > 12:
            return nothing
        seen = (*seen, id(node))
        match node:
            case ast.Constant(value=str() as said):
                return [(at, (said,) if said else ())]
            case ast.JoinedStr(values=values):
                parts = [self._part(module, v, seen) for v in values]
                return [(at, _joined(list(chosen))) for chosen in product(*parts)]
            case ast.IfExp(body=one, orelse=other):
                return self.readings(module, one, seen) + self.readings(module, other, seen)
            case ast.BoolOp(values=values):
                return [r for v in values for r in self.readings(module, v, seen)]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                pairs = product(self.readings(module, left, seen), self.readings(module, right, seen))
                return [(at, _joined([a, b])) for (_, a), (_, b) in pairs]
            case ast.Name(id=name):
                return self._named(module, node, name, seen) or nothing
            case ast.Subscript(value=ast.Name(id=name)):
                table = self._constant(module, name)
                return self._elements(*table, seen) if table else nothing
            case ast.Call(func=ast.Name(id=name)) if function := self._function(module, name):
                returned = [n.value for n in ast.walk(function[1]) if isinstance(n, ast.Return) and n.value is not None]
                return [r for v in returned for r in self.readings(function[0], v, seen)] or nothing
            case _:
                return nothing

    def _elements(self, module: Module, node: ast.expr, seen: tuple[int, ...]) -> list[tuple[str, Text]]:
        match node:
            case ast.Dict(values=values) | ast.Tuple(elts=values) | ast.List(elts=values):
                return [r for v in values for r in self._elements(module, v, seen)]
            case _:
                return self.readings(module, node, seen)

    def _part(self, module: Module, node: ast.expr, seen: tuple[int, ...]) -> list[Text]:
        """A piece of an f-string: a hole, or each of the words that are written out for it."""
        match node:
            case ast.Constant(value=str() as said):
                return [(said,)]
            case ast.FormattedValue(value=ast.IfExp() | ast.BoolOp() as value, conversion=-1, format_spec=None):
                branches = value.values if isinstance(value, ast.BoolOp) else [value.body, value.orelse]
                return [t for b in branches for t in ([(b.value,)] if isinstance(b, ast.Constant) and isinstance(b.value, str) else [(Hole(_name(b)),)])]
            case ast.FormattedValue(value=ast.Name(id=name) as value, conversion=-1, format_spec=None):
                owner = module.within.get(id(value))
                bound = list(_bound(owner, name)) if isinstance(owner, ast.FunctionDef) else []
                written = all(isinstance(v, ast.Constant | ast.JoinedStr | ast.IfExp) for v in bound) and (bound or _is_private(owner))
                texts = [t for _, t in self._named(module, value, name, seen)] if written else []
                said = [t for t in texts if any(isinstance(p, str) and " " in p for p in t)]
                return list(dict.fromkeys(said + ([] if said and len(said) == len(texts) else [(Hole(_name(value)),)])))
            case ast.FormattedValue(value=value):
                return [(Hole(_name(value)),)]
            case _:
                return [(Hole(),)]

    def _constant(self, module: Module, name: str) -> tuple[Module, ast.expr] | None:
        """A module's constant, here or where it is imported from."""
        if name in module.constants:
            return module, module.constants[name]
        imported = name in module.imported
        found = [(m, m.constants[name]) for m in self.modules if name in m.constants] if imported else []
        return found[0] if found else None

    def _function(self, module: Module, name: str) -> tuple[Module, ast.FunctionDef] | None:
        if name in module.functions:
            return module, module.functions[name]
        found = [(m, m.functions[name]) for m in self.modules if name in m.functions] if name in module.imported else []
        return found[0] if len(found) == 1 else None

    def _named(self, module: Module, node: ast.expr, name: str, seen: tuple[int, ...]) -> list[tuple[str, Text]]:
        """What a name stands for: given by callers, written in the function, a constant."""
        function = module.within.get(id(node))
        if isinstance(function, ast.FunctionDef):
            values = list(_bound(function, name))
            if values:
                return [r for v in values for r in self._elements(module, v, seen)]
            parameters = [a.arg for a in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]]
            if name in parameters:
                return [r for m, v in self._callers(module, function, parameters.index(name), name) for r in self.readings(m, v, seen)]
        constant = self._constant(module, name)
        return self._elements(*constant, seen) if constant else []

    def _callers(self, module: Module, function: ast.FunctionDef, place: int, name: str) -> Iterator[tuple[Module, ast.expr]]:
        """What callers give for a parameter; a default counts as one of them."""
        arguments = function.args
        defaults = dict(zip([a.arg for a in arguments.args][::-1], arguments.defaults[::-1], strict=False))
        defaults |= {a.arg: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None}
        if name in defaults:
            yield module, defaults[name]
        private = _is_private(function)
        for other, call in self.calls.get(function.name, ()):
            if (other is module or not private) and (name == "hint" or isinstance(call.func, ast.Name) or private):
                bound = isinstance(call.func, ast.Attribute) and arguments.args[:1] and arguments.args[0].arg in ("self", "cls")
                here = place - 1 if bound else place
                yield from ((other, v) for v in [*call.args[here:here + 1], *(k.value for k in call.keywords if k.arg == name)])


def _is_private(owner: ast.AST | None) -> bool:
    return isinstance(owner, ast.FunctionDef) and owner.name.startswith("_") and not owner.name.startswith("__")


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _bound(function: ast.FunctionDef, name: str) -> Iterator[ast.expr]:
    """What a function binds a name to, itself or over the rows of a table written out in it."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=bound)], value=value) if bound == name:
                yield value
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                yield from (v for n, v in zip(names, values, strict=False) if isinstance(n, ast.Name) and n.id == name)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.IfExp(body=ast.Tuple(elts=one), orelse=ast.Tuple(elts=other))):
                yield from (v for values in (one, other) for n, v in zip(names, values, strict=False) if isinstance(n, ast.Name) and n.id == name)
            case ast.For(target=ast.Tuple(elts=names), iter=ast.Tuple(elts=rows) | ast.List(elts=rows)):
                places = [n for n, t in enumerate(names) if isinstance(t, ast.Name) and t.id == name]
                yield from (row.elts[n] for n in places for row in rows if isinstance(row, ast.Tuple))
            case _:
                pass
