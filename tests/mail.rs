//! What is made of messages: letters of our own in the forms that senders use, and the shared samples where they are.

mod common;

use std::path::Path;

use common::Scratch;
use vigie::domain::{MailMode, MailRule, Picks};
use vigie::mail::{Mode, ReadMail, read};

fn letter(html: &str) -> ReadMail {
    let mail = format!(
        "From: La lettre <lettre@lettre.example>\r\nList-Id: <l.lettre.example>\r\nList-Unsubscribe: <https://lettre.example/out?r=1>\r\n\
         Date: Fri, 20 Nov 2026 08:00:00 +0100\r\nSubject: La lettre du vendredi\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}"
    );
    read(mail.as_bytes(), &[]).expect("a mail")
}

fn titles(mail: &ReadMail) -> Vec<&str> {
    mail.items.iter().map(|item| item.raw.title.as_str()).collect()
}

const FOOT: &str = "<p>Vous recevez cette lettre car vous êtes abonné. <a href='https://lettre.example/out?r=1'>Se désabonner</a> · \
    <a href='https://lettre.example/online'>Voir en ligne</a> · <a href='https://www.linkedin.com/company/lettre'>LinkedIn</a></p><p><a href='https://lettre.example/apres'>Une page après le pied de la lettre</a></p>";

#[test]
fn a_list_gives_its_stories_whatever_carries_their_titles() {
    let expected =
        ["Une pompe à chaleur au lycée", "L’isolation des écoles a commencé", "Le réseau de chaleur s’étend"];
    let card = |number: usize, title: &str| {
        let blurb = "Douze salles chauffées depuis la rentrée, et les ateliers au printemps.";
        let link = format!("https://lettre.example/articles/{number}-une-belle-histoire");
        [
            // Linked headings, as blogs send them.
            format!("<h3><a href='{link}'>{title}</a></h3><p>{blurb}</p>"),
            // Cards: picture, bold title, text, button.
            format!(
                "<table><tr><td><a href='{link}'><img src='i.png' alt='' width='200'></a></td></tr><tr><td><strong>{title}</strong><br>{blurb}<br><a href='{link}'>Lire la suite</a></td></tr></table>"
            ),
            // A list with the publisher behind.
            format!("<ul><li><a href='{link}'><b>{title}</b></a> — {blurb}</li></ul>"),
            // Everything is the link.
            format!("<a href='{link}'><div style='font-size:22px'>{title}</div><div>{blurb}</div></a>"),
            // Large text and an arrow.
            format!(
                "<p style='font-size:20px;font-weight:700'>{title}</p><p>{blurb} <a href='{link}'>En savoir plus →</a></p>"
            ),
        ]
    };
    for form in 0..5 {
        let cards: String =
            expected.iter().enumerate().map(|(number, title)| card(number, title)[form].clone()).collect();
        let mail = letter(&format!(
            "<div style='display:none'>Aperçu caché</div><p><a href='https://lettre.example/online'>Voir dans le navigateur</a></p><h1>La lettre</h1><h2>Chaleur</h2>{cards}{FOOT}"
        ));
        assert_eq!((mail.mode, titles(&mail)), (Mode::Links, expected.to_vec()), "form {form}");
        for (number, item) in mail.items.iter().enumerate() {
            let link = format!("https://lettre.example/articles/{number}-une-belle-histoire");
            assert_eq!(item.raw.link.as_deref(), Some(link.as_str()), "form {form}");
            assert!(
                item.raw.summary.as_deref().unwrap_or_default().contains("Douze salles"),
                "form {form}: {:?}",
                item.raw.summary
            );
            assert!(!item.opaque);
        }
    }
}

#[test]
fn what_a_list_says_again_in_the_same_words_is_one_item() {
    let story = |title: &str, told: &str, link: &str| {
        format!("<h3><a href='https://lettre.example/{link}'>{title}</a></h3><p>{told}</p>")
    };
    let issue = |day: &str| {
        let page = [
            story(
                "La chaleur du bois",
                "Le programme des visites de chaufferies, ouvertes à tous cet hiver.",
                "visites",
            ),
            story(
                "L’agenda",
                &format!(
                    "Les rendez-vous de la semaine au lycée, à la mairie et dans toutes les écoles de la ville, du {day}."
                ),
                "agenda",
            ),
            story("Une rénovation", "", day),
        ];
        let mail = format!(
            "From: La lettre <lettre@lettre.example>\r\nList-Id: <l.lettre.example>\r\nDate: {day} Nov 2026 08:00:00 +0100\r\n\
             Subject: La lettre\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{}{FOOT}",
            page.concat()
        );
        let mail = read(mail.as_bytes(), &[]).expect("a mail");
        mail.items.into_iter().map(|item| item.raw.guid).collect::<Vec<_>>()
    };
    let (first, second) = (issue("13"), issue("20"));
    assert_eq!(first.len(), 3);
    assert_eq!(first[0], second[0]);
    assert!(first[1] != second[1] && first[2] != second[2]);
}

