//! A model in the visitor's browser: what is typed never leaves the device.

use mlhub_predict::Predictor;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// A model that was downloaded.
#[wasm_bindgen]
pub struct Model(Predictor);

/// Reads an artifact.
///
/// # Errors
/// Says why the bytes are not a model.
#[wasm_bindgen]
pub fn load(bytes: &[u8]) -> Result<Model, JsError> {
    Ok(Model(Predictor::load(bytes)?))
}

#[wasm_bindgen]
impl Model {
    /// What it takes and gives, as JSON.
    ///
    /// # Errors
    /// None that a loaded model has.
    pub fn signature(&self) -> Result<String, JsError> {
        Ok(serde_json::to_string(self.0.signature())?)
    }

    /// Predicts: a JSON list of rows in, the answer of `POST …/predict` out.
    ///
    /// # Errors
    /// Names the row and column of the first cell of the wrong type.
    pub fn predict(&self, rows: &str) -> Result<String, JsError> {
        Ok(serde_json::to_string(&self.0.predict(&serde_json::from_str::<Vec<_>>(rows)?)?)?)
    }
}
