"""The direct methods and custom caches, beyond the lines that are documented."""

import threading

import pytest

import gencache
from gencache.hscacheutils import configure
from gencache.hscacheutils._configuration import current_cache
from gencache.hscacheutils.generational_cache import CustomUseGenCache, GenerationalCache, gen_cache


def test_both_call_forms_are_one():
    for number, generations in enumerate([("a", "b:x"), (("b:x", "a"),), (["a", "b:x"],), ("a", ("b:x",))]):
        gen_cache.set(number, "a", "b:x", x=1)
        assert gen_cache.get(*generations, x=1) == number
        gen_cache.set(-number, *generations, x=1)
        assert gen_cache.get(("a", "b:x"), x=1) == -number
        gen_cache.delete(*generations, x=1)
        assert gen_cache.get("a", "b:x", x=1) is None


def test_add_to_key_and_cache_key():
    for number, added in enumerate(["text", 5, ("a", "b"), ("a,b",), ["a", "b"], ("a", 7)]):
        gen_cache.set(number, "a", add_to_key=added)
    for number, added in enumerate(["text", "5", ("a", "b"), "a,b", ["a", "b"], ("a", "7")]):
        assert gen_cache.get("a", add_to_key=added) == number
        assert gen_cache.get("a", cache_key=added) == number
    assert gen_cache.get("a") is None


def test_other_arguments_are_part_of_the_key_unless_excluded():
    gen_cache.set("home", "nav", page="home")
    assert gen_cache.get("nav", page="home") == "home"
    assert gen_cache.get("nav", page="other") is None
    assert gen_cache.get("nav") is None
    gen_cache.set("any", "nav", page="home", exclude=["page"])
    assert gen_cache.get("nav", page="other", exclude="page") == "any"


def test_options_are_no_part_of_the_key():
    gen_cache.set("v", "nav", timeout=60, use_raw=True, log_misses=True)
    assert gen_cache.get("nav", use_raw=False, ignore_if_setting_is_true="NO_SUCH_SETTING") == "v"
    gen_cache.delete("nav", use_raw=True)
    assert gen_cache.get("nav") is None


@pytest.mark.parametrize("timeout, remaining", [(None, None), (0, None), (60, 60)])
def test_timeouts(another, timeout, remaining):
    gen_cache.set("v", "nav", timeout=timeout)
    left = another.get_entry("nav").remaining
    assert left is None if remaining is None else remaining - 20 < left <= remaining


def test_a_custom_cache_has_a_timeout(another):
    for custom, timeout in [(CustomUseGenCache(["nav"]), 300), (CustomUseGenCache(["nav"], timeout=50), 50)]:
        custom.set("v")
        assert timeout - 20 < another.get_entry("nav").remaining <= timeout
        custom.set("v", timeout=1000)
        assert 900 < another.get_entry("nav").remaining <= 1000


def test_none_reads_as_a_miss_and_takes_the_old_value_away():
    gen_cache.set("v", "nav")
    gen_cache.set(None, "nav")
    assert gen_cache.get("nav") is None
    gen_cache.set(0, "nav")
    assert gen_cache.get("nav") == 0


@pytest.mark.parametrize("first", ["v", None])
def test_a_set_after_a_get_does_not_outlive_an_invalidation_in_between(another, first):
    """Also where the value that was found is None."""
    gen_cache.set(first, "nav")
    gen_cache.invalidate("nav")
    assert gen_cache.get("nav") is None
    other = threading.Thread(target=lambda: another.invalidate("nav"))  # while the first one computes
    other.start()
    other.join()
    gen_cache.set("computed from old data", "nav")
    assert gen_cache.get("nav") is None


