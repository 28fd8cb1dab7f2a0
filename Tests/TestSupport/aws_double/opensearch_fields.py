"""Documents' fields: their values, their types, and what a mapping refuses."""
import fnmatch

NUMBERS = ("byte", "short", "integer", "long", "half_float", "float", "double", "unsigned_long")


class Refusal(Exception):
    """A refusal in OpenSearch's terms."""

    def __init__(self, status, kind, reason, **more):
        super().__init__(reason)
        self.status, self.kind, self.reason, self.more = status, kind, reason, more

    def cause(self):
        return {"type": self.kind, "reason": self.reason} | self.more

    def body(self):
        return {"error": self.cause() | {"root_cause": [self.cause()]}, "status": self.status}


def values(source, path):
    """The values of a field by its dotted name; of lists each."""
    found = [source]
    for name in path.removesuffix(".keyword").split("."):
        found = [one[name] for one in found if isinstance(one, dict) and name in one]
        found = [each for one in found for each in (one if isinstance(one, list) else [one])]
    return [one for one in found if one is not None]


def vector(source, path):
    """A field's vector, which is one value, or None."""
    for name in path.split("."):
        source = source.get(name) if isinstance(source, dict) else None
    return source if isinstance(source, list) else None


def flat(settings, prefix=""):
    """Settings by their whole names, whichever way they are nested; all of an index begin with `index.`."""
    found = {}
    for name, value in settings.items():
        path = prefix + name
        found |= flat(value, f"{path}.") if isinstance(value, dict) else {path: value}
    if prefix:
        return found
    return {name if name.startswith("index.") else f"index.{name}": value for name, value in found.items()}


def seconds(text):
    """A duration such as `30s` or `500ms`; -1 is for ever, and nothing is no time."""
    if text is None:
        return 0.0
    if str(text) == "-1":
        return float("inf")
    unit = next(unit for unit in ("ms", "s", "m", "h") if text.endswith(unit))
    return float(text.removesuffix(unit)) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[unit]


def mapped(mappings, path):
    """What a mapping says of a field; empty where it says nothing."""
    found = mappings
    for name in path.split("."):
        found = found.get("properties", found.get("fields", {})).get(name, {})
    return found


def check_source(source, mappings, prefix=""):
    """Refuses what a mapping's types do not take."""
    if source.get("_poison"):
        raise parsing("failed to parse")
    for name, value in source.items():
        rule, path = mappings.get("properties", {}).get(name, {}), prefix + name
        kind = rule.get("type", "object" if "properties" in rule else None)
        if kind == "knn_vector":
            check_vector(rule, value, path)
        elif kind in NUMBERS:
            check_each(value, path, kind, lambda one: is_number(one))
        elif kind == "boolean":
            check_each(value, path, kind, lambda one: one in (True, False, "true", "false", ""))
        elif kind == "object" and rule.get("enabled", True):
            check_each(value, path, kind, lambda one: isinstance(one, dict))
            for one in value if isinstance(value, list) else [value]:
                check_source(one or {}, rule, path + ".")


def is_number(value):
    try:
        return not isinstance(value, bool) and float(value) is not None
    except (TypeError, ValueError):
        return False


def check_each(value, path, kind, fits):
    for one in value if isinstance(value, list) else [value]:
        if one is not None and not fits(one):
            raise parsing(f"failed to parse field [{path}] of type [{kind}]",
                          caused_by={"type": "illegal_argument_exception", "reason": f"For input string: \"{one}\""})


def check_vector(rule, value, path):
    if not isinstance(value, list) or not all(is_number(one) for one in value):
        raise parsing(f"failed to parse field [{path}] of type [knn_vector]")
    space = rule.get("space_type") or rule.get("method", {}).get("space_type", "l2")
    if space == "cosinesimil" and not any(value):
        raise parsing(f"failed to parse field [{path}] of type [knn_vector]", caused_by={
            "type": "illegal_argument_exception",
            "reason": "zero vector is not supported when space type is [cosinesimil]"})
    if len(value) != rule["dimension"]:
        raise parsing(f"failed to parse field [{path}] of type [knn_vector]", caused_by={
            "type": "illegal_argument_exception",
            "reason": f"Vector dimension mismatch. Expected: {rule['dimension']}, Given: {len(value)}"})


def parsing(reason, **more):
    return Refusal(400, "mapper_parsing_exception", reason, **more)


def merge(mappings, more, prefix=""):
    """Adds fields to a mapping; those there are cannot become others."""
    for name, rule in more.get("properties", {}).items():
        old = mappings.setdefault("properties", {}).setdefault(name, rule)
        if old.get("type") != rule.get("type"):
            raise Refusal(400, "illegal_argument_exception", f"mapper [{prefix}{name}] cannot be changed from type "
                          f"[{old.get('type')}] to [{rule.get('type')}]")
        if "properties" in rule and old is not rule:
            merge(old, rule, f"{prefix}{name}.")
    mappings.update({name: rule for name, rule in more.items() if name != "properties"})


def check_mappings(mappings):
    """Refuses vectors that cannot be, and fields without a type."""
    for name, rule in mappings.get("properties", {}).items():
        if rule.get("type") == "knn_vector" and not 1 <= rule.get("dimension", 0) <= 16_000:
            raise parsing(f"Failed to parse mapping [_doc]: Dimension value must be greater than 0 and at most 16000 "
                          f"for vector: {name}")
        if "type" not in rule and "properties" not in rule and rule.get("enabled", True):
            raise parsing(f"Failed to parse mapping [_doc]: No type specified for field [{name}]")
        check_mappings(rule)


def filtered(source, wanted):
    """Of a document what `_source` asks for; None where it asks for nothing."""
    if wanted is False:
        return None
    if wanted is True:
        return source
    if isinstance(wanted, (str, list)):
        wanted = {"includes": wanted}
    includes, excludes = (listed(wanted.get(name, [])) for name in ("includes", "excludes"))
    return picked(source, "", lambda path: (not includes or any(covers(one, path) for one in includes))
                  and not any(covers(one, path) for one in excludes))


def listed(value):
    return value if isinstance(value, list) else [value]


def covers(pattern, path):
    return fnmatch.fnmatchcase(path, pattern) or fnmatch.fnmatchcase(path, pattern + ".*")


def picked(source, prefix, keeps):
    found = {}
    for name, value in source.items():
        if isinstance(value, dict):
            inner = picked(value, f"{prefix}{name}.", keeps)
            if inner or keeps(prefix + name):
                found[name] = inner
        elif keeps(prefix + name):
            found[name] = value
    return found
