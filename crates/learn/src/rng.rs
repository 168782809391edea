//! Random numbers of our own, so that a seed means the same with every version of every library:
//! xoshiro256++ (Blackman and Vigna), seeded by SplitMix64.

#[derive(Clone, Debug)]
pub(crate) struct Rng([u64; 4]);

/// What the numbers are for: each purpose has a stream of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    Holdout,
    Inner,
    Weights,
    Batches,
    Dropout,
    Importance,
}

impl Rng {
    pub(crate) fn new(seed: u64, stream: Stream) -> Self {
        let mut state = seed ^ (stream as u64 + 1).wrapping_mul(0xD1B5_4A32_D192_ED03);
        Self(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        }))
    }

    pub(crate) fn next(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let t = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= t;
        *d = d.rotate_left(45);
        result
    }

    /// From 0 to below `limit`, which must not be 0. The bias is below 2⁻³² for a 32-bit limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }

    /// From -1 to below 1.
    pub(crate) fn signed(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_for_ever() {
        let mut rng = Rng::new(42, Stream::Holdout);
        let first: Vec<u64> = (0..3).map(|_| rng.next()).collect();
        let mut again = Rng::new(42, Stream::Holdout);
        assert_eq!(first, (0..3).map(|_| again.next()).collect::<Vec<_>>());
        assert_ne!(first[0], Rng::new(42, Stream::Inner).next());
        assert_ne!(first[0], Rng::new(43, Stream::Holdout).next());
    }

    #[test]
    fn numbers_are_spread_evenly() {
        let mut rng = Rng::new(1, Stream::Batches);
        let mut counts = [0_u32; 10];
        for _ in 0..10_000 {
            counts[rng.below(10)] += 1;
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
        let mean = (0..10_000).map(|_| f64::from(rng.signed())).sum::<f64>() / 1e4;
        assert!(mean.abs() < 0.02, "{mean}");
    }
}
