//! The data of a page without its type, so that fetching, waiting and showing are written once for
//! all pages: each type of resource costs tens of kilobytes of wasm.

use crate::{Failure, platform};
use mlhub_domain::problem::Code;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::sync::Arc;

/// Data on its way to a page: as it was fetched, or as the server wrote it into the document.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(super) struct Parcel {
    value: Option<Arc<dyn Any + Send + Sync>>,
    json: String,
}

impl Parcel {
    /// Packs what was fetched. The text is written where somebody will read it: on the server.
    pub(super) fn pack<T: Serialize + Send + Sync + 'static>(value: T) -> Self {
        let json = platform::text_for_browser(&value);
        Self { value: Some(Arc::new(value)), json }
    }

    /// Takes out what was packed.
    ///
    /// # Errors
    /// When the text is not a `T`: the page is of another build than its wasm.
    pub(super) fn unpack<T: DeserializeOwned + Clone + 'static>(&self) -> Result<T, Failure> {
        let whole = self.value.as_ref().and_then(|value| value.downcast_ref::<T>());
        if let Some(value) = whole {
            return Ok(value.clone());
        }
        // From bytes, as server functions read their answers: the same code, not a second copy.
        serde_json::from_slice(self.json.as_bytes()).map_err(|_| {
            Failure::new(Code::Unavailable, "This page is of an older version. Reload it.")
        })
    }
}

impl From<String> for Parcel {
    fn from(json: String) -> Self {
        Self { value: None, json }
    }
}

impl From<Parcel> for String {
    fn from(parcel: Parcel) -> Self {
        parcel.json
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_here_and_in_the_browser() {
        let parcel = Parcel::pack(vec![1_u8, 2]);
        assert_eq!(parcel.unpack::<Vec<u8>>().unwrap(), [1, 2]);
        let sent = serde_json::to_string(&parcel).unwrap();
        let received: Parcel = serde_json::from_str(&sent).unwrap();
        assert_eq!(received.unpack::<Vec<u8>>().unwrap(), [1, 2]);
        assert_eq!(received.unpack::<String>().unwrap_err().status(), 503);
    }
}
