//! What stands in the form of the wizard: what was typed, or an earlier definition, field by field.

use super::settings::typed;
use mlhub_domain::datasets::DatasetVersion;
use mlhub_domain::models::{Feature, Proposal, Spec};

/// What is chosen above the settings; the page says what it is.
const CHOICES: [&str; 5] = ["dataset", "version", "target", "task", "algorithm"];

/// Fields with their values, as a browser sends them. A page that comes back brings along what it
/// was made for, in the fields `before[…]`.
#[derive(Clone, Default)]
pub(super) struct Given(pub(super) Vec<(String, String)>);

impl Given {
    /// A definition as it would have been typed beside `proposal`; where it names no columns, or none
    /// that is there, or predicts one that is not, they are those that are proposed.
    pub(super) fn written(spec: &Spec, proposal: &Proposal) -> Self {
        let kind = spec.algorithm.kind.as_str();
        let mut given = vec![
            ("target".to_string(), spec.target.clone()),
            ("task".into(), spec.task.as_str().into()),
            ("algorithm".into(), kind.into()),
            ("holdout".into(), crate::format::significant(spec.validation.holdout * 100.0, 6)),
            ("seed".into(), spec.seed.to_string()),
        ];
        if spec.validation.refit {
            given.push(("refit".into(), "true".into()));
        }
        for (name, value) in &spec.algorithm.params {
            given.push((format!("params[{kind}][{name}]"), typed(value)));
        }
        let proposed = proposal.features.iter().filter(|feature| feature.include);
        let applies = |features: &&Vec<String>| {
            let usable = |name: &String| *name != proposal.target && has(proposal, name);
            has(proposal, &spec.target) && features.iter().any(usable)
        };
        let columns: Vec<String> = match spec.features.as_ref().filter(applies) {
            Some(features) => features.clone(),
            None => proposed.map(|feature| feature.name.clone()).collect(),
        };
        given.extend(columns.into_iter().map(|name| ("features[]".to_string(), name)));
        Self(given)
    }

    /// The same with the fields of `other` instead, where it has them.
    pub(super) fn with(mut self, other: Self) -> Self {
        self.0.retain(|(name, _)| other.0.iter().all(|(known, _)| known != name));
        self.0.extend(other.0);
        self
    }

    /// What stands in a field; empty where there is nothing.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(field, given)| field == name && given == value)
    }

    /// Whether the page came back, rather than being asked for by its address.
    pub(super) fn came_back(&self) -> bool {
        self.0.iter().any(|(name, _)| name == "before[dataset]")
    }

    /// What was chosen last, where it still means something: another dataset has other columns, and
    /// another column another kind of prediction.
    pub(super) fn chosen(&self, name: &str) -> &str {
        let changed =
            |name: &str| self.came_back() && self.get(name) != self.get(&format!("before[{name}]"));
        let gone = match name {
            "version" | "target" => changed("dataset"),
            "task" => changed("dataset") || changed("target"),
            _ => false,
        };
        if gone { "" } else { self.get(name) }
    }

    /// What to write into the settings, beside `proposal` on `dataset` with these `versions`;
    /// nothing where the proposal stands as it is. Columns that were not offered before are taken as
    /// proposed; a name that was only proposed gives way to the next proposal.
    pub(super) fn settings(
        &self,
        dataset: &str,
        proposal: &Proposal,
        versions: &[DatasetVersion],
    ) -> Vec<(String, String)> {
        let back = self.came_back();
        if !back && self.0.iter().all(|(name, _)| CHOICES.contains(&name.as_str())) {
            return Vec::new();
        }
        let same = self.get("before[dataset]") == dataset;
        let before = self.get("before[version]").parse().ok();
        let before = versions.iter().find(|version| Some(version.version) == before);
        let stood = |name: &str| {
            before.is_none_or(|before| before.columns.iter().any(|column| column.name == name))
        };
        let offered =
            |name: &str| !back || same && self.get("before[target]") != name && stood(name);
        let taken = |feature: &&Feature| {
            if offered(&feature.name) {
                self.has("features[]", &feature.name)
            } else {
                feature.include
            }
        };
        let features = proposal.features.iter().filter(taken);
        let features = features.map(|feature| ("features[]".to_string(), feature.name.clone()));
        let is_setting = |name: &str| {
            let proposed = name == "name" && self.get("name") == self.get("before[name]");
            !(proposed
                || name == "features[]"
                || CHOICES.contains(&name)
                || name.starts_with("before["))
        };
        let rest = self.0.iter().filter(|(name, _)| is_setting(name)).cloned();
        features.chain(rest).collect()
    }
}

