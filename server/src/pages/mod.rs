//! The pages and the server functions: every route of the app, and every function that it has
//! registered, each behind its line of the policy table.

mod context;
mod forms;
mod leave;
mod upload;

use crate::http::{Rejection, Routes, State, is_page};
use axum::body::Body;
use axum::extract::{Request, State as Extract};
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use mlhub_app::shell::App;
use mlhub_app::ssr;
use mlhub_hub::{Actor, Error};

/// Adds every page and every server function to `routes`.
pub fn routes(routes: Routes) -> Routes {
    let pages = leptos_axum::generate_route_list(App);
    let with_pages = pages.iter().fold(routes, |routes, page| {
        routes.get(page.path(), show).post(page.path(), forms::posted)
    });
    let mut functions: Vec<(&str, Method)> = server_fn::axum::server_fn_paths().collect();
    functions.sort_by_key(|(path, _)| *path);
    let with_functions = functions
        .into_iter()
        .fold(with_pages, |routes, (path, method)| routes.add(method, path, function));
    with_functions.post("/logout", leave::log_out)
}

/// What stands at an address that nothing else has: the page that says so, or a problem for
/// scripts.
pub async fn missing(state: Extract<State>, request: Request) -> Response {
    if is_page(request.method(), request.uri().path()) && request.method().is_safe() {
        return show(state, request).await;
    }
    Rejection::from(Error::not_found(request.uri().path())).into_response()
}

/// A page.
async fn show(Extract(state): Extract<State>, request: Request) -> Response {
    let given = context::gather(&state, &request);
    let own = request.extensions().get::<Actor>().is_some_and(|actor| actor.user.is_some());
    let given = given.with_jobs().await;
    let mut response = told(ssr::page(given.provide(), request).await);
    // What was drawn for somebody is for nobody else, and for them only now.
    let keep = if own { "no-store" } else { "no-cache" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    response
}

/// A page that came back for a form that was refused; where the form does not stand on it, the refusal
/// itself.
fn told(mut page: Response) -> Response {
    match page.extensions_mut().remove() {
        Some(ssr::Untold(failure)) => Rejection(failure.0).into_response(),
        None => page,
    }
}

/// A call of a server function by the wasm of a page, or by a script of ours.
async fn function(Extract(state): Extract<State>, request: Request) -> Response<Body> {
    let given = context::gather(&state, &request);
    let mut response = ssr::function(given.provide(), request).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_page_and_every_server_function_stands_in_the_policy_table() {
        let routes = routes(Routes::default());
        assert!(routes.unlisted().is_empty(), "{:?}", routes.unlisted());
        let serves = |method: Method, path: &str| routes.served().contains(&(method, path.into()));
        assert!(serves(Method::GET, "/{owner}/{project}"));
        assert!(serves(Method::POST, "/login"));
        assert!(serves(Method::POST, "/fn/accounts/login"));
    }

    #[test]
    fn no_server_function_can_be_called_by_a_link() {
        for (path, method) in server_fn::axum::server_fn_paths() {
            assert_eq!(method, Method::POST, "{path}");
        }
    }
}
