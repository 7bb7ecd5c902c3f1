"""Thirty scores that their whys contradict, and ordinary pairs, written before the lexicon."""

import pytest

from feedback.themes.contradictions import contradiction

PRAISED = [  # a low score under a praising why: probably the scale was read the wrong way round
    (0, "fr", "Excellent, je recommande vivement !"),
    (1, "fr", "Très bonne séance, prof adorable et à l’écoute."),
    (0, "fr", "Parfait du début à la fin"),
    (2, "fr", "super massage je revis"),
    (3, "fr", "Rien à redire, travail soigné et personne très gentille"),
    (1, "fr", "Nous sommes ravis, toute l’équipe en redemande."),
    (0, "fr", "impecable merci bcp"),
    (2, "fr", "Artisan très professionnel, ponctuel et sympathique"),
    (4, "fr", "Jamais déçue, toujours au top"),
    (5, "fr", "Génial, on adore, ne changez rien !"),
    (1, "en", "Excellent work, very friendly, thank you"),
    (0, "en", "Perfect, would book again tomorrow"),
    (2, "en", "We loved it, the best class so far"),
    (3, "en", "Great advice and a lovely person"),
    (1, "en", "Not a single complaint, everybody is delighted"),
]
BLAMED = [  # a high score over a complaint
    (10, "fr", "Lamentable, il n’est jamais venu."),
    (9, "fr", "Très déçue, rien n’est réparé et personne ne répond."),
    (10, "fr", "C’est une honte, à fuir"),
    (10, "fr", "travail baclé, incompetent et désagréable"),
    (9, "fr", "Inadmissible : deux heures de retard sans un mot d’excuse"),
    (10, "fr", "nul nul nul"),
    (9, "fr", "Arnaque, plus jamais"),
    (10, "fr", "Pas du tout satisfait, la fuite est revenue le lendemain."),
    (10, "fr", "Catastrophique, la salle était sale et le prof agressif"),
    (9, "fr", "Perte de temps, on n’a rien appris"),
    (10, "en", "Terrible experience, never again"),
    (9, "en", "He was rude and the work is a disgrace"),
    (10, "en", "Very disappointed, the leak came back the same evening"),
    (9, "en", "Waste of money, nobody turned up"),
    (10, "en", "Awful, I am not satisfied at all"),
]
ORDINARY = [
    (10, "fr", "Parfait"),
    (10, "fr", "Excellent accueil et beaucoup de conseils"),
    (9, "fr", "Très bien mais un peu cher"),
    (8, "fr", "Très bien mais un peu cher"),
    (8, "fr", "Bonne prestation dans l’ensemble"),
    (7, "fr", "Correct, sans plus"),
    (7, "fr", "Super séance, salle un peu petite"),
    (6, "fr", "Bien, j’attendais plus de conseils"),
    (6, "fr", "Moyen"),
    (6, "fr", "Sympathique mais en retard"),
    (5, "fr", "Le massage était agréable, l’attente beaucoup moins"),
    (5, "fr", "Bof"),
    (4, "fr", "Gentil mais pas compétent"),
    (4, "fr", "Trop cher pour ce que c’est"),
    (3, "fr", "La fuite n’est pas réparée"),
    (3, "fr", "Pas satisfait du tout"),
    (2, "fr", "Personne n’a rappelé"),
    (2, "fr", "Ce n’était pas un bon moment"),
    (1, "fr", "Nul"),
    (1, "fr", "Je ne recommande pas"),
    (0, "fr", "Arnaque"),
    (0, "fr", "Jamais venu, jamais prévenu"),
    (0, "fr", "RAS"),
    (0, "fr", "Il devait être là à neuf heures"),
    (1, "fr", "J’aurais aimé un excellent service, ce ne fut pas le cas"),
    (2, "fr", "Ça aurait pu être parfait"),
    (3, "fr", "Dommage, la première séance était très bien"),
    (4, "fr", "Peu agréable et pas très professionnel"),
    (5, "fr", "Rien de spécial"),
    (6, "fr", "Merci d’améliorer l’accueil"),
    (10, "fr", "Rien à redire"),
    (10, "fr", "Aucun problème, aucune attente"),
    (10, "fr", "Jamais déçus"),
    (10, "fr", "Pas mal du tout"),
    (10, "fr", "ras"),
    (10, "fr", "Pas de mauvaise surprise"),
    (10, "fr", "J’avais très mal au dos, c’est fini"),
    (10, "fr", "Un peu déçue de la salle, la prof était formidable"),
    (9, "fr", "Manque juste un peu de place pour se garer"),
    (9, "fr", "Petit retard vite rattrapé"),
    (9, "fr", "Prévoir plus de tapis"),
    (9, "fr", "Prix un peu élevé"),
    (9, "fr", "On ne trouve nulle part ailleurs un tel soin"),
    (10, "fr", "Il a réparé ce que d’autres avaient bâclé"),
    (9, "fr", "Mes douleurs horribles ont disparu"),
    (9, "fr", "La séance est trop courte !"),
    (10, "fr", "Continuez"),
    (9, "fr", "Il faudrait des créneaux le soir"),
    (8, "fr", "Déçu par l’horaire"),
    (7, "fr", "Excellent"),
    (10, "en", "Perfect"),
    (10, "en", "No complaints at all"),
    (10, "en", "Not bad at all"),
    (9, "en", "Great, a little expensive"),
    (9, "en", "My back pain is gone"),
    (9, "en", "More mats would be nice"),
    (8, "en", "Friendly but late"),
    (7, "en", "Good"),
    (6, "en", "Fine, nothing special"),
    (6, "en", "Nice person, poor result"),
    (5, "en", "Good idea, badly organised"),
    (4, "en", "Not very helpful"),
    (3, "en", "I expected better advice"),
    (3, "en", "It would have been great with enough mats"),
    (2, "en", "Nobody answered"),
    (1, "en", "Terrible"),
    (1, "en", "Not good, not professional"),
    (0, "en", "He never came"),
    (0, "en", "Too expensive"),
    (10, "en", "Never disappointed"),
    (2, "fr", "Votre site annonce un service parfait : deux heures d’attente"),
    (3, "fr", "Le prof précédent était excellent, celui-ci non"),
    (9, "fr", "Enfin quelqu’un qui ne bâcle pas"),
    (10, "fr", "Après une mauvaise expérience ailleurs, j’ai trouvé"),
]


