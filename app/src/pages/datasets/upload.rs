//! The form that takes a file. A browser posts it to the page it stands on, as it is
//! (`multipart/form-data`), where `server::pages::upload` takes it: with script and without.

use crate::forms::{FileDrop, FileForm, Sending, SubmitButton, TextField};
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
    // Before the file: the server reads the fields in their order, and the file while it arrives.
    let name = move || {
        view! {
            <TextField
                name="name"
                label="Name"
                help="Small letters, digits, “.”, “_” and “-”. Left empty, it is made from the file's name."
                code=true
            />
        }
    };
    let limit = most.map(|most| format!(", up to {most}")).unwrap_or_default();
    let help = format!(
        "Text with one row per line and a header: CSV, TSV, or with “;” or “|” between{limit}."
    );
    view! {
        <FileForm name=FORM refused="Nothing was uploaded" names="name">
            {begins.then(name)}
            <FileDrop label="Drop a file here, or choose one" help=help/>
            <Sending/>
            <div class="actions">
                <SubmitButton class=if begins { "btn primary" } else { "btn" }>"Upload"</SubmitButton>
            </div>
        </FileForm>
    }
    .into_any()
}
