//! The tab “Settings”: name, description, visibility and end of a dataset.

use super::fetch::Looked;
use crate::Failure;
use crate::components::Card;
use crate::format;
use crate::forms::{About, Call, Form, SubmitButton, TextArea, TextField};
use crate::pages::cards::{delete_card, open_card};
use leptos::prelude::*;
use mlhub_domain::access::Role;
use mlhub_domain::datasets::DatasetPath;

/// Gives a dataset another name or description, and goes where it is then.
#[server(prefix = "/fn", endpoint = "datasets/describe")]
pub(super) async fn describe_dataset(
    at: DatasetPath,
    name: String,
    #[server(default)] description: String,
) -> Result<(), Failure> {
    use crate::ssr;
    use mlhub_domain::names::DatasetName;
    use mlhub_hub::datasets::{Change, update};
    let (hub, actor) = ssr::caller()?;
    let new: DatasetName = name.parse().map_err(|e| Failure::invalid("name", e, &name))?;
    let name = (new != at.name).then_some(new);
    let change = Change { name, description: Some(description), visibility: None };
    let dataset = update(&hub, &actor, &at, &change).await?;
    ssr::see_other(&format!("{}?tab=settings", dataset.path().page()))
}

/// Opens or closes a dataset.
#[server(prefix = "/fn", endpoint = "datasets/open")]
pub(super) async fn open_dataset(at: DatasetPath, visibility: String) -> Result<(), Failure> {
    use mlhub_hub::datasets::{Change, update};
    let (hub, actor) = crate::ssr::caller()?;
    let visibility = Some(crate::ssr::visibility(&visibility)?);
    update(&hub, &actor, &at, &Change { visibility, ..Change::default() }).await?;
    Ok(())
}

/// Deletes a dataset, once its name has been typed.
#[server(prefix = "/fn", endpoint = "datasets/delete")]
pub(super) async fn delete_dataset(
    at: DatasetPath,
    confirm: String,
    #[server(default)] password: String,
) -> Result<(), Failure> {
    use crate::ssr;
    let (hub, actor) = ssr::caller()?;
    ssr::confirmed((&hub, &actor), at.name.as_str(), (&confirm, &password)).await?;
    mlhub_hub::datasets::delete(&hub, &actor, &at).await?;
    ssr::see_deleted(at.name.as_str(), &format!("{}/datasets", at.project().page()))
}

/// What one may change of the dataset.
pub(super) fn part(looked: &Looked) -> AnyView {
    let dataset = &looked.dataset;
    let about = || view! { <About at=looked.at()/> }.into_any();
    let manages = looked.role >= Some(Role::Manage);
    let open = manages.then(|| {
        let seen = vec![
            "every version, its rows and its profile".to_string(),
            "the uploaded files, to download".to_string(),
        ];
        let kept = "The rest of its project stays as it is.";
        open_card(Call::<OpenDataset>::new(), about(), dataset.visibility, seen, kept)
    });
    let delete = manages.then(|| {
        let versions = format::counted(dataset.versions.into(), "version", "versions");
        let lost = format!(
            "{} goes, with {versions} and the uploaded files, for everybody. Models trained on it \
             stay; its name becomes free.",
            dataset.name
        );
        let name = dataset.name.as_str();
        delete_card(Call::<DeleteDataset>::new(), about(), "dataset", name, lost)
    });
    let (fields, name) = (about(), dataset.name.to_string());
    let description = dataset.description.clone();
    view! {
        <Card title="Name and description">
            <Form action={Call::<DescribeDataset>::new()}>
                {fields}
                <TextField
                    name="name"
                    label="Name"
                    help="Another name is another address: links to the old one stop working."
                    value=name
                    required=true
                    code=true
                />
                <TextArea name="description" label="Description" value=description rows=3/>
                <div class="actions">
                    <SubmitButton class="btn">"Save"</SubmitButton>
                </div>
            </Form>
        </Card>
        {open}
        {delete}
    }
    .into_any()
}
