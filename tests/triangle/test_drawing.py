import pytest

from triangle import drawing


@pytest.mark.parametrize(
    ("values", "path", "last"),
    [
        ([], "", None),
        ([None, None], "", None),
        ([5], "M3 12", (3, 12)),
        ([0, 10], "M3 21L61 3", (61, 3)),
        ([4, 4], "M3 12L61 12", (61, 12)),
        ([0, None, 10], "M3 21M61 3", (61, 3)),
        ([0, 10, None], "M3 21L32 3", (32, 3)),
    ],
)
def test_spark(values, path, last):
    assert drawing.spark(values) == drawing.Spark(path, last)


@pytest.mark.parametrize(
    ("value", "whole", "percent"),
    [(None, 10, 0), (3, None, 0), (3, 0, 0), (0, 10, 0), (1, 3, 33.3), (12, 10, 100), (-1, 10, 0)],
)
def test_share_percent(value, whole, percent):
    assert drawing.share_percent(value, whole) == percent


@pytest.mark.parametrize(("value", "percent"), [(6, 0), (8, 50), (10, 100), (5, 0), (11, 100)])
def test_place_percent(value, percent):
    assert drawing.place_percent(value, 6, 10) == percent
