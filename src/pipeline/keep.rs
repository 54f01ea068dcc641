//! From the raw items of one poll to what is kept: known or new, tagged, read in full where it matters, held back
//! where a marker says so, or left out with the reason.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use crate::domain::{
    Confidentiality, ExclusionScope, FullText, Hold, Item, ItemId, RawItem, Source, SourceKind, Waiting,
};
use crate::extract::{self, Context, fingerprint, from_raw, identity, with_article};
use crate::index::Entry;
use crate::net::{Authorization, Request};
use crate::store::{Dropped, ItemRecord, ItemWrite, KnownItem, Sighting};
use crate::stories::Sketch;
use crate::tag::markings::{self, Marking};
use crate::tag::{Tagger, confidentiality};
use crate::text::reading::Reading;

use super::{PipelineError, Workshop, counters, learning, robots, rules_fingerprint, tokens};

/// What one poll gives to the store.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub new: Vec<Judged>,
    pub revised: Vec<Judged>,
    pub sightings: Vec<Sighting>,
    pub dropped: Vec<Dropped>,
    pub pages: usize,
}

/// An item judged: what the store and what the index keep of it.
#[derive(Debug)]
pub(super) struct Judged {
    pub write: ItemWrite,
    pub entry: Entry,
}

/// What items are judged by, shared by all polls of a harvest.
#[derive(Debug, Clone)]
pub(super) struct Judges {
    tagger: Arc<Tagger>,
    tagged_by: Arc<str>,
    zone: TimeZone,
}

impl Judges {
    /// Those in force: the line, and what was learnt of the archive for it.
    ///
    /// Made once and kept in the workshop: the daemon asks every half a minute.
    pub async fn in_force(shop: &Workshop) -> Result<Self, PipelineError> {
        let learnt = learning::learnt_at(shop).await?;
        let mut kept = shop.judges.lock().await;
        if let Some((_, judges)) = kept.as_ref().filter(|(at, _)| *at == learnt) {
            return Ok(judges.clone());
        }
        let learning = learning::in_force(shop).await?;
        let judges = Judges {
            tagged_by: format!("{}-{}", rules_fingerprint(&shop.config), learning.name).into(),
            tagger: Arc::new(learning.tagger(shop)),
            zone: shop.config.settings.time_zone.clone(),
        };
        *kept = Some((learnt, judges.clone()));
        Ok(judges)
    }

    /// Names the rules that these judge by.
    pub fn rules(&self) -> &str {
        &self.tagged_by
    }

    /// Why an item is held, in the zone of the company.
    pub fn hold(&self, item: &Item) -> Option<Hold> {
        confidentiality::hold(item, &self.zone)
    }

    /// Reads the words of an item once, for its tags, its sketch and the index.
    pub fn judge(&self, item: Item, fingerprint: String) -> Judged {
        let reading = Reading::new(&item.title, &item.text, item.language);
        let tags = self.tagger.tag(&item, &reading);
        let sketch = Sketch::of(&reading).to_bytes();
        let entry = Entry::of(&item, &tags, &reading);
        let item = Item { hold: confidentiality::hold(&item, &self.zone), ..item };
        let tagged_by = self.tagged_by.to_string();
        Judged { write: ItemWrite { item, tags, tagged_by, fingerprint, sketch, library: None }, entry }
    }
}

