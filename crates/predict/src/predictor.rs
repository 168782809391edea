//! An artifact, checked and ready.

use crate::forest::Forest;
use crate::linear::{Linear, f64s};
use crate::network::Network;
use crate::outputs::probabilities;
use crate::{Artifact, Error, Head, Manifest, Outputs, RowError, rows, unusual};
use mlhub_domain::models::{Prediction, Predictions, Signature, Unusual};
use mlhub_domain::num::Num;
use mlhub_recipe::{Design, Frame, Table, json};
use serde_json::{Map, Value};
use std::ops::Range;

/// A model that predicts.
#[derive(Debug)]
pub struct Predictor {
    manifest: Manifest,
    model: Model,
    labels: Vec<String>,
}

#[derive(Debug)]
enum Model {
    Trees(Forest),
    Network(Design, Network),
    Linear(Design, Linear),
    Constant(Vec<f64>),
}

impl Predictor {
    /// Reads an artifact.
    ///
    /// # Errors
    /// [`Error`] when the file is not a model, too new, or damaged.
    pub fn load(artifact: &[u8]) -> Result<Self, Error> {
        Self::new(&Artifact::from_bytes(artifact)?)
    }

    /// Checks an artifact.
    ///
    /// # Errors
    /// [`Error::Damaged`] when its parts do not fit each other.
    pub fn new(artifact: &Artifact) -> Result<Self, Error> {
        let Artifact { manifest, weights } = artifact;
        if manifest.signature.classes.as_ref().is_some_and(|classes| classes.len() < 2) {
            return Err(Error::damaged("it has fewer than two classes"));
        }
        let design = || checked_design(manifest);
        let model = match &manifest.head {
            Head::Trees => {
                let features = manifest.encoder.parts().count();
                Model::Trees(Forest::read(weights, features, manifest.outputs())?)
            }
            Head::Network { hidden, activation } => {
                let design = design()?;
                let mut widths = vec![design.width()];
                widths.extend(hidden);
                widths.push(manifest.classes());
                let network = Network::read(weights, *activation, &widths)?;
                Model::Network(design, network)
            }
            Head::Linear => {
                let design = design()?;
                let linear = Linear::read(weights, design.width(), manifest.outputs())?;
                Model::Linear(design, linear)
            }
            Head::Constant => {
                let values = f64s(weights)?;
                if values.len() != manifest.classes() {
                    return Err(Error::damaged("it has not one number for each class"));
                }
                Model::Constant(values)
            }
        };
        let classes = manifest.signature.classes.iter().flatten();
        Ok(Self { labels: classes.map(json::label).collect(), manifest: manifest.clone(), model })
    }

    /// What it takes and gives.
    pub fn signature(&self) -> &Signature {
        &self.manifest.signature
    }

    /// What it is.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The texts of the classes, in order; none for a number.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Predicts from rows of JSON: all or nothing. A column that a row lacks is missing.
    ///
    /// # Errors
    /// [`RowError`] for the first cell of the wrong type.
    pub fn predict(&self, rows: &[Map<String, Value>]) -> Result<Predictions, RowError> {
        let (frame, ignored) = rows::frame(&self.manifest.signature, rows)?;
        // Not those of the frame: without inputs it has none.
        let outputs = self.predict_rows(&frame, rows.len()).map_err(|error| {
            // The frame was just made to fit the signature; the encoder may still disagree with
            // that in a file that was tampered with.
            RowError { row: 1, column: String::new(), message: error.to_string() }
        })?;
        Ok(Predictions { predictions: self.answers(&outputs), ignored })
    }

    /// All that [`Self::predict`] may refuse about `rows`: of every column the first cell of the
    /// wrong type, in the order of rows and columns.
    pub fn unreadable(&self, rows: &[Map<String, Value>]) -> Vec<RowError> {
        let mut errors = rows::unreadable(&self.manifest.signature, rows);
        errors.sort_by_key(|error| error.row);
        errors
    }

    /// What is unusual about a row that it [predicts](Self::predict) from, beside those it was
    /// fitted on.
    pub fn unusual(&self, row: &Map<String, Value>) -> Vec<Unusual> {
        unusual::unusual(&self.manifest.signature, &self.manifest.encoder, row)
    }

    /// Predicts from a table.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when a column has another type than in training.
    pub fn predict_frame(&self, frame: &Frame) -> Result<Outputs, Error> {
        self.predict_rows(frame, frame.rows())
    }

    fn predict_rows(&self, frame: &Frame, rows: usize) -> Result<Outputs, Error> {
        let rows = u32::try_from(rows).map_err(|_| Error::damaged("too many rows"))?;
        let all: Vec<u32> = (0..rows).collect();
        let table = self.manifest.encoder.table(frame, &all)?;
        Ok(self.outputs(&table, 0..table.rows()))
    }

    /// Predicts `rows` of a table that the encoder of this model made.
    ///
    /// # Panics
    /// When the table has fewer rows or columns.
    pub fn outputs(&self, table: &Table, rows: Range<usize>) -> Outputs {
        let raw = match &self.model {
            Model::Trees(forest) => forest.raw(table, rows),
            Model::Network(design, network) => network.raw(design, table, rows),
            Model::Linear(design, linear) => linear.raw(design, table, rows),
            Model::Constant(values) => values.repeat(rows.len()),
        };
        let Some(classes) = self.manifest.signature.classes.as_ref().map(Vec::len) else {
            let Manifest { offset, factor, .. } = self.manifest;
            return Outputs::Numbers(raw.iter().map(|raw| offset + factor * raw).collect());
        };
        let outputs = match self.model {
            Model::Network(..) | Model::Constant(_) => classes,
            Model::Trees(_) | Model::Linear(..) => self.manifest.outputs(),
        };
        Outputs::Probabilities { classes, values: probabilities(&raw, outputs) }
    }

    fn answers(&self, outputs: &Outputs) -> Vec<Prediction> {
        match outputs {
            Outputs::Numbers(values) => {
                let kind = self.manifest.signature.target_type;
                let answer = |value: &f64| Prediction {
                    value: json::number(kind, *value),
                    probabilities: None,
                };
                values.iter().map(answer).collect()
            }
            Outputs::Probabilities { classes, values } => {
                let known = self.manifest.signature.classes.as_deref().unwrap_or_default();
                values
                    .chunks_exact(*classes)
                    .map(|row| Prediction {
                        value: known[likeliest(row)].clone(),
                        probabilities: Some(
                            self.labels.iter().cloned().zip(row.iter().copied().map(Num)).collect(),
                        ),
                    })
                    .collect()
            }
        }
    }
}

/// The class with the highest probability, the first of equals.
fn likeliest(row: &[f64]) -> usize {
    let mut best = 0;
    for (class, value) in row.iter().enumerate() {
        if *value > row[best] {
            best = class;
        }
    }
    best
}

fn checked_design(manifest: &Manifest) -> Result<Design, Error> {
    let design = manifest.design.clone();
    let fits = |design: &Design| design.blocks().len() == manifest.encoder.parts().count();
    design.filter(fits).ok_or_else(|| Error::damaged("its design does not fit its encoder"))
}
