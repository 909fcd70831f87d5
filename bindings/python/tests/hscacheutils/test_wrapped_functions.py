"""Functions, methods and class methods with all kinds of arguments."""

import asyncio
import datetime
import decimal
import threading

import pytest

import gencache
from gencache.hscacheutils import setting_wrappers
from gencache.hscacheutils.generational_cache import CustomUseGenCache, gen_cache


def remembers(call, *others):
    """Whether the call gives the same twice, and all others something else."""
    first = call()
    return call() == first and all(other() != first for other in others)


def test_no_arguments(numbers):
    @gen_cache.wrap("project", timeout=180)
    def no_args():
        return next(numbers)

    assert remembers(no_args)


def test_positional_arguments(numbers):
    @gen_cache.wrap("project", "project:bar", timeout=60)
    def two_args(foo, bar):
        return next(numbers)

    assert remembers(lambda: two_args(1, 2), lambda: two_args(10, 2), lambda: two_args(1, 20))


def test_variable_arguments(numbers):
    @gen_cache.wrap("project", "project:foo", timeout=60)
    def some_args(foo, *args):
        return next(numbers)

    others = [(10, 2, 3), (1, 20, 3), (1, 2, 30), (1, 2, 3, 4), (1,), (1, (2, 3)), (1, "2", 3)]
    assert remembers(lambda: some_args(1, 2, 3), *(lambda args=args: some_args(*args) for args in others))


def test_keyword_arguments(numbers):
    @gen_cache.wrap("project", "project:foobar", timeout=60)
    def keywords(foobar=None, **kwargs):
        return next(numbers)

    some_list = [1, 2, 3]
    assert remembers(
        lambda: keywords(foobar=some_list, portal_id=53),
        lambda: keywords(foobar=[1, 2, 3, 4], portal_id=53),
        lambda: keywords(foobar=some_list, portal_id=9999),
        lambda: keywords(foobar=some_list, portal_id=53, other=True),
    )
    assert keywords(foobar=[1, 2, 3], portal_id=53) == keywords(portal_id=53, foobar=some_list)
    assert keywords(foobar=1, a=1, b=2) == keywords(b=2, a=1, foobar=1)
    first = keywords(foobar=some_list)
    gen_cache.invalidate("project:foobar", foobar=[1, 2, 3])
    assert keywords(foobar=some_list) != first


def test_all_ways_to_write_a_call_are_one(numbers):
    @gen_cache.wrap("project", "project:a")
    def page(a, b=2, *, c=3):
        return next(numbers)

    assert page(1) == page(a=1) == page(1, 2) == page(1, c=3, b=2)


def test_names_of_keywords_cannot_pass_for_others(numbers):
    @gen_cache.wrap("project")
    def keywords(**kwargs):
        return next(numbers)

    assert keywords(**{"a": 1, "b": 2}) != keywords(**{"a=1, b": 2})


@pytest.mark.parametrize(
    "one, other",
    [
        (1, "1"),
        (1, True),
        (1, 1.0),
        (None, "None"),
        ("a", b"a"),
        ([1], (1,)),
        ([1], "[1]"),
        ({"a": 1}, {"a": "1"}),
        (set(), {}),
        (datetime.date(2026, 1, 2), "2026-01-02"),
        (decimal.Decimal("1.0"), decimal.Decimal("1.00")),
        (2**70, 2**70 + 1),
        ("é", "e"),
    ],
)
def test_what_differs_has_another_key(numbers, one, other):
    @gen_cache.wrap("project", "project:value")
    def page(value):
        return next(numbers)

    assert remembers(lambda: page(one), lambda: page(other))


def test_equal_dicts_and_sets_are_one(numbers):
    @gen_cache.wrap("project")
    def page(value):
        return next(numbers)

    assert page({"a": 1, "b": 2}) == page({"b": 2, "a": 1})
    assert page({"x", "y", "z"}) == page({"z", "y", "x"})


