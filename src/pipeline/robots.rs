//! May this page be read? robots.txt (RFC 9309), asked once a day and host; feeds are asked for by people and need none.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use texting_robots::Robot;
use url::Url;

use crate::net::Request;
use crate::store::RobotsRecord;
use crate::text::urls;

use super::{PipelineError, Workshop};

/// Our name in robots.txt.
const NAME: &str = "Vigie";
/// How long an answer is kept (RFC 9309 § 2.4), and how long trouble is.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
const KEPT_IN_TROUBLE: SignedDuration = SignedDuration::from_hours(1);
/// Bytes of the file that are read (RFC 9309 § 2.5).
const MOST_BYTES: usize = 500 << 10;
/// Longest pause between two pages that is kept: more would stop the harvest.
const LONGEST_DELAY: f32 = 10.0;

/// True when the host lets us read the page at `address`; its pause between two visits is kept from now on.
pub(super) async fn allows(
    shop: &Workshop,
    address: &str,
    allow_private: bool,
    now: Timestamp,
) -> Result<bool, PipelineError> {
    let Some(url) = urls::parse_web(address) else { return Ok(true) };
    let origin = url.origin().ascii_serialization();
    let remembered = shop.store.robots(&origin).await?.filter(|record| {
        let kept = if record.allowed { KEPT } else { KEPT_IN_TROUBLE };
        now.duration_since(record.fetched).abs() < kept
    });
    let record = match remembered {
        Some(record) => record,
        None => {
            let record = ask(shop, &url, allow_private, now).await;
            shop.store.remember_robots(&origin, &record).await?;
            record
        }
    };
    if !record.allowed {
        return Ok(false);
    }
    let Some(robot) = record.body.as_deref().and_then(|body| Robot::new(NAME, body).ok()) else { return Ok(true) };
    if let (Some(delay), Some(host)) = (robot.delay, url.host_str()) {
        shop.web.slow_down(host, Duration::from_secs_f32(delay.clamp(0.0, LONGEST_DELAY)));
    }
    Ok(robot.allowed(url.as_str()))
}

async fn ask(shop: &Workshop, url: &Url, allow_private: bool, now: Timestamp) -> RobotsRecord {
    let file = url.join("/robots.txt").map_or_else(|_| url.to_string(), String::from);
    let request = Request::get(&file, "text/plain, */*;q=0.1", allow_private);
    let (allowed, body) = match shop.web.fetch(request).await {
        Ok(fetched) if fetched.status == 200 => {
            let mut body = fetched.body;
            body.truncate(MOST_BYTES);
            (true, Some(body))
        }
        // No such file: everything is allowed. A server in trouble: nothing is, for now.
        Ok(fetched) => (fetched.status < 500 && fetched.status != 429, None),
        Err(error) => {
            tracing::info!(kind = error.kind(), "robots.txt not read: {error}");
            (false, None)
        }
    };
    RobotsRecord { fetched: now, allowed, body }
}
