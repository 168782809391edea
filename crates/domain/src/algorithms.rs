//! The algorithms and their hyperparameters: one schema from which the form, the validation, the
//! REST answer and the documentation come.

use crate::models::Task;
use crate::num::{Num, grouped};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The fewest rows with a value to predict that a model can be made and measured with.
pub const FEWEST_ROWS: u64 = 10;

/// The most classes that are told apart.
pub const MOST_CLASSES: u64 = 1_000;

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

/// A hyperparameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Param {
    /// Its key in `params`.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Which values it takes.
    #[serde(flatten)]
    pub domain: ParamDomain,
    /// What the numbers count; empty for plain numbers.
    pub unit: &'static str,
    /// Whether the form shows it at once, or under "more".
    pub essential: bool,
    /// What it does, and which way to turn it.
    pub help: &'static str,
}

/// The values a hyperparameter takes, and the one it has when none is given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum ParamDomain {
    /// A whole number.
    Integer {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
        /// How a search and a slider step through the range.
        scale: Scale,
        /// When none is given.
        default: i64,
    },
    /// A number.
    Number {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
        /// How a search and a slider step through the range.
        scale: Scale,
        /// When none is given.
        default: f64,
    },
    /// One of a few words.
    Choice {
        /// The words.
        options: &'static [&'static str],
        /// When none is given.
        default: &'static str,
    },
    /// Yes or no.
    Flag {
        /// When none is given.
        default: bool,
    },
    /// A list of whole numbers, such as layer widths.
    Integers {
        /// The smallest of each.
        min: i64,
        /// The largest of each.
        max: i64,
        /// The most entries.
        most: usize,
        /// When none is given.
        default: &'static [i64],
    },
}

/// How a range is walked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// By adding.
    Linear,
    /// By multiplying.
    Log,
}

/// A hyperparameter that cannot be used as given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BadParam {
    /// Its key.
    pub name: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl ParamDomain {
    /// The value when none is given.
    pub fn default(&self) -> Value {
        match *self {
            Self::Integer { default, .. } => default.into(),
            Self::Number { default, .. } => default.into(),
            Self::Choice { default, .. } => default.into(),
            Self::Flag { default } => default.into(),
            Self::Integers { default, .. } => default.to_vec().into(),
        }
    }

    /// Reads what a form sent: `"0.1"`, `"128, 64"`, `"on"`; a minus may be the printed one.
    pub fn read(&self, text: &str) -> Value {
        let text = text.trim().replace('−', "-");
        let text = text.as_str();
        let whole = |t: &str| t.trim().parse::<i64>().map_or_else(|_| Value::from(t), Value::from);
        match self {
            Self::Integer { .. } => whole(text),
            Self::Number { .. } => text.parse::<f64>().map_or_else(|_| text.into(), Value::from),
            Self::Choice { .. } => text.into(),
            Self::Flag { .. } => matches!(text, "on" | "true" | "yes" | "1").into(),
            Self::Integers { .. } => text.split(',').map(whole).collect::<Vec<_>>().into(),
        }
    }

    /// Says what is wrong with `value`, if anything.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        let whole = |end: i64| grouped(&end.to_string(), ' ');
        let number = |end: f64| grouped(&Num(end).to_string(), ' ');
        match *self {
            Self::Integer { min, max, .. } => match value.as_i64() {
                Some(n) if (min..=max).contains(&n) => Ok(()),
                _ => Err(format!("use a whole number from {} to {}", whole(min), whole(max))),
            },
            Self::Number { min, max, .. } => match value.as_f64() {
                Some(x) if (min..=max).contains(&x) => Ok(()),
                _ => Err(format!("use a number from {} to {}", number(min), number(max))),
            },
            Self::Choice { options, .. } => match value.as_str() {
                Some(word) if options.contains(&word) => Ok(()),
                _ => Err(format!("use one of: {}", options.join(", "))),
            },
            Self::Flag { .. } if value.is_boolean() => Ok(()),
            Self::Flag { .. } => Err("use true or false".into()),
            Self::Integers { min, max, most, .. } => {
                let fits = |v: &Value| v.as_i64().is_some_and(|n| (min..=max).contains(&n));
                match value.as_array() {
                    Some(list)
                        if !list.is_empty() && list.len() <= most && list.iter().all(fits) =>
                    {
                        Ok(())
                    }
                    _ => {
                        let (min, max) = (whole(min), whole(max));
                        Err(format!("use 1 to {most} whole numbers from {min} to {max}"))
                    }
                }
            }
        }
    }
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

