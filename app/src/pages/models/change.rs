//! What may be changed of a model: what it says about itself, who sees it, its end.

use crate::Failure;
use crate::components::Card;
use crate::forms::{About, Call, Form, SubmitButton, TextArea};
use crate::pages::cards::{delete_card, open_card};
use leptos::prelude::*;
use mlhub_domain::models::{Model, ModelPath};

/// Changes what a model says about itself.
#[server(prefix = "/fn", endpoint = "models/describe")]
pub(super) async fn describe_model(
    at: ModelPath,
    #[server(default)] description: String,
    #[server(default)] card: String,
) -> Result<(), Failure> {
    use mlhub_hub::models::{Change, update};
    let (hub, actor) = crate::ssr::caller()?;
    let change = Change { description: Some(description), card: Some(card), ..Change::default() };
    update(&hub, &actor, &at, &change).await?;
    Ok(())
}

/// Opens or closes a model.
#[server(prefix = "/fn", endpoint = "models/open")]
pub(super) async fn open_model(at: ModelPath, visibility: String) -> Result<(), Failure> {
    use mlhub_hub::models::{Change, update};
    let (hub, actor) = crate::ssr::caller()?;
    let visibility = Some(crate::ssr::visibility(&visibility)?);
    update(&hub, &actor, &at, &Change { visibility, ..Change::default() }).await?;
    Ok(())
}

/// Deletes a model, once its name has been typed.
#[server(prefix = "/fn", endpoint = "models/delete")]
pub(super) async fn delete_model(
    at: ModelPath,
    confirm: String,
    #[server(default)] password: String,
) -> Result<(), Failure> {
    use crate::ssr;
    let (hub, actor) = ssr::caller()?;
    ssr::confirmed((&hub, &actor), at.name.as_str(), (&confirm, &password)).await?;
    mlhub_hub::models::delete(&hub, &actor, &at).await?;
    ssr::see_deleted(at.name.as_str(), &format!("{}/models", at.project().page()))
}

/// The cards for who may change the model; visibility and end for who manages it.
pub(super) fn cards(at: &ModelPath, model: &Model, manages: bool) -> AnyView {
    let about = || view! { <About at=at.clone()/> }.into_any();
    let open = manages.then(|| {
        let seen = vec![
            "its card, settings, evaluation and versions".to_string(),
            "the form that predicts, and predictions by REST".to_string(),
            "the model itself, to download".to_string(),
        ];
        let kept = "The data that it was trained on stays as it is.";
        open_card(Call::<OpenModel>::new(), about(), model.visibility, seen, kept)
    });
    let delete = manages.then(|| {
        let lost = format!(
            "{} goes, with all its versions, for everybody. The runs that made them stay; its name \
             becomes free.",
            model.name
        );
        delete_card(Call::<DeleteModel>::new(), about(), "model", model.name.as_str(), lost)
    });
    view! {
        {describe(at, model)}
        {open}
        {delete}
    }
    .into_any()
}

/// Description and card, to be changed.
fn describe(at: &ModelPath, model: &Model) -> AnyView {
    let (at, model) = (at.clone(), model.clone());
    view! {
        <Card title="What it says about itself" id="describe">
            <Form action={Call::<DescribeModel>::new()} done="Saved." place="describe">
                <About at/>
                <TextArea
                    name="description"
                    label="Description"
                    help="One or two sentences: they stand in lists."
                    value=model.description
                    rows=2
                />
                <TextArea
                    name="card"
                    label="Card"
                    help="What it is for, what it was trained on, where it fails. Markdown works: headings, lists, links, tables, code."
                    value=model.card
                    rows=6
                />
                <div class="actions">
                    <SubmitButton class="btn">"Save"</SubmitButton>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}
