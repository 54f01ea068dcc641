//! Where the counters of newsletters lead: asked without cookies or referrer, hop by hop, and no further than the first
//! address that is no counter. It counts as a click of the mailbox's owner, so a source must say so.

use url::Url;

use crate::mail::is_counter;
use crate::text::urls;

use super::Workshop;

/// Hops followed before giving up.
const MOST_HOPS: usize = 5;

/// The page behind a counter, without trackers; `None` when it leads nowhere that can be told.
pub(super) async fn behind(shop: &Workshop, counter: &Url, allow_private: bool) -> Option<Url> {
    let mut url = counter.clone();
    for _ in 0..MOST_HOPS {
        match shop.web.next_hop(&url, allow_private).await {
            Ok(Some(next)) => url = urls::clean(&next),
            // It answers by itself: it was a page after all, unless it only runs a script.
            Ok(None) => return (url != *counter).then_some(url),
            Err(error) => {
                tracing::info!(kind = error.kind(), "a counter was not resolved: {error}");
                return None;
            }
        }
        if !is_counter(&url) {
            return Some(url);
        }
    }
    None
}
