//! The C interface of LightGBM, wrapped so that nothing outside can misuse it: handles are freed
//! once and in the right order, lengths are checked here, every call's result is looked at.
#![expect(unsafe_code, reason = "LightGBM is a C library; this is the only door to it")]

use lightgbm3_sys as sys;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;

/// What LightGBM said about a call that failed.
#[derive(Debug, thiserror::Error)]
#[error("LightGBM: {0}")]
pub(crate) struct Failure(String);

fn check(code: c_int) -> Result<(), Failure> {
    if code == 0 {
        return Ok(());
    }
    // SAFETY: the function takes nothing and returns a NUL-terminated text that lives, per
    // thread, until the next failing call on this thread; it is copied at once.
    let message = unsafe { CStr::from_ptr(sys::LGBM_GetLastError()) };
    Err(Failure(message.to_string_lossy().into_owned()))
}

fn text(parameters: &str) -> Result<CString, Failure> {
    CString::new(parameters).map_err(|_| Failure("a parameter contains NUL".into()))
}

fn length(count: usize) -> Result<i32, Failure> {
    i32::try_from(count).map_err(|_| Failure("it takes at most 2 147 483 647 rows".into()))
}

/// Binned rows with their labels.
#[derive(Debug)]
pub(crate) struct Dataset(sys::DatasetHandle);

impl Dataset {
    /// cells: `[columns, rows]`; labels: `[rows]`. The bins are those of `like`, where given.
    pub(crate) fn new(
        cells: &[f64],
        labels: &[f32],
        parameters: &str,
        like: Option<&Self>,
    ) -> Result<Self, Failure> {
        let rows = length(labels.len())?;
        let columns = length(cells.len() / labels.len().max(1))?;
        if cells.len() != rows as usize * columns as usize {
            return Err(Failure("labels and cells have different numbers of rows".into()));
        }
        let parameters = text(parameters)?;
        let mut dataset = Self(ptr::null_mut());
        // SAFETY: `cells` holds rows · columns f64, column after column, as checked and as the
        // arguments say, and is only read during the call; `like` is a live handle or null; the
        // new handle is written to a place of its own.
        check(unsafe {
            sys::LGBM_DatasetCreateFromMat(
                cells.as_ptr().cast::<c_void>(),
                sys::C_API_DTYPE_FLOAT64 as c_int,
                rows,
                columns,
                0,
                parameters.as_ptr(),
                like.map_or(ptr::null_mut(), |like| like.0),
                &raw mut dataset.0,
            )
        })?;
        // SAFETY: the handle is live; `labels` holds `rows` f32, as the arguments say, and is
        // copied during the call; the name is NUL-terminated.
        check(unsafe {
            sys::LGBM_DatasetSetField(
                dataset.0,
                c"label".as_ptr(),
                labels.as_ptr().cast::<c_void>(),
                rows,
                sys::C_API_DTYPE_FLOAT32 as c_int,
            )
        })?;
        Ok(dataset)
    }
}

impl Drop for Dataset {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: the handle is live and owned here only; boosters that use it are dropped
            // before it because they own it. A failure to free cannot be acted upon.
            let _ = unsafe { sys::LGBM_DatasetFree(self.0) };
        }
    }
}

/// Trees that grow on a dataset.
#[derive(Debug)]
pub(crate) struct Booster {
    handle: sys::BoosterHandle,
    columns: usize,
    /// LightGBM keeps pointers to these; they are dropped after the booster is freed.
    datasets: Vec<Dataset>,
}

/// Whether another tree makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Growth {
    Grown,
    /// No split is worth it any more.
    Finished,
}

/// Which rows a loss is measured on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measured {
    Train = 0,
    Validation = 1,
}

impl Booster {
    /// Trees on `train`, which has `columns` columns.
    pub(crate) fn new(
        train: Dataset,
        validation: Option<Dataset>,
        columns: usize,
        parameters: &str,
    ) -> Result<Self, Failure> {
        let parameters = text(parameters)?;
        let mut booster = Self { handle: ptr::null_mut(), columns, datasets: vec![train] };
        // SAFETY: the dataset is live and stays so as long as the booster, which owns it; the
        // text is NUL-terminated; the new handle is written to a place of its own.
        check(unsafe {
            sys::LGBM_BoosterCreate(
                booster.datasets[0].0,
                parameters.as_ptr(),
                &raw mut booster.handle,
            )
        })?;
        if let Some(validation) = validation {
            // SAFETY: both handles are live, and the booster owns the dataset from here on.
            check(unsafe { sys::LGBM_BoosterAddValidData(booster.handle, validation.0) })?;
            booster.datasets.push(validation);
        }
        Ok(booster)
    }

