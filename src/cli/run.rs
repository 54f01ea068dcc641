//! `vigie run`: the daemon, with its logs.

use std::io::IsTerminal;
use std::path::Path;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use tracing_subscriber::EnvFilter;

use crate::config;
use crate::daemon::{self, DataLock};
use crate::pipeline::Workshop;

use super::{DONE, Now, PARTLY, load};

/// Arguments of `vigie run`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Do what is due once, then stop: for a timer instead of a daemon
    #[arg(long)]
    once: bool,
    /// Form of the logs, on stderr
    #[arg(long, value_enum, env = "VIGIE_LOG_FORMAT", default_value = "auto")]
    log: LogFormat,
    #[command(flatten)]
    now: Now,
}

/// Form of the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// Text on a terminal, JSON elsewhere
    Auto,
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}

pub(super) async fn run(dir: &Path, arguments: &Arguments) -> anyhow::Result<u8> {
    start_logs(arguments.log);
    let config = load(dir)?;
    let data = config.data_dir();
    // Held until the end: a second daemon on the same folder is refused at once.
    let _lock = DataLock::take(&data)?;
    let shop = Workshop::open(config, &data).await?;
    let fixed = arguments.now;
    let clock = move || -> Timestamp { fixed.get() };
    if arguments.once {
        let well = daemon::run_once(&shop, &clock).await?;
        return Ok(if well { DONE } else { PARTLY });
    }
    daemon::run(shop, &clock, &|| config::load(dir).map(|(config, _)| config).map_err(config::Problems::sorted))
        .await?;
    Ok(DONE)
}

/// Logs go to stderr; `VIGIE_LOG` filters them (`info` by default, `vigie=debug` says more).
fn start_logs(format: LogFormat) {
    let filter = EnvFilter::try_from_env("VIGIE_LOG").unwrap_or_else(|_| EnvFilter::new("info,html5ever=error"));
    // Its traces hold passwords and tokens, whatever was asked for.
    let filter = match "async_imap=off".parse() {
        Ok(silent) => filter.add_directive(silent),
        Err(_) => filter,
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let json = match format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !std::io::stderr().is_terminal(),
    };
    if json {
        builder.json().flatten_event(true).init();
    } else {
        builder.compact().with_ansi(std::io::stderr().is_terminal()).init();
    }
}
