//! From what an address names to the page of it.

use crate::Failure;
use crate::pages::{NotFound, ProblemPage};
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::ServerFn;
use std::future::Future;

/// Fetches the data of a page once (on the server, or after a navigation in the browser) and shows
/// `render` of it. `at` is what the address names: `None` shows the page for nothing there, and a
/// change fetches again while the old content stays. A [`Failure`] becomes the error page, and on
/// the server the status of the answer.
pub fn load<A, T, Fut>(
    at: Memo<Option<A>>,
    fetch: impl Fn(A) -> Fut + Clone + Send + Sync + 'static,
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
            let fetch = fetch.clone();
            async move {
                match at {
                    Some(at) => Some(fetch(at).await),
                    None => None,
                }
            }
        },
    );
    show(data, render)
}

/// How often `action` has succeeded in this browser.
pub fn successes<F>(action: ServerAction<F>) -> Memo<usize>
where
    F: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
    F::Output: Send + Sync + 'static,
{
    Memo::new(move |before: Option<&usize>| {
        let version = action.version().get();
        let succeeded = action.value().with_untracked(|value| matches!(value, Some(Ok(_))));
        if succeeded { version } else { before.copied().unwrap_or(0) }
    })
}

/// `at` with a number that grows with each of `changes`, for a page whose data is to be fetched
/// again after a success: [`successes`] of its actions.
pub fn reloading<A, const N: usize>(
    at: Memo<Option<A>>,
    changes: [Memo<usize>; N],
) -> Memo<Option<(A, usize)>>
where
    A: Clone + PartialEq + Send + Sync + 'static,
{
    Memo::new(move |_| {
        let changed = changes.iter().map(Memo::get).sum();
        at.get().map(|at| (at, changed))
    })
}

/// Shows a resource as a page: for the rare one that is not simply fetched by its address.
fn show<T>(
    data: Resource<Option<Result<T, Failure>>>,
    render: impl Fn(T) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
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
    view! { <Transition fallback=Waiting>{page}</Transition> }.into_any()
}

/// Stands in while a navigation in the browser waits for data; its parts fade in late, so that a
/// quick answer shows nothing of it.
#[component]
fn Waiting() -> impl IntoView {
    view! {
        <main id="main" class="waiting" tabindex="-1" aria-busy="true">
            <div class="skeleton line"></div>
            <div class="skeleton block"></div>
        </main>
    }
}
