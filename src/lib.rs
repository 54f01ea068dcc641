//! Vigie: a content-watch daemon for employee-advocacy programmes.
//!
//! The modules stand in the order data flows; each imports only from floors below its own (ARCHITECTURE.md).
//! Start with [`pipeline`]: it tells the journey of an item, and of a week, from top to bottom.

#![forbid(unsafe_code)]

pub mod domain;

pub mod config;
pub mod net;
pub mod text;

pub mod collect;
pub mod extract;
pub mod mail;
pub mod stories;
pub mod tag;

pub mod allot;
pub mod digest;

pub mod deliver;
pub mod index;
pub mod store;

pub mod pipeline;

pub mod daemon;
pub mod demo;

pub mod cli;
