//! Predicting.

use super::look;
use crate::{Actor, Error, Hub};
use mlhub_domain::digest::Digest;
use mlhub_domain::models::{ModelPath, ModelVersion, Predictions, Signature, VersionRef};
use mlhub_domain::problem::{Code, FieldError, Problem};
use mlhub_predict::{Predictor, RowError, cell};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most rows in one request.
pub const MAX_ROWS: usize = 10_000;

/// Predicts for each of `rows`, all or nothing.
///
/// # Errors
/// As [`look::version`]; `TooLarge` for too many rows; `InvalidRows` naming row and column.
pub async fn predict(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    version: &VersionRef,
    rows: Vec<Map<String, Value>>,
) -> Result<Predictions, Error> {
    let (_, predictor) = load(hub, actor, at, version).await?;
    run(predictor, rows).await
}

/// Predicts for each row of a CSV file with a header.
///
/// # Errors
/// As [`predict`]; `InvalidRows` with the line for a file that is not CSV.
pub async fn predict_csv(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    version: &VersionRef,
    file: &[u8],
) -> Result<Predictions, Error> {
    let (_, predictor) = load(hub, actor, at, version).await?;
    let rows = read_csv(predictor.signature(), file)?;
    run(predictor, rows).await
}

/// Predicts for one row of a form: each field as it was typed, empty for missing.
///
/// # Errors
/// As [`predict`], with the problem on the field it concerns.
pub async fn predict_texts(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    version: &VersionRef,
    fields: &BTreeMap<String, String>,
) -> Result<(ModelVersion, Predictions), Error> {
    let (version, predictor) = load(hub, actor, at, version).await?;
    let inputs = predictor.signature().inputs.iter();
    let row =
        inputs.filter_map(|i| Some((i.name.clone(), cell(i.kind, fields.get(&i.name)?)))).collect();
    Ok((version, run(predictor, vec![row]).await?))
}

async fn run(
    predictor: Arc<Predictor>,
    rows: Vec<Map<String, Value>>,
) -> Result<Predictions, Error> {
    if rows.len() > MAX_ROWS {
        let detail = format!("{} rows are too many: send at most {MAX_ROWS} at once.", rows.len());
        return Err(Error::new(Code::TooLarge, detail));
    }
    let work = move || predictor.predict(&rows);
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?.map_err(refused)
}

fn refused(error: RowError) -> Error {
    let mut problem = Problem::new(Code::InvalidRows, format!("{error}."));
    let field = format!("rows[{}].{}", error.row - 1, error.column);
    problem.fields = vec![FieldError { field, message: error.message, given: None }];
    problem.into()
}

async fn load(
    hub: &Hub,
    actor: &Actor,
    at: &ModelPath,
    version: &VersionRef,
) -> Result<(ModelVersion, Arc<Predictor>), Error> {
    let version = look::version(hub, actor, at, version).await?;
    if let Some(predictor) = hub.predictors().get(&version.sha256) {
        return Ok((version, predictor));
    }
    let bytes = read(hub, &version.sha256).await?;
    let work = move || Predictor::load(&bytes);
    let loaded = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
    let predictor = Arc::new(loaded.map_err(Error::internal)?);
    hub.predictors().put(version.sha256.clone(), version.size, Arc::clone(&predictor));
    Ok((version, predictor))
}

async fn read(hub: &Hub, sha256: &Digest) -> Result<Vec<u8>, Error> {
    use futures_util::TryStreamExt;
    let reader = hub.objects().open_read(sha256, ..).await.map_err(Error::internal)?;
    let gather = |mut all: Vec<u8>, piece: bytes::Bytes| async move {
        all.extend_from_slice(&piece);
        Ok(all)
    };
    reader.into_stream().try_fold(Vec::new(), gather).await.map_err(Error::internal)
}

fn read_csv(signature: &Signature, file: &[u8]) -> Result<Vec<Map<String, Value>>, Error> {
    let bad = |error: csv::Error| {
        Error::new(Code::InvalidRows, format!("The CSV cannot be read: {error}."))
    };
    let mut reader = csv::Reader::from_reader(file);
    let header = reader.headers().map_err(bad)?.clone();
    let kinds: Vec<_> = header
        .iter()
        .map(|name| signature.inputs.iter().find(|i| i.name == name).map(|i| i.kind))
        .collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(bad)?;
        let cells = header.iter().zip(&record).zip(&kinds);
        // What the model does not use stays text: its key is reported as ignored.
        let value = |((name, text), kind): ((&str, &str), &Option<_>)| {
            (name.to_owned(), kind.map_or_else(|| text.into(), |kind| cell(kind, text)))
        };
        rows.push(cells.map(value).collect());
        if rows.len() > MAX_ROWS {
            break;
        }
    }
    Ok(rows)
}
