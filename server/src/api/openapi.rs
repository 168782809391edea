//! The description of the REST API, made from the handlers themselves.

use axum::http::header;
use axum::response::IntoResponse;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "ML Hub",
        description = "Datasets, trainings, models: everything the pages can do."
    ),
    paths(
        super::algorithms::list,
        super::accounts::sign_up,
        super::accounts::set_up,
        super::accounts::log_in,
        super::accounts::log_out,
        super::accounts::me,
        super::accounts::change_me,
        super::accounts::change_password,
        super::accounts::sessions,
        super::accounts::end_session,
        super::tokens::create,
        super::tokens::list,
        super::tokens::revoke,
        super::projects::create,
        super::projects::list,
        super::projects::get,
        super::projects::change,
        super::projects::delete,
        super::members::list,
        super::members::add,
        super::members::change,
        super::members::remove,
        super::models::create,
        super::models::list,
        super::models::get,
        super::models::update,
        super::models::delete,
        super::models::train,
        super::models::versions,
        super::models::version,
        super::models::evaluation,
        super::models::download,
        super::models::set_alias,
        super::models::predict,
        super::runs::list,
        super::runs::get,
        super::runs::events,
        super::runs::metrics,
        super::runs::cancel,
    )
)]
struct Description;

/// The description as JSON.
pub fn json() -> String {
    Description::openapi().to_pretty_json().expect("a description made of plain values is JSON")
}

/// `GET /api/openapi.json`
pub(crate) async fn get() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], json())
}
