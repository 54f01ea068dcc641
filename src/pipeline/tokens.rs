//! Tokens that open mailboxes and accounts: printed by a command, asked for by client credentials, or given for a log-in.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::config::accounts::Login;
use crate::config::{Account, Config, Secret};
use crate::domain::{Source, SourceKind};
use crate::net::Web;

/// Longest time that a command may take to print a token.
const COMMAND: Duration = Duration::from_secs(30);

/// The token of a log-in.
pub(super) async fn ask(config: &Config, web: &Web, login: &Login) -> Result<Secret, String> {
    match login {
        Login::Password(_) => Err("a password is no token".to_owned()),
        Login::Command(words) => command(words).await,
        Login::Client { token_url, client_id, secret, scope } => {
            let secret = secret.read(&config.dir)?;
            let mut form = vec![
                ("grant_type", "client_credentials"),
                ("client_id", client_id.as_str()),
                ("client_secret", secret.expose()),
            ];
            form.extend(scope.as_deref().map(|scope| ("scope", scope)));
            // The admin names this address and trusts it with a secret: it may be inside.
            let answer = web.post_form(token_url, &form, true).await.map_err(|error| error.to_string())?;
            let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            match said.get("access_token").and_then(Value::as_str) {
                Some(token) => Ok(Secret::new(token.to_owned())),
                None => {
                    let why = ["error_description", "error"]
                        .iter()
                        .find_map(|key| said.get(key)?.as_str())
                        .unwrap_or_default();
                    let why: String = why.chars().filter(|c| !c.is_control()).take(160).collect();
                    Err(format!("the token address answers {} and gives no token {why}", answer.status))
                }
            }
        }
    }
}

async fn command(words: &[String]) -> Result<Secret, String> {
    let Some((program, arguments)) = words.split_first() else {
        return Err("token_command is empty".to_owned());
    };
    let run = tokio::process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(COMMAND, run)
        .await
        .map_err(|_| format!("the command {program} took more than {} s", COMMAND.as_secs()))?
        .map_err(|error| format!("the command {program} cannot be run: {error}"))?;
    let token = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if !output.status.success() || token.is_empty() || token.contains(char::is_whitespace) {
        return Err(format!("the command {program} printed no token ({})", output.status));
    }
    Ok(Secret::new(token))
}

/// The `Authorization` header of a source, where it has an account.
pub(super) async fn authorization(config: &Config, web: &Web, source: &Source) -> Result<Option<Secret>, String> {
    use base64::Engine;
    let Some(account) = config.accounts.get(&source.id) else { return Ok(None) };
    let value = match account {
        Account::Mailbox(_) => return Ok(None),
        Account::Bearer(token) => format!("Bearer {}", token.read(&config.dir)?.expose()),
        Account::Basic { user, password } => {
            let password = password.read(&config.dir)?;
            if source.kind == SourceKind::Reader {
                return reader(web, source, user, password.expose()).await.map(Some);
            }
            let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{}", password.expose()));
            format!("Basic {pair}")
        }
    };
    Ok(Some(Secret::new(value)))
}

/// Logs in to another reader (`accounts/ClientLogin` of the Google Reader API).
async fn reader(web: &Web, source: &Source, user: &str, password: &str) -> Result<Secret, String> {
    let Some((server, _)) = source.url.split_once("/reader/api/") else {
        return Err("the address of this reader cannot be read".to_owned());
    };
    let form = [("Email", user), ("Passwd", password)];
    let answer = web
        .post_form(&format!("{server}/accounts/ClientLogin"), &form, source.allow_private)
        .await
        .map_err(|error| error.to_string())?;
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    match body.lines().find_map(|line| line.strip_prefix("Auth=")) {
        Some(token) if answer.status == 200 => Ok(Secret::new(format!("GoogleLogin auth={}", token.trim()))),
        _ => Err(format!("the reader refuses the log-in of {user} ({})", answer.status)),
    }
}
