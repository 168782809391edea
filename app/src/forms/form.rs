//! The form itself and what its fields know of it.

use crate::Failure;
use crate::boot::{Answered, Boot, Refused};
use crate::components::Note;
use crate::platform;
use leptos::context::Provider;
use leptos::ev::SubmitEvent;
use leptos::form::FromFormData;
use leptos::html;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use server_fn::ServerFn;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

/// What the fields of a form know: why it was refused, what had been typed, whether it is on its
/// way. Found by the fields in the context of their form; a field outside a form knows nothing.
#[derive(Clone, Copy)]
pub struct FormState {
    id: StoredValue<String>,
    given: StoredValue<Vec<(String, String)>>,
    failure: Signal<Option<Failure>>,
    pending: Signal<bool>,
}

impl FormState {
    /// The form around, if there is one.
    pub fn around() -> Option<Self> {
        use_context()
    }

    /// Why the form was refused the last time.
    pub fn failure(self) -> Signal<Option<Failure>> {
        self.failure
    }

    /// Whether it is on its way.
    pub fn pending(self) -> Signal<bool> {
        self.pending
    }

    /// What was typed into `field` before the page came back.
    pub fn given(self, field: &str) -> Option<String> {
        self.given.with_value(|given| {
            given.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone())
        })
    }

    /// Everything that was typed before the page came back; empty when it was not refused.
    pub fn all_given(self) -> Vec<(String, String)> {
        self.given.get_value()
    }

    /// An id for `field` that no other form of the page has.
    pub fn field_id(self, field: &str) -> String {
        self.id.with_value(|id| format!("{id}-{field}"))
    }
}

/// A form that calls the server function of `action`, with wasm and without. Put fields in it; they
/// show their errors themselves. An error that belongs to no field stands at the top.
#[component]
pub fn Form<F>(
    /// Calls the function: `ServerAction::<RenameDataset>::new()`.
    action: ServerAction<F>,
    /// Tells several forms of one function apart; the same on every rendering.
    #[prop(optional, into)]
    key: String,
    /// Classes; `form` (fields below each other) unless said otherwise.
    #[prop(default = "form".into(), into)]
    class: String,
    /// Runs in the browser after a success that went nowhere else.
    #[prop(optional, into)]
    on_done: Option<Callback<()>>,
    /// The fields and the button.
    children: Children,
) -> impl IntoView
where
    F: ServerFn<Error = Failure> + DeserializeOwned + Clone + Send + Sync + 'static,
    F::Output: Send + Sync + 'static,
{
    let submit = move |event: &SubmitEvent| match F::from_event(event) {
        Ok(input) => {
            action.dispatch(input);
        }
        Err(error) => {
            let error = ServerFnErrorErr::Args(error.to_string());
            action.value().set(Some(Err(Failure::from_server_fn_error(error))));
            action.version().update(|version| *version += 1);
        }
    };
    let wires = Wires {
        function: F::PATH.trim_start_matches("/fn/"),
        submit: Box::new(submit),
        pending: action.pending().into(),
        answers: Signal::derive(move || action.version().get()),
        failure: Signal::derive(move || {
            action.value().with(|value| value.as_ref().and_then(|v| v.as_ref().err().cloned()))
        }),
    };
    form(wires, key, class, on_done, children)
}

/// An action without its type, so that the form is written once for all functions.
struct Wires {
    function: &'static str,
    submit: Box<dyn Fn(&SubmitEvent)>,
    pending: Signal<bool>,
    /// How often the action has been answered.
    answers: Signal<usize>,
    /// The failure of its last answer.
    failure: Signal<Option<Failure>>,
}

fn form(
    wires: Wires,
    key: String,
    class: String,
    on_done: Option<Callback<()>>,
    children: Children,
) -> AnyView {
    let Wires { function, submit, pending, answers, failure } = wires;
    let state = state(function, &key, pending, answers, failure);
    let node = NodeRef::<html::Form>::new();
    Effect::new(move |_| {
        if answers.get() == 0 {
            return;
        }
        if failure.with_untracked(Option::is_some) {
            platform::focus_first_error(node);
        } else if let Some(done) = on_done {
            done.run(());
        }
    });
    let on_submit = move |event: SubmitEvent| {
        if !event.default_prevented() {
            event.prevent_default();
            submit(&event);
        }
    };
    view! {
        <form method="post" class=class node_ref=node on:submit=on_submit>
            <input type="hidden" name="_fn" value=function/>
            <input type="hidden" name="_key" value=key/>
            <Summary state/>
            <Provider value=state>{children()}</Provider>
        </form>
    }
    .into_any()
}

/// What the page brought back for this form, if it was this one that was refused.
fn refused(function: &str, key: &str) -> Option<Refused> {
    let refused = use_context::<Boot>()?.refused?;
    (refused.function == function && refused.key == key).then_some(refused)
}

/// What the function of `action` answered the last time: to the browser's own call, or, without
/// script, in the page that came back. `key` is that of the form.
pub fn answer<F>(action: ServerAction<F>, key: &str) -> Signal<Option<F::Output>>
where
    F: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
    F::Output: DeserializeOwned + Clone + Send + Sync + 'static,
{
    let function = F::PATH.trim_start_matches("/fn/");
    let ours = |answered: &Answered| answered.function == function && answered.key == key;
    let brought = use_context::<Boot>().and_then(|boot| boot.answered).filter(ours);
    let first: Option<F::Output> = brought.and_then(|a| serde_json::from_str(&a.value).ok());
    Signal::derive(move || {
        if action.version().get() == 0 {
            return first.clone();
        }
        action.value().with(|value| value.as_ref().and_then(|v| v.as_ref().ok().cloned()))
    })
}

/// The state: what the page brought back, until the action has an answer of its own.
fn state(
    function: &str,
    key: &str,
    pending: Signal<bool>,
    answers: Signal<usize>,
    failure: Signal<Option<Failure>>,
) -> FormState {
    let mut id = function.replace('/', "-");
    if !key.is_empty() {
        id.push('-');
        id.push_str(key);
    }
    let (first, given) = match refused(function, key) {
        Some(refused) => (Some(refused.failure), refused.given),
        None => (None, Vec::new()),
    };
    let failure =
        Signal::derive(move || if answers.get() == 0 { first.clone() } else { failure.get() });
    FormState { id: StoredValue::new(id), given: StoredValue::new(given), failure, pending }
}

/// An error that belongs to no field.
#[component]
fn Summary(
    /// The form.
    state: FormState,
) -> impl IntoView {
    let text = move || {
        let failure = state.failure().get()?;
        failure.0.fields.is_empty().then(|| failure.detail().to_string())
    };
    view! {
        <div role="alert" class="form-error">
            {move || text().map(|text| view! { <Note kind="bad">{text}</Note> })}
        </div>
    }
}

/// A value that goes along unseen.
#[component]
pub fn Hidden(
    /// The argument of the server function: `at[owner]`.
    #[prop(into)]
    name: String,
    /// Its value.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}
