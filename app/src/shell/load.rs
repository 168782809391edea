//! From what an address names to the page of it.

use crate::Failure;
use crate::pages::{NotFound, ProblemPage};
use leptos::prelude::*;
use std::future::Future;

/// Fetches the data of a page and shows `render` of it. `at` is what the address names: `None`
/// shows the page for nothing there. A [`Failure`] becomes the error page and the status of the
/// answer.
pub fn load<A, T, Fut>(
    at: Option<A>,
    fetch: impl FnOnce(A) -> Fut + Send + 'static,
    render: impl FnOnce(T) -> AnyView + Send + 'static,
) -> AnyView
where
    A: Send + 'static,
    T: Send + 'static,
    Fut: Future<Output = Result<T, Failure>> + Send + 'static,
{
    let page = async move {
        let Some(at) = at else { return view! { <NotFound/> }.into_any() };
        match fetch(at).await {
            Ok(data) => render(data),
            Err(failure) => view! { <ProblemPage failure/> }.into_any(),
        }
    };
    // Not in a closure: that would be called, and fetch, more than once.
    view! { <Suspense>{Suspend::new(page)}</Suspense> }.into_any()
}