/// Whether the table that `proposal` is for has a column called `name`.
pub(super) fn has(proposal: &Proposal, name: &str) -> bool {
    proposal.target == name || proposal.features.iter().any(|feature| feature.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlhub_domain::models::Task;
    use mlhub_domain::schema::LogicalType;
    use serde_json::json;

    fn given(pairs: &[(&str, &str)]) -> Given {
        Given(pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    fn proposal(target: &str, features: &[(&str, bool)]) -> Proposal {
        let feature = |(name, include): &(&str, bool)| Feature {
            name: name.to_string(),
            kind: LogicalType::Number,
            include: *include,
            reason: String::new(),
        };
        Proposal {
            target: target.into(),
            target_reason: String::new(),
            task: Task::Regression,
            task_reason: String::new(),
            features: features.iter().map(feature).collect(),
        }
    }

    #[test]
    fn what_was_typed_stays_and_what_fits_no_more_goes() {
        let typed = given(&[
            ("dataset", "iris"),
            ("target", "width"),
            ("task", "classification"),
            ("algorithm", "mlp"),
            ("before[dataset]", "iris"),
            ("before[target]", "species"),
            ("before[name]", "iris-mlp"),
            ("name", "iris-mlp"),
            ("seed", "7"),
            ("features[]", "width"),
            ("features[]", "length"),
        ]);
        assert_eq!((typed.chosen("target"), typed.chosen("task")), ("width", ""));
        assert_eq!(typed.chosen("algorithm"), "mlp");
        let columns = [("length", true), ("height", true), ("species", true), ("id", false)];
        let settings = typed.settings("iris", &proposal("width", &columns), &[]);
        let wanted = given(&[("features[]", "length"), ("features[]", "species"), ("seed", "7")]);
        assert_eq!(settings, wanted.0);
        let elsewhere = typed.settings("wine", &proposal("width", &columns), &[]);
        assert_eq!(elsewhere.iter().filter(|(name, _)| name == "features[]").count(), 3);
    }

    #[test]
    fn an_address_alone_leaves_the_proposal_as_it_is() {
        let asked = given(&[("dataset", "iris"), ("target", "width"), ("task", "regression")]);
        assert_eq!(asked.chosen("task"), "regression");
        assert_eq!(asked.settings("iris", &proposal("width", &[("length", true)]), &[]), []);
    }

    #[test]
    fn an_earlier_definition_is_written_as_one_would_type_it() {
        let spec: Spec = serde_json::from_value(json!({
            "task": "regression", "target": "y", "features": null, "seed": 7,
            "algorithm": {"kind": "mlp", "params": {"hidden": [64, 32], "epochs": 5}},
            "validation": {"holdout": 0.15, "refit": false},
        }))
        .unwrap();
        let columns = proposal("y", &[("a", true), ("b", true), ("one value", false)]);
        let written = Given::written(&spec, &columns).with(given(&[("target", "z")]));
        assert!(written.has("features[]", "b") && !written.has("features[]", "one value"));
        assert_eq!((written.chosen("target"), written.get("holdout")), ("z", "15"));
        assert_eq!(written.get("params[mlp][hidden]"), "64, 32");
        let settings = written.settings("t", &proposal("z", &[("a", false), ("c", true)]), &[]);
        assert_eq!(settings[0], ("features[]".into(), "a".into()));
        assert!(settings.iter().all(|(name, value)| name != "refit" && value != "c"));
        // Not one column is proposed: the rest of the definition stands all the same.
        let constant = proposal("y", &[("a", false)]);
        let settings = Given::written(&spec, &constant).settings("t", &constant, &[]);
        assert!(settings.contains(&("params[mlp][epochs]".into(), "5".into())));
        assert!(settings.iter().all(|(name, _)| name != "features[]"));
    }

    #[test]
    fn columns_that_are_gone_give_way_to_what_is_proposed() {
        let spec: Spec = serde_json::from_value(json!({
            "task": "regression", "target": "y", "features": ["a", "old"], "seed": 7,
            "algorithm": {"kind": "ridge"},
        }))
        .unwrap();
        let taken = |proposal: &Proposal| {
            let settings = Given::written(&spec, proposal).settings("t", proposal, &[]);
            let taken = settings.into_iter().filter(|(name, _)| name == "features[]");
            taken.map(|(_, value)| value).collect::<Vec<_>>()
        };
        assert_eq!(taken(&proposal("y", &[("a", true), ("b", true)])), ["a"]);
        assert_eq!(
            taken(&proposal("b", &[("a", true), ("y", true)])),
            ["a"],
            "y is chosen no more"
        );
        assert_eq!(taken(&proposal("b", &[("a", true), ("c", true)])), ["a", "c"], "y is gone");
        assert_eq!(taken(&proposal("y", &[("b", true), ("c", false)])), ["b"], "a is gone");
    }
}
