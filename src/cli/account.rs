//! The account that `vigie demo` gives, in French or English: what came in, what was left out and why, who gets what
//! and why, where the files are, what to try next.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use crate::demo::Scene;
use crate::domain::{EditionId, Language, ReasonKind, StoryId, Suggestion};
use crate::pipeline::{DeliveryReport, EditionDraft, HarvestReport, PollEvent, PollOutcome, Workshop};
use crate::store::ItemRecord;
use crate::text::typography::{count, list, set, short_slot};

use super::output::{Paint, line, pad, safe, wrap};

/// The one who tells.
#[derive(Clone, Copy)]
pub(super) struct Teller {
    pub language: Language,
    pub paint: Paint,
}

impl Teller {
    /// A text in the language of the account.
    pub fn t(self, fr: &str, en: &str) -> String {
        set(self.language.pick(fr, en), self.language)
    }

    /// A heading.
    pub fn heading(self, fr: &str, en: &str) -> std::io::Result<()> {
        line(format!("\n{}", self.paint.cyan(&self.t(fr, en))))
    }

    /// A number with its noun.
    fn count(self, number: usize, fr: [&str; 2], en: [&str; 2]) -> String {
        let [one, many] = self.language.pick(fr, en);
        count(number, one, many, self.language)
    }
}

pub(super) fn opening(teller: Teller, scene: &Scene, outlets: usize, port: u16) -> anyhow::Result<()> {
    line(teller.paint.bold(&teller.t("Vigie, la démonstration", "Vigie, the demonstration")))?;
    let text = if scene.first {
        teller.t(
            &format!(
                "Aubépine Ingénierie, 150 personnes, rénove des bâtiments. Huit volontaires acceptent de parler de leur \
                 métier. Leur presse ({outlets} sources fictives) est servie sur cette machine, au port {port} ; tout ce \
                 que Vigie écrit est dans {}.",
                scene.dir.display()
            ),
            &format!(
                "Aubépine Ingénierie, 150 people, renovates buildings. Eight volunteers agreed to speak of their work. \
                 Their press ({outlets} fictional sources) is served on this machine at port {port}; all that Vigie \
                 writes is in {}.",
                scene.dir.display()
            ),
        )
    } else {
        teller.t(
            &format!(
                "La même presse qu'à la première fois, au port {port}, et la même mémoire, dans {}.",
                scene.dir.display()
            ),
            &format!(
                "The same press as the first time, at port {port}, and the same memory, in {}.",
                scene.dir.display()
            ),
        )
    };
    line(wrap(&text, 92, ""))?;
    Ok(())
}

pub(super) fn told(teller: Teller, shop: &Workshop, event: &PollEvent) -> String {
    let name = shop.config.source(&event.source).map_or(event.source.as_str(), |source| source.name.as_str());
    let name = pad(name, 34);
    match &event.outcome {
        PollOutcome::Items { new, dropped, pages, .. } => {
            let mut parts = vec![teller.count(*new, ["nouveau", "nouveaux"], ["new", "new"])];
            if *pages > 0 {
                parts.push(teller.count(*pages, ["page lue", "pages lues"], ["page read", "pages read"]));
            }
            if *dropped > 0 {
                parts.push(teller.count(*dropped, ["écarté", "écartés"], ["left out", "left out"]));
            }
            format!("  {} {name} {}", teller.paint.green("✓"), parts.join(", "))
        }
        PollOutcome::Unchanged => {
            format!("  {} {name} {}", teller.paint.dim("·"), teller.t("rien de nouveau", "nothing new"))
        }
        PollOutcome::Failed(why) => format!("  {} {name} {}", teller.paint.red("✗"), safe(why)),
        PollOutcome::Gone => format!("  {} {name} 410", teller.paint.red("✗")),
    }
}

pub(super) async fn came_in(
    teller: Teller,
    shop: &Workshop,
    report: &HarvestReport,
    now: Timestamp,
) -> anyhow::Result<()> {
    let (items, stories) = shop.store.totals().await?;
    let plural = |number: i64| usize::try_from(number).unwrap_or_default();
    if report.new_items() == 0 {
        let text = teller.t(
            &format!("Rien de nouveau : les {items} articles étaient connus, aucun n'est compté deux fois."),
            &format!("Nothing is new: all {items} items were known, none is counted twice."),
        );
        line(wrap(&text, 92, "  "))?;
        return Ok(());
    }
    let total = teller.count(plural(items), ["article", "articles"], ["item", "items"]);
    let told = teller.count(plural(stories), ["histoire", "histoires"], ["story", "stories"]);
    line(format!("  {} → {}", teller.paint.bold(&total), teller.paint.bold(&told)))?;
    let records = shop.store.published_since(Timestamp::MIN).await?;
    same_stories(teller, shop, &records)?;
    left_out(teller, shop, &records, now).await?;
    Ok(())
}

