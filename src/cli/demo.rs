//! `vigie demo`: the whole product on the bundled press. What it says of it is in `account.rs`.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use crate::config;
use crate::daemon::DataLock;
use crate::demo::{Press, PressServer, prepare};
use crate::domain::{EditionId, Language};
use crate::pipeline::{
    HarvestReport, Planned, PollEvent, Workshop, deliver, harvest, plan_and_freeze, recover_attempts,
};

use super::account::{Teller, came_in, next_steps, nothing_twice, opening, told, where_it_is, who_gets_what};
use super::collect::progress;
use super::init::Lang;
use super::output::{Paint, line};
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

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<u8> {
    let teller =
        Teller { language: arguments.lang.map_or_else(terminal_language, Language::from), paint: Paint::stdout() };
    let now = arguments.now.get();
    let scene = prepare(&arguments.dir, now, arguments.port)?;
    let press = Press::load(scene.anchor)?;
    let outlets = press.outlets.len();
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
    opening(teller, &scene, outlets, server.port())?;
    opt_in(&shop, now).await?;
    let report = collect(teller, &shop, now).await?;
    came_in(teller, &shop, &report, now).await?;
    let zone = shop.config.settings.time_zone.clone();
    let week = EditionId::of(now.to_zoned(zone).date());
    recover_attempts(&shop, now).await?;
    let planned = plan_and_freeze(&shop, week, now, now).await?;
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