/// Sorts the raw items of `source`.
pub(super) async fn keep(
    shop: &Workshop,
    judges: &Judges,
    source: &Source,
    raws: Vec<RawItem>,
    first_poll: bool,
    now: Timestamp,
) -> Result<Kept, PipelineError> {
    let keys: Vec<String> = raws.iter().map(identity::key).collect();
    let known = shop.store.known(&source.id, &keys).await?;
    let left_out = shop.store.dropped_keys(&source.id, &keys).await?;
    let mut edits = HashMap::new();
    let mut fresh = Vec::new();
    let mut seen = HashSet::new();
    for (raw, key) in raws.into_iter().zip(keys) {
        if !seen.insert(key.clone()) {
            continue;
        }
        match known.get(&key) {
            None => fresh.push((ItemId(shop.store.mint(now)), key, raw)),
            Some(known) if known.source != source.id => {}
            Some(known) => {
                if known.fingerprint != fingerprint(&raw) || address_moved(known, &raw) {
                    edits.insert(known.id, raw);
                }
            }
        }
    }
    let ids: Vec<ItemId> = edits.keys().copied().collect();
    let records = shop.store.items(&ids).await?;
    let edits: Vec<(ItemRecord, RawItem)> =
        records.into_iter().filter_map(|record| edits.remove(&record.item.id).map(|raw| (record, raw))).collect();
    let sorting = {
        let (judges, source) = (judges.clone(), source.clone());
        move || sort(&judges, &source, edits, fresh, first_poll, now)
    };
    // Texts are read, tagged and sketched on threads that may be busy. One that panics costs this poll.
    let mut sorted = match shop.busy(sorting).await {
        Some(sorted) => sorted,
        None => {
            tracing::error!(source = source.id, "its items could not be read: please report this feed");
            Sorted::default()
        }
    };
    sorted.kept.dropped.retain(|dropped| !left_out.contains(&dropped.key));
    for Judged { write, .. } in sorted.teasers {
        let item = read_page(shop, source, write.item, now).await?;
        sorted.kept.pages += usize::from(item.full);
        let judges = judges.clone();
        let judged = shop.busy(move || judges.judge(item, write.fingerprint)).await;
        sorted.kept.new.extend(judged);
    }
    for (Judged { write, .. }, counter) in sorted.counters {
        let mut item = write.item;
        if let Some(url) = counters::behind(shop, &counter, may_look_inside(source)).await {
            item.canonical = Some(crate::text::urls::canonical(&url));
            item.link = Some(url.to_string());
        }
        if wants_page(source, &item, true) {
            item = read_page(shop, source, item, now).await?;
            sorted.kept.pages += usize::from(item.full);
        }
        let judges = judges.clone();
        let judged = shop.busy(move || judges.judge(item, write.fingerprint)).await;
        sorted.kept.new.extend(judged);
    }
    Ok(sorted.kept)
}

/// What a poll gave, before any page is read.
#[derive(Debug, Default)]
struct Sorted {
    kept: Kept,
    /// New items whose page is worth reading.
    teasers: Vec<Judged>,
    /// New items known by a counter that is worth following.
    counters: Vec<(Judged, Url)>,
}

fn sort(
    judges: &Judges,
    source: &Source,
    edits: Vec<(ItemRecord, RawItem)>,
    fresh: Vec<(ItemId, String, RawItem)>,
    first_poll: bool,
    now: Timestamp,
) -> Sorted {
    let context = Context { source, now, first_poll };
    let mut sorted = Sorted::default();
    for (record, raw) in edits {
        let mut judged = judges.judge(edited(record.item, &raw, context, &judges.zone), fingerprint(&raw));
        judged.write.library.clone_from(&raw.library);
        sorted.kept.revised.push(judged);
    }
    for (id, key, raw) in fresh {
        let mut judged = judges.judge(from_raw(&raw, id, context), fingerprint(&raw));
        judged.write.library.clone_from(&raw.library);
        let write = &judged.write;
        if let Some(hit) = write.tags.exclusion(ExclusionScope::NeverIndex) {
            sorted.kept.dropped.push(Dropped {
                source: source.id.clone(),
                key,
                reason: format!("excluded by “{}”: {}", hit.rule, hit.found),
                title: judged.write.item.title,
                link: judged.write.item.link,
                at: now,
            });
        } else if write.item.hold.as_ref().is_some_and(|hold| hold.in_force(now)) {
            // Nobody outside is asked about what must not leave: a link that works once would be used up. Our own page is
            // asked when nothing else holds its item any more.
            let waits = source.confidentiality == Confidentiality::Shareable && wants_page(source, &write.item, true);
            if waits {
                let item = Item { waiting: Some(Waiting::Unread), ..judged.write.item };
                judged = judges.judge(item, judged.write.fingerprint);
            }
            sorted.kept.new.push(judged);
        } else if let Some(counter) = counter_of(source, &raw, !write.tags.topics.is_empty()) {
            sorted.counters.push((judged, counter));
        } else if wants_page(source, &write.item, !write.tags.topics.is_empty()) {
            sorted.teasers.push(judged);
        } else {
            sorted.kept.new.push(judged);
        }
    }
    sorted
}

