"""What makes many applications in one process cheap; imported once, by conftest, before any is made.

Each test has an application and a plant of its own. What they compile is the same every time: templates, addresses,
SQL. It is kept for the next application. Nothing here changes what a request answers.
"""

import gc
from collections.abc import Callable
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from werkzeug.routing import Rule

from techfloor.people import secrets


class _Compiled(BytecodeCache):
    """Templates, compiled once."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled from the same source."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


def _compile_addresses_once(compile_rule: Callable[[Rule], None]) -> Callable[[Rule], None]:
    """Compile a rule once: it took a quarter of the making of an application."""
    made: dict[tuple[object, ...], dict[str, Any]] = {}

    def compiled(rule: Rule) -> None:
        key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, *sorted((rule.defaults or {}).items()))
        if key not in made:
            compile_rule(rule)
            kept = {name: getattr(rule, name) for name in ("_parts", "_trace", "_converters", "arguments")}
            made[key] = kept | {"_build": rule._build.__func__, "_build_unknown": rule._build_unknown.__func__}  # type: ignore[attr-defined]
            return
        kept = made[key]
        rule._parts, rule._trace, rule._converters = kept["_parts"], kept["_trace"], kept["_converters"]
        rule.arguments = set(kept["arguments"])
        rule._build = kept["_build"].__get__(rule, None)
        rule._build_unknown = kept["_build_unknown"].__get__(rule, None)

    return compiled


def _compile_sql_once(make_engine: Callable[..., Engine]) -> Callable[..., Engine]:
    """Let engines use one another's compiled statements, which SQLAlchemy keeps with an engine and its dialect."""
    shared: dict[str, tuple[Any, Any]] = {}

    def made(*given: Any, **named: Any) -> Engine:
        engine = make_engine(*given, **named)
        own = (engine.dialect, engine._compiled_cache)
        engine.dialect, engine._compiled_cache = shared.setdefault(f"{engine.dialect.name} {engine.driver}", own)
        return engine

    return made


def collect_less() -> None:
    """Look for garbage less often, and never among what was imported: that was a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


Flask.jinja_options = {"bytecode_cache": _Compiled()}
Rule.compile = _compile_addresses_once(Rule.compile)  # type: ignore[method-assign, assignment]
SQLAlchemy._make_engine = _compile_sql_once(SQLAlchemy._make_engine)  # type: ignore[method-assign]
REAL_HASHER = secrets._HASHER
"""What the product uses, for the tests that look at it; all others would spend a tenth of their time on it."""
secrets._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
