//! Loaded models, so that a prediction does not read its artifact again.

use crate::Error;
use mlhub_domain::digest::Digest;
use mlhub_predict::Predictor;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};

/// Models that are being loaded at the same time: each takes its artifact and a few times as much.
const LOADING: usize = 2;

/// The models used last, as far as their artifacts fit into a number of bytes; and how many
/// predictions are at work.
pub(crate) struct Predictors<M = Predictor> {
    most: u64,
    /// The one used last stands at the end.
    entries: Mutex<Vec<Entry<M>>>,
    loading: Arc<Semaphore>,
    at_work: Arc<Semaphore>,
}

struct Entry<M> {
    sha256: Digest,
    size: u64,
    /// Filled by the first who asks; the others wait for it.
    model: Slot<M>,
}

type Slot<M> = Arc<OnceCell<Arc<M>>>;

impl<M> Predictors<M> {
    /// Keeps models whose artifacts have at most `most` bytes together.
    pub(crate) fn new(most: u64) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            most,
            entries: Mutex::default(),
            loading: Arc::new(Semaphore::new(LOADING)),
            at_work: Arc::new(Semaphore::new(cores)),
        }
    }

    /// The model of this artifact of `size` bytes. Of many who ask for one that is not loaded, one
    /// does `load`, and all get what comes of it; when it fails, or the one who does it goes away,
    /// the next one tries. Few load at once: `load` gets its turn, to keep it as long as it takes
    /// memory, which may be longer than somebody waits for it.
    ///
    /// # Errors
    /// Those of `load`.
    pub(crate) async fn get<L>(
        &self,
        sha256: &Digest,
        size: u64,
        load: impl FnOnce(OwnedSemaphorePermit) -> L,
    ) -> Result<Arc<M>, Error>
    where
        L: Future<Output = Result<M, Error>>,
    {
        let slot = self.slot(sha256, size);
        let loaded = slot.get_or_try_init(|| async {
            let turn = Arc::clone(&self.loading).acquire_owned().await.map_err(Error::internal)?;
            load(turn).await.map(Arc::new)
        });
        loaded.await.cloned()
    }

    /// A turn to predict: as many at once as there are cores.
    pub(crate) async fn turn(&self) -> Result<OwnedSemaphorePermit, Error> {
        Arc::clone(&self.at_work).acquire_owned().await.map_err(Error::internal)
    }

    /// The place of a model. Those that were not asked for for longest make room for it; who
    /// predicts with one of them keeps it until the prediction is made.
    fn slot(&self, sha256: &Digest, size: u64) -> Slot<M> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = match entries.iter().position(|entry| entry.sha256 == *sha256) {
            Some(at) => entries.remove(at),
            None => Entry { sha256: sha256.clone(), size, model: Arc::default() },
        };
        let slot = Arc::clone(&entry.model);
        entries.push(entry);
        let mut kept: u64 = entries.iter().map(|entry| entry.size).sum();
        while kept > self.most {
            kept -= entries.remove(0).size;
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn digest(digit: char) -> Digest {
        digit.to_string().repeat(64).parse().unwrap()
    }

    fn known(predictors: &Predictors<usize>) -> Vec<Digest> {
        predictors.entries.lock().unwrap().iter().map(|entry| entry.sha256.clone()).collect()
    }

    #[test]
    fn the_models_used_last_are_kept_as_far_as_their_bytes_go() {
        let predictors = Predictors::new(10);
        let (a, b, c) = (digest('a'), digest('b'), digest('c'));
        let first = predictors.slot(&a, 4);
        predictors.slot(&b, 4);
        assert!(Arc::ptr_eq(&first, &predictors.slot(&a, 4)), "the same place for the same model");
        predictors.slot(&c, 4);
        assert_eq!(known(&predictors), [a, c], "b was not asked for for longest");
        predictors.slot(&b, 11);
        assert!(known(&predictors).is_empty(), "one that is too large is not kept");
    }

    #[tokio::test]
    async fn ten_who_ask_at_once_load_a_model_once() {
        let (predictors, loads) = (Predictors::new(10), AtomicUsize::new(0));
        let digest = digest('a');
        let load = |_turn| async {
            // The others ask meanwhile.
            tokio::task::yield_now().await;
            Ok(loads.fetch_add(1, Ordering::Relaxed))
        };
        let all = (0..10).map(|_| predictors.get(&digest, 1, load));
        let all = futures_util::future::join_all(all).await;
        assert!(all.into_iter().all(|model| *model.unwrap() == 0));
        assert_eq!(loads.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_load_that_fails_is_tried_again() {
        let predictors = Predictors::<usize>::new(10);
        let digest = digest('a');
        let failed = predictors.get(&digest, 1, |_turn| async { Err(Error::internal("damaged")) });
        assert!(failed.await.is_err());
        let second = predictors.get(&digest, 1, |_turn| async { Ok(2) }).await;
        assert_eq!(*second.unwrap(), 2);
    }

    #[tokio::test]
    async fn what_was_begun_keeps_its_turn_when_the_one_who_asked_goes_away() {
        let predictors = Predictors::<usize>::new(10);
        let (digest, mut kept) = (digest('a'), Vec::new());
        for _ in 0..LOADING {
            let asked = predictors.get(&digest, 1, |turn| {
                kept.push(turn);
                std::future::pending()
            });
            assert!(asked.now_or_never().is_none());
        }
        let next = || predictors.get(&digest, 1, |_turn| async { Ok(2) });
        assert!(next().now_or_never().is_none(), "the work of both goes on");
        kept.pop();
        assert_eq!(*next().await.unwrap(), 2);
    }
}
