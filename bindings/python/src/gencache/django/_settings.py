"""Django's settings, for functions that are wrapped with `ignore_if_setting_is_true="NAME"`."""

from __future__ import annotations

from django.conf import settings


def setting(name: str) -> object:
    """The setting of this name, or False where there is none. To be given to gencache once, say in an AppConfig.ready:

    >>> gencache.look_up_settings(gencache.django.setting)
    >>> gencache.look_up_settings(None)
    """
    return getattr(settings, name, False)
