//! The form itself and what its fields know of it.

use crate::Failure;
use crate::boot::{Answered, Boot, Refused, Typed};
use crate::components::Note;
use crate::format;
use leptos::context::Provider;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use server_fn::ServerFn;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The server function that a form calls: only its type.
pub struct Call<F>(PhantomData<fn() -> F>);

impl<F: ServerFn> Call<F> {
    /// A call of `F`.
    #[expect(clippy::new_without_default, reason = "nobody asks for a call of no function")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }

    /// What the page and the form call the function: `datasets/rename`.
    fn name() -> &'static str {
        F::PATH.trim_start_matches("/fn/")
    }
}

impl<F> Clone for Call<F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F> Copy for Call<F> {}

/// What the fields of a form know: why it was refused, and what had been typed. Found by the fields
/// in the context of their form; a field outside a form knows nothing.
#[derive(Clone, Copy)]
pub struct FormState(StoredValue<Inner>);

struct Inner {
    id: String,
    given: Vec<(String, String)>,
    failure: Option<Failure>,
    /// The fields that say themselves what is wrong with them.
    shown: Vec<String>,
}

impl FormState {
    /// The form around, if there is one.
    pub fn around() -> Option<Self> {
        use_context()
    }

    /// Why the form was refused the last time.
    pub fn failure(self) -> Option<Failure> {
        self.0.with_value(|inner| inner.failure.clone())
    }

    /// All that was wrong with `field`, for a field that says so itself.
    pub fn take_failure(self, field: &str) -> Option<String> {
        self.0.update_value(|inner| inner.shown.push(field.into()));
        let failure = self.failure()?;
        let wrong = failure.0.fields.iter().filter(|wrong| wrong.field == field);
        let wrong: Vec<&str> = wrong.map(|wrong| wrong.message.as_str()).collect();
        (!wrong.is_empty()).then(|| wrong.join("; "))
    }

    /// What was wrong with the form as a whole, and with what no field of it says.
    fn rest(self) -> Option<String> {
        let failure = self.failure()?;
        if failure.0.fields.is_empty() {
            return Some(failure.detail().to_string());
        }
        let shown = self.0.with_value(|inner| inner.shown.clone());
        let rest = failure.0.fields.iter().filter(|f| !shown.contains(&f.field));
        let rest: Vec<&str> = rest.map(|field| field.message.as_str()).collect();
        (!rest.is_empty()).then(|| format::titled(&rest.join("; ")))
    }

    /// What was typed into `field` before the page came back.
    pub fn given(self, field: &str) -> Option<String> {
        self.0.with_value(|inner| {
            let found = inner.given.iter().find(|(name, _)| name == field);
            found.map(|(_, value)| value.clone())
        })
    }

    /// Everything that was typed before the page came back; empty when it was not refused.
    pub fn all_given(self) -> Vec<(String, String)> {
        self.0.with_value(|inner| inner.given.clone())
    }

    /// An id for `field` that no other form of the page has.
    pub fn field_id(self, field: &str) -> String {
        self.0.with_value(|inner| format!("{}-{field}", inner.id))
    }
}

/// A form that calls a server function. Put fields in it; they show their errors themselves. An
/// error that no field says stands at the top.
#[component]
pub fn Form<F: ServerFn + 'static>(
    /// Which function: `Call::<RenameDataset>::new()`.
    action: Call<F>,
    /// Tells several forms of one function apart; the same on every rendering.
    #[prop(optional, into)]
    key: String,
    /// Classes; `form` (fields below each other) unless said otherwise.
    #[prop(default = "form".into(), into)]
    class: String,
    /// What to say after a success that goes nowhere else: “Your name has been changed.”
    #[prop(optional, into)]
    done: Option<String>,
    /// The id of the part of the page that the answer changes: with script only that is drawn anew,
    /// and the page stays where it is.
    #[prop(optional, into)]
    part: Option<String>,
    /// The id of the part of the page that is in sight when it comes back; `part` where there is one.
    #[prop(optional, into)]
    place: Option<String>,
    /// What stands in the fields, where that is not simply what was [`typed`] before.
    #[prop(optional)]
    given: Option<Vec<(String, String)>>,
    /// The fields and the button.
    children: Children,
) -> impl IntoView {
    let _ = action;
    form(Call::<F>::name(), Said { key, class, done, part, place, given }, children)
}

/// A form that brings a file. A browser posts it to the page it stands on, as it is
/// (`multipart/form-data`), where the server takes it without a server function; its fields show what
/// was wrong with them as those of any form.
#[component]
pub fn FileForm(
    /// What the server calls the form when it brings it back.
    name: &'static str,
    /// What to say when nothing came of it, before why.
    refused: &'static str,
    /// The field that is called like the file, unless somebody says otherwise.
    #[prop(optional)]
    names: Option<&'static str>,
    /// The fields and the button.
    children: Children,
) -> impl IntoView {
    let state = FormState(StoredValue::new(inner(name, "")));
    let fields = view! { <Provider value=state>{children()}</Provider> }.into_any();
    let said = state.rest().map(|text| {
        view! {
            <Note kind="bad" title=refused>
                {text}
            </Note>
        }
    });
    view! {
        <form method="post" enctype="multipart/form-data" class="form" data-names=names>
            <div role="alert" class="form-error">
                {said}
            </div>
            {fields}
        </form>
    }
    .into_any()
}

