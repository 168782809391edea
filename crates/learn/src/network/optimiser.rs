//! AdamW in one pass over each tensor, with a running average of the weights, which is what is
//! measured and kept: it is as good as if the learning rate had been lowered to nothing.

use super::layers::contiguous;
use candle_core::{CpuStorage, InplaceOp2, Layout, Result, Tensor, bail};
use std::sync::{Mutex, PoisonError};

const MOMENTUM: f64 = 0.9;
const SPREAD: f64 = 0.999;
const TINY: f32 = 1e-8;
/// How slowly the average follows once it is old.
const AVERAGE: f64 = 0.998;
/// The part of the steps in which the learning rate rises.
const WARM_UP: f64 = 0.01;

/// The learning rate over the steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    pub(super) peak: f64,
    /// Weight decay, as a part of the learning rate.
    pub(super) decay: f64,
    /// How many steps there will be if nothing ends them early.
    pub(super) steps: u64,
    pub(super) cosine: bool,
}

impl Rate {
    /// At a step, counted from 1.
    fn at(&self, step: u64) -> f64 {
        let done = step as f64 / self.steps.max(1) as f64;
        let warm = (done / WARM_UP).min(1.0);
        let fall =
            if self.cosine { f64::midpoint(1.0, (std::f64::consts::PI * done).cos()) } else { 1.0 };
        self.peak * warm * fall
    }
}

pub(super) struct AdamW {
    params: Vec<(Tensor, Mutex<State>)>,
    rate: Rate,
    step: u64,
}

/// Of one tensor.
struct State {
    momentum: Vec<f32>,
    spread: Vec<f32>,
    average: Vec<f32>,
    /// Biases do not decay.
    decays: bool,
}

impl AdamW {
    pub(super) fn new(tensors: Vec<Tensor>, rate: Rate) -> Self {
        let state = |tensor: &Tensor| {
            let zeros = vec![0.0; tensor.elem_count()];
            let decays = tensor.rank() > 1;
            State { momentum: zeros.clone(), spread: zeros.clone(), average: zeros, decays }
        };
        let with_state = |tensor| {
            let state = Mutex::new(state(&tensor));
            (tensor, state)
        };
        Self { params: tensors.into_iter().map(with_state).collect(), rate, step: 0 }
    }

    /// gradients: one for each tensor, in order.
    pub(super) fn step(&mut self, gradients: &[Tensor]) -> Result<()> {
        self.step += 1;
        let (step, rate) = (self.step as f64, self.rate.at(self.step));
        let scale = (1.0 - SPREAD.powf(step)).sqrt() / (1.0 - MOMENTUM.powf(step));
        // A young average follows quickly, so that it forgets where it began.
        let follow = 1.0 - AVERAGE.min((1.0 + step) / (10.0 + step));
        if gradients.len() != self.params.len() {
            bail!("{} gradients for {} tensors", gradients.len(), self.params.len());
        }
        for ((tensor, state), gradient) in self.params.iter().zip(gradients) {
            let update = Update {
                state,
                rate: (rate * scale) as f32,
                shrink: 1.0 - (rate * self.rate.decay) as f32,
                follow: follow as f32,
            };
            tensor.inplace_op2(&gradient.contiguous()?, &update)?;
        }
        Ok(())
    }

    /// The averaged weights, tensor after tensor.
    pub(super) fn averages(&self) -> Vec<f32> {
        let mut all = Vec::new();
        for (_, state) in &self.params {
            all.extend_from_slice(&state.lock().unwrap_or_else(PoisonError::into_inner).average);
        }
        all
    }
}

struct Update<'a> {
    /// Behind a lock only because the operation is given by shared reference.
    state: &'a Mutex<State>,
    rate: f32,
    shrink: f32,
    follow: f32,
}

impl InplaceOp2 for Update<'_> {
    fn name(&self) -> &'static str {
        "adamw"
    }

    fn cpu_fwd(
        &self,
        weights: &mut CpuStorage,
        layout: &Layout,
        gradient: &CpuStorage,
        gradient_layout: &Layout,
    ) -> Result<()> {
        let gradient = contiguous(gradient, gradient_layout)?;
        let (CpuStorage::F32(weights), Some((first, end))) = (weights, layout.contiguous_offsets())
        else {
            bail!("weights are f32 in one piece");
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { momentum, spread, average, decays } = &mut *state;
        let shrink = if *decays { self.shrink } else { 1.0 };
        let (b1, b2) = (MOMENTUM as f32, SPREAD as f32);
        let moments = momentum.iter_mut().zip(spread).zip(average);
        let weights = weights[first..end].iter_mut().zip(gradient);
        for ((weight, slope), ((momentum, spread), average)) in weights.zip(moments) {
            *momentum = b1 * *momentum + (1.0 - b1) * slope;
            *spread = b2 * *spread + (1.0 - b2) * slope * slope;
            *weight = *weight * shrink - self.rate * *momentum / (spread.sqrt() + TINY);
            *average += self.follow * (*weight - *average);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    fn tensor(values: &[f32]) -> Tensor {
        Tensor::from_slice(values, values.len(), &Device::Cpu).unwrap()
    }

    #[test]
    fn it_walks_to_the_bottom_of_a_bowl_and_the_average_follows() {
        let point = tensor(&[3.0, -2.0]);
        let rate = Rate { peak: 0.05, decay: 0.0, steps: 2_000, cosine: true };
        let mut optimiser = AdamW::new(vec![point.clone()], rate);
        for _ in 0..2_000 {
            let slope = (&point * 2.0).unwrap();
            optimiser.step(&[slope]).unwrap();
        }
        let found = point.to_vec1::<f32>().unwrap();
        assert!(found.iter().all(|part| part.abs() < 1e-3), "{found:?}");
        assert!(optimiser.averages().iter().all(|part| part.abs() < 1e-3));
    }

    #[test]
    fn the_first_step_is_as_long_as_the_learning_rate() {
        let bias = tensor(&[1.0]);
        let weight = bias.reshape((1, 1)).unwrap().copy().unwrap();
        let rate = Rate { peak: 0.1, decay: 0.5, steps: 1, cosine: false };
        let mut optimiser = AdamW::new(vec![bias.clone(), weight.clone()], rate);
        let slope = tensor(&[2.0]);
        optimiser.step(&[slope.clone(), slope.reshape((1, 1)).unwrap()]).unwrap();
        let value = |tensor: &Tensor| tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap()[0];
        assert!((value(&bias) - 0.9).abs() < 1e-5, "biases do not decay");
        assert!((value(&weight) - 0.85).abs() < 1e-5, "weights do");
    }
}
