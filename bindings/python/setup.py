"""Builds the extension against libgencache; all that does not change stands in pyproject.toml.

Where libgencache comes from:

    GENCACHE_DIR     a prefix where it is installed, or a CMake build directory of gencache; else pkg-config says it
    GENCACHE_BUNDLE  1 to copy libgencache.so into the package, so that the wheel brings it along
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

HERE = pathlib.Path(__file__).parent
SONAME = "libgencache.so.0"


class Library:
    """Where the headers and the library are."""

    def __init__(self, include_dirs, library_dir):
        self.include_dirs = include_dirs
        self.library_dir = library_dir

    @classmethod
    def find(cls):
        given = os.environ.get("GENCACHE_DIR")
        return cls.in_directory(pathlib.Path(given).resolve()) if given else cls.by_pkg_config()

    @classmethod
    def in_directory(cls, directory):
        places = [directory, directory / "lib", *directory.glob("lib/*/"), directory / "lib64"]
        library_dir = next((place for place in places if (place / "libgencache.so").exists()), None)
        if library_dir is None:
            raise SystemExit(f"GENCACHE_DIR: there is no libgencache.so in {directory}")
        include_dirs = [directory / "include"]
        cache = directory / "CMakeCache.txt"
        if cache.exists():  # a build directory: most headers stand in the source
            source = re.search(r"^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$", cache.read_text(), re.MULTILINE)
            include_dirs.append(pathlib.Path(source.group(1)) / "include")
        return cls(include_dirs, library_dir)

    @classmethod
    def by_pkg_config(cls):
        try:
            flags = cls.pkg_config("--cflags")
            library_dir = cls.pkg_config("--variable=libdir")[0]
        except (OSError, subprocess.CalledProcessError, IndexError):
            raise SystemExit("libgencache is not found: install it (pkg-config --libs gencache), or set GENCACHE_DIR")
        include_dirs = [pathlib.Path(flag[2:]) for flag in flags if flag.startswith("-I")]
        return cls(include_dirs, pathlib.Path(library_dir).resolve())

    @staticmethod
    def pkg_config(option):
        tool = os.environ.get("PKG_CONFIG", "pkg-config")
        return shlex.split(subprocess.run([tool, option, "gencache"], check=True, stdout=subprocess.PIPE, text=True).stdout)

    def version(self):
        places = [*self.include_dirs, pathlib.Path("/usr/local/include"), pathlib.Path("/usr/include")]
        for place in places:
            header = place / "gencache" / "version.h"
            if header.exists():
                return re.search(r'GC_VERSION "(.*)"', header.read_text()).group(1)
        raise SystemExit("gencache/version.h is not found beside libgencache")

    def rpath(self):
        """Where the loader shall look, unless it looks there by itself."""
        by_itself = re.fullmatch(r"/(usr/)?lib(64|/[^/]*-linux-gnu[^/]*)?", str(self.library_dir))
        return [] if by_itself else [str(self.library_dir)]


class BuildExtension(build_ext):
    """Puts libgencache beside the extension where that was asked for."""

    def run(self):
        super().run()
        if BUNDLE:
            package = pathlib.Path(self.get_ext_fullpath("gencache._native")).parent
            shutil.copy(LIBRARY.library_dir / SONAME, package / SONAME)


BUNDLE = os.environ.get("GENCACHE_BUNDLE") == "1"
LIBRARY = Library.find()

setup(
    version=LIBRARY.version(),
    cmdclass={"build_ext": BuildExtension},
    options={"bdist_wheel": {"py_limited_api": "cp310"}},
    ext_modules=[
        Extension(
            "gencache._native",
            sources=sorted(str(path.relative_to(HERE)) for path in (HERE / "native").glob("*.c")),
            depends=["native/docs.h", "native/native.h"],
            include_dirs=[str(path) for path in LIBRARY.include_dirs],
            library_dirs=[str(LIBRARY.library_dir)],
            libraries=["gencache"],
            runtime_library_dirs=["$ORIGIN"] if BUNDLE else LIBRARY.rpath(),
            define_macros=[("Py_LIMITED_API", "0x030a0000")],
            extra_compile_args=["-std=c11", "-fvisibility=hidden", "-Wall", "-Wextra", "-Wno-missing-field-initializers"],
            py_limited_api=True,
        )
    ],
)