def test_an_empty_why_contradicts_nothing():
    assert contradiction(0, "", "fr") == "" == contradiction(10, " \u200b ", "")


def test_most_seeded_contradictions_are_flagged():
    missed = [pair for pair in PRAISED if contradiction(pair[0], pair[2], pair[1]) != "praise"]
    missed += [pair for pair in BLAMED if contradiction(pair[0], pair[2], pair[1]) != "blame"]
    assert len(PRAISED + BLAMED) == 30
    assert len(missed) <= 6, missed


def test_few_ordinary_pairs_are_flagged():
    flagged = [pair for pair in ORDINARY if contradiction(pair[0], pair[2], pair[1])]
    assert len(ORDINARY) >= 60
    assert len(flagged) <= 5, flagged


@pytest.mark.parametrize("score", [7, 8])
def test_a_passive_contradicts_nobody(score):
    assert {contradiction(score, why, language) for _, language, why in PRAISED + BLAMED} == {""}


@pytest.mark.parametrize(
    ("score", "why", "flag"),
    [
        (0, "Très satisfait", "praise"),
        (0, "Pas satisfait", ""),
        (10, "Pas satisfait", "blame"),
        (10, "Jamais déçu", ""),
        (10, "Très déçu", "blame"),
        (10, "Un peu déçu", ""),
        (0, "Très satisfait mais quel retard", ""),
        (10, "Très déçu mais bien remboursé", ""),
        (0, "TRES SATISFAITE !!!", "praise"),
        (5, "Très bien", ""),
        (4, "Très bien", "praise"),
    ],
)
def test_negation_doubt_and_contrast(score, why, flag):
    assert contradiction(score, why, "fr") == flag


def test_an_unknown_language_is_read_in_both():
    assert contradiction(0, "Excellent!", "") == "praise"
    assert contradiction(10, "Horrible", "de") == "blame"
