//! Models: made, looked at, tried.

mod change;
mod curves;
mod evaluation;
mod given;
mod new;
mod settings;
mod show;
mod try_it;
mod untrained;
mod use_it;
mod versions;
mod wizard;

pub(super) use curves::{foremost, plots};
pub(super) use evaluation::{EvaluationView, against, headlines, metric_stat, metric_title};
pub use new::NewModel;
pub(super) use settings::{bound, typed};
pub use show::ModelPage;
pub(super) use try_it::{TryForm, most_telling, tried};