/// Stories told by several sources.
fn same_stories(teller: Teller, shop: &Workshop, records: &[ItemRecord]) -> anyhow::Result<()> {
    let mut stories: BTreeMap<StoryId, Vec<&ItemRecord>> = BTreeMap::new();
    for record in records {
        stories.entry(record.item.story).or_default().push(record);
    }
    let mut shared: Vec<Vec<&ItemRecord>> = stories.into_values().filter(|members| members.len() > 1).collect();
    shared.sort_by_key(|members| std::cmp::Reverse(members.len()));
    teller.heading("La même histoire, plusieurs fois racontée", "The same story, told more than once")?;
    for members in &shared {
        let names: Vec<&str> = members
            .iter()
            .map(|member| {
                shop.config.source(&member.item.source).map_or(member.item.source.as_str(), |s| s.name.as_str())
            })
            .collect();
        let copies = members.iter().filter(|member| member.item.copy_of.is_some()).count();
        let note = match copies {
            0 => String::new(),
            number => teller.count(
                number,
                [" · copie mot à mot", " · copies mot à mot"],
                [" · verbatim copy", " · verbatim copies"],
            ),
        };
        line(format!("  {} {}", teller.paint.bold(&format!("{}×", members.len())), safe(&members[0].item.title)))?;
        line(teller.paint.dim(&format!("     {}{note}", list(&names, teller.language))))?;
    }
    Ok(())
}

/// What will not be suggested, and why: nothing disappears without a reason.
async fn left_out(teller: Teller, shop: &Workshop, records: &[ItemRecord], now: Timestamp) -> anyhow::Result<()> {
    teller.heading("Ce qui ne sera pas proposé, et pourquoi", "What will not be suggested, and why")?;
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for dropped in shop.store.dropped(None, Timestamp::MIN).await? {
        groups.entry(teller.t("jamais gardé (exclusion)", "never kept (exclusion)")).or_default().push(dropped.title);
    }
    for record in records {
        let item = &record.item;
        let excluded = record.tags.exclusion(crate::domain::ExclusionScope::NeverSuggest);
        let embargo = item.hold.as_ref().and_then(|hold| hold.until).filter(|until| *until > now);
        let why = if item.class == crate::domain::Confidentiality::Internal {
            teller.t("interne : pour la communication seulement", "internal: for the comms team only")
        } else if embargo.is_some() {
            teller.t("sous embargo", "under embargo")
        } else if item.hold.is_some() {
            teller.t("marqué confidentiel : retenu", "marked confidential: held back")
        } else if let Some(hit) = excluded {
            teller.t(&format!("exclu ({})", hit.rule), &format!("excluded ({})", hit.rule))
        } else if record.tags.topics.is_empty() {
            teller.t("hors de la ligne", "off the line")
        } else {
            continue;
        };
        groups.entry(why).or_default().push(item.title.clone());
    }
    let mut groups: Vec<(String, Vec<String>)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, titles)| std::cmp::Reverse(titles.len()));
    for (why, titles) in groups {
        let example =
            titles.first().map(|title| crate::text::typography::shorten(&safe(title), 48)).unwrap_or_default();
        let example = teller.paint.dim(&format!("{} {example}", teller.language.pick("ex.\u{a0}:", "e.g.")));
        line(format!("  {:>3}  {} {example}", titles.len(), pad(&why, 44)))?;
    }
    Ok(())
}

pub(super) fn who_gets_what(teller: Teller, shop: &Workshop, draft: &EditionDraft) -> anyhow::Result<()> {
    teller.heading("Qui reçoit quoi, et pourquoi", "Who gets what, and why")?;
    for letter in &draft.letters {
        let Some(person) = shop.config.ambassador(&letter.ambassador) else { continue };
        line(format!("\n  {}", teller.paint.bold(&safe(&person.name))))?;
        if letter.suggestions.is_empty() {
            line(teller.paint.dim(&format!("    {}", teller.t("rien cette semaine", "nothing this week"))))?;
        }
        for suggestion in &letter.suggestions {
            suggested(teller, draft, suggestion)?;
        }
    }
    let stories: HashSet<StoryId> = draft.allotment.suggestions.iter().map(|one| one.story).collect();
    let mut takers: HashMap<StoryId, usize> = HashMap::new();
    for one in &draft.allotment.suggestions {
        *takers.entry(one.story).or_default() += 1;
    }
    let most = takers.values().max().copied().unwrap_or(0);
    let suggestions =
        teller.count(draft.allotment.suggestions.len(), ["proposition", "propositions"], ["suggestion", "suggestions"]);
    let spread = teller.count(stories.len(), ["histoire", "histoires"], ["story", "stories"]);
    let never = teller.t(
        &format!("jamais plus de {most} personnes par histoire, jamais au même moment, jamais sous le même angle."),
        &format!("never more than {most} people on one story, never at the same moment, never from the same angle."),
    );
    line(format!("\n  {suggestions}, {spread} ; {never}").replace(" ;", teller.language.pick("\u{202f};", ";")))?;
    let unserved: Vec<&str> = draft
        .allotment
        .unserved
        .iter()
        .filter_map(|id| shop.config.line.objective(id))
        .map(|objective| objective.label.as_str())
        .collect();
    if !unserved.is_empty() {
        let label = teller.t("Objectifs que rien ne sert cette semaine :", "Objectives that nothing serves this week:");
        line(wrap(&format!("{label} {}.", list(&unserved, teller.language)), 92, "  "))?;
    }
    Ok(())
}

