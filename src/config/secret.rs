//! Secrets: named in the configuration, read from files, the environment or systemd, never shown.

use std::fmt;
use std::path::{Path, PathBuf};

use super::files::Files;
use super::reader::Table;

/// Name of a secret: where its value is found, never the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretName {
    /// A file, absolute or relative to the config folder.
    File(PathBuf),
    /// An environment variable.
    Env(String),
    /// A systemd credential, by name.
    Credential(String),
}

/// A secret value: it has no way to be shown or logged by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret that was not read from a file: a token, a header made of it.
    pub fn new(value: String) -> Self {
        Secret(value)
    }

    /// The value, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl SecretName {
    /// What the system lets others do with the file of the secret, if that is more than it should.
    ///
    /// Files that systemd gives are its own affair.
    pub fn too_open(&self, config_dir: &Path) -> Option<String> {
        use std::os::unix::fs::PermissionsExt;
        let SecretName::File(path) = self else { return None };
        let mode = std::fs::metadata(config_dir.join(path)).ok()?.permissions().mode() & 0o777;
        (mode & 0o007 != 0).then(|| format!("the secret file {} is open to everybody (mode {mode:o})", path.display()))
    }

    /// Reads the secret; `config_dir` is where relative files are looked for. The final line end is not part of it.
    ///
    /// # Errors
    /// What is missing, by name, never by value.
    pub fn read(&self, config_dir: &Path) -> Result<Secret, String> {
        let file = |path: &Path| {
            std::fs::read_to_string(path)
                .map_err(|error| format!("the secret file {} cannot be read: {error}", path.display()))
        };
        let value = match self {
            SecretName::File(path) => file(&config_dir.join(path))?,
            SecretName::Env(name) => {
                std::env::var(name).map_err(|_| format!("the environment variable {name} is not set"))?
            }
            SecretName::Credential(name) => {
                let folder = std::env::var_os("CREDENTIALS_DIRECTORY")
                    .ok_or_else(|| format!("the credential {name} is given by systemd only (LoadCredential=)"))?;
                file(&Path::new(&folder).join(name))?
            }
        };
        Ok(Secret(value.trim_end_matches(['\r', '\n']).to_owned()))
    }
}

/// A secret named by one of three keys: a file, an environment variable, a credential of systemd.
pub(super) fn secret(files: &mut Files, table: &mut Table, keys: [&'static str; 3]) -> Option<SecretName> {
    let [file, variable, credential] = keys;
    let named = [
        table.text(files, file).map(|at| SecretName::File(at.value.into())),
        table.text(files, variable).map(|at| SecretName::Env(at.value)),
        table.text(files, credential).map(|at| SecretName::Credential(at.value)),
    ];
    let mut named = named.into_iter().flatten();
    let first = named.next();
    if named.next().is_some() {
        files.error(
            &table.place,
            "one secret is named in two ways",
            format!("keep one of {file}, {variable} and {credential}"),
        );
    }
    first
}