#[test]
fn two_readers_of_one_issue_have_the_same_items() {
    let issue = |reader: &str| {
        let cards: String = ["Une pompe à chaleur au lycée", "L’isolation des écoles a commencé", "Le réseau de chaleur s’étend"]
            .iter()
            .enumerate()
            .map(|(number, title)| format!("<h3><a href='https://r.lettre.example/tr/cl/{reader}{number}aBcDeF'>{title}</a></h3><p>Un texte qui dit ce qu’il en est, sans plus.</p>"))
            .collect();
        letter(&format!("<p>Bonjour {reader},</p>{cards}{FOOT}"))
    };
    let (one, other) = (issue("alice"), issue("bob"));
    let ids = |mail: &ReadMail| mail.items.iter().map(|item| item.raw.guid.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&one), ids(&other));
    assert_eq!(one.items.len(), 3);
    assert!(one.items.iter().all(|item| item.opaque), "a counter leads each reader elsewhere");
}

#[test]
fn what_tells_is_one_item_and_what_sells_is_none() {
    let prose = letter(&format!(
        "<h1>Ce que le lycée nous a appris</h1>{}<p>Merci de m’avoir lu.</p>{FOOT}",
        "<p>Le chantier a commencé en juin, et <a href='https://a.example/x'>la région</a> l’a suivi de près. On y a appris la patience, et que les devis d’isolation ne disent pas tout. La suite est une affaire de voisins.</p>".repeat(6)
    ));
    assert_eq!((prose.mode, titles(&prose)), (Mode::Prose, vec!["La lettre du vendredi"]));
    let body = prose.items[0].raw.content.as_deref().unwrap_or_default();
    assert!(body.contains("devis d’isolation") && !body.contains("désabonner"), "{body}");
    let sale = letter(&format!(
        "<p>Profitez de -30% de remise sur tous les radiateurs avec le code promo HIVER.</p><p>Radiateur 199 € au lieu de 249 €</p><p>Convecteur 89 €</p><p>Thermostat 59 €</p><p>Livraison gratuite dès 50 € d’achat. J’en profite !</p><a href='https://shop.example/a'>Acheter</a>{FOOT}"
    ));
    assert_eq!((sale.mode, sale.items.len()), (Mode::Promotion, 0));
    let course = letter(&format!(
        "<p>Vous manquez de temps pour vos études de marché ?</p><p>Notre formation en ligne vous apprend en trois jours à les mener vous-même.</p>\
         <p>Votre place vous attend : 490 € au lieu de 620 € pour toute inscription avant le 30.</p><p><a href='https://cours.example/i'>Je réserve mes dates</a></p><p>01 23 45 67 89</p>{FOOT}"
    ));
    assert_eq!((course.mode, course.items.len()), (Mode::Promotion, 0));
    let note = read(
        b"From: Marie <marie@maison.example>\r\nSubject: Lundi\r\n\r\nBonjour,\r\n\r\nle service sera ferm\xc3\xa9 lundi matin.\r\n\r\nMarie\r\n",
        &[],
    );
    assert_eq!(note.expect("a mail").mode, Mode::Prose, "a note of two lines offers nothing");
    let code =
        read(b"From: x@site.example\r\nSubject: =?utf-8?q?Votre_code_de_v=C3=A9rification?=\r\n\r\n123456\r\n", &[])
            .expect("a mail");
    assert_eq!(code.items.len(), 0);
}

