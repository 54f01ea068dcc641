//! Grouping on the bundled press, whose events are known.

use std::collections::{BTreeSet, HashMap};

use vigie::demo::Press;
use vigie::domain::{Confidentiality, ItemId, StoryId};
use vigie::stories::{Archive, Piece, Sketch, source_number};
use vigie::text::reading::Reading;

struct Told {
    outlet: String,
    title: String,
    event: Option<String>,
    at: jiff::Timestamp,
    reading: Reading,
}

fn press() -> Vec<Told> {
    let press = Press::load("2026-11-23T08:00:00Z".parse().expect("an instant")).expect("the press");
    let mut told = Vec::new();
    for outlet in press.outlets {
        for item in outlet.items {
            told.push(Told {
                outlet: outlet.id.clone(),
                event: item.story,
                at: item.published,
                reading: Reading::new(&item.title, &item.body, outlet.language),
                title: item.title,
            });
        }
    }
    told
}

fn id(number: usize) -> ItemId {
    ItemId(i64::try_from(number).expect("few items") + 1)
}

fn pieces(told: &[Told]) -> Vec<Piece> {
    told.iter()
        .enumerate()
        .map(|(number, item)| Piece {
            id: id(number),
            story: StoryId(id(number).0),
            copy_of: None,
            published: item.at,
            class: if item.outlet == "interne-aubepine" { Confidentiality::Internal } else { Confidentiality::Public },
            source: source_number(&item.outlet),
            language: item.reading.language(),
            sketch: Sketch::of(&item.reading),
        })
        .collect()
}

/// The story of each item once `batches` have come in one after another.
fn placed(batches: Vec<Vec<Piece>>) -> (Archive, HashMap<ItemId, StoryId>) {
    let mut archive = Archive::default();
    let ids: Vec<ItemId> = batches.iter().flatten().map(|piece| piece.id).collect();
    for batch in batches {
        archive.place(batch);
    }
    let stories = ids.into_iter().map(|id| (id, archive.story_of(id).expect("it is there"))).collect();
    (archive, stories)
}

/// Which items stand together, whatever their stories are called.
fn groups(stories: &HashMap<ItemId, StoryId>) -> BTreeSet<BTreeSet<ItemId>> {
    let mut groups: HashMap<StoryId, BTreeSet<ItemId>> = HashMap::new();
    for (item, story) in stories {
        groups.entry(*story).or_default().insert(*item);
    }
    groups.into_values().collect()
}

/// B-cubed precision and recall over the items whose event is told by others in the same language.
fn b_cubed(told: &[Told], stories: &HashMap<ItemId, StoryId>) -> (f64, f64) {
    let same_event = |one: &Told, other: &Told| {
        one.event.is_some() && one.event == other.event && one.reading.language() == other.reading.language()
    };
    let (mut precision, mut recall, mut judged) = (0.0, 0.0, 0.0);
    for (number, item) in told.iter().enumerate() {
        let company = told.iter().filter(|other| same_event(item, other)).count();
        let cluster: Vec<&Told> =
            (0..told.len()).filter(|&n| stories[&id(n)] == stories[&id(number)]).map(|n| &told[n]).collect();
        if company < 2 && cluster.len() < 2 {
            continue;
        }
        let right = cluster.iter().filter(|other| same_event(item, other) || std::ptr::eq(**other, item)).count();
        let count = |number: usize| f64::from(u32::try_from(number).expect("few items"));
        precision += count(right) / count(cluster.len());
        recall += count(right) / count(company.max(1));
        judged += 1.0;
    }
    (precision / judged, recall / judged)
}

#[test]
fn tellings_of_one_event_are_found_and_others_left_alone() {
    let told = press();
    let (_, stories) = placed(vec![pieces(&told)]);
    for members in groups(&stories) {
        let members: Vec<&Told> =
            members.iter().map(|id| &told[usize::try_from(id.0 - 1).expect("few items")]).collect();
        let events: BTreeSet<&str> = members.iter().map(|item| item.event.as_deref().unwrap_or("-")).collect();
        if members.len() > 1 && (events.len() > 1 || events.contains("-")) {
            println!("mixed: {:?}", members.iter().map(|item| (&item.outlet, &item.title)).collect::<Vec<_>>());
        }
    }
    let (precision, recall) = b_cubed(&told, &stories);
    println!("B-cubed on the bundled press: precision {precision:.3}, recall {recall:.3}");
    assert!(precision >= 0.9, "precision {precision:.3}");
    assert!(recall >= 0.9, "recall {recall:.3}");
}

