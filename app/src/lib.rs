//! What people see: pages, components, server functions. The same source is compiled for the server
//! (feature `ssr`) and, as wasm, for the browser (feature `hydrate`); the two exclude each other.
//!
//! The server renders every page whole. What lives on a page (a run at work, a chart that one can
//! point at, an upload) is an `#[island]`: only islands are woken up in the browser, and only what
//! they use is part of the wasm. A page without islands loads none of it.
//!
//! # Where things are
//!
//! | module | what |
//! | --- | --- |
//! | [`pages`] | one folder for each noun, as in `hub` and `api`; a file for each page or verb |
//! | [`routes`] | which address shows which page |
//! | [`shell`] | what every page wears: top bar, jobs tray, account menu, theme, footer; [`Page`] |
//! | [`forms`] | [`forms::Form`] and its fields; every form works without script |
//! | [`components`] | the pieces: cards, tags, tabs, tables' pagers, dialogs, times |
//! | [`charts`] | drawings as SVG, options for ECharts, and [`charts::Chart`] that has both |
//! | [`format`](mod@format) | numbers, sizes, durations and times as people read them |
//! | [`live`] | the websocket of the tab: topics, resumption, state |
//! | [`boot`] | what a page knows besides its data: visitor, theme, file addresses, time |
//! | `ssr` | the one door to the server side: `caller`, `see_other`, `see_deleted`, the document, native posts |
//! | `on_server` | the macro around what only the server does |
//! | `platform` | the one door to the browser: chart mounting, socket, clock; nothing on the server |
//!
//! # How to write a page
//!
//! One resource, one function that brings all of the page's data, one view. The function runs where
//! the page is drawn, on the server: it is no endpoint.
//!
//! ```ignore
//! async fn dataset_settings(at: DatasetPath) -> Result<Settings, Failure> {
//!     on_server!({
//!         let (hub, actor) = crate::ssr::caller()?;
//!         Ok(mlhub_hub::datasets::settings(&hub, &actor, &at).await?)
//!     })
//! }
//!
//! #[component]
//! pub fn DatasetSettings() -> impl IntoView {
//!     let at = routes::params::<DatasetPath>();                    // Option<DatasetPath>
//!     load(at, dataset_settings, |settings| view! {                // Failure → error page + status
//!         <Page title=settings.name.to_string() class="narrow">
//!             <Head title=settings.name.to_string()>…</Head>
//!             <RenameForm at=settings.at/>
//!         </Page>
//!     }.into_any())
//! }
//! ```
//!
//! and one line in [`routes`]. Rules:
//!
//! - Address is state: filter, sort, tab, page live in the query string; tabs and pagers are links.
//! - No clock, locale, random number or `HashMap` order in a view. Times by [`components::Time`],
//!   numbers by [`format`](mod@format), maps are `BTreeMap`.
//! - Tables have `<tbody>`; no `<div>` in `<p>`, no form in a form, no link in a link.
//! - `.into_any()` at the end of each page, each row of a list and each arm of a match.
//! - Never a raw `<textarea>` (Leptos 0.8 does not escape its text on the server):
//!   [`forms::TextArea`]. `inner_html` only in [`charts`] and [`components::Prose`].
//! - No `cfg` in a page.
//!
//! # How to write an island
//!
//! `#[island]` instead of `#[component]`, with properties that can be serialised: the server writes
//! them into the page, and the browser builds the same view from them. Islands share what
//! `platform::hydrate` provides: [`boot::Boot`], [`live::Live`], [`shell::Running`],
//! [`pages::Watched`]. What needs the browser happens in an event handler or an `Effect`. Keep them
//! small: a page's forms, tables and links stay outside.
//!
//! # How to write a form
//!
//! Form and server function stand in one file. Arguments are `String`s, parsed in the body, so that
//! a bad one is an error with a field; the answer of a success is a place to go to:
//!
//! ```ignore
//! #[server(prefix = "/fn", endpoint = "datasets/rename")]
//! async fn rename_dataset(at: DatasetPath, name: String) -> Result<(), Failure> {
//!     use crate::ssr;
//!     let new = name.parse().map_err(|e| Failure::invalid("name", e, &name))?;
//!     let (hub, actor) = ssr::caller()?;
//!     let dataset = mlhub_hub::datasets::rename(&hub, &actor, &at, &new).await?;
//!     ssr::see_other(&at.renamed(dataset.name).page())
//! }
//!
//! #[component]
//! pub fn RenameForm(at: DatasetPath) -> impl IntoView {
//!     view! {
//!         <Form action={Call::<RenameDataset>::new()}>
//!             <About at=at.clone()/>
//!             <TextField name="name" label="Name" value=at.name.to_string()/>
//!             <SubmitButton>"Rename"</SubmitButton>
//!         </Form>
//!     }
//! }
//! ```
//!
//! `<Form>` posts to the address of its own page; the fields find message and typed text in it by
//! themselves. See [`forms`] for the idea, and for several forms of one function on a page (`key`).
//! Checkboxes that are off send nothing: give such arguments `#[server(default)]`.

#![expect(
    unreachable_pub,
    reason = "`#[component]` writes a second `pub fn` beside each component of a private module"
)]
#![cfg_attr(
    not(feature = "ssr"),
    expect(dead_code, unused_variables, reason = "the browser does not draw pages: `on_server!`")
)]

#[macro_use]
mod on_server;

pub mod boot;
pub mod charts;
pub mod clock;
pub mod components;
mod failure;
pub mod format;
pub mod forms;
pub mod live;
pub mod pages;
pub mod routes;
pub mod shell;
#[cfg(feature = "ssr")]
pub mod ssr;

#[cfg(feature = "hydrate")]
#[path = "platform/browser/mod.rs"]
mod platform;
#[cfg(not(feature = "hydrate"))]
#[path = "platform/elsewhere.rs"]
mod platform;

pub use failure::Failure;
#[cfg(feature = "hydrate")]
pub use platform::hydrate;
pub use shell::{App, Page, load};
