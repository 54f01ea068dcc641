//! Counters: the links of senders that say nothing of where they lead.

use url::Url;

/// True for the link of a sender's counter, which says nothing of where it leads and is another for each reader.
pub fn is_counter(url: &Url) -> bool {
    const HOSTS: [&str; 24] = [
        "list-manage.com",
        "list-manage1.com",
        "list-manage2.com",
        "campaign-archive.com",
        "mailchi.mp",
        "sendibm1.com",
        "sendibm2.com",
        "sendibm3.com",
        "sendibt2.com",
        "sendibt3.com",
        "hubspotlinks.com",
        "hs-sites.com",
        "mjt.lu",
        "cmail19.com",
        "cmail20.com",
        "createsend.com",
        "rs6.net",
        "mailjet.com",
        "infusionsoft.com",
        "getresponse.com",
        "convertkit-mail.com",
        "convertkit-mail2.com",
        "klclick.com",
        "exacttarget.com",
    ];
    const PATHS: [&str; 14] = [
        "/track/click",
        "/tr/cl/",
        "/ls/click",
        "/e3t/",
        "/linkclick",
        "/click/",
        "/clicks/",
        "/ct/",
        "/wf/click",
        "/lnk/",
        "/redirect",
        "/tracking/",
        "/cl0/",
        "/uni/",
    ];
    let host = url.host_str().unwrap_or_default();
    let path = url.path().to_ascii_lowercase();
    let first = host.split('.').next().unwrap_or_default();
    let counter_host = matches!(
        first,
        "click"
            | "clicks"
            | "track"
            | "tracking"
            | "trk"
            | "links"
            | "link"
            | "lnk"
            | "r"
            | "e"
            | "t"
            | "email"
            | "ct"
            | "sendy"
    ) || first.starts_with("click")
        || first.starts_with("track")
        || first.starts_with("mailer");
    let known = HOSTS.iter().any(|known| host == *known || host.ends_with(&format!(".{known}")));
    if known || PATHS.iter().any(|part| path.contains(part) && !has_slug(&path)) {
        return true;
    }
    counter_host && !has_slug(&path) && (path.len() > 12 || url.query().is_some()) || has_token(url)
}

/// Words of a title in a path.
pub(super) fn has_slug(path: &str) -> bool {
    path.split('/').any(|part| {
        let words =
            part.split(['-', '_']).filter(|word| word.len() > 1 && word.chars().all(char::is_alphabetic)).count();
        words >= 3
    })
}

/// A long run of letters and digits that no hand wrote, and no words beside it.
fn has_token(url: &Url) -> bool {
    let random = |part: &str| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        let upper = part.bytes().filter(u8::is_ascii_uppercase).count();
        part.len() >= 48
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'=' | b'.' | b'%' | b'~'))
            && (digits * 12 > part.len())
            && (upper * 12 > part.len() || digits * 4 > part.len())
    };
    !has_slug(url.path()) && url.path().split('/').any(random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_opaque_and_pages_are_not() {
        let opaque = |address: &str| is_counter(&Url::parse(address).expect("an address"));
        for address in [
            "http://finimize.us10.list-manage.com/track/click?u=fd92d4d691&id=1&e=2",
            "https://r.news.example.org/tr/cl/Yx8aZ",
            "https://u123.ct.sendgrid.net/ls/click?upn=abc",
            "https://links.example.org/a/b7f2c90d8e1234?x=1",
        ] {
            assert!(opaque(address), "{address}");
        }
        for address in [
            "https://netsil.com/microservices-architectures-overlooked-considerations/",
            "https://www.youtube.com/watch?v=53DVkaW5Fb0",
            "https://www.bbc.co.uk/news/world-europe-41780116",
            "https://github.com/networknt/light-4j",
        ] {
            assert!(!opaque(address), "{address}");
        }
    }
}
