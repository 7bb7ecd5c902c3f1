"""What the clients and the partners of the demonstration say, in both languages.

A line is (reason, French, English). `{first}` is the partner's first name. The reason is the code
of the chip a client would tap; the discipline's own lines come under its code, the others suit all.
"""

from __future__ import annotations

Line = tuple[str, str, str]

PRAISE: dict[str, tuple[Line, ...]] = {
    "all": (
        ("punctuality", "{first} a commencé à l’heure dite, tout était prêt en cinq minutes.", "{first} came right on time and was ready within five minutes."),
        ("listening", "{first} a pris le temps de poser des questions avant de commencer.", "{first} took the time to ask questions before starting."),
        ("introduction", "Le message de présentation reçu deux jours avant nous a bien aidés.", "The introduction we received two days before really helped."),
        ("act", "Exactement ce que nous avions demandé, sans mauvaise surprise.", "Exactly what we asked for, no bad surprise."),
        ("follow_up", "Un petit mot le lendemain pour savoir si tout allait bien, c’est rare.", "A short note the next day to ask if all was well, that is rare."),
        ("preparation", "On sentait que la demande avait été lue avant de venir.", "You could tell the request had been read before the visit."),
        ("listening", "De l’écoute, de la discrétion et du métier.", "A good listener, discreet, very professional."),
        ("act", "L’équipe en parle encore, nous recommanderons une date.", "The team still talks about it, we will book another date."),
        ("price", "Le prix était clair dès le départ et n’a pas bougé.", "The price was clear from the start and did not change."),
        ("punctuality", "Commencé et terminé à l’heure, ce qui compte beaucoup chez nous.", "Started and finished on time, which matters a lot here."),
        ("follow_up", "La réservation a pris deux minutes et la réponse est venue le jour même.", "Booking took two minutes and the answer came the same day."),
        ("act", "Rien à changer, gardez cette qualité.", "Nothing to change, keep this quality."),
    ),
    "yoga": (
        ("act", "Une séance douce, chacun a pu suivre à son rythme.", "A gentle class, everyone could follow at their own pace."),
        ("listening", "{first} a adapté les postures pour deux collègues qui ont mal au dos.", "{first} adapted the postures for two colleagues with back pain."),
        ("preparation", "Les tapis étaient propres et déjà installés.", "The mats were clean and already laid out."),
        ("act", "On ressort calme, et la semaine passe mieux.", "You leave calm, and the week goes better."),
    ),
    "massage": (
        ("act", "Quinze minutes et la nuque enfin détendue.", "Fifteen minutes and my neck is relaxed at last."),
        ("listening", "{first} a tout de suite vu où ça coinçait.", "{first} saw at once where it was stuck."),
        ("preparation", "La salle était prévenue et les créneaux affichés.", "The room was warned and the slots were on the door."),
        ("act", "Vingt-deux collègues servis, vingt-deux sourires.", "Twenty-two colleagues served, twenty-two happy."),
    ),
    "nutrition": (
        ("act", "Des recettes simples, elles circulent encore dans l’équipe.", "Simple recipes, they still go round the team."),
        ("listening", "{first} n’a jugé personne et a répondu à toutes les questions.", "{first} judged nobody and answered every question."),
        ("follow_up", "Le compte rendu est arrivé le lendemain, clair et utile.", "The written plan came the next day, clear and useful."),
        ("act", "Les enfants ont goûté les lentilles, personne n’y croyait.", "The children tasted the lentils, nobody had believed it."),
    ),
    "handyman": (
        ("act", "Réparé au premier passage, propre, et l’explication en prime.", "Fixed on the first visit, clean, with the explanation as a bonus."),
        ("price", "Prix clair, venu à l’heure, tout rangé en partant.", "Clear price, came on time, everything tidied up on leaving."),
        ("preparation", "{first} avait la bonne pièce dans sa camionnette.", "{first} had the right part in the van."),
        ("listening", "{first} a proposé plus simple et moins cher que ce que je demandais.", "{first} proposed something simpler and cheaper than I asked for."),
    ),
}  # fmt: skip

RESERVE: dict[str, tuple[Line, ...]] = {
    "all": (
        ("preparation", "Bonne prestation, mais nous ne savions pas ce qu’il fallait préparer.", "Good work, but we did not know what to prepare."),
        ("introduction", "Nous aurions aimé savoir qui venait avant le jour même.", "We would have liked to know who was coming before the day itself."),
        ("follow_up", "Très bien sur place, moins bien pour obtenir une réponse ensuite.", "Very good on site, less so to get an answer afterwards."),
        ("price", "Satisfait du travail, un peu cher pour la durée.", "Happy with the work, a little expensive for the time."),
        ("punctuality", "Dix minutes de retard, rattrapées avec le sourire.", "Ten minutes late, made up for with good humour."),
        ("act", "Bien, sans plus : on attendait un peu plus de conseils.", "Fine, no more: we expected a bit more advice."),
        ("follow_up", "Il a fallu relancer deux fois pour avoir la date.", "We had to ask twice to get a date."),
        ("preparation", "Le badge d’accès n’était pas prêt, personne ne nous avait dit de le prévoir.", "The access badge was not ready, nobody had told us to plan it."),
    ),
    "yoga": (("preparation", "Bonne séance, mais un message sur les tapis la veille aurait suffi.", "Good class, but a word about the mats the day before would have done."),),
    "massage": (("act", "Agréable, la musique était un peu forte pour un bureau ouvert.", "Pleasant, the music was a bit loud for an open office."),),
    "nutrition": (("act", "Intéressant, un peu trop théorique pour nos équipes de nuit.", "Interesting, a little too theoretical for our night shift."),),
    "handyman": (("act", "Le meuble tient, une porte frotte encore un peu.", "The cabinet holds, one door still rubs a little."),),
}  # fmt: skip