#[test]
fn a_rule_in_the_configuration_reads_senders_of_any_kind() {
    let html = "<div class='r'><span class='t'>Une pompe à chaleur au lycée</span><span class='s'>Le passage</span><a href='https://a.example/un'>x</a></div>\
        <div class='r'><span class='t'>Deuxième</span><a href='https://a.example/deux'>x</a></div><div class='p'>Publicité</div>";
    let mail = format!(
        "From: alerts@alertes.example\r\nSubject: Votre alerte : pompe\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}"
    );
    let picks =
        Picks { items: Some(".r".into()), title: Some(".t".into()), text: Some(".s".into()), ..Picks::default() };
    let rule = |from: &str| MailRule { from: Some(from.into()), mode: MailMode::Alert, picks: picks.clone() };
    let found = read(mail.as_bytes(), &[rule("autre.example"), rule("alertes.example")]).expect("a mail");
    assert_eq!((found.mode, titles(&found)), (Mode::Alert, vec!["Une pompe à chaleur au lycée", "Deuxième"]));
    assert_eq!(found.query.as_deref(), Some("pompe"));
    let nothing = Picks { items: Some(".nothing".into()), ..Picks::default() };
    let found = read(mail.as_bytes(), &[MailRule { picks: nothing, ..rule("alertes.example") }]).expect("a mail");
    assert!(found.items.is_empty());
    let ignored = read(mail.as_bytes(), &[MailRule { from: None, mode: MailMode::Ignore, picks: Picks::default() }])
        .expect("a mail");
    assert!(ignored.items.is_empty());
}

fn shared(name: &str) -> Option<Vec<u8>> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/mail").join(name)).ok()
}

#[test]
fn the_shared_samples_are_understood() {
    // Counted by eye; a found title stands for its story.
    let lists: [(&str, Mode, usize, &[&str]); 6] = [
        (
            "google-alert-en-weekly-10.eml",
            Mode::Alert,
            10,
            &["From Prediction to PRO-Diction Models", "The Impact of Age on Patient Reported"],
        ),
        ("newsletter-hn-digest.eml", Mode::Links, 30, &["Try quickly typing 1+ 2 + 3", "Saying Goodbye to Firebug"]),
        (
            "newsletter-microservices-64.eml",
            Mode::Links,
            11,
            &["Microservices Architectures: 3", "CSRF in microservice architecture"],
        ),
        (
            "newsletter-erp-30.html",
            Mode::Links,
            20,
            &["Investing in the Early Years", "Where are all the secondary-only MATs"],
        ),
        ("newsletter-erp-45.html", Mode::Links, 19, &["Ofsted’s Big Listen", "Nuffield Foundation - Research"]),
        (
            "newsletter-erp-60.html",
            Mode::Links,
            19,
            &["Desperate schools turn to unqualified", "UPEN 2025 Annual Conference"],
        ),
    ];
    for (name, mode, count, wanted) in lists {
        let Some(bytes) = shared(name) else {
            println!("skipped: the shared samples are not there");
            return;
        };
        let mail = read(&bytes, &[]).expect("a mail");
        assert_eq!(mail.mode, mode, "{name}");
        let found = mail.items.len();
        assert!(found * 10 >= count * 9 && found * 9 <= count * 10, "{name}: {found} of {count}");
        for part in wanted {
            assert!(titles(&mail).iter().any(|title| title.contains(part)), "{name}: {part} in {:?}", titles(&mail));
        }
    }
    for (name, mode, items) in [
        ("newsletter-finimize-prose.eml", Mode::Prose, 1),
        ("newsletter-promo-m0015.eml", Mode::Promotion, 0),
        ("dsn-lhost-postfix-01.eml", Mode::Bounce, 0),
        ("dsn-lhost-gmail-01.eml", Mode::Bounce, 0),
        ("dsn-lhost-exchange2007-01.eml", Mode::Bounce, 0),
        ("dsn-lhost-exim-29.eml", Mode::Bounce, 0),
        ("dsn-rfc3464-01.eml", Mode::Bounce, 0),
        ("dsn-nodemailer-delivery-status.eml", Mode::Bounce, 0),
        ("dsn-arf-01.eml", Mode::Complaint, 0),
        ("dsn-rfc3834-01.eml", Mode::AutoReply, 0),
    ] {
        let mail = read(&shared(name).expect("a sample"), &[]).expect("a mail");
        assert_eq!((mail.mode, mail.items.len()), (mode, items), "{name}");
    }
    for name in ["mime-malformed-000.eml", "mime-malformed-001.eml", "mime-malformed-002.eml", "mime-fr-m0001.eml"] {
        let _ = read(&shared(name).expect("a sample"), &[]);
    }
    let french = read(&shared("mime-fr-m0001.eml").expect("a sample"), &[]).expect("a mail");
    assert_eq!(french.message.subject, "Mail avec fichier attaché de 1ko");
}

