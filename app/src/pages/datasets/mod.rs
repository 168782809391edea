//! Datasets: uploading them, looking at them, rolling them back.
//!
//! | file | what |
//! | --- | --- |
//! | `ask` | what the address of a dataset's page asks for |
//! | `fetch` | the data of the page |
//! | `show`, `head` | the page: its head, its tabs, one of its parts |
//! | `rows`, `row`, `columns`, `filters` | the tab “Data” |
//! | `profile` | the tab “Profile” |
//! | `versions` | the tab “Versions” |
//! | `rejected` | cells and rows of a file that are not in its table |
//! | `usage` | the tab “Use” |
//! | `settings` | the tab “Settings” |
//! | `reading` | instead of a table: not there yet, or not to be read |
//! | `new`, `upload` | the page that makes a dataset, and the form that takes a file |

mod ask;
mod columns;
pub(super) mod fetch;
mod filters;
mod head;
mod new;
mod profile;
mod reading;
mod rejected;
mod row;
mod rows;
mod settings;
mod show;
mod upload;
mod usage;
mod versions;

pub use new::NewDataset;
pub(super) use reading::{reading_card, stop as stop_reading};
pub use show::DatasetPage;
