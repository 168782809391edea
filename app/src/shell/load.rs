//! From what an address names to the page of it.

use crate::Failure;
use crate::pages::{NotFound, ProblemPage};
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::future::Future;

/// Fetches the data of a page once and shows `render` of it. `at` is what the address names: `None`
/// shows the page for nothing there. A [`Failure`] becomes the error page and the status of the
/// answer.
pub fn load<A, T, Fut>(
    at: Memo<Option<A>>,
    fetch: impl Fn(A) -> Fut + Send + Sync + 'static,
    render: impl Fn(T) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView
where
    A: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T, Failure>> + Send + 'static,
{
    let data = Resource::new(
        move || at.get(),
        move |at| {
            let data = at.map(&fetch);
            async move {
                match data {
                    Some(data) => Some(data.await),
                    None => None,
                }
            }
        },
    );
    let page = move || {
        let render = render.clone();
        Suspend::new(async move {
            match data.await {
                Some(Ok(data)) => render(data),
                Some(Err(failure)) => view! { <ProblemPage failure/> }.into_any(),
                None => view! { <NotFound/> }.into_any(),
            }
        })
    };
    view! { <Suspense>{page}</Suspense> }.into_any()
}
