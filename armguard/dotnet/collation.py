"""Unicode's root collation as a small table: the weights by which .NET's invariant culture sorts.

Explicit for Latin, Greek, Cyrillic, punctuation and symbols; whatever else there is has a weight by
which it can be told from all others, but where it sorts is not known.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

LISTED, AFTER_LISTED, ANYWHERE, SWAPPED = range(4)
"""Where an element sorts: by its weights; somewhere after all listed ones; somewhere; after the
element that follows it."""


class Element(NamedTuple):
    """What one letter, sign or accent weighs; an accent has no primary weight of its own."""

    primary: int
    secondary: int
    tertiary: int
    place: int = LISTED


_ORDER = (
    "\t…\r\x85\u2028\u2029 \u203e_\u2017-\u2010…\u2015\u2053\u301c\u3030,\u3001;\u204f:!\xa1?\xbf"
    "\u203d.\u3002\xb7\u2055…\u205e'\u2018…\u201b\u2039\u203a\"\u201c…\u201f\u301d\u301e\u301f"
    "\xab\xbb()[]{}\u2045\u2046\u2308…\u230b\u29fc\u29fd\u2983…\u2998\u27c5\u27c6\u27e6…\u27ef"
    "\u2768…\u2775\u3008…\u3011\u3014…\u301b\u2016\u29d8…\u29db\xa7\xb6\u204b@*\u204e\u2051/\\&"
    "\u204a#%\u2030\u2031\u2020…\u2027\u2043\u204c\u204d\u2032\u2035\u3003\u303d\u2038\u203b"
    "\u203f\u2054\u2040\u2050\u2041\u2042`\xb4\u02dc^\xaf\u02d8\u02d9\xa8\u02da\u02dd\xb8\u02db"
    "\u02b9\u0375\u02ba\u02c2…\u02cf\u02d2…\u02d7\u02de…\u02ed\u02ef…\u02ff\xb0\u0482\xa9\xae"
    "\u2104…\u212e\u213a…\u214a\u214c\u214f\u218a\u218b\u2190\u2192\u2191\u2193…\u220d\u03f6"
    "\u220e…\u2211+\xb1\xf7\xd7<=>\xac|\xa6~\u2212\u2052\u2213\u2214\u2215\u2044\u2216…\u22bc"
    "\u214b\u22bd…\u2307\u230c…\u262f\u2638…\u266c\u2670…\u2689\u2690…\u26ff"
    "\U0001f1e6…\U0001f1ff\u2700…\u2767\u2794…\u27c4"
    "\u27c7…\u27e5\u27f0…\u27ff\u2900…\u2982\u2999…\u29d7\u29dc…\u29fb\u29fe…\u2aff\u2800…\u28ff"
    "\u268a…\u268f\u2630…\u2637\u266d\u266e\u266f\U0001fa00…\U0001fa6d\U0001f300…\U0001f5ff"
    "\U0001f900…\U0001f9ff\U0001fa70…\U0001faf6\U0001f600…\U0001f8b1\u3004\u3012\u3013\u3020"
    "\u3037\u303e\u303f\u02d0\u02d1\u3005\u303b\u3031\u3033\u3035\xa4\xa2$\xa3\xa5\u20a0…\u20a7"
    "\u20a9…\u20c0\u20a8\u2180\u2181\u2182\u2186\u2187\u21880…9a\u023a\u0250\u0251\u0252b\u0299"
    "\u0180\u0253\u0183c\u023c\u0188\u0255\u2184d\u0256\u0257\u018c\u0221e\u0247\u01dd\u0259"
    "\u025b\u0258\u025a\u025c\u025d\u025e\u029a\u0264f\u0192\u214eg\u0261\u0262\u01e5\u0260\u029b"
    "\u0263\u01a3h\u029c\u0195\u0266\u0267\u02bb\u02bdi\u0131\u026a\u0268\u0269j\u0237\u0249"
    "\u029d\u025f\u0284k\u0199\u029el\u029f\u019a\u026b\u026c\u026d\u0234\u026e\u019b\u028em"
    "\u0271n\u0274\u0272\u019e\u0273\u0235\u014bo\u0276\u0254\u0275\u0277\u0223p\u01a5\u0278q"
    "\u02a0\u024b\u0138r\u0280\u024d\u0279…\u027f\u0281s\u0282\u023f\u0283\u01aa\u0285\u0286t"
    "\u0167\u023e\u01ab\u01ad\u0288\u0236\u0287u\u0289\u0265\u02ae\u02af\u026f\u0270\u028av\u028b"
    "\u028cw\u028dxy\u028f\u024f\u01b4\u021dz\u01b6\u0225\u0290\u0291\u0240\u0292\u01b9\u01ba"
    "\u0293\xfe\u01bf\u01bb\u01a8\u01bd\u0185\u0294\u0242\u02c0\u02bc\u02ee\u02be\u0295\u02bf"
    "\u02c1\u02a1\u02a2\u0296\u01c0…\u01c3\u0297\u0298\u02ac\u02ad\u03b1…\u03b5\u03dd\u0377\u03db"
    "\u03b6\u0371\u03b7\u03b8\u03b9\u03f3\u03ba…\u03c0\u03fb\u03df\u03d9\u03c1\u03fc\u03c3\u037c"
    "\u037b\u037d\u03c4…\u03c9\u03e1\u0373\u03f8\u03e3…\u03ef\u0430\u04d9\u04d5\u0431\u0432\u0433"
    "\u0493\u04fb\u0495\u04f7\u0434\u0501\u0452\u0503\u0499\u0435\u0454\u0436\u052b\u0497\u0437"
    "\u0505\u0511\u0455\u04e1\u0507\u0438\u048b\u0456\u0439\u0458\u043a\u049b\u04c4\u04a1\u049f"
    "\u049d\u051f\u051b\u043b\u04c6\u052e\u0513\u0521\u0459\u0509\u0515\u043c\u04ce\u043d\u0529"
    "\u04ca\u04a3\u04c8\u0523\u04a5\u045a\u050b\u043e\u04e9\u043f\u0525\u04a7\u0481\u0440\u048f"
    "\u0517\u0441\u050d\u04ab\u0442\u050f\u04ad\u045b\u0443\u04af\u04b1\u0479\u0444\u0445\u04fd"
    "\u04ff\u04b3\u04bb\u0527\u0461\u047f\u047d\u047b\u0446\u04b5\u0447\u052d\u04b7\u04cc\u04b9"
    "\u04bd\u04bf\u045f\u0448…\u044c\u048d\u0463\u044d\u044e\u044f\u0519\u0465\u0467\u046b\u0469"
    "\u046d…\u0475\u04a9\u051d\u04cf"
)
"""All signs and letters with a weight of their own, in order; `a…b` stands for all in between."""

_UNACCENTED, _JOINED, _LONG = 1, 2, 3
"""_JOINED tells the first letter of æ, œ and ß from a, o and s, _LONG tells the long s from s."""

_ACCENTS = (
    "\u0332 \u0313\u0486 \u0314\u0485 \u0301 \u0300 \u0306 \u0302 \u030c \u030a \u0342 \u0308"
    " \u030b \u0303 \u0307 \u0338 \u0327 \u0328 \u0304"
    " \u030d\u030e\u0312\u0315\u031a\u033d\u033e\u033f\u0346\u034a\u034b\u034c\u0350\u0351\u0352"
    "\u0357\u035b\u035d\u035e\u0484\u0487\u20f0"
    " \u0316\u0317\u0318\u0319\u031c\u031d\u031e\u031f\u0320\u0329\u032a\u032b\u032c\u032f\u0333"
    "\u033a\u033b\u033c\u0347\u0348\u0349\u034d\u034e\u0353\u0354\u0355\u0356\u0359\u035a\u035c"
    "\u035f\u0362\u20ec\u20ed\u20ee\u20ef"
    " \u0336\u0337\u20d8\u20d9\u20da\u20e5\u20ea\u20eb \u20dd\u20de\u20df\u20e0\u20e2\u20e3\u20e4"
    " \u0335 \u0305 \u0309 \u030f \u0310 \u0311 \u031b \u0321 \u0322 \u0323 \u0324 \u0325 \u0326"
    " \u032d \u032e \u0330 \u0331 \u0334 \u0339 \u0345 \u0358 \u0360 \u0361 \u0483"
)
"""Combining marks in order; those without a blank between them weigh the same."""

_TERTIARY = {
    "": (2, 8),
    "<wide>": (3, 9),
    "<compat>": (4, 10),
    "<noBreak>": (27, 27),
    "<font>": (5, 11),
    "<circle>": (6, 12),
    "<narrow>": (18, 18),
    "<super>": (20, 29),
    "<sub>": (21, 21),
    "<vertical>": (22, 22),
    "<initial>": (23, 23),
    "<medial>": (24, 24),
    "<final>": (25, 25),
    "<isolated>": (26, 26),
    "<square>": (28, 29),
    "<fraction>": (30, 30),
    "<small>": (15, 15),
}
"""How a character differs from what it is a variant of (small letter, capital letter)."""

_LIGATURES = {
    "\xe6": ("ae", _JOINED),
    "\u0153": ("oe", _JOINED),
    "\xdf": ("ss", _JOINED),
    "\xf0": ("d", _JOINED),
    "\u017f": ("s", _LONG),
}
_STRUCK = {
    "\xf8": ("o", "\u0338"),
    "\u0111": ("d", "\u0335"),
    "\u0127": ("h", "\u0335"),
    "\u0142": ("l", "\u0335"),
}
"""Letters with a stroke, which Unicode does not take apart, but its collation does."""

_SECTION = 0x200000
_FIRST_OF_SECTION = "_`\u02d0\xa40a"
"""After the blanks: where punctuation, symbols, modifiers, currency, digits and letters begin."""
_SECTIONS = {"Z": 0, "P": 1, "S": 2, "Sc": 4, "N": 5, "L": 6, "M": 6}
_HAN, _UNASSIGNED = 7, 8
_AMONG_LISTED = ("LATIN ", "CYRILLIC ", "VEDIC ", "ARABIC TAIL ")
"""How the names of letters without case begin that do not sort after all listed ones."""
_SWAPPED = (
    "\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4"
    "\u19b5\u19b6\u19b7\u19ba\uaab5\uaab6\uaab9\uaabb\uaabc"
)
"""Vowels of Thai, Lao and their like that are written before the consonant they follow."""


def order(first: list[Element], second: list[Element]) -> int | None:
    """Negative, 0 or positive as `first` sorts before, with or after `second`; None: not known."""
    for level in range(3):
        result = _order(level, first, second)
        if result != 0:
            return result
    return 0


def _order(level: int, first: list[Element], second: list[Element]) -> int | None:
    left = [each for each in first if each[level] or each.place]
    right = [each for each in second if each[level] or each.place]
    common = 0
    for one, other in zip(left, right, strict=False):
        # what is taken for an accent may be a letter where it is not listed
        if one[level] != other[level] or (not one[level] and one.secondary != other.secondary):
            break
        common += 1
    if common == len(left) == len(right):
        return 0
    if common and left[common - 1].place == SWAPPED:
        return None
    if common < min(len(left), len(right)):
        one, other = left[common], right[common]
        known = one.place + other.place <= (AFTER_LISTED if level == 0 else LISTED)
        return (-1 if one[level] < other[level] else 1) if known else None
    longer = max(left, right, key=len)
    if longer[common].place == ANYWHERE:
        return None
    return -1 if longer is right else 1


def elements(character: str, *, searching: bool) -> tuple[Element, ...]:
    """The weights of one character; none for one that counts for nothing.

    When .NET searches, a full-width letter is another letter; when it compares, it is a variant.
    """
    return _searched(character) if searching else _compared(character)


@lru_cache(maxsize=4096)
def _compared(character: str) -> tuple[Element, ...]:
    return _elements(character)


@lru_cache(maxsize=4096)
def _searched(character: str) -> tuple[Element, ...]:
    from unicodedata import decomposition

    result = _elements(character)
    if decomposition(character).startswith(("<wide>", "<narrow>")):
        return tuple(element._replace(primary=element.primary + 1) for element in result)
    return result


def _elements(character: str, tag: str = "") -> tuple[Element, ...]:
    from unicodedata import decomposition

    lower = character.lower()
    is_capital = lower != character and len(lower) == 1
    base = lower if is_capital else character
    tertiary = _TERTIARY.get(tag, _TERTIARY["<compat>"])[is_capital]
    listed = _listed().get(base, _listed().get(character))
    if listed is not None:
        return (Element(listed, _UNACCENTED, tertiary),)
    if base in _LIGATURES:
        letters, accent = _LIGATURES[base]
        variant = _TERTIARY["<compat>"][is_capital]
        return (
            Element(_listed()[letters[0]], accent, tertiary),
            *(Element(_listed()[letter], _UNACCENTED, variant) for letter in letters[1:]),
        )
    if base == "\u03c2":
        return _elements("\u03c3", "<final>")
    if base in _STRUCK:
        letter, stroke = _STRUCK[base]
        return (Element(_listed()[letter], _UNACCENTED, tertiary), *_elements(stroke))
    parts = decomposition(character).split()
    if parts:
        if parts[0].startswith("<"):
            tag = parts.pop(0)
        return tuple(element for part in parts for element in _elements(chr(int(part, 16)), tag))
    return _unlisted(base, tertiary)


def _unlisted(character: str, tertiary: int) -> tuple[Element, ...]:
    """What has no place in the table: an accent, a character without width, another script."""
    from unicodedata import category, combining, digit, name, normalize

    accent = _accents().get(character)
    if accent is not None:
        return (Element(0, accent, 2),)
    kind = category(character)
    code = ord(character)
    if kind in ("Cc", "Cf") or character == "\u034f" or 0xFE00 <= code <= 0xFE0F:
        return ()
    if combining(character):
        return (Element(0, 0x1000 + code, 2, ANYWHERE),)
    if kind == "Nd":
        return (Element(_listed()[str(digit(character))], _UNACCENTED, tertiary),)
    decomposed = normalize("NFD", character)  # a Hangul syllable
    if decomposed != character:
        return tuple(element for jamo in decomposed for element in _elements(jamo))
    if kind in ("Cn", "Co", "Cs"):
        section = _UNASSIGNED
    elif 0x3400 <= code < 0xA000 or code >= 0x20000:
        section = _HAN
        code += 0x40000 if code < 0x4E00 else 0
    else:
        section = _SECTIONS.get(kind, _SECTIONS[kind[0]])
    # Twice the rank: the odd weights in between are for full-width variants.
    primary = 2 * (section * _SECTION + 0x10000 + code)
    elsewhere = kind == "Lo" and not name(character, "").startswith(_AMONG_LISTED)
    place = SWAPPED if character in _SWAPPED else AFTER_LISTED if elsewhere else ANYWHERE
    return (Element(primary, _UNACCENTED, tertiary, place),)


@cache
def _listed() -> dict[str, int]:
    weights: dict[str, int] = {}
    section = 0
    previous = ""
    span_open = False
    for character in _ORDER:
        if character == "…":
            span_open = True
            continue
        if character in _FIRST_OF_SECTION:
            section += 1
        if span_open:
            for code in range(ord(previous) + 1, ord(character)):
                if _has_own_weight(chr(code)):
                    weights.setdefault(chr(code), 2 * (section * _SECTION + len(weights) + 1))
        span_open = False
        weights[character] = 2 * (section * _SECTION + len(weights) + 1)
        previous = character
    return weights


def _has_own_weight(character: str) -> bool:
    from unicodedata import category, decomposition

    if category(character) in ("Cn", "Cf", "Mn", "Me", "No"):
        return False
    return not decomposition(character) and character == character.lower()


@cache
def _accents() -> dict[str, int]:
    return {
        mark: _LONG + 1 + rank for rank, marks in enumerate(_ACCENTS.split(" ")) for mark in marks
    }