def test_invalidations_of_a_custom_cache():
    custom = CustomUseGenCache(("all", "user:user_id", "user:owner_id", "blog:blog_id"))

    def is_there():
        return custom.get(user_id=1, owner_id=2, blog_id=3) is not None

    def fill():
        custom.get(user_id=1, owner_id=2, blog_id=3)
        custom.set("v", user_id=1, owner_id=2, blog_id=3)

    for invalidate in (
        lambda: custom.invalidate(),
        lambda: custom.invalidate("all"),
        lambda: custom.invalidate(user_id=1),
        lambda: custom.invalidate(owner_id=2, blog_id=999),
        lambda: custom.invalidate(user_id=999, blog_id=3),
        lambda: custom.invalidate(generation="blog:blog_id", blog_id=3),
        lambda: custom.invalidate(("all", "user:user_id"), user_id=999),
        lambda: custom.invalidate(use_raw=True, timeout=60),
        lambda: custom.invalidate(user_id=1, use_raw=True),
    ):
        fill()
        assert is_there()
        invalidate()
        assert not is_there()
    fill()
    custom.invalidate(user_id=2)
    custom.invalidate(owner_id=1)
    assert is_there()
    with pytest.raises(gencache.ArgumentError, match="takes its value from post_id$"):
        custom.invalidate(post_id=1, use_raw=True)
    with pytest.raises(gencache.ArgumentError, match="is static"):
        CustomUseGenCache(["user:user_id"]).invalidate()


def test_an_option_that_a_generation_names_is_its_value():
    custom = CustomUseGenCache(["all", "slow:timeout"])
    custom.get(timeout=5)
    custom.set("v", timeout=5)
    custom.invalidate(timeout=7)
    assert custom.get(timeout=5) == "v"
    custom.invalidate(timeout=5)
    assert custom.get(timeout=5) is None


def test_a_set_after_an_invalidation_of_ones_own_is_a_miss():
    assert gen_cache.get("nav") is None
    gen_cache.invalidate("nav")
    gen_cache.set("may be old", "nav")
    assert gen_cache.get("nav") is None
    gen_cache.set("new", "nav")
    assert gen_cache.get("nav") == "new"


def test_a_generation_is_its_whole_name():
    gen_cache.set("nav", "nav:user_id", user_id=1)
    gen_cache.set("blog", "blog:user_id", user_id=1)
    gen_cache.invalidate("nav:user_id", user_id=1)
    assert gen_cache.get("nav:user_id", user_id=1) is None
    assert gen_cache.get("blog:user_id", user_id=1) == "blog"


LONG = "lorem" * 84


@pytest.mark.parametrize("generations", [("a", "b:num", "c:gen"), ("a", "b:num", "c" * 90 + ":gen", LONG)])
def test_build_key(generations):
    def build():
        key = gen_cache.build_key(*generations, num=98, gen="x", add_to_key="k")
        assert len(key) <= 240 and not any(c.isspace() for c in key)
        return key

    for generation in generations:
        key = build()
        assert build() == key
        gen_cache.invalidate(generation, num=98, gen="x")
        assert build() != key
    assert CustomUseGenCache(["a"]).build_key(cache_key="k") == gen_cache.build_key("a", add_to_key="k")


def test_gen_cache_is_a_generational_cache():
    assert isinstance(gen_cache, GenerationalCache)


# --- values


class Point:
    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return self.x == other.x


def test_what_cannot_be_stored_is_an_error_that_names_the_switch():
    with pytest.raises(gencache.ArgumentError, match=r"configure\(pickle=True\)"):
        gen_cache.set(Point(1), "nav")
    with pytest.raises(gencache.ArgumentError, match=r"configure\(pickle=True\)"):
        gen_cache.wrap("nav")(lambda: Point(1))()


def test_pickle(configured):
    configure(configured, pickle=True)
    for value in (Point(1), {1: "one"}, {1, 2}, (1, 2), [(1, 2)], {"a": 1}, "text", 7):
        gen_cache.set(value, "nav")
        got = gen_cache.get("nav")
        assert got == value and type(got) is type(value)


# --- configuration


def test_an_open_cache(another):
    configure(cache=another)
    assert current_cache() is another
    with pytest.raises(gencache.ArgumentError, match="cache"):
        configure("memory://", cache=another)


def test_a_bad_url():
    with pytest.raises(gencache.ArgumentError):
        configure("http://nowhere/")


def test_the_environment(monkeypatch, configured):
    monkeypatch.setenv("GENCACHE_URL", configured)
    configure()
    gen_cache.set("v", "nav")
    assert gen_cache.get("nav") == "v"
    assert current_cache().in_process == configured.startswith("memory")
