//! Addresses: cleaned for people, and in a comparable form for machines.

use std::sync::LazyLock;

use url::Url;

use crate::domain::is_localhost_name;

static TRACKERS: LazyLock<Trackers> = LazyLock::new(|| Trackers::read(include_str!("trackers.txt")));

struct Trackers {
    exact: Vec<String>,
    prefixes: Vec<String>,
}

impl Trackers {
    fn read(list: &str) -> Self {
        let lines = || list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        Trackers {
            exact: lines().filter(|line| !line.ends_with('*')).map(str::to_owned).collect(),
            prefixes: lines().filter_map(|line| line.strip_suffix('*')).map(str::to_owned).collect(),
        }
    }

    fn holds(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.exact.contains(&name) || self.prefixes.iter().any(|prefix| name.starts_with(prefix))
    }
}

/// Reads an absolute http(s) address; anything else is `None`.
pub fn parse_web(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.host_str().is_some()).then_some(url)
}

/// The address without trackers and, if it is a known redirector's, unwrapped: what people are shown and click.
pub fn clean(url: &Url) -> Url {
    let mut url = url.clone();
    // A newsletter's guard may wrap a search engine's redirector; nobody wraps for ever.
    for _ in 0..3 {
        match unwrap_redirector(&url).or_else(|| unwrap_written(&url)) {
            Some(target) => url = target,
            None => break,
        }
    }
    unsign(&mut url);
    if url.query().is_some() {
        let kept: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(name, _)| !TRACKERS.holds(name))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if kept.len() < url.query_pairs().count() {
            if kept.is_empty() {
                url.set_query(None);
            } else {
                url.query_pairs_mut().clear().extend_pairs(kept);
            }
        }
    }
    url
}

/// Comparable form: no scheme, no `www.`, `m.` or `amp.` host, no fragment, no trackers, no final slash.
/// Two addresses of one page have the same one.
///
/// Names under `.localhost` (RFC 6761: always this machine) lose their port: it changes from one run to the next.
pub fn canonical(url: &Url) -> String {
    let url = clean(url);
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    let bare = ["www.", "m.", "mobile.", "amp."]
        .iter()
        .find_map(|prefix| host.strip_prefix(prefix).filter(|rest| rest.contains('.')))
        .unwrap_or(&host);
    let mut form = bare.to_owned();
    if let Some(port) = url.port().filter(|_| !is_localhost_name(&host)) {
        form.push_str(&format!(":{port}"));
    }
    let path = url.path().trim_end_matches('/');
    form.push_str(path.strip_suffix("/amp").unwrap_or(path));
    if let Some(query) = url.query().filter(|query| !query.is_empty()) {
        form.push('?');
        form.push_str(query);
    }
    form
}

/// The target of a redirector that carries it in its query.
fn unwrap_redirector(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    let google = host.split('.').any(|label| label == "google") && url.path() == "/url";
    let safelinks = host.ends_with(".safelinks.protection.outlook.com");
    let linkedin = host.ends_with("linkedin.com") && matches!(url.path(), "/safety/go" | "/redir/redirect");
    let facebook = host == "l.facebook.com" && url.path() == "/l.php";
    if host.ends_with("urldefense.com") || host.ends_with("urldefense.proofpoint.com") {
        return unwrap_proofpoint(url);
    }
    if !(google || safelinks || linkedin || facebook) {
        return None;
    }
    url.query_pairs()
        .find(|(name, _)| matches!(name.as_ref(), "url" | "q" | "u"))
        .and_then(|(_, target)| parse_web(&target))
}

