//! The file format: magic, format number, manifest, weights. Lengths are little-endian.

use crate::Error;
use mlhub_domain::algorithms::AlgorithmKind;
use mlhub_domain::models::{Signature, Task};
use mlhub_recipe::{Design, Encoder};
use serde::{Deserialize, Serialize};

const MAGIC: &[u8; 8] = b"MLHMODEL";
/// The newest format this code reads and the one it writes.
pub const FORMAT: u32 = 1;

/// A model as a file holds it: described, but not checked yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Artifact {
    /// What it is.
    pub manifest: Manifest,
    /// Its weights: LightGBM's text for trees, f32 for a network, f64 for the others; numbers
    /// little-endian.
    pub weights: Vec<u8>,
}

/// What a model is, in JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// How it was fitted.
    pub algorithm: AlgorithmKind,
    /// What it predicts.
    pub task: Task,
    /// What it takes and gives.
    pub signature: Signature,
    /// From cells to numbers and codes.
    pub encoder: Encoder,
    /// From those to inputs; trees need none.
    pub design: Option<Design>,
    /// The model itself.
    pub head: Head,
    /// A predicted number is `offset + factor · raw`.
    pub offset: f64,
    /// See `offset`.
    pub factor: f64,
}

/// A kind of model and the shape of its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Head {
    /// LightGBM's text.
    Trees,
    /// For each layer weights `[inputs, outputs]` and biases `[outputs]`; the last layer gives one
    /// output for each class, or one.
    Network {
        /// Units of each layer but the first (the inputs) and the last.
        hidden: Vec<usize>,
        /// The bend after each layer but the last.
        activation: Activation,
    },
    /// Weights `[outputs, inputs]`, then intercepts `[outputs]`; one output for a number and for
    /// two classes, else one for each class.
    Linear,
    /// The outputs themselves, whatever the inputs: one, or the logarithms of the class shares.
    Constant,
}

/// The bend in each unit of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// max(x, 0)
    Relu,
    /// x · sigmoid(x)
    Silu,
    /// tanh(x)
    Tanh,
}

impl Manifest {
    /// How many raw outputs a model with one output for two classes gives.
    pub fn outputs(&self) -> usize {
        let classes = self.signature.classes.as_ref().map_or(1, Vec::len);
        if classes == 2 { 1 } else { classes }
    }

    /// How many raw outputs a model with one for each class gives.
    pub fn classes(&self) -> usize {
        self.signature.classes.as_ref().map_or(1, Vec::len)
    }
}

impl Artifact {
    /// Writes the file.
    ///
    /// # Panics
    /// When the manifest is longer than 4 GiB.
    pub fn to_bytes(&self) -> Vec<u8> {
        let manifest = serde_json::to_vec(&self.manifest).expect("a manifest has text keys only");
        let length = u32::try_from(manifest.len()).expect("a manifest is some kilobytes");
        let mut bytes = Vec::with_capacity(16 + manifest.len() + self.weights.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&manifest);
        bytes.extend_from_slice(&self.weights);
        bytes
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`Error`] when it is another file, too new, cut off or not what it says.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(Error::Foreign)?;
        let (format, rest) = number(rest)?;
        if format != FORMAT {
            return Err(Error::Newer(format));
        }
        let (length, rest) = number(rest)?;
        let (manifest, weights) = rest
            .split_at_checked(length as usize)
            .ok_or_else(|| Error::damaged("it is cut off"))?;
        let manifest = serde_json::from_slice(manifest)
            .map_err(|error| Error::damaged(format!("its manifest cannot be read ({error})")))?;
        Ok(Self { manifest, weights: weights.to_vec() })
    }
}

fn number(bytes: &[u8]) -> Result<(u32, &[u8]), Error> {
    let (head, rest) =
        bytes.split_first_chunk::<4>().ok_or_else(|| Error::damaged("it is cut off"))?;
    Ok((u32::from_le_bytes(*head), rest))
}
