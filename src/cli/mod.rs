//! The command line: what was typed becomes calls of the floors below, values become text or JSON.

mod account;
mod brief;
mod check;
mod collect;
mod demo;
mod digest;
mod ecosystem;
mod edition;
mod edition_change;
mod explain;
mod init;
mod inside;
mod inspect;
mod items;
mod judgements;
mod line;
mod line_diff;
mod line_test;
mod mails;
mod output;
mod people;
mod quarantine;
mod replay;
mod report;
mod run;
mod search;
mod source_edit;
mod status;
mod stories;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;

use crate::config::{self, Config, StoreSettings};
use crate::daemon::DaemonError;
use crate::domain::Ambassador;
use crate::index::IndexError;
use crate::pipeline::{OPENER, PipelineError, Workshop, open_store};
use crate::store::{Store, StoreError};

/// Exit codes: done; nothing found or partly failed; refused.
pub(crate) const DONE: u8 = 0;
pub(crate) const PARTLY: u8 = 1;
pub(crate) const REFUSED: u8 = 2;

/// A content watch for employee-advocacy programmes: a few things worth saying, for each ambassador, every week.
#[derive(Debug, Parser)]
#[command(name = "vigie", version, about, long_about = None, arg_required_else_help = true)]
#[command(
    after_help = "Start with `vigie demo`: the whole product on a bundled press, without network or mail server.\n\
                        Exit codes: 0 done, 1 nothing found or partly failed, 2 refused."
)]
pub struct Cli {
    /// Folder of the configuration
    #[arg(long, global = true, value_name = "DIR", default_value = "config")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

/// The moment a command takes for now.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Now {
    /// Judge as of this instant (RFC 3339) instead of the clock, for replays and tests
    #[arg(long, value_name = "INSTANT")]
    now: Option<Timestamp>,
}

impl Now {
    /// The given instant, or the clock's.
    pub fn get(self) -> Timestamp {
        self.now.unwrap_or_else(Timestamp::now)
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The whole product on a bundled press: collects, tags, allots, writes the letters as files
    Demo(demo::Arguments),
    /// Write a commented starter configuration
    Init(init::Arguments),
    /// Judge the configuration: every error at once, with its place and a hint
    Check(check::Arguments),
    /// The daemon: collects on schedule, plans and sends the weekly edition
    Run(run::Arguments),
    /// What it is doing, what waits, what failed
    Status(status::Arguments),
    /// Ask sources now, whatever their schedule
    Collect(collect::Arguments),
    /// Sources and their health
    #[command(subcommand)]
    Source(collect::SourceCommand),
    /// Search everything that was collected
    Search(search::Arguments),
    /// What each person would get now
    Digest(digest::Arguments),
    /// The page of the Monday meeting: the news, a second life, who says what, what is covered
    Brief(brief::Arguments),
    /// Messages that were read from mailboxes, and what machines sent back
    #[command(subcommand)]
    Mail(mails::MailCommand),
    /// Validated contents of the company: how each may be shared, and until when
    Library(inside::LibraryArguments),
    /// What stands in the calendars of the company's pages
    Calendar(inside::CalendarArguments),
    /// What is held back as confidential, and who released what
    #[command(subcommand)]
    Quarantine(quarantine::QuarantineCommand),
    /// Past and present editions
    #[command(subcommand)]
    Edition(edition::EditionCommand),
    /// Past weeks again, with another line, team or caps, and the letters they would have sent; nothing is kept
    Replay(replay::Arguments),
    /// Seen or not, when and where; why kept, dropped, tagged, grouped, suggested or not
    Explain(explain::Arguments),
    /// The editorial line as a page for staff
    #[command(subcommand)]
    Line(line::LineCommand),
    /// The tree of actors around the company
    Ecosystem(ecosystem::Arguments),
    /// What the programme did, objective by objective, never by person
    Report(report::Arguments),
    /// Who covers what, and which topics nobody does
    Ambassadors(people::AmbassadorsArguments),
    /// Consent of people: who takes part, since when, recorded by whom
    #[command(subcommand)]
    Person(people::PersonCommand),
    /// Posts that people declare
    #[command(subcommand)]
    Share(people::ShareCommand),
    /// What Vigie makes of a feed, a page, an article or a mail; nothing is stored
    Inspect(inspect::Arguments),
    /// The grouping of copies and tellings, tried on a file of items; nothing is stored
    Stories(stories::Arguments),
    /// Throw the index away and build it again from the store
    Reindex(collect::ReindexArguments),
    /// Opens a PDF or DOCX from standard input, for Vigie itself
    #[command(name = OPENER, hide = true)]
    OpenDocument,
}

/// Reads the arguments, does the work, and gives the exit code. Errors go to stderr.
pub async fn main() -> ExitCode {
    let cli = Cli::parse();
    let dir = cli.config.clone();
    let result = match cli.command {
        Command::Demo(arguments) => demo::run(arguments).await,
        Command::Init(arguments) => init::run(&dir, &arguments),
        Command::Check(arguments) => check::run(&dir, &arguments),
        Command::Run(arguments) => run::run(&dir, &arguments).await,
        Command::Status(arguments) => status::run(&dir, &arguments).await,
        Command::Collect(arguments) => collect::run(&dir, &arguments).await,
        Command::Source(command) => collect::source(&dir, &command).await,
        Command::Search(arguments) => search::run(&dir, &arguments).await,
        Command::Digest(arguments) => digest::run(&dir, &arguments).await,
        Command::Brief(arguments) => brief::run(&dir, &arguments).await,
        Command::Mail(command) => mails::run(&dir, &command).await,
        Command::Quarantine(command) => quarantine::run(&dir, &command).await,
        Command::Edition(command) => edition::run(&dir, &command).await,
        Command::Replay(arguments) => replay::run(&dir, &arguments).await,
        Command::Explain(arguments) => explain::run(&dir, &arguments).await,
        Command::Line(command) => line::run(&dir, &command).await,
        Command::Ecosystem(arguments) => ecosystem::run(&dir, &arguments),
        Command::Report(arguments) => report::run(&dir, &arguments).await,
        Command::Ambassadors(arguments) => people::ambassadors(&dir, &arguments).await,
        Command::Person(command) => people::person(&dir, &command).await,
        Command::Share(command) => people::share(&dir, &command).await,
        Command::Inspect(arguments) => inspect::run(&arguments).await,
        Command::Stories(arguments) => stories::run(&arguments),
        Command::Reindex(arguments) => collect::reindex(&dir, &arguments).await,
        Command::Library(arguments) => inside::library(&dir, &arguments).await,
        Command::Calendar(arguments) => inside::calendar(&dir, &arguments).await,
        Command::OpenDocument => inside::open_document(),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("vigie: {}", told(&error));
            ExitCode::from(if is_trouble(&error) { PARTLY } else { REFUSED })
        }
    }
}

