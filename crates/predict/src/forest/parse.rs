//! Reads the text that `LGBM_BoosterSaveModelToString` writes. Nothing in it is believed: after
//! this no index is out of range and every path ends in a leaf.

use super::{Forest, Missing, Node, Split, Tree};
use crate::Error;
use std::collections::HashMap;

/// Bits of LightGBM's `decision_type`.
const CATEGORY: u8 = 1;
const DEFAULT_LEFT: u8 = 2;
const MISSING_SHIFT: u8 = 2;

pub(super) fn parse(text: &str, features: usize) -> Result<Forest, Error> {
    let mut lines = text.lines();
    if lines.next() != Some("tree") {
        return Err(Error::damaged("its trees do not begin like those of LightGBM"));
    }
    let (header, mut next) = section(&mut lines);
    if header.contains_key("average_output") {
        return Err(Error::damaged("its trees are averaged, not added"));
    }
    let outputs: usize = one(&header, "num_tree_per_iteration")?;
    if outputs == 0 {
        return Err(Error::damaged("its trees have no output"));
    }
    let mut forest = Forest {
        trees: Vec::new(),
        nodes: Vec::new(),
        leaves: Vec::new(),
        bits: Vec::new(),
        outputs,
        steepness: steepness(&header)?,
        features,
    };
    while let Some(("Tree", _)) = next.and_then(|line| line.split_once('=')) {
        let (fields, after) = section(&mut lines);
        forest.add(&Fields(fields))?;
        next = after;
    }
    if next == Some("end of trees") && forest.trees.len().is_multiple_of(outputs) {
        Ok(forest)
    } else {
        Err(Error::damaged("its trees are cut off"))
    }
}

/// The `key=value` lines up to an empty line, and the first line after it that is not empty.
fn section<'a>(
    lines: &mut impl Iterator<Item = &'a str>,
) -> (HashMap<&'a str, &'a str>, Option<&'a str>) {
    let fields = lines.by_ref().take_while(|line| !line.is_empty());
    let fields = fields.map(|line| line.split_once('=').unwrap_or((line, ""))).collect();
    (fields, lines.find(|line| !line.is_empty()))
}

fn one<T: std::str::FromStr>(fields: &HashMap<&str, &str>, key: &str) -> Result<T, Error> {
    let value = fields.get(key).and_then(|value| value.parse().ok());
    value.ok_or_else(|| Error::damaged(format!("its trees have no {key}")))
}

/// `objective=binary sigmoid:1`
fn steepness(header: &HashMap<&str, &str>) -> Result<f64, Error> {
    let objective = header.get("objective").copied().unwrap_or_default();
    let Some(value) = objective.split(' ').find_map(|word| word.strip_prefix("sigmoid:")) else {
        return Ok(1.0);
    };
    value.parse().map_err(|_| Error::damaged("its trees have no sigmoid"))
}

/// The fields of one tree.
struct Fields<'a>(HashMap<&'a str, &'a str>);

impl Fields<'_> {
    fn list<T: std::str::FromStr>(&self, key: &str, length: usize) -> Result<Vec<T>, Error> {
        let values = self.0.get(key).copied().unwrap_or_default().split_ascii_whitespace();
        let values: Vec<T> = values
            .map(|value| value.parse().map_err(|_| Error::damaged(format!("{key}: {value}"))))
            .collect::<Result<_, _>>()?;
        if values.len() == length {
            Ok(values)
        } else {
            Err(Error::damaged(format!("a tree has {} {key}, not {length}", values.len())))
        }
    }
}

impl Forest {
    fn add(&mut self, fields: &Fields<'_>) -> Result<(), Error> {
        let leaves: usize = one(&fields.0, "num_leaves")?;
        let sets: usize = one(&fields.0, "num_cat")?;
        if fields.0.get("is_linear").is_some_and(|value| *value != "0") || leaves == 0 {
            return Err(Error::damaged("a tree has no plain leaves"));
        }
        let values = fields.list("leaf_value", leaves)?;
        let tree = Tree { nodes: self.nodes.len(), leaves: self.leaves.len(), bare: leaves == 1 };
        if !tree.bare {
            let sets = self.sets(fields, sets)?;
            self.add_nodes(fields, leaves, &sets)?;
        }
        self.leaves.extend::<Vec<f64>>(values);
        self.trees.push(tree);
        Ok(())
    }

    /// The bit sets of a tree: where each begins and how many words it has.
    fn sets(&mut self, fields: &Fields<'_>, count: usize) -> Result<Vec<(u32, u32)>, Error> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let wrong = || Error::damaged("the categories of a tree do not fit");
        let bounds: Vec<u32> =
            fields.list("cat_boundaries", count.checked_add(1).ok_or_else(wrong)?)?;
        let words = *bounds.last().ok_or_else(wrong)?;
        if bounds[0] != 0 || !bounds.is_sorted() {
            return Err(wrong());
        }
        let bits: Vec<u32> = fields.list("cat_threshold", words as usize)?;
        let first = u32::try_from(self.bits.len()).map_err(|_| wrong())?;
        first.checked_add(words).ok_or_else(wrong)?;
        self.bits.extend(bits);
        Ok(bounds.windows(2).map(|pair| (first + pair[0], pair[1] - pair[0])).collect())
    }

