//! `vigie demo`: the whole product on the bundled press, told so that a newcomer enjoys reading it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::config;
use crate::daemon::DataLock;
use crate::demo::{Press, PressServer, Scene, prepare};
use crate::domain::{EditionId, Language, ReasonKind, StoryId, Suggestion};
use crate::pipeline::{
    DeliveryReport, EditionDraft, HarvestReport, Planned, PollEvent, PollOutcome, Workshop, deliver, harvest, plan,
    recover_attempts,
};
use crate::store::ItemRecord;
use crate::text::typography::{count, list, set, short_slot};

use super::collect::progress;
use super::output::{Paint, line, pad, safe, wrap};
use super::{DONE, Now, PARTLY};

/// Port of the press, unless it is taken.
const PORT: u16 = 8766;

/// Arguments of `vigie demo`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The one folder it writes to
    #[arg(long, value_name = "DIR", default_value = "index/demo")]
    dir: PathBuf,
    /// Keep the press up at the end, so that the links in the letters open
    #[arg(long)]
    serve: bool,
    /// Port of the press on this machine
    #[arg(long, value_name = "PORT", default_value_t = PORT)]
    port: u16,
    /// Language of this account [default: that of the terminal]
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    #[command(flatten)]
    now: Now,
}

/// A language to tell it in.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Lang {
    /// French
    Fr,
    /// English
    En,
}

/// The one who tells.
#[derive(Clone, Copy)]
struct Teller {
    language: Language,
    paint: Paint,
}

impl Teller {
    fn t(self, fr: &str, en: &str) -> String {
        set(self.language.pick(fr, en), self.language)
    }

    fn heading(self, fr: &str, en: &str) -> std::io::Result<()> {
        line(format!("\n{}", self.paint.cyan(&self.t(fr, en))))
    }

    fn count(self, number: usize, fr: [&str; 2], en: [&str; 2]) -> String {
        let [one, many] = self.language.pick(fr, en);
        count(number, one, many, self.language)
    }
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<u8> {
    let teller = Teller {
        language: arguments.lang.map_or_else(terminal_language, |lang| match lang {
            Lang::Fr => Language::French,
            Lang::En => Language::English,
        }),
        paint: Paint::stdout(),
    };
    let now = arguments.now.get();
    let scene = prepare(&arguments.dir, now, arguments.port)?;
    let press = Press::load(scene.anchor)?;
    let outlets: Vec<(String, String)> = press.outlets.iter().map(|o| (o.id.clone(), o.title.clone())).collect();
    // Taken before anything is written: a demonstration that runs already keeps its port and its files.
    let _lock = DataLock::take(&scene.data())?;
    let server = PressServer::start(press, scene.port).await?;
    scene.write_config(server.port())?;
    let config = match config::load(&scene.config()) {
        Ok((config, _)) => config,
        Err(problems) => {
            anyhow::bail!("the configuration of the demonstration was changed and is refused\n\n{}", problems.sorted())
        }
    };
    let shop = Workshop::open(config, &scene.data()).await?;
    opening(teller, &scene, outlets.len(), server.port())?;
    opt_in(&shop, now).await?;
    let report = collect(teller, &shop, now).await?;
    came_in(teller, &shop, &report, now).await?;
    let zone = shop.config.settings.time_zone.clone();
    let week = EditionId::of(now.to_zoned(zone).date());
    recover_attempts(&shop, now).await?;
    let planned = plan(&shop, week, now, now).await?;
    let fixed = arguments.now;
    let delivery = deliver(&shop, &move || fixed.get(), &|| false).await?;
    match &planned {
        Planned::Written(draft) => who_gets_what(teller, &shop, draft)?,
        Planned::Already => nothing_twice(teller, week, &report)?,
    }
    where_it_is(teller, &scene, week, &delivery)?;
    next_steps(teller, &scene, &shop).await?;
    if arguments.serve {
        serve(teller, server.port()).await?;
    }
    Ok(if report.failures() == 0 && delivery.failed.is_empty() { DONE } else { PARTLY })
}

fn terminal_language() -> Language {
    let locale =
        ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    match locale.as_deref().map(Language::from_tag) {
        Some(Language::French) => Language::French,
        _ => Language::English,
    }
}

fn opening(teller: Teller, scene: &Scene, outlets: usize, port: u16) -> anyhow::Result<()> {
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

/// The demonstration's people said yes once; whoever left since then is not brought back.
async fn opt_in(shop: &Workshop, now: Timestamp) -> anyhow::Result<()> {
    let consents = shop.store.consents().await?;
    for person in shop.config.ambassadors.iter().filter(|person| !consents.contains_key(&person.id)) {
        shop.store.record_consent(&person.id, true, "vigie demo", now).await?;
    }
    Ok(())
}

async fn collect(teller: Teller, shop: &Workshop, now: Timestamp) -> anyhow::Result<HarvestReport> {
    teller.heading("Ce qui est entré", "What came in")?;
    let bar = progress(shop.config.sources.len());
    let tell = |event: &PollEvent| {
        if std::io::stderr().is_terminal() {
            bar.set_message(event.source.clone());
        }
        let _ = bar.suspend(|| line(told(teller, shop, event)));
        bar.inc(1);
    };
    let report = harvest(shop, &shop.config.sources, now, &tell).await?;
    bar.finish_and_clear();
    Ok(report)
}

fn told(teller: Teller, shop: &Workshop, event: &PollEvent) -> String {
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

async fn came_in(teller: Teller, shop: &Workshop, report: &HarvestReport, now: Timestamp) -> anyhow::Result<()> {
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

fn who_gets_what(teller: Teller, shop: &Workshop, draft: &EditionDraft) -> anyhow::Result<()> {
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

fn nothing_twice(teller: Teller, week: EditionId, report: &HarvestReport) -> anyhow::Result<()> {
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

fn where_it_is(teller: Teller, scene: &Scene, week: EditionId, delivery: &DeliveryReport) -> anyhow::Result<()> {
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

async fn next_steps(teller: Teller, scene: &Scene, shop: &Workshop) -> anyhow::Result<()> {
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

async fn serve(teller: Teller, port: u16) -> anyhow::Result<()> {
    let text = teller.t(
        &format!("La presse reste en ligne : http://www.chantier-durable.localhost:{port}/ (Ctrl-C pour arrêter)"),
        &format!("The press stays up: http://www.chantier-durable.localhost:{port}/ (Ctrl-C stops it)"),
    );
    line(format!("\n{text}"))?;
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
