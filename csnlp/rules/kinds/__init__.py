"""The kinds of conditions: one module each, found by the key that names the kind in a rule.

``lexicon``, ``regex`` (text) · ``head``, ``act`` (the model) · ``position``, ``sequence`` (flow) · ``reply_time``
(timing) · ``format`` · ``link`` · ``repeat`` · ``typo`` · ``fact`` · ``similar`` · ``python`` (plug-in) ·
``condition`` (one that the book gave a name), and ``all``, ``any``, ``not``, ``at_least`` to put them together.
"""

from __future__ import annotations

from collections.abc import Callable

from csnlp.rules.kinds import facts, flow, form, heads, links, plugin, repeats, similar, text, timing, typos
from csnlp.rules.kinds.names import Names
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import AtLeast, Condition, Not

Parse = Callable[[Entry, Names], Condition]


def _named(entry: Entry, names: Names) -> Condition:
    """The condition that the book gave this name: the same object wherever it is named."""
    if (name := entry.text("condition")) not in names.conditions:
        allowed = ", ".join(names.conditions) or "none (one that has a name itself names no other)"
        raise entry.error("condition", f"{name!r} is not among the book's conditions; allowed: {allowed}")
    return names.conditions[name]


KINDS: dict[str, Parse] = {
    "lexicon": text.parse_lexicon,
    "regex": text.parse_regex,
    "head": heads.parse_head,
    "act": heads.parse_act,
    "position": flow.parse_position,
    "format": form.parse,
    "link": links.parse,
    "repeat": repeats.parse,
    "typo": typos.parse,
    "fact": facts.parse,
    "similar": similar.parse,
    "python": plugin.parse,
    "condition": _named,
}
_COMPOSED = ("reply_time", "all", "any", "not", "at_least", "sequence")


def parse_condition(entry: Entry, names: Names) -> Condition:
    """The condition in ``entry``; raises :class:`csnlp.errors.ConfigError` when it is none, or more than one."""
    found = [key for key in (*KINDS, *_COMPOSED) if key in entry]
    if "head" in found and ("lexicon" in found or "regex" in found):
        found.remove("head")  # there it is an option: only in the first so many characters
    if len(found) != 1:
        problem = f"has {' and '.join(found)}; keep one and join them with all or any" if found else "names no kind"
        raise entry.error(found[1] if found else "when", f"{problem}; the kinds are {', '.join((*KINDS, *_COMPOSED))}")
    (kind,) = found
    condition = KINDS[kind](entry, names) if kind in KINDS else _composed(kind, entry, names)
    entry.done()
    return condition


def _composed(kind: str, entry: Entry, names: Names) -> Condition:
    if kind == "not":
        part = entry.entry("not")
        assert part is not None
        return Not(parse_condition(part, names))
    if kind == "reply_time":
        return timing.parse(entry, lambda since: parse_condition(since, names))
    if kind == "sequence":
        return flow.parse_sequence(entry, lambda step: parse_condition(step, names))
    parts = tuple(parse_condition(part, names) for part in entry.entries("of" if kind == "at_least" else kind))
    if not parts:
        raise entry.error(kind, "needs at least one condition")
    if kind == "at_least":
        return AtLeast(entry.whole("at_least", low=1, high=len(parts)), parts)
    return AtLeast(len(parts) if kind == "all" else 1, parts)
