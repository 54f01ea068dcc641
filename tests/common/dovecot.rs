//! A real Dovecot on loopback ports, with its mail in a scratch folder, started by the tests that need it.

#![allow(dead_code, reason = "each test file uses its part")]

use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::{program, required};

static DELIVERED: AtomicU32 = AtomicU32::new(0);

/// A running server with one user, `alice`, whose password is `secret é`.
pub struct Dovecot {
    dir: tempfile::TempDir,
    process: Child,
    pub imap: u16,
    pub imaps: u16,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

impl Dovecot {
    /// A new server; `None` where there is none and none is required. `more` is put into its configuration.
    pub fn start(more: &str) -> Option<Self> {
        Self::start_with(more, None)
    }

    /// A server that also takes tokens, and asks at `introspection` whether each is good.
    pub fn with_tokens(more: &str, introspection: &str) -> Option<Self> {
        Self::start_with(more, Some(introspection))
    }

    fn start_with(more: &str, introspection: Option<&str>) -> Option<Self> {
        let found = program(&["dovecot"]);
        if !required("Dovecot", found.is_some()) {
            return None;
        }
        let dovecot = found.expect("found above");
        // Its sockets are named by their whole path, which must be short.
        let dir = tempfile::Builder::new().prefix("dc").tempdir_in("/tmp").expect("a scratch folder");
        let path = dir.path().to_path_buf();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o711)).expect("a mode");
        let mail = path.join("mail");
        std::fs::create_dir(&mail).expect("a folder");
        let root = std::fs::metadata("/proc/self").expect("this process").uid() == 0;
        let user = if root { "nobody".to_owned() } else { std::env::var("USER").expect("a user") };
        let group = if root { "nogroup".to_owned() } else { user.clone() };
        if root {
            chown(&mail, Some(65_534), Some(65_534)).expect("an owner");
        }
        certificate(&path);
        std::fs::write(path.join("users"), "alice:{PLAIN}secret é\n").expect("a file");
        let (imap, imaps) = (free_port(), free_port());
        let at = path.display();
        let own = if root {
            String::new()
        } else {
            format!("default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n")
        };
        let tokens = introspection.map_or_else(String::new, |url| {
            let settings = format!(
                "introspection_mode = post\nintrospection_url = {url}\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n"
            );
            std::fs::write(path.join("oauth2.conf"), settings).expect("a file");
            format!("passdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {at}/oauth2.conf\n}}\n")
        });
        let plain = if introspection.is_some() { "  mechanisms = plain login\n" } else { "" };
        let config = format!(
            "{own}base_dir = {at}/run\nstate_dir = {at}/state\nprotocols = imap\nlisten = 127.0.0.1\nlog_path = {at}/dovecot.log\n\
             auth_failure_delay = 0\nssl = yes\nssl_cert = <{at}/cert.pem\nssl_key = <{at}/key.pem\n\
             mail_location = maildir:{at}/mail/%u\nmail_fsync = never\nfirst_valid_uid = 1\nnamespace inbox {{\n  inbox = yes\n}}\n\
             protocol imap {{\n  mail_max_userip_connections = 50\n}}\n{more}\n\
             {tokens}passdb {{\n  driver = passwd-file\n{plain}  args = scheme=PLAIN username_format=%u {at}/users\n}}\n\
             userdb {{\n  driver = static\n  args = uid={user} gid={group} home={at}/mail/%u allow_all_users=yes\n}}\n\
             service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {imap}\n  }}\n  inet_listener imaps {{\n    port = {imaps}\n    ssl = yes\n  }}\n}}\n\
             service anvil {{\n  chroot =\n  unix_listener anvil-auth-penalty {{\n    mode = 0\n  }}\n}}\n"
        );
        std::fs::write(path.join("dovecot.conf"), config).expect("a file");
        let process = Command::new(dovecot)
            .args(["-F", "-c"])
            .arg(path.join("dovecot.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("dovecot starts");
        let server = Dovecot { dir, process, imap, imaps };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", server.imaps)).is_ok() {
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!(
            "dovecot does not answer: {}",
            std::fs::read_to_string(server.path().join("dovecot.log")).unwrap_or_default()
        );
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The certificate, which is its own authority.
    pub fn authority(&self) -> PathBuf {
        self.path().join("cert.pem")
    }

    /// Puts a message into the inbox, or a folder below it.
    pub fn deliver(&self, folder: &str, message: &[u8]) {
        let root = self.path().join("mail/alice");
        let inbox = if folder.is_empty() { root.clone() } else { root.join(format!(".{folder}")) };
        for dir in [&root, &inbox].into_iter().flat_map(|dir| ["", "tmp", "new", "cur"].map(|part| dir.join(part))) {
            if !dir.is_dir() {
                std::fs::create_dir_all(&dir).expect("a folder");
                Self::own(&dir);
            }
        }
        let number = DELIVERED.fetch_add(1, Ordering::SeqCst);
        let name = format!("1790000000.M{number}P1.test");
        std::fs::write(inbox.join("tmp").join(&name), message).expect("a message");
        Self::own(&inbox.join("tmp").join(&name));
        std::fs::rename(inbox.join("tmp").join(&name), inbox.join("new").join(&name)).expect("a delivery");
    }

    fn own(path: &Path) {
        if std::fs::metadata("/proc/self").expect("this process").uid() == 0 {
            chown(path, Some(65_534), Some(65_534)).expect("an owner");
        }
    }

    /// Gives the messages of the inbox new numbers' validity.
    pub fn renumber(&self, validity: u32) {
        self.doveadm(&["mailbox", "update", "--uid-validity", &validity.to_string(), "-u", "alice", "INBOX"]);
    }

    /// Ends every session of the user.
    pub fn kick(&self) {
        self.doveadm(&["kick", "alice"]);
    }

    /// How often the user logged in, from the log.
    pub fn logins(&self) -> usize {
        let log = std::fs::read_to_string(self.path().join("dovecot.log")).unwrap_or_default();
        log.lines().filter(|line| line.contains("Login: user=<alice>")).count()
    }

    /// What is flagged as seen in the inbox.
    pub fn seen(&self) -> usize {
        let files = std::fs::read_dir(self.path().join("mail/alice/cur")).into_iter().flatten().flatten();
        files.filter(|file| file.file_name().to_string_lossy().contains(",S")).count()
    }

    /// Messages in a folder.
    pub fn count(&self, folder: &str) -> usize {
        let inbox = self.path().join("mail/alice");
        let dir = if folder.is_empty() { inbox } else { inbox.join(format!(".{folder}")) };
        ["new", "cur"].iter().filter_map(|part| std::fs::read_dir(dir.join(part)).ok()).flatten().count()
    }

    fn doveadm(&self, arguments: &[&str]) {
        let doveadm = program(&["doveadm"]).expect("doveadm is beside dovecot");
        let done = Command::new(doveadm)
            .arg("-c")
            .arg(self.path().join("dovecot.conf"))
            .args(arguments)
            .output()
            .expect("doveadm runs");
        assert!(done.status.success(), "doveadm {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn certificate(dir: &Path) {
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
        ])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .arg("-keyout")
        .arg(dir.join("key.pem"))
        .arg("-out")
        .arg(dir.join("cert.pem"))
        .output()
        .expect("openssl runs");
    assert!(made.status.success(), "openssl: {}", String::from_utf8_lossy(&made.stderr));
}