#[test]
fn headed_sections_that_lead_on_inside_their_sentences_are_stories() {
    let section = |number: usize, title: &str| {
        let site = format!("https://site{number}.example");
        format!(
            "<h2>{title}</h2><p>Un programme que la région a voté cet automne et que l’État complète, <a href='{site}/programme'>décrit ici en détail</a> aide les communes, et \
             une <a href='{site}/carte'>carte des travaux</a> montre où ils en sont depuis le printemps.</p>\
             <ul><li>Le lien vers la <a href='{site}/breve'>brève de la région</a></li>\
             <li>La <a href='{site}/essai'>version de travail du plan</a></li></ul>"
        )
    };
    let expected = ["Les écoles isolées", "Un réseau de chaleur", "Le label des communes", "Le plan de l’eau"];
    let sections: String = expected.iter().enumerate().map(|(number, title)| section(number, title)).collect();
    let mail = letter(&format!("{sections}{FOOT}"));
    assert_eq!((mail.mode, titles(&mail)), (Mode::Links, expected.to_vec()));
    assert_eq!(mail.items[1].raw.link.as_deref(), Some("https://site1.example/programme"));
}

#[test]
fn two_stories_make_a_list_and_a_call_to_one_thing_a_promotion() {
    let story = |title: &str, link: &str| {
        format!(
            "<h2>{title}</h2><p>Douze salles chauffées depuis la rentrée, et les ateliers au printemps prochain.</p><p><a href='{link}'>Lire la suite</a></p>"
        )
    };
    let pair = letter(&format!(
        "{}{}{FOOT}",
        story("Une pompe à chaleur au lycée", "https://a.example/1"),
        story("Le réseau de chaleur s’étend", "https://a.example/2")
    ));
    assert_eq!((pair.mode, pair.items.len()), (Mode::Links, 2));
    let call = letter(&format!(
        "<p>Nos équipes sont ravies de vous inviter à une heure d’échanges. Réservez votre place : c’est gratuit. \
         Demandez une démo à la fin.</p><p><a href='https://a.example/i'>Je m’inscris</a></p>{FOOT}"
    ));
    assert_eq!((call.mode, call.items.len()), (Mode::Promotion, 0));
}

#[test]
fn one_source_may_tell_several_stories_and_one_name_may_come_back() {
    let story = |title: &str, link: &str| {
        format!(
            "<h3>{title}</h3><p>Ce que la revue en dit tient en dix mots, pas un de plus, pour {title}.</p><p><a href='{link}'>Lire</a></p>"
        )
    };
    let shared: String = ["Une pompe à chaleur", "Un réseau étendu", "Un toit isolé", "Une cuve d’eau"]
        .map(|title| story(title, "https://revue.example/numero-12"))
        .concat();
    assert_eq!(letter(&format!("{shared}{FOOT}")).items.len(), 4);
    let meetings: String = (1..=3)
        .map(|week| format!("<h3><a href='https://a.example/reunion-{week}'>La réunion du quartier</a></h3><p>Le {week} décembre à la mairie, ouverte à tous.</p>"))
        .collect();
    assert_eq!(letter(&format!("{meetings}{FOOT}")).items.len(), 3);
    // A picture's link above the title, below the heading of the editorial: the page's own name says whose it is.
    let picture = "https://a.example/2026/11/tokelau-capitale-mondiale-du-cybercrime";
    let told = "<p>Ce que la revue en dit tient en dix mots, pas un de plus, pour son édito.</p>";
    let pictured = format!(
        "<h3>Le mot du jour</h3>{told}<p><a href='{picture}'><img src='a.png'></a></p>\
         <h3>Tokelau, capitale mondiale du cybercrime</h3>{told}<p><a href='{picture}'>Lire</a></p>{shared}{FOOT}"
    );
    let pictured = letter(&pictured);
    let named = pictured.items.iter().find(|item| item.raw.link.as_deref() == Some(picture)).expect("the story");
    assert_eq!(named.raw.title, "Tokelau, capitale mondiale du cybercrime");
    // The author of a quotation is no story.
    let quoted = format!(
        "{shared}<p>— Marie Durand, qui habite le quartier depuis trente ans, le dit au journal de la ville. <a href='https://b.example/1'>Lire</a></p>{FOOT}"
    );
    assert!(titles(&letter(&quoted)).iter().all(|title| !title.starts_with('—')));
}