/// The target that a sender's counter writes into its own path: in base 64 as its last part, or with its slashes
/// escaped behind `/L0/` or `/CL0/`.
fn unwrap_written(url: &Url) -> Option<Url> {
    let path = url.path();
    if let Some((_, rest)) = path.split_once("/CL0/").or_else(|| path.split_once("/L0/")) {
        let target = percent_encoding::percent_decode_str(rest.split('/').next()?).decode_utf8().ok()?;
        return parse_web(&target);
    }
    let last = path.trim_end_matches('/').rsplit('/').next()?;
    if !(last.starts_with("aHR0cDov") || last.starts_with("aHR0cHM6")) {
        return None;
    }
    let plain: String =
        last.replace("%3D", "").trim_end_matches('=').replace("%2B", "+").replace('-', "+").replace('_', "/");
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD_NO_PAD, plain).ok()?;
    parse_web(std::str::from_utf8(&bytes).ok()?)
}

/// Version 3 keeps the address between two underscores (`*` for what its key restores), version 2 in `u`, with `-` for
/// `%` and `_` for `/`.
fn unwrap_proofpoint(url: &Url) -> Option<Url> {
    if let Some((_, rest)) = url.as_str().split_once("/v3/__") {
        let target = rest.split("__;").next()?;
        return if target.contains('*') { None } else { parse_web(target) };
    }
    let (_, coded) = url.query_pairs().find(|(name, _)| name == "u")?;
    let encoded = format!("http://x.invalid/?u={}", coded.replace('-', "%").replace('_', "/"));
    let (_, target) = Url::parse(&encoded).ok()?.query_pairs().next().map(|(a, b)| (a.into_owned(), b.into_owned()))?;
    parse_web(&target)
}

/// LinkedIn's mails lead through the reader's own token: the page is the same without it.
fn unsign(url: &mut Url) {
    let linkedin = url.host_str().is_some_and(|host| host == "linkedin.com" || host.ends_with(".linkedin.com"));
    if let Some(path) = url.path().strip_prefix("/comm/").filter(|_| linkedin).map(|path| format!("/{path}")) {
        url.set_path(&path);
        url.set_query(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, expected: &str) {
        let url = parse_web(typed).expect("a web address");
        assert_eq!(canonical(&url), expected);
    }

    #[test]
    fn one_page_has_one_canonical_form() {
        check("https://www.Example.org/a/?utm_source=rss&id=7#x", "example.org/a?id=7");
        check("http://example.org/a?id=7&fbclid=abc", "example.org/a?id=7");
        check("https://m.example.org/a/amp/", "example.org/a");
        check("https://example.org:8443/", "example.org:8443");
        check("http://blog.firm.localhost:8766/x", "blog.firm.localhost/x");
        check("https://www.google.com/url?rct=j&url=https://example.org/a%3Fb%3D1&ct=ga", "example.org/a?b=1");
        check(
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa&data=05",
            "example.org/a",
        );
        check("https://urldefense.proofpoint.com/v2/url?u=https-3A__example.org_a-2Db&d=x", "example.org/a-b");
        check("https://urldefense.com/v3/__https://example.org/a__;!!x$", "example.org/a");
        check("https://www.linkedin.com/comm/pulse/a?midToken=x", "linkedin.com/pulse/a");
        check(
            "https://1d5.click.kit.example/4zuz6/8ghq/aHR0cHM6Ly9leGFtcGxlLm9yZy9ibG9nL2E_Yj0xJmM9Mg==",
            "example.org/blog/a?b=1&c=2",
        );
        check("https://tracking.example.com/CL0/https:%2F%2Fexample.org%2Fa%3Futm_source=x/1/0100", "example.org/a");
        check(
            "https://web.archive.org/web/2020/https://example.org/a",
            "web.archive.org/web/2020/https://example.org/a",
        );
    }

    #[test]
    fn a_clean_address_keeps_what_is_not_a_tracker_byte_for_byte() {
        let url = parse_web("https://example.org/a?b=%C3%A9&c=1").expect("a web address");
        assert_eq!(clean(&url).as_str(), "https://example.org/a?b=%C3%A9&c=1");
    }

    #[test]
    fn only_the_web_is_the_web() {
        for other in ["ftp://example.org", "javascript:alert(1)", "mailto:a@example.org", "example.org", ""] {
            assert_eq!(parse_web(other), None, "{other}");
        }
    }
}
