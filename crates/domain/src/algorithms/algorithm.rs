//! An algorithm, and what it makes of the hyperparameters that are given.

use super::{BadParam, CATALOGUE, Param};
use crate::models::Task;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A way to fit a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AlgorithmKind {
    /// Gradient boosted trees, by LightGBM.
    Lightgbm,
    /// A multi-layer perceptron, by candle.
    Mlp,
    /// Logistic regression with an L2 penalty.
    Logistic,
    /// Linear regression with an L2 penalty.
    Ridge,
    /// The most frequent class, or the mean.
    Baseline,
}

impl AlgorithmKind {
    /// The word in JSON and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lightgbm => "lightgbm",
            Self::Mlp => "mlp",
            Self::Logistic => "logistic",
            Self::Ridge => "ridge",
            Self::Baseline => "baseline",
        }
    }

    /// Its entry in the catalogue.
    pub fn schema(self) -> &'static Algorithm {
        let mut all = CATALOGUE.iter();
        all.find(|a| a.kind == self).expect("the catalogue has every kind: a test says so")
    }
}

/// An algorithm, described.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Algorithm {
    /// Which one.
    pub kind: AlgorithmKind,
    /// What people call it.
    pub title: &'static str,
    /// When to choose it, in a sentence.
    pub choose: &'static str,
    /// What it can predict.
    pub tasks: &'static [Task],
    /// Its hyperparameters, the essential ones first.
    pub params: &'static [Param],
}

impl Algorithm {
    /// Where the documentation tells of it.
    pub fn anchor(&self) -> String {
        format!("algorithm-{}", self.kind.as_str())
    }

    /// The given hyperparameters with the defaults filled in.
    ///
    /// # Errors
    /// One [`BadParam`] for each key that is not known and each value out of range.
    pub fn complete(
        &self,
        given: &Map<String, Value>,
    ) -> Result<Map<String, Value>, Vec<BadParam>> {
        let mut errors = Vec::new();
        for name in given.keys() {
            if !self.params.iter().any(|p| p.name == name) {
                let known: Vec<_> = self.params.iter().map(|p| p.name).collect();
                let message =
                    format!("{} has no “{name}”: it has {}", self.title, known.join(", "));
                errors.push(BadParam { name: name.clone(), message });
            }
        }
        let mut full = Map::new();
        for param in self.params {
            let value = given.get(param.name).cloned().unwrap_or_else(|| param.domain.default());
            if let Err(message) = param.domain.check(&value) {
                errors.push(BadParam { name: param.name.into(), message });
            }
            full.insert(param.name.into(), value);
        }
        if errors.is_empty() { Ok(full) } else { Err(errors) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_unknown_key_and_a_value_out_of_range_are_both_named() {
        let given = json!({"trees": 0, "leafs": 3, "learning_rate": 0.1});
        let errors =
            AlgorithmKind::Lightgbm.schema().complete(given.as_object().unwrap()).unwrap_err();
        let names: Vec<_> = errors.iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, ["leafs", "trees"]);
        assert_eq!(errors[1].message, "use a whole number from 1 to 10 000");
    }
}
