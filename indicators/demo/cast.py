"""Who plays in the demonstration: an invented company, its people, clients and services."""

from __future__ import annotations

from dataclasses import dataclass

from triangle.models import Role

PASSWORD = "triangle-demo"  # noqa: S105  # printed by the command, for a marketplace of nobody


@dataclass(frozen=True)
class Account:
    email: str
    first_name: str
    last_name: str
    role: str


CLAIRE = Account("claire.morvan@mieux-ici.example", "Claire", "Morvan", Role.MANAGER)
MATHIS = Account("mathis.leroy@mieux-ici.example", "Mathis", "Leroy", Role.MANAGER)
NORA = Account("nora.benhaddou@mieux-ici.example", "Nora", "Benhaddou", Role.MANAGER)
SONIA = Account("sonia.keller@mieux-ici.example", "Sonia", "Keller", Role.QUALITY_LEAD)
PAUL = Account("paul.tessier@mieux-ici.example", "Paul", "Tessier", Role.RECRUITER)
ALIX = Account("alix.renaud@mieux-ici.example", "Alix", "Renaud", Role.ADMIN)
JULIEN = Account("julien.marchetti@mieux-ici.example", "Julien", "Marchetti", Role.PARTNER)
ACCOUNTS = (CLAIRE, MATHIS, NORA, SONIA, PAUL, ALIX, JULIEN)
MANAGERS = (CLAIRE, MATHIS, NORA)
JOINING = 8  # clients whose onboarding ended lately

DISCIPLINES = {  # code: (English, French, share of the orders)
    "yoga": ("Yoga", "Yoga", 0.28),
    "massage": ("Massage", "Massage", 0.30),
    "nutrition": ("Nutrition", "Nutrition", 0.18),
    "handyman": ("Handyman", "Bricolage", 0.24),
}

SERVICES = (  # external id, name, discipline, promise, amount in euros
    ("yoga-class", "Cours de yoga", "yoga", "Une heure, tapis fournis, tous niveaux.", 140),
    ("yoga-chair", "Yoga sur chaise", "yoga", "Trente minutes au bureau, sans se changer.", 95),
    ("yoga-kids", "Yoga des enfants", "yoga", "Calme et attention, par petits groupes.", 110),
    ("massage-chair", "Massages assis", "massage", "Quinze minutes par personne, habillé.", 260),
    ("massage-table", "Massage sur table", "massage", "Une heure, matériel apporté.", 85),
    ("massage-event", "Espace détente", "massage", "Deux praticiens pour vos journées.", 420),
    ("nutrition-talk", "Atelier nutrition", "nutrition", "Des recettes que l’on refait.", 310),
    ("nutrition-visit", "Bilan nutritionnel", "nutrition", "Un plan écrit sous 48 h.", 75),
    ("nutrition-canteen", "Conseil cantine", "nutrition", "Des menus relus avec l’équipe.", 380),
    ("handyman-repair", "Petites réparations", "handyman", "Réparé au premier passage.", 68),
    ("handyman-assembly", "Montage de meubles", "handyman", "Monté, fixé, emballages repris.", 90),
    ("handyman-plumbing", "Plomberie légère", "handyman", "Étanchéité vérifiée au départ.", 82),
)

REGIONS = ("Île-de-France", "Lyon", "Nantes", "Rennes", "Lille", "Bordeaux")
SEGMENTS = {
    "key_account": ("Key accounts", "Grands comptes"),
    "mid_size": ("Mid-size", "Entreprises moyennes"),
    "small": ("Small", "Petites structures"),
    "household": ("Households", "Foyers"),
}

PARTNERS = {  # per discipline; the first of each is known to the pictures of the product
    "yoga": (
        "Inès Dufour",
        "Élodie Prigent",
        "Camille Aubry",
        "Théo Lacombe",
        "Salomé Vidal",
        "Bastien Roy",
        "Maya Chevallier",
        "Lise Fontaine",
        "Gaël Tanguy",
        "Anouk Besson",
    ),
    "massage": (
        "Julien Marchetti",
        "Sofia Lemaire",
        "Amélie Garnier",
        "Kevin Nguyen",
        "Lucie Barbier",
        "Omar Haddad",
        "Pauline Rey",
        "Damien Colin",
        "Zoé Perrin",
        "Antoine Marchal",
        "Carla Ferreira",
        "Yanis Morel",
    ),
    "nutrition": (
        "Amandine Koné",
        "Claire-Marie Petit",
        "Louise Gauthier",
        "Rémi Dupuy",
        "Nadège Olivier",
        "Victor Hamon",
        "Farah Meziane",
        "Jeanne Caron",
    ),
    "handyman": (
        "Rachid Belkacem",
        "Thomas Weber",
        "Maël Kerdoncuff",
        "Sébastien Joly",
        "Ana Lopes",
        "Fabrice Millet",
        "Mickaël Blin",
        "Hervé Guillou",
        "Corentin Sabatier",
        "Idriss Fall",
    ),
}

COMPANY_STEMS = (
    "Lumen", "Novatis", "Vasseur", "Delorme", "Arvor", "Belledonne", "Cassiopée", "Dolmen",
    "Estuaire", "Fougère", "Garance", "Helvia", "Iroise", "Jasmin", "Kermadec", "Lagune",
    "Mistral", "Nervure", "Ondine", "Pampa", "Quartz", "Ripaille", "Saline", "Tilleul",
    "Umbria", "Verdon", "Wallis", "Xylo", "Ysatis", "Zéphyr",
)  # fmt: skip
COMPANY_KINDS = ("Assurances", "Labs", "Conseil", "Logistique", "Santé", "Énergie")
SCHOOLS = (
    "École Jules-Ferry", "École des Tilleuls", "Collège Simone-Veil", "Lycée Jean-Macé",
    "École du Parc", "Collège Les Rives", "École Marie-Curie", "Lycée Émilie-du-Châtelet",
    "École La Fontaine", "Collège George-Sand", "École des Remparts", "École Jacques-Prévert",
)  # fmt: skip
FIRST_NAMES = (
    "Hélène", "Nadia", "Marc", "Sandrine", "Karim", "Thomas", "Agnès", "Luc", "Fatou", "Denis",
    "Sarah", "Olivier", "Chloé", "Pascal", "Mélanie", "Yves", "Leïla", "Benoît", "Aurore", "Samir",
)  # fmt: skip
LAST_NAMES = (
    "Roussel", "Ferrand", "Ollivier", "Petit", "Benali", "Giraud", "Marty", "Lebrun", "Diallo",
    "Poulain", "Cohen", "Masson", "Renault", "Blanc", "Texier", "Le Gall", "Arnaud", "Da Silva",
    "Picard", "Lemoine", "Schmitt", "Bonnet", "Rivière", "Maillard", "Tran",
)  # fmt: skip
PLACES = (
    "salle du rez-de-chaussée",
    "étage 4",
    "espace pause",
    "salle Ravel",
    "gymnase",
    "accueil",
)