def test_an_object_without_a_text_of_its_own_is_refused():
    @gen_cache.wrap("project")
    def page(request, other=None):
        return 1

    @gen_cache.wrap("project", exclude="request")
    def excluding(request):
        return 1

    with pytest.raises(gencache.ArgumentError, match="argument request: <object object at 0x.* exclude it"):
        page(object())
    with pytest.raises(gencache.ArgumentError, match="argument other"):
        page(1, [object()])
    assert excluding(object()) == 1


def test_an_object_with_a_text_of_its_own(numbers):
    class User:
        def __init__(self, name):
            self.name = name

        def __repr__(self):
            return f"<User: {self.name}>"

    @gen_cache.wrap("project")
    def page(user):
        return next(numbers)

    assert remembers(lambda: page(User("ada")), lambda: page(User("bob")), lambda: page("<User: ada>"))


def test_what_holds_itself_is_refused():
    endless = []
    endless.append(endless)

    @gen_cache.wrap("project")
    def page(value):
        return 1

    with pytest.raises(gencache.ArgumentError, match="holds itself"):
        page(endless)


def test_long_arguments(numbers):
    @gen_cache.wrap("project", "project:text")
    def page(text):
        return next(numbers)

    assert remembers(lambda: page("lorem" * 1000), lambda: page("lorem" * 1000 + "!"))


def test_exclude_takes_names_of_any_kind(numbers):
    @gen_cache.wrap("project", "project:a", exclude=("a", "args", "kwargs", "of nobody"))
    def everything(a, b, *args, **kwargs):
        return next(numbers)

    assert everything(1, 2, 3, c=4) == everything(1, 2)
    assert everything(2, 2) != everything(1, 2)

    @gen_cache.wrap("project", exclude="of nobody")
    def closed(a):
        return next(numbers)

    assert remembers(lambda: closed(1), lambda: closed(2))


def test_none_is_remembered_too():
    calls = []

    @gen_cache.wrap("project")
    def nothing(number):
        calls.append(number)

    assert nothing(1) is nothing(1) is None
    assert calls == [1]


def test_wrong_arguments_are_a_type_error():
    @gen_cache.wrap("project")
    def one(number):
        return 1

    with pytest.raises(TypeError):
        one()
    with pytest.raises(TypeError):
        one(1, nmber=2)
    with pytest.raises(TypeError):
        one.invalidate(1, 2)


def test_generators_and_the_like_are_refused():
    def generator():
        yield 1

    async def async_generator():
        yield 1

    for function in (generator, async_generator, staticmethod(async_generator)):
        with pytest.raises(gencache.ArgumentError, match=r"wrap: .*generator\(\) is a generator"):
            gen_cache.wrap("project")(function)
    with pytest.raises(gencache.ArgumentError, match="wrap: a function or method is expected"):
        gen_cache.wrap("project")(len)


@pytest.mark.parametrize("wrap", [gen_cache.wrap, CustomUseGenCache("project").wrap])
@pytest.mark.parametrize("keyword", ["add_to_key", "cache_key", "timeot"])
def test_a_keyword_that_wrap_does_not_know_is_named(wrap, keyword):
    with pytest.raises(TypeError, match=rf"wrap\(\) .*'{keyword}'"):
        wrap("project", **{keyword: "home"})


def test_what_the_function_raises_comes_out():
    @gen_cache.wrap("project")
    def fails():
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        fails()


def test_a_wrapped_function_looks_like_the_function():
    @gen_cache.wrap("project")
    def documented(number):
        "Its text."

    assert (documented.__name__, documented.__doc__) == ("documented", "Its text.")


# --- generations


def test_generations_one_by_one_and_as_a_tuple_are_one(numbers):
    def page():
        return next(numbers)

    assert gen_cache.wrap("a", "b")(page)() == gen_cache.wrap(("b", "a"))(page)()


