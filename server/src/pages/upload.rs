//! Files that a browser posts to the page of their form: a new dataset, or the next version of
//! one. The bytes go to the store while they arrive.

use super::context;
use crate::api::received;
use crate::http::{Rejection, State, to_login};
use axum::body::Body;
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State as Extract};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use mlhub_app::boot::Refused;
use mlhub_app::{Failure, ssr};
use mlhub_domain::datasets::DatasetPath;
use mlhub_domain::names::{BadName, DatasetName};
use mlhub_domain::problem::{Code, Kind};
use mlhub_domain::projects::ProjectPath;
use mlhub_hub::{Actor, Error, Hub, datasets};

/// What the app calls the form.
const FORM: &str = "datasets/upload";
/// The longest text in a field, in bytes.
const LONGEST: usize = 1 << 10;
/// How much of a refused upload is still read: a browser that is sending does not see an answer.
const PATIENCE: usize = 64 << 20;

/// Whether a form brings files.
pub(super) fn has_files(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))
}

/// `POST` of a file to `/{owner}/{project}/upload` or `…/datasets/{name}`: leads to the page of the
/// dataset, or shows the form again with what was wrong.
pub(super) async fn posted(Extract(state): Extract<State>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let actor = parts.extensions.get::<Actor>().cloned().unwrap_or_default();
    let Some(place) = Place::of(parts.uri.path()) else {
        return Rejection::from(Error::not_found(parts.uri.path())).into_response();
    };
    // The upload counts its own bytes.
    let mut request = Request::from_parts(parts.clone(), body);
    DefaultBodyLimit::disable().apply(&mut request);
    let mut form = match Multipart::from_request(request, &()).await {
        Ok(form) => form,
        Err(error) => {
            let detail = format!("{}.", error.body_text());
            return Rejection::new(Code::Malformed, detail).into_response();
        }
    };
    let mut given = Vec::new();
    let taken = Box::pin(take(&state.hub, &actor, place, &mut form, &mut given)).await;
    match taken {
        Ok(at) => Redirect::to(&at.page()).into_response(),
        Err(error) if error.kind() == Kind::Unauthenticated => to_login(&parts.uri),
        Err(error) => {
            use Kind::{Conflict, Forbidden, Invalid, NotFound};
            if matches!(error.kind(), Invalid | Conflict | Forbidden | NotFound) {
                read_on(&mut form).await;
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
}

/// Takes the file of a form. What was typed before it goes to `given`.
async fn take(
    hub: &Hub,
    actor: &Actor,
    place: Place,
    form: &mut Multipart,
    given: &mut Vec<(String, String)>,
) -> Result<DatasetPath, Error> {
    let mut typed = String::new();
    loop {
        let field = form.next_field().await.map_err(|_| broken_off())?;
        let field = field.ok_or_else(no_file)?;
        let of_field = field.name().unwrap_or_default().to_owned();
        if of_field == "name" {
            typed = text(field).await?;
            given.push((of_field, typed.clone()));
        } else if of_field == "file" {
            let name = field.file_name().unwrap_or_default().to_owned();
            if name.is_empty() {
                return Err(no_file());
            }
            let at = match place {
                Place::New(project) => {
                    if typed.trim().is_empty() {
                        typed = named_after(&name);
                        *given = vec![("name".into(), typed.clone())];
                    }
                    begin(hub, actor, &project, &typed).await?
                }
                Place::Next(at) => at,
            };
            let file = datasets::Incoming { name: &name, key: None, bytes: received(field) };
            datasets::upload(hub, actor, &at, file).await?;
            return Ok(at);
        }
    }
}

/// Makes the dataset. One of the same name that has no version yet is taken as it is: it is what
/// an upload that broke off has left.
async fn begin(
    hub: &Hub,
    actor: &Actor,
    project: &ProjectPath,
    typed: &str,
) -> Result<DatasetPath, Error> {
    let wrong = |error: BadName| Error::invalid("name", format!("{error}."), Some(typed));
    let name = typed.trim().parse::<DatasetName>().map_err(wrong)?;
    let at = project.dataset(name.clone());
    let new = datasets::New { name, description: String::new(), visibility: None };
    match datasets::create(hub, actor, project, &new).await {
        Ok(_) => Ok(at),
        Err(error) if error.kind() == Kind::Conflict => {
            let there = datasets::get(hub, actor, &at).await?;
            if there.versions == 0 { Ok(at) } else { Err(error) }
        }
        Err(error) => Err(error),
    }
}

/// What a dataset is called whose form has no name: like its file, as far as a name can be.
/// `public/enhance.js` proposes the same.
fn named_after(file: &str) -> String {
    let file = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.split_once('.').map_or(file, |(stem, _)| stem).to_lowercase();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let words = stem.split(|c| !fits(c)).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-");
    name.trim_matches(['-', '_']).chars().take(64).collect()
}

/// A short text field.
async fn text(mut field: Field<'_>) -> Result<String, Error> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|_| broken_off())? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LONGEST {
            return Err(Error::new(Code::TooLarge, "The name is far too long."));
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads what is left of a form, as far as patience goes.
async fn read_on(form: &mut Multipart) {
    let mut left = PATIENCE;
    while let Ok(Some(mut field)) = form.next_field().await {
        while let Ok(Some(piece)) = field.chunk().await {
            match left.checked_sub(piece.len()) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    }
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
    let mut response = ssr::refused(page.provide(), parts, refused).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn broken_off() -> Error {
    Error::new(Code::Malformed, "The upload broke off before it was complete. Send it again.")
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

    #[test]
    fn only_a_form_with_files_is_taken_here() {
        let with = |kind| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            has_files(&headers)
        };
        assert!(with("multipart/form-data; boundary=x"));
        assert!(!with("application/x-www-form-urlencoded"));
        assert!(!has_files(&HeaderMap::new()));
    }
}
