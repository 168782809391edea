//! Linear layers with a bend and dropout between them. Only operations with a gradient: a test
//! holds every weight to it.

use crate::rng::{Rng, Stream};
use candle_core::{
    CpuStorage, CustomOp1, CustomOp2, Device, Layout, Result, Shape, Tensor, Var, bail,
};
use mlhub_predict::Activation;
use std::sync::Arc;

pub(super) struct Layers {
    /// Weights `[inputs, outputs]` and biases `[outputs]`.
    layers: Vec<(Var, Var)>,
    activation: Activation,
}

impl Layers {
    /// Weights are drawn evenly so that the outputs of each layer vary like its inputs; the last
    /// layer begins small.
    pub(super) fn new(widths: &[usize], activation: Activation, rng: &mut Rng) -> Result<Self> {
        let mut layers = Vec::new();
        for (at, pair) in widths.windows(2).enumerate() {
            let (inputs, outputs) = (pair[0], pair[1]);
            let last = at + 2 == widths.len();
            let gain = if last { 0.3 } else { 3.0 };
            let bound = (gain / inputs.max(1) as f32).sqrt();
            let weights: Vec<f32> = (0..inputs * outputs).map(|_| rng.signed() * bound).collect();
            let weights = Var::from_vec(weights, (inputs, outputs), &Device::Cpu)?;
            let biases = Var::from_vec(vec![0.0_f32; outputs], outputs, &Device::Cpu)?;
            layers.push((weights, biases));
        }
        Ok(Self { layers, activation })
    }

    /// The same layers with other weights: each layer's weights, then its biases.
    pub(super) fn with(&self, weights: &[f32]) -> Result<Self> {
        let mut rest = weights;
        let mut take = |like: &Var| {
            let (head, tail) = rest.split_at(like.elem_count());
            rest = tail;
            Var::from_slice(head, like.shape(), &Device::Cpu)
        };
        let layers =
            self.layers.iter().map(|(weights, biases)| Ok((take(weights)?, take(biases)?)));
        Ok(Self { layers: layers.collect::<Result<_>>()?, activation: self.activation })
    }

    pub(super) fn vars(&self) -> Vec<Var> {
        self.layers.iter().flat_map(|(weights, biases)| [weights.clone(), biases.clone()]).collect()
    }

    /// `[rows, inputs]` → `[rows, outputs]`
    pub(super) fn forward(
        &self,
        inputs: &Tensor,
        mut dropout: Option<&mut Dropout>,
    ) -> Result<Tensor> {
        let mut values = inputs.clone();
        for (at, (weights, biases)) in self.layers.iter().enumerate() {
            values = values.matmul(weights)?.broadcast_add(biases)?;
            if at + 1 < self.layers.len() {
                let kept = dropout.as_mut().and_then(|dropout| dropout.draw(values.elem_count()));
                values = values.apply_op1(Bend { activation: self.activation, kept })?;
            }
        }
        Ok(values)
    }
}

/// Which units are switched off, drawn from a stream of its own.
pub(super) struct Dropout {
    /// A unit is off when a random byte is below this.
    limit: u8,
    rng: Rng,
}

/// For each unit the factor it is multiplied with.
#[derive(Clone)]
struct Kept {
    bytes: Arc<Vec<u8>>,
    limit: u8,
}

impl Kept {
    fn factor(&self, at: usize) -> f32 {
        let scale = 256.0 / (256.0 - f32::from(self.limit));
        if self.bytes[at] < self.limit { 0.0 } else { scale }
    }
}

impl Dropout {
    /// `share` of the units are off, to the nearest 256th.
    pub(super) fn new(share: f64, seed: u64) -> Self {
        Self { limit: (share * 256.0).round() as u8, rng: Rng::new(seed, Stream::Dropout) }
    }

    fn draw(&mut self, count: usize) -> Option<Kept> {
        if self.limit == 0 {
            return None;
        }
        let mut bytes = Vec::with_capacity(count + 8);
        while bytes.len() < count {
            bytes.extend_from_slice(&self.rng.next().to_le_bytes());
        }
        Some(Kept { bytes: Arc::new(bytes), limit: self.limit })
    }
}

/// Activation and dropout in one pass.
struct Bend {
    activation: Activation,
    kept: Option<Kept>,
}

impl Bend {
    fn factor(&self, at: usize) -> f32 {
        self.kept.as_ref().map_or(1.0, |kept| kept.factor(at))
    }

