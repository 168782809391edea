//! A multi-layer perceptron in candle, with our own seeded weights and dropout, fused optimiser
//! and averaged weights: the same seed gives the same bits.

mod layers;
mod loss;
mod optimiser;

use crate::TrainError;
use crate::assignment::{Assignment, Fit, Params, Plan};
use crate::report::Reporter;
use crate::rng::{Rng, Stream};
use candle_core::{Device, Tensor};
use layers::{Dropout, Layers};
use loss::Loss;
use mlhub_domain::num::count;
use mlhub_predict::{Activation, Head};
use mlhub_recipe::design::Style;
use mlhub_recipe::encoder::Fitted;
use mlhub_recipe::{Design, Table};
use optimiser::{AdamW, Rate};

/// The most inputs, and the most pieces that a number is coded by.
const WIDTH: usize = 8_192;
const PIECES: usize = 24;
/// An epoch has this many steps at least, or batches of this many rows.
const STEPS: usize = 100;
const SMALLEST_BATCH: usize = 16;
/// Rows that are measured at once.
const MEASURED: usize = 1_024;
const MOST_WEIGHTS: usize = 50_000_000;

/// `None` when it was cancelled before the first epoch was over.
pub(crate) fn fit(
    assignment: &Assignment<'_>,
    fitted: &Fitted,
    plan: Plan<'_>,
    report: &mut Reporter<'_>,
) -> Result<Option<Fit>, TrainError> {
    let training = Training::new(assignment, fitted, plan)?;
    let outcome = training.run(plan, report).map_err(|error| {
        TrainError::new(format!("the network failed: {error}"), "Try narrower layers.")
    })?;
    let best = match outcome {
        Outcome::Best(best) => best,
        Outcome::Nothing => return Ok(None),
        Outcome::Diverged(epoch) => {
            return Err(TrainError::new(
                format!("the loss was no number any more in epoch {epoch}"),
                "Divide the learning rate by ten.",
            ));
        }
    };
    let weights = best.weights.iter().flat_map(|weight| weight.to_le_bytes()).collect();
    let head = Head::Network { hidden: training.hidden.clone(), activation: training.activation };
    let mut artifact = assignment.artifact(fitted, Some(training.design), head, weights);
    artifact.manifest.offset = training.loss.offset();
    artifact.manifest.factor = training.loss.factor();
    Ok(Some(Fit { artifact, steps: best.epoch, importance: None, cancelled: best.cancelled }))
}

struct Training<'a> {
    params: Params<'a>,
    seed: u64,
    design: Design,
    table: Table,
    inner: Table,
    loss: Loss,
    inner_loss: Loss,
    hidden: Vec<usize>,
    activation: Activation,
}

struct Best {
    weights: Vec<f32>,
    epoch: u64,
    cancelled: bool,
}

enum Outcome {
    Best(Best),
    Nothing,
    Diverged(u64),
}

impl<'a> Training<'a> {
    fn new(
        assignment: &Assignment<'a>,
        fitted: &Fitted,
        plan: Plan<'_>,
    ) -> Result<Self, TrainError> {
        let params = assignment.params;
        let table = assignment.table(fitted, plan.rows());
        // Few rows cannot tell many pieces apart.
        let pieces = PIECES.min(plan.rows().len() / 50);
        let design = Design::fit(&fitted.encoder, &table, Style::Network { width: WIDTH, pieces });
        let inner = match plan {
            Plan::Search { inner, .. } => inner,
            Plan::Repeat { .. } => &[],
        };
        let loss = Loss::new(assignment.truth, plan.rows());
        let inner_loss = loss.on(assignment.truth, inner);
        let hidden = params.sizes("hidden");
        let widths = widths(&design, &hidden, &loss);
        let weights: usize = widths.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum();
        if weights > MOST_WEIGHTS {
            let [weights, most] = [weights, MOST_WEIGHTS].map(|n| count(n as u64));
            return Err(TrainError::new(
                format!("the network would have {weights} weights, more than {most}"),
                "Choose narrower layers or fewer columns.",
            ));
        }
        let activation = match params.word("activation") {
            "relu" => Activation::Relu,
            "tanh" => Activation::Tanh,
            _ => Activation::Silu,
        };
        Ok(Self {
            inner: assignment.table(fitted, inner),
            seed: assignment.seed,
            params,
            design,
            table,
            loss,
            inner_loss,
            hidden,
            activation,
        })
    }

