//! Predicting.

use super::look;
use super::rows::{Row, Rows};
use crate::accounts::Visit;
use crate::datasets::size;
use crate::{Actor, Error, Hub};
use mlhub_domain::models::{ModelPath, ModelVersion, Predictions, Unusual, VersionRef};
use mlhub_domain::problem::{Code, FieldError, Problem};
use mlhub_predict::{Predictor, RowError};
use std::collections::BTreeMap;
use tokio::sync::OwnedSemaphorePermit;

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

/// A model that may be asked now; nothing was read of it yet, so that whoever sends their rows
/// slowly keeps nothing loaded.
pub struct Ready<'h> {
    hub: &'h Hub,
    version: ModelVersion,
}

/// Asks a model, before there are rows: who may not, sends none.
///
/// # Errors
/// As [`look::version`]; `TooLarge` for a model too large for this server; `RateLimited` for a
/// visitor who asked too often.
pub async fn ask<'h>(
    hub: &'h Hub,
    actor: &Actor,
    Asked { at, version, visit }: Asked<'_>,
) -> Result<Ready<'h>, Error> {
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
    Ok(Ready { hub, version })
}

impl Ready<'_> {
    /// Predicts for each of the rows that `read` reads, all or nothing. It is called where it may
    /// take its time.
    ///
    /// # Errors
    /// Those of `read`; `TooLarge` for too many rows; `InvalidRows` naming row and column, with the
    /// first cell of every column that cannot be read.
    pub async fn predict(
        &self,
        read: impl FnOnce(&mut Rows<'_>) -> Result<(), Error> + Send + 'static,
    ) -> Result<Predictions, Error> {
        self.work(move |predictor| {
            let mut rows = Rows::of(predictor.signature());
            let read = read(&mut rows);
            let (rows, ignored) = rows.end(read)?;
            let predictions =
                predictor.predict(&rows).map_err(|error| refused(error, predictor, &rows))?;
            Ok(Predictions { ignored, ..predictions })
        })
        .await
    }

    /// Lets the model do `work`, when it is its turn.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Predictor) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let Self { hub, version } = self;
        let predictors = hub.predictors();
        let predictor =
            predictors.get(&version.sha256, version.size, |turn| load(hub, version, turn)).await?;
        let turn = predictors.turn().await?;
        let work = move || {
            // Held until the work ends, even when nobody waits for it any more.
            let _turn = turn;
            work(&predictor)
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }
}

/// Predicts for one row of a form, each field as it was typed, empty for missing; and what of it
/// no training row had.
///
/// # Errors
/// As [`ask`] and [`Ready::predict`], with the problem on the field it concerns.
pub async fn predict_texts(
    hub: &Hub,
    actor: &Actor,
    asked: Asked<'_>,
    fields: &BTreeMap<String, String>,
) -> Result<(Predictions, Vec<Unusual>), Error> {
    let (ready, fields) = (ask(hub, actor, asked).await?, fields.clone());
    let answer = ready.work(move |predictor| {
        let mut rows = Rows::of(predictor.signature());
        rows.read_fields(&fields);
        let (rows, _) = rows.end(Ok(()))?;
        let predictions =
            predictor.predict(&rows).map_err(|error| refused(error, predictor, &rows))?;
        Ok((predictions, rows.iter().flat_map(|row| predictor.unusual(row)).collect()))
    });
    answer.await
}

/// Says the first cell that is wrong, and at its field that of every other column.
fn refused(error: RowError, predictor: &Predictor, rows: &[Row]) -> Error {
    let mut problem = Problem::new(Code::InvalidRows, format!("{error}."));
    let at = |error: RowError| FieldError {
        field: format!("rows[{}].{}", error.row - 1, error.column),
        message: error.message,
        given: None,
    };
    let mut all = predictor.unreadable(rows);
    if all.first() != Some(&error) {
        all.insert(0, error);
    }
    problem.fields = all.into_iter().map(at).collect();
    problem.into()
}

async fn load(
    hub: &Hub,
    version: &ModelVersion,
    turn: OwnedSemaphorePermit,
) -> Result<Predictor, Error> {
    use futures_util::TryStreamExt;
    let reader = hub.objects().open_read(&version.sha256, ..).await.map_err(Error::internal)?;
    let room = usize::try_from(version.size).unwrap_or_default();
    let gather = |mut all: Vec<u8>, piece: bytes::Bytes| async move {
        all.extend_from_slice(&piece);
        Ok(all)
    };
    let bytes = reader.into_stream().try_fold(Vec::with_capacity(room), gather).await;
    let bytes = bytes.map_err(Error::internal)?;
    let work = move || {
        // The turn of who went away is over when the work that they left is.
        let _turn = turn;
        Predictor::load(&bytes)
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?.map_err(Error::internal)
}
