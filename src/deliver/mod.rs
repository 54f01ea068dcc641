//! Letters leave: by SMTP or into a folder, one try at a time, its fate told exactly.

mod folder;
mod message;
mod retry;
mod smtp;

pub use folder::write_files;
pub use message::{MessageError, MessageParts, build, domain_of, message_id};
pub use retry::{next_state, stale_after};
pub use smtp::{Relay, RelayError};

/// How one try to send ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The server said 250 to the final dot.
    Accepted(String),
    /// Refused for now, or nobody answered before the message was whole: try again.
    Later(String),
    /// This address or message is refused for good.
    Refused(String),
    /// The relay refuses us (log-in, policy): stop, try no other letter.
    Closed(String),
    /// The message was given whole and no answer came: nobody knows (RFC 1047).
    Unknown(String),
}