/// An item whose source edited it keeps its number, its story and a full text that the source does not give.
fn edited(old: Item, raw: &RawItem, context: Context<'_>, zone: &TimeZone) -> Item {
    let fresh = from_raw(raw, old.id, context);
    // A new teaser is not kept where the page said more; what it says of who may read it is.
    let teaser = Marking {
        class: fresh.class,
        title: "",
        text: &fresh.text,
        headers: &[],
        letter: false,
        sent: fresh.published.at,
    };
    let teaser = markings::marked(&teaser, zone);
    let keep_text = old.full && !fresh.full;
    // What a file says of itself is the whole truth; of mails each may say it.
    let from_files = matches!(context.source.kind, SourceKind::Folder | SourceKind::Library);
    let same = (keep_text || old.text == fresh.text) && old.title == fresh.title && old.marked == fresh.marked;
    Item {
        story: old.story,
        copy_of: old.copy_of,
        published: if fresh.published.origin < old.published.origin { fresh.published } else { old.published },
        collected: old.collected,
        // A file that is there again waits no longer; a page that could not be read still cannot.
        waiting: old.waiting.filter(|waiting| *waiting != Waiting::Gone),
        marked: if from_files {
            fresh.marked.clone()
        } else {
            Hold::both(old.marked.clone(), Hold::both(fresh.marked.clone(), teaser.filter(|_| keep_text)))
        },
        hold: None,
        // What was released was that text, not this one.
        released: old.released.filter(|_| same),
        access: old.access,
        from_archive: old.from_archive,
        // A counter says nothing of the address that was found behind it.
        link: if raw.opaque { old.link } else { fresh.link },
        canonical: if raw.opaque { old.canonical } else { fresh.canonical },
        html: if keep_text { old.html } else { fresh.html },
        text: if keep_text { old.text } else { fresh.text },
        full: keep_text || fresh.full,
        ..fresh
    }
}

/// The page is the same, its host listens elsewhere: links given to people must lead there.
fn address_moved(item: &KnownItem, raw: &RawItem) -> bool {
    let link = raw.link.as_deref().and_then(crate::text::urls::parse_web);
    let link = link.map(|url| crate::text::urls::clean(&url).to_string());
    identity::canonical(raw) == item.canonical && link != item.link
}

/// The counter of an item, where the source lets it be followed and the item is worth it.
fn counter_of(source: &Source, raw: &RawItem, matches: bool) -> Option<Url> {
    let worth = matches || source.full_text == FullText::Always || source.confidentiality == Confidentiality::Shareable;
    (raw.opaque && source.resolve_links && worth).then(|| crate::text::urls::parse_web(raw.link.as_deref()?))?
}

