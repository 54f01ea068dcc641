//! Politeness between requests: few at once in all, one or two at once on a host, a pause between two starts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// Turns, given out host by host.
#[derive(Debug)]
pub(super) struct Pace {
    all: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
    per_host: usize,
    pause: Duration,
}

#[derive(Debug)]
struct Host {
    turns: Arc<Semaphore>,
    next_start: Mutex<Instant>,
    /// Least time between two starts.
    pause: Mutex<Duration>,
}

/// The right to make one request; dropped when it is over.
pub(super) struct Turn {
    _host: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Pace {
    pub fn new(at_once: usize, per_host: usize, pause: Duration) -> Self {
        Pace {
            all: Arc::new(Semaphore::new(at_once.max(1))),
            hosts: Mutex::default(),
            per_host: per_host.max(1),
            pause,
        }
    }

    /// Nothing starts on `host` before `pause` is over.
    pub fn hold_off(&self, host: &str, pause: Duration) {
        let host = self.host(host);
        let mut next = host.next_start.lock().unwrap_or_else(PoisonError::into_inner);
        *next = (*next).max(Instant::now() + pause);
    }

    /// From now on at least `pause` between two starts on `host`: what its robots.txt asks for.
    pub fn slow_down(&self, host: &str, pause: Duration) {
        let host = self.host(host);
        let mut own = host.pause.lock().unwrap_or_else(PoisonError::into_inner);
        *own = (*own).max(pause);
    }

    fn host(&self, host: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            Arc::new(Host {
                turns: Arc::new(Semaphore::new(self.per_host)),
                next_start: Mutex::new(Instant::now()),
                pause: Mutex::new(self.pause),
            })
        };
        Arc::clone(hosts.entry(host.to_owned()).or_insert_with(new))
    }

    /// Waits for a turn on `host`. A busy host holds no place of the others: its own turn is taken first.
    /// `None` only if the pace was closed, which it never is.
    pub async fn turn(&self, host: &str) -> Option<Turn> {
        let host = self.host(host);
        let turn = Arc::clone(&host.turns).acquire_owned().await.ok()?;
        let start = {
            let mut next = host.next_start.lock().unwrap_or_else(PoisonError::into_inner);
            let start = (*next).max(Instant::now());
            *next = start + *host.pause.lock().unwrap_or_else(PoisonError::into_inner);
            start
        };
        sleep_until(start).await;
        let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Turn { _host: turn, _all: all })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn starts_on_one_host_are_apart_and_other_hosts_do_not_wait() {
        let pace = Pace::new(8, 2, Duration::from_secs(1));
        let begin = Instant::now();
        let first = pace.turn("a").await.expect("a turn");
        let second = pace.turn("a").await.expect("a turn");
        assert_eq!(begin.elapsed(), Duration::from_secs(1));
        let other = pace.turn("b").await.expect("a turn");
        assert_eq!(begin.elapsed(), Duration::from_secs(1));
        drop((first, second, other));
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_asks_for_peace_has_it_and_its_neighbours_do_not_wait() {
        let pace = Pace::new(8, 2, Duration::ZERO);
        let begin = Instant::now();
        pace.hold_off("a", Duration::from_secs(5));
        let other = pace.turn("b").await.expect("a turn");
        assert_eq!(begin.elapsed(), Duration::ZERO);
        let held = pace.turn("a").await.expect("a turn");
        assert_eq!(begin.elapsed(), Duration::from_secs(5));
        drop((other, held));
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_allowed_number_at_once_on_a_host() {
        let pace = Pace::new(8, 2, Duration::ZERO);
        let kept = (pace.turn("a").await, pace.turn("a").await);
        let third = tokio::time::timeout(Duration::from_secs(60), pace.turn("a")).await;
        assert!(third.is_err());
        drop(kept);
        assert!(pace.turn("a").await.is_some());
    }
}
