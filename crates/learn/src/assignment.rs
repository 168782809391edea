//! What every algorithm is given and what it gives back.

use crate::target::Truth;
use mlhub_domain::algorithms::AlgorithmKind;
use mlhub_domain::models::{Signature, Task};
use mlhub_domain::schema::{Column, LogicalType};
use mlhub_predict::{Artifact, Head, Manifest};
use mlhub_recipe::encoder::Fitted;
use mlhub_recipe::{Design, Frame, Table};
use serde_json::{Map, Value};

/// A table, what to predict, and how.
pub(crate) struct Assignment<'a> {
    pub(crate) algorithm: AlgorithmKind,
    pub(crate) task: Task,
    pub(crate) frame: &'a Frame,
    pub(crate) features: &'a [Column],
    pub(crate) target: &'a Column,
    pub(crate) truth: &'a Truth,
    pub(crate) params: Params<'a>,
    pub(crate) seed: u64,
    pub(crate) threads: usize,
}

/// Which rows to fit on, and when to stop.
#[derive(Clone, Copy)]
pub(crate) enum Plan<'a> {
    /// Fit on `train`, watch `inner`, find the stopping point.
    Search { train: &'a [u32], inner: &'a [u32] },
    /// Fit on `rows`, stop after `steps`.
    Repeat { rows: &'a [u32], steps: u64 },
}

impl Plan<'_> {
    pub(crate) fn rows(&self) -> &[u32] {
        match self {
            Self::Search { train, .. } => train,
            Self::Repeat { rows, .. } => rows,
        }
    }
}

/// A fitted model.
pub(crate) struct Fit {
    pub(crate) artifact: Artifact,
    /// The stopping point.
    pub(crate) steps: u64,
    /// How much each column of the encoded table counts, on any scale; `None` when the model does
    /// not say.
    pub(crate) importance: Option<Vec<f64>>,
    /// Whether it was ended early by a person.
    pub(crate) cancelled: bool,
}

/// Hyperparameters, checked and with the defaults filled in.
#[derive(Clone, Copy)]
pub(crate) struct Params<'a>(pub(crate) &'a Map<String, Value>);

impl<'a> Params<'a> {
    fn get<T>(self, name: &str, read: impl Fn(&'a Value) -> Option<T>) -> T {
        self.0.get(name).and_then(read).expect("the catalogue has filled and checked it")
    }

    pub(crate) fn integer(self, name: &str) -> i64 {
        self.get(name, Value::as_i64)
    }

    pub(crate) fn count(self, name: &str) -> u64 {
        self.get(name, Value::as_u64)
    }

    pub(crate) fn size(self, name: &str) -> usize {
        self.get(name, |value| usize::try_from(value.as_u64()?).ok())
    }

    pub(crate) fn number(self, name: &str) -> f64 {
        self.get(name, Value::as_f64)
    }

    pub(crate) fn word(self, name: &str) -> &'a str {
        self.get(name, Value::as_str)
    }

    pub(crate) fn sizes(self, name: &str) -> Vec<usize> {
        let size = |value: &Value| usize::try_from(value.as_u64()?).ok();
        self.get(name, |value| value.as_array()?.iter().map(size).collect())
    }
}

impl Assignment<'_> {
    /// `rows` of the frame as the encoder sees them.
    pub(crate) fn table(&self, fitted: &Fitted, rows: &[u32]) -> Table {
        fitted.encoder.table(self.frame, rows).expect("the encoder was fitted on this frame")
    }

    /// Puts a model together.
    pub(crate) fn artifact(
        &self,
        fitted: &Fitted,
        design: Option<Design>,
        head: Head,
        weights: Vec<u8>,
    ) -> Artifact {
        let classes = match self.truth {
            Truth::Classes { labels, .. } => Some(labels.clone()),
            Truth::Numbers(_) => None,
        };
        let target_type: LogicalType = self.target.kind;
        let signature = Signature {
            inputs: fitted.inputs.clone(),
            target: self.target.name.clone(),
            target_type,
            classes,
        };
        let manifest = Manifest {
            algorithm: self.algorithm,
            task: self.task,
            signature,
            encoder: fitted.encoder.clone(),
            design,
            head,
            offset: 0.0,
            factor: 1.0,
        };
        Artifact { manifest, weights }
    }
}