/// The error and its causes, each said once.
fn told(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.contains(&cause) {
            text = if text.is_empty() { cause } else { format!("{text}: {cause}") };
        }
    }
    text
}

/// Trouble of the machine, which may pass, and not a refusal: systemd may try again. A damaged or later store does not
/// mend itself.
fn is_trouble(error: &anyhow::Error) -> bool {
    let lasting = |error: &StoreError| matches!(error, StoreError::Corrupt(_) | StoreError::Newer { .. });
    error.chain().any(|cause| match cause.downcast_ref::<StoreError>() {
        Some(store) => !lasting(store),
        None => match cause.downcast_ref::<PipelineError>() {
            Some(PipelineError::Store(store)) => !lasting(store),
            Some(_) => true,
            None => match cause.downcast_ref::<DaemonError>() {
                Some(DaemonError::Pipeline(PipelineError::Store(store))) => !lasting(store),
                Some(_) => true,
                None => cause.is::<IndexError>(),
            },
        },
    })
}

/// A reader that went away (`vigie search x | head`) is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Reads the configuration; when it is refused, every problem is in the error.
fn load(dir: &Path) -> anyhow::Result<Config> {
    match config::load(dir) {
        Ok((config, _)) => Ok(config),
        Err(problems) => {
            let problems = problems.sorted();
            let number = problems.count(config::Severity::Error);
            let plural = if number == 1 { "" } else { "s" };
            anyhow::bail!("the configuration is refused ({number} error{plural})\n\n{problems}")
        }
    }
}

/// The ambassador of that id, or an error that says where to look.
fn ambassador<'a>(config: &'a Config, id: &str) -> anyhow::Result<&'a Ambassador> {
    config
        .ambassador(id)
        .ok_or_else(|| anyhow::anyhow!("there is no ambassador “{}”: see vigie ambassadors", output::safe(id)))
}

/// The store as it stands; `None`, said on stderr, while nothing was collected.
async fn stored(config: &Config) -> anyhow::Result<Option<Store>> {
    let data = config.data_dir();
    if config.settings.store == StoreSettings::Sqlite && !data.join("vigie.db").exists() {
        eprintln!("vigie: nothing was collected yet: run vigie collect, or vigie run");
        return Ok(None);
    }
    Ok(Some(open_store(config, &data).await?))
}

/// Opens the workshop of a configuration.
async fn open(dir: &Path) -> anyhow::Result<Workshop> {
    let config = load(dir)?;
    let data = config.data_dir();
    Workshop::open(config, &data).await.context("the data cannot be opened")
}
