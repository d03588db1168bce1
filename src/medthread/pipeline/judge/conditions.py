"""Rules that one row breaks by itself: as the condition of the intake scan, and as one over a table made."""

import re

import duckdb
from sqlglot import exp

from medthread.derive.checks import IMPLIED, checks_of
from medthread.derive.columns import DUCK
from medthread.model import Entity, Home, Kind, Registry, Rule
from medthread.model.errors import DeclarationError
from medthread.model.rule_file import Bounds, Point, QualityRule
from medthread.pipeline.judge.reading import read_condition
from medthread.stores.engines import literal, question, quote

CHECK_DIGITS = {"gtin": "is_gtin", "sscc": "is_sscc", "uscc": "is_uscc"}


def add_intake_rules(registry: Registry, rules: tuple[QualityRule, ...]) -> None:
    """Bring the rules that are tried at intake into the one scan. Raises `DeclarationError` with file and rule."""
    for rule in rules:
        if rule.at is not Point.INTAKE:
            continue
        entity = guarded(rule, registry)
        fields = _fields_of(rule, entity)
        field = rule.on.field if set(fields) <= {rule.on.field} else None
        taken = {c.id for c in checks_of(entity, registry)}
        if rule.name in IMPLIED or ".".join(filter(None, (entity.name, field, rule.name))) in taken:
            raise _wrong(rule, "name", f"{entity.name} has a rule of this name already", "give it another name")
        broken = broken_sql(rule, registry)
        _bind(rule, entity, fields, broken)
        made = Rule(name=rule.name, about=rule.label, broken=broken, dimension=rule.dimension, gate=rule.gate, needs=fields)
        if rule.correct is not None and field is not None:
            if any(c.field == field and c.rule.correct and c.rule.name != "width" for c in checks_of(entity, registry)):
                raise _wrong(rule, "correct", f"{entity.name}.{field} is mended by a rule already", "leave `correct` out of one of them")
            registry.add_rule(entity.name, field, _correcting(rule, entity, field, broken))
        registry.add_rule(entity.name, field, _placed(made, field))


def broken_sql(rule: QualityRule, registry: Registry) -> str:  # noqa: PLR0911 - one return per kind of check
    """SQL over a row's columns, true where it breaks the rule."""
    check, column = rule.check, quote(rule.on.field or "")
    entity = registry[rule.on.entity] if rule.on.entity else None
    kind = entity.fields[rule.on.field].kind if entity and rule.on.field and rule.on.field in entity.fields else None
    text = column if kind is Kind.TEXT else f"cast({column} as varchar)"
    match check.kind:
        case "filled":
            return f"{column} is null or trim({text}) = ''"
        case "pattern":
            return f"not regexp_full_match({text}, {literal(check.pattern or '')})"
        case "range":
            return _outside(column, check.range or Bounds(low=0))
        case "codes":
            return f"{text} not in ({', '.join(map(literal, check.codes or ('',)))})"
        case "length":
            assert check.length is not None  # noqa: S101 - it is of this kind
            return f"length({text}) not between {check.length.least} and {check.length.most}"
        case "check_digit":
            return f"not {CHECK_DIGITS[check.check_digit or '']}({text})"
        case "holds":
            # As in a CHECK: where the condition is unknown it is not broken, nor where it cannot be reckoned for a row.
            return f"try(not ({read_condition(check.holds or '', place=place_of(rule, 'holds')).sql(dialect='duckdb')}))"
        case other:
            raise _wrong(rule, other, "it is not about one row", "write it at: transformed, release or serving")


def guarded(rule: QualityRule, registry: Registry) -> type[Entity]:
    """The entity whose rows come from sources and are tried at intake."""
    name = rule.on.entity or ""
    if name not in registry:
        raise _wrong(rule, "on.entity", f"nobody declares {name!r}", "the dictionary lists the kinds of records")
    if registry[name].about.home is Home.NATIVE:
        raise _wrong(rule, "on.entity", f"{name} is entered here and comes from no source", "what may be entered is declared with it")
    return registry[name]


def place_of(rule: QualityRule, where: str) -> str:
    """File, rule and place, as errors name them."""
    return f"{rule.origin}: rule {rule.name}: {where}"


def _wrong(rule: QualityRule, where: str, message: str, hint: str) -> DeclarationError:
    return DeclarationError(f"{place_of(rule, where)}: {message}", hint=hint, file=rule.origin)


