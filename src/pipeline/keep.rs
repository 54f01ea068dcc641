//! From the raw items of one poll to what is kept: known or new, tagged, read in full where it matters, held back
//! where a marker says so, or left out with the reason.

use jiff::Timestamp;

use crate::domain::{Confidentiality, ExclusionScope, FullText, Hold, Item, ItemId, RawItem, Source};
use crate::extract::{self, Context, fingerprint, from_raw, identity, with_article};
use crate::net::Request;
use crate::store::{Dropped, ItemWrite, Sighting};
use crate::tag::{Tagger, confidentiality};
use crate::text::reading::Reading;

use super::{PipelineError, Workshop, rules_fingerprint};

/// Why one of our own items waits: what was not read may hold a marker.
pub(super) const UNREAD: &str = "its page could not be read, so nobody knows whether it may leave";

/// What one poll gives to the store.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub new: Vec<ItemWrite>,
    pub revised: Vec<ItemWrite>,
    pub sightings: Vec<Sighting>,
    pub dropped: Vec<Dropped>,
    pub pages: usize,
}

/// Sorts the raw items of `source`.
pub(super) async fn keep(
    shop: &Workshop,
    tagger: &Tagger,
    source: &Source,
    raws: &[RawItem],
    first_poll: bool,
    now: Timestamp,
) -> Result<Kept, PipelineError> {
    let tagged_by = rules_fingerprint(&shop.config);
    let context = Context { source, now, first_poll };
    let keys: Vec<String> = raws.iter().map(identity::key).collect();
    let known = shop.store.known(&source.id, &keys).await?;
    let left_out = shop.store.dropped_keys(&source.id, &keys).await?;
    let mut kept = Kept::default();
    let mut seen = std::collections::HashSet::new();
    for (raw, key) in raws.iter().zip(keys) {
        if !seen.insert(key.clone()) {
            continue;
        }
        let print = fingerprint(raw);
        let write =
            |item: Item, tags| ItemWrite { item, tags, tagged_by: tagged_by.clone(), fingerprint: print.clone() };
        if let Some(id) = known.get(&key) {
            if let Some(record) = shop.store.item(*id).await?.filter(|record| record.item.source == source.id) {
                let moved = address_moved(&record.item, raw);
                if record.fingerprint != print || moved {
                    let item = edited(record.item, raw, context);
                    let reading = Reading::new(&item.title, &item.text, item.language);
                    let tags = tagger.tag(&item, &reading);
                    let item = hold(shop, item);
                    kept.revised.push(write(item, tags));
                }
            }
            continue;
        }
        let id = ItemId(shop.store.mint(now));
        let mut item = from_raw(raw, id, context);
        let reading = Reading::new(&item.title, &item.text, item.language);
        let mut tags = tagger.tag(&item, &reading);
        if let Some(hit) = tags.exclusion(ExclusionScope::NeverIndex) {
            if !left_out.contains(&key) {
                kept.dropped.push(Dropped {
                    source: source.id.clone(),
                    key,
                    title: item.title.clone(),
                    link: item.link.clone(),
                    reason: format!("excluded by “{}”: {}", hit.rule, hit.found),
                    at: now,
                });
            }
            continue;
        }
        if wants_page(source, &item, !tags.topics.is_empty()) {
            kept.pages += 1;
            item = read_page(shop, source, item, now).await?;
            let reading = Reading::new(&item.title, &item.text, item.language);
            tags = tagger.tag(&item, &reading);
        }
        let item = hold(shop, item);
        kept.new.push(write(item, tags));
    }
    Ok(kept)
}

