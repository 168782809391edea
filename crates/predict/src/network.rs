//! The forward pass of a multi-layer perceptron, in f32.

use crate::{Activation, Error};
use mlhub_recipe::{Design, Table};
use std::ops::Range;

/// Rows that go through a layer together, so that its weights are read once for all of them.
const BLOCK: usize = 16;

#[derive(Debug)]
pub(crate) struct Network {
    layers: Vec<Layer>,
    activation: Activation,
}

#[derive(Debug)]
struct Layer {
    inputs: usize,
    outputs: usize,
    /// `[inputs, outputs]`
    weights: Vec<f32>,
    biases: Vec<f32>,
}

impl Network {
    pub(crate) fn read(
        bytes: &[u8],
        activation: Activation,
        widths: &[usize],
    ) -> Result<Self, Error> {
        let wrong = || Error::damaged("the number of weights is not that of the layers");
        let (chunks, []) = bytes.as_chunks::<4>() else { return Err(wrong()) };
        let mut rest = chunks;
        let mut take = |count: usize| {
            let (head, tail) = rest.split_at_checked(count).ok_or_else(wrong)?;
            rest = tail;
            Ok::<_, Error>(head.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect::<Vec<_>>())
        };
        let mut layers = Vec::new();
        for pair in widths.windows(2) {
            let (inputs, outputs) = (pair[0], pair[1]);
            if outputs == 0 {
                return Err(wrong());
            }
            let weights = take(inputs.checked_mul(outputs).ok_or_else(wrong)?)?;
            layers.push(Layer { inputs, outputs, weights, biases: take(outputs)? });
        }
        if rest.is_empty() { Ok(Self { layers, activation }) } else { Err(wrong()) }
    }

    pub(crate) fn raw(&self, design: &Design, table: &Table, rows: Range<usize>) -> Vec<f64> {
        let width = self.layers[0].inputs;
        let mut raw = Vec::new();
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            let block: Vec<usize> = rows.by_ref().take(BLOCK).collect();
            let mut values = vec![0.0_f32; block.len() * width];
            for (row, values) in block.iter().zip(values.chunks_exact_mut(width.max(1))) {
                design.visit(table, *row, |input, value| values[input] = value as f32);
            }
            for (at, layer) in self.layers.iter().enumerate() {
                values = layer.forward(&values, block.len());
                if at + 1 < self.layers.len() {
                    values.iter_mut().for_each(|value| *value = self.activation.bend(*value));
                }
            }
            raw.extend(values.into_iter().map(f64::from));
        }
        raw
    }
}

impl Layer {
    /// values: `[rows, inputs]` → `[rows, outputs]`
    fn forward(&self, values: &[f32], rows: usize) -> Vec<f32> {
        let mut sums = self.biases.repeat(rows);
        for input in 0..self.inputs {
            let weights = &self.weights[input * self.outputs..][..self.outputs];
            for (row, sums) in sums.chunks_exact_mut(self.outputs).enumerate() {
                let value = values[row * self.inputs + input];
                // Most inputs of the first layer are 0: categories that the row is not in.
                if value != 0.0 {
                    for (sum, weight) in sums.iter_mut().zip(weights) {
                        *sum += value * weight;
                    }
                }
            }
        }
        sums
    }
}

impl Activation {
    fn bend(self, value: f32) -> f32 {
        match self {
            Self::Relu => value.max(0.0),
            Self::Silu => value / (1.0 + (-value).exp()),
            Self::Tanh => value.tanh(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_multiplies_and_adds() {
        let layer = Layer {
            inputs: 2,
            outputs: 3,
            weights: vec![1., 2., 3., 4., 5., 6.],
            biases: vec![0.5; 3],
        };
        assert_eq!(layer.forward(&[1.0, 0.0, 2.0, -1.0], 2), [1.5, 2.5, 3.5, -1.5, -0.5, 0.5]);
    }

    #[test]
    fn the_bends_are_the_textbook_ones() {
        assert_eq!(Activation::Relu.bend(-2.0), 0.0);
        assert!((Activation::Silu.bend(1.0) - 0.731_058_6).abs() < 1e-6);
        assert!((Activation::Tanh.bend(1.0) - 0.761_594_2).abs() < 1e-6);
    }

    #[test]
    fn weights_that_do_not_fit_the_layers_are_refused() {
        let bytes = vec![0_u8; 4 * (2 * 3 + 3)];
        assert!(Network::read(&bytes, Activation::Relu, &[2, 3]).is_ok());
        for widths in [&[2, 4][..], &[3, 3], &[1, 3], &[usize::MAX, 3], &[2, 0]] {
            assert!(Network::read(&bytes, Activation::Relu, widths).is_err(), "{widths:?}");
        }
    }
}
