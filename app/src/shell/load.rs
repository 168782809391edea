//! From what an address names to the page of it.

use super::parcel::Parcel;
use crate::Failure;
use crate::pages::{NotFound, ProblemPage};
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::ServerFn;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Fetches the data of a page once (on the server, or after a navigation in the browser) and shows
/// `render` of it. `at` is what the address names: `None` shows the page for nothing there, and a
/// change fetches again while the old content stays. A [`Failure`] becomes the error page, and on
/// the server the status of the answer.
pub fn load<A, T, Fut>(
    at: Memo<Option<A>>,
    fetch: impl Fn(A) -> Fut + Send + Sync + 'static,
    render: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView
where
    A: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T, Failure>> + Send + 'static,
{
    let changes = Memo::new(move |before: Option<&u32>| {
        at.track();
        before.map_or(0, |before| before.wrapping_add(1))
    });
    let fetch: Fetch = Arc::new(move || {
        let data = at.get_untracked().map(&fetch);
        Box::pin(async move {
            match data {
                Some(data) => Some(data.await.map(Parcel::pack)),
                None => None,
            }
        })
    });
    let draw: Draw = Arc::new(move |parcel| match parcel.unpack() {
        Ok(data) => render(data),
        Err(failure) => view! { <ProblemPage failure/> }.into_any(),
    });
    show(changes, fetch, draw)
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

/// What a page fetches: `None` when its address names nothing.
type Fetched = Option<Result<Parcel, Failure>>;
type Fetch = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Fetched> + Send>> + Send + Sync>;
type Draw = Arc<dyn Fn(Parcel) -> AnyView + Send + Sync>;

/// The same for every page: written once, it stands once in the wasm.
fn show(changes: Memo<u32>, fetch: Fetch, draw: Draw) -> AnyView {
    let data = Resource::new(move || changes.get(), move |_| fetch());
    let page = move || {
        let draw = Arc::clone(&draw);
        Suspend::new(async move {
            match data.await {
                Some(Ok(parcel)) => draw(parcel),
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