const BOTH: &[Task] = &[Task::Classification, Task::Regression];

const fn integer(min: i64, max: i64, scale: Scale, default: i64) -> ParamDomain {
    ParamDomain::Integer { min, max, scale, default }
}

const fn number(min: f64, max: f64, scale: Scale, default: f64) -> ParamDomain {
    ParamDomain::Number { min, max, scale, default }
}

use Scale::{Linear, Log};

/// Every algorithm, in the order in which the wizard offers them.
pub const CATALOGUE: &[Algorithm] = &[
    Algorithm {
        kind: AlgorithmKind::Lightgbm,
        title: "Gradient boosting",
        choose: "The best first choice for tables: accurate and fast, with missing values and categories as they are.",
        tasks: BOTH,
        params: &[
            Param {
                name: "trees",
                title: "Trees",
                domain: integer(1, 10_000, Log, 500),
                unit: "trees",
                essential: true,
                help: "The most trees it may grow, one after the other, each correcting those before. It stops earlier when more would not help.",
            },
            Param {
                name: "learning_rate",
                title: "Learning rate",
                domain: number(0.001, 1.0, Log, 0.1),
                unit: "",
                essential: true,
                help: "How far each tree corrects those before. Smaller is steadier and needs more trees.",
            },
            Param {
                name: "leaves",
                title: "Leaves",
                domain: integer(2, 4_096, Log, 31),
                unit: "per tree",
                essential: true,
                help: "How many groups of rows a tree may tell apart. More follows the data closer, and sooner learns its noise.",
            },
            Param {
                name: "early_stopping",
                title: "Early stopping",
                domain: integer(0, 1_000, Linear, 30),
                unit: "trees",
                essential: false,
                help: "Stop when so many trees in a row improve nothing on rows kept aside for that; 0 always grows all trees.",
            },
            Param {
                name: "depth",
                title: "Depth",
                domain: integer(-1, 64, Linear, -1),
                unit: "levels",
                essential: false,
                help: "How many questions may follow each other in a tree; -1 for no limit but the leaves.",
            },
            Param {
                name: "min_leaf_rows",
                title: "Rows in a leaf",
                domain: integer(1, 100_000, Log, 20),
                unit: "rows",
                essential: false,
                help: "A tree makes no group of fewer rows. Raise it when the model learns noise.",
            },
            Param {
                name: "feature_fraction",
                title: "Columns per tree",
                domain: number(0.05, 1.0, Linear, 1.0),
                unit: "of 1",
                essential: false,
                help: "The share of the columns that each tree sees, drawn anew; 1 for all.",
            },
            Param {
                name: "row_fraction",
                title: "Rows per tree",
                domain: number(0.05, 1.0, Linear, 1.0),
                unit: "of 1",
                essential: false,
                help: "The share of the rows that each tree sees, drawn anew; 1 for all.",
            },
            Param {
                name: "l1",
                title: "L1 penalty",
                domain: number(0.0, 1_000.0, Linear, 0.0),
                unit: "",
                essential: false,
                help: "Takes small corrections away altogether. Raise it when the model learns noise; 0 for none.",
            },
            Param {
                name: "l2",
                title: "L2 penalty",
                domain: number(0.0, 1_000.0, Linear, 0.0),
                unit: "",
                essential: false,
                help: "Makes all corrections smaller. Raise it when the model learns noise; 0 for none.",
            },
            Param {
                name: "max_bins",
                title: "Steps of a number",
                domain: integer(2, 4_095, Log, 255),
                unit: "per column",
                essential: false,
                help: "Into how many steps the numbers of a column are divided. Fewer is faster and coarser.",
            },
        ],
    },
    Algorithm {
        kind: AlgorithmKind::Mlp,
        title: "Neural network (MLP)",
        choose: "For smooth relations between many numbers, and for large tables. Takes longer than boosting.",
        tasks: BOTH,
        params: &[
            Param {
                name: "hidden",
                title: "Hidden layers",
                domain: ParamDomain::Integers { min: 1, max: 4_096, most: 8, default: &[256, 128] },
                unit: "units",
                essential: true,
                help: "How many units each layer has, from the input to the output, with commas: 256, 128. More learns more, and slower.",
            },
            Param {
                name: "epochs",
                title: "Epochs",
                domain: integer(1, 10_000, Log, 30),
                unit: "epochs",
                essential: true,
                help: "How often it goes through all rows at most. It stops earlier when more would not help.",
            },
            Param {
                name: "learning_rate",
                title: "Learning rate",
                domain: number(0.000_001, 1.0, Log, 0.001),
                unit: "",
                essential: true,
                help: "How far each step goes. Divide it by ten when the loss jumps about.",
            },
            Param {
                name: "batch_size",
                title: "Batch size",
                domain: integer(1, 65_536, Log, 256),
                unit: "rows",
                essential: true,
                help: "How many rows each step looks at. Fewer for small tables.",
            },
            Param {
                name: "dropout",
                title: "Dropout",
                domain: number(0.0, 0.9, Linear, 0.1),
                unit: "of 1",
                essential: false,
                help: "The share of units switched off at random in each step. Raise it when training gets better and validation worse.",
            },
            Param {
                name: "weight_decay",
                title: "Weight decay",
                domain: number(0.0, 1.0, Log, 0.0001),
                unit: "",
                essential: false,
                help: "Makes all weights a little smaller at each step (AdamW). Raise it when the model learns noise.",
            },
            Param {
                name: "early_stopping",
                title: "Early stopping",
                domain: integer(0, 1_000, Linear, 8),
                unit: "epochs",
                essential: false,
                help: "Stop when so many epochs in a row improve nothing on rows kept aside for that; 0 always runs all epochs.",
            },
            Param {
                name: "activation",
                title: "Activation",
                domain: ParamDomain::Choice { options: &["relu", "silu", "tanh"], default: "relu" },
                unit: "",
                essential: false,
                help: "How a unit answers to what comes in. ReLU does well nearly always; SiLU and tanh are smoother.",
            },
            Param {
                name: "schedule",
                title: "Learning rate over time",
                domain: ParamDomain::Choice { options: &["cosine", "constant"], default: "cosine" },
                unit: "",
                essential: false,
                help: "cosine lets it fall gently to almost nothing; constant leaves it as it is.",
            },
        ],
    },
    Algorithm {
        kind: AlgorithmKind::Logistic,
        title: "Logistic regression",
        choose: "Fast, and simple enough to be read: one weight for each column and class.",
        tasks: &[Task::Classification],
        params: &[
            Param {
                name: "l2",
                title: "L2 penalty",
                domain: number(0.0, 1_000_000.0, Log, 1.0),
                unit: "",
                essential: true,
                help: "Makes all weights smaller. Raise it when the model learns noise. It is 1 / C of scikit-learn.",
            },
            Param {
                name: "max_iterations",
                title: "Most steps",
                domain: integer(1, 100_000, Log, 500),
                unit: "steps",
                essential: false,
                help: "How many steps it may take to the best weights (L-BFGS).",
            },
            Param {
                name: "tolerance",
                title: "Tolerance",
                domain: number(1e-10, 0.1, Log, 1e-5),
                unit: "",
                essential: false,
                help: "How near to the best weights is near enough (the gradient).",
            },
        ],
    },
    Algorithm {
        kind: AlgorithmKind::Ridge,
        title: "Ridge regression",
        choose: "Fast, and simple enough to be read: one weight for each column.",
        tasks: &[Task::Regression],
        params: &[Param {
            name: "l2",
            title: "L2 penalty",
            domain: number(0.0, 1_000_000_000.0, Log, 1.0),
            unit: "",
            essential: true,
            help: "Makes all weights smaller. Raise it when the model learns noise. It is alpha of scikit-learn.",
        }],
    },
    Algorithm {
        kind: AlgorithmKind::Baseline,
        title: "Baseline",
        choose: "Always the most frequent class, or the mean: what one gets without learning. Every other model is measured against it.",
        tasks: BOTH,
        params: &[],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_kind_is_in_the_catalogue_with_defaults_that_pass() {
        use AlgorithmKind::{Baseline, Lightgbm, Logistic, Mlp, Ridge};
        for kind in [Lightgbm, Mlp, Logistic, Ridge, Baseline] {
            let algorithm = kind.schema();
            let full = algorithm.complete(&Map::new()).unwrap();
            assert_eq!(full.len(), algorithm.params.len());
            for param in algorithm.params {
                let text = match &full[param.name] {
                    Value::String(word) => word.clone(),
                    Value::Array(list) => {
                        list.iter().map(Value::to_string).collect::<Vec<_>>().join(", ")
                    }
                    other => other.to_string(),
                };
                assert_eq!(param.domain.read(&text), full[param.name], "{}", param.name);
            }
        }
    }

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
