"""Opens a bundle, a folder or a zip of CSV files, after checking its declared size."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from feedback.marketplace.report import BundleRefused

FILES = ("services.csv", "partners.csv", "clients.csv", "interventions.csv", "ratings.csv")
BYTES_MAX = 4_000_000_000  # uncompressed, the whole bundle
ENTRIES_MAX = 1_000  # files in a zip
RATIO_MAX = 200  # uncompressed / compressed; real bundles stay under 30
RATIO_FROM_BYTES = 10_000_000  # a smaller file may compress as it likes
LINES_MAX = 20_000_000  # the whole bundle
BLOCK = 1 << 20  # bytes


@dataclass
class Bundle:
    """The files we know, in the order in which they refer to each other."""

    sources: dict[str, Path | zipfile.ZipInfo]
    ignored: list[str]
    archive: zipfile.ZipFile | None = None
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return [name for name in FILES if name in self.sources]

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        source = self.sources[name]
        try:
            if isinstance(source, Path):
                with source.open("rb") as stream:
                    yield stream
            else:
                assert self.archive  # noqa: S101 - told to the type checker
                with self.archive.open(source) as stream:
                    yield stream
        except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
            raise _refused_zip(error) from error

    def count_lines(self) -> None:
        for name in self.names:
            with self.open(name) as stream:
                self.lines[name] = sum(
                    block.count(b"\n") for block in iter(lambda: stream.read(BLOCK), b"")
                )
            if sum(self.lines.values()) > LINES_MAX:
                raise BundleRefused(
                    _("The bundle has more than %(max)s lines; send it in parts.")
                    % {"max": f"{LINES_MAX:,}"},
                    file=name,
                )


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    if path.is_dir():
        yield _checked(_from_folder(path))
        return
    if not path.is_file():
        raise BundleRefused(_("There is no folder or zip file at %(path)s.") % {"path": path})
    if not zipfile.is_zipfile(path):
        raise BundleRefused(
            _("%(name)s is neither a folder nor a zip file of CSV files.") % {"name": path.name}
        )
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _refused_zip(error) from error
    with archive:
        yield _checked(_from_zip(archive))


def _from_folder(folder: Path) -> Bundle:
    sources: dict[str, Path | zipfile.ZipInfo] = {}
    ignored: list[str] = []
    total = 0
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() != ".csv" or not path.is_file():
            continue
        total += path.stat().st_size
        _sort_in(path.name, path, sources, ignored)
    _check_size(total)
    return Bundle(sources, ignored)


def _from_zip(archive: zipfile.ZipFile) -> Bundle:
    entries = archive.infolist()
    if len(entries) > ENTRIES_MAX:
        raise BundleRefused(
            _("The zip holds %(n)s files; a bundle has five.") % {"n": len(entries)}
        )
    _check_size(sum(entry.file_size for entry in entries))
    sources: dict[str, Path | zipfile.ZipInfo] = {}
    ignored: list[str] = []
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if entry.is_dir() or path.suffix.lower() != ".csv" or "__MACOSX" in path.parts:
            continue
        if entry.flag_bits & 0x1:
            raise BundleRefused(_("The zip is protected by a password."), file=path.name)
        _check_ratio(entry)
        _sort_in(path.name, entry, sources, ignored)
    return Bundle(sources, ignored, archive)


def _sort_in(
    name: str,
    source: Path | zipfile.ZipInfo,
    sources: dict[str, Path | zipfile.ZipInfo],
    ignored: list[str],
) -> None:
    known = name.lower()
    if known not in FILES:
        ignored.append(name)
    elif known in sources:
        raise BundleRefused(_("%(name)s is there twice.") % {"name": known}, file=known)
    else:
        sources[known] = source


def _check_size(total: int) -> None:
    if total > BYTES_MAX:
        raise BundleRefused(
            _("The files take %(mb)s MB uncompressed; the limit is %(max)s MB.")
            % {"mb": f"{total // 1_000_000:,}", "max": f"{BYTES_MAX // 1_000_000:,}"}
        )


def _check_ratio(entry: zipfile.ZipInfo) -> None:
    if entry.file_size > RATIO_FROM_BYTES and entry.file_size > RATIO_MAX * entry.compress_size:
        raise BundleRefused(
            _("%(name)s unpacks to more than %(ratio)s times its size: this is not a table.")
            % {"name": entry.filename, "ratio": RATIO_MAX},
            file=entry.filename,
        )


def _checked(bundle: Bundle) -> Bundle:
    if not bundle.sources:
        raise BundleRefused(
            _("No file of a bundle is here; expected one or more of %(names)s.")
            % {"names": ", ".join(FILES)}
        )
    bundle.count_lines()
    return bundle


def _refused_zip(error: Exception) -> BundleRefused:
    return BundleRefused(_("The zip file is damaged or cut: %(why)s.") % {"why": error})