fn suggested(teller: Teller, draft: &EditionDraft, suggestion: &Suggestion) -> anyhow::Result<()> {
    let facts = draft.items.get(&suggestion.item);
    let title = facts.map(|facts| safe(&facts.title)).unwrap_or_default();
    let source = facts.map(|facts| safe(&facts.source)).unwrap_or_default();
    let when = format!("{}, {}", short_slot(suggestion.slot, teller.language), suggestion.channel);
    line(format!("    {} {title} {}", teller.paint.green("→"), teller.paint.dim(&format!("({source})"))))?;
    let you = suggestion.reasons.iter().find(|reason| reason.kind == ReasonKind::You);
    line(teller.paint.dim(&format!("      {when} · {}", you.map_or("", |reason| reason.text.as_str()))))?;
    Ok(())
}

pub(super) fn nothing_twice(teller: Teller, week: EditionId, report: &HarvestReport) -> anyhow::Result<()> {
    teller.heading("L'édition de la semaine", "The week's edition")?;
    let more = if report.new_items() > 0 {
        teller.t(" Ce qui vient d'entrer attendra la prochaine.", " What just came in will wait for the next one.")
    } else {
        String::new()
    };
    let text = teller.t(
        &format!("L'édition {week} est déjà partie : personne ne reçoit deux fois la même chose.{more}"),
        &format!("Edition {week} has left already: nobody is sent the same thing twice.{more}"),
    );
    line(wrap(&text, 92, "  "))?;
    Ok(())
}

pub(super) fn where_it_is(
    teller: Teller,
    scene: &Scene,
    week: EditionId,
    delivery: &DeliveryReport,
) -> anyhow::Result<()> {
    teller.heading("Où sont les fichiers", "Where the files are")?;
    let letters = scene.letters().join(week.to_string());
    let sent = match delivery.sent.len() {
        0 => teller.t(
            "les lettres de la semaine (.eml et .html), écrites une fois",
            "the week's letters (.eml and .html), written once",
        ),
        number => teller.count(
            number,
            ["lettre écrite à l'instant (.eml et .html)", "lettres écrites à l'instant (.eml et .html)"],
            ["letter written just now (.eml and .html)", "letters written just now (.eml and .html)"],
        ),
    };
    let rows = [
        (letters.display().to_string(), set(&sent, teller.language)),
        (
            scene.config().display().to_string(),
            teller.t("la configuration, à modifier sans crainte", "the configuration, yours to change"),
        ),
        (scene.data().display().to_string(), teller.t("la base et l'index", "the database and the index")),
    ];
    for (path, what) in rows {
        line(format!("  {} {}", pad(&path, 34), teller.paint.dim(&what)))?;
    }
    for (who, why) in delivery.failed.iter().chain(&delivery.deferred) {
        line(teller.paint.red(&format!("  {who}: {}", safe(why))))?;
    }
    Ok(())
}

pub(super) async fn next_steps(teller: Teller, scene: &Scene, shop: &Workshop) -> anyhow::Result<()> {
    teller.heading("À essayer ensuite", "What to try next")?;
    let program = std::env::args().next().unwrap_or_else(|| "vigie".into());
    let program = format!("{program} --config {}", scene.config().display());
    let given = shop.store.editions(1).await?.into_iter().next();
    let suggestions = match given {
        Some(edition) => shop.store.suggestions(edition.id).await?,
        None => Vec::new(),
    };
    let mut commands = vec![
        (
            format!("{program} search pompe à chaleur"),
            teller.t("tout ce qui en parle, en deux langues", "all that speaks of it, in two languages"),
        ),
        (
            format!("{program} digest elodie"),
            teller.t("ce qu'Élodie recevrait maintenant", "what Élodie would get now"),
        ),
    ];
    if let Some(first) = suggestions.first() {
        commands.push((
            format!("{program} explain {}", first.item),
            teller.t("toute la vérité sur un article", "the whole truth on one item"),
        ));
    }
    commands.push((
        format!("{program} line show"),
        teller.t("la ligne éditoriale, lisible par tous", "the editorial line, for everybody to read"),
    ));
    commands.push((
        format!("{program} ecosystem"),
        teller.t("les acteurs autour de l'entreprise", "the actors around the company"),
    ));
    let again = std::env::args().next().unwrap_or_else(|| "vigie".into());
    let dir = scene.dir.display();
    commands.push((
        format!("{again} demo --dir {dir} --serve"),
        teller.t("garder la presse en ligne : les liens s'ouvrent", "keep the press up: links open"),
    ));
    for (command, what) in commands {
        line(format!("  {}\n      {}", command, teller.paint.dim(&what)))?;
    }
    Ok(())
}
