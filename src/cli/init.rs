//! `vigie init`: a starter configuration, never over what is there.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::{Args, ValueEnum};

use crate::config::starter;
use crate::domain::Language;

use super::output::line;
use super::{DONE, REFUSED};

/// Arguments of `vigie init`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where to write it [default: the folder of --config]
    dir: Option<PathBuf>,
    /// Language of the files and their comments
    #[arg(long, value_enum, default_value = "fr")]
    lang: Lang,
}

/// A language to write in.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Lang {
    /// French
    Fr,
    /// English
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Fr => Language::French,
            Lang::En => Language::English,
        }
    }
}

pub(super) fn run(config: &Path, arguments: &Arguments) -> anyhow::Result<u8> {
    let dir = arguments.dir.as_deref().unwrap_or(config);
    match starter::write(dir, arguments.lang.into()) {
        Ok(written) => {
            for path in &written {
                line(format!("wrote {}", path.display()))?;
            }
            line("")?;
            line(format!("Now edit them, then: vigie check --config {}", dir.display()))?;
            Ok(DONE)
        }
        Err(starter::StarterError::Exists(paths)) => {
            let list: Vec<String> = paths.iter().map(|path| format!("  {}", path.display())).collect();
            eprintln!("vigie: nothing was written, these files are there already:\n{}", list.join("\n"));
            Ok(REFUSED)
        }
        Err(error) => bail!(error),
    }
}
