"""The lines that the original documents, as they stand there, but for the name of the module and for Python 3."""

import random

import pytest

from gencache.hscacheutils.generational_cache import CustomUseGenCache, DummyGenCache, gen_cache


def test_direct_methods():
    html = gen_cache.get(('nav', 'nav_portal:user_id'), user_id=1)
    assert html is None
    gen_cache.set('<html>', ('nav', 'nav_portal:user_id'), user_id=1)
    assert gen_cache.get(('nav', 'nav_portal:user_id'), user_id=1) == '<html>'
    gen_cache.invalidate(('nav', 'nav_portal:user_id'), user_id=1)
    assert gen_cache.get(('nav', 'nav_portal:user_id'), user_id=1) is None


def test_delete():
    gen_cache.set('<html>', ('nav', 'nav_portal:user_id'), user_id=1)
    gen_cache.set('<other>', ('nav', 'nav_portal:user_id'), user_id=2)
    gen_cache.delete(('nav', 'nav_portal:user_id'), user_id=1)
    assert gen_cache.get(('nav', 'nav_portal:user_id'), user_id=1) is None
    assert gen_cache.get(('nav', 'nav_portal:user_id'), user_id=2) == '<other>'


def test_magic_1_generations_take_their_values_from_the_arguments(numbers):
    @gen_cache.wrap('project_name', 'foo_per_user_id:user_id')
    def foobar(user_id):
        return next(numbers)

    kept, renewed = foobar(53), foobar(999)
    gen_cache.invalidate("foo_per_user_id:user_id", user_id=999)
    assert foobar(53) == kept
    assert foobar(999) != renewed


def test_magic_2_all_other_arguments_are_part_of_the_key(numbers):
    @gen_cache.wrap('whatever')
    def foobar(something, another=False):
        return next(numbers)

    calls = [lambda: foobar(1), lambda: foobar(2), lambda: foobar(2, another=True)]
    first = [call() for call in calls]
    assert len(set(first)) == 3
    assert [call() for call in calls] == first
    gen_cache.invalidate("whatever")
    assert not set(first) & {call() for call in calls}


def test_magic_3_module_name_and_line_are_part_of_the_key():
    @gen_cache.wrap('whatever')
    def foobar():
        return 1

    first = foobar

    @gen_cache.wrap('whatever')
    def foobar():
        return 2

    assert (first(), foobar()) == (1, 2)


def test_options(numbers):
    @gen_cache.wrap('project', timeout=3600, exclude=['trace'], log_misses=True, ignore_locally=True)
    def foobar(something, trace=None):
        return next(numbers)

    assert foobar(1, trace=1) == foobar(1, trace=2) == foobar(1)
    assert foobar(2) != foobar(1)


def test_a_wrapped_function_has_invalidate(numbers):
    @gen_cache.wrap('project', timeout=180)
    def foo(number):
        return next(numbers)

    first, other = foo(1), foo(2)
    foo.invalidate(1)
    assert foo(1) != first
    assert foo(2) == other


def test_a_custom_cache():
    custom_cache = CustomUseGenCache([
        'customgenz:user_id',
        'customgenz:blog_id'
    ])

    blog_id = 17
    user_id = 123
    first_val = '<first>'
    key = random.randint(1, 20000000)

    val = custom_cache.get(blog_id=blog_id, user_id=123, cache_key=key)
    assert val is None
    custom_cache.set(value=first_val, blog_id=blog_id, user_id=123, cache_key=key)
    assert custom_cache.get(blog_id=blog_id, user_id=user_id, cache_key=key) == first_val
    custom_cache.invalidate(user_id=123)
    assert custom_cache.get(blog_id=blog_id, user_id=user_id, cache_key=key) is None
    custom_cache.set(value=first_val, blog_id=blog_id, user_id=123, cache_key=key + 1)
    custom_cache.delete(blog_id=blog_id, user_id=123, cache_key=key + 1)
    assert custom_cache.get(blog_id=blog_id, user_id=123, cache_key=key + 1) is None


def test_a_custom_cache_of_an_application(numbers):
    my_gen_cache = CustomUseGenCache([
         "cos_templates",
         "cos_template_user_id:user_id",
         "cos_template_path:template_path"],
         timeout=500)

    myvalue = '<template>'
    my_gen_cache.get(user_id=123, template_path='my/path.html')
    my_gen_cache.set(myvalue, user_id=123, template_path='my/path.html')
    assert my_gen_cache.get(user_id=123, template_path='my/path.html') == myvalue
    my_gen_cache.invalidate('cos_template_user_id:user_id', user_id=123)
    assert my_gen_cache.get(user_id=123, template_path='my/path.html') is None
    my_gen_cache.set(myvalue, user_id=123, template_path='my/path.html')
    my_gen_cache.invalidate('cos_templates')
    assert my_gen_cache.get(user_id=123, template_path='my/path.html') is None

    @my_gen_cache.wrap()
    def get_template(user_id, path):
        pass

    with pytest.raises(Exception, match="template_path"):  # the original's own example lacks it
        get_template(1, 'my/path.html')

    @my_gen_cache.wrap()
    def get_template(user_id, template_path):
        return next(numbers)

    first = get_template(1, 'my/path.html')
    assert get_template(1, template_path='my/path.html') == first
    my_gen_cache.invalidate(template_path='my/path.html')
    assert get_template(1, 'my/path.html') != first


def test_a_dummy_cache_stands_in_for_a_custom_one(numbers):
    dummy = DummyGenCache()
    dummy.set('<html>', user_id=1)
    assert dummy.get(user_id=1) is None
    assert dummy.invalidate(user_id=1) is None

    @dummy.wrap(timeout=60)
    def foo(user_id):
        return next(numbers)

    class Page:
        @classmethod
        @dummy.wrap()
        def show(cls, user_id):
            return next(numbers)

    assert foo(1) != foo(1)
    foo.invalidate(1)
    assert Page.show(1) != Page.show(1)
    Page.show.invalidate(1)