def _outside(column: str, bounds: Bounds) -> str:
    def told(value: float | str) -> str:
        return literal(value) if isinstance(value, str) else repr(value)

    low = [f"{column} < {told(bounds.low)}"] if bounds.low is not None else []
    high = [f"{column} > {told(bounds.high)}"] if bounds.high is not None else []
    return " or ".join(low + high)


def _fields_of(rule: QualityRule, entity: type[Entity]) -> tuple[str, ...]:
    """The fields that the rule looks at; all exist, and none is sealed on arrival."""
    named = {rule.on.field} if rule.on.field and rule.check.kind != "holds" else set()
    if rule.check.holds is not None:
        parsed = read_condition(rule.check.holds, place=place_of(rule, "holds"))
        named = {c.name for c in parsed.find_all(exp.Column)} or {rule.on.field or ""}
    for name in sorted(n for n in {*named, rule.on.field} if n is not None):
        if name not in entity.fields:
            raise _wrong(rule, "on.field" if name == rule.on.field else rule.check.kind, f"{entity.name} has no field {name!r}", f"it has {', '.join(entity.fields)}")
        if entity.fields[name].is_personal:
            raise _wrong(rule, rule.check.kind, f"{entity.name}.{name} is personal and sealed on arrival", "nobody can look into it at intake")
    return tuple(sorted(n for n in named if n))


def _bind(rule: QualityRule, entity: type[Entity], fields: tuple[str, ...], broken: str) -> None:
    """Let the engine read the condition over columns of the declared types."""
    columns = ", ".join(f"cast(null as {DUCK[entity.fields[f].kind]}) as {quote(f)}" for f in fields) or "null as nothing"
    correct = f", {rule.correct}" if rule.correct is not None else ""
    condition = rule.check.holds or broken
    kind_of = DUCK[entity.fields[rule.on.field].kind] if rule.on.field else "varchar"
    bounds = [b for b in (rule.check.range.low, rule.check.range.high) if isinstance(b, str)] if rule.check.range else []
    told = "".join(f", cast({literal(b)} as {kind_of})" for b in bounds)
    if rule.correct is not None:
        named = {c.name for c in read_condition(rule.correct, place=place_of(rule, "correct")).find_all(exp.Column)}
        if named - {rule.on.field}:
            raise _wrong(rule, "correct", f"it reads {', '.join(sorted(named - {rule.on.field}))}", "a value is mended from itself alone: trim(lot_no)")
    try:
        with question() as con:
            [(kind, *_)] = con.execute(f"select typeof(({condition})){told}{correct} from (select {columns}) as asked").fetchall()
    except duckdb.Error as error:
        raise _wrong(rule, rule.check.kind, str(error).splitlines()[0][:300], "write it in DuckDB's SQL over the entity's fields") from error
    if kind not in ("BOOLEAN", '"NULL"'):
        raise _wrong(rule, rule.check.kind, f"it gives {kind}, not yes or no", "an SQL condition: net <= gross")


def _placed(rule: Rule, field: str | None) -> Rule:
    """A rule of a field says {column} where its field stands."""
    if field is None:
        return rule
    return Rule(
        name=rule.name, about=rule.about, broken=_with_place(rule.broken, field), dimension=rule.dimension, gate=rule.gate, needs=rule.needs,
    )


def _correcting(rule: QualityRule, entity: type[Entity], field: str, broken: str) -> Rule:
    """Mends where the mended value is sure and no longer breaks the rule; what stays broken meets the rule itself."""
    parsed = read_condition(rule.correct or "", place=place_of(rule, "correct"))
    mended = f"try_cast(try({parsed.sql(dialect='duckdb')}) as {DUCK[entity.fields[field].kind]})"
    again = _with_place(broken, field).replace("{column}", f"({mended})")
    sure = f"({broken}) and ({mended}) is not null and not coalesce({again}, false)"
    return Rule(
        name=f"{rule.name}_mended", about=rule.label, broken=_with_place(sure, field), dimension=rule.dimension, correct=_with_place(mended, field), needs=(field,),
        confidence=rule.confidence,
    )


def _with_place(sql: str, field: str) -> str:
    """The field's name, quoted or not, becomes {column}; what stands in a text stays."""
    pattern = re.compile(rf"'(?:[^']|'')*'|\"{re.escape(field)}\"|\b{re.escape(field)}\b(?!\()")
    return pattern.sub(lambda m: m.group(0) if m.group(0).startswith("'") else "{column}", sql)
