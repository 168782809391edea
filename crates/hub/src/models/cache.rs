//! Loaded models, so that a prediction does not read its artifact again.

use mlhub_domain::digest::Digest;
use mlhub_predict::Predictor;
use std::sync::{Arc, Mutex, PoisonError};

/// How many bytes of artifacts are kept loaded. In memory a model is a few times its artifact.
const BYTES: u64 = 128 << 20;

/// The models used last.
#[derive(Default)]
pub(crate) struct Predictors {
    /// The one used last stands at the end.
    loaded: Mutex<Vec<Loaded>>,
}

struct Loaded {
    sha256: Digest,
    size: u64,
    predictor: Arc<Predictor>,
}

impl Predictors {
    /// The model of this artifact, if it is loaded.
    pub(crate) fn get(&self, sha256: &Digest) -> Option<Arc<Predictor>> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let at = loaded.iter().position(|l| l.sha256 == *sha256)?;
        let found = loaded.remove(at);
        let predictor = Arc::clone(&found.predictor);
        loaded.push(found);
        Some(predictor)
    }

    /// Keeps a model, and lets go of those not used for longest when there are too many.
    pub(crate) fn put(&self, sha256: Digest, size: u64, predictor: Arc<Predictor>) {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.retain(|l| l.sha256 != sha256);
        loaded.push(Loaded { sha256, size, predictor });
        while loaded.len() > 1 && loaded.iter().map(|l| l.size).sum::<u64>() > BYTES {
            loaded.remove(0);
        }
    }
}
