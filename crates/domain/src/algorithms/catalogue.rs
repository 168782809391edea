//! Every algorithm there is.

use super::Scale::{Linear, Log};
use super::{Algorithm, AlgorithmKind, Param, ParamDomain, Scale};
use crate::models::Task;

const BOTH: &[Task] = &[Task::Classification, Task::Regression];

const fn integer(min: i64, max: i64, scale: Scale, default: i64) -> ParamDomain {
    ParamDomain::Integer { min, max, scale, default }
}

const fn number(min: f64, max: f64, scale: Scale, default: f64) -> ParamDomain {
    ParamDomain::Number { min, max, scale, default }
}

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
    use serde_json::{Map, Value};

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
}
