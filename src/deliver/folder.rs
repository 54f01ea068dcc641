//! Letters as files: one `.eml` and one `.html` per person, for looking at and for programmes without a relay.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Fate;

/// Writes `NAME.eml` and `NAME.html` in `dir`, each whole or not at all, and says where the message is.
///
/// The name is made of letters, digits and dashes only: nothing from a file becomes a path.
pub fn write_files(dir: &Path, name: &str, message: &[u8], html: &str) -> Fate {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' }).collect();
    let written = fs::create_dir_all(dir)
        .and_then(|()| write_whole(&dir.join(format!("{name}.html")), html.as_bytes()))
        .and_then(|_| write_whole(&dir.join(format!("{name}.eml")), message));
    match written {
        Ok(path) => Fate::Accepted(format!("written to {}", path.display())),
        Err(error) => Fate::Later(format!("the folder {} cannot be written: {error}", dir.display())),
    }
}

/// Writes beside, flushes to disk, then renames: a crash leaves no half letter.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let beside = path.with_extension("part");
    let mut file = fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    Ok(path.to_path_buf())
}
