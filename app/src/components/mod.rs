//! The pieces a page is made of. Values in, no contexts; the CSS class is the name.

mod card;
mod empty;
mod facts;
mod icon;
mod note;
mod pager;
mod progress;
mod prose;
mod reload;
mod roles;
mod roster;
mod snippet;
mod stat;
mod status;
mod table;
mod tabs;
mod tag;
mod time;

pub use card::Card;
pub use empty::EmptyState;
pub use facts::{Fact, Facts};
pub use icon::Icon;
pub use note::Note;
pub use pager::{Pager, with_query};
pub use progress::ProgressBar;
pub use prose::{Html, Prose};
pub use reload::ReloadBar;
pub use roles::{VisibilityCards, VisibilityTag};
pub use roster::{Entry, Roster};
pub use snippet::{Secret, Snippet};
pub use stat::Stat;
pub use status::RunTag;
pub use table::{Scroll, SortLink};
pub use tabs::{Tab, Tabs};
pub use tag::Tag;
pub use time::Time;