#[test]
fn titles_in_a_row_are_a_story_each() {
    let row: String = (1..=5)
        .map(|number| {
            format!("<a href='https://a.example/articles/{number}'>Une nouvelle du quartier numéro {number}</a>\n")
        })
        .collect();
    let mail = letter(&format!("<h2>Sur le web</h2><p>{row}</p>{FOOT}"));
    assert_eq!((mail.mode, mail.items.len()), (Mode::Links, 5), "{:?}", titles(&mail));
}

/// A letter in plain text.
fn text_letter(text: &str) -> ReadMail {
    let mail = format!(
        "From: La lettre <lettre@lettre.example>\r\nSubject: La lettre de novembre\r\nList-Id: <lettre.lettre.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}",
        text.replace('\n', "\r\n")
    );
    read(mail.as_bytes(), &[]).expect("a mail")
}

#[test]
fn a_letter_of_plain_text_is_split_by_what_its_eye_sees() {
    // Entries that end on their address, below headings in the manner of Markdown.
    let entries = text_letter(
        "## Outils\n\n*  Chaudière 2.1, le suivi des pannes, https://outils.example/chaudiere\n\n*  Réseau 3.0, la carte des réseaux de chaleur, https://outils.example/reseau/\n\n*  Nouveau livre sur les pompes à chaleur, https://livres.example/pac\n",
    );
    assert_eq!(entries.mode, Mode::Links);
    assert_eq!(
        titles(&entries),
        [
            "Chaudière 2.1, le suivi des pannes",
            "Réseau 3.0, la carte des réseaux de chaleur",
            "Nouveau livre sur les pompes à chaleur"
        ]
    );
    // Rows without a mark: a short one is the title of the long one below it.
    let told = "Douze salles sont chauffées depuis la rentrée, et les ateliers le seront au printemps. ".repeat(3);
    let row = |title: &str, number: usize| {
        format!("{title}\n{told} Lire le récit [ https://lettre.example/recits/{number} ].\n")
    };
    let rows = text_letter(&format!(
        "{}{}{}{}",
        row("La chaufferie du lycée", 1),
        row("Un quartier sans gaz", 2),
        row("Des bains chauffés par un serveur", 3),
        row("La ferme et son méthaniseur", 4)
    ));
    assert_eq!(
        titles(&rows),
        [
            "La chaufferie du lycée",
            "Un quartier sans gaz",
            "Des bains chauffés par un serveur",
            "La ferme et son méthaniseur"
        ]
    );
}

#[test]
fn news_in_brief_and_labels_are_stories_and_a_table_of_contents_is_none() {
    let brief = |number: usize| {
        format!(
            "<p>La ville numéro {number} a <a href='https://villes.example/{number}/chaleur'>annoncé</a> un réseau de chaleur au bois pour l’hiver prochain.</p>"
        )
    };
    let mail = letter(&format!(
        "<h2>En bref</h2>{}{}{}<h2>Conseils</h2><p><strong>Budget :</strong> <a href='https://conseils.example/budget'>ce guide</a> aide à chiffrer une rénovation complète avant de signer.</p><p><strong>Aides :</strong> <a href='https://conseils.example/aides'>ce tableau</a> compare les aides de la région et celles de l’État.</p><p><strong>Entretien :</strong> <a href='https://conseils.example/entretien'>cette fiche</a> rappelle les dates du contrôle des chaudières.</p>{FOOT}",
        brief(1),
        brief(2),
        brief(3)
    ));
    assert_eq!((mail.mode, mail.items.len()), (Mode::Links, 6), "{:?}", titles(&mail));
    let story = |number: usize| {
        let told =
            "Le conseil municipal a voté hier soir les travaux du réseau, qui commenceront au printemps prochain.";
        format!(
            "<h3>Le réseau de la ville {number}</h3><p>{told} Le dossier est sur <a href='https://villes.example/{number}/dossier'>https://villes.example/{number}/dossier</a>.</p>"
        )
    };
    let contents: String =
        (1..=4).map(|number| format!("<li><a href='#s{number}'>Le réseau de la ville {number}</a></li>")).collect();
    let stories: String = (1..=4).map(story).collect();
    let mail = letter(&format!("<h2>Sommaire</h2><ul>{contents}</ul>{stories}{FOOT}"));
    assert_eq!(
        titles(&mail),
        ["Le réseau de la ville 1", "Le réseau de la ville 2", "Le réseau de la ville 3", "Le réseau de la ville 4"]
    );
    assert_eq!(mail.items[2].raw.link.as_deref(), Some("https://villes.example/3/dossier"));
}

