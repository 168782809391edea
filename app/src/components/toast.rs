//! Short messages that come and go.

use super::Icon;
use crate::platform;
use leptos::prelude::*;

/// The messages on screen: at most three; good news leaves by itself, bad news stays.
#[derive(Clone, Copy)]
pub struct Toasts(RwSignal<Vec<Toast>>);

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Toast {
    id: u64,
    text: String,
    bad: bool,
}

impl Default for Toasts {
    fn default() -> Self {
        Self(RwSignal::new(Vec::new()))
    }
}

impl Toasts {
    /// Says that something worked; gone after eight seconds.
    pub fn say(self, text: impl Into<String>) {
        let id = self.push(text.into(), false);
        platform::after(8_000, move || self.drop(id));
    }

    /// Says that something did not work; stays until it is closed.
    pub fn warn(self, text: impl Into<String>) {
        self.push(text.into(), true);
    }

    fn push(self, text: String, bad: bool) -> u64 {
        let mut id = 0;
        self.0.update(|toasts| {
            id = toasts.last().map_or(1, |last| last.id + 1);
            toasts.push(Toast { id, text, bad });
            let extra = toasts.len().saturating_sub(3);
            toasts.drain(..extra);
        });
        id
    }

    fn drop(self, id: u64) {
        self.0.update(|toasts| toasts.retain(|toast| toast.id != id));
    }
}

/// Where messages appear.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_context::<Toasts>().unwrap_or_default();
    let each = move |toast: Toast| {
        view! {
            <div
                class=if toast.bad { "toast bad" } else { "toast" }
                role=if toast.bad { "alert" } else { "status" }
            >
                {toast.bad.then(|| view! { <Icon name="alert-triangle"/> })}
                <span>{toast.text}</span>
                <button
                    class="btn quiet icon"
                    aria-label="Close"
                    on:click=move |_| toasts.drop(toast.id)
                >
                    <Icon name="x"/>
                </button>
            </div>
        }
    };
    view! {
        <div class="toasts" aria-live="polite">
            <For each=move || toasts.0.get() key=|toast| toast.id children=each/>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_three_messages_stay() {
        let owner = Owner::new();
        owner.with(|| {
            let toasts = Toasts::default();
            for text in ["one", "two", "three", "four"] {
                toasts.warn(text);
            }
            let shown: Vec<_> =
                toasts.0.get_untracked().into_iter().map(|toast| toast.text).collect();
            assert_eq!(shown, ["two", "three", "four"]);
        });
    }
}
