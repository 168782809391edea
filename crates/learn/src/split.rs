//! Which rows are kept back. Reproducible: only the seed, the order of the rows and, for classes,
//! their labels decide.

use crate::rng::Rng;
use crate::target::Truth;

/// Rows in ascending order.
#[derive(Debug, PartialEq)]
pub(crate) struct Split {
    pub(crate) kept: Vec<u32>,
    pub(crate) out: Vec<u32>,
}

/// Takes a random `share` of `rows` out: of each class by itself, so that it stays as frequent,
/// with what rounding leaves over carried to the next class. A class of one row is kept.
pub(crate) fn split(rows: &[u32], truth: &Truth, share: f64, rng: &mut Rng) -> Split {
    let mut groups: Vec<Vec<u32>> = vec![Vec::new(); truth.classes()];
    match truth {
        Truth::Numbers(_) => groups[0] = rows.to_vec(),
        Truth::Classes { codes, .. } => {
            rows.iter().for_each(|row| groups[codes[*row as usize] as usize].push(*row));
        }
    }
    let (mut kept, mut out, mut carry) = (Vec::new(), Vec::new(), 0.0);
    for mut group in groups {
        rng.shuffle(&mut group);
        let wanted = share * group.len() as f64 + carry;
        let count = (wanted.round().max(0.0) as usize).min(group.len().saturating_sub(1));
        carry = (wanted - count as f64).clamp(-1.0, 1.0);
        kept.extend_from_slice(&group[count..]);
        out.extend_from_slice(&group[..count]);
    }
    if out.is_empty() && kept.len() > 1 {
        // Classes of one row each: something must be measured all the same.
        out.push(kept.swap_remove(rng.below(kept.len())));
    }
    kept.sort_unstable();
    out.sort_unstable();
    Split { kept, out }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Stream;

    fn rng(seed: u64) -> Rng {
        Rng::new(seed, Stream::Holdout)
    }

    #[test]
    fn each_class_gives_its_share_and_a_single_row_stays() {
        let codes: Vec<u32> =
            (0..1000).map(|row| if row == 7 { 2 } else { u32::from(row % 10 == 0) }).collect();
        let labels = ["a", "b", "c"].map(Into::into).to_vec();
        let truth = Truth::Classes { labels, codes: codes.clone() };
        let rows: Vec<u32> = (0..1000).collect();
        let Split { kept, out } = split(&rows, &truth, 0.2, &mut rng(1));
        let count = |class| out.iter().filter(|row| codes[**row as usize] == class).count();
        assert_eq!((count(0), count(1), count(2)), (180, 20, 0));
        let mut all = [kept, out].concat();
        all.sort_unstable();
        assert_eq!(all, rows);
    }

    #[test]
    fn the_same_seed_takes_the_same_rows_and_another_others() {
        let truth = Truth::Numbers(vec![0.0; 100]);
        let rows: Vec<u32> = (0..100).collect();
        let one = split(&rows, &truth, 0.2, &mut rng(1));
        assert_eq!(one.out.len(), 20);
        assert_eq!(one, split(&rows, &truth, 0.2, &mut rng(1)));
        assert_ne!(one, split(&rows, &truth, 0.2, &mut rng(2)));
    }
}
