//! Linear layers with a bend and dropout between them, forwards and backwards. The gradients are
//! written out: candle's own would also work out that of the inputs, a fifth of the time, and some
//! of its operations silently have none. Tests hold every weight to finite differences.

use crate::rng::{Rng, Stream};
use candle_core::{
    CpuStorage, CustomOp1, CustomOp2, DType, Device, Layout, Result, Shape, Tensor, bail,
};
use mlhub_predict::Activation;

pub(super) struct Layers {
    /// Weights `[inputs, outputs]` and biases `[outputs]`.
    layers: Vec<(Tensor, Tensor)>,
    activation: Activation,
}

/// What the way back needs of the way forward.
pub(super) struct Trace {
    /// What went into each layer.
    inputs: Vec<Tensor>,
    /// What came out of each layer but the last, before the bend, and how it was bent.
    bends: Vec<(Tensor, Bend)>,
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
            let weights = Tensor::from_vec(weights, (inputs, outputs), &Device::Cpu)?;
            let biases = Tensor::zeros(outputs, DType::F32, &Device::Cpu)?;
            layers.push((weights, biases));
        }
        Ok(Self { layers, activation })
    }

    /// The same layers with other weights: each layer's weights, then its biases.
    pub(super) fn with(&self, weights: &[f32]) -> Result<Self> {
        let mut rest = weights;
        let mut take = |like: &Tensor| {
            let (head, tail) = rest.split_at(like.elem_count());
            rest = tail;
            Tensor::from_slice(head, like.shape(), &Device::Cpu)
        };
        let layers =
            self.layers.iter().map(|(weights, biases)| Ok((take(weights)?, take(biases)?)));
        Ok(Self { layers: layers.collect::<Result<_>>()?, activation: self.activation })
    }

    /// Each layer's weights, then its biases.
    pub(super) fn tensors(&self) -> Vec<Tensor> {
        let both = |(weights, biases): &(Tensor, Tensor)| [weights.clone(), biases.clone()];
        self.layers.iter().flat_map(both).collect()
    }

    /// `[rows, inputs]` → `[rows, outputs]`
    pub(super) fn forward(
        &self,
        inputs: &Tensor,
        mut dropout: Option<&mut Dropout>,
    ) -> Result<(Tensor, Trace)> {
        let mut values = inputs.clone();
        let mut trace = Trace { inputs: Vec::new(), bends: Vec::new() };
        for (at, (weights, biases)) in self.layers.iter().enumerate() {
            let sums = values.matmul(weights)?.broadcast_add(biases)?;
            trace.inputs.push(values);
            if at + 1 == self.layers.len() {
                return Ok((sums, trace));
            }
            let kept = dropout.as_mut().and_then(|dropout| dropout.draw(sums.elem_count()));
            let bend = Bend { activation: self.activation, kept };
            values = sums.apply_op1_no_bwd(&bend)?;
            trace.bends.push((sums, bend));
        }
        bail!("a network has a layer")
    }

    /// The gradients of [`Self::tensors`], in that order, from that of the outputs.
    pub(super) fn backward(&self, mut trace: Trace, outputs: Tensor) -> Result<Vec<Tensor>> {
        let mut gradients = Vec::new();
        let mut gradient = outputs;
        while let Some(inputs) = trace.inputs.pop() {
            gradients.push(gradient.sum(0)?);
            gradients.push(inputs.t()?.matmul(&gradient)?);
            if let Some((sums, bend)) = trace.bends.pop() {
                let (weights, _) = &self.layers[trace.inputs.len()];
                let bent = gradient.matmul(&weights.t()?)?;
                gradient = sums.apply_op2_no_bwd(&bent, &Slope(bend))?;
            }
        }
        gradients.reverse();
        Ok(gradients)
    }
}

/// Which units are switched off, drawn from a stream of its own.
pub(super) struct Dropout {
    /// A unit is off when a random byte is below this.
    limit: u8,
    rng: Rng,
}

/// For each unit the factor it is multiplied with.
struct Kept {
    bytes: Vec<u8>,
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
        Some(Kept { bytes, limit: self.limit })
    }
}

/// Activation and dropout in one pass.
pub(super) struct Bend {
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

    /// Half the sum of the squared outputs, with the same units off each time.
    fn loss(layers: &Layers, inputs: &Tensor) -> (f64, Tensor, Trace) {
        let (outputs, trace) = layers.forward(inputs, Some(&mut Dropout::new(0.1, 7))).unwrap();
        let squares: f64 = vec(&outputs).iter().map(|value| f64::from(*value).powi(2)).sum();
        (squares / 2.0, outputs, trace)
    }

    #[test]
    fn every_weight_has_the_gradient_of_finite_differences() {
        for activation in [Activation::Relu, Activation::Silu, Activation::Tanh] {
            let mut rng = Rng::new(7, Stream::Weights);
            let layers = Layers::new(&[5, 16, 8, 3], activation, &mut rng).unwrap();
            let inputs: Vec<f32> = (0..64 * 5).map(|_| rng.signed()).collect();
            let inputs = Tensor::from_vec(inputs, (64, 5), &Device::Cpu).unwrap();
            let (_, outputs, trace) = loss(&layers, &inputs);
            let gradients = layers.backward(trace, outputs).unwrap();
            let weights: Vec<f32> = layers.tensors().iter().flat_map(vec).collect();
            let slopes: Vec<f32> = gradients.iter().flat_map(vec).collect();
            assert_eq!(slopes.len(), weights.len());
            for gradient in &gradients {
                assert!(vec(gradient).iter().any(|slope| *slope != 0.0), "{activation:?}: 0");
            }
            for at in (0..weights.len()).step_by(7) {
                let shifted = |step: f32| {
                    let mut weights = weights.clone();
                    weights[at] += step;
                    loss(&layers.with(&weights).unwrap(), &inputs).0
                };
                let numeric = (shifted(1e-3) - shifted(-1e-3)) / 2e-3;
                let error = (f64::from(slopes[at]) - numeric).abs();
                assert!(error < 0.02 * (1.0 + numeric.abs()), "{activation:?} {at}: {numeric}");
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
