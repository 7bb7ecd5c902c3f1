"""The dictionary every installation starts with: themes of whys and the words that stand for them.

Terms are words or short phrases between commas, as people write them; accents, plurals and most
endings do not matter, and one word may stand between the words of a phrase. Where two terms begin
at the same word, the longer one counts: a phrase given to one theme keeps its words from others.
Codes that are also codes of reason chips mean the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from feedback.themes.labelling import ENGLISH, FRENCH, Term, term


@dataclass(frozen=True)
class Theme:
    code: str
    name_en: str
    name_fr: str
    french: str
    english: str


THEMES = (
    Theme(
        "punctuality",
        "Punctuality",
        "Ponctualité",
        """
        ponctuel, ponctuelle, ponctualité, retard, en retard, à l’heure, à l’heure dite, à
        l’heure prévue, pile à l’heure, heure pile, comme convenu, en avance, arrivé trop
        tôt, venu trop tôt, arrivé trop tard, pas venu, pas venue, jamais venu, jamais
        venue, ne vient pas, pas présenté, pas présentée, posé un lapin, heure convenue,
        horaire convenu, horaires respectés, respect des horaires, respecte les horaires,
        parti plus tôt, partie plus tôt, parti avant, écourté, écourtée, arrivé tard,
        planning respecté, commencé à l’heure, terminé à l’heure
        """,
        """
        punctual, punctuality, on time, late, very late, too late, early, delay, delayed, no
        show, never came, never showed up, did not show up, didn't show up, did not come,
        didn't come, as agreed, cut short, left early, running late
        """,
    ),
    Theme(
        "listening",
        "Listening and kindness",
        "Écoute et amabilité",
        """
        écoute, écouter, écouté, entendu, attentif, attentionné, attentionnée, peu
        d’attention, attention aux clients, attention pour chacun, attention à chacun,
        aimable, amabilité, gentil, gentille, gentillesse, gentiment, sympa, sympathique,
        simpathique, sympatique, sympathie, souriant, sourire, accueil, acceuil, accueuil,
        accueillant, accueillante, acceuillant, accueilli, accueillir, accueil réservé,
        qualité de l’accueil, qualité d’accueil, accueil de qualité, qualité du personnel,
        bien reçu, bien reçue, mal reçu, bonne réception, poli, polie, politesse, impoli,
        courtois, courtoise, courtoisie, respectueux, respectueuse, irrespectueux, respect
        du client, respect des clients, manque de respect, bienveillant, bienveillante,
        bienveillance, patient, patiente, patience, impatient, très doux, très douce, doux
        et, douce et, est doux, est douce, discret, discrète, discrétion, discrètement,
        chaleureux, chaleureuse, serviable, serviabilité, prévenant, empathie, empathique,
        humain, humaine, froide et, froid et, cassante, cassant, désagréable, antipathique,
        arrogant, arrogante, hautain, hautaine, méprisant, méprisante, mépris, agressif,
        agressive, grossier, grossière, malpoli, malpolie, mal poli, mal élevé, râleur,
        humeur, dire bonjour, dit bonjour, un bonjour, sourire bonjour, petits soins, petit
        soin, personnel agréable, personnel est agréable, personnel est très agréable,
        personnel très agréable, personnel toujours agréable, équipe agréable, équipe très
        agréable, vendeur agréable, vendeur très agréable, vendeuse agréable, vendeuse très
        agréable, vendeurs sont agréables, employés agréables, employés très agréables,
        caissière agréable, caissières agréables, caissières pas agréables, caissières très
        agréables, caissières sont agréables, hôtesse agréable, personne agréable, personne
        très agréable, prof agréable, agréable et souriant, agréable et compétent, agréable
        et disponible, agréable et serviable, agréable et professionnel, pas agréable, peu
        agréable, souriant et agréable, disponible et agréable, sympathique et agréable,
        accueil agréable, personnel et l’ambiance, hôtesses agréables, hôtesses sont
        agréables, extrêmement agréable, compétent et agréable, personnel charmant, équipe
        charmante, vendeuse charmante, vendeur charmant, est charmant, juge pas, juge
        personne, jugé, juger, jugement, culpabilisant, s’adapte à, s’adapte bien, adapte
        chaque, adapté à chacun, adapté à notre, adapté à nos, adapté à mes, su s’adapter,
        personnalisé, personnalisée, individualisé, individualisée, compréhensif, à l’aise,
        rassurant, rassurante, rassuré, confiance, trop pressé, trop pressée, semblait
        pressé, était pressé, trop rapide pour, trop vite, coupe la parole, parle trop,
        têtu, de considération, relationnel, convivial, convivialité, avenant, amical,
        amicale, adorable, aide précieuse, prêt à aider, toujours prêt, rendre service, m’a
        aidé, m’ont aidé, nous a aidé, prêts à aider, à mon service
        """,
        """
        listen, listens, listening, listened, heard, attentive, kind, kindness, friendly,
        nice person, smile, smiling, polite, rude, impolite, welcome, welcoming, respectful,
        respect, patient, patience, caring, gentle, warm, discreet, helpful, unhelpful,
        arrogant, cold, adapted, adapts, tailored, judged, judge, judgemental, reassuring,
        attitude, considerate, personalised, personalized, in a hurry, rushed
        """,
    ),
    Theme(
        "skill",
        "Skill and advice",
        "Savoir-faire et conseil",
        """
        compétent, compétence, incompétent, incompétence, compétant, agréable et compétent,
        agréable et professionnel, compétent et agréable, professionnel et agréable,
        conseil, conseillé, conseiller, conseillère, conseiller dans choix, guider dans
        choix, aider dans choix, conseils de qualité, qualité des conseils, personnel de
        qualité, professionnel, professionnelle, professionnalisme, professionalisme, pro,
        pros, savoir faire, expert, experte, expertise, expérimenté, expérimentée,
        connaissance, connaît son métier, connaît son sujet, connaît bien son, connaissent
        leur, connaissent les produits, connaît son travail, maîtrise, qualifié, qualifiée,
        spécialiste, spécialisé, passionné, bien formé, mal formé, pas formé, personnel
        formé, aucune formation, manque de formation, formation du personnel, former le
        personnel, former les, former vos, former quelques, efficace, efficacité,
        inefficace, performant, performent, technique, gestes précis, pédagogue, pédagogie,
        pédagogique, explique, explication, explications, renseigné, renseignée, renseigner,
        renseigne, renseignement, correction des postures, corrections précises, corrige,
        soigneux, soigneuse, travail soigné, bâclé, bâclée, amateurisme, improvise,
        improvisé, mains en or, main sûre, guider, guidé, répond aux questions, répondre aux
        questions, répondre à mes questions, répondu à mes questions, répondre à nos
        questions, répond à toutes les questions, répondu à toutes, métier, talent,
        talentueux, banalités, trop théorique, rien appris, appris, pertinent, pertinents,
        contradictoires, sait ce qu’il fait, sait ce qu’elle fait, savoir ce qu’il fait,
        savoir ce qu’elle fait, sait où, bon praticien, bonne praticienne, bon artisan
        """,
        """
        skill, skills, skilled, skilful, competent, incompetent, professional,
        unprofessional, professionalism, expert, expertise, experienced, knowledge,
        knowledgeable, advice, advise, advised, efficient, trained, qualified, explained,
        explains, explain, explanation, teacher, teaching, learnt, learned, technique,
        thorough, sloppy, knows the job, knows his job, knows her job, too theoretical
        """,
    ),
    Theme(
        "result",
        "Result and quality",
        "Résultat et qualité",
        """
        bon résultat, résultats, aucun résultat, sans résultat, résultat décevant, résultat
        est, beau résultat, soulagé, soulagée, soulagement, soulage, détendu, détendue,
        détente, relaxant, relaxé, relaxée, relaxation, apaisé, apaisant, moment de calme,
        calme, reposé, ça fait du bien au, fait du bien au corps, un bien fou, mon bien
        être, débloqué, débloquée, ont disparu, a disparu, dors mieux, moins de stress,
        moins stressé, moins mal, plus d’énergie, raide, revis, réparé, réparer, réparation,
        fuite, fuit, fonctionne pas, fonctionne plus, fonctionne bien, fonctionne enfin,
        fonctionne parfaitement, marche pas, marche plus, en panne, cassé, casse, cassent,
        abîmé, abîmée, défectueux, défaut, mauvais état, bon état, médiocre, mal fait, bien
        fait pour, bon travail, beau travail, bon boulot, finition, finitions, solide,
        fragile, tient bien, tient pas, tient plus, tiennent mieux, tiennent pas, bouge
        encore, bouge toujours, qualité, au rendez vous, rapport qualité, bons produits, bon
        produit, beaux produits, belles plantes, plantes superbes, plantes sont belles, dure
        pas, durent pas, dureront pas, pas frais, très frais, peu frais, toujours frais,
        fraîcheur, pourri, pourrie, moisi, moisissure, fané, fanée, faner, crevé, crevée,
        mort, morte, mourir, meurent, meurt, malade, maladie, vigoureux, dépérit,
        dépérissent, flétri, desséché, sec, sèches, périmé, périmée, délicieux, délicieuse,
        dégustation, bon goût, sans goût, pas de goût, perdu du poids, magnifiques, manque
        d’arrosage, manquent d’arrosage, mal arrosé, pas arrosé, manque d’eau, manquent
        d’eau, sans effet, aucun effet, aucun changement, rien senti, progrès, progressé,
        bien repris, toujours repris, pas repris, développe pas, poussent pas, pousse pas,
        viennent pas, ont pas pris, a pas pris, survivre, à l’envers, satisfait des
        produits, satisfait des achats, satisfaite des produits, satisfait de mes achats,
        satisfaite de nos achats, déçu par achat, déçue par achat, déçu de achat, déçu par
        mes achats, décédé, décédés, incomplet, incomplète, mauvaise santé, triste mine,
        assoiffées, assoiffé, plantes étaient superbes, superbes plantes, belles fleurs,
        fuient, pas poussé, pas tenu, a pas fleuri, ont pas fleuri
        """,
        """
        result, results, outcome, quality, good quality, poor quality, relaxed, relaxing,
        relief, relieved, calm, sleep better, less stress, less pain, repaired, fixed, not
        fixed, leak, leaks, leaking, broken, broke, works, does not work, doesn't work,
        stopped working, solid, faulty, finish, finishing, tasty, delicious, fresh, rotten,
        dead, died, no effect, no improvement, lost weight, well done, good work, good job,
        poor job, bad job
        """,
    ),
    Theme(
        "preparation",
        "Preparation",
        "Préparation",
        """
        préparation, préparé, préparée, bien préparé, mal préparé, pas préparé, préparer la
        séance, préparer la salle, préparer la venue, il fallait préparer, pas prêt, pas
        prête, tout était prêt, salle était prête, déjà installé, installé rapidement, tout
        prévu, avait tout prévu, tout était prévu, rien prévu, bonne pièce, bonnes pièces,
        mauvaise pièce, sans son matériel, sans ses outils, sans matériel, oublié son
        matériel, oublié ses outils, oublié son, oublié ses, pas lu, avait lu, avait été
        lue, demande lue, connaissait le dossier, connaissait déjà, connaissait nos,
        connaissait notre, au courant de notre, savait déjà, prévenu de ma, avant de venir,
        dû emprunter, à prévoir, apporté tout, tout apporté, lu mon questionnaire, lu le
        questionnaire, lu la demande, donnée à l’avance
        """,
        """
        prepared, preparation, unprepared, well prepared, not ready, was ready, everything
        ready, set up, brief read, had read, had not read, hadn't read, forgot his, forgot
        her, right part, wrong part, without tools, without his tools, what to prepare, knew
        our needs
        """,
    ),
    Theme(
        "follow_up",
        "Follow-up and answers",
        "Suivi et réponses",
        """
        suivi, suivi après, pas de suivi, relance, relancé, relancer, sans réponse, pas de
        réponse, aucune réponse, toujours pas de réponse, pas répondu, jamais répondu, ne
        répond pas, ne répond jamais, répond pas, réponse à mon, réponse à ma, réponse à
        mes, réponse à notre, réponse à nos, réponse rapide, réponse le jour même, faute de
        réponse, attends toujours, attends encore, attendons toujours, aucune nouvelle, sans
        nouvelles, pas de nouvelles, rappelé, rappelée, rappeler, rappelle, compte rendu,
        rapport écrit, rapport reçu, rapport clair, réclamation, réclamer, sav pourri, sav,
        service après vente, après vente, garantie, garanti, remboursé, remboursée,
        rembourser, remboursement, remboursent, échange, échanger, litige, un avoir, me
        changer, refusé de reprendre, reprendre le produit, reprise du produit, ont repris,
        a repris, les a reprises, mot le lendemain, petit mot, envoyé le lendemain, envoyés
        le lendemain, reçu le lendemain, arrivé le lendemain, appelé le lendemain, rappelé
        le lendemain, doit revenir, doit repasser, repassé, passé pour vérifier, revenu
        vérifier, passé vérifier, jours après pour, prendre des nouvelles, pris des
        nouvelles, plan écrit, jamais arrivé, échange après
        """,
        """
        follow up, followed up, no answer, no reply, never answered, never replied, did not
        answer, didn't answer, did not reply, didn't reply, unanswered, call back, called
        back, still waiting for, still no, reminder, complaint, refund, refunded, guarantee,
        warranty, exchange, next day, report, written plan, came back to check, after sales
        """,
    ),
    Theme(
        "information",
        "Information",
        "Information",
        """
        information, informations, info, infos, informé, informée, informer, prévenu,
        prévenue, prévenir, averti, avertie, avertir, communication, communiquer, pas
        annoncé, pas annoncée, non annoncé, celui annoncé, avait annoncé, affiché, affichée,
        affichage, afficher, prix affiché, prix affichés, affichage des prix, afficher les
        prix, étiquette, étiquettes, étiquetage, étiqueté, étiquetage des prix, mal
        étiqueté, indication, indiqué, indiquée, indiquer, indiquer les prix, prix indiqué,
        prix bien indiqués, prix sont indiqués, prix visible, prix visibles, prix pas
        visibles, sans prix, prix manquants, prix manquent, identifié, mal signalé, bien
        signalé, mieux signaler, mieux signalés, signalisation, signalétique, panneau,
        panneaux, pancarte, panneautage, fléchage, newsletter, fiche technique, fiches
        techniques, publicité, site internet, site web, votre site, pas clair, pas claire,
        peu clair, illisible, lisible, lisibilité, mode d’emploi, explications écrites, plus
        d’explications sur, qui venait, savait qui, savoir qui venait, rien dit, pas dit,
        nous le dire, dit de venir, quelqu’un d’autre, lien reçu, lien de connexion, plus de
        mail, recevoir des mails, plan du magasin, reçois plus de mail, préciser, notice,
        plus de détail, plus de détails, trompeur, trompeuse, signaler les journées, moteur
        de recherche, sans étiquette, correspond pas, correspondent pas, trop peu
        d’explications, prix en caisse, prix à la caisse, prix différent, prix différents,
        erreur de prix, erreurs de prix, chercher le prix, chercher les prix, recherche du
        prix, trouver le prix, trouver les prix, pas de tarif, mettre les prix, prix au
        rayon
        """,
        """
        information, informed, inform, told, not told, nobody told, did not tell, didn't
        tell, warn, warned, without warning, announced, communication, communicate, unclear,
        not clear, label, labels, sign, signs, website, newsletter, leaflet, instructions,
        who was coming, price tag, price tags
        """,
    ),
    Theme(
        "equipment",
        "Equipment",
        "Matériel",
        """
        matériel, équipement, équipements, bien équipé, mal équipé, chariot, charriot,
        chariots, caddie, caddies, caddy, cabas, cartons, cartons à disposition, sacs à
        disposition, sacs pour les achats, sac en papier, sac plastique, sacs plastiques,
        sac cassé, sac de caisse, appareil, machine, sono, musique, micro, projecteur,
        vidéoprojecteur, visio, comptoir, comptoirs, tapis de caisse, scanner, code barre,
        codes barres, caisse automatique, lecteur de carte, les toilettes, des toilettes,
        pas de toilettes, wc, lieu de dépôt
        """,
        """
        equipment, gear, material, trolley, trolleys, basket, bag, bags, chair, chairs,
        device, machine, sound system, music, projector, counter
        """,
    ),
    Theme(
        "price",
        "Price",
        "Prix",
        """
        prix, prix affiché, prix affichés, affichage des prix, afficher les prix, étiquetage
        des prix, prix en caisse, prix à la caisse, prix différent, prix différents, erreur
        de prix, erreurs de prix, chercher le prix, chercher les prix, recherche du prix,
        trouver le prix, trouver les prix, pas de tarif, mettre les prix, prix au rayon,
        indiquer les prix, prix indiqué, prix bien indiqués, prix sont indiqués, prix
        visible, prix visibles, prix pas visibles, sans prix, prix manquants, prix manquent,
        prix doux, prix accessible, tarif, tarifaire, tarification, cher, chère, pas cher,
        trop cher, cherté, onéreux, onéreuse, coûteux, coûteuse, coût, coûte, abordable,
        rapport qualité prix, qualité prix, excessif, exorbitant, prohibitif, abusé, abusif,
        hors de prix, arnaque, salée, budget, bon marché, économique, économies, euro,
        euros, devis, facture, facturé, facturation, surfacturé, supplément, majoration,
        promo, promos, promotion, promotionnel, réduction, remise, rabais, ristourne, solde,
        soldes, actions commerciales, bon d’achat, bons d’achat, bon de réduction, bons de
        réduction, bon cadeau, bons cadeaux, chèque, chèques, chèque cadeau, carte cadeau,
        petit cadeau, carte, carte de fidélité, carte périmée, bon périmé, bons périmés,
        carte club, carte membre, sur présentation, présentation de la carte, fidélité,
        programme de fidélité, récompensé, avantage, avantages, mes points, points fidélité,
        points de fidélité, compte de points, nombre de points, cumul de points, les points,
        des points, points gagnés, payant, payante, payer, paye, payé, payée, paiement,
        moyen de paiement, gratuit, gratuite, gratuité, gratuitement, remboursé par la
        mutuelle, compétitif, rentable, montant, geste commercial, geste commerciaux, faire
        un geste, coupon, coupons, frais de livraison, frais de port, prix de la livraison,
        prix livraison, journée club, offres club, offre club
        """,
        """
        price, prices, priced, pricing, cost, costs, costly, expensive, not expensive,
        cheap, cheaper, affordable, overpriced, value for money, good value, quote, quoted,
        invoice, bill, billed, charged, charge, fee, fees, euro, euros, pound, discount,
        discounts, voucher, vouchers, coupon, loyalty card, loyalty points, pay, paid,
        payment, free of charge, budget, money
        """,
    ),
    Theme(
        "place",
        "Place and access",
        "Lieu et accès",
        """
        un lieu, ce lieu, le lieu, lieu agréable, bel endroit, endroit agréable, salle, vos
        locaux, les locaux, cadre, ambiance, atmosphère, bruit, bruyant, bruyante, chauffé,
        chauffée, chauffage, climatisation, climatisé, froid dans, chaud dans, faisait
        froid, faisait chaud, trop chaud, température, lumière, éclairage, manque d’espace,
        plus d’espace, assez d’espace, peu d’espace, espace entre, espace pour, espace trop,
        espace est, bel espace, étroit, étroite, exigu, trop serré, sont serrés, très serré,
        à l’étroit, place pour circuler, parking, garer, stationner, stationnement, accès,
        accessible, accessibilité, handicapé, handicapée, fauteuil roulant, poussette,
        digicode, loin, éloigné, proximité, proche de chez, près de chez, trouver la maison,
        trouvé la maison, rangé, rangement, bien rangé, mal rangé, bien tenu, mal tenu, bien
        entretenu, mal entretenu, présentation des produits, présentation du magasin,
        présentation des plantes, belle présentation, présentation est, présentation sont,
        jolie présentation, bonne présentation, bien présenté, mieux présenter, mis en
        valeur, mise en valeur, mises en valeur, mise en scène, agencement, agencé,
        aménagement, aménagé, disposition des, disposition du magasin, nouvelle disposition,
        allée, allées, circuit, cheminement, sens de circulation, circuler, circulation,
        parcours, tour du magasin, implantation, réorganiser, organisation du magasin,
        organisation des rayons, beau magasin, beaux magasins, magasin est beau, magasin
        magnifique, magasins magnifiques, merveilleux magasin, belle boutique, magasin
        agréable, magasin est agréable, magasin très agréable, magasin est très agréable,
        magasin chaleureux, magasin convivial, magasin charmant, charmant magasin, magasin
        plaisant, magasin attrayant, agréable à visiter, agréable de se promener, agréable
        de venir, on se sent bien, sent bien chez, promener, promène, flâner, balade, s’y
        retrouver, se repérer, se retrouver, magasin plus proche, magasin près de, pas de
        magasin à, restaurant, restauration, coin café, coin repos, coin pause, salon de
        thé, chien accepté, avec son chien, encombré, encombrement, incontestable charme,
        terrasse du magasin
        """,
        """
        place, room, venue, space, atmosphere, ambience, noise, noisy, heated, heating,
        temperature, light, lighting, crowded, narrow, parking, park the car, access,
        accessible, wheelchair, far away, location, layout, tidy shop, nice shop, lovely
        shop, beautiful shop, aisles
        """,
    ),
    Theme(
        "booking",
        "Booking and organisation",
        "Réservation et organisation",
        """
        réservation, réserver un, réserver une, pour réserver, réserver en ligne, avions
        réservé, avais réservé, ai réservé, facile à réserver, prise de rendez vous, rendez
        vous, prendre rendez vous, créneau, créneaux, une date, plus de dates, autre date,
        changer la date, avoir une date, date qui convient, agenda, planning, annulé,
        annulée, annulation, annuler, rendez vous déplacé, séance déplacée, déplacé trois
        fois, déplacé deux fois, reporté, reportée, décalé, décalée, décommandé, remplaçant,
        remplaçante, remplacé au dernier, remplacée au dernier, fait remplacer,
        organisation, bien organisé, bien organisée, mal organisé, mal organisée,
        désorganisé, désorganisation, horaire, horaires, heures d’ouverture, ouverture,
        ouvert le dimanche, ouverts le dimanche, ouvrir le dimanche, ouvrir plus tôt, ouvert
        plus, ouvrir plus, fermé le, fermeture, commande, commandé, commander, livraison,
        être livré, a livré, bien livré, pas livré, me livrer, se faire livrer, livreur,
        délai de livraison, groupe trop nombreux
        """,
        """
        booking, book, booked, appointment, appointments, slot, slots, reschedule,
        rescheduled, postponed, cancelled, canceled, cancellation, replaced, organised,
        organized, organisation, organization, disorganised, disorganized, schedule, opening
        hours, order, ordered, delivery, delivered, another date
        """,
    ),
    Theme(
        "choice",
        "Choice and offer",
        "Choix et offre",
        """
        choix, assortiment, gamme, variété, variétés, varié, variée, varier, diversité,
        diversifié, diversifier, référence, référencé, marque, marques, stock, rupture,
        ruptures, réassort, réapprovisionnement, approvisionnement, approvisionné,
        approvisionner, achalandé, achalandée, bien fourni, bien garni, peu garni, peu
        rempli, indisponible, produit disponible, produits disponibles, articles
        disponibles, article disponible, coloris disponibles, disponible en magasin,
        disponibles en magasin, disponible dans, disponibles dans, non disponible, toujours
        disponibles en, taille disponible, stock disponible, disponibilité des produits,
        disponibilité des articles, disponibilité produits, disponible le jour, produits pas
        disponibles, produits sont disponibles, produit manquant, produits manquants,
        articles manquants, manque de produits, produits manquent, articles manquent,
        produits absents, trop souvent absents, me manque, manque un, manque une, manque
        des, il manque des, manquait un, manquait une, pas trouvé, ai pas trouvé, avons pas
        trouvé, trouve pas de, trouve pas ce, trouve pas toujours, trouve pas les, trouve
        plus, trouve plus de, trouve tout, trouve de tout, on ne trouve pas, ne se trouvent
        pas, trouve toujours, trouvé ce que, trouver ce que, trouver de tout, tout trouver,
        trouvé mon, ce que je cherche, ce que je cherchais, ce que je voulais, introuvable,
        impossible de trouver, difficile de trouver, pouvoir trouver, aimerais trouver,
        aimerions trouver, souhaite trouver, souhaiterais trouver, dommage de ne pas
        trouver, trouver les produits, trouver des produits, aimerais avoir, aimerais que
        vous, aimerais des, aimerais un, aimerions un, aimerions des, plus de produits, plus
        de plantes, plus de fleurs, plus de plants, plus de végétaux, moins de végétaux,
        plus d’arbres, davantage de, plus grand choix, proposer plus, proposez plus,
        proposer un, proposer une, proposez pas, propose pas, propositions de, propositions
        originales, accroître, vendez pas, vendez vous, vendre des, vendre du, vente de, ne
        vend pas, ne vend plus, développer, étoffer, élargir, agrandir, rayon bio, plus de
        bio, assez de bio, assez de produits bio, plus de produits bio, rayon trop petit,
        rayon pas assez, rayon restreint, limité, minimaliste, assez de produits, assez de
        plantes, original, originale, originalité, nouveauté, nouveautés, provenance,
        origine, origine étrangère, producteurs locaux, produits locaux, production locale,
        atelier sur, plus d’ateliers, des ateliers, cours de jardinage, cours de taille,
        cours de cuisine, donnez des cours, des cours de, conférences, plus de formations,
        formations sur, options, dans la formule, coloris, couleurs, autres tailles, petites
        tailles, grandes tailles, conditionnement, fleurs coupées, compositions florales,
        semences, graines, ne fait pas la, fait pas de, suivi des produits, suivi sur
        certains, suivi dans, offre complète, articles proposés, gamme complète, pas assez
        de, trop peu de choix, plus grande offre, plus complet, restreint, disparition du,
        supprimé, plus moyen de, aimerais qu’il y ait, souhaiterais qu’il y ait, serait
        intéressant d’avoir, pouvoir se fournir, ailleurs pour avoir, faites plus les,
        animations, vendus par lot, au détail, à l’unité, ne pas proposer, plein de choses,
        produits chimiques
        """,
        """
        choice, choices, range, variety, assortment, selection, stock, out of stock, sold
        out, offer more, options, option, brands, brand, missing product, could not find,
        couldn't find, would like more, more classes, more courses, another class
        """,
    ),
    Theme(
        "waiting",
        "Waiting and availability",
        "Attente et disponibilité",
        """
        attente, attendre, attendu, fait attendre, temps d’attente, queue, faire la queue,
        file d’attente, files d’attente, lent, lente, lenteur, long en caisse, long aux
        caisses, bien mais long, très long, trop long, trop longue, rapide, rapidité,
        rapidement, disponible, disponibilité, dispo, agréable et disponible, disponible et
        agréable, réactif, réactive, réactivité, caisse ouverte, caisses ouvertes, ouvrir
        caisses, ouvrir plus de caisses, ouvrir une caisse, ouvrir autres caisses, ouvrir
        autre caisse, ouvrir davantage de caisses, plus de caisses, peu de caisses, pas
        assez de caisses, manque de caisses, une seule caisse, manque de personnel, manque
        personnel, manque du personnel, manque de vendeurs, manque de vendeur, manque
        vendeurs, manque de caissières, manque de conseillers, plus de personnel, davantage
        de personnel, plus de vendeurs, plus de vendeuses, plus de caissières, plus de
        caissière, plus de conseillers, plus d’employés, pas assez de personnel, assez de
        personnel, pas assez de vendeurs, assez de vendeurs, assez de monde, peu de
        personnel, peu de vendeurs, trop peu de vendeurs, trouver un vendeur, trouver
        quelqu’un, trouver une vendeuse, trouver un employé, trouver un conseiller, trouver
        du personnel, trouver une personne, personnel à trouver, difficile à trouver, y a
        personne, personne pour conseiller, personne pour renseigner, personne pour aider,
        personne pour nous, personne pour me, pas de vendeur, aucun vendeur, absence de
        vendeur, absence de personnel, vendeurs absents, conseillers absents, toujours
        quelqu’un, toujours du personnel, présence de vendeurs, courir après, souvent
        occupés, parfois occupés, heures d’affluence, grande affluence, affluence, heures de
        pointe, sous effectif, effectif, débordé, débordés, trop de monde, caisse
        prioritaire, nombre de caisses, nombre de personnes aux caisses, manque des
        conseillers, manque des vendeurs, manque un vendeur, pas assez nombreux, assez
        nombreux, augmenter le personnel, plus de caissiers, temps à la caisse, temps en
        caisse, faciles à trouver, personne au rayon, plus vite, passage en caisse
        difficile, pas assez de caissières, pas assez d’employés, pas assez de conseillers,
        pas assez de vendeuses, pas assez de caissiers, pas assez de main d’oeuvre
        """,
        """
        wait, waited, waiting, queue, queues, line, slow, quick, quickly, fast, available,
        availability, understaffed, not enough staff, more staff, nobody to help, no one to
        help, took too long
        """,
    ),
    Theme(
        "safety",
        "Cleanliness and safety",
        "Propreté et sécurité",
        """
        propre, propreté, sale, saleté, sali, salir, souillé, souillée, souillés, hygiène,
        hygiénique, nettoyé, nettoyer, nettoyage, ménage, désinfecté, désinfecte,
        désinfection, poussière, poussiéreux, taché, tachée, boue, pleine de terre, odeur,
        odeurs, pue, puanteur, sentait la, sentait le, sent mauvais, sentir mauvais, sentait
        mauvais, sécurité, danger, dangereux, dangereuse, risque, risqué, blessé, blessée,
        blessure, des bleus, eu mal au, eu mal pendant, eu mal après, m’a fait mal, douleur
        plus, douleurs plus, douloureux, brûlé, brûlure, allergie, allergique, toxique,
        nocif, nocive, pesticide, pesticides, sol glissant, instable, laissé propre, tout
        rangé en partant, fumait, fumée
        """,
        """
        clean, cleaned, cleanliness, dirty, dirt, filthy, hygiene, disinfected, dust, dusty,
        smell, smelled, smells, smelt, stain, mess, messy, safe, safety, unsafe, danger,
        dangerous, hurt, injured, injury, pain, painful, bruise, bruises, burn, allergy,
        slippery, tidied up
        """,
    ),
)

DISCIPLINE_TERMS = (  # discipline, theme, French, English
    (
        "yoga",
        "equipment",
        """
        tapis, brique, sangle, coussin, chaise, enceinte
        """,
        """
        mat, mats, block, strap, cushion
        """,
    ),
    (
        "yoga",
        "skill",
        """
        prof géniale, posture, postures, cours bien construit
        """,
        """
        posture, postures, poses
        """,
    ),
    (
        "yoga",
        "listening",
        """
        débutant, débutants, niveaux, rythme
        """,
        """
        all levels, beginners, own pace
        """,
    ),
    (
        "yoga",
        "preparation",
        """
        tenue, tapis prêts, tapis installés
        """,
        """
        clothes, outfit, mats ready
        """,
    ),
    (
        "yoga",
        "booking",
        """
        remplacé, remplacée
        """,
        """
        stand-in
        """,
    ),
    (
        "massage",
        "equipment",
        """
        table, serviette, huile, huiles, crème, coussin, chaise
        """,
        """
        table, towel, towels, oil, oils
        """,
    ),
    (
        "massage",
        "skill",
        """
        pression, appuyé, appuie
        """,
        """
        pressure, strong hands
        """,
    ),
    (
        "massage",
        "result",
        """
        nuque, épaules, dos
        """,
        """
        neck, shoulders, back
        """,
    ),
    (
        "massage",
        "place",
        """
        cabine
        """,
        """
        cabin
        """,
    ),
    (
        "nutrition",
        "result",
        """
        recette, recettes, kilo, kilos, énergie, goûté, mangé
        """,
        """
        recipe, recipes, kilos, energy
        """,
    ),
    (
        "nutrition",
        "equipment",
        """
        diapo, diapos, écran, ustensiles
        """,
        """
        slides, screen, utensils
        """,
    ),
    (
        "nutrition",
        "follow_up",
        """
        plan, documents envoyés
        """,
        """
        plan, documents sent
        """,
    ),
    (
        "nutrition",
        "choice",
        """
        végétarien, végétariens, vegan
        """,
        """
        vegetarian, vegan
        """,
    ),
    (
        "handyman",
        "result",
        """
        droite, de travers, étanche, joint, revenue, monté
        """,
        """
        level, crooked, watertight, tight
        """,
    ),
    (
        "handyman",
        "equipment",
        """
        outil, outils, outillage, perceuse, échelle, visseuse
        """,
        """
        tool, tools, drill, ladder, screwdriver
        """,
    ),
    (
        "handyman",
        "preparation",
        """
        bonnes chevilles, pièce, pièces
        """,
        """
        spare part, parts
        """,
    ),
    (
        "handyman",
        "safety",
        """
        fils électriques, gravats, nettoyé, chantier propre
        """,
        """
        wires, rubble
        """,
    ),
    (
        "handyman",
        "booking",
        """
        dimanche, jour même
        """,
        """
        sunday, same day
        """,
    ),
)


def terms() -> tuple[Term, ...]:
    """All of the above with its stems, in the order written."""
    found = [
        term(theme.code, language, words)
        for theme in THEMES
        for language, listed in ((FRENCH, theme.french), (ENGLISH, theme.english))
        for words in split(listed)
    ]
    for discipline, theme_code, french, english in DISCIPLINE_TERMS:
        for language, listed in ((FRENCH, french), (ENGLISH, english)):
            found += [term(theme_code, language, words, discipline) for words in split(listed)]
    return tuple(found)


def split(listed: str) -> list[str]:
    return [" ".join(words.split()) for words in listed.split(",") if words.strip()]