/// An item whose source edited it keeps its number, its story and a full text that the source does not give.
fn edited(old: Item, raw: &RawItem, context: Context<'_>) -> Item {
    let fresh = from_raw(raw, old.id, context);
    let keep_text = old.full && !fresh.full;
    Item {
        story: old.story,
        copy_of: old.copy_of,
        published: if fresh.published.origin < old.published.origin { fresh.published } else { old.published },
        collected: old.collected,
        hold: old.hold.clone(),
        from_archive: old.from_archive,
        html: if keep_text { old.html } else { fresh.html },
        text: if keep_text { old.text } else { fresh.text },
        full: keep_text || fresh.full,
        ..fresh
    }
}

/// The page is the same, its host listens elsewhere: links given to people must lead there.
fn address_moved(item: &Item, raw: &RawItem) -> bool {
    let link = raw.link.as_deref().and_then(crate::text::urls::parse_web);
    let link = link.map(|url| crate::text::urls::clean(&url).to_string());
    identity::canonical(raw) == item.canonical && link != item.link
}

/// The page is read for teasers that match the line, for all when the source says so, and always for our own sources:
/// a marker may stand on the page only.
fn wants_page(source: &Source, item: &Item, matches: bool) -> bool {
    if item.full || item.link.is_none() {
        return false;
    }
    match source.full_text {
        FullText::Never => false,
        FullText::Always => true,
        FullText::Auto => matches || source.confidentiality == Confidentiality::Shareable,
    }
}

/// Fetches and reads the page of an item; a page that cannot be read costs nothing but its text.
pub(super) async fn read_page(
    shop: &Workshop,
    source: &Source,
    item: Item,
    now: Timestamp,
) -> Result<Item, PipelineError> {
    let own = source.confidentiality == Confidentiality::Shareable;
    let unread = |mut item: Item| {
        if own {
            item.hold = Some(Hold { why: UNREAD.to_owned(), until: None });
        }
        item
    };
    let Some(link) = item.link.clone() else {
        return Ok(item);
    };
    let request = Request {
        url: &link,
        accept: "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
        etag: None,
        last_modified: None,
        allow_private: source.allow_private && same_host(&link, &source.url),
    };
    let fetched = match shop.web.fetch(request).await {
        Ok(fetched) if fetched.status == 200 => fetched,
        Ok(fetched) => {
            tracing::info!(source = source.id, status = fetched.status, "page not read");
            return Ok(unread(item));
        }
        Err(error) => {
            tracing::info!(source = source.id, kind = error.kind(), "page not read: {error}");
            return Ok(unread(item));
        }
    };
    let content_type = fetched.header(&reqwest::header::CONTENT_TYPE).map(str::to_owned);
    let extracted = tokio::task::spawn_blocking(move || {
        extract::extract(&fetched.body, Some(&fetched.url), content_type.as_deref())
    });
    // A page that makes the extractor panic costs its own text only.
    let Ok(extracted) = extracted.await else {
        tracing::warn!(source = source.id, "a page could not be read: the extractor gave up");
        return Ok(unread(item));
    };
    match extracted {
        Ok(article) if article.access == Some(crate::domain::Access::Open) && !article.text.is_empty() => {
            let mut item = item;
            item.hold = None;
            Ok(with_article(item, article, now))
        }
        Ok(article) => {
            let access = article.access.map(crate::domain::Access::as_str);
            tracing::info!(source = source.id, access, "page not taken");
            Ok(unread(item))
        }
        Err(error) => {
            tracing::info!(source = source.id, kind = error.kind(), "page not taken: {error}");
            Ok(unread(item))
        }
    }
}

/// A source that may be private is trusted with its own host, not with the rest of the private network.
fn same_host(one: &str, other: &str) -> bool {
    let host = |typed: &str| crate::text::urls::parse_web(typed).and_then(|url| url.host_str().map(str::to_lowercase));
    host(one).is_some() && host(one) == host(other)
}

/// Reads markers and embargoes; a hold that was set for another reason stays.
pub(super) fn hold(shop: &Workshop, mut item: Item) -> Item {
    if let Some(found) = confidentiality::hold(&item, &shop.config.settings.time_zone) {
        item.hold = Some(found);
    }
    item
}
