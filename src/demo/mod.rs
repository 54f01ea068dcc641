//! The demonstration: a fictional company, its press, and the loopback server that plays the web.

mod feeds;
mod pages;
mod press;
mod server;
mod setup;

pub use press::{Outlet, Press, PressError};
pub use server::PressServer;
pub use setup::{Scene, SetupError, prepare};
