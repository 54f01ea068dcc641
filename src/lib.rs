//! Vigie: a content-watch daemon for employee-advocacy programmes.

#![forbid(unsafe_code)]

pub mod domain;
pub mod config;
pub mod net;
pub mod text;
pub mod store;
pub mod collect;
pub mod extract;
pub mod stories;
pub mod tag;
pub mod allot;
pub mod index;
pub mod deliver;
pub mod digest;
pub mod pipeline;
