//! `vigie brief`: the page of the Monday meeting.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use crate::digest::Templates;
use crate::digest::brief::compose;
use crate::pipeline::brief;

use super::output::{json as print_json, line};
use super::{DONE, Now, open};

/// Arguments of `vigie brief`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Write a page to read or print, one A4, to this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// One object instead of text
    #[arg(long, conflicts_with = "html")]
    json: bool,
    #[command(flatten)]
    now: Now,
}

pub(super) async fn run(dir: &Path, arguments: &Arguments) -> anyhow::Result<u8> {
    let shop = open(dir).await?;
    let facts = brief(&shop, arguments.now.get()).await?;
    let mut view = compose(&facts);
    let templates = Templates::load(Some(&shop.config.dir.join("templates")))?;
    let rendered = templates.render_brief(&mut view)?;
    match &arguments.html {
        Some(path) => {
            std::fs::write(path, rendered.html).with_context(|| format!("{} cannot be written", path.display()))?;
            line(format!("wrote {}", path.display()))?;
        }
        None if arguments.json => print_json(&serde_json::to_value(&view)?)?,
        None => line(rendered.text.trim_end())?,
    }
    Ok(DONE)
}
