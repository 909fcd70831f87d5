"""What mypy must see: each line marked with an ignore is an error, and no other one is."""

from __future__ import annotations

import asyncio
from typing import Any

from typing_extensions import assert_type

import gencache
from gencache.hscacheutils.generational_cache import DummyGenCache, gen_cache

cache = gencache.Cache("memory://")


@cache.wrap(("nav", "portal:user_id"), timeout=300, exclude="trace")
def page(user_id: int, name: str = "home", trace: bool = False) -> str:
    return f"{name} of {user_id}"


@cache.wrap("nav")
async def coroutine(user_id: int) -> list[int]:
    return [user_id]


class Portal:
    @cache.wrap("nav")
    def greet(self, user_id: int) -> str:
        return f"{user_id}"

    @cache.wrap("nav")
    @classmethod
    def of_class(cls, user_id: int) -> int:
        return user_id

    @classmethod
    @cache.wrap("nav")
    def of_class_beneath(cls, user_id: int) -> int:
        return user_id

    @cache.wrap("nav")
    @staticmethod
    def of_nothing(user_id: int) -> int:
        return user_id

    @staticmethod
    @cache.wrap("nav")
    def of_nothing_beneath(user_id: int) -> int:
        return user_id


assert_type(page(1), str)
assert_type(page.refresh(1, name="home"), str)
assert_type(page.uncached(1), str)
assert_type(page.key(1), str)
page("one")  # type: ignore[arg-type]
page(1, nam="home")  # type: ignore[call-arg]
assert_type(asyncio.run(coroutine(1)), "list[int]")
assert_type(Portal().greet(1), str)
assert_type(Portal.greet(Portal(), 1), str)
assert_type(Portal.of_class(1), int)
assert_type(Portal().of_class(1), int)
assert_type(Portal.of_class.refresh(1), int)
assert_type(Portal.of_class.key(1), str)
assert_type(Portal.of_class_beneath(1), int)
assert_type(Portal().of_class_beneath(1), int)
assert_type(Portal.of_class_beneath.refresh(1), int)
assert_type(Portal.of_nothing(1), int)
assert_type(Portal().of_nothing(1), int)
assert_type(Portal.of_nothing.refresh(1), int)
assert_type(Portal.of_nothing_beneath(1), int)
assert_type(Portal.of_nothing_beneath.refresh(1), int)
assert_type(cache.fetch("nav", lambda: 1, user_id=1), int)
assert_type(cache.get("nav"), Any)
assert_type(cache.get_entry("nav"), gencache.Entry)
assert_type(cache.begin_many("nav", [{}]), "list[gencache.Entry]")
assert_type(cache.set("nav", 1), bool)
assert_type(cache.get_entry("nav").fill(1), bool)
assert_type(asyncio.run(cache.aset("nav", 1)), bool)
assert_type(asyncio.run(cache.aget_many("nav", [{}])), "list[Any]")
assert_type(asyncio.run(coroutine.ainvalidate(user_id=1)), None)
asyncio.run(cache.ainvalidate(7))  # type: ignore[arg-type]
cache.get(7)  # type: ignore[arg-type]
cache.set("nav")  # type: ignore[call-arg]
gencache.Options(timeot=5)  # type: ignore[call-arg]
with gencache.Cache("memory://") as opened, opened.batch() as batch:
    assert_type(opened, gencache.Cache)
    assert_type(batch, gencache.Batch)
    assert_type(opened.with_timeout(1), gencache.Cache)
    assert_type(opened.stats().hits, int)


# --- the drop-in for hscacheutils


@gen_cache.wrap("nav", "portal:user_id", timeout=300)
def old_page(user_id: int, name: str = "home") -> str:
    return f"{name} of {user_id}"


class OldPortal:
    @gen_cache.wrap("nav")
    def greet(self, user_id: int) -> str:
        return f"{user_id}"

    @classmethod
    @gen_cache.wrap("nav")
    def of_class(cls, user_id: int) -> str:
        return f"{user_id}"


@DummyGenCache().wrap()
def uncached(user_id: int) -> int:
    return user_id


assert_type(old_page(1), str)
old_page("one")  # type: ignore[arg-type]
old_page.invalidate(1)
assert_type(OldPortal().greet(1), str)
assert_type(OldPortal.of_class(1), str)
OldPortal().greet.invalidate(1)
assert_type(uncached(1), int)
