//! `algorithms`: what can be trained, with every hyperparameter.

use crate::http::Json;
use mlhub_domain::algorithms::{Algorithm, CATALOGUE};
use serde::Serialize;

/// The catalogue.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Catalogue {
    items: &'static [Algorithm],
}

/// The algorithms and their hyperparameters: name, kind, range, scale, default, unit, help.
#[utoipa::path(get, path = "/api/v1/algorithms", tag = "models", responses((status = 200, body = Catalogue)))]
pub(crate) async fn list() -> Json<Catalogue> {
    Json(Catalogue { items: CATALOGUE })
}
