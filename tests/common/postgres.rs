//! A real PostgreSQL on a socket in a scratch folder, started by the tests that need it.

#![allow(dead_code, reason = "each test file uses its part")]

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use super::required;

/// The server of this test program: started for the first test that asks, stopped after the last.
static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());
static DATABASES: AtomicU32 = AtomicU32::new(0);

struct Server {
    dir: tempfile::TempDir,
    process: Child,
}

/// A database of its own, empty, for one test.
pub struct Database {
    server: Arc<Server>,
    name: String,
}

impl Database {
    /// A new database; `None` where there is no PostgreSQL and none is required.
    pub fn new() -> Option<Self> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let server = match running.upgrade() {
            Some(server) => server,
            None => {
                let programs = programs();
                if !required("PostgreSQL", programs.is_some()) {
                    return None;
                }
                let server = Arc::new(Server::start(&programs.expect("found above")));
                *running = Arc::downgrade(&server);
                server
            }
        };
        let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::SeqCst));
        let database = Database { server, name };
        database.server.say(&format!("create database {}", database.name));
        Some(database)
    }

    /// Its address.
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }
}

impl Server {
    fn start(programs: &Path) -> Self {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let owner = owner();
        if let Some((user, group)) = owner {
            std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).expect("a mode");
            chown(dir.path(), Some(user), Some(group)).expect("an owner");
        }
        let data = dir.path().join("data");
        let as_owner = |program: &str| {
            let mut command = Command::new(programs.join(program));
            if let Some((user, group)) = owner {
                command.uid(user).gid(group);
            }
            command.current_dir(dir.path()).stdin(Stdio::null());
            command
        };
        // Sorted by the customs of France: what Vigie stores must come back in the order of bytes all the same.
        let made = as_owner("initdb")
            .args(["--username=vigie", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
            .arg(&data)
            .args(["--locale-provider=icu", "--icu-locale=fr"])
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let process = as_owner("postgres")
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(dir.path())
            .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("postgres runs");
        let server = Server { dir, process };
        server.say("select 1");
        server
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://vigie@localhost/{database}?host={}", self.dir.path().display())
    }

    /// Says a statement to the database every server has, waiting for the server to be there.
    fn say(&self, statement: &str) {
        let url = self.url("postgres");
        let statement = statement.to_owned();
        // A thread of its own: the caller may be inside a runtime.
        let saying = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let mut tries = 0;
                let pool = loop {
                    match sqlx::PgPool::connect(&url).await {
                        Ok(pool) => break pool,
                        Err(error) if tries == 300 => panic!("PostgreSQL does not answer: {error}"),
                        Err(_) => tries += 1,
                    }
                    tokio::time::sleep(Duration::from_millis(100)).await;
                };
                sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&pool).await.expect("it is done");
                pool.close().await;
            });
        });
        saying.join().expect("PostgreSQL answers");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What it holds goes with the folder: there is nothing to save.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The folder of `initdb` and `postgres`: Debian keeps each version apart.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin"));
    let usual = ["/usr/bin", "/usr/local/bin", "/usr/local/pgsql/bin"].map(PathBuf::from);
    debian.chain(usual).find(|folder| ["initdb", "postgres"].iter().all(|name| folder.join(name).is_file()))
}

/// Whom the server runs as: it refuses to be root.
fn owner() -> Option<(u32, u32)> {
    let me = std::fs::metadata("/proc/self").expect("this process").uid();
    if me != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").expect("the users");
    ["postgres", "nobody"].iter().find_map(|name| {
        let fields: Vec<&str> = users.lines().find(|line| line.starts_with(&format!("{name}:")))?.split(':').collect();
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    })
}
