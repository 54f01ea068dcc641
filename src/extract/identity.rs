//! Who an item is, for ever: the same after an edit, a new date, another port or another tracker.
//!
//! Rule: the source's own id; an id that is an address counts in its canonical form; without id, the canonical
//! address; without either, the title and the day.

use crate::domain::RawItem;
use crate::text::tokens::fold;
use crate::text::urls;

/// Identity of an item within its source.
pub fn key(raw: &RawItem) -> String {
    let address = |typed: &str| urls::parse_web(typed).map(|url| format!("url:{}", urls::canonical(&url)));
    if let Some(guid) = raw.guid.as_deref() {
        return address(guid).unwrap_or_else(|| format!("id:{guid}"));
    }
    if let Some(found) = raw.link.as_deref().filter(|_| !raw.opaque).and_then(address) {
        return found;
    }
    let day = raw.published.map(|date| date.at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string());
    let title = blake3::hash(fold(&raw.title).as_bytes()).to_hex();
    format!("title:{}:{}", &title[..24], day.unwrap_or_default())
}

/// Canonical address of an item's page, if it has one.
pub fn canonical(raw: &RawItem) -> Option<String> {
    if raw.opaque {
        return None;
    }
    let url = urls::parse_web(raw.link.as_deref()?)?;
    Some(urls::canonical(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(guid: Option<&str>, link: Option<&str>, title: &str) -> RawItem {
        RawItem { guid: guid.map(Into::into), link: link.map(Into::into), title: title.into(), ..RawItem::default() }
    }

    #[test]
    fn identity_survives_edits_ports_and_trackers() {
        let one = raw(None, Some("http://blog.a.localhost:1111/x?utm_source=rss"), "Avant");
        let other = raw(None, Some("https://blog.a.localhost:2222/x"), "Après");
        assert_eq!(key(&one), key(&other));
        let by_id = raw(Some("http://blog.a.localhost:1111/x"), None, "Avant");
        assert_eq!(key(&by_id), key(&one));
        assert_ne!(key(&raw(Some("7"), None, "a")), key(&raw(Some("8"), None, "a")));
        assert_eq!(key(&raw(None, None, "L’Été")), key(&raw(None, None, "l'été")));
    }
}
