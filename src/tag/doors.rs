//! Addresses that are not public: hosts of the inside, keys and log-ins in the address, files shared with some.

use crate::domain::{Hold, is_localhost_name};
use crate::text::urls;

/// Ends of names that only networks of the inside have (RFC 6762, RFC 8375, and common use).
const INSIDE: [&str; 10] =
    ["local", "internal", "intranet", "lan", "corp", "home.arpa", "priv", "private", "intra", "intern"];
/// First names of hosts that are not for everybody.
const PARTS: [&str; 8] = ["intranet", "intra", "extranet", "sharepoint", "staging", "preprod", "recette", "uat"];
/// Hosts, and beginnings of their paths, that show files, meetings and mailboxes to those who were let in.
const SHARED: [(&str, &str); 37] = [
    ("sharepoint.com", "/"),
    ("drive.google.com", "/file/"),
    ("drive.google.com", "/drive/"),
    ("drive.google.com", "/open"),
    ("dropbox.com", "/sh/"),
    ("dropbox.com", "/scl/"),
    ("we.tl", "/"),
    ("wetransfer.com", "/downloads/"),
    ("swisstransfer.com", "/d/"),
    ("1drv.ms", "/"),
    ("onedrive.live.com", "/"),
    ("box.com", "/s/"),
    ("box.com", "/file/"),
    ("icloud.com", "/iclouddrive/"),
    ("mega.nz", "/"),
    ("mail.google.com", "/"),
    ("outlook.office.com", "/"),
    ("linkedin.com", "/messaging/"),
    ("teams.microsoft.com", "/l/"),
    ("meet.google.com", "/"),
    ("zoom.us", "/j/"),
    ("zoom.us", "/rec/"),
    ("slack.com", "/archives/"),
    ("atlassian.net", "/"),
    ("notion.so", "/"),
    ("trello.com", "/c/"),
    ("trello.com", "/b/"),
    ("miro.com", "/app/"),
    ("figma.com", "/file/"),
    ("figma.com", "/design/"),
    ("canva.com", "/design/"),
    ("app.hubspot.com", "/"),
    ("my.salesforce.com", "/"),
    ("force.com", "/"),
    ("app.asana.com", "/"),
    ("monday.com", "/boards/"),
    ("airtable.com", "/app"),
];
/// Parameters that are keys, whatever their length.
const SECRETS: [&str; 8] = ["password", "passwd", "pwd", "pass", "secret", "client_secret", "api_key", "apikey"];
/// Parameters that are keys where their value is as long as one.
const KEYS: [&str; 20] = [
    "token",
    "access_token",
    "id_token",
    "refresh_token",
    "auth_token",
    "authtoken",
    "access_key",
    "x-api-key",
    "sig",
    "signature",
    "x-amz-signature",
    "x-goog-signature",
    "sharekey",
    "rlkey",
    "resourcekey",
    "jwt",
    "sessionid",
    "session_id",
    "phpsessid",
    "jsessionid",
];
/// Parameters that are keys where nothing but chance wrote their value.
const PERHAPS: [&str; 5] = ["key", "auth", "code", "sid", "invite"];
/// Characters of a key.
const KEY: usize = 8;
/// Characters from which a value that holds letters and figures was written by chance.
const CHANCE: usize = 20;

/// A link that not everybody can follow is not public: a host of the inside, a key in the address, a log-in page.
pub fn behind_a_door(link: &str) -> Option<Hold> {
    let url = urls::parse_web(link)?;
    let held = |why: &str| Some(Hold { why: why.to_owned(), until: None });
    let host = url.host_str().unwrap_or_default().to_lowercase();
    if !url.username().is_empty() || url.password().is_some() {
        return held("its address holds a name or a password");
    }
    let named = INSIDE.iter().any(|end| host.ends_with(&format!(".{end}")))
        || host.split_once('.').is_some_and(|(first, rest)| rest.contains('.') && PARTS.contains(&first))
        || (!host.contains('.') && !host.contains(':') && !is_localhost_name(&host));
    if named || is_private_number(&url) {
        return held("its address is inside the company: nobody outside could follow it");
    }
    // `#access_token=…` and `;jsessionid=…` are parameters too.
    let fragment = url.fragment().unwrap_or_default();
    let matrix = url.path().split(';').skip(1).flat_map(|part| part.split('/').take(1));
    let beside = matrix.chain(fragment.split('&')).filter_map(|part| part.split_once('='));
    let beside = beside.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let query = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned()));
    let signed = url.path().split('/').any(is_web_token);
    if signed || query.chain(beside).any(|(name, value)| is_key(&name.to_lowercase(), &value)) {
        return held("its address holds a key of its own");
    }
    let of = |name: &str| host == name || host.ends_with(&format!(".{name}"));
    let path = url.path().to_lowercase();
    let shared = SHARED.iter().any(|(name, begins)| of(name) && path.starts_with(begins) && path.len() > 1)
        || of("docs.google.com") && (path.ends_with("/edit") || path.ends_with("/preview"))
        || path.contains("/wp-admin/")
        || url.query_pairs().any(|(name, value)| name == "preview" && value == "true");
    if shared {
        return held(
            "its address is that of a file, a meeting or a draft shared with some: nobody knows whether outsiders may open it",
        );
    }
    None
}