BLAME: dict[str, tuple[Line, ...]] = {
    "all": (
        ("punctuality", "Trente-cinq minutes de retard et aucun appel pour prévenir.", "Thirty-five minutes late and no call to warn us."),
        ("follow_up", "Trois messages sans réponse depuis la semaine dernière.", "Three messages without an answer since last week."),
        ("introduction", "Personne ne nous a dit qui venait, l’accueil a fait attendre {first} dehors.", "Nobody told us who was coming, reception left the person waiting outside."),
        ("preparation", "La demande n’avait visiblement pas été lue.", "The request had clearly not been read."),
        ("listening", "Nous avons répété trois fois la même chose, sans être entendus.", "We said the same thing three times without being heard."),
        ("price", "Le montant facturé n’est pas celui du devis.", "The amount billed is not the one quoted."),
        ("act", "Le résultat n’est pas celui que nous avions commandé.", "The result is not what we ordered."),
    ),
    "yoga": (
        ("preparation", "Pas assez de tapis, cinq personnes ont regardé les autres.", "Not enough mats, five people watched the others."),
        ("act", "Séance trop difficile pour des débutants, deux collègues sont partis.", "The class was too hard for beginners, two colleagues left."),
    ),
    "massage": (
        ("preparation", "La salle n’était pas prévenue, deux collègues n’ont pas pu passer.", "The room was not warned, two colleagues could not have their turn."),
        ("introduction", "{first} ne savait ni combien de personnes ni quel étage.", "{first} knew neither how many people nor which floor."),
        ("preparation", "Aucune consigne transmise, une demi-heure perdue à installer.", "No instructions passed on, half an hour lost setting up."),
        ("punctuality", "Vingt minutes de retard et la salle n’était pas prête.", "Twenty minutes late and the room was not ready."),
    ),
    "nutrition": (
        ("follow_up", "Le plan promis sous 48 h n’est jamais arrivé.", "The plan promised within 48 hours never came."),
        ("act", "Des conseils culpabilisants, ce n’est pas ce que nous voulions.", "Advice that made people feel guilty, not what we wanted."),
    ),
    "handyman": (
        ("act", "Le robinet fuit encore après deux passages.", "The tap still leaks after two visits."),
        ("preparation", "Il manquait la pièce, il a fallu revenir une semaine plus tard.", "The part was missing, a second visit a week later was needed."),
    ),
}  # fmt: skip

# What went wrong with massages at companies, before the briefs were rewritten.
STORY_REASONS = ("preparation", "introduction")

DEBRIEF_GOOD: tuple[tuple[str, str], ...] = (
    ("Accueil chaleureux, la salle était prête et le groupe au complet.", "Warm welcome, the room was ready and the group complete."),
    ("Consignes claires, rien à chercher en arrivant.", "Clear instructions, nothing to look for on arrival."),
    ("Client attentif, nous avons fini cinq minutes en avance.", "Attentive client, we finished five minutes early."),
    ("Très bonne séance, ils veulent la reprendre chaque mois.", "Very good session, they want it every month."),
    ("L’échange de la veille avec le client a tout simplifié.", "The talk with the client the day before made everything simple."),
)  # fmt: skip
DEBRIEF_BAD: tuple[tuple[str, str], ...] = (
    ("Personne à l’accueil n’avait mon nom, j’ai attendu vingt minutes le badge.", "Nobody at reception had my name, I waited twenty minutes for the badge."),
    ("Les consignes parlaient de douze personnes, elles étaient vingt.", "The brief said twelve people, there were twenty."),
    ("La salle était occupée, nous avons commencé dans le couloir.", "The room was taken, we started in the corridor."),
    ("Impossible de joindre le bureau quand le client a changé l’heure.", "I could not reach the office when the client changed the time."),
)  # fmt: skip
SUGGESTIONS: tuple[tuple[str, str], ...] = (
    ("Prévenir l’accueil la veille avec mon nom.", "Tell reception my name the day before."),
    ("Joindre un plan d’accès au brief.", "Attach an access map to the brief."),
    ("Demander le nombre de participants deux jours avant.", "Ask for the number of participants two days before."),
)  # fmt: skip
CANCEL_REASONS: dict[str, tuple[str, ...]] = {
    "client": ("Réunion déplacée", "Trop peu d’inscrits", "Budget reporté", "Enfant malade"),
    "partner": ("Empêchement familial", "Véhicule en panne", "Arrêt maladie"),
    "company": ("Aucun partenaire disponible", "Erreur de planning"),
    "external": ("Grève des transports", "Alerte météo"),
    "not_known": ("",),
}