/// The page is read for teasers that match the line, for all when the source says so, and always for our own sources:
/// a marker may stand on the page only.
fn wants_page(source: &Source, item: &Item, matches: bool) -> bool {
    // A document is read whole; its address is where others find it.
    if item.full || item.link.is_none() || matches!(source.kind, SourceKind::Folder | SourceKind::Library) {
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
            item.waiting = Some(Waiting::Unread);
        }
        item
    };
    let Some(link) = item.link.clone() else {
        return Ok(item);
    };
    let allow_private = source.allow_private && same_host(&link, &source.url);
    if !robots::allows(shop, &link, allow_private, now).await? {
        tracing::info!(source = source.id, "page not read: its robots.txt refuses, or does not answer");
        return Ok(unread(item));
    }
    let request = Request::get(&link, "text/html, application/xhtml+xml;q=0.9, */*;q=0.1", allow_private);
    // Pages of a closed source are behind the same door.
    let secret = if same_origin(&link, &source.url) {
        tokens::authorization(&shop.config, &shop.web, source).await.ok().flatten()
    } else {
        None
    };
    let authorization = secret.as_ref().map(|secret| Authorization(secret.expose()));
    let fetched = match shop.web.fetch(Request { authorization, ..request }).await {
        Ok(fetched) if fetched.status == 200 && !asks_who(&fetched.url, &link) => fetched,
        Ok(fetched) if fetched.status == 401 || (fetched.status == 200 && asks_who(&fetched.url, &link)) => {
            return Ok(Item { waiting: Some(Waiting::Closed), ..item });
        }
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
    let extracted = shop.busy(move || extract::extract(&fetched.body, Some(&fetched.url), content_type.as_deref()));
    // A page that makes the extractor panic costs its own text only.
    let Some(extracted) = extracted.await else {
        tracing::warn!(source = source.id, "a page could not be read: the extractor gave up");
        return Ok(unread(item));
    };
    match extracted {
        Ok(article) if article.access == Some(crate::domain::Access::Open) && !article.text.is_empty() => {
            let mut item = item;
            item.waiting = None;
            let claimed = article.claimed_url.clone();
            let mut item = with_article(item, article, now);
            if let Some(address) = claimed {
                adopt_address(shop, &mut item, &address).await?;
            }
            Ok(item)
        }
        Ok(article) => {
            let access = article.access.map(crate::domain::Access::as_str);
            tracing::info!(source = source.id, access, "page not taken");
            Ok(unread(Item { access: article.access, ..item }))
        }
        Err(error) => {
            tracing::info!(source = source.id, kind = error.kind(), "page not taken: {error}");
            Ok(unread(item))
        }
    }
}

/// The address that a page claims is believed where an item stands already whose text this one repeats: a site may name
/// one address on all its pages, and anybody may name that of another.
async fn adopt_address(shop: &Workshop, item: &mut Item, address: &str) -> Result<(), PipelineError> {
    let Some(url) = crate::text::urls::parse_web(address) else { return Ok(()) };
    let address = crate::text::urls::canonical(&url);
    if item.canonical.as_ref() == Some(&address) {
        return Ok(());
    }
    let sketch = |item: &Item| Sketch::of(&Reading::new(&item.title, &item.text, item.language));
    let standing = shop.store.at_address(&address).await?;
    let own = sketch(item);
    if standing.iter().any(|record| record.item.class == item.class && sketch(&record.item).repeats(&own)) {
        item.canonical = Some(address);
    }
    Ok(())
}

/// A page that was answered by a log-in page.
fn asks_who(answered: &Url, asked: &str) -> bool {
    let doors = ["login", "signin", "sign-in", "connexion", "sso", "adfs", "oauth2", "saml"];
    let parts = |path: &str| path.to_lowercase().split('/').map(str::to_owned).collect::<Vec<_>>();
    let at_door = parts(answered.path())
        .iter()
        .any(|part| doors.iter().any(|door| part == door || part.starts_with(&format!("{door}."))));
    answered.host_str() == Some("login.microsoftonline.com") || (at_door && answered.as_str() != asked)
}

/// A letter must not make us knock at doors inside: only where the source may, and takes letters of known senders only.
fn may_look_inside(source: &Source) -> bool {
    source.allow_private && !source.senders.is_empty()
}

/// A secret is for the server it was given for, not for another on its host.
fn same_origin(one: &str, other: &str) -> bool {
    let origin = |typed: &str| crate::text::urls::parse_web(typed).map(|url| url.origin());
    origin(one).is_some() && origin(one) == origin(other)
}

/// A source that may be private is trusted with its own host, not with the rest of the private network.
fn same_host(one: &str, other: &str) -> bool {
    let host = |typed: &str| crate::text::urls::parse_web(typed).and_then(|url| url.host_str().map(str::to_lowercase));
    host(one).is_some() && host(one) == host(other)
}