#[test]
fn the_wire_copy_is_the_same_text() {
    let told = press();
    let (archive, stories) = placed(vec![pieces(&told)]);
    assert_eq!(stories.keys().filter(|id| archive.copy_of(**id).is_some()).count(), 1);
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    let told = press();
    let (_, at_once) = placed(vec![pieces(&told)]);
    let mut one_by_one = pieces(&told);
    one_by_one.reverse();
    let (_, later) = placed(one_by_one.chunks(7).map(<[Piece]>::to_vec).collect());
    let (whole, pieced) = (groups(&at_once), groups(&later));
    let same: usize = whole.intersection(&pieced).map(BTreeSet::len).sum();
    println!("{same} of {} items stand with the same others", told.len());
    assert!(same * 100 >= told.len() * 98, "{same} of {}", told.len());
}

#[test]
fn a_copy_is_found_however_it_was_cut() {
    let told = press();
    let article = told.iter().max_by_key(|item| item.reading.body.len()).expect("an article");
    let words: Vec<&str> = (0..article.reading.body.len()).map(|at| article.reading.body_words(at, 1)).collect();
    let whole = words.join(" ");
    let third: Vec<&str> =
        words.chunks(30).enumerate().filter(|(at, _)| at % 3 != 1).flat_map(|(_, part)| part).copied().collect();
    let cuts = [
        ("boilerplate", format!("À lire chez nous. {whole} Retrouvez toute l’actualité de la région sur notre site.")),
        ("a third cut", third.join(" ")),
        ("half", words[..words.len() / 2].join(" ")),
        ("80 words", words[..80].join(" ")),
        ("capitals", whole.to_uppercase()),
    ];
    for (name, text) in cuts {
        let mut all = pieces(&told);
        let reading = Reading::new("Un tout autre titre", &text, article.reading.language());
        all.push(Piece {
            id: ItemId(10_000),
            story: StoryId(10_000),
            published: article.at.checked_add(jiff::SignedDuration::from_hours(24 * 40)).expect("a date"),
            sketch: Sketch::of(&reading),
            source: source_number("elsewhere"),
            ..all[0].clone()
        });
        let (archive, _) = placed(vec![all]);
        assert!(archive.copy_of(ItemId(10_000)).is_some(), "{name}");
    }
}

#[test]
fn forms_of_one_template_are_no_copies() {
    let advert = |job: &str, town: &str, more: &str| {
        format!(
            "Nous recherchons {job} pour notre agence de {town}. {more} Rattaché au directeur, vous travaillez avec une équipe \
             de six personnes. Votre profil : rigueur, autonomie, goût du terrain. Contrat à durée indéterminée, mutuelle, \
             titres-restaurant. Envoyez votre candidature avant la fin du mois."
        )
    };
    let one = advert(
        "un chauffagiste expérimenté",
        "Besançon",
        "Vous posez et entretenez des pompes à chaleur chez des particuliers, de la visite technique à la mise en service.",
    );
    let other = advert(
        "une comptable à mi-temps",
        "Dole",
        "Vous tenez les comptes de trois filiales, préparez les déclarations fiscales et suivez les relances de nos clients.",
    );
    let piece = |number: i64, title: &str, text: &str| Piece {
        id: ItemId(number),
        story: StoryId(number),
        copy_of: None,
        published: "2026-11-20T08:00:00Z".parse().expect("an instant"),
        class: Confidentiality::Public,
        source: 1,
        language: vigie::domain::Language::French,
        sketch: Sketch::of(&Reading::new(title, text, vigie::domain::Language::French)),
    };
    let (archive, _) =
        placed(vec![vec![piece(1, "Chauffagiste à Besançon", &one), piece(2, "Comptable à Dole", &other)]]);
    assert_eq!((archive.copy_of(ItemId(1)), archive.copy_of(ItemId(2))), (None, None));
}

#[test]
fn internal_items_never_group_with_others() {
    let told = press();
    let all = pieces(&told);
    let class: HashMap<ItemId, Confidentiality> = all.iter().map(|piece| (piece.id, piece.class)).collect();
    let (_, stories) = placed(vec![all]);
    let mut seen: HashMap<StoryId, bool> = HashMap::new();
    for (item, story) in &stories {
        let inside = class[item] == Confidentiality::Internal;
        assert_eq!(*seen.entry(*story).or_insert(inside), inside);
    }
}
