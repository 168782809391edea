//! The server: command line, configuration, start-up, and HTTP. What ML Hub can do is decided in
//! `hub`; here it is only brought to the network.
//!
//! | folder | what |
//! | --- | --- |
//! | [`cli`], [`config`] | what the operator says, read once |
//! | [`startup`] | from a command line to a running server, and down again |
//! | [`http`], [`policy`] | routes, the policy table, problems, extractors |
//! | [`security`] | the layers before every route: host, origin, who asks, headers |
//! | [`api`] | REST below `/api/v1`, one file for each resource |
//! | [`pages`] | the pages, server functions, forms without script |
//! | [`live`] | the websocket of a tab |
//! | [`internal`] | what job processes are served, on a listener of their own |
//! | [`engine`] | the data engine, as `hub` wants to ask it |
//! | [`assets`] | the files of the pages, embedded |

pub mod api;
pub mod assets;
pub mod cli;
pub mod config;
pub mod engine;
pub mod health;
pub mod http;
pub mod internal;
pub mod live;
pub mod pages;
pub mod policy;
pub mod security;
pub mod startup;

pub use cli::main;
