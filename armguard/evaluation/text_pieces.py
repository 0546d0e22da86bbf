"""The pieces that an expression puts together to a text, whether with concat() or with format().

Bicep compiles `'${name}/add'` to format(), people write concat(): both name the same resource.
"""

from __future__ import annotations

from armguard.expressions.syntax import Call, Expression, Literal


def text_pieces(node: Expression) -> tuple[Expression, ...]:
    """The pieces in their order, literals among them; of what is not composed, it alone."""
    match node:
        case Call(name, arguments) if name.lower() == "concat":
            return tuple(piece for each in arguments for piece in text_pieces(each))
        case Call(name, (Literal(str() as pattern), *arguments)) if name.lower() == "format":
            pieces = _of_format(pattern, arguments)
            return (node,) if pieces is None else pieces
    return (node,)


def _of_format(pattern: str, arguments: list[Expression]) -> tuple[Expression, ...] | None:
    """None: the pattern holds more than plain places, as in `{0:D3}`."""
    import re

    pieces: list[Expression] = []
    end = 0
    for match in re.finditer(r"\{\{|\}\}|\{(\d+)\}|[{}]", pattern):
        pieces.append(Literal(pattern[end : match.start()]))
        end = match.end()
        if match[1] is not None:
            if int(match[1]) >= len(arguments):
                return None
            pieces.extend(text_pieces(arguments[int(match[1])]))
        elif len(match[0]) == 2:
            pieces.append(Literal(match[0][0]))
        else:
            return None
    pieces.append(Literal(pattern[end:]))
    return tuple(piece for piece in pieces if piece != Literal(""))
