//! What systemd is told: ready, reloading, stopping, a word on the state, and that we are alive.

use sd_notify::NotifyState;
use tokio::task::JoinHandle;

/// Stops the reminders when it is dropped.
pub(super) struct Watchdog(Option<JoinHandle<()>>);

impl Drop for Watchdog {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

fn tell(states: &[NotifyState<'_>]) {
    // Without systemd there is nobody to tell, which is no trouble.
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!("systemd was not told: {error}");
    }
}

pub(super) fn ready() {
    tell(&[NotifyState::Ready, NotifyState::Status("at work")]);
}

pub(super) fn reloading() {
    tell(&[NotifyState::Status("reading the configuration again")]);
}

pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

pub(super) fn status(text: &str) {
    tell(&[NotifyState::Status(text)]);
}

/// Says every third of the watchdog time that the runtime turns; nothing when there is no watchdog.
pub(super) fn watchdog() -> Watchdog {
    let task = sd_notify::watchdog_enabled().map(|limit| {
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(limit / 3);
            loop {
                ticks.tick().await;
                tell(&[NotifyState::Watchdog]);
            }
        })
    });
    Watchdog(task)
}
