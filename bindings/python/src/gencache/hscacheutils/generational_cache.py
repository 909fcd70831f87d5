"""The interface of HubSpot's `hscacheutils.generational_cache`, on gencache.

Generations may be given one by one (`'nav', 'nav_portal:user_id'`) or as one tuple or list. These keywords are options,
and every other one is an argument:

    timeout                    set, wrap: seconds that the value lives; None and 0 mean the `ttl` of the cache's URL
    add_to_key, cache_key      not wrap: a further part of the key; a tuple for several
    exclude                    names of arguments that are no part of the key
    log_misses                 wrap: tells misses to the logger `gencache` at INFO instead of DEBUG
    ignore_locally             get, set, wrap: no caching where the setting ENV is `local`, or is not set
    ignore_if_setting_is_true  get, set, wrap: no caching while the setting of this name is true, asked at each call
    use_raw                    all keys are raw

The direct methods (`get`, `set`, `delete`, `build_key`) and `invalidate` accept all of them, and take no notice of one
that makes no difference there.

Settings are Django's where Django is configured, else variables of the environment.

What differs from the original:

- `invalidate` is reliable: when it returns, no read that begins afterwards gives a value whose computation began before
  it, if that was stored by `wrap`, or by `set` after a `get` in the same thread. It raises where a server has not
  acknowledged it.
- A `set` after a `get` that missed and an `invalidate` of your own in between is a miss, since the value may have been
  computed before. The original gave it.
- A generation is its whole name: `nav:user_id` and `blog:user_id` are two.
- In direct calls, an argument that no generation takes is part of the key. The original took no notice of it.
- `wrap` gives positional, keyword and default arguments one key, and remembers None as well. `get` gives None both for
  a miss and for a value None, as ever; so `set` of None only deletes what is there.
- Values are what gencache stores: None, bool, int, float, str, bytes and what JSON holds (a tuple comes back as a list).
  Others are an error unless `gencache.hscacheutils.configure(pickle=True)` allows pickles.
- An argument whose `repr` holds an address in memory (`<Thing object at 0x7f...>`) cannot be part of a key.
- Where a server is away, `get` misses, `wrap` computes, and `set` tells the logger `gencache`; nothing of these raises.
- The module `simple_memory_cache` is left out.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, Callable, ParamSpec, TypeVar

from .._errors import ArgumentError
from .._plain_keys import store
from ._call import OPTIONS, Call, Names, argument_of, check_generations, flat
from ._configuration import current_cache
from ._text import as_argument
from ._wrap import Plan, Wrapped, wrap
from .setting_wrappers import get_setting_default

__all__ = ["CustomUseGenCache", "DummyGenCache", "GenerationalCache", "Wrapped", "gen_cache", "in_gen_cache_debug_mode"]

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F")

_KEY_MAX = 240


class GenerationalCache:
    """The direct methods and `wrap`. There is one of it, `gen_cache`.

    >>> gen_cache.get(('nav', 'nav_portal:user_id'), user_id=1)
    >>> gen_cache.set('<html>', ('nav', 'nav_portal:user_id'), user_id=1)
    >>> gen_cache.get('nav', 'nav_portal:user_id', user_id=1)
    '<html>'
    >>> gen_cache.invalidate(('nav', 'nav_portal:user_id'), user_id=1)
    >>> gen_cache.get(('nav', 'nav_portal:user_id'), user_id=1)
    """

    def get(self, *generations: Names, **keywords: Any) -> Any:
        """The value, or None."""
        call = Call(generations, keywords)
        return None if call.ignores_cache else current_cache().get(call.generations, args=call.args)

    def set(self, value: Any, *generations: Names, **keywords: Any) -> None:
        """Stores a value. After a `get` of the same in the same thread, only as of that moment: if something was
        invalidated meanwhile, it is a miss.

        >>> gen_cache.set('<html>', 'nav', timeout=300, add_to_key=('home', 'mobile'))
        >>> gen_cache.get('nav', add_to_key=('home', 'mobile'))
        '<html>'
        """
        call = Call(generations, keywords)
        if call.ignores_cache:
            return
        if value is None:  # so that the next get is a miss with a lease, and not a hit that its caller takes for a miss
            current_cache().delete(call.generations, args=call.args)
        else:
            store(current_cache(), call.generations, value, call.timeout, call.args)

    def delete(self, *generations: Names, **keywords: Any) -> None:
        """Deletes this one value.

        >>> gen_cache.set('<html>', 'nav_portal:user_id', user_id=1)
        >>> gen_cache.delete('nav_portal:user_id', user_id=1)
        >>> gen_cache.get('nav_portal:user_id', user_id=1)
        """
        call = Call(generations, keywords)
        current_cache().delete(call.generations, args=call.args)

    def invalidate(self, *generations: Names, **keywords: Any) -> None:
        """Invalidates generations.

        >>> gen_cache.invalidate('nav_portal:user_id', user_id=1)
        """
        names = flat(generations)
        taken = check_generations(names, keywords)
        args = {name: as_argument(name, keywords[name]) for name in taken}
        current_cache().invalidate(names, args=args)

    def build_key(self, *generations: Names, **keywords: Any) -> str:
        """A key that memcached takes, for a value that is stored elsewhere (see raw_cache): it becomes another one when
        a generation is invalidated.

        >>> key = gen_cache.build_key('nav', add_to_key='home')
        >>> key == gen_cache.build_key('nav', add_to_key='home')
        True
        >>> gen_cache.invalidate('nav')
        >>> key == gen_cache.build_key('nav', add_to_key='home')
        False
        """
        call = Call(generations, keywords)
        cache = current_cache()
        args = [*call.args, (None, "hscacheutils.build_key")]
        key = f"{cache.key(call.generations, args=call.args)}:{cache.fetch(call.generations, _token, args=args)}"
        return key if len(key) <= _KEY_MAX else hashlib.sha256(key.encode()).hexdigest()

    def wrap(
        self,
        *generations: Names,
        timeout: Any = None,
        exclude: Names | None = None,
        log_misses: bool = False,
        ignore_locally: bool = False,
        ignore_if_setting_is_true: str | None = None,
        use_raw: bool | None = None,
    ) -> Callable[[Callable[P, R]], Wrapped[P, R]]:
        """Makes a function, a method, a class method or an `async def` remember its results.

        Value-based generations take their value from its arguments. All other arguments are part of the key, and so are
        module, name and line of the function. `invalidate` of the function, with the same arguments, invalidates the
        one result.

        >>> @gen_cache.wrap('project_name', 'foo_per_user_id:user_id', timeout=3600, exclude=['trace'])
        ... def foobar(user_id, trace=None):
        ...     print('computing')
        ...     return user_id * 2
        >>> foobar(53)
        computing
        106
        >>> foobar(user_id=53, trace='yes')
        106
        >>> foobar.invalidate(53)
        >>> foobar(53)
        computing
        106
        >>> gen_cache.invalidate('foo_per_user_id:user_id', user_id=53)
        >>> foobar(53)
        computing
        106
        """
        logs = log_misses or in_gen_cache_debug_mode()

        def make_plan(function: Callable[..., Any]) -> Plan:
            return Plan(
                function,
                flat(generations),
                timeout=timeout,
                exclude=exclude,
                log_misses=logs,
                ignore_locally=ignore_locally,
                ignore_if_setting_is_true=ignore_if_setting_is_true,
            )

        def decorate(function: Callable[P, R]) -> Wrapped[P, R]:
            return wrap(function, make_plan)

        return decorate


gen_cache = GenerationalCache()


class CustomUseGenCache:
    """A cache that knows its generations and their timeout.

    >>> templates = CustomUseGenCache(["cos_templates", "cos_template_user_id:user_id"], timeout=500)
    >>> templates.set("<html>", user_id=123, cache_key="home")
    >>> templates.get(user_id=123, cache_key="home")
    '<html>'
    >>> templates.invalidate(user_id=123)
    >>> templates.get(user_id=123, cache_key="home")
    """

    def __init__(self, generation_names: Names, timeout: Any = 300) -> None:
        self.generation_names = flat((generation_names,))
        self.timeout = timeout

    def get(self, **keywords: Any) -> Any:
        """The value, or None."""
        return gen_cache.get(self.generation_names, **keywords)

    def set(self, value: Any, **keywords: Any) -> None:
        """Stores a value; see GenerationalCache."""
        gen_cache.set(value, self.generation_names, **{"timeout": self.timeout, **keywords})

    def delete(self, **keywords: Any) -> None:
        """Deletes this one value.

        >>> templates = CustomUseGenCache("cos_template_user_id:user_id")
        >>> templates.set("<html>", user_id=123)
        >>> templates.delete(user_id=123)
        >>> templates.get(user_id=123)
        """
        gen_cache.delete(self.generation_names, **keywords)

    def build_key(self, **keywords: Any) -> str:
        """See GenerationalCache.

        >>> templates = CustomUseGenCache("cos_template_user_id:user_id")
        >>> templates.build_key(user_id=123) == gen_cache.build_key("cos_template_user_id:user_id", user_id=123)
        True
        """
        return gen_cache.build_key(self.generation_names, **keywords)

    def invalidate(self, generation: Names | None = None, **keywords: Any) -> None:
        """Invalidates the given generation; else all of its generations that the arguments name; without any argument,
        its static ones.

        >>> templates = CustomUseGenCache(["cos_templates", "cos_template_user_id:user_id"])
        >>> templates.invalidate('cos_template_user_id:user_id', user_id=123)
        >>> templates.invalidate('cos_templates')
        >>> templates.invalidate(user_id=123)
        """
        gen_cache.invalidate(self._meant(keywords) if generation is None else generation, **keywords)

    def _meant(self, keywords: dict[str, Any]) -> tuple[str, ...]:
        taken = set(map(argument_of, self.generation_names))
        given = [name for name in keywords if name in taken or name not in OPTIONS]
        meant = tuple(name for name in self.generation_names if argument_of(name) in (given or [""]))
        if not meant:
            raise ArgumentError(
                f"generation: none of {', '.join(self.generation_names)} "
                + (f"takes its value from {', '.join(given)}" if given else "is static")
            )
        return meant

    def wrap(self, *generations: Names, **keywords: Any) -> Callable[[Callable[P, R]], Wrapped[P, R]]:
        """As of GenerationalCache, with these generations, and more if given.

        >>> templates = CustomUseGenCache("cos_template_user_id:user_id", timeout=500)
        >>> @templates.wrap()
        ... def template(user_id, path):
        ...     return f"{path} of {user_id}"
        >>> template(123, "home")
        'home of 123'
        >>> templates.invalidate(user_id=123)
        """
        return gen_cache.wrap(self.generation_names, *generations, **{"timeout": self.timeout, **keywords})


class DummyGenCache:
    """Stands in for a CustomUseGenCache, and does not cache.

    >>> dummy = DummyGenCache(["nav"], timeout=300)
    >>> dummy.set("<html>")
    >>> dummy.get()
    >>> dummy.delete()
    >>> dummy.invalidate()
    >>> @dummy.wrap()
    ... def page():
    ...     return "<html>"
    >>> page(), page.invalidate()
    ('<html>', None)
    """

    def __init__(self, *args: Any, **keywords: Any) -> None:
        pass

    def get(self, *args: Any, **keywords: Any) -> None:
        """None."""

    def set(self, *args: Any, **keywords: Any) -> None:
        """Does nothing."""

    def delete(self, *args: Any, **keywords: Any) -> None:
        """Does nothing."""

    def invalidate(self, *args: Any, **keywords: Any) -> None:
        """Does nothing."""

    def wrap(self, *args: Any, **keywords: Any) -> Callable[[F], F]:
        """The function itself; it has an `invalidate` that does nothing. (The original gave None, which is no
        decorator.)"""

        def decorate(function: F) -> F:
            plain: Any = getattr(function, "__func__", function)
            plain.invalidate = self.invalidate
            return function

        return decorate


def in_gen_cache_debug_mode() -> bool:
    """Whether the setting DEBUG_GENERATIONAL_CACHE is true: `wrap` then tells all misses.

    >>> in_gen_cache_debug_mode()
    False
    """
    return bool(get_setting_default("DEBUG_GENERATIONAL_CACHE", False))


def _token() -> str:
    return secrets.token_hex(8)