/// An address without the name, password and keys in it: it ends up in terminals, pipes and logs.
pub fn without_secrets(link: &str) -> String {
    let Some(mut url) = urls::parse_web(link) else { return link.to_owned() };
    if behind_a_door(link).is_none() {
        return link.to_owned();
    }
    // Only addresses without a host cannot do without them.
    let _ = (url.set_username(""), url.set_password(None));
    let shown =
        |name: &str, value: &str| if is_key(&name.to_lowercase(), value) { "…".to_owned() } else { value.to_owned() };
    let pairs: Vec<(String, String)> =
        url.query_pairs().map(|(name, value)| (name.to_string(), shown(&name, &value))).collect();
    if url.query().is_some() {
        url.query_pairs_mut().clear().extend_pairs(pairs);
    }
    let parts = url.path().split('/').map(|part| {
        let part = part.split(';').next().unwrap_or_default();
        if is_web_token(part) { "…" } else { part }
    });
    let path = parts.collect::<Vec<_>>().join("/");
    url.set_path(&path);
    if url.fragment().is_some_and(|fragment| fragment.contains('=')) {
        url.set_fragment(None);
    }
    url.to_string()
}

fn is_key(name: &str, value: &str) -> bool {
    let chance = value.len() >= CHANCE
        && value.contains(|c: char| c.is_ascii_digit())
        && value.contains(|c: char| c.is_ascii_alphabetic())
        && !value.contains(['-', ' ', '.', '/']);
    !value.is_empty() && SECRETS.contains(&name)
        || value.len() >= KEY && KEYS.contains(&name)
        || chance && PERHAPS.contains(&name)
        || is_web_token(value)
}

/// A JSON web token (RFC 7519): two parts at least, the first of which begins as JSON does in base64.
fn is_web_token(text: &str) -> bool {
    let mut parts = text.split('.');
    parts.next().is_some_and(|first| first.starts_with("eyJ") && first.len() >= KEY)
        && parts.next().is_some_and(|second| second.starts_with("eyJ"))
}

/// Networks of the inside (RFC 1918, RFC 4193, RFC 6598); this machine is for trials and is not one.
fn is_private_number(url: &url::Url) -> bool {
    let inside = |address: std::net::Ipv4Addr| {
        let [first, second, ..] = address.octets();
        address.is_private() || address.is_link_local() || first == 100 && (64..128).contains(&second)
    };
    match url.host() {
        Some(url::Host::Ipv4(address)) => inside(address),
        Some(url::Host::Ipv6(address)) => {
            address.is_unique_local() || address.is_unicast_link_local() || address.to_ipv4_mapped().is_some_and(inside)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_an_address_holds_no_secret() {
        for link in [
            "https://u:geheim123@a.example/x",
            "https://a.example/x?a=1&token=geheim123",
            "https://a.example/#access_token=geheim123",
        ] {
            let shown = without_secrets(link);
            assert!(!shown.contains("geheim") && shown.starts_with("https://a.example/"), "{shown}");
        }
        assert_eq!(without_secrets("https://a.example/x?a=1#b"), "https://a.example/x?a=1#b");
    }

    #[test]
    fn what_cannot_be_followed_from_outside_is_held() {
        for link in [
            "https://intranet.example.org/a",
            "http://wiki/a",
            "https://10.1.2.3/a",
            "https://100.64.1.1/a",
            "https://[::ffff:192.168.1.1]/a",
            "https://docs.corp/a",
            "https://a.example/f?sig=abcdefgh12",
            "https://a.example/f?password=x1",
            "https://a.example/f?rlkey=abcdefgh12",
            "https://a.example/f?key=a1b2c3d4e5f6a7b8c9d0e1f2",
            "https://a.example/f;jsessionid=abcdefgh12?a=1",
            "https://a.example/#access_token=abcdefgh12",
            "https://a.example/v/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
            "https://acme.sharepoint.com/:b:/g/abc",
            "https://acme.sharepoint.com/sites/com",
            "https://drive.google.com/file/d/abc/view",
            "https://docs.google.com/document/d/abc/edit",
            "https://news.acme.intra/a",
            "https://preprod.acme.example/a",
            "https://acme.example/?p=12&preview=true",
            "https://u:p@a.example/",
        ] {
            assert!(behind_a_door(link).is_some(), "{link}");
        }
        for link in [
            "https://example.org/a?id=12",
            "http://press.localhost:8080/a",
            "https://signature.example/x?sign=1",
            "https://a.example/a?key=les-aides-2026",
            "https://a.example/a?code=12345&sid=7#partie-2",
            "https://a.example/a?token=1",
            "https://docs.google.com/forms/d/e/abc/viewform",
            "https://www.linkedin.com/posts/abc",
            "https://zoom.us/webinar/register/abc",
            "https://intranet-story.example/a",
        ] {
            assert_eq!(behind_a_door(link), None, "{link}");
        }
    }
}