    fn run(&self, plan: Plan<'_>, report: &mut Reporter<'_>) -> candle_core::Result<Outcome> {
        let widths = widths(&self.design, &self.hidden, &self.loss);
        let mut weights = Rng::new(self.seed, Stream::Weights);
        let layers = Layers::new(&widths, self.activation, &mut weights)?;
        let mut epochs = Epochs {
            dropout: Dropout::new(self.params.number("dropout"), self.seed),
            order: Rng::new(self.seed, Stream::Batches),
            optimiser: AdamW::new(layers.tensors(), self.rate()),
            rows: (0..self.table.rows()).collect(),
            batch: self.batch(),
        };
        let patience = self.params.count("early_stopping");
        let (last, searching) = match plan {
            Plan::Search { .. } => (self.params.count("epochs"), true),
            Plan::Repeat { steps, .. } => (steps, false),
        };
        let mut best = Best { weights: Vec::new(), epoch: 0, cancelled: false };
        let mut lowest = f64::INFINITY;
        for epoch in 1..=last {
            let Some(train) = self.epoch(&layers, &mut epochs, report)? else {
                best.cancelled = true;
                break;
            };
            if !train.is_finite() {
                return Ok(Outcome::Diverged(epoch));
            }
            if searching {
                report.metric("train/loss", epoch, train);
                let validation = self.measure(&layers, &epochs.optimiser)?;
                report.metric("validation/loss", epoch, validation);
                if validation < lowest {
                    lowest = validation;
                    best.weights = epochs.optimiser.averages();
                    best.epoch = epoch;
                }
            } else if epoch == last {
                best.weights = epochs.optimiser.averages();
                best.epoch = epoch;
            }
            report.step(epoch);
            if searching && patience > 0 && epoch - best.epoch >= patience {
                report.info(format!(
                    "Stopped after {epoch} epochs: the validation loss was lowest after {}.",
                    best.epoch
                ));
                break;
            }
        }
        // Without early stopping all epochs count; of a fit that a person ended, the best.
        if searching && patience == 0 && !best.cancelled {
            best.weights = epochs.optimiser.averages();
            best.epoch = last;
        }
        Ok(if best.epoch == 0 { Outcome::Nothing } else { Outcome::Best(best) })
    }

    fn batch(&self) -> usize {
        let few = (self.table.rows() / STEPS).max(SMALLEST_BATCH);
        self.params.size("batch_size").min(few)
    }

    fn rate(&self) -> Rate {
        let per_epoch = self.table.rows().div_ceil(self.batch()) as u64;
        Rate {
            peak: self.params.number("learning_rate"),
            decay: self.params.number("weight_decay"),
            steps: per_epoch * self.params.count("epochs"),
            cosine: self.params.word("schedule") == "cosine",
        }
    }

    /// One pass over the rows; the mean loss, or `None` when it was cancelled.
    fn epoch(
        &self,
        layers: &Layers,
        epochs: &mut Epochs,
        report: &mut Reporter<'_>,
    ) -> candle_core::Result<Option<f64>> {
        epochs.order.shuffle(&mut epochs.rows);
        let mut sum = 0.0;
        for rows in epochs.rows.chunks(epochs.batch) {
            if report.cancelled() {
                return Ok(None);
            }
            let inputs = self.inputs(&self.table, rows)?;
            let (outputs, trace) = layers.forward(&inputs, Some(&mut epochs.dropout))?;
            let (loss, slopes) = self.loss.slopes(&outputs, rows)?;
            sum += loss;
            epochs.optimiser.step(&layers.backward(trace, slopes)?)?;
        }
        Ok(Some(self.loss.shown(sum, epochs.rows.len())))
    }

    /// The loss of the averaged weights on the inner validation part.
    fn measure(&self, layers: &Layers, optimiser: &AdamW) -> candle_core::Result<f64> {
        let averaged = layers.with(&optimiser.averages())?;
        let rows: Vec<usize> = (0..self.inner.rows()).collect();
        let mut sum = 0.0;
        for rows in rows.chunks(MEASURED) {
            let (outputs, _) = averaged.forward(&self.inputs(&self.inner, rows)?, None)?;
            sum += self.inner_loss.slopes(&outputs, rows)?.0;
        }
        Ok(self.inner_loss.shown(sum, rows.len()))
    }

    fn inputs(&self, table: &Table, rows: &[usize]) -> candle_core::Result<Tensor> {
        let width = self.design.width();
        let mut values = vec![0.0_f32; rows.len() * width];
        for (row, values) in rows.iter().zip(values.chunks_exact_mut(width)) {
            self.design.visit(table, *row, |input, value| values[input] = value as f32);
        }
        Tensor::from_vec(values, (rows.len(), width), &Device::Cpu)
    }
}

/// What goes on from epoch to epoch.
struct Epochs {
    dropout: Dropout,
    order: Rng,
    optimiser: AdamW,
    rows: Vec<usize>,
    batch: usize,
}

fn widths(design: &Design, hidden: &[usize], loss: &Loss) -> Vec<usize> {
    let mut widths = vec![design.width()];
    widths.extend(hidden);
    widths.push(loss.outputs());
    widths
}
