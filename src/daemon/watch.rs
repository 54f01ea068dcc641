//! Mailboxes that tell of news by themselves: one connection each is held, and what it tells wakes the collecting.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use crate::domain::{Source, SourceKind};
use crate::pipeline::{Watched, Workshop, watch_mailbox};

/// Wait before a connection that broke is made again; doubled each time, up to the longest.
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// Wait after a refused log-in: more tries would lock the account.
const REFUSED: Duration = Duration::from_secs(60 * 60);

/// Watches every mailbox until `stop`, telling the id of a source when there is news in it.
pub(super) async fn watch(shop: &Workshop, tell: &Sender<String>, stop: &CancellationToken) {
    let boxes = shop.config.sources.iter().filter(|source| source.enabled && source.kind == SourceKind::Imap);
    let all = join_all(boxes.map(|source| watch_one(shop, source, tell)));
    tokio::select! {
        _ = all => {}
        () = stop.cancelled() => {}
    }
}

async fn watch_one(shop: &Workshop, source: &Source, tell: &Sender<String>) {
    let mut pause = FIRST;
    loop {
        // A full queue holds this very news already.
        let news = || drop(tell.try_send(source.id.clone()));
        let (wait, why) = match watch_mailbox(shop, source, &news).await {
            Watched::NotOffered => {
                tracing::info!(source = source.id, "its server tells of nothing by itself: it is asked on schedule");
                return;
            }
            Watched::Refused(why) => (REFUSED, why),
            Watched::Never(why) => {
                pause = (pause * 2).min(LONGEST);
                (pause, why)
            }
            Watched::Broke(why) => {
                pause = FIRST;
                (pause, why)
            }
        };
        tracing::info!(source = source.id, seconds = wait.as_secs(), "no longer told of news: {why}");
        tokio::time::sleep(wait).await;
    }
}
