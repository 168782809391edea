//! `…/datasets/{name}/versions`: upload, look, stop, download.

use crate::http::incoming::{IncomingForm, Part, received};
use crate::http::{Caller, Json, KeyOnly, Page, Path, Query, Rejection, State, bytes, extract};
use axum::body::Body;
use axum::extract::{Request, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mlhub_domain::datasets::{DatasetPath, DatasetVersion, VersionState};
use mlhub_domain::ids::JobId;
use mlhub_domain::lists::{List, Sorts};
use mlhub_domain::names::{DatasetName, OwnerName, ProjectName};
use mlhub_domain::profile::Profile;
use mlhub_hub::tables::Format;
use mlhub_hub::{Error, datasets};
use serde::{Deserialize, Serialize};

/// The address of a dataset version.
#[derive(Deserialize)]
pub(crate) struct VersionPath {
    owner: OwnerName,
    project: ProjectName,
    name: DatasetName,
    version: u32,
}

impl VersionPath {
    pub(crate) fn split(self) -> (DatasetPath, u32) {
        let Self { owner, project, name, version } = self;
        (DatasetPath { owner, project, name }, version)
    }
}

/// An upload that was taken.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct UploadAnswer {
    /// The number of the new version.
    version: u32,
    /// How far it is: `processing`.
    state: VersionState,
    /// The job that reads it.
    job: JobId,
}

/// What the file of a plain body is called.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UploadQuery {
    /// What the file is called, when it is sent as the plain body.
    #[serde(default)]
    name: String,
}

/// The form that an upload can come as.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes what is read piece by piece")]
struct UploadForm {
    /// The file. Other fields are skipped, and before it there may be 256 KiB of them.
    #[schema(value_type = String, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// What to download.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DownloadQuery {
    /// As what: `original`, the file as it was uploaded, when absent; or the table in another form.
    #[serde(default)]
    #[param(inline)]
    format: Wanted,
}

/// A form that a version can be downloaded in.
#[derive(Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum Wanted {
    #[default]
    Original,
    Csv,
    Json,
    Parquet,
    Arrow,
}

/// Takes a file as the next version.
///
/// As the field `file` of a form, or as the plain body with `?name=`. A job reads it.
#[utoipa::path(post, path = "/api/v1/projects/{owner}/{project}/datasets/{name}/versions",
    tag = "versions", params(UploadQuery), request_body(content(
        (UploadForm = "multipart/form-data"),
        ("application/octet-stream"),
    )),
    responses((status = 202, body = UploadAnswer)))]
pub(crate) async fn upload(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<DatasetPath>,
    Query(query): Query<UploadQuery>,
    KeyOnly(key): KeyOnly,
    request: Request,
) -> Result<impl IntoResponse, Rejection> {
    let hub = &state.hub;
    // Before the first byte: who may not upload here has sent nothing that we read.
    datasets::may_upload(hub, &actor, &at).await?;
    let done = if extract::media(request.headers()).as_deref() == Some("multipart/form-data") {
        let mut form = IncomingForm::open(request).await?;
        loop {
            if let Part::File(name, field) = form.next().await? {
                let file = datasets::Incoming { name: &name, key, bytes: received(field) };
                break datasets::upload(hub, &actor, &at, file).await?;
            }
        }
    } else {
        let bytes = received(request.into_body().into_data_stream());
        let file = datasets::Incoming { name: &query.name, key, bytes };
        datasets::upload(hub, &actor, &at, file).await?
    };
    let answer =
        UploadAnswer { version: done.version, state: VersionState::Processing, job: done.job };
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

/// The versions of a dataset, the newest first.
///
/// `q` is looked for in the names of the files.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/datasets/{name}/versions",
    tag = "versions", params(Page), responses((status = 200, body = List<DatasetVersion>)))]
pub(crate) async fn list(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<DatasetPath>,
    Query(page): Query<Page>,
) -> Result<Json<List<DatasetVersion>>, Rejection> {
    let query = page.checked(Sorts::VERSIONS)?;
    Ok(Json(datasets::versions(&state.hub, &actor, &at, &query).await?))
}

