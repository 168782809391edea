//! What a server function asks of its request, and tells its answer.

use super::{Actor, Hub};
use crate::Failure;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use mlhub_domain::problem::Code;

/// The hub, and who asks.
///
/// # Errors
/// `internal` when the server forgot to provide them.
pub fn caller() -> Result<(Hub, Actor), Failure> {
    use_context::<Hub>()
        .zip(use_context::<Actor>())
        .ok_or_else(|| Failure::new(Code::Internal, "The request came without its context."))
}

/// Sends the browser to `path` after a success. Only a path of this server is accepted; anything
/// else (another host, `//host`, a line break) leads to the start page instead, because `path` may
/// come from a `next=` that somebody crafted.
///
/// # Errors
/// None; the `Result` makes it the last line of a server function.
pub fn see_other(path: &str) -> Result<(), Failure> {
    let Some(answer) = use_context::<ResponseOptions>() else {
        return Ok(());
    };
    let path = if is_local(path) { path } else { "/" };
    let Ok(location) = HeaderValue::from_str(path) else {
        return Ok(());
    };
    answer.insert_header(header::LOCATION, location);
    // A function only says where to; `native` makes a 303 of it.
    if !called_as_function() {
        answer.set_status(StatusCode::SEE_OTHER);
    }
    Ok(())
}

/// Whether `path` stays on this server.
fn is_local(path: &str) -> bool {
    let second = path.as_bytes().get(1);
    path.starts_with('/')
        && !matches!(second, Some(b'/' | b'\\'))
        && path.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'\\')
}

/// Makes `status` the status of the page that is being rendered. The first one that matters stays:
/// an error found later on the page changes nothing.
pub fn set_status(status: u16) {
    if called_as_function() {
        return;
    }
    if let (Some(answer), Ok(status)) =
        (use_context::<ResponseOptions>(), StatusCode::from_u16(status))
    {
        answer.set_status(status);
    }
}

/// The address of this server, `https://hub.example.org`: the server knows.
#[derive(Clone)]
pub struct Origin(pub String);

/// Scheme and host of this server, for code to take away.
pub fn origin() -> String {
    use_context::<Origin>().map_or_else(|| "http://localhost".into(), |origin| origin.0)
}

/// Adds a cookie to the answer: a whole `Set-Cookie` line.
pub fn set_cookie(line: &str) {
    if let (Some(answer), Ok(line)) =
        (use_context::<ResponseOptions>(), HeaderValue::from_str(line))
    {
        answer.append_header(header::SET_COOKIE, line);
    }
}

/// Whether the request is for a server function rather than for a page that calls one.
fn called_as_function() -> bool {
    use_context::<Parts>().is_some_and(|parts| parts.uri.path().starts_with("/fn/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server_are_followed() {
        for good in ["/", "/ada/titanic?tab=runs&q=a%20b", "/a//b"] {
            assert!(is_local(good), "{good}");
        }
        for bad in ["", "//evil", "/\\evil", "https://evil", "a/b", "/a\r\nx: y", "/a b", "/é"] {
            assert!(!is_local(bad), "{bad:?}");
        }
    }
}