    /// Grows one tree, or one for each class.
    pub(crate) fn grow(&mut self) -> Result<Growth, Failure> {
        let mut finished: c_int = 0;
        // SAFETY: the handle is live; the flag is written to a place of its own.
        check(unsafe { sys::LGBM_BoosterUpdateOneIter(self.handle, &raw mut finished) })?;
        Ok(if finished == 0 { Growth::Grown } else { Growth::Finished })
    }

    /// The one metric that the parameters name.
    pub(crate) fn loss(&self, on: Measured) -> Result<f64, Failure> {
        let (mut count, mut value): (c_int, f64) = (0, f64::NAN);
        // SAFETY: the handle is live; the count is written to a place of its own.
        check(unsafe { sys::LGBM_BoosterGetEvalCounts(self.handle, &raw mut count) })?;
        if count != 1 {
            return Err(Failure(format!("{count} metrics where one was asked for")));
        }
        // SAFETY: the handle is live; LightGBM writes as many numbers as there are metrics, one
        // as just checked, to `value`.
        check(unsafe {
            sys::LGBM_BoosterGetEval(self.handle, on as c_int, &raw mut count, &raw mut value)
        })?;
        Ok(value)
    }

    /// The first `trees` as text.
    pub(crate) fn text(&self, trees: u64) -> Result<String, Failure> {
        let trees = c_int::try_from(trees).map_err(|_| Failure("too many trees".into()))?;
        let mut buffer: Vec<u8> = vec![0; 1 << 20];
        loop {
            let room = i64::try_from(buffer.len()).expect("no buffer is that long");
            let mut needed: i64 = 0;
            // SAFETY: the handle is live; LightGBM writes at most `room` bytes, the size of the
            // buffer, and says in `needed` how many it would take.
            check(unsafe {
                sys::LGBM_BoosterSaveModelToString(
                    self.handle,
                    0,
                    trees,
                    sys::C_API_FEATURE_IMPORTANCE_GAIN as c_int,
                    room,
                    &raw mut needed,
                    buffer.as_mut_ptr().cast::<c_char>(),
                )
            })?;
            let needed = usize::try_from(needed).map_err(|_| Failure("no text".into()))?;
            if needed > buffer.len() {
                buffer = vec![0; needed];
                continue;
            }
            // The length counts the NUL at the end.
            buffer.truncate(needed.saturating_sub(1));
            return String::from_utf8(buffer).map_err(|_| Failure("its text is not UTF-8".into()));
        }
    }

    /// For each column how much the first `trees` gained from it.
    pub(crate) fn gains(&self, trees: u64) -> Result<Vec<f64>, Failure> {
        let trees = c_int::try_from(trees).map_err(|_| Failure("too many trees".into()))?;
        let mut gains = vec![0.0; self.columns];
        // SAFETY: the handle is live; LightGBM writes one f64 for each column of the dataset it
        // was made with, which is the length of the buffer.
        check(unsafe {
            sys::LGBM_BoosterFeatureImportance(
                self.handle,
                trees,
                sys::C_API_FEATURE_IMPORTANCE_GAIN as c_int,
                gains.as_mut_ptr(),
            )
        })?;
        Ok(gains)
    }
}

impl Drop for Booster {
    fn drop(&mut self) {
        if !self.handle.is_null() {
            // SAFETY: the handle is live and owned here only; its datasets are dropped after it.
            let _ = unsafe { sys::LGBM_BoosterFree(self.handle) };
        }
    }
}

/// Predicts with LightGBM itself from a model's text, to compare with our own evaluation.
/// rows: `[rows, columns]`.
#[cfg(test)]
pub(crate) fn predict(model: &str, rows: &[f64], columns: usize, outputs: usize) -> Vec<f64> {
    let model = text(model).unwrap();
    let count = rows.len() / columns;
    let mut predictions = vec![0.0; count * outputs];
    let (mut trees, mut written) = (0, 0);
    let mut handle: sys::BoosterHandle = ptr::null_mut();
    // SAFETY: the text is NUL-terminated; the results are written to places of their own.
    check(unsafe {
        sys::LGBM_BoosterLoadModelFromString(model.as_ptr(), &raw mut trees, &raw mut handle)
    })
    .unwrap();
    let booster = Booster { handle, columns, datasets: Vec::new() };
    // SAFETY: the handle is live; `rows` holds count · columns f64 by row; LightGBM writes one
    // number for each row and output, which the buffer has room for.
    check(unsafe {
        sys::LGBM_BoosterPredictForMat(
            booster.handle,
            rows.as_ptr().cast::<c_void>(),
            sys::C_API_DTYPE_FLOAT64 as c_int,
            length(count).unwrap(),
            length(columns).unwrap(),
            1,
            sys::C_API_PREDICT_NORMAL as c_int,
            0,
            -1,
            c"".as_ptr(),
            &raw mut written,
            predictions.as_mut_ptr(),
        )
    })
    .unwrap();
    assert_eq!(usize::try_from(written), Ok(predictions.len()));
    predictions
}
