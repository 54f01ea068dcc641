//! `vigie mail`: what came by mail, how each message was read, and what machines sent back.

use std::path::Path;

use anyhow::bail;
use clap::Subcommand;
use serde_json::{Value, json};

use crate::text::typography::moment;

use super::output::{Paint, json as print_json, line, pad, safe};
use super::{DONE, PARTLY, load, stored};

/// What a message was taken for.
const KINDS: [&str; 9] =
    ["alert", "links", "prose", "promotion", "bounce", "complaint", "auto_reply", "refused", "unreadable"];

/// Commands on mail that was read.
#[derive(Debug, Subcommand)]
pub(super) enum MailCommand {
    /// Messages that were read, the newest first: what each was taken for, and what came of it
    List {
        /// Only of this source
        source: Option<String>,
        /// Only of this kind
        #[arg(long, value_name = "KIND", value_parser = KINDS)]
        mode: Option<String>,
        /// At most so many of each source
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
        /// One object a line
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(dir: &Path, command: &MailCommand) -> anyhow::Result<u8> {
    let MailCommand::List { source, mode, limit, json: as_json } = command;
    let config = load(dir)?;
    if let Some(id) = source.as_deref().filter(|id| config.source(id).is_none()) {
        bail!("there is no source “{}”: see vigie source list", safe(id));
    }
    let Some(store) = stored(&config).await? else { return Ok(PARTLY) };
    let (zone, language) = (&config.settings.time_zone, config.settings.language);
    let paint = Paint::stdout();
    let mut found = 0;
    let boxes = config.sources.iter().filter(|one| one.kind.is_inside());
    for one in boxes.filter(|one| source.as_ref().is_none_or(|wanted| *wanted == one.id)) {
        for mail in store.mails(&one.id, mode.as_deref(), i64::from(*limit)).await? {
            found += 1;
            let says: Value = serde_json::from_str(&mail.says).unwrap_or_default();
            if *as_json {
                print_json(&json!({
                    "source": mail.source, "key": mail.key, "received": mail.received.to_string(), "mode": mail.mode, "says": says,
                }))?;
                continue;
            }
            let text = |key: &str| says.get(key).and_then(Value::as_str).map(safe).unwrap_or_default();
            let kind = match mail.mode.as_str() {
                "alert" | "links" | "prose" => paint.green(&pad(&mail.mode, 11)),
                "bounce" | "complaint" | "unreadable" | "refused" => paint.yellow(&pad(&mail.mode, 11)),
                _ => paint.dim(&pad(&mail.mode, 11)),
            };
            line(format!("{kind} {}  {}", moment(mail.received, zone, language), text("subject")))?;
            line(paint.dim(&format!("            {} · {}", safe(&mail.source), text("from"))))?;
            for (key, told) in [
                ("query", "query"),
                ("feed", "also a feed, the better source; add it with vigie source add"),
                ("why", "why"),
            ] {
                if !text(key).is_empty() {
                    line(format!("            {told}: {}", text(key)))?;
                }
            }
            if let Some(notice) = says.get("notice").filter(|notice| !notice.is_null()) {
                line(format!("            {}", told(notice)))?;
            }
        }
    }
    if found == 0 && !as_json {
        line("No mail was read.")?;
    }
    Ok(if found == 0 { PARTLY } else { DONE })
}

/// What a machine sent back, in words.
fn told(notice: &Value) -> String {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(safe).unwrap_or_default();
    match notice.get("kind").and_then(Value::as_str) {
        Some("bounce") => {
            let each = notice.get("recipients").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let one = |who: &Value| {
                let parts = [text(who, "address"), text(who, "action"), text(who, "status"), text(who, "diagnostic")];
                parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
            };
            each.iter().map(one).collect::<Vec<_>>().join("; ")
        }
        Some("complaint") => format!("{} {}", text(notice, "feedback"), text(notice, "recipient")).trim().to_owned(),
        _ => {
            let until = text(notice, "until");
            let away = if until.is_empty() { "away".to_owned() } else { format!("away until {until}") };
            format!("{} {away}: {}", text(notice, "from"), text(notice, "text"))
        }
    }
}
