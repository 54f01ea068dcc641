//! The starter configuration that `vigie init` writes, in French or English.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::domain::Language;

macro_rules! starter {
    ($folder:literal) => {
        [
            ("vigie.toml", include_str!(concat!($folder, "/vigie.toml"))),
            ("line.toml", include_str!(concat!($folder, "/line.toml"))),
            ("sources.toml", include_str!(concat!($folder, "/sources.toml"))),
            ("ambassadors.toml", include_str!(concat!($folder, "/ambassadors.toml"))),
            ("charter.md", include_str!(concat!($folder, "/charter.md"))),
        ]
    };
}

const FRENCH: [(&str, &str); 5] = starter!("../../config");
const ENGLISH: [(&str, &str); 5] = starter!("starter/en");

/// Why nothing was written.
#[derive(Debug, Error)]
pub enum StarterError {
    /// These files are there already.
    #[error("{} of the files are there already", .0.len())]
    Exists(Vec<PathBuf>),
    /// The folder cannot be written.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// What.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Writes the starter in `dir`, made if need be: all files or none.
///
/// # Errors
/// See [`StarterError`].
pub fn write(dir: &Path, language: Language) -> Result<Vec<PathBuf>, StarterError> {
    let files = language.pick(FRENCH, ENGLISH);
    let there: Vec<PathBuf> = files.iter().map(|(name, _)| dir.join(name)).filter(|path| path.exists()).collect();
    if !there.is_empty() {
        return Err(StarterError::Exists(there));
    }
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source| StarterError::Write { path, source }
    };
    fs::create_dir_all(dir).map_err(failed(dir))?;
    let mut written = Vec::with_capacity(files.len());
    for (name, text) in files {
        let path = dir.join(name);
        let mut file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(failed(&path))?;
        file.write_all(text.as_bytes()).map_err(failed(&path))?;
        written.push(path);
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_starters_pass_the_check_without_a_word() {
        for language in [Language::French, Language::English] {
            let dir = tempfile::tempdir().expect("a folder");
            write(dir.path(), language).expect("a starter");
            let (_, warnings) = super::super::load(dir.path()).unwrap_or_else(|problems| panic!("{problems}"));
            assert!(warnings.list.is_empty(), "{warnings}");
            assert!(matches!(write(dir.path(), language), Err(StarterError::Exists(paths)) if paths.len() == 5));
        }
    }
}
