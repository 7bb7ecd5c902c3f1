"""What each survey says on the first day, in French and English; a quality lead goes on from here.

Written here as plain sentences: no-break spaces are put in where French typography wants them.
"""

from __future__ import annotations

from dataclasses import replace

from feedback.models.survey import About
from feedback.surveys.wording import Bands, Content, Words, french, has_grid

ASK_FR = Bands(
    low="Que devons-nous corriger ?",
    middle="Qu’est-ce qui a manqué ?",
    high="Que devons-nous garder ?",
    neutral="Pourquoi cette note ?",
)
ASK_EN = Bands(
    low="What should we put right?",
    middle="What was missing?",
    high="What should we keep?",
    neutral="Why this score?",
)
THANKS_FR = "Ce que vous dites nourrit ce que nous demandons à nos partenaires."
THANKS_EN = "What you say goes into what we ask of our partners."
TALK_FR = "Vous préférez parler ? Demandez un rappel sur {link}."
TALK_EN = "Would you rather talk? Ask for a call on {link}."
SIGNED_FR = "Merci,\n{manager}, {company}"
SIGNED_EN = "Thank you,\n{manager}, {company}"


def _letter(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def _french(*told: str, asked: str = TALK_FR) -> str:
    return _letter("Bonjour {first_name},", *told, *([asked] if asked else []), SIGNED_FR)


def _english(*told: str, asked: str = TALK_EN) -> str:
    return _letter("Hello {first_name},", *told, *([asked] if asked else []), SIGNED_EN)


INTERVENTION = Content(
    fr=Words(
        subject="{company} vous demande : « {service} » du {day}",
        body=_french(
            "Vous avez fait appel à nous pour {intervention}. "
            "Une seule question, trente secondes :",
            "{scores}",
        ),
        reminder_subject="Rappel de {company} : votre avis sur « {service} » du {day}",
        reminder_body=_french(
            "Nous n’avons pas encore votre avis sur {intervention}.",
            "Un chiffre et quelques mots suffisent, jusqu’au {until} :",
            "{scores}",
        ),
        thanks=THANKS_FR,
        questions=ASK_FR,
    ),
    en=Words(
        subject="{company} asks you: how was “{service}” on {day}?",
        body=_english(
            "You called on us for {intervention}. One question, thirty seconds:",
            "{scores}",
        ),
        reminder_subject="Reminder from {company}: how was “{service}” on {day}?",
        reminder_body=_english(
            "We do not have your view yet on {intervention}.",
            "A number and a few words are enough, until {until}:",
            "{scores}",
        ),
        thanks=THANKS_EN,
        questions=ASK_EN,
    ),
)

CANCELLATION = Content(
    fr=Words(
        subject="{company} vous demande : l’annulation de « {service} » du {day}",
        body=_french(
            "L’intervention suivante a été annulée : {intervention}. Nous voulons savoir comment "
            "vous l’avez vécu. Une seule question, trente secondes :",
            "{scores}",
        ),
        reminder_subject="Rappel de {company} : l’annulation de « {service} » du {day}",
        reminder_body=_french(
            "Vous ne nous avez pas encore dit comment vous avez vécu cette annulation : "
            "{intervention}.",
            "Un chiffre et quelques mots suffisent, jusqu’au {until} :",
            "{scores}",
        ),
        thanks="Ce que vous dites nous aide à éviter les annulations, ou à mieux les gérer.",
        questions=Bands(
            low="Qu’aurions-nous dû faire autrement ?",
            middle="Qu’est-ce qui a manqué ?",
            high="Qu’avons-nous bien fait, malgré l’annulation ?",
            neutral="Pourquoi cette note ?",
        ),
    ),
    en=Words(
        subject="{company} asks you: the cancellation of “{service}” on {day}",
        body=_english(
            "This intervention was cancelled: {intervention}. We would like to know how that was "
            "for you. One question, thirty seconds:",
            "{scores}",
        ),
        reminder_subject="Reminder from {company}: the cancellation of “{service}” on {day}",
        reminder_body=_english(
            "You have not told us yet how this cancellation was for you: {intervention}.",
            "A number and a few words are enough, until {until}:",
            "{scores}",
        ),
        thanks="What you say helps us to avoid cancellations, or to handle them better.",
        questions=Bands(
            low="What should we have done differently?",
            middle="What was missing?",
            high="What did we do well, in spite of the cancellation?",
            neutral="Why this score?",
        ),
    ),
)

ONBOARDING = Content(
    fr=Words(
        subject="{company} vous demande : vos débuts avec nous",
        body=_french(
            "Vos débuts avec {company} sont derrière vous : vos attentes sont notées, vous "
            "connaissez vos interlocuteurs. Comment cela s’est-il passé ? "
            "Une seule question, trente secondes :",
            "{scores}",
        ),
        reminder_subject="Rappel de {company} : vos débuts avec nous",
        reminder_body=_french(
            "Vous ne nous avez pas encore dit comment se sont passés vos débuts avec nous.",
            "Un chiffre et quelques mots suffisent, jusqu’au {until} :",
            "{scores}",
        ),
        thanks="Ce que vous dites améliore l’accueil de nos prochains clients, et la suite "
        "avec vous.",
        questions=Bands(
            low="Qu’est-ce qui vous a gêné dans vos débuts avec nous ?",
            middle="Qu’est-ce qui a manqué pour bien démarrer ?",
            high="Qu’est-ce qui vous a aidé à bien démarrer ?",
            neutral="Pourquoi cette note ?",
        ),
    ),
    en=Words(
        subject="{company} asks you: your first steps with us",
        body=_english(
            "Your first steps with {company} are behind you: your needs are noted, and you know "
            "whom to turn to. How did it go? One question, thirty seconds:",
            "{scores}",
        ),
        reminder_subject="Reminder from {company}: your first steps with us",
        reminder_body=_english(
            "You have not told us yet how your first steps with us went.",
            "A number and a few words are enough, until {until}:",
            "{scores}",
        ),
        thanks="What you say improves the welcome of our next clients, and what comes next "
        "with you.",
        questions=Bands(
            low="What got in your way when you started with us?",
            middle="What was missing for a good start?",
            high="What helped you to a good start?",
            neutral="Why this score?",
        ),
    ),
)

RELATION = Content(
    fr=Words(
        subject="{company} vous demande : où en sommes-nous ensemble ?",
        body=_french(
            "Une fois n’est pas coutume, nous ne parlons pas d’une intervention précise, mais de "
            "notre relation dans son ensemble : l’écoute, la réactivité, le suivi. "
            "Une seule question, trente secondes :",
            "{scores}",
        ),
        reminder_subject="Rappel de {company} : où en sommes-nous ensemble ?",
        reminder_body=_french(
            "Votre avis sur notre relation nous manque encore.",
            "Un chiffre et quelques mots suffisent, jusqu’au {until} :",
            "{scores}",
        ),
        thanks="Ce que vous dites guide nos priorités des prochains mois.",
        questions=Bands(
            low="Que devons-nous changer dans notre relation ?",
            middle="Que pourrions-nous faire de mieux pour vous ?",
            high="Qu’est-ce qui compte le plus pour vous dans notre relation ?",
            neutral="Pourquoi cette note ?",
        ),
    ),
    en=Words(
        subject="{company} asks you: how are we doing together?",
        body=_english(
            "For once this is not about one intervention, but about our relation as a whole: "
            "listening, answering quickly, following up. One question, thirty seconds:",
            "{scores}",
        ),
        reminder_subject="Reminder from {company}: how are we doing together?",
        reminder_body=_english(
            "We would still like your view on our relation.",
            "A number and a few words are enough, until {until}:",
            "{scores}",
        ),
        thanks="What you say sets our priorities for the coming months.",
        questions=Bands(
            low="What should we change in our relation?",
            middle="What could we do better for you?",
            high="What matters most to you in our relation?",
            neutral="Why this score?",
        ),
    ),
)

DEBRIEF = Content(
    fr=Words(
        subject="Votre retour sur « {service} » du {day}",
        body=_french(
            "Comment s’est passée votre intervention {intervention} ? "
            "Soixante secondes suffisent :",
            "{link}",
            "Brief, accès, accueil, soutien : ce que vous dites améliore les conditions de votre "
            "travail. Votre retour et l’avis du client restent cachés l’un à l’autre jusqu’à ce "
            "que les deux soient là.",
            asked="",
        ),
        reminder_subject="Rappel de {company} : votre retour sur « {service} » du {day}",
        reminder_body=_french(
            "Votre retour sur {intervention} nous manque encore. Soixante secondes suffisent, "
            "jusqu’au {until} :",
            "{link}",
            asked="",
        ),
    ),
    en=Words(
        subject="Your debrief of “{service}” on {day}",
        body=_english(
            "How did your intervention {intervention} go? Sixty seconds are enough:",
            "{link}",
            "Brief, access, welcome, support: what you say improves the conditions of your work. "
            "Your debrief and the client’s answer stay hidden from each other until both are in.",
            asked="",
        ),
        reminder_subject="Reminder from {company}: your debrief of “{service}” on {day}",
        reminder_body=_english(
            "We still miss your debrief of {intervention}. Sixty seconds are enough, "
            "until {until}:",
            "{link}",
            asked="",
        ),
    ),
)

PULSE = Content(
    fr=Words(
        subject="{company} vous demande : travailler avec nous",
        body=_french(
            "Vous intervenez chez nos clients ; à nous de vous demander comment cela se passe de "
            "votre côté. Une seule question, trente secondes :",
            "{scores}",
            asked="",
        ),
        reminder_subject="Rappel de {company} : travailler avec nous",
        reminder_body=_french(
            "Votre avis sur le travail avec nous compte, et nous aimerions encore le connaître.",
            "Un chiffre et quelques mots suffisent, jusqu’au {until} :",
            "{scores}",
            asked="",
        ),
        thanks="Les résultats sont lus ensemble, jamais par personne.",
        questions=Bands(
            low="Que devons-nous changer pour que travailler avec nous devienne plus simple ?",
            middle="Qu’est-ce qui vous manque pour bien travailler avec nous ?",
            high="Que devons-nous garder ?",
            neutral="Pourquoi cette note ?",
        ),
    ),
    en=Words(
        subject="{company} asks you: working with us",
        body=_english(
            "You work at our clients; it is our turn to ask how that is for you. "
            "One question, thirty seconds:",
            "{scores}",
            asked="",
        ),
        reminder_subject="Reminder from {company}: working with us",
        reminder_body=_english(
            "Your view of working with us counts, and we would still like to have it.",
            "A number and a few words are enough, until {until}:",
            "{scores}",
            asked="",
        ),
        thanks="Results are read together, never person by person.",
        questions=Bands(
            low="What should we change to make working with us easier?",
            middle="What do you lack to work well with us?",
            high="What should we keep?",
            neutral="Why this score?",
        ),
    ),
)

_WRITTEN = {
    About.INTERVENTION: INTERVENTION,
    About.CANCELLATION: CANCELLATION,
    About.ONBOARDING: ONBOARDING,
    About.RELATION: RELATION,
    About.DEBRIEF: DEBRIEF,
    About.PULSE: PULSE,
}


def content(about: str) -> Content:
    written = _WRITTEN[About(about)]
    readers = ("company", "named", "aggregated") if has_grid(about) else ()
    return replace(written, fr=_set(written.fr), readers=readers)


def _set(words: Words) -> Words:
    """French typography, so that no line breaks before a colon or inside quotation marks."""
    bands = {name: french(text) for name, text in vars(words.questions).items()}
    return Words(
        subject=french(words.subject),
        body=french(words.body),
        reminder_subject=french(words.reminder_subject),
        reminder_body=french(words.reminder_body),
        intro=french(words.intro),
        thanks=french(words.thanks),
        questions=Bands(**bands),
    )