def test_each_generation_invalidates(numbers):
    @gen_cache.wrap("project", "project:a", "global:portal_id", timeout=3600)
    def page(a, b, foobar=None, **others):
        return next(numbers)

    def call():
        return page("one", "two", foobar="hello", portal_id=42)

    for invalidate in (
        lambda: gen_cache.invalidate("project"),
        lambda: gen_cache.invalidate("project:a", a="one"),
        lambda: gen_cache.invalidate("global:portal_id", portal_id=42),
        lambda: gen_cache.invalidate("global:portal_id", portal_id="42"),
    ):
        first = call()
        assert call() == first
        invalidate()
        assert call() != first
    first = call()
    gen_cache.invalidate("project:a", a="two")
    gen_cache.invalidate("global:portal_id", portal_id=43)
    gen_cache.invalidate("other:a", a="one")
    assert call() == first


def test_a_missing_argument_of_a_value_based_generation_is_named():
    @gen_cache.wrap("project", "project:a")
    def no_args():
        return 1

    @gen_cache.wrap("project", "global:portal_id")
    def with_default(portal_id=None):
        return 1

    for call, name in [
        (no_args, "a"),
        (with_default, "portal_id"),
        (lambda: gen_cache.get("project:a", b=1), "a"),
        (lambda: gen_cache.set("v", "project:a"), "a"),
        (lambda: gen_cache.delete(("x", "project:a")), "a"),
        (lambda: gen_cache.invalidate("project:a"), "a"),
        (lambda: gen_cache.build_key("project:a"), "a"),
        (lambda: CustomUseGenCache(["project:a"]).get(), "a"),
    ]:
        with pytest.raises(Exception) as caught:
            call()
        assert f"({name})" in str(caught.value)
        assert "without passing the necessary keyword paramater" in str(caught.value)
    with_default(portal_id=None)


# --- invalidation by function


def test_one_result_is_invalidated(numbers):
    @gen_cache.wrap("project", "project:a", "global:portal_id")
    def page(a, b, foobar=None, **others):
        return next(numbers)

    first, other = page("one", "two", foobar="hello", portal_id=42), page("one", "three", portal_id=42)
    page.invalidate("one", b="two", portal_id=42, foobar="hello")
    assert page("one", "two", foobar="hello", portal_id=42) != first
    assert page("one", "three", portal_id=42) == other


def test_a_result_that_is_being_computed_is_invalidated_too(numbers):
    begun, may_end = threading.Event(), threading.Event()

    @gen_cache.wrap("project")
    def slow(number):
        begun.set()
        assert may_end.wait(20)
        return next(numbers)

    results = []
    thread = threading.Thread(target=lambda: results.append(slow(1)))
    thread.start()
    assert begun.wait(20)
    slow.invalidate(1)
    may_end.set()
    thread.join()
    assert slow(1) not in results


# --- methods


def test_methods(numbers):
    class Page:
        @gen_cache.wrap("project", "project:a")
        def show(self, a, b=None):
            return next(numbers)

        @classmethod
        @gen_cache.wrap("project")
        def of_class(Klass, a):
            return next(numbers)

        @gen_cache.wrap("project")
        @classmethod
        def also_of_class(kls, a):
            return next(numbers)

        @staticmethod
        @gen_cache.wrap("project")
        def of_nothing(a):
            return next(numbers)

    class Other(Page):
        pass

    page = Page()
    assert remembers(lambda: page.show("one"), lambda: page.show("two"))
    assert Page().show("one") == Page.show(page, "one") == page.show(a="one")
    assert remembers(lambda: Page.of_class(1), lambda: Page.of_class(2))
    assert page.of_class(1) == Page.of_class(1) == Other.of_class(1)
    assert remembers(lambda: Page.also_of_class(1), lambda: page.also_of_class(2))
    assert remembers(lambda: Page.of_nothing(1), lambda: page.of_nothing(2))
    first = page.show("one"), page.of_class(1)
    gen_cache.invalidate("project")
    assert page.show("one") != first[0] and page.of_class(1) != first[1]


