//! The form that takes a file. A browser posts it to the page it stands on, as it is
//! (`multipart/form-data`), where `server::pages::upload` takes it: with script and without.

use crate::Failure;
use crate::boot::{Boot, Refused};
use crate::components::Note;
use crate::forms::{FileDrop, Sending, SubmitButton, TextField};
use leptos::prelude::*;

/// What the server calls the form when it brings it back.
const FORM: &str = "datasets/upload";

/// A file, and the name of the dataset that it begins.
#[component]
pub(super) fn UploadForm(
    /// The file begins a dataset, rather than being the next version of one.
    #[prop(optional)]
    begins: bool,
    /// The largest file taken, in words.
    #[prop(optional, into)]
    most: Option<String>,
) -> impl IntoView {
    let ours = |refused: &Refused| refused.function == FORM;
    let refused = use_context::<Boot>().and_then(|boot| boot.refused).filter(ours);
    let typed = refused.as_ref().and_then(|refused| {
        refused.given.iter().find(|(field, _)| field == "name").map(|(_, value)| value.clone())
    });
    let error = refused.map(|refused| {
        let text = told(&refused.failure);
        view! { <Note kind="bad" title="Nothing was uploaded">{text}</Note> }
    });
    // Before the file: the server reads the fields in their order, and the file while it arrives.
    let name = begins.then(|| {
        view! {
            <TextField
                name="name"
                label="Name"
                help="Small letters, digits, “.”, “_” and “-”. Left empty, it is made from the file's name."
                value=typed.unwrap_or_default()
                code=true
            />
        }
    });
    let limit = most.map(|most| format!(", up to {most}")).unwrap_or_default();
    let help = format!(
        "Text with one row per line and a header: CSV, TSV, or with “;” or “|” between{limit}."
    );
    view! {
        <form method="post" enctype="multipart/form-data" class="form" data-names="name">
            <div role="alert" class="form-error">
                {error}
            </div>
            {name}
            <FileDrop label="Drop a file here, or choose one" help=help/>
            <Sending/>
            <div class="actions">
                <SubmitButton class=if begins { "btn primary" } else { "btn" }>"Upload"</SubmitButton>
            </div>
        </form>
    }
    .into_any()
}

/// What was wrong, each thing with the field that it is about.
fn told(failure: &Failure) -> String {
    let field = |name: &str| match name {
        "name" => "Name: ",
        "file" => "File: ",
        _ => "",
    };
    let lines: Vec<String> =
        failure.0.fields.iter().map(|f| format!("{}{}", field(&f.field), f.message)).collect();
    if lines.is_empty() { failure.detail().to_string() } else { lines.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlhub_domain::problem::Code;

    #[test]
    fn a_refused_upload_says_what_was_wrong() {
        assert_eq!(told(&Failure::new(Code::TooLarge, "Too large.")), "Too large.");
        let wrong = Failure::invalid("name", "use letters", "A B");
        assert_eq!(told(&wrong), "Name: use letters");
    }
}
