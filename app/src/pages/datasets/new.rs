//! Making a dataset out of a file.

use super::upload::UploadForm;
use crate::shell::Head;
use crate::{Failure, Page, format, load, routes};
use leptos::prelude::*;
use mlhub_domain::projects::ProjectPath;

/// Where the dataset will be, and how large its file may be.
struct Place {
    at: ProjectPath,
    most: u64,
}

/// The project, for who may upload to it.
async fn upload_place(at: ProjectPath) -> Result<Place, Failure> {
    on_server!({
        let (hub, actor) = crate::ssr::caller()?;
        let project = mlhub_hub::projects::get_to_edit(&hub, &actor, &at).await?;
        Ok(Place { at: project.path(), most: hub.settings().upload_limit })
    })
}

/// `/{owner}/{project}/upload`
#[component]
pub fn NewDataset() -> impl IntoView {
    load(routes::params(), upload_place, |place| view! { <NewView place/> }.into_any())
}

#[component]
fn NewView(place: Place) -> impl IntoView {
    let Place { at, most } = place;
    let back = format!("{}/datasets", at.page());
    view! {
        <Page title=format!("New dataset · {at}") class="slim">
            <Head title="New dataset"/>
            <p class="ink2">
                "The file becomes the first version. Its types are recognised and its columns \
                 described; a cell that does not fit its column is listed with the reason."
            </p>
            <UploadForm begins=true most=format::bytes(most)/>
            <p class="small">
                <a href=back>"Datasets of the project"</a>
            </p>
        </Page>
    }
    .into_any()
}
