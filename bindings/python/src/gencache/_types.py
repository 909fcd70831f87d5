"""Names of types that the interface speaks of."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Optional, Tuple, Union

Generations = Union[str, Tuple[str, ...], "list[str]"]
"""What a value depends on: `name` or `name:argument`, one or several."""

Argument = Any
"""None, bool, int, float, str or bytes; or of a type that is known to `register_argument`."""

Pair = Tuple[Optional[str], Argument]
Arguments = Union[Mapping[str, Argument], "list[Pair]", Tuple[Pair, ...]]
"""Arguments by name; or pairs, where the name may be None: an extra part of the key, or an argument by position."""

Calls = Iterable[Arguments]
"""For each of many values its arguments."""
