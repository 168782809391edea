//! Files that a browser posts to the page of their form: a new dataset, or the next version of
//! one. The bytes go to the store while they arrive.

use super::{context, told};
use crate::http::incoming::{IncomingForm, Part, received};
use crate::http::{Rejection, State, to_login};
use axum::body::Body;
use axum::extract::{Request, State as Extract};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use mlhub_app::boot::Refused;
use mlhub_app::{Failure, ssr};
use mlhub_domain::datasets::DatasetPath;
use mlhub_domain::names::{BadName, DatasetName};
use mlhub_domain::problem::Kind;
use mlhub_domain::projects::ProjectPath;
use mlhub_hub::{Actor, Error, Hub, datasets, projects};

/// What the app calls the form.
const FORM: &str = "datasets/upload";
/// How much of a refused upload is still read, in bytes.
const PATIENCE: usize = 64 << 20;

/// `POST` of a file to `/{owner}/{project}/upload` or `…/datasets/{name}`: leads to the page of the
/// dataset, or shows the form again with what was wrong.
pub(super) async fn posted(Extract(state): Extract<State>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let actor = parts.extensions.get::<Actor>().cloned().unwrap_or_default();
    let Some(place) = Place::of(parts.uri.path()) else {
        return Rejection::from(Error::not_found(parts.uri.path())).into_response();
    };
    let opened = async {
        // Before the first byte: who may not upload here has sent nothing that we read.
        place.may_upload(&state.hub, &actor).await?;
        IncomingForm::open(Request::from_parts(parts.clone(), body)).await
    };
    let mut form = match opened.await {
        Ok(form) => form,
        Err(error) if error.kind() == Kind::Unauthenticated => return to_login(&parts.uri),
        Err(error) => return Rejection::from(error).into_response(),
    };
    let mut given = Vec::new();
    let taken = Box::pin(take(&state.hub, &actor, place, &mut form, &mut given)).await;
    match taken {
        Ok(at) => Redirect::to(&at.page()).into_response(),
        Err(error) => {
            if matches!(error.kind(), Kind::Invalid | Kind::Conflict) {
                form.read_on(PATIENCE).await;
            }
            Box::pin(again(&state, parts, error, given)).await
        }
    }
}

/// What the page of the form is about.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// The page that makes a dataset of a project.
    New(ProjectPath),
    /// The page of a dataset.
    Next(DatasetPath),
}

impl Place {
    /// Names have no characters that an address would escape.
    fn of(path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let project = |owner: &str, project: &str| {
            Some(ProjectPath { owner: owner.parse().ok()?, project: project.parse().ok()? })
        };
        match *segments.as_slice() {
            [owner, name, "upload"] => project(owner, name).map(Self::New),
            [owner, name, "datasets", dataset] => {
                Some(Self::Next(project(owner, name)?.dataset(dataset.parse().ok()?)))
            }
            _ => None,
        }
    }

    async fn may_upload(&self, hub: &Hub, actor: &Actor) -> Result<(), Error> {
        match self {
            Self::New(project) => projects::get_to_edit(hub, actor, project).await.map(drop),
            Self::Next(at) => datasets::may_upload(hub, actor, at).await,
        }
    }
}

/// Takes the file of a form. What was typed before it goes to `given`.
async fn take(
    hub: &Hub,
    actor: &Actor,
    place: Place,
    form: &mut IncomingForm,
    given: &mut Vec<(String, String)>,
) -> Result<DatasetPath, Error> {
    let (name, bytes) = loop {
        match form.next().await? {
            Part::Text(field, text) => given.push((field, text)),
            Part::File(name, _) if name.is_empty() => return Err(no_file()),
            Part::File(name, field) => break (name, received(field)),
        }
    };
    match place {
        Place::New(project) => {
            let typed =
                given.iter().find(|(field, text)| field == "name" && !text.trim().is_empty());
            let typed = typed.map_or_else(|| named_after(&name), |(_, text)| text.clone());
            *given = vec![("name".into(), typed.clone())];
            let wrong = |error: BadName| Error::invalid("name", format!("{error}."), Some(&typed));
            let at = project.dataset(typed.trim().parse::<DatasetName>().map_err(wrong)?);
            datasets::upload_new(hub, actor, &at, &name, bytes).await?;
            Ok(at)
        }
        Place::Next(at) => {
            let file = datasets::Incoming { name: &name, key: None, bytes };
            datasets::upload(hub, actor, &at, file).await?;
            Ok(at)
        }
    }
}

/// What a dataset is called whose form has no name: like its file, as far as a name can be.
/// `public/enhance.js` proposes the same.
fn named_after(file: &str) -> String {
    let file = file.rsplit(['/', '\\']).next().unwrap_or_default();
    DatasetName::near(file.split_once('.').map_or(file, |(stem, _)| stem))
}

/// The page of the form once more, with what was wrong, under the problem's status.
async fn again(
    state: &State,
    parts: Parts,
    error: Error,
    given: Vec<(String, String)>,
) -> Response {
    let failure = Failure(Rejection::from(error).0);
    let refused = Refused { function: FORM.into(), key: String::new(), failure, given };
    let request = Request::from_parts(parts.clone(), Body::empty());
    let page = context::gather(state, &request).with_jobs().await;
    let mut response = told(ssr::refused(page.provide(), parts, refused).await);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn no_file() -> Error {
    Error::invalid("file", "choose a file to upload.", None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_form_says_what_its_file_becomes() {
        let at = ProjectPath { owner: "ada".parse().unwrap(), project: "titanic".parse().unwrap() };
        let next = at.dataset("passengers".parse().unwrap());
        assert_eq!(Place::of("/ada/titanic/upload"), Some(Place::New(at)));
        assert_eq!(Place::of("/ada/titanic/datasets/passengers"), Some(Place::Next(next)));
        for other in ["/ada/titanic/settings", "/login", "/ada/titanic/datasets/a/b"] {
            assert_eq!(Place::of(other), None, "{other}");
        }
    }

    #[test]
    fn a_dataset_without_a_name_is_called_like_its_file() {
        for (file, name) in [
            ("Titanic (train) v2.csv.gz", "titanic-train-v2"),
            ("C:\\data\\_sales_2024.csv", "sales_2024"),
            ("_ sales _.csv", "sales"),
            ("_.csv", ""),
            ("äö.csv", ""),
        ] {
            assert_eq!(named_after(file), name, "{file}");
        }
        assert_eq!(named_after(&"x".repeat(99)).len(), 64);
    }
}