    fn value(&self, x: f32) -> f32 {
        match self.activation {
            Activation::Relu => x.max(0.0),
            Activation::Silu => x * sigmoid(x),
            Activation::Tanh => x.tanh(),
        }
    }

    fn slope(&self, x: f32) -> f32 {
        match self.activation {
            Activation::Relu => f32::from(x > 0.0),
            Activation::Silu => {
                let s = sigmoid(x);
                s * (1.0 + x * (1.0 - s))
            }
            Activation::Tanh => {
                let t = x.tanh();
                1.0 - t * t
            }
        }
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

impl CustomOp1 for Bend {
    fn name(&self) -> &'static str {
        "bend"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let values = contiguous(storage, layout)?;
        let bent = values.iter().enumerate().map(|(at, x)| self.value(*x) * self.factor(at));
        Ok((CpuStorage::F32(bent.collect()), layout.shape().clone()))
    }

    fn bwd(&self, arg: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let slope = Slope(Self { activation: self.activation, kept: self.kept.clone() });
        Ok(Some(arg.apply_op2_no_bwd(&gradient.contiguous()?, &slope)?))
    }
}

/// The gradient of [`Bend`].
struct Slope(Bend);

impl CustomOp2 for Slope {
    fn name(&self) -> &'static str {
        "bend-slope"
    }

    fn cpu_fwd(
        &self,
        arg: &CpuStorage,
        arg_layout: &Layout,
        gradient: &CpuStorage,
        gradient_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let arg = contiguous(arg, arg_layout)?;
        let gradient = contiguous(gradient, gradient_layout)?;
        let slopes = arg
            .iter()
            .zip(gradient)
            .enumerate()
            .map(|(at, (x, gradient))| gradient * self.0.slope(*x) * self.0.factor(at));
        Ok((CpuStorage::F32(slopes.collect()), arg_layout.shape().clone()))
    }
}

/// The numbers of a tensor that lies in one piece.
pub(super) fn contiguous<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((first, end)) => Ok(&storage.as_slice::<f32>()?[first..end]),
        None => bail!("a tensor does not lie in one piece"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vec(tensor: &Tensor) -> Vec<f32> {
        tensor.flatten_all().unwrap().to_vec1().unwrap()
    }

    #[test]
    fn every_weight_has_a_gradient() {
        for activation in [Activation::Relu, Activation::Silu, Activation::Tanh] {
            let mut rng = Rng::new(7, Stream::Weights);
            let layers = Layers::new(&[5, 16, 8, 3], activation, &mut rng).unwrap();
            let inputs: Vec<f32> = (0..64 * 5).map(|_| rng.signed()).collect();
            let inputs = Tensor::from_vec(inputs, (64, 5), &Device::Cpu).unwrap();
            let mut dropout = Dropout::new(0.1, 7);
            let outputs = layers.forward(&inputs, Some(&mut dropout)).unwrap();
            let gradients = outputs.sqr().unwrap().sum_all().unwrap().backward().unwrap();
            for (at, var) in layers.vars().iter().enumerate() {
                let gradient = gradients.get(var).unwrap_or_else(|| panic!("{at}: none"));
                assert!(vec(gradient).iter().any(|slope| *slope != 0.0), "{activation:?} {at}: 0");
            }
        }
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        for activation in [Activation::Relu, Activation::Silu, Activation::Tanh] {
            let bend = || Bend { activation, kept: None };
            let points = vec![-2.0_f32, -0.5, 0.3, 1.7];
            let var = Var::from_vec(points.clone(), 4, &Device::Cpu).unwrap();
            let sum = var.apply_op1(bend()).unwrap().sum_all().unwrap();
            let slopes = vec(sum.backward().unwrap().get(&var).unwrap());
            for (x, slope) in points.iter().zip(slopes) {
                let step = 1e-3;
                let numeric = (bend().value(x + step) - bend().value(x - step)) / (2.0 * step);
                assert!((slope - numeric).abs() < 1e-3, "{activation:?} at {x}");
            }
        }
    }

    #[test]
    fn dropout_switches_off_its_share_and_keeps_the_sum() {
        let kept = Dropout::new(0.25, 3).draw(40_000).unwrap();
        let factors: Vec<f32> = (0..40_000).map(|at| kept.factor(at)).collect();
        let off = factors.iter().filter(|factor| **factor == 0.0).count();
        assert!((9_500..10_500).contains(&off), "{off}");
        assert!((factors.iter().sum::<f32>() / 40_000.0 - 1.0).abs() < 0.02);
        assert!(Dropout::new(0.0, 3).draw(10).is_none());
    }
}