    fn add_nodes(
        &mut self,
        fields: &Fields<'_>,
        leaves: usize,
        sets: &[(u32, u32)],
    ) -> Result<(), Error> {
        let count = leaves - 1;
        let features: Vec<u32> = fields.list("split_feature", count)?;
        let thresholds: Vec<f64> = fields.list("threshold", count)?;
        let decisions: Vec<u8> = fields.list("decision_type", count)?;
        let left: Vec<i32> = fields.list("left_child", count)?;
        let right: Vec<i32> = fields.list("right_child", count)?;
        for at in 0..count {
            let fits = |child: i32| match usize::try_from(child) {
                Ok(node) => node > at && node < count,
                Err(_) => (!child as usize) < leaves,
            };
            if !fits(left[at]) || !fits(right[at]) || features[at] as usize >= self.features {
                return Err(Error::damaged("a tree has a branch that leads nowhere"));
            }
            let split = split(decisions[at], thresholds[at], sets)?;
            let (left, right) = (left[at], right[at]);
            self.nodes.push(Node { split, feature: features[at], left, right });
        }
        Ok(())
    }
}

fn split(decision: u8, threshold: f64, sets: &[(u32, u32)]) -> Result<Split, Error> {
    if decision & CATEGORY != 0 {
        let set = (threshold >= 0.0).then(|| sets.get(threshold as usize)).flatten();
        let (first, words) =
            *set.ok_or_else(|| Error::damaged("a tree asks for categories that it lacks"))?;
        return Ok(Split::Category { first, words });
    }
    let missing = match decision >> MISSING_SHIFT {
        0 => Missing::None,
        1 => Missing::Zero,
        2 => Missing::Nan,
        other => return Err(Error::damaged(format!("missing values of kind {other}"))),
    };
    Ok(Split::Number { threshold, missing, missing_left: decision & DEFAULT_LEFT != 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlhub_recipe::Table;

    const TEXT: &str = "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\n\
        objective=binary sigmoid:2\ntree_sizes=1 2\n\n\
        Tree=0\nnum_leaves=4\nnum_cat=1\nsplit_feature=0 1 0\nthreshold=0.5 0 1e-35\n\
        decision_type=10 1 4\nleft_child=1 -1 -2\nright_child=2 -3 -4\n\
        leaf_value=1 2 3 4\ncat_boundaries=0 2\ncat_threshold=4 1\nshrinkage=1\n\n\n\
        Tree=1\nnum_leaves=1\nnum_cat=0\nleaf_value=0.25\n\nend of trees\n";

    fn scores(text: &str) -> Result<Vec<f64>, Error> {
        let forest = parse(text, 2)?;
        let nan = f64::NAN;
        let mut table = Table::new(6, 2);
        table.push([0.5, nan, 0.5, 0.6, 0.0, 0.5]);
        table.push([2.0, 32.0, nan, 0.0, 3.0, -1.0]);
        Ok(forest.raw(&table, 0..6))
    }

    #[test]
    fn each_kind_of_split_is_decided_as_lightgbm_does() {
        // 0.5 and missing go left, to the categories {2, 32}; 0.6 goes right, where 0 is missing.
        let raw = scores(TEXT).unwrap();
        let leaves = [1.0, 1.0, 3.0, 4.0, 3.0, 3.0];
        assert_eq!(raw, leaves.map(|leaf| 2.0 * (leaf + 0.25)));
    }

    #[test]
    fn trees_that_do_not_fit_together_are_refused() {
        for (good, bad) in [
            ("left_child=1 ", "left_child=0 "),
            ("left_child=1 ", "left_child=3 "),
            ("-4\n", "-5\n"),
            ("split_feature=0 ", "split_feature=2 "),
            ("threshold=0.5 0 ", "threshold=0.5 1 "),
            ("threshold=0.5 0 ", "threshold=0.5 -1 "),
            ("cat_boundaries=0 2", "cat_boundaries=0 3"),
            ("cat_boundaries=0 2", "cat_boundaries=1 2"),
            ("num_leaves=4", "num_leaves=5"),
            ("num_leaves=4", "num_leaves=18446744073709551615"),
            ("num_cat=1", "num_cat=18446744073709551615"),
            ("decision_type=10", "decision_type=12"),
            ("num_tree_per_iteration=1", "num_tree_per_iteration=3"),
            ("num_tree_per_iteration=1", "num_tree_per_iteration=0"),
            ("end of trees", ""),
        ] {
            assert!(TEXT.contains(good), "{good}");
            let error = scores(&TEXT.replace(good, bad)).unwrap_err();
            assert!(matches!(error, Error::Damaged(_)), "{bad}");
        }
    }
}