/// What a form says of itself.
struct Said {
    key: String,
    class: String,
    done: Option<String>,
    part: Option<String>,
    place: Option<String>,
    given: Option<Vec<(String, String)>>,
}

/// The same for every function.
fn form(function: &'static str, said: Said, children: Children) -> AnyView {
    let Said { key, class, done, part, place, given } = said;
    let action = place.or_else(|| part.clone()).map(|id| format!("#{id}"));
    let mut inner = inner(function, &key);
    // What stands in the fields then fits the page: the browser must not bring back what was there.
    let autocomplete = given.is_some().then_some("off");
    inner.given = given.unwrap_or(inner.given);
    let state = FormState(StoredValue::new(inner));
    let asks = done.is_some().then(|| view! { <input type="hidden" name="_done" value="true"/> });
    let done = done.filter(|_| answered(function, &key).is_some());
    // The fields come first: what none of them says stands above them all.
    let fields = view! { <Provider value=state>{children()}</Provider> }.into_any();
    let said = state.rest();
    view! {
        <form method="post" action=action class=class data-part=part autocomplete=autocomplete>
            <input type="hidden" name="_fn" value=function/>
            <input type="hidden" name="_key" value=key/>
            {asks}
            <Summary said done/>
            {fields}
        </form>
    }
    .into_any()
}

/// Whether the page that came back has the form that was refused, which then says why. It has not
/// where whoever sent it may not use it, or not any more.
#[derive(Clone, Default)]
pub struct Told(pub Arc<AtomicBool>);

/// What the page brought back for this form, if it was this one that was refused.
fn refused(function: &str, key: &str) -> Option<Refused> {
    let refused = use_context::<Boot>()?.refused?;
    (refused.function == function && refused.key == key).then_some(refused)
}

/// What was typed into the form of `action` before its page came back: because it was refused, or
/// to choose something in it. `key` is that of the form.
pub fn typed<F: ServerFn>(action: Call<F>, key: &str) -> Option<Vec<(String, String)>> {
    let _ = action;
    let function = Call::<F>::name();
    let chosen = || use_context::<Boot>()?.typed;
    let ours = |typed: &Typed| typed.function == function && typed.key == key;
    let refused = refused(function, key).map(|refused| refused.given);
    refused.or_else(|| Some(chosen().filter(ours)?.given))
}

/// What the function of this form answered, if the page came back with that.
fn answered(function: &str, key: &str) -> Option<Answered> {
    let answered = use_context::<Boot>()?.answered?;
    (answered.function == function && answered.key == key).then_some(answered)
}

/// What the function of `action` answered, in the page that came back. `key` is that of the form.
pub fn answer<F>(action: Call<F>, key: &str) -> Option<F::Output>
where
    F: ServerFn,
    F::Output: DeserializeOwned,
{
    let _ = action;
    serde_json::from_str(&answered(Call::<F>::name(), key)?.value).ok()
}

/// The key of the form of `action` that the page came back for, refused or with an answer.
pub fn came_back<F: ServerFn>(action: Call<F>) -> Option<String> {
    let _ = action;
    let Boot { answered, refused, .. } = use_context()?;
    let answered = answered.map(|answered| (answered.function, answered.key));
    let refused = refused.map(|refused| (refused.function, refused.key));
    let (function, key) = answered.or(refused)?;
    (function == Call::<F>::name()).then_some(key)
}

fn inner(function: &str, key: &str) -> Inner {
    let mut id = function.replace('/', "-");
    if !key.is_empty() {
        id.push('-');
        id.push_str(key);
    }
    match refused(function, key) {
        Some(refused) => {
            if let Some(Told(told)) = use_context() {
                told.store(true, Ordering::Relaxed);
            }
            let failure = Some(refused.failure);
            Inner { id, given: refused.given, failure, shown: Vec::new() }
        }
        None => Inner { id, given: Vec::new(), failure: None, shown: Vec::new() },
    }
}

/// An error that no field says, or that it is done.
#[component]
fn Summary(
    /// What was wrong.
    said: Option<String>,
    /// What was done.
    done: Option<String>,
) -> impl IntoView {
    let failure = said.map(|text| view! { <Note kind="bad">{text}</Note> });
    let done = done.map(|text| view! { <Note kind="ok">{text}</Note> });
    view! {
        <div role="alert" class="form-error">
            {failure}
        </div>
        <div role="status" class="form-error">
            {done}
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_with_a_field_stands_at_it_and_what_no_field_says_above_them() {
        let wrong = [("trees", "too few"), ("seed", "no number"), ("trees", "too odd")];
        let wrong = wrong.map(|(field, why)| Failure::invalid(field, why, ""));
        let failure = wrong.into_iter().reduce(Failure::and);
        Owner::new().with(|| {
            let (id, given, shown) = ("form".into(), Vec::new(), Vec::new());
            let state = FormState(StoredValue::new(Inner { id, given, failure, shown }));
            assert_eq!(state.take_failure("trees").as_deref(), Some("too few; too odd"));
            assert_eq!(state.take_failure("leaves"), None);
            assert_eq!(state.rest().as_deref(), Some("No number"));
        });
    }
}