#[test]
fn inspect_shows_what_was_understood() {
    let scratch = Scratch::new();
    let mail = "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nX-Failed-Recipients: elodie@example.org\r\n\r\n550 5.1.1 no such user\r\n";
    std::fs::write(scratch.path().join("retour.eml"), mail).expect("a file");
    let shown = scratch.run(&["inspect", "--as", "mail", "--json", "retour.eml"]).ok().json();
    assert_eq!((&shown[0]["kind"], &shown[0]["mode"]), (&"mail".into(), &"bounce".into()));
    assert_eq!(shown[0]["notice"]["recipients"][0]["status"], "5.1.1");
    let plain = scratch.run(&["inspect", "retour.eml"]).ok();
    assert!(plain.out.contains("a mail, bounce"), "{}", plain.out);
    std::fs::write(scratch.path().join("vide.eml"), "").expect("a file");
    let empty = scratch.run(&["inspect", "--as", "mail", "--json", "vide.eml"]);
    assert_eq!((empty.code, empty.json()[0]["error"]["kind"].as_str()), (1, Some("empty")));
}

#[test]
fn letters_are_split_whatever_program_wrote_them_and_whoever_passed_them_on() {
    let titles = [
        ("lycees", "La région finance la rénovation de deux cents lycées"),
        ("reseau", "Un réseau de chaleur au bois pour huit mille logements"),
        ("norme", "Ce que change la nouvelle norme"),
        ("ecole", "Les artisans manquent : une école ouvre"),
        ("copro", "Copropriétés : voter les travaux sans se fâcher"),
        ("volets", "Le retour des volets"),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/letters");
    let mut letters = 0;
    for entry in std::fs::read_dir(folder).expect("letters") {
        let path = entry.expect("a letter").path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mail = read(&std::fs::read(&path).expect("a letter"), &[]).expect("a mail");
        // Colleagues wrote of the first four, one of them in sentences alone; the layouts have no fifth.
        let short = name.starts_with("word") || name.starts_with("text");
        let told = |at: usize| !(short && at > 3 || name.starts_with("layout") && at == 4);
        let wanted: Vec<(String, &str)> = (0..titles.len())
            .filter(|at| told(*at))
            .map(|at| (format!("https://lettre.example/{}", titles[at].0), titles[at].1))
            .collect();
        let found: Vec<&str> = mail.items.iter().filter_map(|item| item.raw.link.as_deref()).collect();
        let links: Vec<&str> = wanted.iter().map(|(link, _)| link.as_str()).collect();
        assert_eq!((mail.mode, found), (Mode::Links, links), "{name}");
        for (item, (_, title)) in mail.items.iter().zip(&wanted).filter(|_| name != "text-sent") {
            // Some write in capitals, or set a sign before it.
            let told = item.raw.title.to_lowercase();
            assert!(told.contains(&title.to_lowercase()), "{name}: {told:?}");
        }
        letters += 1;
    }
    assert!(letters >= 70, "{letters}");
}

#[test]
fn a_letter_sent_along_as_a_file_gives_the_same_items() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/letters");
    let plain = std::fs::read(folder.join("inky-cards.eml")).expect("a letter");
    let own = vigie::mail::read(&plain, &[]).expect("a letter");
    let mut along = b"From: Zoe <zoe@example.org>\r\nTo: veille@example.org\r\nSubject: TR: la lettre\r\nDate: Thu, 26 Nov 2026 09:00:00 +0000\r\n\
        Content-Type: multipart/mixed; boundary=\"sep\"\r\n\r\n--sep\r\nContent-Type: text/plain\r\n\r\nPour info.\r\n--sep\r\nContent-Type: message/rfc822\r\n\r\n"
        .to_vec();
    along.extend(&plain);
    along.extend(b"\r\n--sep--\r\n");
    let mut bare =
        b"From: Zoe <zoe@example.org>\r\nSubject: la lettre\r\nContent-Type: message/rfc822\r\n\r\n".to_vec();
    bare.extend(&plain);
    for bytes in [along, bare] {
        let read = vigie::mail::read(&bytes, &[]).expect("a letter");
        assert_eq!((read.mode, titles(&read)), (own.mode, titles(&own)));
        assert_eq!(read.message.from.as_deref(), Some("zoe@example.org"), "who sent it on is who sent it");
        assert!(read.message.around.iter().any(|said| said.starts_with("Subject: ")), "what stood around it is kept");
    }
}

