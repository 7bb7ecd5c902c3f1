from types import SimpleNamespace

import pytest

from indicators.charts.symmetry import symmetry_chart
from indicators.formulas.symmetry import Place, Symmetry, Voices
from indicators.symmetry_board import Named


def board(partners, cut=(7.5, 8.0)):
    voices = Voices(own_n=10, own_sum=80, clients_n=20, clients_sum=140)
    named = [Named(f"P{pk}", Place(pk, voices, "blind_spot"), "") for pk in range(partners)]
    found = Symmetry(relations=(), places=(), few=0, cut=cut, minimum=8)
    return SimpleNamespace(found=found, partners=named)


def test_without_a_cut_nothing_is_placed():
    assert list(symmetry_chart(board(3, cut=None)).data) == []


def test_a_partner_stands_at_both_means():
    [points] = symmetry_chart(board(1)).data
    assert (points.x, points.y, points.text) == ((8.0,), (7.0,), ("P0",))


@pytest.mark.parametrize(("partners", "mode"), [(12, "markers+text"), (13, "markers")])
def test_names_stand_beside_the_points_while_they_find_room(partners, mode):
    assert symmetry_chart(board(partners)).data[0].mode == mode
