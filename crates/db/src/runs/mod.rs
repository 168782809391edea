//! Rows of `runs`, `metric_points` and `experiments`.
//!
//! | file | what |
//! | --- | --- |
//! | `create` | a run and its experiment begin |
//! | `look` | one and lists |
//! | `reports` | events, log, curves |
//! | `work` | what its job does to it: take, report, end |

mod create;
mod look;
mod reports;
mod work;

pub use create::{NewRun, create, experiment};
pub(crate) use look::{Row, named, order, select, select_page};
pub use look::{Which, get, list};
pub use reports::{events, lines, log, series};
pub use work::{End, append, end, of_job, requeued, started};