#[test]
fn text_parts_of_known_programs_are_split_as_their_pages_are() {
    // Addresses between brackets behind the words, a paragraph for each story.
    let story = |n: u8| {
        format!(
            "La ville numéro {n} rénove ses écoles [ https://s.example/c/{n} ] et en publie le bilan. Il est bon.\n\n"
        )
    };
    let told = text_letter(&(1..=9).map(story).collect::<String>());
    assert_eq!(told.items.len(), 9, "{:?}", titles(&told));
    assert_eq!(titles(&told)[0], "La ville numéro 1 rénove ses écoles et en publie le bilan");
    // A headline and its address on each row.
    let rows = "À la une\n\nUne première nouvelle du jour [ https://s.example/1 ]\n\nUne autre nouvelle du jour [ https://s.example/2 ]\n\n\
        Encore une nouvelle du jour [ https://s.example/3 ]\n\nPour en savoir plus [ https://s.example/4 ]\n";
    assert_eq!(
        titles(&text_letter(rows)),
        ["Une première nouvelle du jour", "Une autre nouvelle du jour", "Encore une nouvelle du jour"]
    );
    // A title, its address between brackets, and the text behind a dash.
    let dashed = "LES NOUVELLES\n-------------\n\n* Un toit neuf au lycée ( https://s.example/1 ) — le chantier a duré six mois et coûté peu\n\
        * Des vélos pour tous ( https://s.example/2 ) — la région en prête mille à ses agents\n\
        * Une chaufferie bois ( https://s.example/3 ) — elle chauffe deux écoles et une piscine\n";
    assert_eq!(titles(&text_letter(dashed)), ["Un toit neuf au lycée", "Des vélos pour tous", "Une chaufferie bois"]);
    // Markdown whose addresses stand below.
    let below = "### Sujets\n\n    [Un toit neuf au lycée][2]\n\n      Le chantier a duré six mois.\n\n    [Des vélos pour tous][3]\n\n      La région en prête mille.\n\n\
            [Une chaufferie bois][4]\n\n      Elle chauffe deux écoles.\n\n[1]: https://s.example/\n[2]: https://s.example/t/2\n[3]: https://s.example/t/3\n[4]: https://s.example/t/4\n";
    assert_eq!(titles(&text_letter(below)), ["Un toit neuf au lycée", "Des vélos pour tous", "Une chaufferie bois"]);
}

#[test]
fn titles_that_nothing_sets_apart_are_told_by_the_form_that_comes_back() {
    let story = |n: u8, title: &str| {
        format!(
            "<div>{title}</div><div>Le texte de la nouvelle, coupé au bout d'une ligne ou deux, en<a href='https://p.example/{n}'>...</a>(le-site.fr)</div>"
        )
    };
    let titled = ["Un toit neuf au lycée", "Des vélos pour tous", "Une chaufferie bois", "Un bilan carbone"];
    let page: String = titled.iter().zip(1..).map(|(title, n)| story(n, title)).collect();
    assert_eq!(titles(&letter(&page)), titled);
    let paid = "<h2>Une nouvelle</h2><p>Un texte assez long pour en être un vraiment. <a href='https://p.example/1'>Lire la suite</a></p>\
        <h2>Une autre</h2><p>Un texte assez long pour en être un vraiment. <a href='https://p.example/2'>Lire la suite</a></p>\
        <h2>Encore une</h2><p>Un texte assez long pour en être un vraiment. <a href='https://p.example/3'>Lire la suite</a></p>\
        <p>En partenariat avec Grande École</p><h2>Grande École : l'avenir</h2><p>Un texte assez long pour en être un. <a href='https://q.example/4'>Lire la suite</a></p>";
    assert_eq!(titles(&letter(paid)), ["Une nouvelle", "Une autre", "Encore une"]);
}