/// A version.
#[utoipa::path(get, path = "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}",
    tag = "versions", responses((status = 200, body = DatasetVersion)))]
pub(crate) async fn get(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<VersionPath>,
) -> Result<Json<DatasetVersion>, Rejection> {
    let (at, version) = at.split();
    Ok(Json(datasets::version(&state.hub, &actor, &at, version).await?))
}

/// Stops the reading of a version: it is then `failed`, and says who wished so.
///
/// A version that was read meanwhile stays as it is: `state` says how it came out.
#[utoipa::path(post,
    path = "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}/cancel",
    tag = "versions", responses((status = 202, body = DatasetVersion)))]
pub(crate) async fn cancel(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<VersionPath>,
    KeyOnly(key): KeyOnly,
) -> Result<impl IntoResponse, Rejection> {
    let (at, version) = at.split();
    let version = datasets::cancel(&state.hub, &actor, &at, version, key.as_ref()).await?;
    Ok((StatusCode::ACCEPTED, Json(version)))
}

/// The statistics of a version's columns.
#[utoipa::path(get,
    path = "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}/profile",
    tag = "versions", responses((status = 200, body = Profile)))]
pub(crate) async fn profile(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<VersionPath>,
) -> Result<Json<Profile>, Rejection> {
    let (at, version) = at.split();
    Ok(Json(datasets::profile(&state.hub, &actor, &at, version).await?))
}

/// The uploaded bytes, or the table as CSV, JSON, Parquet or Arrow.
///
/// What is stored as it is (`original`, `parquet`) can be had in ranges.
#[utoipa::path(get,
    path = "/api/v1/projects/{owner}/{project}/datasets/{name}/versions/{version}/download",
    tag = "versions", params(DownloadQuery), responses(
        (status = 200, description = "The file.", content(
            ("application/octet-stream"),
            ("text/csv"),
            ("application/json"),
            ("application/vnd.apache.parquet"),
        )),
        (status = 206, description = "The part of it that `Range` asks for.",
            content_type = "application/octet-stream"),
        (status = 304, description = "`If-None-Match` names what it would be."),
        (status = 416, description = "`Range` asks for what is not there."),
    ))]
pub(crate) async fn download(
    Extract(state): Extract<State>,
    Caller(actor): Caller,
    Path(at): Path<VersionPath>,
    Query(query): Query<DownloadQuery>,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let (at, version) = at.split();
    let content = match query.format {
        Wanted::Original => datasets::Content::Original,
        Wanted::Csv => datasets::Content::Table(Format::Csv),
        Wanted::Json => datasets::Content::Table(Format::Json),
        Wanted::Parquet => datasets::Content::Table(Format::Parquet),
        Wanted::Arrow => datasets::Content::Table(Format::Arrow),
    };
    let media = match query.format {
        Wanted::Original | Wanted::Arrow => "application/octet-stream",
        Wanted::Csv => "text/csv; charset=utf-8",
        Wanted::Json => "application/json",
        Wanted::Parquet => "application/vnd.apache.parquet",
    };
    match datasets::download(&state.hub, &actor, &at, version, content).await? {
        datasets::Download::Stored { sha256, size, name } => {
            let stored = bytes::Stored { sha256: &sha256, size, name: &name, media };
            bytes::stored(&state.hub, &stored, &headers).await
        }
        datasets::Download::Made { path, from, name } => {
            let file = tokio::fs::File::open(&path).await;
            // Whoever has it open reads on; nothing is left behind, however the download ends.
            let removed = tokio::fs::remove_file(&path).await;
            let file = file.map_err(Error::internal)?;
            removed.map_err(Error::internal)?;
            let size = file.metadata().await.map_err(Error::internal)?.len();
            let mut answer = bytes::attachment(&name, media);
            answer.insert(header::CONTENT_LENGTH, size.into());
            if let Ok(tag) = format!("W/\"{from}-{media}\"").parse() {
                answer.insert(header::ETAG, tag);
            }
            let stream = tokio_util::io::ReaderStream::with_capacity(file, 1 << 18);
            Ok((answer, Body::from_stream(stream)).into_response())
        }
    }
}
