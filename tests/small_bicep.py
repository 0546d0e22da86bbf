"""A small Bicep CLI for tests: it compiles the part of the language that they use.

What it writes follows what the real one writes: names of resources, their order, references, what
makes a file one with symbolic names. `tests/checking/test_small_bicep.py` compares both on the
recorded sources. It answers `build FILE --stdout` and `build-params FILE --stdout`; a program that
runs it is made by `small_bicep_cli` of `support`.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign>\?\?|&&|\|\||==|!=|=>|::|\.\.\.|\.\?|[{}\[\](),:.?!=|@<>+\-*/%]))"
)
VERSION = {"name": "bicep", "version": "0.0.1", "templateHash": "1"}
MODULES = "Microsoft.Resources/deployments"


class BicepError(Exception):
    def __init__(self, text: str, at: int, code: str = "BCP007") -> None:
        super().__init__(text)
        self.at, self.code = at, code


class Code(str):
    """The text of an ARM expression, without brackets."""


class Source:
    def __init__(self, path: str) -> None:
        self.path = path
        try:
            with open(path, encoding="utf-8-sig", newline="") as file:
                self.text = file.read()
        except OSError:
            raise BicepError(f"An error occurred reading file. {path}", 0, "BCP091") from None
        self.at = 0
        self.lines = True
        """whether a new line ends what is read"""

    def blank(self) -> None:
        while True:
            match = re.compile(
                r"[ \t]+|//[^\r\n]*|/\*.*?\*/|\r?\n"
                if not self.lines
                else r"[ \t]+|//[^\r\n]*|/\*.*?\*/",
                re.DOTALL,
            ).match(self.text, self.at)
            if match is None or match.end() == self.at:
                return
            self.at = match.end()

    def newlines(self) -> None:
        before, self.lines = self.lines, False
        self.blank()
        self.lines = before

    def peek(self) -> str:
        self.blank()
        if self.at >= len(self.text):
            return ""
        if self.text[self.at] in "\r\n":
            return "\n"
        if self.text[self.at] == "'":
            return "'"
        match = TOKEN.match(self.text, self.at)
        if match is None:
            raise BicepError(
                f"The following token is not recognized: {self.text[self.at]}", self.at
            )
        return match[match.lastgroup or 0]

    def take(self, wanted: str | None = None) -> str:
        token = self.peek()
        if wanted is not None and token != wanted:
            raise BicepError(
                f'Expected the "{wanted}" character at this location.', self.at, "BCP018"
            )
        if token == "\n":
            self.at = self.at + (2 if self.text.startswith("\r\n", self.at) else 1)
        elif token != "'":
            match = TOKEN.match(self.text, self.at)
            assert match
            self.at = match.end()
        return token

    def string(self) -> list[Any]:
        """The pieces of a string: texts, and expressions as nodes."""
        if self.text.startswith("'''", self.at):
            end = self.text.index("'''", self.at + 3)
            text = self.text[self.at + 3 : end]
            self.at = end + 3
            return [re.sub(r"\A\r?\n", "", text)]
        self.at += 1
        pieces: list[Any] = [""]
        while self.text[self.at] != "'":
            if self.text.startswith("${", self.at):
                self.at += 2
                pieces += [self.expression(), ""]
                self.take("}")
            elif self.text[self.at] == "\\":
                escaped = self.text[self.at + 1]
                pieces[-1] += {"n": "\n", "r": "\r", "t": "\t"}.get(escaped, escaped)
                self.at += 2
            else:
                pieces[-1] += self.text[self.at]
                self.at += 1
        self.at += 1
        return pieces

    def expression(self) -> Any:
        node = self.infix(0)
        if self.peek() == "?":
            self.take()
            self.newlines()
            first = self.expression()
            self.newlines()
            self.take(":")
            self.newlines()
            return ("if", node, first, self.expression())
        return node

    LEVELS = (("??",), ("||",), ("&&",), ("==", "!="))

    def infix(self, level: int) -> Any:
        if level == len(self.LEVELS):
            return self.postfix()
        node = self.infix(level + 1)
        while self.peek() in self.LEVELS[level]:
            sign = self.take()
            self.newlines()
            node = ("infix", sign, node, self.infix(level + 1))
        return node

    def postfix(self) -> Any:
        if self.peek() == "!":
            self.take()
            return ("not", self.postfix())
        node = self.primary()
        while True:
            token = self.peek()
            if token in (".", ".?"):
                self.take()
                node = ("member", node, self.take(), token == ".?")
            elif token == "[":
                self.take()
                node = ("index", node, self.expression())
                self.take("]")
            elif token == "::":
                self.take()
                node = ("child", node, self.take())
            elif token == "(" and node[0] in ("name", "member"):
                node = ("call", node, self.arguments())
            else:
                return node

    def arguments(self) -> list[Any]:
        self.take("(")
        before, self.lines = self.lines, False
        found = []
        while self.peek() != ")":
            found.append(self.expression())
            if self.peek() == ",":
                self.take()
        self.lines = before
        self.take(")")
        return found

    def primary(self) -> Any:
        start, token = self.at, self.peek()
        if token == "'":
            return ("string", self.string())
        if token == "{":
            return self.object()
        if token == "[":
            return self.list()
        if token == "(":
            self.take()
            before, self.lines = self.lines, False
            node = self.expression()
            self.lines = before
            self.take(")")
            return node
        self.take()
        if token in ("true", "false", "null"):
            return ("literal", {"true": True, "false": False, "null": None}[token])
        if token.isdigit():
            return ("literal", int(token))
        if re.match(r"\w", token):
            return ("name", token, start)
        raise BicepError(f"Unexpected {token!r}", start)

    def object(self) -> Any:
        self.take("{")
        members: dict[str, Any] = {}
        children = []
        before, self.lines = self.lines, True
        while True:
            while self.peek() in ("\n", ","):
                self.take()
            if self.peek() == "}":
                break
            if self.peek() in ("resource", "@") and re.match(
                r"(?:@\w+\([^\n]*\)\s*)*resource\s+\w+\s+'", self.text[self.at :]
            ):
                children.append(self.statement())
                continue
            name = self.string()[0] if self.peek() == "'" else self.take()
            self.take(":")
            self.newlines()
            members[name] = self.expression()
        self.lines = before
        self.take("}")
        return ("object", members, children)

    def list(self) -> Any:
        self.take("[")
        before, self.lines = self.lines, True
        while self.peek() == "\n":
            self.take()
        if self.peek() == "for":
            self.take()
            index = None
            if self.peek() == "(":
                self.take()
                item = self.take()
                self.take(",")
                index = self.take()
                self.take(")")
            else:
                item = self.take()
            self.take("in")
            over = self.expression()
            self.take(":")
            condition = self.condition()
            node: Any = ("for", item, index, over, condition, self.expression())
        else:
            items = []
            while True:
                while self.peek() in ("\n", ","):
                    self.take()
                if self.peek() == "]":
                    break
                items.append(self.expression())
            node = ("list", items)
        while self.peek() == "\n":
            self.take()
        self.lines = before
        self.take("]")
        return node

    def condition(self) -> Any:
        if self.peek() != "if":
            return None
        self.take()
        self.take("(")
        node = self.expression()
        self.take(")")
        return node

    def statements(self) -> list[dict[str, Any]]:
        found = []
        while True:
            while self.peek() == "\n":
                self.take()
            if not self.peek():
                return found
            found.append(self.statement())

    def statement(self) -> dict[str, Any]:
        decorators = []
        while self.peek() == "@":
            self.take()
            name = self.take()
            decorators.append((name, self.arguments()))
            while self.peek() == "\n":
                self.take()
        start, keyword = self.at, self.take()
        made: dict[str, Any] = {"keyword": keyword, "decorators": decorators, "start": start}
        if keyword in ("using", "extends"):
            made["value"] = self.string()[0] if self.peek() == "'" else self.take()
            return made
        if keyword == "targetScope":
            self.take("=")
            self.blank()
            made["value"] = self.string()[0]
            return made
        made["name"] = self.take()
        if keyword == "metadata":
            self.take("=")
            made["value"] = self.expression()
            return made
        if keyword in ("resource", "module"):
            self.blank()
            made["type"] = self.string()[0]
            made["existing"] = self.peek() == "existing" and bool(self.take())
            self.take("=")
            made["condition"] = self.condition()
            made["value"] = self.expression()
        elif keyword in ("param", "var", "output"):
            if keyword != "var" and self.peek() != "=":
                made["type"] = self.take()
                while self.peek() in ("[", "]", "?"):
                    made["type"] += self.take()
            made["value"] = None
            if self.peek() == "=":
                self.take()
                made["value"] = self.expression()
        else:
            raise BicepError("This declaration type is not recognized.", start)
        return made


class File:
    """One file compiled."""

    def __init__(self, path: str) -> None:
        self.source = Source(path)
        self.statements = self.source.statements()
        self.known: dict[str, dict[str, Any]] = {}
        self.order: list[dict[str, Any]] = []
        for each in self.statements:
            self._declare(each, None)
        text = self.source.text
        self.symbolic = bool(
            re.search(r"@onlyIfNotExists|@nullIfNotFound|\bthis\.", text)
            or any(
                re.search(r"[?\[]", each.get("type", ""))
                for each in self.statements
                if each["keyword"] in ("param", "output")
            )
            or any(
                each["keyword"] == "module" and "name" not in _members(each)
                for each in self.statements
            )
        )
        self.used: list[dict[str, Any]] = []
        self.loop: list[tuple[str, str | None, str]] = []

    def _declare(self, each: dict[str, Any], parent: dict[str, Any] | None) -> None:
        each["parent"] = parent
        if each["keyword"] in ("resource", "module"):
            each["symbol"] = f"{parent['symbol']}::{each['name']}" if parent else each["name"]
            for child in _body(each)[2]:
                child["type"] = f"{each['type'].partition('@')[0]}/{child['type']}" + (
                    "" if "@" in child["type"] else "@" + each["type"].partition("@")[2]
                )
                self._declare(child, each)
            self.order.append(each)
        if "name" in each and each["keyword"] != "output":
            self.known[each.get("symbol", each["name"])] = each

    # ---- expressions

    def json(self, node: Any) -> Any:
        """What is written into the template."""
        kind = node[0]
        if kind == "literal":
            return node[1]
        if kind == "string" and len(node[1]) == 1:
            text = node[1][0]
            return f"[{text}" if text[:1] == "[" else text
        if kind == "object":
            return self.object(node[1])
        if kind == "list":
            return [self.json(each) for each in node[1]]
        return f"[{self.code(node)}]"

    def object(self, members: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, each in members.items():
            if each[0] == "for":
                made.setdefault("copy", []).append(self.looped(name, each))
            else:
                made[name] = self.json(each)
        return made

    def looped(self, name: str, node: Any) -> dict[str, Any]:
        _, item, index, over, _, body = node
        made = {"name": name, "count": f"[length({self.code(over)})]"}
        self.loop.append((item, index, f"{self.code(over)}[copyIndex('{name}')]"))
        made["input"] = self.json(body)
        self.loop.pop()
        return made

    def code(self, node: Any) -> str:
        kind = node[0]
        if kind == "literal":
            value = node[1]
            return (
                "null()"
                if value is None
                else str(value).lower() + ("()" if value is True or value is False else "")
            )
        if kind == "string":
            return self.text(node[1])
        if kind == "list":
            return f"createArray({', '.join(map(self.code, node[1]))})"
        if kind == "object":
            pairs = (f"'{name}', {self.code(each)}" for name, each in node[1].items())
            return f"createObject({', '.join(pairs)})"
        if kind == "if":
            return f"if({', '.join(map(self.code, node[1:]))})"
        if kind == "infix":
            names = {"??": "coalesce", "||": "or", "&&": "and", "==": "equals"}
            if node[1] == "!=":
                return f"not(equals({self.code(node[2])}, {self.code(node[3])}))"
            return f"{names[node[1]]}({self.code(node[2])}, {self.code(node[3])})"
        if kind == "not":
            return f"not({self.code(node[1])})"
        if kind == "index":
            return f"{self.code(node[1])}[{self.code(node[2])}]"
        if kind == "call":
            return self.call(node)
        if kind == "member":
            return self.member(node)
        if kind == "name":
            return self.name(node)
        raise BicepError(f"{kind} is too much for this compiler", 0)

    def text(self, pieces: list[Any]) -> str:
        if len(pieces) == 1:
            return "'" + pieces[0].replace("'", "''") + "'"
        written = "".join(
            each.replace("{", "{{").replace("}", "}}") if isinstance(each, str) else f"{{{n // 2}}}"
            for n, each in enumerate(pieces)
        ).replace("'", "''")
        return f"format('{written}', {', '.join(map(self.code, pieces[1::2]))})"

    def call(self, node: Any) -> str:
        target, arguments = node[1], node[2]
        if target[0] == "member" and target[1] == ("name", "this", target[1][2]):
            return (
                "target('full')"
                if target[2] == "existingResource"
                else "not(empty(target('full')))"
            )
        if target[0] == "member" and target[1][0] == "name" and target[1][1] in ("az", "sys"):
            target = ("name", target[2])
        if target[0] != "name":
            raise BicepError("a method is too much for this compiler", 0)
        return f"{target[1]}({', '.join(map(self.code, arguments))})"

    def name(self, node: Any) -> str:
        name = node[1]
        for item, index, code in reversed(self.loop):
            if name == item:
                return code
            if name == index:
                return "copyIndex()"
        found = self.known.get(name)
        if found is None:
            raise BicepError(
                f'The name "{name}" does not exist in the current context.', node[2], "BCP057"
            )
        if found["keyword"] in ("resource", "module"):
            return self.reference(found, full=True)
        return f"{'parameters' if found['keyword'] == 'param' else 'variables'}('{name}')"

    def resource_of(self, node: Any) -> dict[str, Any] | None:
        if node[0] == "name":
            found = self.known.get(node[1])
            return found if found and found["keyword"] in ("resource", "module") else None
        if node[0] == "child":
            parent = self.resource_of(node[1])
            return self.known.get(f"{parent['symbol']}::{node[2]}") if parent else None
        return self.resource_of(node[1]) if node[0] == "index" else None

    def member(self, node: Any) -> str:
        _, target, name, safe = node
        found = self.resource_of(target)
        if found is not None:
            if name == "id":
                self.used.append(found)
                return self.id(found)
            if name == "name":
                return self.last_name(found)
            if name in ("type", "apiVersion"):
                return f"'{found['type'].partition('@')[0 if name == 'type' else 2]}'"
            if name == "properties":
                return self.reference(found)
            if name == "outputs":
                return f"{self.reference(found)}.outputs"
            return f"{self.reference(found, full=True)}.{name}"
        code = f"{self.code(target)}.{name}"
        if safe:
            return f"tryGet({self.code(target)}, '{name}')"
        if target[0] == "member" and target[2] == "outputs":
            return f"{code}.value"
        return code

    def reference(self, found: dict[str, Any], *, full: bool = False) -> str:
        self.used.append(found)
        if self.symbolic:
            return f"reference('{found['symbol']}'" + (", '', 'full')" if full else ")").replace(
                ", ''", f", '{found['type'].partition('@')[2]}'"
            )
        version = "2025-04-01" if found["keyword"] == "module" else found["type"].partition("@")[2]
        return f"reference({self.id(found)}, '{version}'" + (", 'full')" if full else ")")

    # ---- names

    def parent_of(self, each: dict[str, Any]) -> dict[str, Any] | None:
        parent = _members(each).get("parent")
        return each["parent"] or (self.resource_of(parent) if parent is not None else None)

    def segments(self, each: dict[str, Any]) -> list[str]:
        parent = self.parent_of(each)
        own = self.last_name(each)
        if parent is None and "/" in own and each["type"].partition("@")[0].count("/") > 1:
            return [own]
        return [*(self.segments(parent) if parent else ()), own]

    def last_name(self, each: dict[str, Any]) -> str:
        node = _members(each).get("name")
        if node is None:
            return (
                f"format('{each['name']}-{{0}}', uniqueString('{each['name']}', deployment().name))"
            )
        return self.code(node)

    def id(self, each: dict[str, Any]) -> str:
        type_ = MODULES if each["keyword"] == "module" else each["type"].partition("@")[0]
        return f"resourceId('{type_}', {', '.join(self.segments(each))})"

    def full_name(self, each: dict[str, Any]) -> Any:
        parts = self.segments(each)
        if len(parts) == 1:
            node = _members(each).get("name")
            return f"[{parts[0]}]" if node is None else self.json(node)
        holes = "/".join(f"{{{n}}}" for n in range(len(parts)))
        return f"[format('{holes}', {', '.join(parts)})]"

    # ---- the template

    def template(self) -> dict[str, Any]:
        scope = next((e["value"] for e in self.statements if e["keyword"] == "targetScope"), "")
        name = "subscriptionDeploymentTemplate" if scope == "subscription" else "deploymentTemplate"
        date = "2018-05-01" if scope == "subscription" else "2019-04-01"
        made: dict[str, Any] = {
            "$schema": f"https://schema.management.azure.com/schemas/{date}/{name}.json#",
        }
        if self.symbolic:
            made["languageVersion"] = "2.0"
        made["contentVersion"] = "1.0.0.0"
        said = {e["name"]: e["value"] for e in self.statements if e["keyword"] == "metadata"}
        made["metadata"] = {"_generator": VERSION, **self.object(said)}
        for keyword, section in (("param", "parameters"), ("var", "variables")):
            found = {
                e["name"]: self.parameter(e) if keyword == "param" else e["value"]
                for e in self.statements
                if e["keyword"] == keyword
            }
            if keyword == "var":
                found = self.object(found)
            if found:
                made[section] = found
        resources = [*self.in_order()]
        written = {each["symbol"]: self.resource(each) for each in resources}
        made["resources"] = written if self.symbolic else [*written.values()]
        outputs = {
            e["name"]: {"type": _type(e["type"]), "value": self.json(e["value"])}
            for e in self.statements
            if e["keyword"] == "output"
        }
        if outputs:
            made["outputs"] = outputs
        return made

    def parameter(self, each: dict[str, Any]) -> dict[str, Any]:
        decorators = dict(each["decorators"])
        made: dict[str, Any] = {"type": _type(each["type"])}
        if "secure" in decorators:
            made["type"] = f"secure{made['type']}"
        if each["type"].endswith("?"):
            made["nullable"] = True
        if each["value"] is not None:
            made["defaultValue"] = self.json(each["value"])
        if "allowed" in decorators:
            made["allowedValues"] = self.json(decorators["allowed"][0])
        for name in ("minLength", "maxLength", "minValue", "maxValue"):
            if name in decorators:
                made[name] = self.json(decorators[name][0])
        if "description" in decorators:
            made["metadata"] = {"description": self.json(decorators["description"][0])}
        return made

    def in_order(self) -> list[dict[str, Any]]:
        def below(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
            inner = [each for one in resources for each in below(_body(one)[2])]
            return [*inner, *(e for e in resources if self.symbolic or not e["existing"])]

        top = [e for e in self.statements if e["keyword"] == "resource"]
        return [*below(top), *(e for e in self.statements if e["keyword"] == "module")]

    def resource(self, each: dict[str, Any]) -> dict[str, Any]:
        loop, condition, _ = _body(each)
        self.used = []
        made: dict[str, Any] = {}
        if loop is not None:
            _, item, index, over, _, _ = loop
            made["copy"] = {"name": each["name"], "count": f"[length({self.code(over)})]"}
            self.loop.append((item, index, f"{self.code(over)}[copyIndex()]"))
        for name, _ in each["decorators"]:
            if name in ("onlyIfNotExists", "nullIfNotFound"):
                made["@options"] = {name: []}
        if each["existing"]:
            made["existing"] = True
        if condition is not None and not each["existing"]:
            made["condition"] = self.json(condition)
        nested = each["parent"]
        while nested is not None:
            above = _body(nested)[1]
            if above is not None and "condition" not in made:
                made["condition"] = self.json(above)
            nested = nested["parent"]
        members = dict(_members(each))
        made["type"] = MODULES if each["keyword"] == "module" else each["type"].partition("@")[0]
        made["apiVersion"] = (
            "2025-04-01" if each["keyword"] == "module" else each["type"].partition("@")[2]
        )
        made["name"] = self.full_name(each)
        if each["keyword"] == "module":
            made["properties"] = self.module(each, members)
        else:
            others = {
                k: v
                for k, v in members.items()
                if k not in ("name", "parent", "dependsOn", "scope")
            }
            made.update(self.object(others))
        for node in members.get("dependsOn", ("list", []))[1]:
            found = self.resource_of(node)
            if found:
                self.used.append(found)
        for name, arguments in each["decorators"]:
            if name == "description":
                made["metadata"] = {"description": self.json(arguments[0])}
        parent = self.parent_of(each)
        if parent is not None and not parent["existing"]:
            self.used.append(parent)
        waits = self.waits(each)
        if waits and not each["existing"]:
            made["dependsOn"] = waits
        if loop is not None:
            self.loop.pop()
        return made

    def waits(self, each: dict[str, Any]) -> list[str]:
        found = {e["symbol"]: e for e in self.used if e is not each}
        if self.symbolic:
            return sorted(found)
        return [f"[{self.id(e)}]" for _, e in sorted(found.items()) if not e["existing"]]

    def module(self, each: dict[str, Any], members: dict[str, Any]) -> dict[str, Any]:
        path = os.path.join(os.path.dirname(self.source.path), each["type"])
        given = members.get("params", ("object", {}))[1]
        if path.endswith(".json"):
            with open(path, encoding="utf-8") as file:
                template = json.load(file)
        else:
            template = File(path).template()
        declared = template.get("parameters", {})
        for name in given:
            if name not in declared:
                raise BicepError(f'The property "{name}" is not allowed.', each["start"], "BCP037")
        for name, one in declared.items():
            if name not in given and "defaultValue" not in one and not one.get("nullable"):
                raise BicepError(
                    f'The specified "object" declaration is missing: "{name}".',
                    each["start"],
                    "BCP035",
                )
        return {
            "expressionEvaluationOptions": {"scope": "inner"},
            "mode": "Incremental",
            **(
                {"parameters": {n: {"value": self.json(v)} for n, v in given.items()}}
                if given
                else {}
            ),
            "template": template,
        }


def _body(each: dict[str, Any]) -> tuple[Any, Any, list[Any]]:
    """(loop, condition, children)"""
    node, condition = each["value"], each["condition"]
    if node[0] == "for":
        return node, node[4], node[5][2]
    return None, condition, node[2]


def _members(each: dict[str, Any]) -> dict[str, Any]:
    node = each["value"]
    return (node[5] if node[0] == "for" else node)[1]


def _type(written: str) -> str:
    return "array" if written.endswith("]") else written.rstrip("?")


def compiled_parameters(path: str) -> dict[str, Any]:
    source = Source(path)
    statements = source.statements()
    using = next((e["value"] for e in statements if e["keyword"] == "using"), None)
    if using is None:
        raise BicepError(
            "A using declaration must be present in this parameters file.", 0, "BCP261"
        )
    template = None
    if using != "none":
        template = File(os.path.join(os.path.dirname(path), using)).template()
    plain = File.__new__(File)
    plain.known, plain.loop, plain.used, plain.symbolic = {}, [], [], False
    values = {
        e["name"]: {"value": plain.json(e["value"])} for e in statements if e["keyword"] == "param"
    }
    overrides = json.loads(os.environ.get("BICEP_PARAMETERS_OVERRIDES", "{}"))
    values.update((name, {"value": value}) for name, value in overrides.items())
    for name, one in (template or {}).get("parameters", {}).items():
        if name not in values and "defaultValue" not in one and not one.get("nullable"):
            raise BicepError(
                "The following parameters are declared in the Bicep file but are missing an"
                f' assignment in the params file: "{name}".',
                0,
                "BCP258",
            )
    for each in statements:
        if (
            each["keyword"] == "param"
            and template
            and each["name"] not in template.get("parameters", {})
        ):
            raise BicepError(
                f'The parameter "{each["name"]}" is assigned in the params file without being'
                " declared in the Bicep file.",
                each["start"],
                "BCP259",
            )
    document = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
        "contentVersion": "1.0.0.0",
        "parameters": values,
    }
    return {
        "parametersJson": json.dumps(document, indent=2),
        "templateJson": None if template is None else json.dumps(template, indent=2),
        "templateSpecId": None,
    }


def main(words: list[str]) -> int:
    log = os.environ.get("SMALL_BICEP_LOG")
    if log:
        with open(log, "a", encoding="utf-8") as file:
            file.write(json.dumps(words) + "\n")
    flags = {word for word in words if word.startswith("-")}
    command, *paths = [word for word in words if not word.startswith("-")]
    if command not in ("build", "build-params") or "--stdout" not in flags or len(paths) != 1:
        sys.stderr.write("Unrecognized command line\n")
        return 1
    try:
        made = File(paths[0]).template() if command == "build" else compiled_parameters(paths[0])
    except (BicepError, AssertionError, IndexError) as caught:
        error = caught if isinstance(caught, BicepError) else BicepError("Unexpected end", 0)
        with open(paths[0], encoding="utf-8-sig", newline="") as file:
            text = file.read()[: error.at]
        line, column = text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1
        sys.stderr.write(
            f"{os.path.abspath(paths[0])}({line},{column}) : Error {error.code}: {error}\n"
        )
        return 1
    sys.stdout.write(json.dumps(made, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
