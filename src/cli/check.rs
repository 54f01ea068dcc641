//! `vigie check`: the configuration judged whole, and the next moments in words.

use std::path::Path;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use crate::config::{self, Account, Config, Problem, Severity, StoreSettings, Transport};
use crate::digest::Templates;
use crate::text::outside::Outside;
use crate::text::typography::moment;

use super::output::{Paint, json as print_json, line};
use super::{DONE, Now, REFUSED};

/// Arguments of `vigie check`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// One object a line instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    now: Now,
}

pub(super) fn run(dir: &Path, arguments: &Arguments) -> anyhow::Result<u8> {
    let (config, mut problems) = match config::load(dir) {
        Ok((config, warnings)) => (Some(config), warnings),
        Err(problems) => (None, problems),
    };
    if let Some(config) = &config {
        problems.list.extend(beyond_the_files(config));
    }
    let problems = problems.sorted();
    let (errors, warnings) = (problems.count(Severity::Error), problems.count(Severity::Warning));
    if arguments.json {
        for problem in &problems.list {
            print_json(&as_json(problem))?;
        }
    } else {
        let paint = Paint::stdout();
        for problem in &problems.list {
            let text = problem.to_string();
            let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
            let first = match problem.severity {
                Severity::Error => paint.red(first),
                Severity::Warning => paint.yellow(first),
            };
            line(if rest.is_empty() { first } else { format!("{first}\n{rest}") })?;
            line("")?;
        }
        match &config {
            Some(config) if errors == 0 => summary(config, warnings, arguments.now.get(), paint)?,
            _ => line(paint.bold(&format!("Refused: {}.", counted(errors, warnings))))?,
        }
    }
    Ok(if errors == 0 { DONE } else { REFUSED })
}

/// What needs more than the files: secrets that can be read, folders that are there, templates that render.
fn beyond_the_files(config: &Config) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut note = |severity, file: &str, message: String, hint: &str| {
        found.push(Problem {
            severity,
            file: file.to_owned(),
            place: None,
            excerpt: None,
            message,
            hint: hint.to_owned(),
        });
    };
    let templates = Templates::load(Some(&config.dir.join("templates")));
    if let Err(error) = templates.and_then(|templates| templates.try_out()) {
        note(Severity::Error, "templates", error.to_string(), "mend the file, or remove it to use the built-in one");
    }
    if let Some(path) = &config.settings.outside_model {
        if let Err(error) = Outside::open(path) {
            note(Severity::Warning, "vigie.toml", error.to_string(), "until then the built-in vectors work alone");
        }
    }
    if let Transport::Smtp { login: Some((_, secret)), .. } = &config.settings.mail.transport {
        if let Err(why) = secret.read(&config.dir) {
            note(Severity::Warning, "vigie.toml", why, "letters will wait until the daemon can read it");
        }
    }
    if let StoreSettings::PostgresAt(secret) = &config.settings.store {
        if let Err(why) = secret.read(&config.dir) {
            note(Severity::Warning, "vigie.toml", why, "nothing works until the address of the database can be read");
        }
    }
    for source in config.sources.iter().filter(|source| source.enabled) {
        let waits = format!("source “{}” will fail until the daemon can read it", source.id);
        for secret in config.accounts.get(&source.id).into_iter().flat_map(Account::secrets) {
            let read = secret.read(&config.dir);
            if let Err(why) = read {
                note(Severity::Warning, "sources.toml", why, &waits);
            } else if read.is_ok_and(|value| value.expose().trim().is_empty()) {
                note(Severity::Warning, "sources.toml", format!("a secret of “{}” is empty", source.id), &waits);
            } else if let Some(why) = secret.too_open(&config.dir) {
                note(Severity::Warning, "sources.toml", why, "let only the daemon's user read it: chmod 600");
            }
        }
        let address = url::Url::parse(&source.url).ok().filter(|url| url.scheme() == "file");
        let on_disk = address.and_then(|url| url.to_file_path().ok());
        if let Some(path) = on_disk.filter(|path| !path.exists()) {
            note(Severity::Warning, "sources.toml", format!("{} is not there", path.display()), &waits);
        }
    }
    found
}

fn summary(config: &Config, warnings: usize, now: Timestamp, paint: Paint) -> anyhow::Result<()> {
    let line_of = &config.line;
    line(paint.green(&format!(
        "Good: {} topics, {} objectives, {} sources, {} ambassadors{}.",
        line_of.topics.len(),
        line_of.objectives.len(),
        config.sources.iter().filter(|source| source.enabled).count(),
        config.ambassadors.iter().filter(|person| person.enabled).count(),
        if warnings > 0 { format!("; {}", counted(0, warnings)) } else { String::new() },
    )))?;
    let settings = &config.settings;
    line(settings.language.pick("Prochaines éditions :", "Next editions:"))?;
    let mut at = now;
    for _ in 0..3 {
        let Some(next) = settings.edition.schedule.next_after(at, &settings.time_zone) else {
            break;
        };
        let when = |at: Timestamp| moment(at, &settings.time_zone, settings.language);
        let before = next.checked_sub(jiff::SignedDuration::from_millis(1)).unwrap_or(next);
        let review = settings.edition.review.as_ref().and_then(|review| review.last_until(before, &settings.time_zone));
        let review = review.map(|at| {
            let from = settings.language.pick("à revoir dès", "to be looked at from");
            format!(" ({from} {})", when(at))
        });
        line(format!("  {}{}", when(next), review.unwrap_or_default()))?;
        at = next;
    }
    Ok(())
}

fn counted(errors: usize, warnings: usize) -> String {
    let plural = |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    match (errors, warnings) {
        (0, warnings) => plural(warnings, "warning"),
        (errors, 0) => plural(errors, "error"),
        (errors, warnings) => format!("{} and {}", plural(errors, "error"), plural(warnings, "warning")),
    }
}

fn as_json(problem: &Problem) -> serde_json::Value {
    json!({
        "severity": match problem.severity { Severity::Error => "error", Severity::Warning => "warning" },
        "file": problem.file,
        "line": problem.place.map(|(line, _)| line),
        "column": problem.place.map(|(_, column)| column),
        "message": problem.message,
        "hint": problem.hint,
    })
}