def test_invalidation_by_method(numbers):
    class Page:
        @gen_cache.wrap("project")
        def show(self, a):
            return next(numbers)

        @classmethod
        @gen_cache.wrap("project")
        def of_class(cls, a):
            return next(numbers)

        @gen_cache.wrap("project")
        def like(self, other=None):
            return next(numbers)

        def __repr__(self):
            return "<Page>"

    class Other(Page):
        def show(self, a):
            return super().show(a)

    page, other = Page(), Other()
    for call, invalidate in [
        (lambda: page.show(1), lambda: page.show.invalidate(1)),
        (lambda: page.show(1), lambda: page.show.invalidate(page, 1)),
        (lambda: page.show(1), lambda: Page.show.invalidate(page, 1)),
        (lambda: page.show(1), lambda: Page.show.invalidate(other, 1)),
        (lambda: page.show(1), lambda: Page.show.invalidate(a=1)),
        (lambda: page.of_class(1), lambda: Page.of_class.invalidate(1)),
        (lambda: page.of_class(1), lambda: Page.of_class.invalidate(Other, 1)),
        (lambda: page.like(page), lambda: page.like.invalidate(page)),
        (lambda: page.like(), lambda: page.like.invalidate(page)),
    ]:
        first = call()
        assert call() == first
        invalidate()
        assert call() != first


def test_coroutines(numbers):
    class Page:
        @gen_cache.wrap("project")
        async def show(self, a):
            await asyncio.sleep(0)
            return next(numbers)

    async def run():
        page = Page()
        first = await page.show(1)
        assert await page.show(a=1) == first
        assert await page.show(2) != first
        page.show.invalidate(1)
        assert await page.show(1) != first

    assert asyncio.iscoroutinefunction(Page.show)
    asyncio.run(run())


# --- settings


def test_ignore_locally(numbers):
    @gen_cache.wrap("some_gen", ignore_locally=True)
    def page():
        return next(numbers)

    @gen_cache.wrap("some_gen", ignore_locally=False)
    def always():
        return next(numbers)

    setting_wrappers._set_setting("ENV", "qa")
    assert remembers(page)
    setting_wrappers._set_setting("ENV", "local")
    assert page() != page()
    assert remembers(always)
    gen_cache.set("v", "some_gen", ignore_locally=True)
    assert gen_cache.get("some_gen") is None
    gen_cache.set("v", "some_gen")
    assert gen_cache.get("some_gen", ignore_locally=True) is None
    setting_wrappers._own.clear()  # not set at all is as local
    assert page() != page()


def test_ignore_if_setting_is_true(numbers, monkeypatch):
    @gen_cache.wrap("some_gen", ignore_if_setting_is_true="RANDOM_SETTING")
    def page():
        return next(numbers)

    assert remembers(page)
    setting_wrappers._set_setting("RANDOM_SETTING", True)
    assert page() != page()
    setting_wrappers._set_setting("RANDOM_SETTING", False)
    assert remembers(page)
    setting_wrappers._own.clear()
    monkeypatch.setenv("RANDOM_SETTING", "1")
    assert page() != page()
    monkeypatch.setenv("RANDOM_SETTING", "off")
    assert remembers(page)


@pytest.mark.parametrize("by", ["option", "setting"])
def test_log_misses(numbers, caplog, by):
    if by == "setting":
        setting_wrappers._set_setting("DEBUG_GENERATIONAL_CACHE", True)

    @gen_cache.wrap("project", timeout=3600, log_misses=by == "option")
    def page(number):
        return next(numbers)

    with caplog.at_level("INFO", "gencache"):
        page(1)
        told = len(caplog.records)
        page(1)
    assert told == len(caplog.records) == 1
    assert "project" in caplog.text
