"""What is said beside interventions: after a cancellation, an onboarding, and now and then.

A voice is (score, French, English).
"""

from __future__ import annotations

from feedback.models import About
from indicators.demo.whys import DEBRIEF_BAD, DEBRIEF_GOOD

Voice = tuple[int, str, str]

VOICES: dict[About, tuple[Voice, ...]] = {
    About.CANCELLATION: (
        (8, "Prévenue l’avant-veille, une autre date proposée dans la foulée.", "Told two days before, with another date offered at once."),
        (7, "Dommage, mais l’explication était claire.", "A pity, but the explanation was clear."),
        (5, "Annulé la veille au soir, j’avais déjà réservé la salle.", "Cancelled the evening before, I had booked the room already."),
        (3, "Personne ne m’a rappelée pour trouver une autre date.", "Nobody called me back to find another date."),
        (9, "C’est moi qui ai annulé, et tout a été réglé en deux minutes.", "I cancelled myself, and it was settled in two minutes."),
    ),
    About.ONBOARDING: (
        (9, "Une heure au téléphone, puis tout était prêt : on sentait l’habitude.", "One hour on the phone and everything was ready: you know your trade."),
        (10, "Interlocutrice unique, réponses le jour même, rien à redire.", "One contact, answers the same day, nothing to add."),
        (7, "Bonne prise en main, le contrat pourrait être plus court.", "A good start, the contract could be shorter."),
        (6, "Trop de mails la première semaine, je ne savais plus lequel suivre.", "Too many mails in the first week, I lost track of which to follow."),
    ),
    About.RELATION: (
        (9, "Deux ans ensemble, et toujours quelqu’un au bout du fil.", "Two years together, and there is always somebody on the phone."),
        (10, "Les équipes attendent chaque séance, et la facture est toujours juste.", "The teams look forward to each session, and the invoice is always right."),
        (8, "Fiable, mais j’aimerais un bilan par trimestre.", "Reliable, but I would like a review each quarter."),
        (7, "Le service est bon, le catalogue change un peu trop souvent.", "The service is good, the catalogue changes a little too often."),
        (5, "Il faut relancer pour obtenir un devis, cela lasse.", "One has to chase you for a quote, which is tiring."),
        (2, "Trois responsables en un an, il faut tout réexpliquer chaque fois.", "Three managers in one year, everything to be explained again each time."),
    ),
    About.PULSE: (
        (9, "Des clients préparés et un paiement à la date dite.", "Clients who are prepared, and payment on the day promised."),
        (8, "Le bureau répond vite ; le planning arrive parfois tard.", "The office answers quickly; the schedule sometimes comes late."),
        (10, "On me demande mon avis, et il en sort quelque chose.", "I am asked what I think, and something comes of it."),
        (6, "Trop de consignes changent la veille de l’intervention.", "Too many instructions change on the eve of the intervention."),
        (4, "Les frais de route ne suivent pas le prix de l’essence.", "Travel costs do not follow the price of petrol."),
    ),
}  # fmt: skip
VOICES[About.DEBRIEF] = (
    *((9, french, english) for french, english in DEBRIEF_GOOD),
    *((5, french, english) for french, english in DEBRIEF_BAD),
)
ANSWER_SHARES = {
    About.DEBRIEF: 0.3,  # of those who had to be asked
    About.CANCELLATION: 0.25,
    About.ONBOARDING: 0.6,
    About.RELATION: 0.45,
    About.PULSE: 0.65,
}
