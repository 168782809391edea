//! Predicting.

use super::look;
use crate::accounts::Visit;
use crate::datasets::size;
use crate::{Actor, Error, Hub};
use mlhub_domain::models::{ModelPath, ModelVersion, Predictions, Signature, VersionRef};
use mlhub_domain::problem::{Code, FieldError, Problem};
use mlhub_predict::{Predictor, RowError, cell};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most rows in one request.
pub const MAX_ROWS: usize = 10_000;

/// The model that somebody asks. Whoever may see it may; visitors only so often.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Where the model is.
    pub at: &'a ModelPath,
    /// Which version of it.
    pub version: &'a VersionRef,
    /// Where the one who asks comes from.
    pub visit: &'a Visit,
}

/// Predicts for each of `rows`, all or nothing.
///
/// # Errors
/// As [`look::version`]; `TooLarge` for too many rows or a model too large for this server;
/// `RateLimited` for a visitor who asked too often; `InvalidRows` naming row and column.
pub async fn predict(
    hub: &Hub,
    actor: &Actor,
    asked: Asked<'_>,
    rows: Vec<Row>,
) -> Result<Predictions, Error> {
    let (_, predictor) = load(hub, actor, asked).await?;
    run(hub, predictor, move |_| Ok(rows)).await
}

/// Predicts for each row of a CSV file with a header.
///
/// # Errors
/// As [`predict`]; `InvalidRows` with the line for a file that is not CSV.
pub async fn predict_csv(
    hub: &Hub,
    actor: &Actor,
    asked: Asked<'_>,
    file: &[u8],
) -> Result<Predictions, Error> {
    let (_, predictor) = load(hub, actor, asked).await?;
    let file = file.to_vec();
    run(hub, predictor, move |signature| read_csv(signature, &file)).await
}

/// Predicts for one row of a form: each field as it was typed, empty for missing.
///
/// # Errors
/// As [`predict`], with the problem on the field it concerns.
pub async fn predict_texts(
    hub: &Hub,
    actor: &Actor,
    asked: Asked<'_>,
    fields: &BTreeMap<String, String>,
) -> Result<(ModelVersion, Predictions), Error> {
    let (version, predictor) = load(hub, actor, asked).await?;
    let inputs = predictor.signature().inputs.iter();
    let row =
        inputs.filter_map(|i| Some((i.name.clone(), cell(i.kind, fields.get(&i.name)?)))).collect();
    Ok((version, run(hub, predictor, move |_| Ok(vec![row])).await?))
}

type Row = Map<String, Value>;

/// Predicts for the rows that `read` knows, where it may take its time.
async fn run(
    hub: &Hub,
    predictor: Arc<Predictor>,
    read: impl FnOnce(&Signature) -> Result<Vec<Row>, Error> + Send + 'static,
) -> Result<Predictions, Error> {
    let turn = hub.predictors().turn().await?;
    let work = move || {
        // Held until the work ends, even when nobody waits for it any more.
        let _turn = turn;
        let rows = read(predictor.signature())?;
        if rows.len() > MAX_ROWS {
            let detail =
                format!("{} rows are too many: send at most {MAX_ROWS} at once.", rows.len());
            return Err(Error::new(Code::TooLarge, detail));
        }
        predictor.predict(&rows).map_err(refused)
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
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
    Asked { at, version, visit }: Asked<'_>,
) -> Result<(ModelVersion, Arc<Predictor>), Error> {
    if actor.user.is_none() {
        hub.predictions().take(visit.address, hub.now())?;
    }
    let version = look::version(hub, actor, at, version).await?;
    let limit = hub.settings().model_limit;
    if version.size > limit {
        let detail = format!(
            "The model has {}; this server predicts with models of at most {}. Download it and predict elsewhere.",
            size(version.size),
            size(limit)
        );
        return Err(Error::new(Code::TooLarge, detail));
    }
    let predictors = hub.predictors();
    let loaded = predictors.get(&version.sha256, version.size, || read(hub, &version)).await?;
    Ok((version, loaded))
}

async fn read(hub: &Hub, version: &ModelVersion) -> Result<Predictor, Error> {
    use futures_util::TryStreamExt;
    let reader = hub.objects().open_read(&version.sha256, ..).await.map_err(Error::internal)?;
    let room = usize::try_from(version.size).unwrap_or_default();
    let gather = |mut all: Vec<u8>, piece: bytes::Bytes| async move {
        all.extend_from_slice(&piece);
        Ok(all)
    };
    let bytes = reader.into_stream().try_fold(Vec::with_capacity(room), gather).await;
    let bytes = bytes.map_err(Error::internal)?;
    let loaded = tokio::task::spawn_blocking(move || Predictor::load(&bytes)).await;
    loaded.map_err(Error::internal)?.map_err(Error::internal)
}

/// Why a file is not the CSV of rows, and where.
fn unread(error: &csv::Error) -> String {
    use csv::ErrorKind::{UnequalLengths, Utf8};
    let line = error.position().map_or(1, csv::Position::line);
    match error.kind() {
        UnequalLengths { expected_len, len, .. } => {
            format!("Line {line} has {len} fields, and the header has {expected_len}.")
        }
        Utf8 { .. } => {
            format!("Line {line} is not UTF-8: save the file as UTF-8 and send it again.")
        }
        _ => format!("The CSV cannot be read from line {line} on."),
    }
}

fn read_csv(signature: &Signature, file: &[u8]) -> Result<Vec<Row>, Error> {
    let bad = |error: csv::Error| Error::new(Code::InvalidRows, unread(&error));
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
