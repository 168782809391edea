//! `algorithms`: what can be trained, with every hyperparameter.

use crate::http::Json;
use mlhub_domain::algorithms::{Algorithm, CATALOGUE};
use mlhub_domain::lists::List;

/// The algorithms and their hyperparameters: name, kind, range, scale, default, unit, help.
#[utoipa::path(get, path = "/api/v1/algorithms", tag = "algorithms",
    responses((status = 200, body = List<Algorithm>)))]
pub(crate) async fn list() -> Json<List<&'static Algorithm>> {
    let items: Vec<_> = CATALOGUE.iter().collect();
    let total = items.len() as u64;
    Json(List { items, next: None, total })
}
