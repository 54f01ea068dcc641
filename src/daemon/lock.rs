//! One writer per data folder: a lock that the system drops when its holder dies, with the holder's number in it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why the folder cannot be taken.
#[derive(Debug, Error)]
pub enum LockError {
    /// Somebody has it.
    #[error("another Vigie works on {dir} ({who}): stop it first, or let it do the work")]
    Held {
        /// The folder.
        dir: PathBuf,
        /// Its process number, if it could be read.
        who: String,
    },
    /// It cannot be locked.
    #[error("{path} cannot be locked: {source}")]
    System {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// The lock, held until it is dropped or the process dies.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the folder, at once or not at all.
    ///
    /// # Errors
    /// See [`LockError`].
    pub fn take(dir: &Path) -> Result<Self, LockError> {
        let path = dir.join("vigie.lock");
        let system = |source| LockError::System { path: path.clone(), source };
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(system)?;
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(system)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut who = String::new();
                let _ = file.read_to_string(&mut who);
                let who = who.trim();
                return Err(LockError::Held {
                    dir: dir.to_path_buf(),
                    who: if who.is_empty() { "starting".into() } else { format!("process {who}") },
                });
            }
            Err(TryLockError::Error(source)) => return Err(system(source)),
        }
        file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(system)?;
        Ok(DataLock { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_is_told_who_has_it_and_a_stale_file_does_not_block() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::write(dir.path().join("vigie.lock"), "99999999\n").expect("a stale file");
        let held = DataLock::take(dir.path()).expect("the lock");
        let second = DataLock::take(dir.path()).expect_err("it is held");
        assert!(second.to_string().contains(&std::process::id().to_string()), "{second}");
        drop(held);
        DataLock::take(dir.path()).expect("free again");
    }
}