#[test]
fn what_is_told_in_the_letter_alone_is_an_item_with_its_text_and_no_link() {
    let story = |title: &str, way: &str| {
        format!(
            "<h2>{title}</h2><p>Ce que la lettre en dit elle-même, en une vingtaine de mots, pour que ce soit raconté & lisible.</p>{way}"
        )
    };
    let way = |n: u8| format!("<p><a href='https://lettre.example/{n}'>Lire la suite</a></p>");
    let page = [
        "<h2>Le mot de la direction</h2><p>Une rentrée chargée, des équipes présentes, et merci à chacun de vous pour tout ce qui a été fait.</p>".to_owned(),
        story("Le scanner est arrivé", &way(1)),
        story("Le parking ferme jusqu'en décembre", ""),
        story("Deux chiens en gériatrie", &way(2)),
        story("La prime de nuit", &way(3)),
        FOOT.to_owned(),
    ];
    let mail = letter(&page.concat());
    assert_eq!(
        titles(&mail),
        ["Le scanner est arrivé", "Le parking ferme jusqu'en décembre", "Deux chiens en gériatrie", "La prime de nuit"]
    );
    let told = &mail.items[1].raw;
    assert_eq!((told.link.as_deref(), mail.items[1].opaque), (None, false));
    assert!(
        told.content.as_deref().is_some_and(|content| content.contains("raconté &amp; lisible")),
        "its text, encoded"
    );
    assert!(mail.items[0].raw.content.is_none(), "others are read where they lead");
}

#[test]
fn a_picture_beside_a_title_leads_to_its_story() {
    let card = |n: u8, title: &str| {
        format!(
            "<table><tr><td><a href='https://lettre.example/{n}'><img src='https://lettre.example/{n}.png' width='570' alt=''></a></td></tr>\
             <tr><td><b>{title}</b></td></tr><tr><td>Ce que l'on en dit, en une bonne dizaine de mots, sans le moindre lien.</td></tr></table>"
        )
    };
    let linked = |n: u8| {
        format!(
            "<p><b><a href='https://lettre.example/{n}'>Le titre d'un article numéro {n}</a></b></p><p>Ce qu'il en dit, en quelques mots de plus que huit.</p>"
        )
    };
    let page =
        [linked(1), linked(2), card(3, "Une démonstration en moins de trois minutes"), linked(4), FOOT.to_owned()];
    let mail = letter(&page.concat());
    let links: Vec<Option<&str>> = mail.items.iter().map(|item| item.raw.link.as_deref()).collect();
    assert_eq!(titles(&mail)[2], "Une démonstration en moins de trois minutes");
    assert_eq!(links[2], Some("https://lettre.example/3"));
    assert_eq!(links.len(), 4);
}

#[test]
fn what_is_paid_for_is_no_story_however_it_is_labelled() {
    let story = |n: u8| {
        format!(
            "<h3><a href='https://lettre.example/{n}'>Le titre d'un article numéro {n}</a></h3><p>Ce qu'il en dit, en quelques mots de plus que huit.</p>"
        )
    };
    let advert = "<h3>Votre trésorerie a un métier</h3><p>Six semaines de paie sur un compte qui ne rapporte rien. <a href='https://annonceur.example/'>Faites le calcul</a></p>";
    for label in
        ["PRESENTED BY LARKSPUR", "CONTENU PARTENAIRE – ROTEX", "Publi-information", "This issue is supported by"]
    {
        let page = [story(1), story(2), format!("<p>{label}</p>{advert}"), story(3), FOOT.to_owned()];
        assert_eq!(letter(&page.concat()).items.len(), 3, "{label}");
    }
    // The advertisement was the picture; what stands below it is not.
    let picture = "<p>PUBLICITÉ</p><p><a href='https://annonceur.example/1'><img src='https://annonceur.example/1.png' width='570' alt=''></a></p><p>Reportage</p>";
    let page = [story(1), story(2), picture.to_owned(), story(3), FOOT.to_owned()];
    assert_eq!(letter(&page.concat()).items.len(), 3);
}

#[test]
fn what_a_message_of_a_digest_says_below_its_signature_is_heard() {
    let part = |subject: &str, foot: &str| {
        format!(
            "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@example.org\r\nSubject: {subject}\r\n\r\nDit en quelques mots.\r\n\r\n-- \r\n{foot}\r\n\r\n"
        )
    };
    let digest = format!(
        "From: liste@example.org\r\nSubject: Digest\r\nMIME-Version: 1.0\r\nContent-Type: multipart/digest; boundary=b\r\n\r\n{}{}--b--\r\n",
        part("Un", "Jeanne"),
        part("Deux", "Diffusion restreinte")
    );
    let mail = read(digest.as_bytes(), &[]).expect("a mail");
    assert_eq!(mail.items.len(), 2);
    assert!(mail.message.around.iter().any(|text| text.contains("Diffusion restreinte")));
}
